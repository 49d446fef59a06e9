"""Faust, mended where it was found wanting. Each mend says what for, and its test goes with it."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import faust
from faust.sensors import Sensor
from faust.transport.drivers import aiokafka as driver
from faust.types import TP


class MendedConsumer(driver.Consumer):
    """Delivers a message without making four tasks for it, and begins where it must."""

    async def wait_first(self, *awaitables: Any, timeout: Any = None) -> Any:
        """Faust races each delivery against the suspension of the flow, at the price of four
        asyncio tasks a message: half the cost of the whole worker. While the flow is not
        suspended there is nothing to race; a delivery that has begun may end."""
        if len(awaitables) == 2 and timeout is None and not self.suspend_flow.is_set():
            delivery, suspension = awaitables
            if isinstance(delivery, Coroutine) and isinstance(suspension, Coroutine):
                suspension.close()
                await delivery
                return None
        return await super().wait_first(*awaitables, timeout=timeout)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """aiokafka leaves a partition where it is if nothing was ever committed for it, although
        messages fetched before a rebalance have been thrown away by then: they would be lost, and
        the gap committed. Such a partition is read from its beginning."""
        committed = await super().seek_to_committed()
        changelogs = self.app.tables.changelog_topics
        never = [tp for tp, at in committed.items() if not at and tp.topic not in changelogs]
        if never:
            await self._thread.seek_to_beginning(*driver.ensure_aiokafka_TPset(never))
        return committed


class MendedTransport(driver.Transport):
    """Kafka by aiokafka, with the consumer above."""

    Consumer = MendedConsumer


class SendWatch(Sensor):
    """Faust only logs a send that failed. This remembers it, so that health can tell."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0
        self.last_failed = False
        self.on_failure: Callable[[], object] = lambda: None
        """Called at each failure."""

    def on_send_error(self, producer: Any, exc: BaseException, state: Any) -> None:
        """A message could not be written."""
        self.failures += 1
        self.last_failed = True
        self.on_failure()

    def on_send_completed(self, producer: Any, state: Any, metadata: Any) -> None:
        """A message was written."""
        self.last_failed = False


#: Rows that may wait to be sent. Faust's own hundred is less than one fetch brings, and each
#: time it is passed, reading stops until the buffer is empty.
MOST_WAITING_ROWS = 5000


class MendedApp(faust.App):
    """A Faust application on the mended transport."""

    def _create_directories(self) -> None:
        """Nothing is kept on disk; Faust would leave three empty folders where it is started."""

    def _new_producer(self) -> Any:
        producer = super()._new_producer()
        producer.buffer.max_messages = MOST_WAITING_ROWS
        return producer

    def _new_transport(self) -> MendedTransport:
        return MendedTransport(self.conf.broker_consumer, self, loop=self.loop)
