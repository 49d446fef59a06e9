"""A clock that notes what it was asked, and so knows how long an answer stays good."""

from datetime import date, datetime

from casepulse.state.calendar import INSTANT, NEVER, end_of, leaves_window, midnight


class Clock:
    """The instant at which a case is looked at.

    A rule never compares times with now itself; it asks. Every question about
    an instant that has not come yet moves `until` back to the earliest of
    them: before that instant, every answer given would be given again.
    """

    __slots__ = ("now", "until")

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.until = NEVER

    def reached(self, instant: datetime) -> bool:
        """Whether `instant` has come."""
        if instant <= self.now:
            return True
        if instant < self.until:
            self.until = instant
        return False

    def happened(self, time: datetime) -> bool:
        """Whether what happened at `time` lies before now. At that very instant it does not yet:
        what is dated midnight belongs to the day that begins, not to the one that ends."""
        return self.reached(time + INSTANT)

    def past(self, due: date | datetime) -> bool:
        """Whether something due then is late by now: on its due day it is not."""
        if isinstance(due, datetime):
            return self.reached(due + INSTANT)
        return self.reached(end_of(due))

    def begun(self, day: date) -> bool:
        """Whether a day has begun. At the midnight that begins it, it has not: a figure as at that
        instant is the day before's."""
        return self.happened(midnight(day))

    def within_last(self, months: int, start: datetime) -> bool:
        """Whether `start`, which has happened, lies in the last so many months."""
        return not self.reached(leaves_window(start, months))
