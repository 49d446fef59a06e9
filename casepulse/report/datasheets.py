"""Sheets from the report's tables and charts: one table each."""

from collections.abc import Sequence
from decimal import Decimal

from casepulse.report.sheet import (
    Cell,
    Grid,
    Heading,
    Sheet,
    TextLine,
    distinct,
    figure,
    number,
    plain,
    word,
)
from casepulse.shown.blocks import Chart, Table
from casepulse.shown.marks import NOT_AVAILABLE, WITHHELD
from casepulse.shown.months import listed

NOTES = "Notes"
CONTENTS = "Contents"

#: What a chart's sheet shows where the chart has no point: a chart doesn't know why.
NOT_SHOWN = "[x]"

#: What each shorthand means; the first two as in the other formats of the report.
SHORTHAND = {
    WITHHELD: "Confidential: withheld, so that nobody can be recognised",
    NOT_AVAILABLE: "Not available or not applicable: nothing to count, or nothing to show",
    NOT_SHOWN: "Not available: withheld, or nothing to count",
}


def table_sheet(name: str, chapter: str, table: Table, notes: Sequence[int]) -> Sheet:
    """The sheet of a table.

    The heading of a group of rows becomes a column, and a rating that is told by
    colour alone another: neither a heading between rows nor a colour can be read
    by a machine.

    Args:
        name: the sheet's.
        chapter: the title of the chapter that the table stands in.
        table: the table.
        notes: the numbers of its notes.
    """
    rated = _rated(table)
    grouped = any(group.head for group in table.groups)
    headings = [Heading("Section")] if grouped else []
    for place, column in enumerate(table.columns):
        headings.append(Heading(plain(column.head), column.numeric))
        if place in rated:
            headings.append(Heading(plain(f"{column.head}: rating")))
    rows: list[tuple[Cell, ...]] = []
    for group in table.groups:
        for row in group.rows:
            cells = [word(group.head)] if grouped else []
            for place, value in enumerate((row.head, *row.values)):
                cells.append(figure(value))
                if place in rated:
                    cells.append(word((value.rag or NOT_AVAILABLE).capitalize(), value.bold))
            rows.append(tuple(cells))
    grid = _grid(name, headings, rows)
    return Sheet(name, chapter, _lines(table.title, grid, notes), grid)


def chart_sheet(name: str, chapter: str, chart: Chart) -> Sheet:
    """The sheet of the numbers that a chart is drawn from: a row for each month.

    Args:
        name: the sheet's.
        chapter: the title of the chapter that the chart stands in.
        chart: the chart.
    """
    percent = chart.unit == "percent"
    points = [point for line in chart.lines for point in line.points if point is not None]
    decimals = max(map(_decimals, points), default=0)
    same = [(f"{peer} (comparator)", value) for peer, value in chart.peers]
    if chart.target is not None:
        same.insert(0, ("Target", chart.target))
    headings = [Heading("Month")]
    headings += [Heading(plain(line.name), numeric=True) for line in chart.lines]
    headings += [Heading(plain(head), numeric=True) for head, _ in same]
    level = tuple(
        number(value, max(decimals, _decimals(value.normalize())), percent) for _, value in same
    )
    rows = [
        (
            word(month),
            *(
                word(NOT_SHOWN) if point is None else number(point, decimals, percent)
                for point in reading
            ),
            *level,
        )
        for month, *reading in zip(
            chart.months, *(line.points for line in chart.lines), strict=True
        )
    ]
    grid = _grid(name, headings, rows)
    said = ["These are the figures of a chart in the report."]
    if same:
        said.append("A target or a comparator is one figure, the same in every month.")
    return Sheet(name, chapter, _lines(chart.title, grid, (), " ".join(said)), grid)


def _rated(table: Table) -> set[int]:
    """The columns where a rating is told by colour and not by word."""
    return {
        place
        for row in table.rows
        for place, value in enumerate((row.head, *row.values))
        if value.rag is not None and value.rag not in value.shown.casefold()
    }


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _grid(name: str, headings: Sequence[Heading], rows: Sequence[tuple[Cell, ...]]) -> Grid:
    """A table fit to be marked up: with a name for every column, and never without a row."""
    texts = distinct(heading.text or f"Column {n}" for n, heading in enumerate(headings, start=1))
    return Grid(
        f"table_{name}",
        tuple(
            Heading(text, heading.numeric) for text, heading in zip(texts, headings, strict=True)
        ),
        tuple(rows) or (tuple(word(NOT_AVAILABLE) for _ in headings),),
    )


def _lines(title: str, grid: Grid, notes: Sequence[int], said: str = "") -> tuple[TextLine, ...]:
    """What stands over a table: its title, what the sheet holds, its shorthand and the way on."""
    told = ["This sheet contains one table."]
    if notes:
        numbered = [f"[note {note}]" for note in notes]
        told.append(f"It refers to {listed(numbered)}, explained on the sheet {NOTES}.")
    if said:
        told.append(said)
    lines = [TextLine(plain(title), "title"), TextLine(" ".join(told))]
    used = {cell.text for row in grid.rows for cell in row if cell.number is None}
    lines += [TextLine(f"{sign}: {meant}.") for sign, meant in SHORTHAND.items() if sign in used]
    if notes:
        lines.append(TextLine("Go to the notes", link=NOTES))
    lines.append(TextLine("Go to the contents", link=CONTENTS))
    return tuple(lines)
