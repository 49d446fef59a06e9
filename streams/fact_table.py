"""The table of facts: a row a fact, kept in a compacted changelog, rebuilt when assigned, and
claimed by whoever writes it."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

import faust
import structlog
from aiokafka.errors import KafkaError
from faust.tables.table import Table
from faust.transport.consumer import ensure_TP
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from casepulse.schemas.stored import StoredError
from casepulse.streams.committed import Ends
from casepulse.streams.fact_reading import FactReader
from casepulse.streams.fact_rows import BEGUN, CLAIM, row_value
from casepulse.streams.fact_store import FactKeeper, FactStore
from casepulse.streams.mended import MendedApp, MendedConsumer
from casepulse.streams.send_watch import SendWatch

log = structlog.get_logger()

#: What is to be done once Kafka has a row (None), or has refused it (the error).
Sent = Callable[[BaseException | None], None]

_Row = tuple[bytes, bytes, Sent]

#: Seconds within which Kafka takes the first row of a partition, or it is tried again.
BEGIN_WITHIN = 3.0

#: Seconds after which it is tried again to restore what Kafka did not give.
RESTORE_AGAIN = 1.0

#: Seconds without progress within which the rows before a claim are read, or it is made again.
READ_BACK_WITHIN = 3.0


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
        self._reader = FactReader(app)

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
                await self._reader.read(self._fact_store, ends)
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
        await self._reader.read(self._fact_store, {tp: end}, READ_BACK_WITHIN)

    @property
    def withheld(self) -> Mapping[TP, Ends]:
        """The partitions whose rows can't all be restored yet: somebody's transaction is open."""
        return self._reader.withheld

    @property
    def _sends(self) -> SendWatch:
        return cast(MendedApp, self.app).sends

    @property
    def _fact_store(self) -> FactStore:
        return cast(FactStore, self.data)
