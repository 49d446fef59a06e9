"""Reads back the rows of the changelog of facts, with a plain consumer. Why: docs/decisions.md."""

from math import inf
from time import monotonic

import faust
import structlog
from aiokafka import AIOKafkaConsumer
from faust.transport.consumer import ensure_TP
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from casepulse.streams.committed import Ends
from casepulse.streams.fact_store import FactStore
from casepulse.streams.mended import MendedConsumer

log = structlog.get_logger()

#: Seconds between two lines that say how far a rebuild has come.
SAY_EVERY = 5.0

#: Rows that are restored before anything else gets its turn.
AT_ONCE = 1000


class FactReader:
    """Reads rows into a store, as they were written: partition by partition, in their order."""

    def __init__(self, app: faust.App) -> None:
        self._app = app
        self.withheld: dict[TP, Ends] = {}
        """The partitions whose rows can't all be restored yet: somebody's transaction is open."""

    async def read(self, store: FactStore, ends: dict[TP, int], patience: float = inf) -> None:
        """Restore the rows of each partition up to its end, after those that are restored.

        Raises:
            KafkaError: Kafka doesn't answer.
            TimeoutError: a transaction was open there for longer than `patience` seconds.
        """
        starts = {tp: store.restored(tp) + 1 for tp in ends}
        missing = {tp: end for tp, end in ends.items() if starts[tp] < end}
        if missing:
            async with MendedConsumer.reader(self._app) as reader:
                await self._read_rows(store, starts, missing, reader, patience)

    async def _read_rows(
        self,
        store: FactStore,
        starts: dict[TP, int],
        ends: dict[TP, int],
        reader: AIOKafkaConsumer,
        patience: float,
    ) -> None:
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
