"""One row of a list: whose it is, and what its columns say."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from casepulse.schemas.envelope import Data
from casepulse.streams.sources import row
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.row import Value

SOURCE = "annex-a"


def record_of(day: date) -> str:
    """The key of what began for a child on a day. It does not say which child's: should the child's
    id change, it is the same record still."""
    return f"{SOURCE}-{day:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Row(row.Row):
    """One row of a list. A column that the list lacks says nothing."""

    child: str = field(kw_only=True)
    """The child's key."""
    lacking: frozenset[str] = frozenset()
    """Columns that the list should have, and lacks."""
    of_child: Mapping[str, Value] = field(default_factory=dict)
    """What it says of the child itself."""

    def when(self, column: str) -> date | datetime | None:
        """A date, with the time if one is said; None where the column is blank."""
        value = self.values.get(column)
        return value if isinstance(value, date) else None

    def day(self, column: str) -> date | None:
        """A date without its time."""
        value = self.when(column)
        return value.date() if isinstance(value, datetime) else value

    def need(self, column: str) -> date:
        """A date that the row says nothing without; without its time.

        Raises:
            RefusedError: it is blank.
        """
        day = self.day(column)
        if day is None:
            raise RefusedError(column, "is blank")
        return day

    def text(self, column: str) -> str | None:
        """What a column of codes says."""
        value = self.values.get(column)
        return value if isinstance(value, str) else None

    def on(
        self,
        kind: type[Data],
        when: date | datetime,
        table: str,
        /,
        *key: Value,
        about: str | None = None,
        **given: Value,
    ) -> Said:
        """A fact of the child's, on a day or at an instant.

        Args:
            kind: the fact's type.
            when: its day.
            table: the record's name in the fact's id.
            key: what the record is known by besides the child.
            about: another subject, which the key is then all of.
            given: what it says.
        """
        whose = () if about else (self.child,)
        named = replace(self, name=table, identity=(*whose, *key))
        return row.Row.tell(named, kind, when, about=about or f"child:{self.child}", **given)

    def say(
        self,
        kind: type[Data],
        column: str,
        table: str,
        /,
        *key: Value,
        about: str | None = None,
        needs: tuple[str, ...] = (),
        **given: Value,
    ) -> Said | None:
        """A fact on a column's day; None where the column is blank.

        Args:
            kind: the fact's type.
            column: its day.
            table: the record's name in the fact's id.
            key: what the record is known by besides the child; the day, if nothing is given.
            about: another subject, which the key is then all of.
            needs: columns of which what it says is made: where one is not there, what was told of
                the fact stands.
            given: what it says.
        """
        when = self.when(column)
        if when is None:
            return None
        said = self.on(kind, when, table, *(key or (self.day(column),)), about=about, **given)
        return replace(said, in_part=not self.lacking.isdisjoint(needs))

    def series(
        self,
        kind: type[Data],
        column: str,
        table: str,
        /,
        *,
        needs: tuple[str, ...] = (),
        **given: Value,
    ) -> Said | None:
        """As `say`, of something of which the list has the latest alone."""
        said = self.say(kind, column, table, about=None, needs=needs, **given)
        series = f"{self.source}-{table}-{self.child}-"
        return said and replace(said, latest_of=series)
