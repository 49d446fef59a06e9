"""The report as an Excel workbook.

With XlsxWriter, on which the Analysis Function's gptables is built, and not with
gptables itself: that reads `[a](b)` and `$$a$$` in any text as its own markup and
fails where it cannot follow, so that a few words on the cover could stop a report.
"""

from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from xlsxwriter import Workbook as File
from xlsxwriter.worksheet import Worksheet

from casepulse.report.archive import undated
from casepulse.report.document import Document
from casepulse.report.layout import FONT, Look, rows, widths
from casepulse.report.sheet import Cell, Sheet
from casepulse.report.workbook import LANGUAGE, Workbook, workbook

_CORE = "docProps/core.xml"

_DEFAULTS = {"font_name": FONT, "font_size": Look().size}


def render_xlsx(document: Document) -> bytes:
    """The report as an XLSX file; the same report gives the same bytes.

    Raises:
        ValueError: as `workbook` does, or a text is longer than a cell of Excel's can be.
    """
    book = workbook(document)
    made = BytesIO()
    # A copy, for XlsxWriter adds to what it is given.
    defaults = {"default_format_properties": dict(_DEFAULTS)}
    with File(made, {"in_memory": True, **defaults}) as file:
        _describe(file, book)
        formatted = cache(lambda look: file.add_format(_properties(look)))
        for sheet in book.sheets:
            worksheet = file.add_worksheet(sheet.name)
            _mark_up(worksheet, sheet)
            for row, cells in enumerate(rows(sheet)):
                for column, (cell, look) in enumerate(cells):
                    _write(worksheet, row, column, cell, formatted(look))
    return _with_language(made.getvalue())


def _describe(file: File, book: Workbook) -> None:
    file.set_properties(
        {
            "title": book.title,
            "author": book.authority,
            "company": book.authority,
            "created": book.created,
        }
    )


def _mark_up(worksheet: Worksheet, sheet: Sheet) -> None:
    """Sets the widths of the columns, and says where the table is."""
    worksheet.hide_gridlines(2)
    for column, width in enumerate(widths(sheet)):
        worksheet.set_column(column, column, width)
    if sheet.grid is None:
        return
    top, right = len(sheet.lines), len(sheet.grid.headings) - 1
    options = {
        "name": sheet.grid.name,
        "columns": [{"header": heading.text} for heading in sheet.grid.headings],
        "autofilter": False,
        "style": None,
    }
    outcome = worksheet.add_table(top, 0, top + len(sheet.grid.rows), right, options)
    assert outcome == 0, f"{sheet.grid.name} is no table of Excel's: {outcome}"


def _write(worksheet: Worksheet, row: int, column: int, cell: Cell, look: Any) -> None:
    """Writes a number as a number and text as text, whatever it begins with.

    Raises:
        ValueError: it is longer than a cell of Excel's can be.
    """
    if cell.number is not None:
        outcome = worksheet.write_number(row, column, float(cell.number), look)
    elif cell.link is not None:
        target = f"internal:'{cell.link}'!A1"
        outcome = worksheet.write_url(row, column, target, look, cell.text)
    else:
        outcome = worksheet.write_string(row, column, cell.text, look)
    if outcome != 0:
        raise ValueError(f"no cell of Excel's can hold: {cell.text[:80]!r}")


def _properties(look: Look) -> dict[str, Any]:
    """A look in XlsxWriter's words."""
    properties: dict[str, Any] = _DEFAULTS | {
        "font_size": look.size,
        "bold": look.bold,
        "text_wrap": look.wrapped,
        "valign": "top",
        "align": "right" if look.right else "left",
    }
    if look.link:
        properties |= {"font_color": "#0000FF", "underline": 1}
    if look.ruled:
        properties["bottom"] = 1
    if look.decimals is not None:
        decimals = "." + "0" * look.decimals if look.decimals else ""
        properties["num_format"] = f"0{decimals}%" if look.percent else f"#,##0{decimals}"
    return properties


def _with_language(file: bytes) -> bytes:
    """The file, saying what language it is in, which XlsxWriter cannot make it say."""
    with ZipFile(BytesIO(file)) as archive:
        core = archive.read(_CORE)
    end = b"</cp:coreProperties>"
    return undated(
        file, {_CORE: core.replace(end, f"<dc:language>{LANGUAGE}</dc:language>".encode() + end)}
    )
