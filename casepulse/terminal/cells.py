"""Figures cell by cell, for who reads them with a program."""

import sys
from collections.abc import Iterable, Iterator

from casepulse.schemas.view import CellView
from casepulse.spreadsheet import Cell, write_csv
from casepulse.terminal.options import Format


def write_cells(cells: Iterable[CellView], format: Format) -> None:  # noqa: A002
    """Cells to standard output, as JSON lines or as CSV with a row a status."""
    if format is Format.JSON:
        for cell in cells:
            sys.stdout.write(cell.model_dump_json() + "\n")
        return

    def rows() -> Iterator[list[Cell]]:
        yield ["measure", "period", "locality", "numerator", "denominator", "status", "count"]
        for cell in cells:
            place = (cell.measure, cell.period, cell.locality)
            for status, count in cell.statuses.items():
                yield [*place, cell.numerator, cell.denominator, status, count]

    write_csv(sys.stdout, rows())
