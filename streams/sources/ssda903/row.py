"""One row of the return, its columns read, and the facts that can be told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from casepulse.schemas.envelope import D, Data
from casepulse.schemas.events import make_event
from casepulse.state.calendar import LONDON
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.ssda903.columns import Value

SOURCE = "ssda903"


class RefusedError(ValueError):
    """A row that cannot be told: the column at fault, and a reason without its value."""

    def __init__(self, column: str | None, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def noon(day: date) -> datetime:
    """When something known by its day happened: at 12:00 in London.

    Noon stays within its day whatever the offset from UTC.
    """
    return datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)


@dataclass(frozen=True, slots=True)
class Telling:
    """A fact that a row tells. A return is of one year, and does not know what was before."""

    id: str
    said: Said
    unless_known: bool = False
    """Whether it may have begun earlier: if an earlier one of its type was told, that stands."""
    by_then: bool = False
    """Whether it was so by then, and since when is not said: an earlier day stands."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, every column that an import needs read."""

    name: str
    """The file's name in the collection, such as `oc2`."""
    line: int
    values: Mapping[str, Value]
    identity: tuple[Value, ...]

    @property
    def child(self) -> str:
        """The child's key in this authority."""
        return str(self.values["CHILD"])

    def day_or_none(self, column: str) -> date | None:
        """A date; None where the column is blank."""
        value = self.values[column]
        return value if isinstance(value, date) else None  # the layout says which are dates

    def day(self, column: str) -> date:
        """A date that the row says nothing without.

        Raises:
            RefusedError: it is blank.
        """
        value = self.day_or_none(column)
        if value is None:
            raise RefusedError(column, "is blank")
        return value

    def code(self, column: str) -> str:
        """A code that the row says nothing without.

        Raises:
            RefusedError: it is blank.
        """
        value = self.values[column]
        if value is None:
            raise RefusedError(column, "is blank")
        return str(value)

    def last_day(self, column: str, first: str) -> date | None:
        """A date that may be blank, but comes no earlier than the one in the column `first`.

        Raises:
            RefusedError: it comes earlier, or the first one is blank.
        """
        begins, ends = self.day(first), self.day_or_none(column)
        if ends is not None and ends < begins:
            raise RefusedError(column, f"lies before {first}")
        return ends

    def within(self, year_end: date) -> "Row":
        """The same row as one of a year: another year's row of the child tells something else."""
        return replace(self, identity=(*self.identity, year_end))

    def data(self, kind: type[D], columns: Mapping[str, str], **given: Value) -> D:
        """What the row says: each field from its column, and others as given.

        Raises:
            RefusedError: with the column that the event's model refuses.
        """
        said: dict[str, Any] = {field: self.values[column] for field, column in columns.items()}
        said.update(given)
        try:
            return kind(**said)
        except ValidationError as error:
            raise self._refusal(error, columns) from None

    def tell(
        self, kind: type[Data], day: date, columns: Mapping[str, str] | None = None, **given: Value
    ) -> Telling:
        """The fact that the row tells, on its day.

        Its id is made of the row's file and identity and the fact's type, so
        that a corrected return gives what it corrects the same id.

        Raises:
            RefusedError: with the column that the event's model refuses.
        """
        data = self.data(kind, columns or {}, **given)
        what = [f"{part:%Y%m%d}" if isinstance(part, date) else str(part) for part in self.identity]
        try:
            event = make_event(
                data,
                id="-".join((SOURCE, self.name, *what, kind.TYPE)),
                source=SOURCE,
                subject=f"child:{self.child}",
                time=noon(day),
                recorded=noon(day),
            )
        except ValidationError as error:
            raise self._refusal(error, columns or {}) from None
        return Telling(event.id, Said(event.subject, event.time, event.data))

    def _refusal(self, error: ValidationError, columns: Mapping[str, str]) -> RefusedError:
        """A model's first objection, as one to a column. pydantic's own words may quote a value."""
        problem = error.errors(include_url=False, include_input=False)[0]
        # what a model says of several fields together begins with the name of one
        together = problem["msg"].removeprefix("Value error, ").partition(":")[0]
        column = columns.get(str(problem["loc"][0]) if problem["loc"] else together)
        if column is not None and self.values[column] is None:
            return RefusedError(column, "is blank")
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
