"""The rows of one file of the return, or one kind of element, and what becomes of each."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from casepulse.streams.sources.account import Account, RefusedError
from casepulse.streams.sources.codes import is_blank
from casepulse.streams.sources.row import Value
from casepulse.streams.sources.ssda903.columns import Layout
from casepulse.streams.sources.ssda903.row import SOURCE, Row
from casepulse.streams.sources.ssda903.values import UnknownCodeError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """What stands in one line or element, as text."""

    number: int
    """As an editor counts: the first is line 1."""
    cells: Mapping[str, str] | RefusedError
    """By column; or why it can't be taken apart."""


@dataclass(slots=True)
class Table:
    """One file, or one kind of element: its lines, before they are read."""

    kind: str
    """The name of its layout."""
    file: str
    """The file that it stands in."""
    account: Account
    lines: list[Line] = field(default_factory=list)
    faults: list[RefusedError] = field(default_factory=list)
    """What is wrong with all of it."""
    lacks: frozenset[str] = frozenset()
    """Columns of the layout that are not there, and need not be."""

    def rows(self, layout: Layout) -> Iterator[Row]:
        """The rows that can be read. The others, with the reason, go to the account."""
        if self.faults:
            self.account.refuse_file(len(self.lines), *self.faults)
            return
        for line in self.lines:
            self.account.rows += 1
            values: dict[str, Value] = {}
            unknown: dict[str, str] = {}
            try:
                _read(line, layout, values, unknown)
            except RefusedError as refused:
                child = values.get("CHILD")
                self.account.refuse(line.number, refused, None if child is None else str(child))
                continue
            identity = tuple(values[column] for column in layout.identity)
            yield Row(SOURCE, self.kind, line.number, values, identity, unknown)


def _read(line: Line, layout: Layout, values: dict[str, Value], unknown: dict[str, str]) -> None:
    """Read a line's values, as far as they can be read: whose it is, first of all."""
    if isinstance(line.cells, RefusedError):
        raise line.cells
    for column, read in layout.read.items():
        text = line.cells.get(column, "").strip()
        try:
            values[column] = None if is_blank(text) else read(text)
        except UnknownCodeError as error:
            values[column] = None
            unknown[column] = str(error)
        except ValueError as error:
            raise RefusedError(column, str(error)) from None
        if column == "CHILD" and values[column] is None:
            raise RefusedError(column, "is blank")


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
