"""The one way to write CSV: cells that a spreadsheet opens, and runs none of.

A locality, a reason or a key may begin with what a spreadsheet takes for a formula. Such a text
gets an apostrophe before it. A number, which is no text, stays one, below nought too.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

#: A text that begins with one of these is a formula to one spreadsheet or another; the wide forms
#: are so where people write with them.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")

Cell = str | int | float | None


def write_csv(file: TextIO, rows: Iterable[Iterable[Cell]], line_end: str = "\n") -> None:
    """Write rows, as RFC 4180 has them but for the end of a line.

    Args:
        file: text, opened without a translation of line ends.
        rows: texts, numbers, or None for nothing.
        line_end: a line feed for whoever reads on by programs; RFC 4180's own is CR LF.
    """
    writer = csv.writer(_Ended(file, line_end))
    writer.writerows([_harmless(cell) for cell in row] for row in rows)


@dataclass(frozen=True, slots=True)
class _Ended:
    """Ends each row as it is told to. The writer itself ends it by RFC 4180, for else it leaves a
    cell with a carriage return unquoted, which then ends the row."""

    file: TextIO
    line_end: str

    def write(self, row: str) -> int:
        return self.file.write(row.removesuffix("\r\n") + self.line_end)


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell
