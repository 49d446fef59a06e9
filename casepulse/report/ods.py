"""The report as an OpenDocument spreadsheet."""

from io import BytesIO

import odfdo
from odfdo import Cell, Column, Element, HeaderRows, Link, Paragraph, Row, Table
from odfdo.utils import digit_to_alpha

from casepulse.report import sheet as neutral
from casepulse.report.archive import undated
from casepulse.report.document import Document
from casepulse.report.layout import rows, widths
from casepulse.report.ods_styles import Styles
from casepulse.report.workbook import LANGUAGE, Workbook, workbook

_THUMBNAIL = "Thumbnails/thumbnail.png"


def render_ods(document: Document) -> bytes:
    """The report as an ODS file; the same report gives the same bytes.

    Raises:
        ValueError: as `workbook` does.
    """
    book = workbook(document)
    file = odfdo.Document("spreadsheet")
    _describe(file, book)
    styles = Styles()
    file.body.clear()
    for sheet in book.sheets:
        file.body.append(_table(sheet, styles))
    file.body.append(_database_ranges(book))
    automatic = file.content.get_element("//office:automatic-styles")
    assert automatic is not None
    automatic.clear()
    automatic.extend(styles.made)
    made = BytesIO()
    file.save(made)
    return undated(made.getvalue(), {})


def _describe(file: odfdo.Document, book: Workbook) -> None:
    file.meta.strip(creation_date=book.created.replace(tzinfo=None))
    file.meta.title = book.title
    file.meta.initial_creator = book.authority
    file.meta.creator = book.authority
    file.language = LANGUAGE
    # The template's: a picture of an empty sheet, and where its author's cursor stood.
    file.del_part(_THUMBNAIL)
    file.manifest.del_full_path(_THUMBNAIL)
    for settings in file.settings.get_elements("//config:config-item-set"):
        settings.delete()


def _table(sheet: neutral.Sheet, styles: Styles) -> Table:
    """A sheet. The row of the table's headings is marked up as that."""
    table = Table(sheet.name, style=styles.of_sheet())
    for width in widths(sheet):
        table.append(Column(style=styles.of_column(width)))
    for place, cells in enumerate(rows(sheet)):
        row = Row(style=styles.of_row())
        row.extend_cells(_cell(cell, styles.of_cell(look)) for cell, look in cells)
        if sheet.grid is not None and place == len(sheet.lines):
            headings = HeaderRows()
            headings.append(row)
            table.append(headings)
        else:
            table.append(row)
    return table


def _cell(cell: neutral.Cell, style: str) -> Cell:
    """A number as a number, and text as text whatever it begins with."""
    if cell.number is not None:
        told = Cell(cell.number, cell_type="percentage" if cell.percent else "float", style=style)
        # odfdo would print a percentage with a space, and no number in thousands.
        told.text_content = cell.text
        return told
    told = Cell(cell.text, style=style)
    if cell.link is not None:
        link = Link(f"#'{cell.link}'.A1", text=cell.text)
        link.set_attribute("xlink:type", "simple")
        paragraph = Paragraph()
        paragraph.append(link)
        told.delete_children()
        told.append(paragraph)
        # A reader may take this for the content, and show the text without its link.
        told.del_attribute("office:string-value")
    return told


def _database_ranges(book: Workbook) -> Element:
    """Where each sheet's table is, and that its first row holds headings."""
    ranges = Element.from_tag("table:database-ranges")
    for sheet in book.sheets:
        if sheet.grid is None:
            continue
        top = len(sheet.lines)
        last = digit_to_alpha(len(sheet.grid.headings) - 1)
        marked = Element.from_tag("table:database-range")
        marked.set_attribute("table:name", sheet.grid.name)
        marked.set_attribute(
            "table:target-range-address",
            f"'{sheet.name}'.A{top + 1}:'{sheet.name}'.{last}{top + 1 + len(sheet.grid.rows)}",
        )
        marked.set_attribute("table:contains-header", "true")
        ranges.append(marked)
    return ranges
