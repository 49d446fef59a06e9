"""The table of facts: a row a fact, kept in a compacted changelog, rebuilt when assigned.

A Faust table whose store is not a dictionary of rows but whoever keeps the
facts of a partition (`FactKeeper`): rows live once, as cases, and only for the
partitions that this worker has.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from math import inf
from time import monotonic
from typing import Any, Protocol, cast

import faust
import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from faust.stores.base import Store
from faust.tables.table import Table
from faust.transport.consumer import ensure_TP
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from casepulse.schemas.stored import StoredError, check_number
from casepulse.streams.committed import Ends
from casepulse.streams.mended import MendedApp, MendedConsumer
from casepulse.streams.send_watch import SendWatch

log = structlog.get_logger()

#: What is to be done once Kafka has a row (None), or has refused it (the error).
Sent = Callable[[BaseException | None], None]

_Row = tuple[bytes, bytes, Sent]

#: The row that claims a partition: its offset in the changelog ranks the partition's owners.
CLAIM = b"\x00claim"

#: The row that says how far a partition was read, where the last events left no row of their own.
MARK = b"\x00read"

#: The first row of a partition: where it is missing, so are others, for the changelog was deleted
#: under a worker that had read all before.
BEGUN = b"\x00begun"

#: The row that keeps the latest tick of a partition's clock.
CLOCK = b"\x00clock"

#: Seconds between two lines that say how far a rebuild has come.
SAY_EVERY = 5.0

#: Rows that are restored before anything else gets its turn.
AT_ONCE = 1000

#: Seconds within which Kafka takes the first row of a partition, or it is tried again.
BEGIN_WITHIN = 3.0

#: Seconds after which it is tried again to restore what Kafka did not give.
RESTORE_AGAIN = 1.0

#: Seconds without progress within which the rows before a claim are read, or it is made again.
READ_BACK_WITHIN = 3.0

_OFFSET_BYTES = 8

#: The number of the format in which rows are written. No offset needs the first of its eight bytes:
#: it holds the number, less one, so that rows from before there were numbers are in format 1.
ROW_FORMAT = 1


class FactKeeper(Protocol):
    """Whoever keeps the facts of the partitions that this worker has."""

    def hold(self, partitions: set[int]) -> None:
        """Hold these partitions: begin those that are new, forget every other."""

    def restore(self, partition: int, key: bytes, offset: int, value: bytes) -> None:
        """Take back a row that was kept before; `offset` is where its event stood."""

    def kept_to(self, partition: int) -> int | None:
        """The offset of the last event that is kept; -1 if none is, None if not held."""

    async def ready(self, partitions: set[int]) -> None:
        """Faust has restored these, or takes them to be restored: see `FactTable.read_back`."""


def row_key(subject: str, source: str, event_id: str) -> bytes:
    """The key of a fact's row. None of the three parts can hold a space."""
    return f"{subject} {source} {event_id}".encode()


def row_value(offset: int, event: bytes) -> bytes:
    """The value of a row: where the event stood in its partition, then the event. Never empty,
    for Faust drops a row that is falsy when it follows a deleted one in the same batch."""
    return offset.to_bytes(_OFFSET_BYTES, "big") + event


def read_row(value: bytes) -> tuple[int, bytes]:
    """The offset and the event of a row's value.

    Raises:
        StoredError: a later version has written it.
    """
    check_number("a row of the changelog", value[0] + 1, ROW_FORMAT)
    return int.from_bytes(value[:_OFFSET_BYTES], "big"), value[_OFFSET_BYTES:]


class FactStore(Store[bytes, bytes]):
    """Hands the changelog's rows to the keeper, and knows how far each partition was read.

    Unlike Faust's own memory store it keeps nothing of a partition that was revoked, and takes
    nothing for one: a row or an answer of Kafka that comes late must not make it believe, when the
    partition returns, that everything before was read.
    """

    def __init__(self, *args: Any, keeper: FactKeeper, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keeper = keeper
        self._read: dict[TP, int] = {}
        """For each partition that is ours, the last row which the keeper has, with all before."""
        self._own: dict[TP, list[tuple[int, int]]] = {}
        """First and last of our own rows further on: between them stand some of another owner."""
        self.whole: set[TP] = set()
        """The partitions of which all was restored that stood there when they were assigned."""
        self.begun: set[TP] = set()
        """Those that have their first row."""

    def persisted_offset(self, tp: TP) -> int | None:
        """The last row up to which the keeper has all; recovery goes on after it."""
        read = self.restored(tp)
        return None if read < 0 else read

    def set_persisted_offset(self, tp: TP, offset: int) -> None:
        """A row of our own stands at this offset."""
        self.set_own(tp, offset, offset)

    def set_own(self, tp: TP, first: int, last: int) -> None:
        """Rows of our own, which the keeper has, stand from `first` to `last`.

        They are not taken to be all that there is: rows of somebody who took the partition for
        his may stand before them, and recovery has to read those.
        """
        if tp not in self._read:
            return
        own = self._own[tp]
        if own and own[-1][1] + 1 == first:
            own[-1] = own[-1][0], last
        else:
            own.append((first, last))
        self._join_own(tp)

    def _join_own(self, tp: TP) -> None:
        own = self._own[tp]
        while own and own[0][0] <= self._read[tp] + 1:
            self._read[tp] = max(self._read[tp], own.pop(0)[1])

    def apply_changelog_batch(self, *args: Any) -> None:
        """Faust restores nothing.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("rows are restored by FactTable.restore_rows")

    def restore(self, tp: TP, first: int, rows: Iterable[Any], last: int) -> None:
        """Restore the rows of one partition that stand from the offset `first` to `last`, none
        left out but those that were compacted away.

        Nothing, if the partition is not ours, or what stands before is not restored: it was
        revoked and assigned anew meanwhile, and is restored from its beginning.
        """
        if tp not in self._read or first > self._read[tp] + 1:
            return
        for row in rows:
            if row.key == BEGUN:
                self.begun.add(tp)
            elif row.key and row.value:
                offset, value = read_row(row.value)
                self._keeper.restore(tp.partition, row.key, offset, value)
        self._read[tp] = max(last, self._read[tp])
        self._join_own(tp)

    def restored(self, tp: TP) -> int:
        """The last row up to which the keeper has all; -1 if none."""
        return self._read.get(tp, -1)

    async def on_rebalance(
        self,
        assigned: set[TP],
        revoked: set[TP],
        newly_assigned: set[TP],
        generation_id: int = 0,
    ) -> None:
        """Forget the partitions that are no longer ours, and begin those that are new."""
        changelog = self.table.changelog_topic.get_topic_name()
        ours = {tp for tp in assigned if tp.topic == changelog}
        self._read = {tp: self._read.get(tp, -1) for tp in ours}
        self._own = {tp: self._own.get(tp, []) for tp in ours}
        self.whole &= ours
        self.begun &= ours
        self._keeper.hold({tp.partition for tp in ours})

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """The table has been restored; see `FactTable.restore_rows`."""
        try:
            await self._keeper.ready({tp.partition for tp in active_tps})
        except Exception as error:  # Faust would not even look at it
            await self.app.crash(error)

    def reset_state(self) -> None:
        """Nothing is kept on disk."""

    async def backup_partition(self, tp: Any, *args: Any, **options: Any) -> None:
        """Nothing is kept on disk: the changelog is the backup."""

    def restore_backup(self, tp: Any, *args: Any, **options: Any) -> None:
        """Nothing is kept on disk: the changelog is the backup."""


class FactTable(Table[bytes, bytes]):
    """The table as the case agent uses it: to keep rows, and to learn when Kafka has them.

    Rows go to the changelog by the batch (aiokafka's `send_batch`). Sent one by one
    through Faust, each costs a future, a task and a place in two queues: more than
    all the rest that is done for an event.
    """

    def __init__(self, app: faust.App, *, keeper: FactKeeper, **options: Any) -> None:
        super().__init__(app, **options)
        self._keeper = keeper
        self._rows: dict[int, list[_Row]] = {}
        self._begun_at: dict[int, int] = {}
        self._written: dict[int, int] = {}
        """By partition, the offset of the last row that Kafka has taken from us."""
        self.withheld: dict[TP, Ends] = {}
        """The partitions whose rows can't all be restored yet: somebody's transaction is open."""

    def _new_store_by_url(self, url: Any) -> FactStore:
        return FactStore(url, self.app, self, table_name=self.name, keeper=self._keeper)

    def keep(self, partition: int, key: bytes, value: bytes, then: Sent) -> None:
        """Write a row with the next batch; `then` is called with None once Kafka has it, or with
        the error for which Kafka has refused it for good. In the order of the rows."""
        self._rows.setdefault(partition, []).append((key, value, then))

    def forget(self, partition: int) -> None:
        """The partition is another worker's: what is not sent yet is not to be sent."""
        self._rows.pop(partition, None)
        self._begun_at.pop(partition, None)
        self._written.pop(partition, None)

    async def send_rows(self) -> None:
        """Send what is waiting. Returns once it is handed over, not once Kafka has it."""
        rows, self._rows = self._rows, {}
        for partition, waiting in rows.items():
            producer: Any = cast(Any, self.app.producer)._ensure_producer()  # aiokafka's own
            start = 0
            while start < len(waiting):
                batch = producer.create_batch()
                end = start
                while end < len(waiting):
                    key, value, _ = waiting[end]
                    if batch.append(key=key, value=value, timestamp=None) is None:
                        break
                    end += 1
                if end == start:  # larger than a batch may be; no event is
                    waiting[start][2](ValueError("a row is larger than a batch"))
                    return
                topic = self.changelog_topic_name
                self._sends.begun(topic)
                sending = await producer.send_batch(batch, topic, partition=partition)
                sending.add_done_callback(partial(self._sent, partition, waiting[start:end]))
                start = end

    def _sent(self, partition: int, rows: "list[_Row]", sending: Any) -> None:
        failed = not sending.cancelled() and sending.exception() is not None
        self._sends.ended(self.changelog_topic_name, failed=failed)
        if sending.cancelled():
            return  # the worker is stopping; the events will be read again
        error = sending.exception()
        if error is None:
            first = sending.result().offset
            if first <= self._written.get(partition, -1):
                error = RuntimeError("the changelog begins again: it was made anew")
            self._written[partition] = first + len(rows) - 1
            self._fact_store.set_own(
                TP(self.changelog_topic_name, partition), first, first + len(rows) - 1
            )
        for _, _, then in rows:
            then(error)

    def begin_at(self, partition: int, committed: int) -> int:
        """Where the events of a partition are to be read from, given what is committed.

        An offset is committed only once Kafka has the row of every fact before it. Should the last
        rows be missing all the same (Faust commits when its flush gives up), or the first (somebody
        deletes the changelog), the events are read again from there. That changes nothing else.
        """
        tp = TP(self.changelog_topic_name, partition)
        store = self._fact_store
        kept = self._keeper.kept_to(partition)
        if tp not in store.whole or kept is None:
            return committed  # not restored yet: asked again when it is
        if tp not in store.begun:
            kept = -1
        self._begun_at[partition] = committed
        if kept + 1 >= committed:
            return committed
        log.info(
            "reading events again, for rows are missing",
            partition=partition,
            first=kept + 1,
            committed=committed,
        )
        return kept + 1

    def begun_at(self, partition: int) -> int:
        """What was committed of a partition when it was assigned: all before it is to be counted
        before anything is told."""
        return self._begun_at.get(partition, 0)

    async def claim(self, partition: int) -> int | None:
        """Claim a partition: a row of our own in its changelog, later than any other owner's.

        Returns:
            the offset of the claim, which ranks the owners; None if the partition is not ours, as
            Kafka has it: a worker that was frozen may claim what another has by now, and is told
            so before its claim holds.

        Raises:
            KafkaError: Kafka doesn't answer.
            TimeoutError: nor does it take the partition's first row.
        """
        tp = TP(self.changelog_topic_name, partition)
        await self._begin(tp)
        consumer = cast(MendedConsumer, self.app.consumer)
        generation = self.app.consumer_generation_id
        claimed = await self.changelog_topic.send(
            key=CLAIM,
            value=row_value(0, b"claimed"),
            partition=partition,
            key_serializer="raw",
            value_serializer="raw",
        )
        offset: int = (await claimed).offset
        self._fact_store.set_own(tp, offset, offset)
        ours = await consumer.is_member(tp) and generation == self.app.consumer_generation_id
        return offset if ours else None

    async def _begin(self, tp: TP) -> None:
        """Write the first row, if there is none: after all that waits, so that where it stands,
        no row is missing that should stand before it."""
        if tp in self._fact_store.begun:
            return
        written = asyncio.get_running_loop().create_future()

        def then(error: BaseException | None) -> None:
            if written.done():
                return
            if error is None:
                written.set_result(None)
            else:
                written.set_exception(error)

        self.keep(tp.partition, BEGUN, row_value(0, b"begun"), then)
        await asyncio.wait_for(written, BEGIN_WITHIN)
        self._fact_store.begun.add(tp)

    async def restore_rows(self, tps: set[TP]) -> None:
        """Restore what stands in these partitions of the changelog and was not restored yet.

        What a later version has written ends the worker: nothing is told without it.

        Waits for a Kafka that is away, and for transactions that are open there, though we know
        none: what of ours stands behind them can't be read before they end. To be cancelled if a
        partition is revoked.
        """
        while tps:
            try:
                async with MendedConsumer.reader(self.app, committed=False) as reader:
                    found = await reader.end_offsets([driver.ensure_aiokafka_TP(tp) for tp in tps])
                ends = {ensure_TP(tp): end for tp, end in found.items()}
                await self._read(ends)
                store = self._fact_store
                store.whole |= {tp for tp in tps if store.restored(tp) + 1 >= ends[tp]}
                return
            except KafkaError as error:
                log.warning("facts not restored yet", kind=type(error).__name__)
                await asyncio.sleep(RESTORE_AGAIN)
            except StoredError as error:
                cast(MendedApp, self.app).on_unreadable(error)
                await asyncio.Event().wait()

    async def read_back(self, partition: int, end: int) -> None:
        """Restore what stands before `end` and was not restored yet: the owner before us may have
        written a little more after we had read what there was.

        Raises:
            KafkaError: Kafka doesn't answer.
            StoredError: a later version has written it.
            TimeoutError: somebody's transaction is open there.
        """
        tp = TP(self.changelog_topic_name, partition)
        await self._read({tp: end}, READ_BACK_WITHIN)

    async def _read(self, ends: dict[TP, int], patience: float = inf) -> None:
        """Restore the rows of each partition up to its end, after those that are restored.

        Raises:
            KafkaError: Kafka doesn't answer.
            TimeoutError: a transaction was open there for longer than `patience` seconds.
        """
        starts = {tp: self._fact_store.restored(tp) + 1 for tp in ends}
        missing = {tp: end for tp, end in ends.items() if starts[tp] < end}
        if missing:
            async with MendedConsumer.reader(self.app) as reader:
                await self._read_rows(starts, missing, reader, patience)

    async def _read_rows(
        self,
        starts: dict[TP, int],
        ends: dict[TP, int],
        reader: AIOKafkaConsumer,
        patience: float,
    ) -> None:
        store = self._fact_store
        rows = sum(end - starts[tp] for tp, end in ends.items())
        began = said = monotonic()
        reader.assign([driver.ensure_aiokafka_TP(tp) for tp in ends])
        for tp in ends:
            reader.seek(driver.ensure_aiokafka_TP(tp), starts[tp])
        at, moved = starts, began
        while any(at[tp] < end for tp, end in ends.items()):
            if monotonic() - moved > patience:
                raise TimeoutError
            found = await reader.getmany(timeout_ms=1000, max_records=AT_ONCE)
            rows_of = {ensure_TP(tp): rows for tp, rows in found.items()}
            for tp in ends:
                # Not the last row's: what was compacted away behind it was read as well.
                then = await reader.position(driver.ensure_aiokafka_TP(tp))
                store.restore(tp, at[tp], rows_of.get(tp, ()), then - 1)
                moved = monotonic() if then > at[tp] else moved
                at[tp] = then
            self._withhold(reader, {tp: end for tp, end in ends.items() if at[tp] < end}, at)
            if monotonic() - said > SAY_EVERY:
                said = monotonic()
                left = sum(max(0, end - at[tp]) for tp, end in ends.items())
                log.info("restoring facts", rows=rows - left, of=rows)
        self.withheld = {}
        log.info("facts restored", rows=rows, seconds=round(monotonic() - began, 1))

    def _withhold(self, reader: AIOKafkaConsumer, ends: dict[TP, int], at: dict[TP, int]) -> None:
        """Note which of these partitions wait at their stable end."""
        stable = {tp: reader.last_stable_offset(driver.ensure_aiokafka_TP(tp)) for tp in ends}
        self.withheld = {
            tp: Ends(at[tp], end) for tp, end in ends.items() if stable[tp] == at[tp] < end
        }

    @property
    def _sends(self) -> SendWatch:
        return cast(MendedApp, self.app).sends

    @property
    def _fact_store(self) -> FactStore:
        return cast(FactStore, self.data)
