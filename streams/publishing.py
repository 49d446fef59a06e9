"""Events to Kafka: keyed by subject, acknowledged by every copy, ticks to every partition."""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

import orjson
from kafka import KafkaProducer

from casepulse.schemas.envelope import Event
from casepulse.schemas.errors import FailedError
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.events.content import STRUCTURED, Headers
from casepulse.streams.security import kafka_python_options
from casepulse.streams.settings import Settings
from casepulse.streams.topics import MEBIBYTE, Topics


class PublishError(FailedError):
    """Kafka did not take an event."""


class Publisher:
    """A producer of events. Leaving the `with` block waits until Kafka has them all.

    Raises:
        PublishError: when leaving or flushing, if any was not taken; it says how many and why.
    """

    def __init__(self, settings: Settings, acknowledged: Callable[[], None] | None = None) -> None:
        self._topic = Topics.of(settings).events.name
        self._partitions = settings.partitions
        self._acknowledged = acknowledged
        self._failed: list[BaseException] = []
        self._producer = KafkaProducer(
            **kafka_python_options(settings),
            acks="all",
            # The embedded broker speaks an older protocol without idempotent producers; facts
            # that come twice are harmless in any case.
            enable_idempotence=settings.kafka_version is None,
            compression_type="gzip",
            # Large batches: they compress better, and the embedded broker hands out one a fetch.
            linger_ms=50,
            batch_size=MEBIBYTE // 4,
            max_request_size=4 * MEBIBYTE,
        )

    def publish(self, event: Event[Any], value: bytes, headers: Headers = STRUCTURED) -> None:
        """Send one event, as the bytes it was read from, and with the headers."""
        if isinstance(event.data, ClockTicked):
            for partition in range(self._partitions):
                last = partition == self._partitions - 1
                self.send(self._topic, b"clock", value, headers, partition, counts=last)
        else:
            self.send(self._topic, event.subject.encode(), value, headers)

    def publish_all(self, lines: Iterable[bytes]) -> None:
        """Send events about cases, each as it is written, and wait until Kafka has them all.

        Raises:
            PublishError: it did not take one; it says how many and why.
        """
        for line in lines:
            # Millions may come in a first extract: no model is needed to know whose they are.
            self.send(self._topic, orjson.loads(line)["subject"].encode(), line, STRUCTURED)
        self.flush()

    def send(
        self,
        topic: str,
        key: bytes,
        value: bytes | None,
        headers: Headers = (),
        partition: int | None = None,
        *,
        counts: bool = True,
    ) -> None:
        """Send any message; `counts` says whether `acknowledged` is called for it."""
        future = self._producer.send(
            topic, key=key, value=value, headers=list(headers), partition=partition
        )
        future.add_errback(self._failed.append)
        if counts and self._acknowledged is not None:
            acknowledged = self._acknowledged
            future.add_callback(lambda _: acknowledged())

    def flush(self) -> None:
        """Wait until Kafka has everything that was sent."""
        self._producer.flush()
        if self._failed:
            count, why = len(self._failed), self._failed[0]
            raise PublishError(f"Kafka did not take {count} events; the first: {why}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self._producer.close()
