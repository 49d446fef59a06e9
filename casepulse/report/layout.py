"""How a sheet looks, cell by cell: the same in every format of spreadsheet."""

from collections.abc import Iterator
from dataclasses import dataclass

from casepulse.report.sheet import Cell, Heading, Sheet, TextLine

#: The typeface of every cell; the Analysis Function asks for one without serifs.
FONT = "Arial"

#: In characters: how wide a sheet without a table is. Its text is wrapped.
_COVER_WIDTH = 90

#: In points; text is no smaller than 12.
_SIZES = {"title": 16, "heading": 14, "text": 12}


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks."""

    size: int = _SIZES["text"]
    """In points."""
    bold: bool = False
    link: bool = False
    right: bool = False
    """Stands at the right edge of its column, as numbers do."""
    wrapped: bool = False
    ruled: bool = False
    """Has a line under it."""
    decimals: int | None = None
    """Of a number; None is text."""
    percent: bool = False


def widths(sheet: Sheet) -> list[int]:
    """How wide each column is, in characters."""
    return [_COVER_WIDTH] if sheet.grid is None else sheet.grid.widths


def rows(sheet: Sheet) -> Iterator[list[tuple[Cell, Look]]]:
    """Every row from the top: the lines of text, then the table's headings, then its rows."""
    for line in sheet.lines:
        yield [_line(line, wrapped=sheet.grid is None)]
    if sheet.grid is not None:
        headings = sheet.grid.headings
        yield [_heading(heading) for heading in headings]
        for row in sheet.grid.rows:
            yield [
                (cell, _of_cell(cell, heading)) for cell, heading in zip(row, headings, strict=True)
            ]


def _line(line: TextLine, *, wrapped: bool) -> tuple[Cell, Look]:
    # Over a table it runs on beside column A, which may be narrow.
    look = Look(
        _SIZES[line.role],
        bold=line.role != "text",
        link=line.link is not None,
        wrapped=wrapped,
    )
    return Cell(line.text, link=line.link), look


def _heading(heading: Heading) -> tuple[Cell, Look]:
    return Cell(heading.text), Look(bold=True, right=heading.numeric, wrapped=True, ruled=True)


def _of_cell(cell: Cell, heading: Heading) -> Look:
    counted = cell.number is not None
    return Look(
        bold=cell.bold,
        link=cell.link is not None,
        right=heading.numeric or counted,
        wrapped=True,
        decimals=cell.decimals if counted else None,
        percent=cell.percent,
    )
