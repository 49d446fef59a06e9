"""One row of the return, its columns read, and the facts that can be told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from casepulse.schemas.envelope import Data
from casepulse.streams.sources import row
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.row import Value


@dataclass(frozen=True, slots=True)
class Row(row.Row):
    """One element that is a row."""

    @property
    def child(self) -> str:
        """The child's key in this authority, with which the identity of every row begins."""
        return str(self.identity[0])

    @property
    def key(self) -> str:
        """The key of the record that it is about, among those of the child."""
        return "-".join((self.source, *map(_written, self.identity[1:])))

    def about(self, *what: Value, name: str | None = None) -> "Row":
        """The same row, as one about something of the child."""
        return replace(self, identity=(self.child, *what), name=name or self.name)

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


def _written(part: Value) -> str:
    return f"{part:%Y%m%d}" if isinstance(part, date) else str(part)
