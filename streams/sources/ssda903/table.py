"""One file of the return, line by line, and the account of what became of each."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from casepulse.streams.encodings import in_utf8
from casepulse.streams.sources.account import Account, RefusedError
from casepulse.streams.sources.row import Value
from casepulse.streams.sources.ssda903.columns import Layout
from casepulse.streams.sources.ssda903.row import SOURCE, Row

#: What a line that says nothing is made of: a spreadsheet leaves such lines at a file's end.
BLANK = ' \t,"'

_COLUMN_NAME = re.compile(r"[A-Z][A-Z0-9_ ]{0,39}")

T = TypeVar("T")


def read_rows(
    path: Path, name: str, layout: Layout, account: Account, fault: RefusedError | None = None
) -> Iterator[Row]:
    """The rows of a file that can be read. The others, with the reason, go to the account.

    A line stands for itself: no column of the collection holds a line feed, and
    so a quotation mark left open spoils its own line and no more.

    Args:
        path: the file.
        name: its name in the collection, such as `oc2`.
        layout: its columns.
        account: where it is written down what became of each row.
        fault: what is wrong with all of it already, if anything.
    """
    header, *lines = _text(path).split("\n")
    below = [(number, line) for number, line in enumerate(lines, start=2) if line.strip(BLANK)]
    columns, faults = _read_header(header, layout)
    if fault is not None:
        faults.append(fault)
    if faults:
        account.refuse_file(len(below), *faults)
        return
    known = layout.read.keys() | layout.left_alone
    account.extra_columns = tuple(_speakable(column) for column in columns if column not in known)
    places = {column: columns.index(column) for column in layout.read}
    for number, line in below:
        account.rows += 1
        values: dict[str, Value] = {}
        try:
            _read_line(line, len(columns), places, layout, values)
        except RefusedError as refused:
            child = values.get("CHILD")
            account.refuse(number, refused, None if child is None else str(child))
            continue
        yield Row(SOURCE, name, number, values, tuple(values[column] for column in layout.identity))


def each_read(
    rows: Iterable[Row], make: Callable[[Row], T], account: Account
) -> Iterator[tuple[Row, T]]:
    """What is made of each row. Those of which nothing can be made go to the account."""
    for row in rows:
        try:
            made = make(row)
        except RefusedError as refused:
            account.refuse(row.line, refused, row.child)
            continue
        yield row, made


def each_once(
    rows: Iterable[Row], make: Callable[[Row], T], account: Account
) -> Iterator[tuple[Row, T]]:
    """What is made of each row, once: a row that repeats an earlier one is counted, no more.

    Two rows about one thing that differ cannot both be right. The first holds,
    and the second is refused, so that somebody looks.
    """
    earlier: dict[tuple[Value, ...], Row] = {}
    for row, made in each_read(rows, make, account):
        first = earlier.setdefault(row.identity, row)
        if first is row:
            yield row, made
        elif first.values == row.values:
            account.repeated += 1
        else:
            account.refuse(row.line, differs(row, first), row.child)


def differs(row: Row, other: Row) -> RefusedError:
    """Why a row is refused that says something else about the same than another."""
    column = next(name for name, value in row.values.items() if value != other.values[name])
    return RefusedError(column, f"differs from line {other.line}, which is about the same")


def _text(path: Path) -> str:
    """A file's text, its lines ended by line feeds. What cp1252 cannot read either is marked."""
    content = in_utf8(path.read_bytes())
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _fields(line: str) -> list[str]:
    try:
        (fields,) = csv.reader([line], strict=True)
    except csv.Error:
        raise RefusedError(None, "is no line of CSV: look at its quotation marks") from None
    return [field.strip() for field in fields]


def _read_header(line: str, layout: Layout) -> tuple[list[str], list[RefusedError]]:
    """The columns in their order, and what is wrong with them."""
    if not line.strip(BLANK):
        return [], [RefusedError(None, "there is no header: the names of the columns are missing")]
    try:
        columns = [column.upper() for column in _fields(line)]
    except RefusedError as refused:
        return [], [refused]
    return columns, [
        RefusedError(column, "the column is missing" if not count else "the column stands twice")
        for column in layout.read
        if (count := columns.count(column)) != 1
    ]


def _read_line(
    line: str, width: int, places: Mapping[str, int], layout: Layout, values: dict[str, Value]
) -> None:
    """Read a line's values, as far as they can be read: whose it is, first of all."""
    fields = _fields(line)
    if len(fields) != width:
        raise RefusedError(None, f"has {len(fields)} fields; the header has {width}")
    for column, read in layout.read.items():
        text = fields[places[column]]
        try:
            values[column] = read(text) if text else None
        except ValueError as error:
            raise RefusedError(column, str(error)) from None
    if values["CHILD"] is None:
        raise RefusedError("CHILD", "is blank")


def _speakable(column: str) -> str:
    """A column's name, if it looks like one: what might be somebody's words is not repeated."""
    return column if _COLUMN_NAME.fullmatch(column) else "(a name that is not repeated here)"
