"""The files of an SSDA903 return: which columns each has, and how the text in one is read.

A column's reader takes text that is not blank and gives a value; a blank is
None. What a code may be, the event models say (schemas/codes.py); here stands
only what turns text into something that a model can judge.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pydantic import TypeAdapter, ValidationError

from casepulse.schemas.envelope import EARLIEST, LATEST, Key
from casepulse.streams.sources.row import Value

Reader = Callable[[str], Value]

_KEY: TypeAdapter[str] = TypeAdapter(Key)
_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_PART_UNKNOWN = re.compile(r"([0-9]{2}|xx|zz)/([0-9]{2}|xx|zz)/([0-9]{4}|xxxx|zzzz)", re.IGNORECASE)


def _key(text: str) -> str:
    try:
        return _KEY.validate_python(text)
    except ValidationError:
        raise ValueError(
            "is no key: at most 64 letters, digits, dots, hyphens and underscores, no spaces"
        ) from None


@lru_cache(maxsize=65536)
def _day(text: str) -> date:
    match = _DAY.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        day = date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        raise ValueError("is no date written dd/mm/yyyy") from None
    if not EARLIEST.date() <= day < LATEST.date():
        raise ValueError(f"lies outside the years {EARLIEST.year} to {LATEST.year - 1}")
    return day


def _day_in_part(text: str) -> date | None:
    """A date of which parts may be unknown, written xx or zz: then there is none."""
    unknown = _PART_UNKNOWN.fullmatch(text) and not _DAY.fullmatch(text)
    return None if unknown else _day(text)


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("is neither 0 nor 1")
    return text == "1"


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise ValueError("is no whole number")
    return int(text)


#: Letters since 2024-25.
_SEX = {"1": "M", "2": "F", "M": "M", "F": "F", "U": "U"}


def _sex(text: str) -> str:
    if text not in _SEX:
        raise ValueError("is none of 1 or M (male), 2 or F (female), U (unknown)")
    return _SEX[text]


def _why_new(text: str) -> str:
    if text not in ("S", "P", "T", "L", "B", "U"):
        raise ValueError("is none of 'S', 'P', 'T', 'L', 'B' or 'U'")
    return text


#: Special guardianship orders, before they were told apart by who has them and from which care
#: (2018-19): the codes for other guardians, and for former foster carers.
_ORDERS_BEFORE_2019 = {"E43": "E45", "E44": "E48"}


def _left(text: str) -> str | None:
    """X1 says that the episode ceased and another began: nobody left care."""
    return None if text == "X1" else _ORDERS_BEFORE_2019.get(text, text)


_code: Reader = str


@dataclass(frozen=True, slots=True)
class Layout:
    """One file of the return."""

    read: Mapping[str, Reader]
    """The columns that an import needs: all of them must be there."""
    identity: tuple[str, ...]
    """The columns that say what a row is about: two rows that agree in them are about the same."""
    left_alone: frozenset[str]
    """The collection's other columns, never read: some are personal (postcodes, a school's or a
    home's number), some the header tells already (date of birth, sex)."""


def _layout(identity: str, left_alone: str, **read: Reader) -> Layout:
    key = ("CHILD", identity) if identity else ("CHILD",)
    return Layout({"CHILD": _key, **read}, key, frozenset(left_alone.split()))


#: The files by their name without `.csv`, in the order they are read: outcomes and arrangements
#: are dated from the episodes, so these come before them.
LAYOUTS: Mapping[str, Layout] = {
    "header": _layout("", "UPN MOTHER MC_DOB", SEX=_sex, DOB=_day, ETHNIC=_code),
    "episodes": _layout(
        "DECOM", "HOME_POST PL_POST URN PLACEMENT_LA PL_LA PL_LOCATION PL_DISTANCE",
        DECOM=_day, RNE=_why_new, LS=_code, CIN=_code, PLACE=_code, PLACE_PROVIDER=_code,
        DEC=_day, REC=_left, REASON_PLACE_CHANGE=_code,
    ),
    "reviews": _layout("REVIEW", "DOB", REVIEW=_day, REVIEW_CODE=_code),
    "missing": _layout("MIS_START", "DOB", MIS_START=_day, MIS_END=_day, MISSING=_code),
    "oc2": _layout(
        "", "DOB",
        SDQ_SCORE=_number, SDQ_REASON=_code, CONVICTED=_flag, HEALTH_CHECK=_flag,
        IMMUNISATIONS=_flag, TEETH_CHECK=_flag, HEALTH_ASSESSMENT=_flag, SUBSTANCE_MISUSE=_flag,
        INTERVENTION_RECEIVED=_flag, INTERVENTION_OFFERED=_flag,
    ),
    "oc3": _layout("", "DOB", IN_TOUCH=_code, ACTIV=_code, ACCOM=_code),
    "uasc": _layout("", "SEX DOB", DUC=_day),
    "ad1": _layout(
        "DATE_INT", "DOB",
        DATE_INT=_day, DATE_MATCH=_day, FOSTER_CARE=_flag, NB_ADOPTR=_number, SEX_ADOPTR=_code,
        LS_ADOPTR=_code,
    ),
    "placed_for_adoption": _layout(
        "DATE_PLACED", "DOB",
        DATE_PLACED=_day, DATE_PLACED_CEASED=_day, REASON_PLACED_CEASED=_code,
    ),
    "previous_permanence": _layout(
        "", "LA_PERM", DOB=_day, PREV_PERM=_code, DATE_PERM=_day_in_part
    ),
}  # fmt: skip
