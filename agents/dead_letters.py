"""Dead letters: what could not be read, as it came, with where from and why.

A letter's key is its position, so that one that is set aside twice, after a
crash, stands once. Its value is the message's own, byte for byte. The headers:
`reason` (of `casepulse.schemas.events.Reason`), `detail`, `topic`, `partition`, `offset`
and `key` (the original one); `traceparent` and `tracestate`, where the message
belongs to a trace; and the message's own headers, in their order, each with
`original.` before its name.

Of a message too large for a letter only the beginning is kept, so that Kafka
can't refuse it: `length` and `sha256` are those of its whole value, and it is
read again, headers and all, from where it stands.
"""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError
from kafka import TopicPartition

from casepulse.schemas.events import Unreadable, read_message
from casepulse.schemas.events.content import Headers
from casepulse.streams.committed import SourceError, ends_of, name_of, read_partition, reader
from casepulse.streams.encodings import in_utf8
from casepulse.streams.fact_table import Sent
from casepulse.streams.publishing import Publisher
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics

#: Bytes of a message that a letter holds whole: value, key and headers. No event is so large, and
#: it is a quarter of what a broker takes by default.
WHOLE = 256 * 1024

#: Bytes that are kept of a value, and of a key, that are larger together.
KEPT, KEPT_OF_KEY = 64 * 1024, 1024

#: Bytes of a reason's detail.
_DETAIL = 2048

#: What stands before the name of a header that the message itself had.
_ORIGINAL = "original."


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
        headers = [
            ("reason", why.reason.value.encode()),
            ("detail", why.detail.encode()[:_DETAIL]),
            ("topic", message.topic.encode()),
            ("partition", str(message.partition).encode()),
            ("offset", str(message.offset).encode()),
            *((name, value.encode()) for name, value in trace.items()),
        ]
        self._send(message, headers, then, KEPT)

    def _send(self, message: Any, ours: Headers, then: Sent, most: int) -> None:
        """Send a letter with so many bytes of a value that is too large for one."""
        value, key = message.value or b"", message.key or b""
        theirs = _original(message.headers or ())
        headers = [*ours]
        if _size(theirs) + len(value) + len(key) > WHOLE or most < KEPT:
            headers += [
                ("length", str(len(value)).encode()),
                ("sha256", sha256(value).hexdigest().encode()),
                ("key", key[: min(most, KEPT_OF_KEY)]),
            ]
            value = value[:most]
        else:
            headers += [("key", key), *theirs]
        self._topic.send_soon(
            key=f"{message.topic}-{message.partition}-{message.offset}".encode(),
            # A letter without content would be a tombstone, and so no letter at all.
            value=value or b" ",
            partition=0,
            headers=headers,
            key_serializer="raw",
            value_serializer="raw",
        ).add_done_callback(lambda sent: self._answered(sent, message, ours, then, most))

    def _answered(self, sent: Any, message: Any, ours: Headers, then: Sent, most: int) -> None:
        """Kafka has the letter, or not. One that is too large even so, for the topic takes less
        than it should, is sent without any content."""
        if sent.cancelled():
            return
        error = sent.exception()
        if most and isinstance(error, MessageSizeTooLargeError | RecordListTooLargeError):
            self._send(message, ours, then, 0)
        else:
            then(error)


@dataclass(frozen=True, slots=True)
class Whole:
    """What a message was that a letter holds only the beginning of."""

    place: TopicPartition
    offset: int
    length: int
    """Bytes of its value."""
    sha256: str

    def described(self) -> dict[str, int | str]:
        """How long the value is, and its SHA-256."""
        return {"length": self.length, "sha256": self.sha256}

    def read(self, settings: Settings) -> tuple[bytes, Headers]:
        """The whole value, and the message's headers, from where it stands.

        Raises:
            SourceError: it is gone from there, or another stands there.
            kafka.errors.KafkaError: Kafka can't be reached.
        """
        where = f"{name_of(self.place)}, offset {self.offset}"
        with closing(reader(settings)) as consumer:
            first = consumer.beginning_offsets([self.place])[self.place]
            found: list[Any] = []
            if first <= self.offset < ends_of(settings, [self.place])[self.place].stable:
                found = list(read_partition(consumer, self.place, self.offset, self.offset + 1))
        if not found:
            raise SourceError(f"{where}: the message is gone, by retention or deletion")
        value: bytes = found[0].value or b""
        if len(value) != self.length or sha256(value).hexdigest() != self.sha256:
            raise SourceError(f"{where}: another message stands there; was the topic made anew?")
        return value, tuple(found[0].headers)


def _original(headers: Headers) -> list[tuple[str, bytes | None]]:
    return [(f"{_ORIGINAL}{name}", value) for name, value in headers]


def _size(headers: Headers) -> int:
    """Bytes of names and values."""
    return sum(len(name.encode()) + len(value or b"") for name, value in headers)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A letter as it is read back."""

    position: str
    reason: str
    detail: str
    value: bytes
    cut: Whole | None = None
    """Of what its value is only the beginning."""
    missed: str = ""
    """Why the whole could not be read again."""
    headers: Headers = ()
    """Those of the message."""

    def described(self) -> dict[str, Any]:
        """Where, and why; never the content."""
        told: dict[str, Any] = {
            "position": self.position, "reason": self.reason, "detail": self.detail,
        }  # fmt: skip
        if self.cut is not None:
            told["cut"] = self.cut.described()
        if self.missed:
            told["original"] = self.missed
        return told


def read_letters(settings: Settings) -> list[DeadLetter]:
    """Every letter that was not replayed yet, oldest first.

    Raises:
        SourceError: they can't be read to their end.
        kafka.errors.KafkaError: Kafka can't be reached, or refuses us.
    """
    topic = TopicPartition(Topics.of(settings).dead_letters.name, 0)
    letters: dict[bytes, DeadLetter] = {}
    with closing(reader(settings)) as consumer:
        start = consumer.beginning_offsets([topic])[topic]
        end = consumer.end_offsets([topic])[topic]
        for record in read_partition(consumer, topic, start, end):
            letters.pop(record.key, None)
            if record.value is not None:
                letters[record.key] = _letter(record)
    return list(letters.values())


def _letter(record: Any) -> DeadLetter:
    ours = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    cut = None
    if "length" in ours:
        place = TopicPartition(ours["topic"], int(ours["partition"]))
        cut = Whole(place, int(ours["offset"]), int(ours["length"]), ours["sha256"])
    return DeadLetter(
        record.key.decode(),
        ours.get("reason", ""),
        ours.get("detail", ""),
        record.value,
        cut,
        headers=tuple(
            (name.removeprefix(_ORIGINAL), value)
            for name, value in record.headers
            if name.startswith(_ORIGINAL)
        ),
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
                value, headers = letter.value, letter.headers
                if letter.cut is not None:
                    value, headers = letter.cut.read(settings)
                value = in_utf8(value)  # so what a mark at its beginning cost is read by now
                event, _ = read_message(value, headers)
            except SourceError as error:
                unread.append(replace(letter, missed=str(error)))
                continue
            except Unreadable:
                unread.append(letter)
                continue
            publisher.publish(event, value, headers)
            publisher.flush()  # the letter goes only once its event is there
            publisher.send(topic, letter.position.encode(), None, partition=0)
            published += 1
    return published, unread
