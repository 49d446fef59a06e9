"""A worker: one process that counts, or publishes, or does both."""

import asyncio
import gc
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import monotonic

import structlog

from casepulse.agents.board import FRESH_FOR
from casepulse.agents.counting_worker import CountingWorker
from casepulse.agents.ending import BoundedWorker
from casepulse.agents.eviction import EvictionWatch
from casepulse.agents.health import serve
from casepulse.agents.holding import Held, Holding
from casepulse.agents.metrics import Metrics
from casepulse.agents.open_transactions import OpenTransactions
from casepulse.agents.pace import Pace
from casepulse.agents.publishing_worker import PublishingWorker
from casepulse.agents.redis_view import RedisView
from casepulse.agents.standstill import Standstill, watch
from casepulse.agents.steps import Steps
from casepulse.agents.stopping import Stopping
from casepulse.agents.topic_watch import TopicWatch
from casepulse.agents.view_sink import ViewSink
from casepulse.agents.worker_health import WorkerHealth
from casepulse.state import open_catalogue
from casepulse.streams.app import REBALANCE_TIMEOUT, Application, create_application
from casepulse.streams.redis_clients import connect
from casepulse.streams.settings import ClockKind, Role, Settings

log = structlog.get_logger()

#: When Python's garbage collector looks at young, middle-aged and old objects.
COLLECTOR = (100_000, 20, 1000)

#: Seconds between two signs that the loop turns.
TURN_EVERY = 0.2

#: Seconds after which a loop that does not turn is said to be dead. A large rebuild takes some.
STILL_FOR = 60.0


class Worker:
    """The parts of one process, put together; and what is watched beside them.

    Args:
        settings: where it runs and what it does.
        now: the wall clock; another one only in tests.
        make_releases: the command that makes releases, but for the months and their kind; wanted
            where settings say where they are kept.
        sink: what the board gives its view to. Default: Redis.

    Raises:
        casepulse.schemas.profile.ProfileError: the profile can't be used.
    """

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        make_releases: Sequence[str] = (),
        sink: ViewSink | None = None,
    ) -> None:
        self.settings = settings
        catalogue = open_catalogue(settings.profile)
        redis = connect(settings)
        self._stopping = stopping = Stopping(settings)
        self.holding = Holding(
            catalogue,
            self._assigned,
            self._dropped,
            facts_move_the_clock=settings.clock is not ClockKind.TICKS,
        )
        self.app: Application = create_application(settings, self.holding)
        self._counting: CountingWorker | None = None
        self._publishing: PublishingWorker | None = None
        pace = Pace(self.app, self.holding)
        self._topics = TopicWatch(self.app, settings, stopping.gone, self._expect)
        self._standstill = Standstill(REBALANCE_TIMEOUT + 3 * settings.session_timeout)
        eviction = EvictionWatch(redis)
        self._metrics = Metrics(
            catalogue,
            pace.lag,
            held=self._telling,
            publishes=lambda: self._publishing is not None and self._publishing.publishes(),
            untold=self._untold,
            wrong=lambda: [(each.topic, each.setting) for each in self._topics.wrong()],
            waited=lambda: self._standstill.longest()[1],
            lists=lambda: self._counting.lists.standing() if self._counting else None,
            evicts=eviction.evicts,
        )
        transactions = OpenTransactions(settings, self.app, self._metrics)
        faust = self.app.faust
        faust.sends.on_failure = self._metrics.send_failures.inc
        faust.on_fenced = stopping.fenced
        faust.on_unreadable = stopping.unreadable
        self._turned = monotonic()
        faust.from_the_start += [
            self._turn,
            lambda: self._topics.run(lambda: faust.should_stop),
            self._watch_progress,
            transactions.watch,
            lambda: eviction.run(lambda: faust.should_stop),
        ]
        if settings.role is not Role.BOARD:
            self._counting = CountingWorker(
                self.app,
                settings,
                catalogue,
                self.holding,
                redis,
                self._metrics,
                pace,
                stopping,
                now,
            )
        if settings.role is not Role.CASES:
            self._publishing = PublishingWorker(
                self.app,
                settings,
                catalogue,
                sink or RedisView(redis, settings),
                self._metrics,
                pace,
                make_releases,
            )
        self._health = WorkerHealth(
            self.app,
            settings,
            self.holding,
            self._topics,
            self._standstill,
            transactions,
            eviction,
            self._counting,
            self._publishing,
        )

    def _assigned(self, held: Held) -> None:
        assert self._counting is not None, "who only publishes is assigned no events"
        self._counting.claims.assigned(held)

    def _dropped(self, number: int) -> None:
        assert self._counting is not None, "who only publishes is assigned no events"
        self._counting.dropped(number)

    def _expect(self, partitions: int) -> None:
        if self._publishing is not None:
            self._publishing.board.expect(partitions)

    def _untold(self) -> int:
        return len(self._publishing.board.untold(FRESH_FOR)) if self._publishing else 0

    def _telling(self) -> int:
        """How many partitions this worker holds and tells the board of. For any thread."""
        return sum(held.claim is not None for held in list(self.holding))

    async def _turn(self) -> None:
        """Show that the loop turns."""
        while not self.app.faust.should_stop:
            self._turned = monotonic()
            await asyncio.sleep(TURN_EVERY)

    async def _watch_progress(self) -> None:
        steps = Steps(self.app, self.holding, self._health.to_claim, self._health.kafka_away)
        try:
            await watch(
                self._standstill,
                steps.look,
                lambda: self.app.faust.should_stop,
                lambda why: self._stopping.stop(TimeoutError(why)),
            )
        finally:
            await steps.close()

    def dead(self) -> dict[str, str]:
        """Why the worker should be started anew; empty while it lives. For any thread."""
        still = monotonic() - self._turned
        return {"loop": f"has not turned for {still:.0f} s"} if still > STILL_FOR else {}

    def run(self) -> int:
        """Run until stopped; the exit status: 0, 1 after a failure, 2 if a setting is wrong."""
        if self.settings.metrics_port:
            serve(
                self.settings.metrics_host,
                self.settings.metrics_port,
                self._metrics.registry,
                self.dead,
                self._health.obstacles,
                self._health.warnings,
            )
        worker = BoundedWorker(
            self.app.faust,
            stopping=self._stopping,
            loglevel=logging.getLevelName(self.settings.log_level.upper()),
            override_logging=False,
            redirect_stdouts=False,
            quiet=True,
            daemon=True,
        )
        # Facts and standings live long, and are many: the collector's own defaults go through all
        # of them again and again, for up to half a second at a time.
        gc.set_threshold(*COLLECTOR)
        gc.freeze()
        log.info("worker starts", role=self.settings.role.value, kafka=self.settings.kafka)
        try:
            worker.execute_from_commandline()
        except SystemExit as stop:
            if stop.code not in (0, None):
                return self._stopping.status
        return self._stopping.status if self._stopping.failed else 0
