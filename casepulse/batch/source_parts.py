"""Where the batch reads: a source in parts, such that every case lies whole in one of them.

A part can be sent to another process and read there. The events topic has a part
a partition; `casepulse.batch.archive` has one a Parquet file.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from kafka import TopicPartition

from casepulse.schemas.envelope import Event
from casepulse.schemas.events import Unreadable, read_message
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.release import Reading
from casepulse.streams.committed import SourceError, ends_of, names_of, read_partition, reader
from casepulse.streams.places import check_place
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics

#: Seconds to wait for the transactions that are open when the ends are looked up.
OPEN_FOR = 5.0


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


def together(readings: list[Reading]) -> Reading:
    """What was read of all parts."""
    whole = NOTHING_READ
    for each in readings:
        whole = Reading(
            read_to=whole.read_to | each.read_to,
            messages=whole.messages + each.messages,
            repeated=whole.repeated + each.repeated,
            unreadable=whole.unreadable + each.unreadable,
            unknown_yet=whole.unknown_yet + each.unknown_yet,
        )
    return whole


@dataclass(frozen=True, slots=True)
class TopicPart:
    """A partition of the events topic, up to an offset."""

    settings: Settings
    partition: int
    end: int
    withheld: int = 0
    """Offsets behind the end, of an open transaction and of what was sent after it began."""
    by_subject: bool = False
    anywhere: bool = False
    """Whether an event is taken wherever it stands, as from a topic that was grown."""

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
        with closing(reader(self.settings)) as consumer:
            for record in read_partition(consumer, place, 0, self.end):
                yield self._telling(record)

    def _telling(self, record: Any) -> Telling:
        value = record.value or b""
        try:
            event, value = read_message(record.value, record.headers)
            if isinstance(event.data, ClockTicked):
                return Telling(record.offset, None, value)
            if not self.anywhere:
                partitions = self.settings.partitions
                check_place(record.key, event.subject, self.partition, partitions)
        except Unreadable:
            return Telling(record.offset, None, value, unreadable=True)
        return Telling(record.offset, event, value)


def topic_parts(settings: Settings, read_to: dict[str, int] | None = None) -> list[Part]:
    """The partitions of the events topic.

    Args:
        settings: which topic, and where Kafka is.
        read_to: by part, the offset to stop before. None: the end, as it is now; transactions
            that are open then are waited for, for `OPEN_FOR` at most.

    Raises:
        SourceError: the topic isn't there, does not reach so far, or its beginning is gone.
    """
    topic = Topics.of(settings).events.name
    places = [TopicPartition(topic, number) for number in range(settings.partitions)]
    with closing(reader(settings)) as consumer:
        there = consumer.partitions_for_topic(topic) or set()
        if there != set(range(settings.partitions)):
            raise SourceError(
                f"{topic}: has {len(there)} partitions, must have {settings.partitions} "
                "(CASEPULSE_PARTITIONS). Is it the topic of this installation, and was it grown? "
                'docs/runbook.md, "CasepulseTopicPartitions"'
            )
        changelog = Topics.of(settings).changelog.name
        # Asked by its name alone, Kafka might make it.
        made_with = consumer.topics() & {changelog} and consumer.partitions_for_topic(changelog)
        made_with = made_with or there
        if len(made_with) != len(there):
            raise SourceError(
                f"{topic}: has {len(there)} partitions, and {changelog} {len(made_with)}: one was "
                "grown, and keys lead elsewhere since. What stands where it stood before would not "
                'be counted; docs/runbook.md, "CasepulseTopicPartitions", says how to move on'
            )
        begins = consumer.beginning_offsets(places)
    ends = ends_of(settings, places, OPEN_FOR if read_to is None else 0)
    parts: list[Part] = []
    names = names_of(places)
    if read_to is not None and set(read_to) != set(names.values()):
        raise SourceError(f"{topic}: is not what was read; that was {', '.join(sorted(read_to))}")
    for place, name in names.items():
        stable, last = ends[place]
        end = stable if read_to is None else read_to[name]
        if begins[place] > 0:
            raise SourceError(
                f"{name}: begins at offset {begins[place]}; what stood before is gone, and every "
                "figure would be wrong. The events topic is to be kept for ever (retention.ms -1)"
            )
        if end > stable:
            raise SourceError(
                f"{name}: holds offsets up to {stable}; {end} are asked for. "
                "Is it the topic that was read, or was it made anew?"
            )
        withheld = last - stable if read_to is None else 0
        parts.append(TopicPart(settings, place.partition, end, withheld))
    return parts


def every_event(settings: Settings) -> Iterator[Telling]:
    """Every message of the events topic, however many partitions it has by now, and wherever it
    stands: to be published anew, for nothing is counted of events that stand elsewhere.

    Raises:
        SourceError: the topic isn't there, or its beginning is gone.
    """
    topic = Topics.of(settings).events.name
    with closing(reader(settings)) as consumer:
        numbers = sorted(consumer.partitions_for_topic(topic) or ())
        places = [TopicPartition(topic, number) for number in numbers]
        begins, ends = consumer.beginning_offsets(places), consumer.end_offsets(places)
    if not places:
        raise SourceError(f"{topic}: is not there; is it the name of another installation?")
    for place in places:
        if begins[place] > 0:
            raise SourceError(
                f"{topic}/{place.partition}: begins at offset {begins[place]}; what stood before "
                "is gone. Publish the events again from their source"
            )
    for place in places:
        yield from TopicPart(settings, place.partition, ends[place], anywhere=True).tellings()
