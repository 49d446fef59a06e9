"""Where the batch reads: a source in parts, such that every case lies whole in one of them.

A part can be sent to another process and read there. The events topic has a part
a partition; `streams.archive` has one a Parquet file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from kafka import KafkaConsumer, TopicPartition

from schemas.envelope import Event
from schemas.events import Unreadable, read_message
from schemas.events.clock import ClockTicked
from schemas.release import Reading
from streams.places import check_place
from streams.security import kafka_python_options
from streams.settings import Settings
from streams.topics import Topics

#: Seconds without a message before the end after which reading is given up.
PATIENCE = 60


class SourceError(RuntimeError):
    """A source that cannot be read to its end; the message says what and where."""


class Telling(NamedTuple):
    """A message, and what it tells."""

    offset: int
    """Its place in its part: of a message of the topic, its offset."""
    event: Event[Any] | None
    """None: it is no event, and stands among the dead letters; or a tick."""
    value: bytes
    """The event as it is kept, in structured JSON; of what is no event, what came."""
    unreadable: bool = False


class Part(Protocol):
    """A part of a source. It can be pickled."""

    @property
    def name(self) -> str:
        """What the part is called in a release's `Reading`: casepulse.events/3."""

    @property
    def by_subject(self) -> bool:
        """Whether all that is told of a subject stands together."""

    @property
    def size(self) -> int:
        """How many messages there are."""

    def tellings(self) -> Iterator[Telling]:
        """Every message, with its place.

        Raises:
            SourceError: it can't be read to its end.
        """

    def already(self) -> Reading:
        """What had been read to make the source itself: nothing, but for an archive."""


NOTHING_READ = Reading(read_to={}, messages=0, repeated=0, unreadable=0, unknown_yet=0)


@dataclass(frozen=True, slots=True)
class TopicPart:
    """A partition of the events topic, up to an offset."""

    settings: Settings
    partition: int
    end: int
    by_subject: bool = False

    @property
    def name(self) -> str:
        """Topic and partition."""
        return f"{Topics.of(self.settings).events.name}/{self.partition}"

    @property
    def size(self) -> int:
        """Messages before `end`."""
        return self.end

    def already(self) -> Reading:
        """Nothing."""
        return NOTHING_READ

    def tellings(self) -> Iterator[Telling]:
        """From the first message up to the one before `end`."""
        place = TopicPartition(Topics.of(self.settings).events.name, self.partition)
        consumer = _consumer(self.settings)
        try:
            consumer.assign([place])
            consumer.seek(place, 0)
            position = 0
            while position < self.end:
                polled = consumer.poll(timeout_ms=PATIENCE * 1000, max_records=5000)
                if not polled and consumer.position(place) <= position:
                    raise SourceError(
                        f"{self.name}: nothing came for {PATIENCE} seconds after offset "
                        f"{position} of {self.end}; is Kafka at CASEPULSE_KAFKA?"
                    )
                for record in polled.get(place, ()):
                    if record.offset < self.end:
                        yield self._telling(record)
                position = consumer.position(place)
        finally:
            consumer.close()

    def _telling(self, record: Any) -> Telling:
        value = record.value or b""
        try:
            event, value = read_message(record.value, record.headers)
            if isinstance(event.data, ClockTicked):
                return Telling(record.offset, None, value)
            partitions = self.settings.partitions
            check_place(record.key, event.subject, self.partition, partitions)
        except Unreadable:
            return Telling(record.offset, None, value, unreadable=True)
        return Telling(record.offset, event, value)


def topic_parts(settings: Settings, read_to: dict[str, int] | None = None) -> list[Part]:
    """The partitions of the events topic.

    Args:
        settings: which topic, and where Kafka is.
        read_to: by part, the offset to stop before. None: the end, as it is now.

    Raises:
        SourceError: the topic isn't there, does not reach so far, or its beginning is gone.
    """
    topic = Topics.of(settings).events.name
    consumer = _consumer(settings)
    try:
        places = [TopicPartition(topic, number) for number in range(settings.partitions)]
        there = consumer.partitions_for_topic(topic) or set()
        if there != set(range(settings.partitions)):
            raise SourceError(
                f"{topic}: has {len(there)} partitions, must have {settings.partitions} "
                "(CASEPULSE_PARTITIONS); is it the topic of this installation?"
            )
        begins, ends = consumer.beginning_offsets(places), consumer.end_offsets(places)
    finally:
        consumer.close()
    parts: list[Part] = []
    names = {place: f"{topic}/{place.partition}" for place in places}
    if read_to is not None and set(read_to) != set(names.values()):
        raise SourceError(f"{topic}: is not what was read; that was {', '.join(sorted(read_to))}")
    for place, name in names.items():
        end = ends[place] if read_to is None else read_to[name]
        if begins[place] > 0:
            raise SourceError(
                f"{name}: begins at offset {begins[place]}; what stood before is gone, and every "
                "figure would be wrong. The events topic is to be kept for ever (retention.ms -1)"
            )
        if end > ends[place]:
            raise SourceError(
                f"{name}: holds offsets up to {ends[place]}; {end} are asked for. "
                "Is it the topic that was read, or was it made anew?"
            )
        parts.append(TopicPart(settings, place.partition, end))
    return parts


def _consumer(settings: Settings) -> KafkaConsumer:
    return KafkaConsumer(
        **kafka_python_options(settings),
        group_id=None,
        enable_auto_commit=False,
        fetch_max_bytes=16 * 1024 * 1024,
        max_partition_fetch_bytes=8 * 1024 * 1024,
    )
