"""Faust, mended where it was found wanting. Each mend says what for, and its test goes with it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import faust
import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import IllegalStateError, KafkaError
from faust.tables import TableManager
from faust.tables.recovery import Recovery
from faust.transport.consumer import ensure_TP, ensure_TPset
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from casepulse.streams.committed import Ends
from casepulse.streams.fetches import Fetch
from casepulse.streams.membership import mend_membership
from casepulse.streams.send_watch import SendWatch

log = structlog.get_logger()

#: What a transaction that was aborted had sent is left out.
READ_COMMITTED = "read_committed"


class CommittedThread(driver.AIOKafkaConsumerThread):
    """Reads what is committed. Faust has no setting for it but exactly-once, which brings
    transactions of its own."""

    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:
        client = super()._create_worker_consumer(transport)
        client._isolation_level = READ_COMMITTED
        return client


class MendedConsumer(driver.Consumer):
    """Delivers whole fetches, begins where it must, and loses nothing on the way from aiokafka to
    the agents."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._next: dict[TP, int] = {}
        """The offset that is to be delivered next."""
        self._taken: dict[TP, int] = {}
        """The last offset that aiokafka has given out. What it gave is not given again."""
        self._positions: dict[TP, int] = {}
        """The offset before which aiokafka has given out all that there is to read."""
        self._read_to: dict[TP, int] = {}
        """The offset up to which all messages are acknowledged."""
        self._to_resume: set[TP] = set()
        self._joining = True
        """Whether the group is being joined anew: what it had is given back, what it gets is not
        known yet."""

    @property
    def joining(self) -> bool:
        """Whether the group is being joined."""
        return self._joining

    def _new_consumer_thread(self) -> CommittedThread:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)

    def _to_message(self, tp: TP, record: list[Any]) -> Fetch:
        return Fetch.of(tp, record, self.app.consumer_generation_id)

    def ack(self, message: Any) -> bool:
        """Faust's streams acknowledge what they skip in a rebalance, which nobody has read."""
        return False

    def acknowledge(self, tp: TP, offset: int) -> None:
        """This message was read, and all before it: its offset may be committed."""
        self._read_to[tp] = max(offset, self._read_to.get(tp, -1))

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Where offsets are missing, for transactions' markers and what was aborted took them,
        Faust would take the message behind for acknowledged. What was read is known without."""

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return (tp for tp in self._read_to if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        """What may be committed of a partition, if anything is new."""
        committed = self._committed_offset[tp] or 0
        at = self.read_before(tp, max(committed, self._read_to[tp] + 1))
        return at if at > committed else None

    def read_before(self, tp: TP, read: int) -> int:
        """The offset before which all of a partition is read, if all messages before `read` are:
        further on than that where no message was, and none is being delivered."""
        following = self._next.get(tp)
        if following is None or read < following or self._taken.get(tp, -1) >= following:
            return read
        return max(read, self._positions.get(tp, read))

    def ends(self, tp: TP) -> Ends | None:
        """Where a partition ends, as its last fetch has told; None before one. For any thread."""
        with suppress(IllegalStateError, KeyError, AttributeError):  # revoked this moment
            state = self._state(tp)
            stable, end = state.lso, state.highwater
            if end is not None:
                # An old broker, as the demo's, knows no stable end.
                stable = end if stable is None or stable < 0 else stable
                return Ends(stable, max(stable, end))
        return None

    def ends_reached(self) -> dict[TP, Ends]:
        """Where those partitions end of which all was given out that may be. For any thread."""
        found = {tp: (self.ends(tp), at) for tp, at in self._positions.copy().items()}
        return {tp: ends for tp, (ends, at) in found.items() if ends and at >= ends.stable}

    def _state(self, tp: TP) -> Any:
        """What aiokafka knows of a partition."""
        assignment = self._thread._ensure_consumer()._subscription.subscription.assignment
        return assignment.state_value(driver.ensure_aiokafka_TP(tp))

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Go to where each partition is to be read from: where it was committed, with two mends.

        aiokafka leaves a partition where it is if nothing was ever committed for it, although
        messages fetched before a rebalance have been thrown away by then: they would be lost, and
        the gap committed. Such a partition is read from its beginning.

        And where the application has kept less than was committed (`MendedApp.begin_at`), what is
        missing is read again.
        """
        committed = await super().seek_to_committed()
        changelogs = self.app.tables.changelog_topics
        found = {ensure_TP(tp): at or 0 for tp, at in committed.items()}
        found = {tp: at for tp, at in found.items() if tp.topic not in changelogs}
        app = cast(MendedApp, self.app)
        begin = {tp: app.begin_at(tp, at) for tp, at in found.items()}
        start = [tp for tp, at in begin.items() if not at]
        if start:
            await self._thread.seek_to_beginning(*driver.ensure_aiokafka_TPset(start))
        behind = {tp: at for tp, at in begin.items() if 0 < at < found[tp]}
        if behind:
            await self._thread.seek_wait(behind)
        self._go_on_from(begin)
        return {**committed, **{tp: at for tp, at in begin.items() if at < found[tp]}}

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Go to these offsets."""
        await super().seek_wait(partitions)
        self._go_on_from(partitions)

    def _go_on_from(self, offsets: Mapping[TP, int]) -> None:
        self._next.update(offsets)
        for tp in offsets:
            self._positions.pop(tp, None)

    def pause_partitions(self, tps: Iterable[TP]) -> None:
        """Deliver nothing of these."""
        super().pause_partitions(tps)
        self._to_resume.difference_update(ensure_TPset(tps))

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Deliver of these again, once the flow is resumed: Faust clears the agents' queues then,
        and with them what it has already delivered since it went to where it begins."""
        self._to_resume.update(ensure_TPset(tps))

    def resume_flow(self) -> None:
        """Deliver again."""
        super().resume_partitions(self._to_resume)
        self._to_resume = set()
        super().resume_flow()

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:
        """Faust drops what it was given and does not want at the moment: of a partition that was
        paused meanwhile, or when a rebalance begins. If it had already gone to where it begins, it
        never asks for that again, and commits past it. So we go back for it."""
        assigned = self.assignment()
        dropped = {
            tp: self._next[tp]
            for tp, last in self._taken.items()
            if tp in assigned and last >= self._next.get(tp, last + 1)
        }
        if dropped:
            with suppress(IllegalStateError):  # revoked this moment: its new owner reads it
                await self.seek_wait(dropped)
        records = await super()._getmany(active_partitions, timeout)
        # Where we don't know yet which is next, what was taken before is still to be looked at.
        self._taken = {tp: last for tp, last in self._taken.items() if tp not in self._next}
        self._taken.update(
            (ensure_TP(tp), taken[-1].offset) for tp, taken in (records or {}).items() if taken
        )
        for tp in self.assignment():
            with suppress(KeyError, AttributeError):  # revoked this moment
                if (state := self._state(tp)).has_valid_position:
                    self._positions[tp] = state.position
        return records

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:
        """What was fetched of each partition, noting that it is delivered."""
        async for tp, fetch in super().getmany(timeout):
            self._next[ensure_TP(tp)] = fetch.offset + 1
            yield tp, fetch

    async def verify_all_partitions_active(self) -> None:
        """Faust looks for streams that stand still, to write warnings: of changelogs, which it does
        not read here, all the time. And where a partition was assigned a moment ago, so that its
        position is not known yet, it ends the worker (AssertionError). Health watches the lag."""

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Not while the group is joined: Kafka may answer that this generation is over when we are
        in the next, and aiokafka gives that one up for it. Its place stays taken by a member that
        is no more, whose partitions nobody reads; and so round and round."""
        if self._joining or await self._thread.call_thread(self._generation) < 0:
            return False
        return bool(await super()._commit(offsets))

    async def _generation(self) -> int:
        """The group's generation that we are in; -1 while we are in none. In Kafka's thread."""
        coordinator = self._thread._ensure_consumer()._coordinator
        return int(getattr(coordinator, "generation", -1))

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Join the group, for these topics."""

        async def mend() -> None:
            coordinator = self._thread._ensure_consumer()._coordinator
            mend_membership(coordinator, cast(MendedApp, self.app).on_fenced)

        await self._thread.call_thread(mend)
        await super().subscribe(topics)

    async def positions(self) -> dict[TP, int]:
        """Of each partition that is ours, the offset that Kafka is to give next, where known."""

        async def look() -> dict[TP, int]:
            subscription = self._thread._ensure_consumer()._subscription.subscription
            assignment = subscription.assignment if subscription else None
            if assignment is None:
                return {}
            states = {tp: assignment.state_value(tp) for tp in assignment.tps}
            return {
                ensure_TP(tp): state.position
                for tp, state in states.items()
                if state is not None and state.has_valid_position
            }

        found: dict[TP, int] = await self._thread.call_thread(look)
        return found

    async def is_member(self, tp: TP) -> bool:
        """Whether this partition is ours at this moment, and not only as far as we know: Kafka
        takes commits from members of the group alone, in its present generation. What is committed
        says nothing: `tp` must be a changelog's, from whose beginning it is."""
        thread = self._thread
        if self._joining or await thread.call_thread(self._generation) < 0:
            return False
        try:
            await thread.call_thread(
                thread._ensure_consumer().commit, {driver.ensure_aiokafka_TP(tp): 0}
            )
        except KafkaError as error:
            log.info("not a member", partition=tp.partition, kind=type(error).__name__)
            return False
        return True

    @staticmethod
    @asynccontextmanager
    async def reader(app: Any, *, committed: bool = True) -> AsyncIterator[AIOKafkaConsumer]:
        """A consumer of its own, outside the group, on the same Kafka; closed in the end."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=driver.server_list(app.conf.broker_consumer, 9092),
            enable_auto_commit=False,
            auto_offset_reset="earliest",  # by default it would go on behind all that there is
            isolation_level=READ_COMMITTED if committed else "read_uncommitted",
            **driver.credentials_to_aiokafka_auth(
                app.conf.broker_credentials, app.conf.ssl_context
            ),
        )
        try:
            await consumer.start()
            yield consumer
        finally:
            await consumer.stop()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Faust learns that a rebalance has begun, and commits what was read."""
        for tp in revoked:
            self._next.pop(ensure_TP(tp), None)
            self._positions.pop(ensure_TP(tp), None)
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self._read_to.pop(ensure_TP(tp), None)
        self._joining = True

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Faust learns what is ours from now on."""
        self._joining = False
        await super().on_partitions_assigned(assigned, generation_id)


class MendedTransport(driver.Transport):
    """Kafka by aiokafka, with the consumer above."""

    Consumer = MendedConsumer


#: Rows that may wait to be sent. Faust's own hundred is less than one fetch brings, and each
#: time it is passed, reading stops until the buffer is empty.
MOST_WAITING_ROWS = 5000


class MendedRecovery(Recovery):
    """Lets the tables read their changelogs themselves. Faust's way costs a fifth of a millisecond
    a row, and says that all is read when two rebalances follow one another and it is not."""

    def need_recovery(self) -> bool:
        """Faust has nothing to restore."""
        return False

    async def on_recovery_completed(self, generation_id: int = 0) -> None:
        """Restore the tables, then go on: to where the events are to be read from. Cancelled when
        the next rebalance begins."""
        for table in self.tables.values():
            await table.restore_rows(set(self.actives_for_table[table]))
        await super().on_recovery_completed(generation_id)


class MendedTables(TableManager):
    """Faust's, with the recovery above."""

    @property
    def recovery(self) -> Recovery:
        """What restores the tables."""
        if self._recovery is None:
            self._recovery = MendedRecovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery


class MendedApp(faust.App):
    """A Faust application on the mended transport."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sends = SendWatch()
        self.sensors.add(self.sends)
        self.from_the_start: list[Callable[[], Coroutine[Any, Any, None]]] = []
        """What runs as soon as the application starts. Faust's own tasks wait until all tables are
        restored, which may take minutes."""
        self.begin_at: Callable[[TP, int], int] = lambda tp, committed: committed
        """Where a partition is to be read from, given what is committed: there, or before."""
        self.on_fenced: Callable[[], object] = lambda: None
        """Called, in Kafka's thread, when another worker has taken this one's name."""
        self.on_unreadable: Callable[[Exception], object] = lambda error: None
        """Called when a later version has written what is to be restored; the error says so."""

    @faust.Service.task
    async def _run_from_the_start(self) -> None:
        await asyncio.gather(*(run() for run in self.from_the_start))

    def _create_directories(self) -> None:
        """Nothing is kept on disk; Faust would leave three empty folders where it is started."""

    def _new_producer(self) -> Any:
        producer = super()._new_producer()
        producer.buffer.max_messages = MOST_WAITING_ROWS
        return producer

    def _new_transport(self) -> MendedTransport:
        return MendedTransport(self.conf.broker_consumer, self, loop=self.loop)
