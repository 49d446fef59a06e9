"""Dead letters: what could not be read, as it came, with where from and why.

A letter's key is its position, so that one that is set aside twice, after a
crash, stands once. Its value is the message's own, byte for byte. The headers:
`reason` (of `schemas.events.Reason`), `detail`, `topic`, `partition`, `offset`
and `key` (the original one); `traceparent` and `tracestate`, where the message
belongs to a trace; and the message's own headers, in their order, each with
`original.` before its name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from schemas.events import Unreadable, read_message
from schemas.events.content import Headers
from streams.fact_table import Sent
from streams.publishing import Publisher
from streams.security import kafka_python_options
from streams.settings import Settings
from streams.topics import MEBIBYTE, Topics

#: What stands before the name of a header that the message itself had.
_ORIGINAL = "original."

#: Bytes of such headers that a letter carries; no event has so many. Of a message with more it
#: carries none, or Kafka might refuse the letter: it stays a letter, and the message where it is.
_MOST_OF_HEADERS = 64 * 1024


class DeadLetters:
    """Where the case agent puts what it could not read."""

    def __init__(self, topic: Any) -> None:
        self._topic = topic

    def send(self, message: Any, why: Unreadable, trace: Mapping[str, str], then: Sent) -> None:
        """Send a letter.

        Args:
            message: what is set aside.
            why: the reason.
            trace: the trace that it belongs to, as headers.
            then: is called with None once Kafka has the letter, or with the error for which it
                was refused for good.
        """
        position = f"{message.topic}-{message.partition}-{message.offset}"
        headers = [
            ("reason", why.reason.value.encode()),
            ("detail", why.detail.encode()),
            ("topic", message.topic.encode()),
            ("partition", str(message.partition).encode()),
            ("offset", str(message.offset).encode()),
            ("key", message.key or b""),
            *((name, value.encode()) for name, value in trace.items()),
            *_original(message.headers or ()),
        ]
        self._topic.send_soon(
            key=position.encode(),
            # A letter without content would be a tombstone, and so no letter at all.
            value=message.value or b" ",
            partition=0,
            headers=headers,
            key_serializer="raw",
            value_serializer="raw",
        ).add_done_callback(lambda sent: None if sent.cancelled() else then(sent.exception()))


def _original(headers: Headers) -> list[tuple[str, bytes | None]]:
    found = [(f"{_ORIGINAL}{name}", value) for name, value in headers]
    size = sum(len(name.encode()) + len(value or b"") for name, value in found)
    return found if size <= _MOST_OF_HEADERS else []


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A letter as it is read back."""

    position: str
    reason: str
    detail: str
    value: bytes
    headers: tuple[tuple[str, bytes | None], ...] = ()
    """Those of the message."""

    def described(self) -> dict[str, str]:
        """Where, and why; never the content."""
        return {"position": self.position, "reason": self.reason, "detail": self.detail}


def read_letters(settings: Settings) -> list[DeadLetter]:
    """Every letter that was not replayed yet, oldest first.

    Raises:
        kafka.errors.KafkaError: Kafka can't be reached.
    """
    topic = TopicPartition(Topics.of(settings).dead_letters.name, 0)
    consumer = KafkaConsumer(
        **kafka_python_options(settings),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=4 * MEBIBYTE,
    )
    letters: dict[bytes, DeadLetter] = {}
    try:
        consumer.assign([topic])
        end = consumer.end_offsets([topic])[topic]
        while consumer.position(topic) < end:
            for records in consumer.poll(timeout_ms=1000).values():
                for record in records:
                    letters.pop(record.key, None)
                    if record.value is not None:
                        letters[record.key] = _letter(record)
    finally:
        consumer.close()
    return list(letters.values())


def _letter(record: Any) -> DeadLetter:
    ours = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    headers = tuple(
        (name.removeprefix(_ORIGINAL), value)
        for name, value in record.headers
        if name.startswith(_ORIGINAL)
    )
    return DeadLetter(
        record.key.decode(), ours.get("reason", ""), ours.get("detail", ""), record.value, headers
    )


def replay(settings: Settings, letters: Iterable[DeadLetter]) -> tuple[int, list[DeadLetter]]:
    """Publish again what can be read by now, headers and all, and take it out of the dead letters.

    Returns:
        How many were published, and the letters that still can't be read.
    """
    published = 0
    unread = []
    topic = Topics.of(settings).dead_letters.name
    with Publisher(settings) as publisher:
        for letter in letters:
            try:
                event, _ = read_message(letter.value, letter.headers)
            except Unreadable:
                unread.append(letter)
                continue
            publisher.publish(event, letter.value, letter.headers)
            publisher.flush()  # the letter goes only once its event is there
            publisher.send(topic, letter.position.encode(), None, partition=0)
            published += 1
    return published, unread
