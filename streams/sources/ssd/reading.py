"""One table, row by row: its cells read, and the account of what became of each row.

Of two million rows none is kept: what a later table needs of an earlier one is an id and a day, in
`Known`; of a row that was read only a number, by which one that stands twice is known.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Any, TypeVar

from pydantic import ValidationError

from casepulse.schemas.envelope import Data
from casepulse.schemas.extracts import ExtractSettings
from casepulse.state.calendar import local_date
from casepulse.streams.sources.account import Account, RefusedError
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.keys import Keys
from casepulse.streams.sources.row import refusal
from casepulse.streams.sources.ssd.cells import key_reader, person_reader
from casepulse.streams.sources.ssd.columns import Coded, Column, Need
from casepulse.streams.sources.ssd.tables import Cell, Tables

SOURCE = "ssd"

T = TypeVar("T")

#: The longest that the beginning of an id may be: the longest type and a day come behind it.
_LONGEST = 84


class Untold(Enum):
    """Why a row that was read tells nothing."""

    HELD_BACK = "held_back"
    PASSED_OVER = "passed_over"
    REPEATED = "repeated"


#: From a table as it is being read, and a row's values, what the row tells.
Facts = Callable[..., "Sequence[Said] | Untold"]


@dataclass(slots=True)
class Known:
    """What a table says that a later one needs: ids, days, no more."""

    children: set[str] = field(default_factory=set)
    """All who are in ssd_person."""
    child_of: dict[str, dict[str, str]] = field(default_factory=dict)
    """By kind of record, and its key, the child."""
    enquiries: dict[str, list[date]] = field(default_factory=dict)
    """By referral, when its section 47 enquiries began."""
    authorised: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    """By referral, its assessments, and when they were authorised."""
    protection_visits: set[str] = field(default_factory=set)
    """Case notes of visits that ssd_cp_visits has."""
    care_visits: set[tuple[str, date]] = field(default_factory=set)
    """Children, and the days on which they were visited in care."""
    entered_care: dict[str, datetime] = field(default_factory=dict)
    """When each child first entered care."""
    allocated: dict[str, datetime] = field(default_factory=dict)
    """When each worker was first responsible for somebody."""


class Ssd:
    """One dataset being read.

    Args:
        tables: where its rows come from.
        taken: when it was.
        settings: what the profile says.
    """

    def __init__(self, tables: Tables, taken: datetime, settings: ExtractSettings) -> None:
        self.tables = tables
        self.taken = taken.astimezone(UTC)
        self.today = local_date(taken)
        self.settings = settings
        self.since = years_before(self.today, settings.years) + timedelta(days=1)
        """The first day of which it is sure that nothing has left."""
        keys = Keys.of(settings)
        self.key, self.person = key_reader(keys), person_reader(keys)
        self.known = Known()
        self.accounts: list[Account] = []
        self.notes: list[str] = []
        self.whole: dict[str, bool] = {}
        """By table, whether it was there, and whose its bad rows are is known."""
        self._told: set[str] = set()
        self._untold: set[str] = set()

    @property
    def untold(self) -> set[str]:
        """What no table that is there tells, of what one could."""
        return self._untold - self._told

    def tell_without(self, *untold: str) -> None:
        """Note what is not told, for a table of it is not there."""
        self._untold.update(untold)

    def open(self, layout: "Layout") -> "Table | None":
        """A table, to be read; None: it can't be told, and a note says why."""
        columns = self.tables.columns(layout.table)
        name = self.tables.name(layout.table)
        self.whole[layout.table] = False
        types = {each.TYPE for each in layout.tells}
        if columns is None:
            self._untold |= types
            if layout.usual:
                self.notes.append(f"{name}: is not there; what it told before stays as it was told")
            return None
        found = {column.name: column.found_in(columns) for column in layout.columns}
        parent = next(
            (each for each in layout.parents if Column(each.column, self.key).found_in(columns)),
            None,
        )
        lacking = [
            column.name
            for column in layout.columns
            if found[column.name] is None
            and column.need is not Need.NOTHING
            and not (column.name == layout.child and parent is not None)
        ]
        if lacking:
            if not any(found.values()):
                self._account_for_lost(name, layout.table, columns)
            self.notes.append(
                f"{name}: has no {', '.join(lacking)}; none of it is told, and what it told "
                "before stays as it was told"
            )
            self._untold |= types
            return None
        self._told |= types
        without = [name for name, at in found.items() if at is None and name != layout.child]
        if without:
            self.notes.append(f"{name}: has no {', '.join(without)}; it is told without")
        return Table(self, layout, found, parent, columns)

    def _account_for_lost(self, name: str, table: str, columns: Sequence[str]) -> None:
        """Count the rows of a table none of whose columns is there as bad: that is no older version
        of it, it is broken."""
        rows = sum(1 for _ in self.tables.rows(table, columns[:1])) if columns else 0
        if rows:
            account = Account(name)
            fault = "has no column of the table: their names must be its first line"
            account.refuse_file(rows, RefusedError(None, fault))
            self.accounts.append(account)

    def tell(self, layout: "Layout", facts: "Facts") -> Iterator[Said]:
        """What each row of a table tells; nothing, where the table can't be told.

        Args:
            layout: its.
            facts: from the table as it is read, and a row's values, the facts.
        """
        table = self.open(layout)
        if table is not None:
            yield from table.tell(facts)

    def head(self, table: str, *parts: str) -> str:
        """The beginning of the ids of a row's facts. One that would be too long is hashed."""
        head = "-".join((SOURCE, table, *parts, ""))
        if len(head) <= _LONGEST:
            return head
        return f"{SOURCE}-{table}-{sha256(head.encode()).hexdigest()[:32]}-"


@dataclass(frozen=True, slots=True)
class Parent:
    """Where the child of a row stands, in a system whose table has no column for it."""

    column: str
    """The id of another record."""
    kind: str
    """Of which kind it is; see `Known.child_of`."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A table of the dataset."""

    table: str
    columns: tuple[Column, ...]
    """In the order in which they are read; first those that say what a row is about: two rows that
    agree in them are about the same."""
    tells: tuple[type[Data], ...]
    child: str | None = None
    """The column that says whose a row is."""
    parents: tuple[Parent, ...] = ()
    identity: int = 2
    """How many columns say what a row is about."""
    usual: bool = True
    """Whether it is worth a note that it is not there."""


class Table:
    """One table as it is being read."""

    def __init__(
        self,
        ssd: Ssd,
        layout: Layout,
        found: dict[str, str | None],
        parent: Parent | None,
        columns: Sequence[str],
    ) -> None:
        self.ssd = ssd
        self.layout = layout
        self.account = Account(ssd.tables.name(layout.table))
        ssd.accounts.append(self.account)
        self.line = 0
        self._parent = parent
        self._asked: list[str] = []
        self._readers: list[Callable[[Cell], object]] = []
        self._places: list[int | None] = []
        codes = ssd.settings.codes
        for column in layout.columns:
            name = found[column.name]
            read = column.read
            if isinstance(read, Coded):
                mapped = codes.get(column.name) or codes.get(name or "")
                read = read.reader(column.name, mapped, self.account)
            self._readers.append(read)
            self._places.append(None if name is None else self._ask(name))
        self._parent_place = None
        if parent is not None:
            name = Column(parent.column, ssd.key).found_in(columns)
            self._parent_place = None if name is None else self._ask(name)
        names = [column.name for column in layout.columns]
        self._child = names.index(layout.child) if layout.child else None
        self._values = [
            place for place, column in enumerate(layout.columns) if column.need is Need.VALUE
        ]

    def _ask(self, name: str) -> int:
        if name not in self._asked:
            self._asked.append(name)
        return self._asked.index(name)

    def each(self) -> Iterator[list[Any]]:
        """The values of each row that can be read, once, in the order of the layout's columns."""
        account, identity = self.account, self.layout.identity
        readers, needed, child = self._readers, self._values, self._child
        seen: dict[int, int] = {}
        plain = all(place == index for index, place in enumerate(self._places))
        for line, cells in self.ssd.tables.rows(self.layout.table, self._asked):
            self.line = line
            account.rows += 1
            if isinstance(cells, RefusedError):
                account.refuse(self.line, cells, None)
                continue
            row = cells if plain else [None if at is None else cells[at] for at in self._places]
            try:
                values = [read(cell) for read, cell in zip(readers, row, strict=False)]
                if child is not None and values[child] is None:
                    values[child] = self._from_parent(cells)
                for place in needed:
                    if values[place] is None:
                        raise RefusedError(self.layout.columns[place].name, "is blank")
            except ValueError as error:
                self._refuse_cells(row, cells, error)
                continue
            about = hash(tuple(values[:identity]))
            said = hash(tuple(values))
            earlier = seen.get(about)
            if earlier is None:
                seen[about] = said
                yield values
            elif earlier == said:
                account.repeated += 1
            else:
                self.refuse(
                    RefusedError(None, "differs from an earlier row about the same"), values
                )
        self.ssd.whole[self.layout.table] = account.whole

    def tell(self, facts: Facts) -> Iterator[Said]:
        """What each row tells.

        Args:
            facts: from this table, and a row's values, the facts.
        """
        account, taken = self.account, self.ssd.taken
        for values in self.each():
            try:
                said = facts(self, *values)
                for each in () if isinstance(said, Untold) else said:
                    each.data.check_order(each.time, each.time)
            except RefusedError as refused:
                self.refuse(refused, values)
                continue
            except ValidationError as error:
                self.refuse(refusal(error, {}, {}, {}), values)
                continue
            except ValueError:  # an order of days that can't be
                self.refuse(RefusedError(None, "cannot be: its days contradict each other"), values)
                continue
            if isinstance(said, Untold):
                self.leave(said)
                continue
            if said and all(each.time > taken for each in said):
                account.held_back += 1
            else:
                account.told += 1
            account.facts += len(said)
            yield from said

    def leave(self, why: Untold) -> None:
        """Count a row that tells nothing."""
        setattr(self.account, why.value, getattr(self.account, why.value) + 1)

    def refuse(self, refused: RefusedError, values: Sequence[Any]) -> None:
        """Count a row as bad."""
        self.account.refuse(self.line, refused, self._whose(values))

    def _whose(self, values: Sequence[Any]) -> str | None:
        """The subject of a row, as far as it could be read."""
        if self._child is not None:
            child = values[self._child]
            return None if child is None else f"child:{child}"
        kind = "worker" if self.layout.table == "ssd_professionals" else "contact"
        return None if values[0] is None else f"{kind}:{values[0]}"

    def _refuse_cells(self, row: Sequence[Cell], cells: Sequence[Cell], error: ValueError) -> None:
        values: list[Any] = []
        column: str | None = None
        for place, (read, cell) in enumerate(zip(self._readers, row, strict=False)):
            coded = isinstance(self.layout.columns[place].read, Coded)
            try:
                values.append(None if coded else read(cell))  # each code is counted once
            except ValueError:
                column = column or self.layout.columns[place].name
                values.append(None)
        if self._child is not None and values[self._child] is None:
            values[self._child] = self._from_parent(cells)
        if isinstance(error, RefusedError):
            column = error.column
        self.refuse(RefusedError(column, str(error)), values)

    def _from_parent(self, cells: Sequence[Cell]) -> str | None:
        if self._parent is None or self._parent_place is None:
            return None
        key = self.ssd.key(cells[self._parent_place])
        return None if key is None else self.ssd.known.child_of.get(self._parent.kind, {}).get(key)


def years_before(day: date, years: int) -> date:
    """The same day, so many years earlier; 28 February for 29 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def needed(value: T | None, column: str) -> T:
    """What a row of its kind says nothing without.

    Raises:
        RefusedError: it is blank.
    """
    if value is None:
        raise RefusedError(column, "is blank")
    return value


def not_before(first: datetime, last: datetime | None, columns: tuple[str, str]) -> datetime | None:
    """An end, which comes no earlier than the beginning.

    Of two on one day one may be known by its day alone: the end is no earlier than the beginning.

    Args:
        first: the beginning.
        last: the end.
        columns: the names of their columns.

    Raises:
        RefusedError: it lies on an earlier day.
    """
    if last is None or last >= first:
        return last
    if local_date(last) < local_date(first):
        raise RefusedError(columns[1], f"lies before {columns[0]}")
    return first
