"""What is owed to somebody again and again: who is late at which of the thirteen month ends, and
on which days it was done.

The months are planned backwards. Who is late when January ends is published; of each month before,
so many are late already, or have come up to date since.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Generic, TypeVar

from casepulse.counties.january_2021.counts import part
from casepulse.counties.january_2021.county import LAST, MONTH_ENDS
from casepulse.counties.january_2021.days import some_day
from casepulse.state.calendar import add_months

#: The thirteen months, and the twelve before January 2021, by their place in MONTH_ENDS.
MONTHS = range(len(MONTH_ENDS))
BEFORE, NOW = MONTHS[:-1], MONTHS[-1]

#: How long before the thirteen months the last time was of somebody who is late with the first.
LONG_LATE = timedelta(days=60)

Lasts = Callable[[date], date]

#: A child, a young person, a household.
Who = TypeVar("Who")


@dataclass(slots=True, eq=False)
class Owed(Generic[Who]):
    """What is owed to one child, young person or household."""

    who: Who
    begins: date
    """The first day on which it can be done."""
    counts: date
    """The first day at whose end it counts whether it is done."""
    until: date | None
    """The last day; None while it is owed."""
    lasts: Lasts
    """The day on which what was done on a day falls due again: later than a later day's."""
    first: date | None = None
    """The day on which it is done first, if that is planned."""
    late: range = range(0)
    """The months at whose ends it is late, by their place in MONTH_ENDS."""
    never: bool = False
    """Whether it is never done."""
    spared: bool = False
    """Whether it is never late."""
    lapsed: date | None = None
    """The day on which it was done for the last time before it is late."""

    def counted(self, month: int) -> bool:
        """Whether it counts when a month ends."""
        end = MONTH_ENDS[month]
        return self.counts <= end and (self.until is None or self.until > end)

    def can_be_late(self, month: int) -> bool:
        """Whether it may be late when a month ends, though it was done once."""
        lasted = self.lasts(self.begins) <= MONTH_ENDS[month]
        return lasted and not self.spared and self.counted(month)

    def miss(self, due: date) -> None:
        """Let it never be done, though it was due on a day."""
        self.never = True
        self.late_from(due)

    def late_from(self, day: date) -> None:
        """Let it be late from a day on, while it counts."""
        self.late = span(m for m in MONTHS if self.counted(m) and MONTH_ENDS[m] >= day)


def span(months: Iterable[int]) -> range:
    """From the first to the last of some months, oldest first."""
    found = list(months)
    return range(found[0], found[-1] + 1) if found else range(0)


def months_on(count: int) -> Lasts:
    """What holds for so many months."""
    return lambda day: add_months(day, count)


def plan_late(
    owed: Sequence[Owed[Who]],
    in_time: Sequence[int],
    now: Collection[Owed[Who]],
    chance: Random,
) -> None:
    """Plan who is late at each month's end.

    Args:
        owed: to everybody. Those whose `late` is planned already stay as they are.
        in_time: how many in a hundred are to be in time at the ends of the months before January.
        now: who, of the others, is late when January ends.
        chance: chances.

    Raises:
        ValueError: more are to be late than can be.
    """
    planned = [one for one in owed if one.late]
    free = [one for one in owed if not one.late and not one.never]
    late = list(now)
    runs = {one: [NOW, NOW] for one in late}
    for month in reversed(BEFORE):
        here = sum(one.counted(month) for one in owed)
        many = here - part(here, in_time[month])
        many -= sum(month in one.late and one.counted(month) for one in planned)
        late = [one for one in late if one.can_be_late(month)]
        if len(late) >= many:
            late = chance.sample(late, max(many, 0))
        else:
            others = [one for one in free if one not in runs and one.can_be_late(month)]
            late += chance.sample(others, many - len(late))
        for one in late:
            runs.setdefault(one, [month, month])[0] = month
    for one, (first, last) in runs.items():
        one.late = range(first, last + 1)


def last_done(one: Owed[Any], chance: Random) -> date:
    """The day on which somebody who is late had it last, so that it is late by its first month."""
    if one.lapsed is None:
        first = one.late[0]
        latest = _due_by(one, MONTH_ENDS[first])
        earliest = _due_by(one, MONTH_ENDS[first - 1]) if first else latest - LONG_LATE
        earliest = max(one.begins, earliest + timedelta(days=1))
        if one.first and earliest <= one.first <= latest:
            one.lapsed = one.first
        else:
            # Where no day's falls due in that month, it has been late a little longer.
            one.lapsed = some_day(min(earliest, latest), latest, chance)
    return one.lapsed


def days_done(
    one: Owed[Any], told_from: date, early: tuple[int, int], chance: Random
) -> list[date]:
    """The days on which it was done, up to January, oldest first.

    Args:
        one: whom it is owed to.
        told_from: nothing before this day is told.
        early: days before it falls due again, at least and at most.
        chance: chances.
    """
    if one.never:
        return []
    # On the last day it may be over already.
    until = LAST if one.until is None else min(one.until - timedelta(days=1), LAST)
    if not one.late:
        return list(_onwards(one, _first(one, told_from, early, chance), until, early, chance))
    days = [last_done(one, chance)]
    while (day := _due_by(one, days[0]) + timedelta(days=chance.randint(*early))) > max(
        one.begins, told_from
    ):
        days.insert(0, day)
    soon = _soon(one, chance)
    if told_from <= soon < days[0]:
        days.insert(0, soon)
    after = one.late[-1] + 1
    if after < len(MONTH_ENDS) and one.counted(after):
        begins = MONTH_ENDS[after - 1] + timedelta(days=1)
        days += _onwards(one, some_day(begins, MONTH_ENDS[after], chance), until, early, chance)
    return days


def _onwards(
    one: Owed[Any], day: date, until: date, early: tuple[int, int], chance: Random
) -> Iterator[date]:
    while day <= until:
        yield day
        day = max(one.lasts(day) - timedelta(days=chance.randint(*early)), day + timedelta(days=1))


def _first(one: Owed[Any], told_from: date, early: tuple[int, int], chance: Random) -> date:
    """The first day on which it was done, as far as is told."""
    if one.begins >= told_from:
        return _soon(one, chance)
    return some_day(told_from, one.lasts(told_from) - timedelta(days=early[0]), chance)


def _soon(one: Owed[Any], chance: Random) -> date:
    """A day soon after the beginning: before the first month's end at which it counts."""
    if one.first:
        return one.first
    first = max(one.begins, one.counts)
    end = next((end for end in MONTH_ENDS if end >= first), first)
    return some_day(one.begins, min(end, one.begins + timedelta(days=20)), chance)


def _due_by(one: Owed[Any], day: date) -> date:
    """The latest day of which what was done then has fallen due by another."""
    back = day.toordinal() - 1200
    days = range(back, day.toordinal() + 1)
    place = bisect_right(days, day, key=lambda number: one.lasts(date.fromordinal(number)))
    return date.fromordinal(back + place - 1)
