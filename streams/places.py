"""Which partition an event belongs in, and that it stands there."""

from kafka.partitioner.default import murmur2

from casepulse.schemas.events import Reason, Unreadable


def partition_of(key: bytes, partitions: int) -> int:
    """The partition that a key belongs to: Kafka's own default, murmur2."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)


def check_place(key: bytes | None, subject: str, partition: int, partitions: int) -> None:
    """A case that stood in two partitions would be counted twice, and wrongly both times.

    Raises:
        Unreadable: the key is not the event's subject, or the partition is not that of the key.
    """
    if key != subject.encode():
        raise Unreadable(Reason.WRONG_KEY, "the message's key is not the event's subject")
    if partition_of(key, partitions) != partition:
        raise Unreadable(
            Reason.WRONG_PARTITION,
            "the producer does not choose partitions by murmur2 of the key",
        )
