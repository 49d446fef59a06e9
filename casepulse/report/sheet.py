"""One sheet of a workbook, whatever its format: lines of text in column A, then one table.

Source: Government Analysis Function, "Releasing statistics in spreadsheets": title in A1,
no merged, empty or coloured cell, numbers as numbers, and shorthand where there is none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from re import search
from typing import Literal

from casepulse.shown.blocks import Value
from casepulse.shown.marks import NOT_AVAILABLE

#: In characters: narrower than the first no column is, wider than the second none.
_WIDTHS = (10, 60)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: text, or a number that is shown as the text."""

    text: str
    number: Decimal | None = None
    """Rounded as printed; of a percentage the fraction: 0.90 for "90%"."""
    decimals: int = 0
    """How many are printed; of a percentage those of its points."""
    percent: bool = False
    bold: bool = False
    link: str | None = None
    """The sheet that it leads to."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a column; no other of its table reads the same."""

    text: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with one row of headings, and a cell under each heading in every row."""

    name: str
    """Unique in the workbook; a letter, then letters, digits and _."""
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    """At least one."""

    @property
    def widths(self) -> list[int]:
        """How wide each column should be, in characters; longer text is wrapped."""
        least, most = _WIDTHS
        longest = [max(map(len, heading.text.split())) + 2 for heading in self.headings]
        for row in self.rows:
            longest = [max(width, len(cell.text)) for width, cell in zip(longest, row, strict=True)]
        return [min(max(width + 1, least), most) for width in longest]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text, in column A."""

    text: str
    role: Literal["title", "heading", "text"] = "text"
    link: str | None = None
    """The sheet that it leads to."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet. Its first line is its title; its table follows the last line at once."""

    name: str
    """At most 31 characters, unique in the workbook whatever their case."""
    chapter: str
    """The part of the report that it comes from, for the contents."""
    lines: tuple[TextLine, ...]
    grid: Grid | None = field(default=None)

    @property
    def title(self) -> str:
        """What it shows."""
        return self.lines[0].text


def plain(text: str) -> str:
    """Text on one line, without the control characters that no spreadsheet may hold."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def word(text: str, bold: bool = False, link: str | None = None) -> Cell:
    """A cell of text: shorthand where there is nothing but a dash, for a screen reader skips it."""
    told = plain(text)
    return Cell(told if told.strip("-–—") else NOT_AVAILABLE, bold=bold, link=link)


def number(value: Decimal, decimals: int, percent: bool = False, bold: bool = False) -> Cell:
    """A cell with a number.

    Args:
        value: of a percentage its points.
        decimals: to which it is rounded, so that nothing is told beyond what is printed.
        percent: whether it is a percentage.
        bold: whether it stands out.
    """
    printed = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{printed:,}%" if percent else f"{printed:,}"
    return Cell(text, printed.scaleb(-2) if percent else printed, decimals, percent, bold)


def figure(value: Value) -> Cell:
    """The cell of a value of the report, with the decimals that the report shows."""
    if value.number is None:
        return word(value.shown, value.bold)
    shown = search(r"\d\.(\d+)", value.shown)
    return number(
        value.number,
        decimals=len(shown[1]) if shown else 0,
        percent=value.unit == "percent",
        bold=value.bold,
    )


def distinct(
    names: Iterable[str], taken: Iterable[str] = (), longest: int | None = None
) -> list[str]:
    """Names that differ, whatever their case: the second of two that don't gets _2.

    Args:
        names: as they would be.
        taken: what none of them may be.
        longest: how many characters each may have.
    """
    used = {name.casefold() for name in taken}
    told = []
    for name in names:
        candidate, count = name[:longest], 1
        while candidate.casefold() in used:
            count += 1
            ending = f"_{count}"
            candidate = name[: longest and longest - len(ending)] + ending
        used.add(candidate.casefold())
        told.append(candidate)
    return told
