"""A workbook's sheets as rows of cells, whichever way they were written."""

import warnings
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl

from casepulse.streams.sources.annex_a.cells import UNCALCULATED
from casepulse.streams.sources.annex_a.sheet import Line, Sheet
from casepulse.streams.sources.extract import ExtractError

_BLOCK = 1024 * 1024


def sheets_of(path: Path) -> list[Sheet]:
    """The sheets of a workbook, those that are hidden, too.

    Formulas have the value that Excel gave them; where it gave none, the cell says so.

    Args:
        path: a workbook that was looked at (`archive.is_workbook`).

    Raises:
        ExtractError: it can't be read.
    """
    try:
        found = _read(path, values=True)
        if _has_formulas(path):
            found = [
                _marked(sheet, formulas)
                for sheet, formulas in zip(found, _read(path, values=False), strict=True)
            ]
    except Exception as error:
        # openpyxl lets out whatever goes wrong in it: KeyError, ValueError, its own and the
        # parser's; their words may hold a cell's value
        raise ExtractError(
            f"{path}: can't be read as a workbook ({type(error).__name__}); open it in Excel and "
            "save it anew (.xlsx)"
        ) from None
    return found


def _read(path: Path, *, values: bool) -> list[Sheet]:
    with path.open("rb") as file, warnings.catch_warnings():
        # they say what stands in a cell; whoever reads that says what is wrong with it
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(
            file, read_only=True, data_only=values, keep_links=False, rich_text=False
        )
        try:
            return [
                Sheet(
                    path.name,
                    sheet.title,
                    sheet.sheet_state != "visible",
                    list(_lines(sheet)),
                    workbook.epoch,
                )
                for sheet in workbook.worksheets
            ]
        finally:
            workbook.close()


def _lines(sheet: Any) -> Iterator[Line]:
    # what a sheet says of its own size is often out of date, and would cut rows off
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if any(cell is not None for cell in cells):
            yield number, cells


def _has_formulas(path: Path) -> bool:
    """Whether a sheet holds a formula: only then it is worth a second look."""
    with ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                with archive.open(name) as part:
                    before = b""
                    while block := part.read(_BLOCK):
                        if b"<f>" in before + block or b"<f " in before + block:
                            return True
                        before = block[-2:]
    return False


def _marked(values: Sheet, formulas: Sheet) -> Sheet:
    """A sheet in which formulas without a value are marked."""
    known = dict(values.lines)
    lines = []
    for number, cells in formulas.lines:
        shown = known.get(number, ())
        lines.append(
            (
                number,
                tuple(
                    UNCALCULATED if value is None and _is_formula(cell) else value
                    for cell, value in zip(cells, (*shown, *[None] * len(cells)), strict=False)
                ),
            )
        )
    return Sheet(values.file, values.name, values.hidden, lines, values.epoch)


def _is_formula(cell: object) -> bool:
    """Whether a cell holds a formula: a text with an equals sign, or what openpyxl makes of a
    formula of several cells."""
    return not (cell is None or isinstance(cell, bool | int | float | date | datetime)) and (
        not isinstance(cell, str) or cell.startswith("=")
    )
