"""A producer with transactions, for tests on real Kafka: librdkafka's mock hides nothing."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from confluent_kafka import Producer

from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics
from tests.running import Message

#: Seconds that Kafka has for any step of a transaction.
_WITHIN = 60.0


class Transactions:
    """Transactions of one producer, one after another.

    Args:
        settings: of the installation whose events it sends.
        name: its transactional id.
        timeout: seconds after which Kafka aborts one that was left open.
        options: more of the producer's.
    """

    def __init__(
        self, settings: Settings, name: str, timeout: float = 600, **options: object
    ) -> None:
        self._topic = Topics.of(settings).events.name
        self.producer: Any = Producer(
            {
                "bootstrap.servers": settings.kafka,
                "transactional.id": name,
                "transaction.timeout.ms": int(timeout * 1000),
                "partitioner": "murmur2_random",  # as Kafka's own
                "linger.ms": 5,
                **options,
            }
        )
        self.producer.init_transactions(_WITHIN)

    def begin(self, messages: Iterable[Message], topic: str | None = None, **place: int) -> int:
        """Open one, and send; how many were sent."""
        self.producer.begin_transaction()
        return self.send(messages, topic, **place)

    def send(self, messages: Iterable[Message], topic: str | None = None, **place: int) -> int:
        """Send more within it; how many were sent. Kafka has them then."""
        count = 0
        for key, value in messages:
            self.producer.produce(topic or self._topic, key=key, value=value, **place)
            count += 1
        assert self.producer.flush(_WITHIN) == 0
        return count

    def commit(self) -> None:
        """What was sent since it began is told."""
        self.producer.commit_transaction(_WITHIN)

    def abort(self) -> None:
        """What was sent since it began never was."""
        self.producer.abort_transaction(_WITHIN)


@contextmanager
def committed(transactions: Transactions, messages: Iterable[Message]) -> Iterator[int]:
    """A transaction around what is done meanwhile, committed in the end."""
    yield transactions.begin(messages)
    transactions.commit()
