"""What a worker waits in at a moment, and what moves while it gets on.

In this order: it joins its group, reads back the facts of what it was assigned, claims each
partition, and then reads what there is to read. `casepulse.agents.standstill` is who asks.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AsyncExitStack
from typing import Any, cast

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from faust.exceptions import ConsumerNotStarted
from faust.transport.consumer import ensure_TP
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from casepulse.agents.holding import Holding
from casepulse.agents.standstill import Step
from casepulse.streams.app import Application
from casepulse.streams.mended import MendedConsumer

log = structlog.get_logger()

#: Seconds within which Kafka says where partitions end.
ANSWER_WITHIN = 10.0


class Steps:
    """Looks at the parts of one worker.

    Args:
        app: the application.
        holding: what it holds.
        to_claim: the partitions that it has still to claim.
        away: whether Kafka is known not to answer.
    """

    def __init__(
        self,
        app: Application,
        holding: Holding,
        to_claim: Callable[[], Collection[int]],
        away: Callable[[], bool],
    ) -> None:
        self._app = app
        self._holding = holding
        self._to_claim = to_claim
        self._away = away
        self._reader: AIOKafkaConsumer | None = None
        self._open = AsyncExitStack()

    async def look(self) -> Mapping[str, Step] | None:
        """What the worker waits in, by what tells one from the other; None if Kafka does not
        answer."""
        try:
            consumer = cast(MendedConsumer, self._app.faust.consumer)
            assigned = consumer.assignment()
        except ConsumerNotStarted:
            return {}
        if self._away():
            return None
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                ends = await self._ends(assigned)
                at = await consumer.positions()
        except (KafkaError, TimeoutError) as error:
            log.debug("ends not looked at", kind=type(error).__name__)
            await self.close()
            return None
        return self._steps(consumer, ends, at)

    def _steps(
        self, consumer: MendedConsumer, ends: Mapping[TP, int], at: Mapping[TP, int]
    ) -> Mapping[str, Step]:
        app, restored = self._app.faust, self._holding.restored_at
        if consumer.joining or app.rebalancing:
            words = "joins its group" if consumer.joining else "takes up its partitions"
            mark = consumer.joining, app.consumer_generation_id, restored
            return {"group": Step(words, mark)}
        topics = {self._app.events.get_topic_name(), self._app.partials.get_topic_name()}
        behind = {
            tp: at[tp]
            for tp, end in ends.items()
            if tp.topic in topics and tp in at and at[tp] < end
        }
        delivered = sum(queue.qsize() for queue in app.flow_control._queues)
        # Where much waits in several partitions they are read in turn, and what was delivered comes
        # first: one may wait for minutes while the others get on. None of it may have moved.
        steps = {
            f"{tp.topic}/{tp.partition}": Step(
                f"reads partition {tp.partition} of {tp.topic}", (dict(behind), delivered)
            )
            for tp in behind
        }
        if delivered:
            words = f"counts {delivered} fetches that it was given"
            steps["delivered"] = Step(words, (delivered, dict(at)))
        for number in sorted(self._to_claim()):
            read_to = self._holding[number].read_to if number in self._holding else -1
            steps[f"claim/{number}"] = Step(f"claims partition {number}", (restored, read_to))
        return steps

    async def _ends(self, assigned: Iterable[Any]) -> dict[TP, int]:
        """Where the partitions of this worker end, for whoever reads as it does."""
        wanted = [driver.ensure_aiokafka_TP(tp) for tp in assigned]
        if not wanted:
            return {}
        reader: Any = self._reader
        if reader is None:
            reader = self._reader = await self._open.enter_async_context(
                MendedConsumer.reader(self._app.faust)
            )
        ends = await reader.end_offsets(wanted)
        return {ensure_TP(tp): end for tp, end in ends.items()}

    async def close(self) -> None:
        """Let go of the reader: another one is opened when it is wanted."""
        self._reader = None
        opened, self._open = self._open, AsyncExitStack()
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await opened.aclose()
        except (KafkaError, TimeoutError) as error:
            log.debug("a reader was not closed", kind=type(error).__name__)
