"""Keeps the child-level lists of this worker's partitions in Redis, and says when it can't."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import monotonic, time

import structlog

from casepulse.agents.due_lists import DueLists
from casepulse.agents.holding import Held, Holding
from casepulse.streams.redis_trouble import REDIS_ERRORS, why

log = structlog.get_logger()

#: Seconds between two looks at the lists that were written: are all lines still there?
LOOK_EVERY = 2.0

#: Working out what is on the lists, and reading what stands there, takes no more than one part in
#: so many of the time, and comes after so many seconds at the latest: a Redis that kept us waiting
#: has taken none from the events.
SHARE, REST_AT_MOST = 20, 30.0

#: Seconds after which lists that can't be written are said to fail; and those that nobody could
#: look at, though no error came.
FAILING_AFTER, SILENT_FOR = 10.0, 2 * REST_AT_MOST


@dataclass(frozen=True, slots=True)
class Standing:
    """How the lists of this worker's partitions stand in Redis."""

    stood: Mapping[int, float]
    """By partition, when its lists were last known to stand there, in seconds since 1970."""
    failing: int
    """Of how many partitions they can't be written."""


class ListKeeper:
    """Writes the lists of each partition that is held, again and again.

    Args:
        lists: what writes those of one partition.
        holding: the partitions.
    """

    def __init__(self, lists: DueLists, holding: Holding) -> None:
        self._lists = lists
        self._holding = holding
        self._well: dict[int, float] = {}
        """By partition, when its lists were last known to stand, or were first to be written."""
        self._stood: dict[int, float] = {}
        """The same, only where they stood, in seconds since 1970."""
        self._wrong: dict[int, str] = {}
        """By partition, why its lists do not stand."""

    async def run(self, should_stop: Callable[[], bool]) -> None:
        """Keep the lists until the worker stops."""
        loop = asyncio.get_running_loop()
        while not should_stop():
            started = loop.time()
            for held in self._claimed():
                await self._holding.look(held)
                if held.claim is not None:  # as it was before anything was waited for
                    await self._try(held.number, self._lists.write(held, started))
                await asyncio.sleep(0)
            again = loop.time() + min(SHARE * (loop.time() - started), REST_AT_MOST)
            await asyncio.sleep(LOOK_EVERY)
            while loop.time() < again and not should_stop():
                for held in self._claimed():
                    looking = self._lists.keep_up(held.number, closely=False)
                    await self._try(held.number, looking)
                await asyncio.sleep(LOOK_EVERY)

    def forget(self, partition: int) -> None:
        """The partition is another worker's."""
        self._lists.forget(partition)
        for known in (self._well, self._stood, self._wrong):
            known.pop(partition, None)

    def standing(self) -> "Standing":
        """How the lists stand in Redis. For any thread."""
        return Standing(self._stood.copy(), len(self.failing()))

    def failing(self) -> dict[int, str]:
        """The partitions whose lists can't be written, each with why. For any thread."""
        now, wrong = monotonic(), self._wrong.copy()
        return {
            number: wrong.get(number, "not looked at")
            for number, well in sorted(self._well.copy().items())
            if now - well > (FAILING_AFTER if number in wrong else SILENT_FOR)
        }

    def obstacle(self) -> str:
        """What is wrong with the lists, and since when; empty if nothing is. For any thread."""
        failing, well = self.failing(), self._well.copy()
        if not failing:
            return ""
        since = monotonic() - min(well.get(number, monotonic()) for number in failing)
        reasons = "; ".join(sorted(set(failing.values())))
        numbers = ", ".join(map(str, failing))
        return f"not written for {since:.0f} s, of partitions: {numbers} ({reasons})"

    def _claimed(self) -> list[Held]:
        """The partitions of which something may be told."""
        claimed = [held for held in self._holding if held.claim is not None]
        for held in claimed:
            self._well.setdefault(held.number, monotonic())
        return claimed

    async def _try(self, partition: int, writing: Awaitable[bool]) -> None:
        try:
            stands = await writing
        except REDIS_ERRORS as error:
            wrong = f"Redis: {why(error)}"
        else:
            wrong = "" if stands else "those of a later owner stand there"
        if partition not in self._well:
            return  # revoked meanwhile
        if not wrong:
            self._well[partition], self._stood[partition] = monotonic(), time()
            if self._wrong.pop(partition, None):
                log.info("lists are written again", partition=partition)
        elif self._wrong.get(partition) != wrong:
            self._wrong[partition] = wrong
            log.warning("lists can't be written", partition=partition, why=wrong)
