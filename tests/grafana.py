"""Grafana's dashboards as they lie in deploy/grafana/dashboards, read for tests."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import promql_parser as promql

from tests import services

FOLDER = services.ROOT / "deploy" / "grafana" / "dashboards"

#: Panels that only show words or hold others.
WITHOUT_QUERIES = {"row", "text"}


@dataclass(frozen=True, slots=True)
class Query:
    """A query of a panel."""

    dashboard: str
    panel: str
    kind: str
    """The panel's."""
    ref: str
    text: str
    instant: bool

    def __str__(self) -> str:
        return f"{self.dashboard}, {self.panel!r}, {self.ref}: {self.text}"


def dashboards() -> dict[str, dict[str, Any]]:
    """Every dashboard's JSON, by its uid."""
    read = [json.loads(path.read_text(encoding="utf-8")) for path in paths()]
    return {dashboard["uid"]: dashboard for dashboard in read}


def paths() -> list[Path]:
    """Their files."""
    return sorted(FOLDER.glob("*.json"))


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """The panels that show figures; no rows."""
    return [panel for panel in dashboard["panels"] if panel["type"] not in WITHOUT_QUERIES]


def queries(dashboard: dict[str, Any]) -> Iterator[Query]:
    """Every query of a dashboard."""
    for panel in panels(dashboard):
        for target in panel["targets"]:
            yield Query(
                dashboard["uid"],
                panel["title"],
                panel["type"],
                target["refId"],
                target["expr"],
                bool(target.get("instant")),
            )


def variables(dashboard: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Its template variables, by their names."""
    return {variable["name"]: variable for variable in dashboard["templating"]["list"]}


def filled(query: str, values: Mapping[str, str]) -> str:
    """A query as Grafana sends it: each `$name` and `${name}` that has a value here replaced."""

    def value(found: re.Match[str]) -> str:
        return values.get(found[1] or found[2], found[0])

    return re.sub(r"\$(?:(\w+)|\{(\w+)\})", value, query)


def nodes(expression: promql.Expr) -> list[promql.Expr]:
    """Every part of a parsed query."""
    found: list[promql.Expr] = []

    def visit(node: promql.Expr) -> bool:
        found.append(node)
        return True

    promql.walk(expression, visit)
    return found


def selectors(expression: promql.Expr) -> list[promql.VectorSelector]:
    """Every selector of a parsed query, those in ranges too."""
    return [node for node in nodes(expression) if isinstance(node, promql.VectorSelector)]
