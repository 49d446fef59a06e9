"""One row of the return, its columns read, and the facts that can be told of it."""

from dataclasses import dataclass, replace
from datetime import date

from casepulse.streams.sources import row
from casepulse.streams.sources.row import Value


@dataclass(frozen=True, slots=True)
class Row(row.RowOfChild):
    """One element that is a row."""

    @property
    def key(self) -> str:
        """The key of the record that it is about, among those of the child."""
        return "-".join((self.source, *map(_written, self.identity[1:])))

    def about(self, *what: Value, name: str | None = None) -> "Row":
        """The same row, as one about something of the child."""
        return replace(self, identity=(self.child, *what), name=name or self.name)


def _written(part: Value) -> str:
    return f"{part:%Y%m%d}" if isinstance(part, date) else str(part)
