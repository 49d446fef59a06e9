"""When an extract is looked for, and by when it must be there: by the clock of London.

A night begins at the first of its hours, on each day on which one is to come, and lasts until the
next night begins.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from casepulse.state.calendar import LONDON, local_date

#: As people write days of the week, Monday first.
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """When to look."""

    at: tuple[time, ...]
    """The hours of a day, in order; one at the least."""
    days: frozenset[int]
    """The days of the week, Monday is 0; one at the least."""
    by: time | None = None
    """When an extract must be there, the first time that it is so late after a night has begun.
    None: whenever it comes."""

    def began(self, now: datetime) -> datetime:
        """When the night began that it is (UTC)."""
        return max(each for each in self._nights(now) if each <= now)

    def ends(self, now: datetime) -> datetime:
        """When the next one begins (UTC)."""
        return min(each for each in self._nights(now) if each > now)

    def asked(self, now: datetime) -> datetime:
        """The last of the hours to look at that has come (UTC)."""
        began = self.began(now)
        day = local_date(began)
        later = (_instant(each, clock) for each in (day, local_date(now)) for clock in self.at)
        return max(each for each in (began, *later) if each <= now)

    def due(self, now: datetime) -> datetime | None:
        """When the extract of the night must be there (UTC)."""
        if self.by is None:
            return None
        began = self.began(now)
        day = local_date(began)
        on_the_day = _instant(day, self.by)
        return on_the_day if on_the_day > began else _instant(day + timedelta(days=1), self.by)

    def _nights(self, now: datetime) -> list[datetime]:
        """When nights begin, a week and more either side."""
        today = local_date(now)
        days = (today + timedelta(days=each) for each in range(-8, 9))
        return [_instant(day, self.at[0]) for day in days if day.weekday() in self.days]


def clocks(words: str) -> tuple[time, ...]:
    """Hours as people write them: 02:00,05:30.

    Raises:
        ValueError: they are none.
    """
    return tuple(sorted({clock(each) for each in words.split(",")}))


def clock(word: str) -> time:
    """An hour as people write it: 05:30.

    Raises:
        ValueError: it is none.
    """
    read = _CLOCK.fullmatch(word.strip())
    if read is None:
        raise ValueError("write hours and minutes, as 05:30")
    return time(int(read[1]), int(read[2]))


def weekdays(words: str) -> frozenset[int]:
    """Days of the week as people write them: mon,tue.

    Raises:
        ValueError: they are none.
    """
    said = [each.strip().casefold() for each in words.split(",")]
    if not set(said) <= set(DAYS):
        raise ValueError(f"write days with commas between, of {','.join(DAYS)}")
    return frozenset(DAYS.index(each) for each in said)


def _instant(day: date, at: time) -> datetime:
    """An hour that is skipped when clocks go forward is the one an hour later; of one that comes
    twice, the first."""
    return datetime.combine(day, at, LONDON).astimezone(UTC)
