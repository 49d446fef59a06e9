"""Spreadsheets as somebody else reads them: openpyxl for XLSX, odfdo for ODS."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from re import fullmatch
from typing import Any, NamedTuple

import odfdo
import openpyxl
from openpyxl.utils import range_boundaries


@dataclass(frozen=True)
class Held:
    """What a cell holds."""

    content: str | Decimal | None
    """Text as text, a number as a number."""
    decimals: int | None = None
    """Of a number: how many are shown."""
    percent: bool = False
    bold: bool = False
    link: str | None = None
    """The sheet that it leads to; its first cell."""
    formula: bool = False
    wrapped: bool = False

    @property
    def shown(self) -> str:
        """What a person sees."""
        if not isinstance(self.content, Decimal):
            return self.content or ""
        points = self.content * 100 if self.percent else self.content
        return f"{points:,.{self.decimals}f}{'%' if self.percent else ''}"


@dataclass(frozen=True)
class Marked:
    """A table that is marked up as one: its name and its corners, counted from 0."""

    name: str
    top: int
    left: int
    bottom: int
    right: int
    headings: tuple[str, ...]
    """As the file says beside the cells."""


@dataclass(frozen=True)
class Opened:
    """A sheet."""

    name: str
    cells: tuple[tuple[Held, ...], ...]
    tables: tuple[Marked, ...]
    merged: bool

    @property
    def title(self) -> str:
        """What stands in A1."""
        return self.cells[0][0].shown

    @property
    def over(self) -> list[str]:
        """The lines over the table, or all where there is none."""
        lines = self.cells[: self.tables[0].top] if self.tables else self.cells
        return [row[0].shown for row in lines]

    @property
    def headings(self) -> list[str]:
        """Those of the table."""
        return [cell.shown for cell in self.cells[self.tables[0].top]]

    @property
    def rows(self) -> list[tuple[Held, ...]]:
        """Those of the table, without the headings."""
        return list(self.cells[self.tables[0].top + 1 :])


def opened(file: bytes) -> list[Opened]:
    """The sheets of a spreadsheet in their order, in whichever of the two formats."""
    return list(_ods(file) if file[30:38] == b"mimetype" else _xlsx(file))


def _trimmed(rows: list[list[Held]]) -> tuple[tuple[Held, ...], ...]:
    """Without the empty cells at the end of each row."""
    for row in rows:
        while row and row[-1].content is None:
            row.pop()
    return tuple(map(tuple, rows))


def _xlsx(file: bytes) -> Iterator[Opened]:
    for sheet in openpyxl.load_workbook(BytesIO(file)):
        tables = []
        for table in sheet.tables.values():
            left, top, right, bottom = range_boundaries(table.ref)
            assert table.headerRowCount == 1
            headings = tuple(column.name for column in table.tableColumns)
            tables.append(Marked(table.name, top - 1, left - 1, bottom - 1, right - 1, headings))
        cells = _trimmed([[_xlsx_cell(cell) for cell in row] for row in sheet.iter_rows()])
        yield Opened(sheet.title, cells, tuple(tables), bool(sheet.merged_cells.ranges))


def _xlsx_cell(cell: Any) -> Held:
    link = None
    if cell.hyperlink is not None:
        target = fullmatch(r"'(.+)'!A1", cell.hyperlink.location)
        assert target, f"a link to somewhere else: {cell.hyperlink.location}"
        link = target[1]
    common = {
        "bold": cell.font.b,
        "link": link,
        "formula": cell.data_type == "f",
        "wrapped": bool(cell.alignment.wrap_text),
    }
    if cell.data_type != "n" or cell.value is None:
        return Held(cell.value, **common)
    form = fullmatch(r"(#,##)?0(?:\.(0+))?(%?)", cell.number_format)
    assert form, f"an unknown form of number: {cell.number_format}"
    assert bool(form[1]) != bool(form[3]), "thousands are set apart, and percentages have none"
    return Held(Decimal(str(cell.value)), len(form[2] or ""), form[3] == "%", **common)


def _ods(file: bytes) -> Iterator[Opened]:
    document = odfdo.Document(BytesIO(file))
    looks = _Looks(document)
    ranges = document.body.get_elements("table:database-ranges/table:database-range")
    for sheet in document.body.tables:
        tables = []
        for marked in ranges:
            address = str(marked.get_attribute("table:target-range-address"))
            corners = fullmatch(r"'(.+)'\.([A-Z]+\d+):'(.+)'\.([A-Z]+\d+)", address)
            assert corners
            assert corners[1] == corners[3]
            if corners[1] == sheet.name:
                assert marked.get_attribute("table:contains-header") is True
                left, top, right, bottom = range_boundaries(f"{corners[2]}:{corners[4]}")
                name = str(marked.get_attribute("table:name"))
                (heading,) = sheet.get_elements("table:table-header-rows/table:table-row")
                headings = tuple(str(cell.value) for cell in heading.get_elements("*"))
                tables.append(Marked(name, top - 1, left - 1, bottom - 1, right - 1, headings))
        rows = [[_ods_cell(looks, cell) for cell in row.cells] for row in sheet.rows]
        merged = bool(
            sheet.get_elements("descendant::*[@table:number-columns-spanned]")
            or sheet.get_elements("descendant::*[@table:number-rows-spanned]")
        )
        yield Opened(str(sheet.name), _trimmed(rows), tuple(tables), merged)


class _Look(NamedTuple):
    """A style, as far as it is looked at."""

    bold: bool
    wrapped: bool
    decimals: int | None
    percent: bool


class _Looks:
    """The styles of cells of a document, each looked up once."""

    def __init__(self, document: odfdo.Document) -> None:
        self._document = document
        self._found: dict[str, _Look] = {}

    def of(self, name: str) -> _Look:
        """The style of this name."""
        if name not in self._found:
            self._found[name] = self._look(name)
        return self._found[name]

    def _look(self, name: str) -> _Look:
        style = self._document.get_style("table-cell", name)
        words = style.get_element("style:text-properties")
        around = style.get_element("style:table-cell-properties")
        bold = words.get_attribute("fo:font-weight") == "bold"
        wrapped = around.get_attribute("fo:wrap-option") == "wrap"
        number = style.get_attribute("style:data-style-name")
        if number is None:
            return _Look(bold, wrapped, None, False)
        (form,) = self._document.content.get_elements(f"//*[@style:name='{number}']")
        digits = form.get_element("number:number")
        percent = form.tag == "number:percentage-style"
        assert percent or digits.get_attribute("number:grouping") is True
        decimals = int(digits.get_attribute("number:decimal-places"))
        return _Look(bold, wrapped, decimals, percent)


def _ods_cell(looks: _Looks, cell: Any) -> Held:
    look = looks.of(cell.style)
    common = {"bold": look.bold, "wrapped": look.wrapped, "formula": cell.formula is not None}
    anchors = cell.get_elements("text:p/text:a")
    if anchors:
        target = fullmatch(r"#'(.+)'\.A1", anchors[0].url)
        assert target, f"a link to somewhere else: {anchors[0].url}"
        assert cell.get_attribute("office:string-value") is None, "the link may be lost"
        return Held(anchors[0].text, link=target[1], **common)
    if cell.type == "string":
        assert cell.text_content == cell.value, "people read something else than machines"
        return Held(cell.value, **common)
    assert look.percent == (cell.type == "percentage")
    number = Decimal(cell.get_attribute("office:value"))
    held = Held(number, look.decimals, look.percent, **common)
    assert cell.text_content == held.shown, "people read something else than machines"
    return held
