"""A worker that counts: it reads events, claims their partitions, tells the board of them, and
keeps their lists."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from redis.asyncio import Redis

from casepulse.agents.cases import CaseAgent
from casepulse.agents.claims import Claims
from casepulse.agents.dead_letters import DeadLetters
from casepulse.agents.due_lists import DueLists
from casepulse.agents.holding import Holding
from casepulse.agents.list_keeping import ListKeeper
from casepulse.agents.metrics import Metrics
from casepulse.agents.pace import Pace
from casepulse.agents.stopping import Stopping
from casepulse.state import Catalogue
from casepulse.streams.app import Application
from casepulse.streams.settings import ClockKind, Settings

#: Seconds between two batches of rows to the changelog.
ROWS_EVERY = 0.02

#: Seconds between two partials of a partition in which only time has passed.
TIME_TOLD_EVERY = 1.0


class CountingWorker:
    """Hangs the case agent on the application, and what goes on beside it.

    Args:
        app: the application, which has a table of facts.
        settings: where it runs and what it does.
        catalogue: the measures.
        holding: the partitions that it holds.
        redis: where the lists are kept.
        metrics: what Prometheus sees.
        pace: how much of the time telling takes.
        stopping: ends the worker where it can't go on.
        now: the wall clock.
    """

    def __init__(
        self,
        app: Application,
        settings: Settings,
        catalogue: Catalogue,
        holding: Holding,
        redis: "Redis",
        metrics: Metrics,
        pace: Pace,
        stopping: Stopping,
        now: Callable[[], datetime],
    ) -> None:
        assert app.facts is not None
        self._app = app
        self._settings = settings
        self._holding = holding
        self._pace = pace
        self._now = now
        letters = DeadLetters(app.dead_letters)
        self.claims = Claims(app.facts, holding, stopping.unreadable)
        self.lists = ListKeeper(DueLists(redis, settings, catalogue), holding)
        self.cases = CaseAgent(app, settings, holding, letters, metrics, stopping.refused, now)
        app.add_agent(app.events, "cases", self.cases.read)
        app.faust.task(self._keep)
        app.faust.task(self._tell)
        app.faust.task(self._list)

    def dropped(self, number: int) -> None:
        """The partition is another worker's."""
        self.claims.dropped(number)
        self.cases.forget(number)
        self.lists.forget(number)

    async def _keep(self) -> None:
        while not self._app.faust.should_stop:
            await self.cases.send_rows()
            await asyncio.sleep(ROWS_EVERY)

    async def _tell(self) -> None:
        """Let time pass, claim what was assigned, and tell the board what has changed."""
        loop = asyncio.get_running_loop()
        time_told = 0.0
        while not self._app.faust.should_stop:
            started = loop.time()
            if self._settings.clock is ClockKind.WALL:
                self._advance()
            await self.claims.claim()
            quiet = started - time_told >= TIME_TOLD_EVERY
            await self._send_partials(time_too=quiet)
            if quiet:
                time_told = started
            await self._pace.rest(loop.time() - started, self._settings.partial_interval)

    def _advance(self) -> None:
        now = self._now()
        for held in self._holding:
            held.partition.advance(now)

    async def _send_partials(self, *, time_too: bool) -> None:
        for held in list(self._holding):
            await self._holding.look(held)
            partial = self._holding.partial(held, time_too=time_too)
            if partial is not None:
                await self._app.partials.send(
                    key=str(held.number).encode(),
                    value=partial.model_dump_json(exclude_none=True).encode(),
                    partition=0,
                    key_serializer="raw",
                    value_serializer="raw",
                )
            await asyncio.sleep(0)

    async def _list(self) -> None:
        """Keep the child-level lists of the partitions that are held."""
        await self.lists.run(lambda: self._app.faust.should_stop)
