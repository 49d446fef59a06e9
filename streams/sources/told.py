"""What a source has told so far: of each fact the last word. The facts themselves are not kept.

It follows from the events, so that it can be made again from them if it is lost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zlib import crc32

from casepulse.schemas.envelope import Event
from casepulse.schemas.events import RecordAmended, RecordVoided
from casepulse.state import Fact
from casepulse.streams.sources.weighed import digest_of

#: In how many parts what was told is kept: some subjects in each.
BUCKETS = 64


def bucket_of(subject: str) -> int:
    """The part in which all lies that was told of a subject."""
    return crc32(subject.encode()) % BUCKETS


class Place(NamedTuple):
    """Whose fact it is, and its id: where somebody's rows go over to another child, the same id can
    stand at both."""

    subject: str
    id: str


class Record(NamedTuple):
    """The last word on one fact."""

    type: str
    time: datetime
    """When it happened (UTC)."""
    digest: bytes
    """Of its data; see `casepulse.streams.sources.weighed.digest_of`."""
    holds: bool
    """False: it was withdrawn. Should it come back, that is an amendment: told again under its id,
    it would stay withdrawn."""
    recorded: datetime
    """When the last word on it was recorded (UTC)."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a source has told."""

    taken: datetime | None = None
    """When the last extract was taken that was told; None: nothing was told yet."""
    records: Mapping[Place, Record] = field(default_factory=dict)


def told_by(source: str, events: Iterable[Event[Any]]) -> Told:
    """What a source has told, out of the events: of the topic, an archive or a file, in any order,
    each as often as it comes. What others told is passed over.

    The last extract is taken for as old as its last change.
    """
    facts: dict[Place, Fact] = {}
    corrections: dict[Place, dict[tuple[datetime, str], Fact]] = {}
    for event in events:
        if event.source != source:
            continue
        fact = Fact.of(event)
        corrects = fact.corrects
        if corrects is None:
            place = Place(fact.subject, fact.id)
            known = facts.get(place)
            if known is None or fact.holds_over(known):
                facts[place] = fact
        else:
            words = corrections.setdefault(Place(fact.subject, corrects[1]), {})
            words[fact.recorded, fact.id] = fact
    records = {}
    for place, fact in facts.items():
        record = Record(fact.type, fact.time, digest_of(fact.data), True, fact.recorded)
        for _, word in sorted(corrections.get(place, {}).items()):
            record = _after(record, word)
        records[place] = record
    return Told(max((each.recorded for each in records.values()), default=None), records)


def _after(record: Record, word: Fact) -> Record:
    match word.data:
        case RecordAmended(replacement=now):
            time = now.time.astimezone(UTC)
            return Record(now.type, time, digest_of(now.data), True, word.recorded)
        case RecordVoided():
            return record._replace(holds=False, recorded=word.recorded)
    raise AssertionError(f"{word.type} is no correction")
