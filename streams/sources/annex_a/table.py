"""The rows of a list, and the account of those that cannot be told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from casepulse.streams.sources.account import Account, RefusedError
from casepulse.streams.sources.annex_a.cells import as_day, id_of, is_label, is_total, text_of
from casepulse.streams.sources.annex_a.lists import (
    BORN,
    CHILD,
    NOT_TOLD,
    OF_THE_CHILD,
    header_of,
)
from casepulse.streams.sources.annex_a.row import SOURCE, Row
from casepulse.streams.sources.annex_a.sheet import Found
from casepulse.streams.sources.keys import Keys
from casepulse.streams.sources.row import Value

#: How many birth dates that can't be read are named by their cells.
_NAMED = 20


@dataclass
class Table:
    """A list, read."""

    account: Account
    found: Found
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def refuse(self, line: int, refused: RefusedError, child: str | None) -> None:
        """Count a row as bad, with its column as Excel shows it."""
        column = refused.column and self.found.letter(refused.column)
        self.account.refuse(line, RefusedError(column, refused.reason), child)


def read_table(found: Found, keys: Keys, taken: date) -> Table:
    """Read a list.

    A row that repeats another is counted, no more. Of two that say different things of the same,
    the first holds, and the second is refused, so that somebody looks.

    Args:
        found: where it is.
        keys: the way from ids to keys.
        taken: the extract's day; what is dated after it is held back.
    """
    layout, account = found.layout, Account(found.sheet.title)
    table = Table(account, found)
    account.extra_columns = found.extra
    below = found.sheet.lines[found.header + 1 :]
    if faults := list(_faults(found)):
        account.refuse_file(len(below), *faults)
        return table
    lacking = frozenset(each for each in layout.read if each not in found.columns)
    if lacking and layout.number not in NOT_TOLD:
        named = ", ".join(sorted(lacking))
        table.notes.append(f"{account.file}: has no column {named}")
    if not below:
        table.notes.append(f"{account.file}: has the column names and no rows")
    seen: dict[tuple[Value, ...], Row] = {}
    for line, cells in below:
        said = {name: cells[at] for name, at in found.columns.items() if at < len(cells)}
        if all(_says_nothing(cell) for cell in cells):
            continue
        account.rows += 1
        child: str | None = None
        try:
            child = _child(said, found, keys)
            if child is None or layout.number in NOT_TOLD:
                account.passed_over += 1
                continue
            row = _row(line, child, said, table, lacking)
        except RefusedError as refused:
            table.refuse(line, refused, child)
            continue
        first = seen.setdefault(row.identity, row)
        if first is not row:
            if first.values == row.values:
                account.repeated += 1
            else:
                table.refuse(line, _differs(row, first), child)
        elif any(day > taken for day in map(row.day, layout.identity) if day is not None):
            account.held_back += 1
        else:
            table.rows.append(row)
    table.rows.sort(key=lambda row: [*map(str, row.identity)])
    return table


def _faults(found: Found) -> Iterator[RefusedError]:
    """What is wrong with a list as a whole."""
    if found.sheet.fault is not None:
        yield RefusedError(None, found.sheet.fault)
    if found.layout.known_by not in found.columns:
        yield RefusedError(found.layout.known_by, "the column is missing")
    needed = {CHILD, *found.layout.read, *OF_THE_CHILD}
    for column in found.twice:
        if column in needed:
            yield RefusedError(found.letter(column), "the column stands twice")


def _says_nothing(cell: object) -> bool:
    try:
        return text_of(cell) is None
    except RefusedError:
        return False


def _child(said: dict[str, object], found: Found, keys: Keys) -> str | None:
    """Whose row it is; None for what is no row of anybody: a total, a note, the header again.

    Raises:
        RefusedError: it should be somebody's.
    """
    try:
        text = id_of(said.get(CHILD))
    except RefusedError as refused:
        raise RefusedError(CHILD, refused.reason) from None
    told = [name for name in (*found.layout.read, BORN) if not _says_nothing(said.get(name))]
    if is_total(text) or (text is not None and header_of(text) == header_of(CHILD)):
        return None
    if not told and is_label(text):
        return None
    if text is None:
        raise RefusedError(CHILD, "is blank")
    return keys.person(text)


def _row(
    line: int, child: str, said: dict[str, object], table: Table, lacking: frozenset[str]
) -> Row:
    layout, epoch = table.found.layout, table.found.sheet.epoch
    values: dict[str, Value] = {}
    for column, read in layout.read.items():
        try:
            values[column] = read(said.get(column), epoch)
        except RefusedError as refused:
            raise RefusedError(column, refused.reason) from None
    identity = [values[column] for column in layout.identity]
    days = [each.date() if isinstance(each, datetime) else each for each in identity]
    row = Row(
        SOURCE,
        layout.name,
        line,
        values,
        (child, *days),
        child=child,
        lacking=lacking,
        of_child=_of_the_child(line, said, table),
    )
    for column in layout.identity:
        if layout.read[column] is as_day:
            row.need(column)
    for first, second in layout.order:
        began, ended = row.day(first), row.day(second)
        if began is not None and ended is not None and ended < began:
            raise RefusedError(second, f"lies before {first}")
    return row


def _of_the_child(line: int, said: dict[str, object], table: Table) -> dict[str, Value]:
    """What a row says of the child. What can't be read there costs the row nothing: who is on a
    plan must be seen, however their birthday is written."""
    found, values = table.found, dict[str, Value]()
    for column, read in OF_THE_CHILD.items():
        if column not in found.columns:
            continue
        try:
            values[column] = read(said.get(column), found.sheet.epoch)
        except RefusedError as refused:
            counted = table.account.unknown_codes
            counted[column] += 1
            if counted[column] <= _NAMED:
                table.notes.append(
                    f"{table.account.file}, line {line}, {found.letter(column)}: "
                    f"{refused.reason}; the row was told without it"
                )
    return values


def _differs(row: Row, other: Row) -> RefusedError:
    column = next(name for name, value in row.values.items() if value != other.values[name])
    return RefusedError(column, f"differs from line {other.line}, which is about the same")
