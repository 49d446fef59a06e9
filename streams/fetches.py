"""Messages by the fetch: what one fetch has brought of one partition goes through Faust as one.

Faust takes some 60 microseconds for each message on its way from Kafka's client to an agent: half
of what a worker costs. A fetch brings up to a mebibyte: one message where a worker is up to date,
some thousands where it has much to read.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from time import monotonic
from typing import Any

from faust.transport.utils import DefaultSchedulingStrategy
from faust.types import TP
from faust.types.tuples import ConsumerMessage

#: Fetches that wait for an agent: enough to keep it busy while Kafka is asked for more, and a
#: bound on memory. Faust's own bound is 4,096.
MOST_WAITING_FETCHES = 4

#: Seconds after which an agent lets others have their turn.
TURN = 0.002


class Fetch(ConsumerMessage):
    """The records of one fetch of one partition, in their order: to Faust the last of them."""

    records: list[Any]
    """aiokafka's, with topic, partition, offset, key, value and headers each."""

    @classmethod
    def of(cls, tp: TP, records: list[Any], generation_id: int) -> "Fetch":
        """What was fetched, at least one record, in this generation of the group."""
        last = records[-1]
        fetch = cls(
            topic=last.topic,
            partition=last.partition,
            offset=last.offset,
            timestamp=last.timestamp / 1000,
            timestamp_type=last.timestamp_type,
            headers=None,
            key=None,
            value=None,
            checksum=None,
            tp=tp,
            generation_id=generation_id,
        )
        fetch.records = records
        return fetch


class WholeFetches(DefaultSchedulingStrategy):
    """Gives Faust the records of a partition together, one partition after another."""

    def iterate(self, records: Mapping[TP, list[Any]]) -> Iterator[tuple[TP, Any]]:
        """Each partition, and all that was fetched of it."""
        return ((tp, fetched) for tp, fetched in records.items() if fetched)


async def messages(app: Any, stream: Any) -> AsyncIterator[Any]:
    """The messages that an agent is to read, one after another.

    What is left of a fetch when a rebalance begins is nobody's: it is fetched again by whoever has
    the partition then. Faust's streams look for that once for each fetch, we for each message.

    Args:
        app: the Faust application.
        stream: the agent's.
    """
    began = monotonic()
    async for event in stream.noack().events():
        fetch: Fetch = event.message
        for record in fetch.records:
            if monotonic() - began > TURN:
                await asyncio.sleep(0)
                began = monotonic()
            if (
                fetch.generation_id != app.consumer_generation_id
                or not app.flow_control.is_active()
            ):
                break
            yield record
