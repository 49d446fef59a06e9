"""Days, months and instants as every measure counts them.

The rules: docs/rules.md. Working days are Monday to Friday without the bank
holidays of England (library `holidays`). Days are local to Europe/London; an
instant is a datetime in UTC.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import holidays

from casepulse.schemas.standard import Standard

LONDON = ZoneInfo("Europe/London")

#: The instant after every other: what never comes.
NEVER = datetime.max.replace(tzinfo=UTC)

#: The smallest step between two instants.
INSTANT = timedelta(microseconds=1)

# Events lie before 2100, and a standard is shorter than 1,000 working days.
_FIRST_YEAR, _LAST_YEAR = 1949, 2105


@lru_cache(maxsize=65536)
def midnight(day: date) -> datetime:
    """The instant at which a local day begins, in UTC."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The instant at which a local day is over: the midnight that begins the next."""
    return midnight(day + timedelta(days=1))


def local_date(instant: datetime) -> date:
    """The day in London on which an instant falls."""
    return instant.astimezone(LONDON).date()


@cache
def _bank_holidays() -> frozenset[date]:
    years = range(_FIRST_YEAR, _LAST_YEAR + 1)
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=years))


def bank_holidays(first: date, last: date) -> list[date]:
    """The bank holidays of England from `first` up to `last`."""
    return sorted(day for day in _bank_holidays() if first <= day <= last)


@cache
def _working_days() -> tuple[list[int], int, list[int]]:
    """Working days as ordinals; the first day's ordinal; working days up to and with each day."""
    closed = {day.toordinal() for day in _bank_holidays()}
    first = date(_FIRST_YEAR, 1, 1).toordinal()
    last = date(_LAST_YEAR, 12, 31).toordinal()
    days: list[int] = []
    up_to: list[int] = []
    for ordinal in range(first, last + 1):
        if (ordinal + 6) % 7 < 5 and ordinal not in closed:
            days.append(ordinal)
        up_to.append(len(days))
    return days, first, up_to


def add_working_days(start: date, count: int) -> date:
    """The `count`-th working day after `start`; the start is day 0, working day or not."""
    if count == 0:
        return start
    days, first, up_to = _working_days()
    return date.fromordinal(days[up_to[start.toordinal() - first] + count - 1])


def working_days_taken(start: date, end: date) -> int:
    """Working days after `start`, up to and including `end`."""
    _, first, up_to = _working_days()
    return up_to[end.toordinal() - first] - up_to[start.toordinal() - first]


def add_months(day: date, count: int) -> date:
    """The same day `count` calendar months on (back, if negative), clamped to the month's end."""
    years, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def due(start: datetime | date, standard: Standard) -> datetime | date:
    """When something that starts at `start` falls due.

    Hours run in real time from an instant, clock changes included, and give
    an instant. Every other unit runs in whole local days and gives a date,
    and that day itself is still in time.

    Raises:
        ValueError: the standard counts something that is no time.
        TypeError: hours are to be counted from a date.
    """
    if standard.unit == "hours":
        if not isinstance(start, datetime):
            raise TypeError("hours run from an instant, not from a date")
        return start + timedelta(hours=standard.count)
    return due_day(start, standard)


def due_day(start: datetime | date, standard: Standard) -> date:
    """`due`, for a standard in days, weeks or months: always a date."""
    day = local_date(start) if isinstance(start, datetime) else start
    match standard.unit:
        case "working days":
            return add_working_days(day, standard.count)
        case "days":
            return day + timedelta(days=standard.count)
        case "weeks":
            return day + timedelta(weeks=standard.count)
        case "months":
            return add_months(day, standard.count)
        case unit:
            raise ValueError(f"{unit} are no days")


def falls_on(due: date | datetime) -> date:
    """The local day on which something falls due."""
    return local_date(due) if isinstance(due, datetime) else due


def falls_due(due: date | datetime) -> datetime:
    """The instant after which something is late: the end of its due day, or the due instant."""
    return due if isinstance(due, datetime) else end_of(due)


def leaves_window(start: datetime, months: int) -> datetime:
    """The instant from which `start` no longer lies in the last `months` months.

    It lies there at t while t minus so many months comes before it or at it.
    A day that the target month lacks (29 February) stays until that month is over.
    """
    local = start.astimezone(LONDON)
    day = add_months(local.date(), months)
    if day.day != local.day:
        return end_of(day)
    return datetime.combine(day, local.time(), LONDON).astimezone(UTC) + INSTANT


def month_of(day: date) -> str:
    """The month of a day, as 2021-01."""
    return f"{day.year:04d}-{day.month:02d}"


def reporting_month(instant: datetime) -> date:
    """The first day of the month that an instant reports on: the one just ended, at its end."""
    return local_date(instant - INSTANT).replace(day=1)


def months_back(first_day: date, count: int) -> list[date]:
    """First days of `count` months, oldest first, the last being `first_day`'s."""
    return [add_months(first_day, back - count + 1) for back in range(count)]


def month_end(first_day: date) -> datetime:
    """The instant at which a month is over: the first of the next."""
    return midnight(add_months(first_day, 1))


def last_month_ends(now: datetime, count: int) -> list[datetime]:
    """The `count` latest month ends that have come by `now`, oldest first."""
    current = reporting_month(now)
    if month_end(current) > now:
        current = add_months(current, -1)
    return [month_end(month) for month in months_back(current, count)]


def next_month_end(now: datetime) -> datetime:
    """The first month end after `now`."""
    return month_end(local_date(now).replace(day=1))
