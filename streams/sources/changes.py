"""What an extract changes: fact by fact, as events, and in figures."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from casepulse.schemas.envelope import Event
from casepulse.schemas.events import make_event, read_event, write_event
from casepulse.schemas.events.correction import RecordAmended, RecordVoided
from casepulse.streams.sources.merging import Merge, Moved
from casepulse.streams.sources.told import Place, Told, bucket_of
from casepulse.streams.sources.weighed import Weighed, line_of

#: What closes something is told behind what begins on the same day.
_CLOSING = (".ended", ".closed", ".completed", ".authorised", ".left")

#: Who somebody is, is told first.
_REGISTRATION = "child.registered"

#: The longest an id may be.
_LONGEST = 128


class Word(StrEnum):
    """What is told of a fact."""

    NEW = "new"
    AMENDED = "amended"
    RETURNED = "returned"
    VOIDED = "voided"


@dataclass(slots=True)
class Counts:
    """What becomes of the facts of one type."""

    before: int = 0
    """How many held."""
    said: int = 0
    """How many the extract says; without those held back."""
    new: int = 0
    amended: int = 0
    returned: int = 0
    """Withdrawn once, and there again."""
    voided: int = 0
    left: int = 0
    """Not in the extract, which need not hold them; they stay as they were told."""
    held_back: int = 0
    """Dated after the extract."""
    over: int = 0
    """Ends that are told, for what they end is no longer in the extract."""

    @property
    def after(self) -> int:
        """How many hold."""
        return self.before + self.new + self.returned - self.voided

    @property
    def events(self) -> int:
        """How many events tell it."""
        return self.new + self.amended + self.returned + self.voided

    def count(self, word: Word, facts: int) -> None:
        """Count facts of which something is told."""
        setattr(self, word.value, getattr(self, word.value) + facts)

    def add(self, other: "Counts") -> None:
        """Count what is counted elsewhere."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


class Change(NamedTuple):
    """One fact, and what is to be told of it."""

    word: Word
    place: Place
    type: str
    time: datetime
    """When it happened, as is said now; of what is gone, as it was told."""
    recorded: datetime
    said: Weighed | None
    """None: it is gone."""

    @property
    def order(self) -> tuple[int, str, bool, bool, datetime, bool, str]:
        """One subject after another, as they lie in the buckets of what was told. Of each the new
        facts, and then what corrects earlier ones: who somebody is, what was first, what begins,
        and at last by the id."""
        return (
            bucket_of(self.place.subject),
            self.place.subject,
            self.word is not Word.NEW,
            self.type != _REGISTRATION,
            self.time,
            self.type.endswith(_CLOSING),
            self.place.id,
        )


@dataclass(frozen=True, slots=True)
class WhatChanged:
    """What became of an extract, in figures."""

    source: str
    kind: str
    taken: datetime
    by_type: Mapping[str, Counts]
    merges: tuple[Merge, ...]

    @property
    def events(self) -> int:
        """How many events tell it."""
        return sum(each.events for each in self.by_type.values())


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference that an extract makes to some subjects, or to all."""

    source: str
    kind: str
    taken: datetime
    changes: tuple[Change, ...]
    """In the order in which they are told: it is always the same."""
    after: Told
    """What has been told of them once all of it is."""
    by_type: Mapping[str, Counts]
    moved: Moved
    """What went away, and what appeared."""

    def __len__(self) -> int:
        """How many events there are."""
        return len(self.changes)

    @property
    def merges(self) -> tuple[Merge, ...]:
        """Who looks merged into whom."""
        return tuple(self.moved.merges())

    def lines(self) -> Iterator[bytes]:
        """What is to be told, in order: events as they are written, without line feeds."""
        for change in self.changes:
            if change.word is Word.NEW and change.said is not None:
                yield line_of(change.said, self.source, change.recorded)
            else:
                yield write_event(_correction(change, self.source))

    def events(self) -> Iterator[Event[Any]]:
        """The same, to be looked at."""
        return map(read_event, self.lines())


@dataclass(slots=True)
class Sum:
    """The changes to some subjects after the others, in figures."""

    by_type: dict[str, Counts] = field(default_factory=dict)
    moved: Moved = field(default_factory=Moved)

    def add(self, changes: Changes) -> None:
        """Count those of some subjects more."""
        for name, counts in changes.by_type.items():
            self.by_type.setdefault(name, Counts()).add(counts)
        self.moved.add(changes.moved)

    def what_changed(self, source: str, kind: str, taken: datetime) -> WhatChanged:
        """All of it."""
        by_type = dict(sorted(self.by_type.items()))
        return WhatChanged(source, kind, taken, by_type, tuple(self.moved.merges()))


def _correction(change: Change, source: str) -> Event[Any]:
    name, said, recorded = change.place.id, change.said, change.recorded
    data: RecordAmended | RecordVoided = RecordVoided(voids=name)
    if said is not None:
        replacement = {"type": said.type, "time": said.time, "data": orjson.loads(said.data)}
        amends = orjson.dumps({"amends": name, "replacement": replacement})
        data = RecordAmended.model_validate_json(amends)
    return make_event(
        data,
        id=correction_id(name, recorded),
        source=source,
        subject=change.place.subject,
        time=recorded,
        recorded=recorded,
    )


def correction_id(fact: str, taken: datetime) -> str:
    """The id of what corrects a fact: its own, and the extract's instant (UTC, to the minute).

    Of an id that has no room for that the beginning, with a digest of the whole.
    """
    ends = f"@{taken.astimezone(UTC):%Y%m%dT%H%M}"
    if len(fact) + len(ends) > _LONGEST:
        fact = f"{fact[:60]}-{sha256(fact.encode()).hexdigest()[:32]}"
    return fact + ends


def counted(changes: Iterable[Change], counts: Mapping[str, Counts]) -> None:
    """Count what is told, by type."""
    for (kind, word), number in Counter((each.type, each.word) for each in changes).items():
        counts[kind].count(word, number)
