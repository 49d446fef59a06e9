"""What a property of the payload says, out of its JSON. Messages quote nothing."""

import re
from datetime import date

from casepulse.schemas.envelope import EARLIEST, LATEST
from casepulse.streams.sources.codes import is_blank

#: A day; some write the midnight that it begins with.
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?")

_FLAGS = {"true": True, "y": True, "1": True, "false": False, "n": False, "0": False}


def text(value: object) -> str | None:
    """A text; a number where a text was meant is its digits; None if it is blank.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("is no text")
    said = str(value)
    return None if is_blank(said) else said.strip()


def day(value: object) -> date | None:
    """A day between 1950 and 2099; None if it is blank.

    Raises:
        ValueError: it is no day.
    """
    said = value if isinstance(value, str) else None
    if said is not None and is_blank(said):
        return None
    found = _DAY.fullmatch((said or "").strip())
    if found is None:
        raise ValueError("is no date such as 2026-03-31")
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        raise ValueError("is no day of the calendar") from None
    if not EARLIEST.date() <= day < LATEST.date():
        raise ValueError(f"must lie between {EARLIEST.year} and {LATEST.year - 1}")
    return day


def flag(value: object) -> bool | None:
    """True or false; None if it is blank.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, bool):
        return value
    said = text(value)
    if said is None:
        return None
    if said.casefold() not in _FLAGS:
        raise ValueError("is neither true nor false")
    return _FLAGS[said.casefold()]


def number(value: object) -> int | None:
    """A whole number; None if it is blank.

    Raises:
        ValueError: it is none.
    """
    said = text(value)
    if said is None:
        return None
    found = re.fullmatch(r"(\d{1,6})(?:\.0+)?", said)
    if found is None:
        raise ValueError("is no whole number")
    return int(found[1])


def elements(value: object) -> list[object] | None:
    """The elements of a list; None where there is no list. An object where a list was meant is its
    only element."""
    if value is None:
        return None
    return value if isinstance(value, list) else [value]
