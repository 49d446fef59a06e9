"""What stands in a cell, be it the text of a file or what a database's driver makes of it.

A reader gives None for a cell that says nothing, and never repeats what stands in it.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from casepulse.schemas.envelope import EARLIEST, LATEST, LONDON
from casepulse.streams.sources.codes import is_blank, plain
from casepulse.streams.sources.keys import Keys
from casepulse.streams.sources.row import noon
from casepulse.streams.sources.ssd.tables import Cell

#: How SQL Server prints a DATETIME, ISO, and what a spreadsheet makes of either.
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]*)?)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_BRITISH = re.compile(
    r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?: ([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?"
)

#: Days that systems write for no day.
_NO_DAY = frozenset({date(1900, 1, 1), date(9999, 12, 31)})

#: The ids of most systems: a key as they stand.
_DIGITS = re.compile(r"[1-9][0-9]{0,47}")

#: Ids that name nothing.
_NO_ID = frozenset({"-1", "0"})

#: Up to here an outcome is what was ticked; what follows is free text, and often breaks the JSON.
_COMMENTS = '"COMMENTS"'
_FLAG = re.compile(r'"([A-Za-z0-9_]+)_FLAG"\s*:\s*"?([A-Za-z0-9]+)')
_YES, _NO = frozenset({"y", "yes", "true", "t", "1"}), frozenset({"n", "no", "false", "f", "0"})

_NO_TEAM = re.compile(r"[^a-z0-9]+")


def text(cell: Cell) -> str | None:
    """A text without the blanks around it."""
    if cell is None:
        return None
    written = cell if isinstance(cell, str) else _written(cell)
    return None if is_blank(written) else written.strip()


def _written(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        cell = cell.normalize()
        return f"{cell:f}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def key_reader(keys: Keys) -> Callable[[Cell], str | None]:
    """Read the ids of records."""
    as_it_is = keys.pad == 0

    def read(cell: Cell) -> str | None:
        if as_it_is and isinstance(cell, str) and _DIGITS.fullmatch(cell):
            return cell
        found = text(cell)
        return None if found is None or found in _NO_ID else keys.record(found)

    return read


def person_reader(keys: Keys) -> Callable[[Cell], str | None]:
    """Read the ids of children and workers; each is made into a key once."""
    known: dict[Cell, str | None] = {}

    def read(cell: Cell) -> str | None:
        try:
            return known[cell]
        except KeyError:
            found = text(cell)
            key = None if found is None or found in _NO_ID else keys.person(found)
            return known.setdefault(cell, key)

    return read


def day(cell: Cell) -> datetime | None:
    """When something happened: at the time of day that is set, else at noon in London.

    Raises:
        ValueError: it is no date, or one that lies outside the years that an event may have.
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return _day_of(cell)
    if isinstance(cell, datetime):
        return _local(cell)
    if isinstance(cell, date):
        return _checked(cell)
    raise ValueError("is no date")


@lru_cache(maxsize=65536)
def _day_of(written: str) -> datetime | None:
    if is_blank(written):
        return None
    written = written.strip()
    match = _ISO.fullmatch(written)
    try:
        if match is not None:
            year, month, of_month, hour, minute, second, offset = match.groups()
            if offset:
                return _local(datetime.fromisoformat(written.replace(" ", "T")))
        else:
            match = _BRITISH.fullmatch(written)
            if match is None:
                raise ValueError
            of_month, month, year, hour, minute, second = match.groups()
        parts = map(int, (year, month, of_month, hour or 0, minute or 0, second or 0))
        return _local(datetime(*parts))  # type: ignore[arg-type]  # noqa: DTZ001  London's time
    except ValueError as error:
        if error.args and str(error).startswith("lies"):
            raise
        raise ValueError("is no date such as 2026-06-29 or 29/06/2026") from None


def _local(when: datetime) -> datetime | None:
    if when.tzinfo is not None:
        when = when.astimezone(LONDON)
    if not (when.hour or when.minute or when.second):
        return _checked(when.date())
    checked = _checked(when.date())
    return checked and when.replace(microsecond=0, tzinfo=LONDON).astimezone(UTC)


@lru_cache(maxsize=65536)
def _checked(found: date) -> datetime | None:
    if found in _NO_DAY:
        return None
    if not EARLIEST.date() <= found < LATEST.date():
        raise ValueError(f"lies outside the years {EARLIEST.year} to {LATEST.year - 1}")
    return noon(found).astimezone(UTC)  # instants of one zone are compared in a tenth of the time


def flag(cell: Cell) -> bool | None:
    """Y or N.

    Raises:
        ValueError: it is neither.
    """
    if cell == "Y":
        return True
    if cell == "N":
        return False
    if isinstance(cell, bool):
        return cell
    found = text(cell)
    if found is None or found == "-1":
        return None
    if found.casefold() in _YES:
        return True
    if found.casefold() in _NO:
        return False
    raise ValueError("is neither Y nor N")


def number(cell: Cell) -> float | None:
    """A number.

    Raises:
        ValueError: it is none.
    """
    found = text(cell)
    if found is None:
        return None
    try:
        return float(found)
    except ValueError:
        raise ValueError("is no number") from None


def score(cell: Cell) -> int | None:
    """A total difficulties score.

    Raises:
        ValueError: it is no whole number from 0 to 40.
    """
    found = number(cell)
    if found is None or found == -1:
        return None
    if not (0 <= found <= 40 and found.is_integer()):
        raise ValueError("is no whole number from 0 to 40")
    return int(found)


def flags(cell: Cell) -> frozenset[str]:
    """What is ticked in an outcome, such as STRATEGY_DISCUSSION. The comments are not read."""
    if not isinstance(cell, str):
        return frozenset()
    head, _, rest = cell.partition(_COMMENTS)
    if rest and "_FLAG" not in head:
        return _of_any_order(cell)
    return _ticked(head)


@lru_cache(maxsize=4096)
def _ticked(head: str) -> frozenset[str]:
    return frozenset(name.upper() for name, said in _FLAG.findall(head) if said.casefold() in _YES)


def _of_any_order(cell: str) -> frozenset[str]:
    """Some databases keep JSON with its names in an order of their own."""
    try:
        found = json.loads(cell)
    except ValueError:
        return frozenset()
    if not isinstance(found, dict):
        return frozenset()
    return frozenset(
        name.upper().removesuffix("_FLAG")
        for name, said in found.items()
        if name.upper().endswith("_FLAG") and str(said).casefold() in _YES
    )


@lru_cache(maxsize=4096)
def team(cell: Cell) -> str | None:
    """A team's id, as events have them: small letters, digits, hyphens."""
    found = text(cell)
    if found is None or found in _NO_ID:
        return None
    return _NO_TEAM.sub("-", plain(found)).strip("-")[:48].strip("-") or None
