"""Partitions of Kafka read from end to end by whoever is no worker: the committed alone.

An event of a transaction that was aborted never was. What stands behind an open
transaction can't be known yet, so a partition ends where the first of them begins:
at its stable end. Offsets that are missing, for markers of transactions take some
and compaction takes others away, are no events that were lost.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from time import monotonic, sleep
from typing import Any, NamedTuple

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import NoOffsetForPartitionError, OffsetOutOfRangeError

from casepulse.schemas.errors import FailedError
from casepulse.streams.security import kafka_python_options
from casepulse.streams.settings import Settings
from casepulse.streams.topics import MEBIBYTE

#: Seconds without progress before the end after which reading is given up.
PATIENCE = 60

#: Seconds between two looks at the end, while nothing comes.
_LOOK_EVERY = 0.5

#: Messages that are taken at once.
_AT_ONCE = 5000


class SourceError(FailedError):
    """A source that cannot be read to its end; the message says what and where."""


class Ends(NamedTuple):
    """Where a partition ends."""

    stable: int
    """The offset behind the last message that may be read: an open transaction begins there."""
    end: int
    """The offset behind the last message of all."""


def reader(settings: Settings, *, committed: bool = True) -> KafkaConsumer:
    """A consumer outside any group, that begins nowhere by itself. The caller closes it.

    Raises:
        kafka.errors.KafkaError: Kafka can't be reached, or refuses us.
    """
    return KafkaConsumer(
        **kafka_python_options(settings),
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed" if committed else "read_uncommitted",
        # What is gone is to be missed: by default it would go on behind all that there is.
        auto_offset_reset="none",
        fetch_max_bytes=16 * MEBIBYTE,
        max_partition_fetch_bytes=8 * MEBIBYTE,
    )


def ends_of(
    settings: Settings, places: list[TopicPartition], patience: float = 0
) -> dict[TopicPartition, Ends]:
    """Where each partition ends now.

    Args:
        settings: where Kafka is.
        places: the partitions.
        patience: seconds to wait for the transactions that are open at the moment. Short ones are
            nearly always under way where producers use them, and so end before it.

    Raises:
        kafka.errors.KafkaError: Kafka doesn't answer.
    """
    with closing(reader(settings, committed=False)) as consumer:
        ends = consumer.end_offsets(places)
    until = monotonic() + patience
    with closing(reader(settings)) as consumer:
        while True:
            stable = consumer.end_offsets(places)
            if all(stable[place] >= ends[place] for place in places) or monotonic() > until:
                break
            sleep(_LOOK_EVERY)
    return {place: Ends(stable[place], max(stable[place], ends[place])) for place in places}


def read_partition(
    consumer: KafkaConsumer, place: TopicPartition, start: int, end: int
) -> Iterator[Any]:
    """Every committed message from the offset `start` to the one before `end`.

    Args:
        consumer: a `reader`.
        place: the partition.
        start: an offset that is there.
        end: at most the partition's stable end.

    Raises:
        SourceError: it can't be read so far; or what stood at `start` is gone.
        kafka.errors.KafkaError: Kafka refuses us.
    """
    name = name_of(place)
    consumer.assign([place])
    consumer.seek(place, start)
    position, moved = start, monotonic()
    try:
        while position < end:
            # Not for longer: where only markers of transactions stand, no message ever comes.
            polled = consumer.poll(timeout_ms=int(_LOOK_EVERY * 1000), max_records=_AT_ONCE)
            for record in polled.get(place, ()):
                if record.offset < end:
                    yield record
            before, position = position, consumer.position(place)
            if position > before:
                moved = monotonic()
            elif monotonic() - moved > PATIENCE:
                raise SourceError(
                    f"{name}: nothing came for {PATIENCE} seconds after offset {position} of "
                    f"{end}; does Kafka run, and has this partition a leader?"
                )
    except (OffsetOutOfRangeError, NoOffsetForPartitionError):
        raise SourceError(
            f"{name}: what stood at offset {position} is gone; was it deleted, or the topic "
            "made anew?"
        ) from None


def name_of(place: TopicPartition) -> str:
    """What a partition is called: casepulse.events/3."""
    return f"{place.topic}/{place.partition}"


def names_of(places: Iterable[TopicPartition]) -> dict[TopicPartition, str]:
    """What each partition is called: casepulse.events/3."""
    return {place: name_of(place) for place in places}
