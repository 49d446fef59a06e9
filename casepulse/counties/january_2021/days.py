"""Days: one of a stretch, the working ones of a stretch, one so many working days before."""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import cache
from random import Random

from casepulse.state.calendar import add_working_days


def some_day(first: date, last: date, chance: Random) -> date:
    """A day of a stretch, its first and last included; its first, if it has no other."""
    return first + timedelta(days=chance.randint(0, max(0, (last - first).days)))


def working_days(first: date, last: date) -> list[date]:
    """The working days of a stretch between 2018 and 2021, its first and last day included."""
    days = _working_days()
    return days[bisect_left(days, first) : bisect_right(days, last)]


@cache
def _working_days() -> list[date]:
    days = [date(2017, 12, 31)]
    while days[-1] < date(2022, 1, 1):
        days.append(add_working_days(days[-1], 1))
    return days[1:]


def back(day: date, working: int) -> date:
    """The working day so many before a day, or before the next working day."""
    days = _working_days()
    return days[bisect_left(days, day) - working]
