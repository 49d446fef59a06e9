"""What figures stand in: tables, charts and sentences. They know neither HTML nor spreadsheets.

Whatever is printed of a measure is a `Value` that names the figure it is, so that each can be
traced and every format held to the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

Rag = Literal["green", "yellow", "red"]

#: In what a figure is.
Unit = Literal["count", "percent", "average", "rate"]


class FigureName(NamedTuple):
    """Which figure: a measure in a period (a month such as 2021-01) and a locality or `county`."""

    measure: str
    period: str
    locality: str


@dataclass(frozen=True, slots=True)
class Value:
    """One cell of a table: what is shown, and as a number where it is one."""

    shown: str
    number: Decimal | None = None
    """Of a percentage the points: 90 for "90%". None where it is text, withheld or missing."""
    unit: Unit | Literal["text"] = "text"
    of: FigureName | None = None
    """The figure that it shows."""
    rag: Rag | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    head: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its heading cell, then a value for each further column."""

    head: Value
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under a heading of their own; the heading is empty where a table has but one group."""

    head: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading row and a heading column."""

    key: str
    """Unique in the document; letters, digits and _; a sheet's name is made from it."""
    title: str
    columns: tuple[Column, ...]
    """The first is that of the rows' headings."""
    groups: tuple[RowGroup, ...]
    notes: tuple[str, ...] = ()
    wide: bool = False
    """Needs a landscape page."""

    @property
    def rows(self) -> Iterator[Row]:
        """Every row, in order."""
        for group in self.groups:
            yield from group.rows


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that the rules wrote, and the figures it was made from."""

    text: str
    figures: tuple[FigureName, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A series of a chart; None where the figure is withheld or not available."""

    name: str
    points: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Thirteen months of one measure or several, with target and peers where there are any."""

    key: str
    title: str
    """What the chart shows, said actively: "Visits in time improved to 90%, on target"."""
    alt: str
    """The same for those who cannot see it: what it is, from where to where, highest, lowest."""
    months: tuple[str, ...]
    lines: tuple[Line, ...]
    unit: Unit
    target: Decimal | None = None
    peers: tuple[tuple[str, Decimal], ...] = ()
    """Comparators by name."""
    kind: Literal["line", "column"] = "line"
