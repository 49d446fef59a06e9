"""One row of an extract, its columns read, and the facts that can be told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from casepulse.schemas.envelope import D, Data
from casepulse.schemas.events import make_event
from casepulse.state.calendar import LONDON
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.extract import Said

Value = str | date | datetime | bool | int | float | None


def noon(day: date) -> datetime:
    """When something known by its day happened: at 12:00 in London.

    Noon stays within its day whatever the offset from UTC.
    """
    return datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)


def stamped(when: date | datetime) -> datetime:
    """When something happened: at the time of day that is known, else at noon."""
    return when if isinstance(when, datetime) else noon(when)


@dataclass(frozen=True, slots=True)
class Row:
    """One row, every column that is needed of it read."""

    source: str
    name: str
    """The table's name, as it stands in the ids of its facts."""
    line: int
    values: Mapping[str, Value]
    identity: tuple[Value, ...]
    """What the row is about: two rows that agree in it are about the same."""
    unknown: Mapping[str, str] = field(default_factory=dict)
    """By column, why its code is none that is known: its value is None. What can be told without
    it is told."""

    def data(self, kind: type[D], columns: Mapping[str, str], /, **given: Value) -> D:
        """What the row says: each field from its column, and others as given.

        Raises:
            RefusedError: with the column that the event's model refuses.
        """
        said: dict[str, Any] = {field: self.values[column] for field, column in columns.items()}
        said.update(given)
        try:
            return kind(**said)
        except ValidationError as error:
            raise refusal(error, columns, self.values, self.unknown) from None

    def tell(
        self,
        kind: type[Data],
        when: date | datetime,
        columns: Mapping[str, str] | None = None,
        /,
        *,
        about: str,
        **given: Value,
    ) -> Said:
        """The fact that the row tells.

        Its id is made of the row's table and identity and the fact's type, so
        that a corrected extract gives what it corrects the same id.

        Args:
            kind: the fact's type.
            when: its day, or the instant if that is known.
            columns: by field, the column that says it.
            about: the subject, such as child:M100001.
            given: fields that no column says as it stands.

        Raises:
            RefusedError: with the column that the event's model refuses.
        """
        data = self.data(kind, columns or {}, **given)
        what = [f"{part:%Y%m%d}" if isinstance(part, date) else str(part) for part in self.identity]
        name, time = "-".join((self.source, self.name, *what, kind.TYPE)), stamped(when)
        try:
            make_event(data, id=name, source=self.source, subject=about, time=time, recorded=time)
        except ValidationError as error:
            raise refusal(error, columns or {}, self.values, self.unknown) from None
        return Said(name, about, time, data)


@dataclass(frozen=True, slots=True)
class RowOfChild(Row):
    """One row about a child, with whose key its identity begins."""

    @property
    def child(self) -> str:
        """The child's key in this authority."""
        return str(self.identity[0])

    def day_or_none(self, column: str) -> date | None:
        """A date; None where there is none."""
        value = self.values[column]
        return value if isinstance(value, date) else None  # the layout says which are dates

    def day(self, column: str) -> date:
        """A date that the row says nothing without.

        Raises:
            RefusedError: there is none.
        """
        value = self.day_or_none(column)
        if value is None:
            raise RefusedError(column, "is blank")
        return value

    def last_day(self, column: str, first: str) -> date | None:
        """A date that need not be there, but comes no earlier than that of the column `first`.

        Raises:
            RefusedError: it comes earlier, or the first one is blank.
        """
        begins, ends = self.day(first), self.day_or_none(column)
        if ends is not None and ends < begins:
            raise RefusedError(column, f"lies before {first}")
        return ends

    def of_child(
        self,
        kind: type[Data],
        day: date,
        columns: Mapping[str, str] | None = None,
        /,
        **given: Value,
    ) -> Said:
        """A fact about the row's child, on its day.

        Raises:
            RefusedError: with the column that the event's model refuses.
        """
        return self.tell(kind, day, columns, about=f"child:{self.child}", **given)


def refusal(
    error: ValidationError,
    columns: Mapping[str, str],
    values: Mapping[str, Value],
    unknown: Mapping[str, str],
) -> RefusedError:
    """A model's first objection, as one to a column. pydantic's own words may quote a value."""
    problem = error.errors(include_url=False, include_input=False)[0]
    # what a model says of several fields together begins with the name of one
    together = problem["msg"].removeprefix("Value error, ").partition(":")[0]
    column = columns.get(str(problem["loc"][0]) if problem["loc"] else together)
    if column is not None and values[column] is None:
        return RefusedError(column, unknown.get(column, "is blank"))
    limits = problem.get("ctx", {})
    match problem["type"]:
        case "literal_error":
            return RefusedError(column, f"is none of {limits['expected']}")
        case "greater_than_equal":
            return RefusedError(column, f"is less than {limits['ge']}")
        case "less_than_equal":
            return RefusedError(column, f"is more than {limits['le']}")
        case _:
            return RefusedError(column, "cannot be, after what the rest of the row says")
