"""One look after the other, until it is told to stop; never in the middle of one."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import Any, Protocol

from casepulse.following.follower import Follower


class Clock(Protocol):
    """What time it is, and waiting."""

    def now(self) -> datetime:
        """The instant (UTC)."""

    def wait(self, seconds: float) -> bool:
        """Wait so long; True if it is to end."""


class WallClock:
    """The real one, which ends on SIGTERM."""

    def __init__(self) -> None:
        self._stop = Event()

    def now(self) -> datetime:
        """Now."""
        return datetime.now(UTC)

    def wait(self, seconds: float) -> bool:
        """Wait, or until it is to end."""
        return self._stop.wait(seconds)

    def stop(self, *_: Any) -> None:
        """End the wait, and every one after it."""
        self._stop.set()


@contextmanager
def ended_by_signals(clock: WallClock) -> Iterator[None]:
    """SIGTERM and Ctrl-C end it once a look is over. What is killed instead is brought to its end
    at the next start."""
    before = {each: signal.signal(each, clock.stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def follow_on(follower: Follower, clock: Clock, every: float, *, once: bool = False) -> None:
    """Look again and again.

    Args:
        follower: looks.
        clock: waits, and says when it is to end.
        every: seconds between two looks.
        once: whether to end as soon as nothing is on its way.
    """
    while True:
        follower.look(at_any_hour=once)
        if once and not follower.followed.arriving:
            return
        if clock.wait(every):
            return
