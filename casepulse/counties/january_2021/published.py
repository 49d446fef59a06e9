"""The figures that the report of January 2021 publishes: what the county is planned from."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Published:
    """One figure of the report, as `published.csv` (the report's own figures.csv) has it."""

    figure: str
    section: str
    title: str
    scope: str
    """`county`, a locality, or a group such as `under 5`."""
    period: str
    kind: str
    numerator: int | None
    denominator: int | None
    published: str


@cache
def published() -> tuple[Published, ...]:
    """Every figure of the report, in its order."""
    text = files(__package__).joinpath("published.csv").read_text(encoding="utf-8")
    return tuple(
        Published(
            row["figure_id"],
            row["section"],
            row["figure"],
            row["scope"],
            row["period"],
            row["kind"],
            int(row["numerator"]) if row["numerator"] else None,
            int(row["denominator"]) if row["denominator"] else None,
            row["published"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def figure(name: str, scope: str = "county", period: str = "2021-01") -> Published:
    """One figure of the report.

    Raises:
        KeyError: the report has none such.
    """
    for each in published():
        if (each.figure, each.scope, each.period) == (name, scope, period):
            return each
    raise KeyError(f"{name}, {scope}, {period}")
