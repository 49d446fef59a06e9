"""How the text in a cell of the return is read.

A reader takes text that is not blank and gives a value. What a code may be, the code lists say
(schemas/codes.py), with what earlier years wrote and the profile's own words.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, get_args

from casepulse.schemas.envelope import EARLIEST, LATEST
from casepulse.streams.sources.codes import Codes
from casepulse.streams.sources.keys import Keys
from casepulse.streams.sources.row import Value

Reader = Callable[[str], Value]

_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_PART_UNKNOWN = re.compile(
    r"([0-9]{1,2}|xx|zz)/([0-9]{1,2}|xx|zz)/([0-9]{4}|xxxx|zzzz)", re.IGNORECASE
)

#: The longest id of a child or worker that is believed to be one.
_LONGEST = 64


class UnknownCodeError(ValueError):
    """A code that is none. What the row says besides can be told."""


def id_of(keys: Keys) -> Reader:
    """Reads an id as a key. What is a name, a date or somebody's notes is no id: a line whose
    columns are swapped must not become a child."""

    def read(text: str) -> str:
        if (
            len(text) > _LONGEST
            or _DAY.fullmatch(text)
            or not text.isprintable()
            or any(each.isspace() or each == "\N{REPLACEMENT CHARACTER}" for each in text)
        ):
            raise ValueError(f"is no id: at most {_LONGEST} characters, no spaces, and no date")
        return keys.person(text)

    return read


@lru_cache(maxsize=65536)
def day(text: str) -> date:
    """A date, as the collection writes it.

    Raises:
        ValueError: it is none, or beyond all years that can be told.
    """
    match = _DAY.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        found = date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        raise ValueError("is no date written dd/mm/yyyy") from None
    if not EARLIEST.date() <= found < LATEST.date():
        raise ValueError(f"lies outside the years {EARLIEST.year} to {LATEST.year - 1}")
    return found


def day_in_part(text: str) -> date | None:
    """A date of which parts may be unknown, written xx or zz: then there is none."""
    unknown = _PART_UNKNOWN.fullmatch(text) and not _DAY.fullmatch(text)
    return None if unknown else day(text)


def number(text: str) -> int:
    """A whole number.

    Raises:
        ValueError: it is none.
    """
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise ValueError("is no whole number")
    return int(text)


def code_of(
    codes: Any, mapped: Mapping[str, str] | None, also: Mapping[str, Value] | None = None
) -> Reader:
    """Reads a code of a list.

    Args:
        codes: the list, a Literal.
        mapped: what the profile says of the column.
        also: other codes that are read, such as those of earlier years, and what each means.
    """
    means: dict[str, Value] = {each: each for each in get_args(codes)}
    means |= also or {}
    known = Codes.of(means, mapped=mapped)
    unknown = f"is none of {', '.join(means)}"

    def read(text: str) -> Value:
        code = known.code(text)
        if code is None or code not in means:
            raise UnknownCodeError(unknown)
        return means[code]

    return read
