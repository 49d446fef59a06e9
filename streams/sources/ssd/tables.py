"""Where the rows of a Standard Safeguarding Dataset come from: files, or a database.

The reader asks for a table by the name that the specification gives it, and for the columns it
needs alone, so that names and free text need never leave the disk or the server.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import TracebackType
from typing import Protocol, Self

from casepulse.streams.sources.account import RefusedError

#: A cell as it comes: text from a file; from a database whatever the driver makes of the column.
Cell = str | int | float | datetime | date | Decimal | bool | None


class Tables(Protocol):
    """The tables of one extract, read one after another, in a `with` block."""

    notes: list[str]
    """What a person should know of how they are read."""

    def __enter__(self) -> Self:
        """Open them.

        Raises:
            ExtractError: there is no way in.
        """

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close them."""

    def columns(self, table: str) -> tuple[str, ...] | None:
        """The names of a table's columns, lower-cased, in their order; None: it is not there.

        Args:
            table: its name in the specification, in lower case, such as `ssd_contacts`.

        Raises:
            ExtractError: it is there and can't be read.
        """

    def rows(
        self, table: str, columns: Sequence[str]
    ) -> Iterator[tuple[int, Sequence[Cell] | RefusedError]]:
        """Each row's number, and the cells of those columns in that order; or why it has none.

        The number is for people: a file's line on which the row begins (the first line is 1), or
        the row's place in what the database answered (the first is 1).

        Args:
            table: one that is there.
            columns: some of its columns, lower-cased.

        Raises:
            ExtractError: it ended before its end, or can't be read. Rows that came before it are
                no whole table.
        """

    def name(self, table: str) -> str:
        """A table's name as it stands in accounts and errors, such as `ssd_contacts.csv`."""
