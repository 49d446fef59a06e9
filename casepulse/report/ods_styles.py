"""The looks of cells as OpenDocument styles, for odfdo has no words for most of them."""

from odfdo import Element

from casepulse.report.layout import FONT, Look

#: Of a character of 12 point Arial, on average.
_CENTIMETRES = 0.23

_SHEET = """<style:style style:family="table" style:master-page-name="Default">
<style:table-properties table:display="true" style:writing-mode="lr-tb"/></style:style>"""

_ROW = """<style:style style:family="table-row">
<style:table-row-properties style:use-optimal-row-height="true"/></style:style>"""

_COLUMN = """<style:style style:family="table-column">
<style:table-column-properties style:column-width="{width:.2f}cm"/></style:style>"""

_PERCENTAGE = """<number:percentage-style><number:number number:decimal-places="{decimals}"
number:min-decimal-places="{decimals}" number:min-integer-digits="1"/>
<number:text>%</number:text></number:percentage-style>"""

_NUMBER = """<number:number-style><number:number number:decimal-places="{decimals}"
number:min-decimal-places="{decimals}" number:min-integer-digits="1" number:grouping="true"/>
</number:number-style>"""

_CELL = """<style:style style:family="table-cell" style:parent-style-name="Default">
<style:table-cell-properties style:vertical-align="top" style:text-align-source="fix"
fo:wrap-option="{wrap}" fo:border-bottom="{rule}"/>
<style:paragraph-properties fo:text-align="{side}"/>
<style:text-properties style:font-name="{font}" fo:font-size="{size}pt" fo:font-weight="{weight}"
fo:color="{colour}" style:text-underline-style="{underline}"/></style:style>"""


class Styles:
    """The styles of one file, each made once and named in the order that they are asked for."""

    def __init__(self) -> None:
        self._names: dict[object, str] = {}
        self.made: list[Element] = []

    def of_sheet(self) -> str:
        """The name of the style of every sheet."""
        return self._named("sheet", _SHEET)

    def of_row(self) -> str:
        """The name of the style of every row: as high as its text needs."""
        return self._named("row", _ROW)

    def of_column(self, width: int) -> str:
        """The name of the style of a column, by its width in characters."""
        return self._named(("column", width), _COLUMN.format(width=width * _CENTIMETRES))

    def of_cell(self, look: Look) -> str:
        """The name of the style of a cell."""
        form = _CELL.format(
            wrap="wrap" if look.wrapped else "no-wrap",
            rule="0.75pt solid #000000" if look.ruled else "none",
            side="end" if look.right else "start",
            font=FONT,
            size=look.size,
            weight="bold" if look.bold else "normal",
            colour="#0000ff" if look.link else "#000000",
            underline="solid" if look.link else "none",
        )
        return self._named(look, form, self._of_number(look))

    def _of_number(self, look: Look) -> str | None:
        """The name of the style of a number; None of text."""
        if look.decimals is None:
            return None
        form = _PERCENTAGE if look.percent else _NUMBER
        return self._named((look.percent, look.decimals), form.format(decimals=look.decimals))

    def _named(self, key: object, form: str, number: str | None = None) -> str:
        if key not in self._names:
            self._names[key] = name = f"style{len(self._names)}"
            style = Element.from_tag(form.replace("\n", " "))
            style.set_attribute("style:name", name)
            if number is not None:
                style.set_attribute("style:data-style-name", number)
            self.made.append(style)
        return self._names[key]
