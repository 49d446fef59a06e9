"""A worker: the agents of one process, put together."""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from time import monotonic

import structlog
from aiokafka.errors import KafkaError
from faust.exceptions import ConsumerNotStarted

from casepulse.agents.board import FRESH_FOR, Board, BoardAgent
from casepulse.agents.cases import CaseAgent
from casepulse.agents.dead_letters import DeadLetters
from casepulse.agents.due_lists import DueLists
from casepulse.agents.ending import BoundedWorker
from casepulse.agents.eviction import EvictionWatch
from casepulse.agents.health import serve
from casepulse.agents.holding import Held, Holding
from casepulse.agents.list_keeping import ListKeeper
from casepulse.agents.metrics import Metrics
from casepulse.agents.open_transactions import OpenTransactions
from casepulse.agents.redis_view import RedisView
from casepulse.agents.standstill import Standstill, watch
from casepulse.agents.steps import Steps
from casepulse.agents.topic_watch import TopicWatch
from casepulse.agents.view_sink import ViewSink
from casepulse.agents.worker_health import WorkerHealth
from casepulse.schemas.stored import StoredError
from casepulse.state import open_catalogue
from casepulse.streams.app import REBALANCE_TIMEOUT, Application, create_application
from casepulse.streams.fact_table import FactTable
from casepulse.streams.redis_clients import connect
from casepulse.streams.settings import ClockKind, Role, Settings

log = structlog.get_logger()

#: When Python's garbage collector looks at young, middle-aged and old objects.
COLLECTOR = (100_000, 20, 1000)

#: Seconds between two looks of the board at what has changed.
PUBLISH_EVERY = 0.05

#: Seconds between two batches of rows to the changelog.
ROWS_EVERY = 0.02

#: Telling or publishing takes no more than one part in so many of the time: events come first.
SHARE = 1

#: Seconds of rest at most: a Redis that kept one waiting has taken no time from the events.
REST_AT_MOST = 1.0

#: Events that wait to be read when a worker is behind. What it could tell then is old news, and
#: reading makes it new: telling takes a smaller share of the time, down to so many seconds between
#: two views.
BEHIND, SHARE_BEHIND, TOLD_BEHIND = 1000, 20, 3.0

#: Seconds after which a claim that did not hold is made again.
CLAIM_AGAIN = 1.0

#: Seconds between two signs that the loop turns.
TURN_EVERY = 0.2

#: Seconds after which a loop that does not turn is said to be dead. A large rebuild takes some.
STILL_FOR = 60.0

#: The exit status where a setting is wrong: to start the worker again as it is does not help.
WRONG_SETTING = 2

#: Seconds between two partials of a partition in which only time has passed.
TIME_TOLD_EVERY = 1.0


class Worker:
    """One process: case agents, board, or both.

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
        self._make_releases = make_releases
        self._now = now
        self.catalogue = open_catalogue(settings.profile)
        self.redis = connect(settings)
        self._sink = sink or RedisView(self.redis, settings)
        self.eviction = EvictionWatch(self.redis)
        self.lists: ListKeeper | None = None
        self.metrics = Metrics(
            self.catalogue,
            self._lag,
            held=self._telling,
            publishes=self._publishes,
            untold=lambda: len(self._board.untold(FRESH_FOR)),
            wrong=lambda: [(each.topic, each.setting) for each in self.topics.wrong()],
            waited=lambda: self.standstill.longest()[1],
            lists=lambda: None if self.lists is None else self.lists.standing(),
            evicts=self.eviction.evicts,
        )
        self.holding = Holding(
            self.catalogue,
            self._assigned,
            self._dropped,
            facts_move_the_clock=settings.clock is not ClockKind.TICKS,
        )
        self.app: Application = create_application(settings, self.holding)
        self.app.faust.sends.on_failure = self.metrics.send_failures.inc
        self.app.faust.on_fenced = self._fenced
        self.app.faust.on_unreadable = self._unreadable
        self.topics = TopicWatch(self.app, settings, self._gone, self._expect)
        self.standstill = Standstill(REBALANCE_TIMEOUT + 3 * settings.session_timeout)
        self._to_claim: dict[int, float] = {}
        self._turned = monotonic()
        self._failed: BaseException | None = None
        self._status = 1
        self.transactions = OpenTransactions(settings, self.app, self.metrics)
        self.app.faust.from_the_start += [
            self._turn,
            lambda: self.topics.run(lambda: self.app.faust.should_stop),
            self._watch_progress,
            self.transactions.watch,
            lambda: self.eviction.run(lambda: self.app.faust.should_stop),
        ]
        self.health = WorkerHealth(
            self.app,
            settings,
            self.holding,
            self._to_claim,
            self.topics,
            self.standstill,
            self.transactions,
            self.eviction,
            self._is_board,
        )
        if settings.role is not Role.BOARD:
            self._add_case_agent()
        if settings.role is not Role.CASES:
            self._add_board()

    def _add_case_agent(self) -> None:
        app = self.app
        letters = DeadLetters(app.dead_letters)
        self.lists = ListKeeper(DueLists(self.redis, self.settings, self.catalogue), self.holding)
        self.cases = CaseAgent(
            app, self.settings, self.holding, letters, self.metrics, self._fail, self._now
        )
        self.health.set_aside = self.cases.set_aside
        self.health.lists = self.lists
        app.add_agent(app.events, "cases", self.cases.read)
        app.faust.task(self._keep)
        app.faust.task(self._tell)
        app.faust.task(self._list)

    def _add_board(self) -> None:
        app = self.app
        self._board = Board(self.catalogue, self.settings.partitions)
        self.board = BoardAgent(self._board, self._sink, self.metrics)
        self.health.board = self.board
        app.add_agent(app.partials, "board", self.board.read)
        app.faust.task(self._publish)
        if self.settings.releases is not None:
            # It brings Arrow, which no other worker needs to load.
            from casepulse.agents.month_end import MonthEnd  # noqa: PLC0415

            assert self._make_releases, "somebody must know how releases are made"
            self.month_end = MonthEnd(
                self.settings, self._make_releases, self._counted_up_to, self.metrics
            )
            self.health.releases = self.month_end.warning
            app.faust.task(self._end_months)

    def _assigned(self, held: Held) -> None:
        held.claim = None
        held.told_change = -1  # whoever is the board by now may know nothing of it yet
        self._to_claim[held.number] = monotonic()

    def _dropped(self, number: int) -> None:
        self._to_claim.pop(number, None)
        self.cases.forget(number)
        assert self.lists is not None
        self.lists.forget(number)

    def _fail(self, error: BaseException) -> None:
        """Kafka has refused a row or a dead letter: stop, before anything is lost by going on."""
        if self._failed is None:
            log.error("kafka refused a message; stopping", kind=type(error).__name__)
            self._stop(error)

    def _stop(self, why: BaseException) -> None:
        self._failed = why
        os.kill(os.getpid(), signal.SIGTERM)

    async def _turn(self) -> None:
        """Show that the loop turns."""
        while not self.app.faust.should_stop:
            self._turned = monotonic()
            await asyncio.sleep(TURN_EVERY)

    def _gone(self, topics: list[str]) -> None:
        """Clients wait for a topic that was deleted without end, and it comes back empty."""
        log.error(
            "a topic is gone; stopping. Create it with: casepulse topics --create", topics=topics
        )
        self._stop(RuntimeError(f"missing: {', '.join(topics)}"))

    def _fenced(self) -> None:
        """Another worker has this one's name, and its partitions."""
        if self._failed is None:
            self._status = self._faust_worker.status = WRONG_SETTING
            log.error(
                "another worker has the same CASEPULSE_INSTANCE and took over; stopping. Give each "
                "worker a name of its own, or none",
                instance=self.settings.instance,
            )
            self._stop(RuntimeError("two workers of one name"))

    def _unreadable(self, error: Exception) -> None:
        """A later version of casepulse was here, and this one can't go on from what it has kept."""
        if self._failed is None:
            self._status = self._faust_worker.status = WRONG_SETTING
            log.error("what was kept can't be read; stopping", problem=str(error))
            self._stop(error)

    def _expect(self, partitions: int) -> None:
        if self.settings.role is not Role.CASES:
            self._board.expect(partitions)

    async def _watch_progress(self) -> None:
        steps = Steps(self.app, self.holding, self._to_claim, self.health.kafka_away)
        try:
            await watch(
                self.standstill,
                steps.look,
                lambda: self.app.faust.should_stop,
                lambda why: self._stop(TimeoutError(why)),
            )
        finally:
            await steps.close()

    async def _keep(self) -> None:
        while not self.app.faust.should_stop:
            await self.cases.send_rows()
            await asyncio.sleep(ROWS_EVERY)

    async def _tell(self) -> None:
        """Let time pass, claim what was assigned, and tell the board what has changed."""
        assert self.app.facts is not None
        loop = asyncio.get_running_loop()
        time_told = 0.0
        while not self.app.faust.should_stop:
            started = loop.time()
            if self.settings.clock is ClockKind.WALL:
                self._advance()
            for number, since in list(self._to_claim.items()):
                if since <= monotonic() and self._is_whole(self.app.facts, number):
                    await self._claim(self.app.facts, self.holding[number], since)
            quiet = started - time_told >= TIME_TOLD_EVERY
            await self._send_partials(time_too=quiet)
            if quiet:
                time_told = started
            await self._rest(loop.time() - started, self.settings.partial_interval)

    def _is_whole(self, facts: FactTable, number: int) -> bool:
        """Whether all that was committed of a partition is counted: what was missing in the
        changelog is read again first."""
        return number in self.holding and self.holding[number].read_to + 1 >= facts.begun_at(number)

    async def _claim(self, facts: FactTable, held: Held, since: float) -> None:
        """Claim a partition, and begin to tell of it once it is as whole as its changelog."""
        try:
            claim = await facts.claim(held.number)
            if claim is not None:
                await facts.read_back(held.number, claim)
        except (KafkaError, TimeoutError) as error:
            log.warning("partition not claimed yet", kind=type(error).__name__)
            claim = None
        except StoredError as error:
            self._unreadable(error)
            return
        if self._to_claim.get(held.number) != since:
            return  # revoked, or assigned anew, meanwhile
        if claim is None:
            self._to_claim[held.number] = monotonic() + CLAIM_AGAIN
        else:
            await self.holding.take_up(held)
            if self._to_claim.get(held.number) == since:
                del self._to_claim[held.number]
                held.claim = claim
                log.info("partition claimed", partition=held.number, cases=len(held.partition))

    async def _rest(self, took: float, interval: float) -> None:
        """Leave the loop to the events: the longer, the longer was taken from them."""
        if not self._is_behind():
            await asyncio.sleep(min(max(interval - took, SHARE * took), REST_AT_MOST))
            return
        until = monotonic() + max(min(SHARE_BEHIND * took, TOLD_BEHIND), SHARE * took)
        while self._is_behind() and monotonic() < until:
            await asyncio.sleep(TURN_EVERY)

    def _is_behind(self) -> bool:
        return sum(waiting for _, _, waiting in self._lag()) > BEHIND

    async def _list(self) -> None:
        """Keep the child-level lists of the partitions that are held."""
        assert self.lists is not None
        await self.lists.run(lambda: self.app.faust.should_stop)

    def _advance(self) -> None:
        now = self._now()
        for held in self.holding:
            held.partition.advance(now)

    async def _send_partials(self, *, time_too: bool) -> None:
        for held in list(self.holding):
            await self.holding.look(held)
            partial = self.holding.partial(held, time_too=time_too)
            if partial is not None:
                await self.app.partials.send(
                    key=str(held.number).encode(),
                    value=partial.model_dump_json(exclude_none=True).encode(),
                    partition=0,
                    key_serializer="raw",
                    value_serializer="raw",
                )
            await asyncio.sleep(0)

    async def _publish(self) -> None:
        loop = asyncio.get_running_loop()
        while not self.app.faust.should_stop:
            started = loop.time()
            await self.board.publish()
            await self._rest(loop.time() - started, PUBLISH_EVERY)

    async def _end_months(self) -> None:
        await self.month_end.run(lambda: self.app.faust.should_stop)

    def _counted_up_to(self) -> datetime | None:
        """The instant that the view is as at, if it is this worker that publishes it."""
        return self.board.as_of if self._is_board() else None

    def _lag(self) -> Iterator[tuple[str, int, int]]:
        """Topic, partition and how many events are not read yet."""
        topic = self.app.events.get_topic_name()
        for held in list(self.holding):
            yield topic, held.number, max(0, self.app.end(held.number) - held.read_to - 1)

    def dead(self) -> dict[str, str]:
        """Why the worker should be started anew; empty while it lives. For any thread."""
        still = monotonic() - self._turned
        return {"loop": f"has not turned for {still:.0f} s"} if still > STILL_FOR else {}

    def _telling(self) -> int:
        """How many partitions this worker holds and tells the board of. For any thread."""
        return sum(held.claim is not None for held in list(self.holding))

    def _publishes(self) -> bool:
        """Whether the view here is the one that holds, as far as is known: while partitions move
        they are nobody's, and whoever had the partials may well have them again."""
        return self.app.faust.rebalancing or self._is_board()

    def _is_board(self) -> bool:
        """Whether the partials, of which there is one partition, are read by this worker."""
        topic = self.app.partials.get_topic_name()
        try:
            assigned = self.app.faust.consumer.assignment()
        except ConsumerNotStarted:
            return False
        return any(tp.topic == topic for tp in assigned)

    def run(self) -> int:
        """Run until stopped; the exit status: 0, 1 after a failure, 2 if a setting is wrong."""
        if self.settings.metrics_port:
            serve(
                self.settings.metrics_host,
                self.settings.metrics_port,
                self.metrics.registry,
                self.dead,
                self.health.obstacles,
                self.health.warnings,
            )
        worker = self._faust_worker = BoundedWorker(
            self.app.faust,
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
                return self._status
        return self._status if self._failed else 0
