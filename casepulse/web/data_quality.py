"""The page of data quality: which records cannot be right, how many, since when and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casepulse.schemas.measure import Section
from casepulse.shown.blocks import Column, Row, RowGroup, Table, Value
from casepulse.state import COUNTY
from casepulse.web.rendering import plain
from casepulse.web.shown_measures import LiveMeasure


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of contradiction, as the live view has it."""

    measure: LiveMeasure
    records: int
    since: date | None
    """The day since which the oldest of them has stood; None where there is none."""
    what: tuple[str, ...]
    """How many there are of which sort, most first: "12 Protection plan"."""


def kinds(measures: Sequence[LiveMeasure]) -> list[Kind]:
    """The measures of data quality, in the report's order."""
    of_section = [each for each in measures if each.definition.section is Section.DATA_QUALITY]
    return [Kind(each, each.view.numerator, each.longest_due, _what(each)) for each in of_section]


def by_locality(found: Sequence[Kind], localities: Sequence[str]) -> Table:
    """How many of each kind are of cases of which locality; those of which there are none are left
    out."""
    localities = [name for name in localities if any(_counted(each, name) for each in found)]
    columns = (
        Column("Kind"),
        *(Column(name, numeric=True) for name in (COUNTY.capitalize(), *localities)),
    )
    rows = tuple(
        Row(
            Value(each.measure.view.title),
            tuple(
                Value(f"{_counted(each, name):,}", unit="count") for name in (COUNTY, *localities)
            ),
        )
        for each in found
    )
    return Table(
        "data_quality_by_locality",
        "Records that cannot be right, by locality",
        columns,
        (RowGroup("", rows),),
        wide=True,
    )


def _counted(kind: Kind, locality: str) -> int:
    cell = kind.measure.cell(locality)
    return 0 if cell is None else cell.numerator


def _what(measure: LiveMeasure) -> tuple[str, ...]:
    told = {} if measure.county is None else measure.county.statuses
    most = sorted(told.items(), key=lambda each: -each[1])
    return tuple(f"{count:,} {plain(status).lower()}" for status, count in most if count)
