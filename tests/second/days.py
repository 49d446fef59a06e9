"""Days, working days, months and instants, a second time."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
_BANK = holidays.country_holidays("GB", subdiv="ENG", years=range(1990, 2035))


def instant(text: str) -> datetime:
    """An instant as events write it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


@cache
def day_of(moment: datetime) -> date:
    """The day in London."""
    return moment.astimezone(LONDON).date()


@cache
def midnight(day: date) -> datetime:
    """The instant at which a day begins in London."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)


def is_working(day: date) -> bool:
    """Monday to Friday and no bank holiday in England."""
    return day.weekday() < 5 and day not in _BANK


@cache
def working(day: date, count: int) -> date:
    """The count-th working day after a day."""
    while count:
        day += timedelta(1)
        count -= is_working(day)
    return day


def working_days(start: date, end: date) -> int:
    """Working days after the start, up to and including the end."""
    return sum(is_working(start + timedelta(n + 1)) for n in range((end - start).days))


def months(day: date, count: int) -> date:
    """The same day so many months on, clamped to the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def past(due: date, at: datetime) -> bool:
    """Whether a due day is over: the due day itself is in time."""
    return at >= midnight(due + timedelta(1))


def reached(day: date, at: datetime) -> bool:
    """Whether a day has begun: what is dated a midnight is not yet so as at that midnight."""
    return at > midnight(day)


def in_last(moment: datetime, count: int, at: datetime) -> bool:
    """Whether an instant lies in the last so many months at another, by the clock on the wall."""
    local = moment.astimezone(LONDON)
    day = months(local.date(), count)
    if day.day < local.day:  # stays until the shorter month is over
        return at <= midnight(day + timedelta(1))
    leaves = datetime.combine(day, local.time(), tzinfo=LONDON)
    return at <= leaves


def month_of(day: date) -> str:
    """A month as cells name it."""
    return f"{day:%Y-%m}"
