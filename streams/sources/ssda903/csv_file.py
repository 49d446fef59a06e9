"""One CSV file of the return, taken apart line by line."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from casepulse.streams.encodings import in_utf8
from casepulse.streams.sources.account import Account, RefusedError
from casepulse.streams.sources.ssda903.columns import Layout, Layouts, kind_of
from casepulse.streams.sources.ssda903.table import Line, Table

#: What may stand between two columns: Excel writes semicolons where the comma is for decimals, and
#: tabs as "Unicode text".
_SEPARATORS = ",;\t"

#: What a line that says nothing is made of: a spreadsheet leaves such lines at a file's end.
_BLANK = f' "{_SEPARATORS}'

_COLUMN_NAME = re.compile(r"[A-Z][A-Z0-9_ ]{0,39}")


def read_csv(path: Path, layouts: Layouts) -> Table | None:
    """A file, taken apart; None if it is none of the return's.

    What it is, its columns say. One whose columns say nothing is what it is called, and bad.
    A line stands for itself: no column of the collection holds a line feed, and
    so a quotation mark left open spoils its own line and no more.
    """
    header, *lines = _text(path).split("\n")
    separator = max(_SEPARATORS, key=header.count)
    columns, fault = _names(header, separator)
    kind = kind_of(columns, layouts) or _named(path, layouts)
    if kind is None:
        return None
    layout = layouts[kind]
    known = layout.read.keys() | layout.left_alone
    table = Table(kind, path.name, Account(path.name))
    table.faults = [fault] if fault else list(_faults(columns, layout))
    table.lacks = frozenset(layout.may_lack - set(columns))
    if not table.faults:
        extra = (column for column in columns if column not in known)
        table.account.extra_columns = tuple(map(speakable, extra))
    table.lines = [
        _line(number, line, columns, separator)
        for number, line in enumerate(lines, start=2)
        if line.strip(_BLANK)
    ]
    return table


def speakable(column: str) -> str:
    """A column's name, if it looks like one: what might be somebody's words is not repeated."""
    return column if _COLUMN_NAME.fullmatch(column) else "(a name that is not repeated here)"


def _named(path: Path, layouts: Layouts) -> str | None:
    name = path.stem.lower()
    return next((kind for kind in layouts if name == kind or name.endswith(f"_{kind}")), None)


def _text(path: Path) -> str:
    """A file's text, its lines ended by line feeds. What cp1252 cannot read either is marked."""
    content = in_utf8(path.read_bytes())
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _fields(line: str, separator: str) -> list[str]:
    try:
        (fields,) = csv.reader([line], delimiter=separator, strict=True)
    except csv.Error:
        raise RefusedError(None, "is no line of CSV: look at its quotation marks") from None
    return [field.strip() for field in fields]


def _names(line: str, separator: str) -> tuple[list[str], RefusedError | None]:
    """The columns in their order; or what is wrong with the line that names them."""
    if not line.strip(_BLANK):
        return [], RefusedError(None, "there is no header: the names of the columns are missing")
    try:
        return [column.upper() for column in _fields(line, separator)], None
    except RefusedError as refused:
        return [], refused


def _faults(columns: list[str], layout: Layout) -> Iterable[RefusedError]:
    for column in layout.read:
        count = columns.count(column)
        if count > 1:
            yield RefusedError(column, "the column stands twice")
        elif not count and column not in layout.may_lack:
            yield RefusedError(column, "the column is missing")


def _line(number: int, line: str, columns: list[str], separator: str) -> Line:
    try:
        fields = _fields(line, separator)
    except RefusedError as refused:
        return Line(number, refused)
    if len(fields) != len(columns):
        wrong = f"has {len(fields)} fields; the header has {len(columns)}"
        return Line(number, RefusedError(None, wrong))
    return Line(number, dict(zip(columns, fields, strict=True)))
