"""One row of the return, its columns read, and the facts that can be told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from casepulse.schemas.envelope import Data
from casepulse.streams.sources import row
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.row import Value

SOURCE = "ssda903"


@dataclass(frozen=True, slots=True)
class Row(row.Row):
    """One row of one of its files."""

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

    def of_child(
        self, kind: type[Data], day: date, columns: Mapping[str, str] | None = None, **given: Value
    ) -> Said:
        """A fact about the row's child, on its day.

        Raises:
            RefusedError: with the column that the event's model refuses.
        """
        return self.tell(kind, day, columns, about=f"child:{self.child}", **given)
