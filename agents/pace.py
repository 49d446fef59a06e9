"""How much of the time goes to telling and publishing: events come first."""

import asyncio
from collections.abc import Iterator
from time import monotonic

from casepulse.agents.holding import Holding
from casepulse.streams.app import Application

#: Telling or publishing takes no more than one part in so many of the time: events come first.
SHARE = 1

#: Seconds of rest at most: a Redis that kept one waiting has taken no time from the events.
REST_AT_MOST = 1.0

#: Events that wait to be read when a worker is behind. What it could tell then is old news, and
#: reading makes it new: telling takes a smaller share of the time, down to so many seconds between
#: two views.
BEHIND, SHARE_BEHIND, TOLD_BEHIND = 1000, 20, 3.0

#: Seconds between two looks whether a worker is still behind.
LOOK_EVERY = 0.2


class Pace:
    """Knows how far behind a worker is, and lets it rest between two tellings."""

    def __init__(self, app: Application, holding: Holding) -> None:
        self._app = app
        self._holding = holding

    def lag(self) -> Iterator[tuple[str, int, int]]:
        """Topic, partition and how many events are not read yet. For any thread."""
        topic = self._app.events.get_topic_name()
        for held in list(self._holding):
            yield topic, held.number, max(0, self._app.end(held.number) - held.read_to - 1)

    async def rest(self, took: float, interval: float) -> None:
        """Leave the loop to the events: the longer, the longer was taken from them.

        Args:
            took: seconds that telling took.
            interval: seconds from one telling to the next, where nothing is in its way.
        """
        if not self._is_behind():
            await asyncio.sleep(min(max(interval - took, SHARE * took), REST_AT_MOST))
            return
        until = monotonic() + max(min(SHARE_BEHIND * took, TOLD_BEHIND), SHARE * took)
        while self._is_behind() and monotonic() < until:
            await asyncio.sleep(LOOK_EVERY)

    def _is_behind(self) -> bool:
        return sum(waiting for _, _, waiting in self.lag()) > BEHIND
