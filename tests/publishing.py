"""What a worker does with Redis, and what those who read do, without Kafka: engine, board and lists
over one client, and the watch of the pages beside them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from time import monotonic
from types import SimpleNamespace
from typing import Any
from zlib import crc32

from casepulse.agents.board import Board, BoardAgent
from casepulse.agents.due_lists import DueLists
from casepulse.agents.holding import Holding
from casepulse.agents.metrics import Metrics
from casepulse.agents.redis_view import RedisView
from casepulse.schemas.envelope import Event
from casepulse.state import Fact, open_catalogue
from casepulse.state.calendar import INSTANT
from casepulse.streams.redis_clients import connect
from casepulse.streams.redis_trouble import REDIS_ERRORS
from casepulse.streams.settings import Settings
from casepulse.web.live_view import Watch

#: Seconds between two events, two views, two looks at the lists.
FEED_EVERY, PUBLISH_EVERY, LISTS_EVERY = 0.01, 0.3, 1.0


async def as_messages(*partials: tuple[int, Any]) -> AsyncIterator[Any]:
    """What the board's agent reads: partials with their offsets."""
    for offset, partial in partials:
        value = partial.model_dump_json(exclude_none=True).encode()
        yield SimpleNamespace(value=value, offset=offset)


class Publishing:
    """A worker's publishing of a county's events, at a steady rate.

    Args:
        settings: where Redis is.
        events: the facts, in the order in which they are read.
        at: the instant to which the clock goes once all are read.
    """

    def __init__(self, settings: Settings, events: Sequence[Event[Any]], at: datetime) -> None:
        catalogue = open_catalogue(settings.profile)
        self._settings, self._events, self._at = settings, events, at
        self._holding = Holding(catalogue, lambda held: None)
        self._holding.hold(set(range(settings.partitions)))
        for held in self._holding:
            held.claim = held.number
        self._offset = 0
        self._redis = connect(settings)
        view = RedisView(self._redis, settings)
        self.board = BoardAgent(Board(catalogue, settings.partitions), view, Metrics(catalogue))
        self._lists = DueLists(self._redis, settings, catalogue)
        self.read = 0
        """How many events are counted."""
        self.lists_failed = 0
        """How often lists could not be written."""

    @property
    def done(self) -> bool:
        """Whether all events are read."""
        return self.read == len(self._events)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read, publish and list meanwhile."""
        tasks = [asyncio.create_task(each()) for each in (self._feed, self._publish, self._list)]
        try:
            yield
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._redis.aclose()

    async def _feed(self) -> None:
        for event in self._events:
            number = crc32(event.subject.encode()) % self._settings.partitions
            held = self._holding[number]
            held.partition.apply(Fact.of(event))
            held.partition.advance(event.recordedtime + INSTANT)
            held.read_to += 1
            self.read += 1
            await asyncio.sleep(FEED_EVERY)
        for held in self._holding:
            held.partition.advance(self._at)

    async def _publish(self) -> None:
        while True:
            began = monotonic()
            for held in self._holding:
                partial = self._holding.partial(held, time_too=True)
                if partial is not None:
                    await self.board.read(as_messages((self._offset, partial)))
                    self._offset += 1
            await self.board.publish()
            # As the worker does: events and those who wait for Redis have at least half the time.
            await asyncio.sleep(max(PUBLISH_EVERY, monotonic() - began))

    async def _list(self) -> None:
        while True:
            try:
                for held in self._holding:
                    await self._lists.write(held, monotonic())
            except REDIS_ERRORS:
                self.lists_failed += 1
            await asyncio.sleep(LISTS_EVERY)


@asynccontextmanager
async def watching(settings: Settings) -> AsyncIterator[Watch]:
    """The watch of the pages."""
    watch = Watch(settings)
    task = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
