"""Which blocks of a chapter stand beside each other where there is room."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from casepulse.report.document import Block, Paragraph
from casepulse.shown.blocks import Chart, Table

_Kind = TypeVar("_Kind")

#: A larger table has no room beside a chart.
_COLUMNS, _ROWS = 7, 12


@dataclass(frozen=True, slots=True)
class Charts:
    """Charts that follow each other."""

    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class TextBeside:
    """A paragraph and the one chart that shows what it says."""

    paragraph: Paragraph
    chart: Chart


@dataclass(frozen=True, slots=True)
class TableBeside:
    """A chart and the small table that tells more of it."""

    chart: Chart
    table: Table


Arranged = Block | Charts | TextBeside | TableBeside


def arranged(blocks: Sequence[Block]) -> Iterator[Arranged]:
    """The blocks, those that belong together taken together.

    Their order stays, but that what is said between a chart and its table comes before both.
    """
    place = 0
    while place < len(blocks):
        charts = _run(blocks, place, Chart)
        paragraphs = _run(blocks, place, Paragraph)
        if len(charts) == 1 and (beside := _table_beside(blocks, place)):
            between, table, place = beside
            yield from between
            yield TableBeside(charts[0], table)
        elif charts:
            yield Charts(charts)
            place += len(charts)
        elif paragraphs:
            place += len(paragraphs)
            following = _run(blocks, place, Chart)
            if len(following) == 1 and not _table_beside(blocks, place):
                yield from paragraphs[:-1]
                yield TextBeside(paragraphs[-1], following[0])
                place += 1
            else:
                yield from paragraphs
        else:
            yield blocks[place]
            place += 1


def _run(blocks: Sequence[Block], place: int, kind: type[_Kind]) -> tuple[_Kind, ...]:
    found: list[_Kind] = []
    for block in blocks[place:]:
        if not isinstance(block, kind):
            break
        found.append(block)
    return tuple(found)


def _table_beside(
    blocks: Sequence[Block], place: int
) -> tuple[tuple[Paragraph, ...], Table, int] | None:
    """Of the chart at a place: what is said after it, its table, and the place after that."""
    between = _run(blocks, place + 1, Paragraph)
    place += 1 + len(between)
    table = blocks[place] if place < len(blocks) else None
    if (
        isinstance(table, Table)
        and not table.wide
        and len(table.columns) <= _COLUMNS
        and sum(1 for _ in table.rows) <= _ROWS
    ):
        return between, table, place + 1
    return None
