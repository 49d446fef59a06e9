"""Open transactions, which hold up all that was sent after they began: found, and named."""

from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from time import monotonic

from kafka import TopicPartition
from kafka.errors import KafkaError

from casepulse.streams.committed import Ends, name_of
from casepulse.streams.settings import Settings
from casepulse.streams.topics import admin


@dataclass(frozen=True, slots=True)
class Withheld:
    """What stands behind an open transaction in one partition."""

    place: TopicPartition
    ends: Ends
    since: float
    """When its stable end was first seen here, by the monotonic clock."""

    @property
    def count(self) -> int:
        """Offsets that can't be read: messages, and perhaps markers among them."""
        return self.ends.end - self.ends.stable

    def told(self, producer: str) -> str:
        """In words: where, by whom, since when, and what waits."""
        return (
            f"{name_of(self.place)}: a transaction{producer} is open at offset "
            f"{self.ends.stable}; nothing from there on could be read for "
            f"{monotonic() - self.since:.0f} s, and {self.count} offsets wait"
        )


class TransactionWatch:
    """Remembers since when a partition's stable end has not moved while there is more behind it."""

    def __init__(self) -> None:
        self._withheld: dict[TopicPartition, Withheld] = {}

    def look(self, ends: Mapping[TopicPartition, Ends]) -> None:
        """Take note of where the partitions end whose readers have come to their stable ends."""
        before, now = self._withheld, monotonic()
        found: dict[TopicPartition, Withheld] = {}
        for place, each in ends.items():
            if each.stable < each.end:
                known = before.get(place)
                same = known is not None and known.ends.stable == each.stable
                since = known.since if known is not None and same else now
                found[place] = Withheld(place, each, since)
        self._withheld = found

    def withheld(self, seconds: float) -> list[Withheld]:
        """Where there was no progress for so long. For any thread."""
        now = monotonic()
        found = [each for each in self._withheld.values() if now - each.since >= seconds]
        return sorted(found, key=lambda each: each.place)


def name_producers(
    settings: Settings, places: Collection[TopicPartition]
) -> dict[tuple[str, int], str]:
    """Whose transactions hold up these partitions, as words to follow "a transaction"; what can't
    be found out is left out.

    Kafka lets whoever may read a topic see its producers' numbers; their transactional ids are
    only shown to whoever may describe them.
    """
    try:
        with closing(admin(settings)) as client:
            found = client.describe_producers(list(places))
            first = {
                place: min(
                    (
                        each
                        for each in state.active_producers
                        if each.current_transaction_start_offset >= 0
                    ),
                    key=lambda each: int(each.current_transaction_start_offset),
                    default=None,
                )
                for place, state in found.items()
            }
            producers = {place: each for place, each in first.items() if each is not None}
            numbers = {each.producer_id for each in producers.values()}
            listed = client.list_transactions(producer_id_filters=list(numbers))
    except KafkaError:
        return {}
    ids = {each.producer_id: each.transactional_id for some in listed.values() for each in some}
    return {
        (place.topic, place.partition): f" of the producer {each.producer_id}"
        + (f" ({ids[each.producer_id]})" if each.producer_id in ids else "")
        for place, each in producers.items()
    }
