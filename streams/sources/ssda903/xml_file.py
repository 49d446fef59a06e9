"""The return as XML, taken apart child by child into what its CSV files hold.

The root is EXPSSDA903. A CHILD has one HEADER, which holds what four of the files do, and elements
for the rows of others; and EPISODEs. Its columns are the CSV's, but for two names.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lxml import etree

from casepulse.streams.sources.account import Account, RefusedError
from casepulse.streams.sources.codes import is_blank
from casepulse.streams.sources.extract import ExtractError
from casepulse.streams.sources.ssda903.columns import Layouts, kind_of
from casepulse.streams.sources.ssda903.csv_file import speakable
from casepulse.streams.sources.ssda903.table import Line, Table

_ROOT = "EXPSSDA903"

#: What is called otherwise than in the CSV.
_COLUMNS = {"CHILDID": "CHILD", "PL": "PLACE"}

#: By kind, the element that is one row of it. Several lie in the header itself.
_ELEMENTS = {
    "header": "HEADER",
    "episodes": "EPISODE",
    "reviews": "AREVIEW",
    "missing": "AMISSING",
    "oc2": "OC2",
    "oc3": "HEADER (OC3)",
    "uasc": "HEADER (UASC)",
    "ad1": "HEADER (AD1)",
    "placed_for_adoption": "AD_PLACED",
    "previous_permanence": "PERMANENCE",
}

_KINDS = {element: kind for kind, element in _ELEMENTS.items()}

#: What the header says of a child that its other elements do not repeat.
_WHOSE = ("CHILD", "SEX", "DOB")

Cells = dict[str, str]


def read_xml(path: Path, layouts: Layouts) -> tuple[list[Table], list[str]] | None:
    """The kinds of element of a return, each as a table, and notes; None if it is something else.

    Entities are not resolved: a document that declares any is refused, for what stands in their
    place would be missing without a word.

    Raises:
        ExtractError: it is no XML to its end, or has a document type.
    """
    found = _Found(path.name, layouts)
    try:
        with path.open("rb") as file:
            for child in _children(path, file):
                if child is None:
                    return None
                found.add(child)
    except etree.XMLSyntaxError as error:
        raise ExtractError(
            f"{path}, line {error.lineno or 1}: is no XML from here on, so nothing of it was read; "
            "export it again"
        ) from None
    return list(found.tables.values()), found.notes


def _children(path: Path, file: object) -> Iterator[etree._Element | None]:
    """Each CHILD, whole, and forgotten once the next is asked for. None, and no more, if the root
    is another."""
    parsing = etree.iterparse(
        file,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = 0
    for event, element in parsing:
        if event == "start":
            depth += 1
            if depth == 1 and element.getroottree().docinfo.doctype:
                raise ExtractError(
                    f"{path}: has a document type (<!DOCTYPE), which may put something else in the "
                    "place of what is read; export it without"
                )
            if depth == 1 and _name(element) != _ROOT:
                yield None
                return
            continue
        depth -= 1
        if depth == 1:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


class _Found:
    """The rows of a return, by kind."""

    def __init__(self, file: str, layouts: Layouts) -> None:
        self._file, self._layouts = file, layouts
        self._unknown: set[str] = set()
        self.tables = {kind: self._table(kind, name) for kind, name in _ELEMENTS.items()}

    @property
    def notes(self) -> list[str]:
        """Which elements are none of the return's."""
        if not self._unknown:
            return []
        names = ", ".join(sorted(self._unknown))
        return [f"{self._file}: not read, for the return has no such element: {names}"]

    def add(self, child: etree._Element) -> None:
        """What one child's element says."""
        if _name(child) != "CHILD":
            self._unknown.add(speakable(_name(child)))
            return
        headers = [each for each in child if _name(each) == "HEADER"]
        whose: Cells = {}
        for header in headers:
            cells = _cells(header)
            if len(headers) == 1 and not isinstance(cells, RefusedError):
                whose = {column: cells[column] for column in _WHOSE if column in cells}
            self._add_header(header, cells)
        rows = [each for each in child if _name(each) != "HEADER"]
        for row in (*(each for header in headers for each in header if len(each)), *rows):
            self._add_row(row, whose)

    def _add_header(self, header: etree._Element, cells: Cells | RefusedError) -> None:
        self._add("header", header, cells)
        if isinstance(cells, RefusedError):
            return
        for kind in ("oc3", "ad1"):
            if _says_any(cells, self._layouts[kind].own):
                self._add(kind, header, cells)
        seeks_asylum = cells.get("UASC", "")
        if is_blank(seeks_asylum):
            seeks_asylum = "1" if _says_any(cells, ("DUC",)) else "0"
        if seeks_asylum == "1":
            self._add("uasc", header, cells)
        elif seeks_asylum != "0":
            self._add("uasc", header, RefusedError("UASC", "is neither 0 nor 1"))

    def _add_row(self, row: etree._Element, whose: Cells) -> None:
        cells = _cells(row)
        kind = _KINDS.get(_name(row))
        if kind is None and not isinstance(cells, RefusedError):
            kind = kind_of({"CHILD", *cells}, self._layouts)
        if kind is None:
            self._unknown.add(speakable(_name(row)))
            return
        if isinstance(cells, RefusedError):
            self._add(kind, row, cells)
        elif _says_any(cells, cells):
            self._add(kind, row, {**whose, **cells})

    def _add(self, kind: str, element: etree._Element, cells: Cells | RefusedError) -> None:
        if kind not in self.tables:
            self.tables[kind] = self._table(kind, speakable(_name(element)))
        self.tables[kind].lines.append(Line(element.sourceline or 1, cells))

    def _table(self, kind: str, element: str) -> Table:
        return Table(kind, self._file, Account(f"{self._file}, {element}"))


def _name(element: etree._Element) -> str:
    """Without its namespace: some systems write one."""
    return str(etree.QName(element).localname).upper()


def _cells(element: etree._Element) -> Cells | RefusedError:
    """What the elements in one say that hold nothing but text, by column."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each in element:
        if not len(each):
            name = _name(each)
            found[_COLUMNS.get(name, name)].append((each.text or "").strip())
    for column, texts in found.items():
        if len(texts) > 1:
            return RefusedError(speakable(column), "stands twice")
    return {column: text for column, (text,) in found.items()}


def _says_any(cells: Mapping[str, str], columns: Iterable[str]) -> bool:
    return any(not is_blank(cells.get(column)) for column in columns)
