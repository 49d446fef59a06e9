"""The columns of the dataset's tables: what each is called, was called, and how it is read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from casepulse.streams.sources.account import Account
from casepulse.streams.sources.codes import Codes, is_blank
from casepulse.streams.sources.extract import ExtractError
from casepulse.streams.sources.ssd.cells import text
from casepulse.streams.sources.ssd.tables import Cell

Reader = Callable[[Cell], object]

#: How a profile names a cell in which nothing stands.
BLANK = "(blank)"

#: Distinct texts of a column of codes that are remembered.
_REMEMBERED = 4096


class Need(Enum):
    """What a table, or a row, is worth without a column."""

    VALUE = auto()
    """A row says nothing without it."""
    COLUMN = auto()
    """It may be blank; but where the whole column is missing, the table can't be told."""
    NOTHING = auto()
    """The rest is told without it: some systems have no such column."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of national codes, in whatever words.

    Args:
        codes: the codes.
        words: what else means one of them.
        guess: from a text, the code it means; None: none. It comes first.
        counted: whether what is no code is worth a word.
    """

    codes: Iterable[str]
    words: Mapping[str, str] | None = None
    guess: Callable[[str], str | None] | None = None
    counted: bool = True

    def reader(self, column: str, mapped: Mapping[str, str] | None, account: Account) -> Reader:
        """Read the column's cells, and count those with a code that is none.

        Args:
            column: its name, as the account has it.
            mapped: what the profile says of it.
            account: that of its table.

        Raises:
            ExtractError: the profile says a code that is none.
        """
        check_codes(column, mapped, self.codes)
        codes = Codes.of(self.codes, self.words, mapped)
        own = Codes.of((), mapped)
        blank = (mapped or {}).get(BLANK)
        known: dict[Cell, str | None] = {None: blank, "": blank}

        def read(cell: Cell) -> str | None:
            try:
                return known[cell]
            except KeyError:
                pass
            written = text(cell)
            if written is None or is_blank(written):
                return blank
            code = own.code(written)
            if code is None and self.guess is not None:
                code = self.guess(written)
            if code is None:
                code = codes.code(written)
            if code is None:
                if self.counted:
                    account.unknown_codes[column] += 1
            elif len(known) < _REMEMBERED:
                known[cell] = code
            return code

        return read


def check_codes(column: str, mapped: Mapping[str, str] | None, codes: Iterable[str]) -> None:
    """See that what the profile says of a column are codes of it.

    Raises:
        ExtractError: it says another.
    """
    known = tuple(codes)
    for code in (mapped or {}).values():
        if code not in known:
            raise ExtractError(
                f"the profile's codes.{column}: {code!r} is none; there are: {', '.join(known)}"
            )


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        name: as version 1.4.5 has it.
        read: how a cell of it is read: a function, or `Coded`.
        need: what is lost without it.
        older: names that it had before, or has in other systems.
    """

    name: str
    read: Reader | Coded
    need: Need = Need.COLUMN
    older: tuple[str, ...] = ()

    def found_in(self, columns: Iterable[str]) -> str | None:
        """What it is called in a table; None: it is not there."""
        there = set(columns)
        names = (self.name, *self.older, *_older(self.name))
        return next((name for name in names if name in there), None)


def _older(name: str) -> Iterable[str]:
    """What names of its kind were in 2024 and before."""
    if name.endswith("_date"):
        yield name.removesuffix("_date")
    if name.endswith("_team"):
        yield f"{name}_name"
    if name.endswith("_code"):
        yield name.removesuffix("_code")
