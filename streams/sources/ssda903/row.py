"""One row of the return, its columns read, and the facts that can be told of it."""

from dataclasses import dataclass, replace
from datetime import date

from casepulse.streams.sources import row

SOURCE = "ssda903"


@dataclass(frozen=True, slots=True)
class Row(row.RowOfChild):
    """One row of one of its files."""

    def within(self, year_end: date) -> "Row":
        """The same row as one of a year: another year's row of the child tells something else."""
        return replace(self, identity=(*self.identity, year_end))
