"""What the cells of a list say: a day, an id, a text. None of them says nothing at all.

A date is a date cell, `dd/mm/yyyy` or `yyyy-mm-dd` as text, or a serial number that has lost its
format. What could be two days is none: the day comes first, and the year has four digits.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time

from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from casepulse.schemas.envelope import EARLIEST, LATEST, LONDON
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.codes import is_blank
from casepulse.streams.sources.row import Value

#: Serial numbers of 1950 and of 2099: another number is no date.
SERIALS = range(18264, 73051)

_TIME = r"(?:[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]*)?)?)?"
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})" + _TIME)
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})" + _TIME)
_NUMBER = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_NO_DATE = "is no date written dd/mm/yyyy"

#: What Excel shows where a formula failed: `#N/A` is a blank, as everywhere.
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?", re.IGNORECASE)

#: A label below the rows: `Total`, `Grand total: 46`.
_TOTAL = re.compile(r"(grand |sub[- ]?)?total|count|sum|number of|average", re.IGNORECASE)

#: What stands in a formula's place that nobody has calculated.
UNCALCULATED = object()


def text_of(value: object) -> str | None:
    """A cell's text; None if it says nothing. A number is written without a fraction it has not.

    Raises:
        RefusedError: it is a formula that has not been calculated.
    """
    if value is UNCALCULATED:
        raise RefusedError(
            None, "is a formula without its value: open the workbook in Excel, and save it"
        )
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else " ".join(str(value).replace("\N{NO-BREAK SPACE}", " ").split())
    return None if is_blank(text) else text


def id_of(value: object) -> str | None:
    """Somebody's id in the case system, as text.

    Raises:
        RefusedError: it is a date, a truth value or an error of Excel's.
    """
    text = text_of(value)
    if text is not None and isinstance(value, bool | date | time):
        raise RefusedError(None, "is no id")
    if text is not None and _ERROR.fullmatch(text):
        raise RefusedError(None, "is an error of a formula's")
    return text


def is_label(text: str | None) -> bool:
    """Whether what stands in place of an id is a label, or a note: words, or nothing."""
    return text is None or bool(_TOTAL.match(text)) or " " in text or not re.search("[0-9]", text)


def is_total(text: str | None) -> bool:
    """Whether it is the label of a total."""
    return text is not None and bool(_TOTAL.match(text))


def day_of(value: object, epoch: datetime = WINDOWS_EPOCH) -> date | datetime | None:
    """A day; with the time in London if one is said.

    Args:
        value: what the cell holds.
        epoch: where the workbook begins to count: some of Apple's begin in 1904.

    Raises:
        RefusedError: it is no date, or outside the years that an event can have.
    """
    text = text_of(value)
    if text is None or (isinstance(value, date) and value.year == 1900):
        return None
    found = _date(value, text, epoch)
    if not EARLIEST.date() <= found.date() < LATEST.date():
        raise RefusedError(None, f"lies outside the years {EARLIEST.year} to {LATEST.year - 1}")
    return found.date() if found.time() == time() else found


def _date(value: object, text: str, epoch: datetime) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=LONDON)
    if isinstance(value, date):
        return datetime.combine(value, time(), LONDON)
    if isinstance(value, bool):
        raise RefusedError(None, _NO_DATE)
    if isinstance(value, int | float) or _NUMBER.fullmatch(text):
        number = float(text)
        if not SERIALS.start <= number < SERIALS.stop:
            raise RefusedError(None, "is a number that is no date between 1950 and 2099")
        read = from_excel(number, epoch)
        if isinstance(read, datetime):
            return read.replace(tzinfo=LONDON)
    found = _DAY_FIRST.fullmatch(text)
    parts = found and (found[3], found[2], found[1])
    if found is None:
        found = _YEAR_FIRST.fullmatch(text)
        parts = found and (found[1], found[2], found[3])
    if found is None or parts is None:
        raise RefusedError(None, _NO_DATE)
    try:
        year, month, day, hour, minute, second = (
            int(each or 0) for each in (*parts, *found.groups()[3:])
        )
        return datetime(year, month, day, hour, minute, second, tzinfo=LONDON)
    except ValueError:
        raise RefusedError(None, _NO_DATE) from None


#: How the cells of a column are read.
Reader = Callable[[object, datetime], Value]


def as_day(value: object, epoch: datetime) -> Value:
    """As `day_of`."""
    return day_of(value, epoch)


def as_text(value: object, epoch: datetime) -> Value:
    """As `text_of`: a code, with or without its words."""
    return text_of(value)
