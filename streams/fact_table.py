"""The table of facts: a row a fact, kept in a compacted changelog, rebuilt when assigned.

A Faust table whose store is not a dictionary of rows but whoever keeps the
facts of a partition (`FactKeeper`): rows live once, as cases, and only for the
partitions that this worker has.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Protocol, cast

import faust
from faust.stores.base import Store
from faust.tables.table import Table
from faust.types import TP, EventT

#: What is to be done once Kafka has a row (None), or has refused it (the error).
Sent = Callable[[BaseException | None], None]

_Row = tuple[bytes, bytes, Sent]

#: The row that claims a partition: its offset in the changelog ranks the partition's owners.
CLAIM = b"\x00claim"

#: The row that keeps the latest tick of a partition's clock.
CLOCK = b"\x00clock"

_OFFSET_BYTES = 8


class FactKeeper(Protocol):
    """Whoever keeps the facts of the partitions that this worker has."""

    def restore(self, partition: int, key: bytes, offset: int, value: bytes) -> None:
        """Take back a row that was kept before; `offset` is where its event stood."""

    def keep_only(self, partitions: set[int]) -> None:
        """Forget every partition but these."""

    async def ready(self, partitions: set[int]) -> None:
        """Everything kept before has been restored for these."""


def row_key(subject: str, source: str, event_id: str) -> bytes:
    """The key of a fact's row. None of the three parts can hold a space."""
    return f"{subject} {source} {event_id}".encode()


def row_value(offset: int, event: bytes) -> bytes:
    """The value of a row: where the event stood in its partition, then the event. Never empty,
    for Faust drops a row that is falsy when it follows a deleted one in the same batch."""
    return offset.to_bytes(_OFFSET_BYTES, "big") + event


def read_row(value: bytes) -> tuple[int, bytes]:
    """The offset and the event of a row's value."""
    return int.from_bytes(value[:_OFFSET_BYTES], "big"), value[_OFFSET_BYTES:]


class FactStore(Store[bytes, bytes]):
    """Hands the changelog's rows to the keeper, and knows how far each partition was read.

    Unlike Faust's own memory store it keeps nothing of a partition that was revoked.
    """

    def __init__(self, *args: Any, keeper: FactKeeper, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keeper = keeper
        self._read: dict[TP, int] = {}

    def persisted_offset(self, tp: TP) -> int | None:
        """The last row that the keeper has; recovery goes on after it."""
        return self._read.get(tp)

    def set_persisted_offset(self, tp: TP, offset: int) -> None:
        """A row of our own stands at this offset."""
        self._read[tp] = max(offset, self._read.get(tp, -1))

    def apply_changelog_batch(
        self,
        batch: Iterable[EventT[Any]],
        to_key: Callable[[Any], Any],
        to_value: Callable[[Any], Any],
    ) -> None:
        """Restore rows read back from the changelog."""
        for event in batch:
            message = event.message
            if message.key and message.value:
                offset, value = read_row(message.value)
                self._keeper.restore(message.partition, message.key, offset, value)
            self.set_persisted_offset(message.tp, message.offset)

    async def on_rebalance(
        self,
        assigned: set[TP],
        revoked: set[TP],
        newly_assigned: set[TP],
        generation_id: int = 0,
    ) -> None:
        """Forget the partitions that are no longer ours."""
        changelog = self.table.changelog_topic.get_topic_name()
        ours = {tp for tp in assigned if tp.topic == changelog}
        self._read = {tp: offset for tp, offset in self._read.items() if tp in ours}
        self._keeper.keep_only({tp.partition for tp in ours})

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Everything has been read back."""
        await self._keeper.ready({tp.partition for tp in active_tps})

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

    def _new_store_by_url(self, url: Any) -> FactStore:
        return FactStore(url, self.app, self, table_name=self.name, keeper=self._keeper)

    def keep(self, partition: int, key: bytes, value: bytes, then: Sent) -> None:
        """Write a row with the next batch; `then` is called with None once Kafka has it, or with
        the error for which Kafka has refused it for good. In the order of the rows."""
        self._rows.setdefault(partition, []).append((key, value, then))

    def forget(self, partition: int) -> None:
        """The partition is another worker's: what is not sent yet is not to be sent."""
        self._rows.pop(partition, None)

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
                sending = await producer.send_batch(batch, topic, partition=partition)
                sending.add_done_callback(partial(self._sent, partition, waiting[start:end]))
                start = end

    def _sent(self, partition: int, rows: "list[_Row]", sending: Any) -> None:
        if sending.cancelled():
            return  # the worker is stopping; the events will be read again
        error = sending.exception()
        if error is None:
            last = sending.result().offset + len(rows) - 1
            self.data.set_persisted_offset(TP(self.changelog_topic_name, partition), last)
        for _, _, then in rows:
            then(error)
