"""The figures that the report of January 2021 publishes: what the county is planned from."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from casepulse.counties.january_2021.counts import percent_of


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


def counted(name: str, scope: str = "county", period: str = "2021-01") -> int:
    """How many a figure of the report counts.

    Raises:
        KeyError: the report has none such, or prints no count of it.
    """
    many = figure(name, scope, period).numerator
    if many is None:
        raise KeyError(f"{name}, {scope}, {period}: the report prints no count")
    return many


def whole(name: str, scope: str = "county", period: str = "2021-01") -> int:
    """Of how many a figure of the report is.

    Raises:
        KeyError: the report has none such, or does not print it.
    """
    many = figure(name, scope, period).denominator
    if many is None:
        raise KeyError(f"{name}, {scope}, {period}: the report does not print of how many")
    return many


def percentage(name: str, scope: str = "county", period: str = "2021-01") -> int:
    """The percentage that the report prints of a figure."""
    return int(figure(name, scope, period).published.rstrip("%"))


def share(of: int, name: str, scope: str = "county", period: str = "2021-01") -> int:
    """How many of so many print as the percentage that the report prints of a figure.

    Raises:
        ValueError: no count does.
    """
    return percent_of(figure(name, scope, period).published, of)
