"""From what was told and what an extract says now, to the events that tell the difference.

What was not told is told. What happened at another time, or says something else, is amended. What
is gone is withdrawn, if the extract would hold it (`Window`). What comes back after that amends
the fact that was withdrawn. The same extract a second time says nothing.

    told + difference(told, extract) = what the extract says,

but for what has left it. A run that was broken off and is run again tells the same events, with
the same ids.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from casepulse.schemas.envelope import Event, local_day
from casepulse.schemas.errors import FailedError
from casepulse.schemas.events import RecordAmended, RecordVoided, make_event
from casepulse.streams.sources.extract import Extract, Lies, Said, Window
from casepulse.streams.sources.told import Place, Record, Told, digest_of

#: What closes something is told behind what begins on the same day.
_CLOSING = (".ended", ".closed", ".completed", ".authorised", ".left")

#: Who somebody is, is told first.
_REGISTRATION = "child.registered"

#: The share of somebody's facts that must be found at another, for the two to be one.
_MERGED = 0.8

#: The longest an id may be.
_LONGEST = 128


class StaleExtractError(FailedError):
    """An extract that says something else was taken no later than the last one that was told."""


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

    @property
    def after(self) -> int:
        """How many hold."""
        return self.before + self.new + self.returned - self.voided


@dataclass(frozen=True, slots=True)
class Merge:
    """What was told of one subject is now said of another."""

    old: str
    new: str
    facts: int
    """How many of the old one's facts are found at the new one."""
    of: int


@dataclass(frozen=True, slots=True)
class Change:
    """One fact, and what is to be told of it."""

    word: Word
    place: Place
    type: str
    time: datetime
    """When it happened, as is said now; of what is gone, as it was told."""
    recorded: datetime
    said: Said | None
    """None: it is gone."""

    @property
    def order(self) -> tuple[str, bool, bool, datetime, bool, str]:
        """One subject after another. Of each the new facts, and then what corrects earlier ones:
        who somebody is, what was first, what begins, and at last by the id."""
        return (
            self.place.subject,
            self.word is not Word.NEW,
            self.type != _REGISTRATION,
            self.time,
            self.type.endswith(_CLOSING),
            self.place.id,
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference."""

    source: str
    kind: str
    changes: tuple[Change, ...]
    """In the order in which they are told: it is always the same."""
    after: Told
    """What has been told once all of them are."""
    by_type: Mapping[str, Counts]
    merges: tuple[Merge, ...]

    def __len__(self) -> int:
        """How many events there are."""
        return len(self.changes)

    def events(self) -> Iterator[Event[Any]]:
        """What is to be told, in order; as often as is asked for."""
        for change in self.changes:
            yield _event(change, self.source)


def difference(before: Told, extract: Extract) -> Changes:
    """What has to be told for an extract to be what holds.

    Where nothing was told before, each fact counts as recorded when it happened, so that it can be
    asked what was known then. From then on all is recorded at the instant of the extract.

    Args:
        before: what the source has told so far.
        extract: what it says now.

    Raises:
        StaleExtractError: it says something else, and is no later than the one before.
    """
    counts: defaultdict[str, Counts] = defaultdict(Counts)
    taken = extract.taken.astimezone(UTC)
    after = dict(before.records)
    said: dict[Place, Said] = {}
    for each in extract.says:
        if each.time > taken:
            counts[each.data.TYPE].held_back += 1
        elif not (each.not_at_first and before.taken is None):
            counts[each.data.TYPE].said += 1
            said[Place(each.subject, each.id)] = each
    said = _as_known(said, extract, before)
    said |= _endings(said, extract, before, taken)
    changes: list[Change] = []

    def tell(word: Word, place: Place, said: Said | None, record: Record) -> None:
        changes.append(Change(word, place, record.type, record.time, record.recorded, said))
        after[place] = record

    for place, each in said.items():
        known = before.records.get(place)
        word = _word(known, each)
        if word is not None:
            time = each.time.astimezone(UTC)
            recorded = time if before.taken is None else taken
            tell(word, place, each, _record(each, recorded))
    for place in _gone(before, said, extract, counts):
        tell(Word.VOIDED, place, None, _withdrawn(before.records[place], taken))
    for change in changes:
        _count(counts[change.type], change.word)
    for known in before.records.values():
        counts[known.type].before += known.holds
    if changes and before.taken is not None and taken <= before.taken:
        raise StaleExtractError(
            f"the extract was taken at {taken.isoformat()}, and the last one that was told at "
            f"{before.taken.isoformat()}; it says something else, and must be later"
        )
    return Changes(
        extract.source,
        extract.kind,
        tuple(sorted(changes, key=lambda change: change.order)),
        Told(taken if before.taken is None else max(taken, before.taken), after),
        dict(sorted(counts.items())),
        tuple(_merges(before, changes)),
    )


def _as_known(said: dict[Place, Said], extract: Extract, before: Told) -> dict[Place, Said]:
    """What is said, but for what was told better before: it began earlier than the extract can
    tell, or was so earlier."""
    if not any(each.unless_known or each.by_then for each in said.values()):
        return said
    earliest: dict[tuple[str, str], datetime] = {}
    for place, record in before.records.items():
        if record.holds and not would_hold(extract, before, place, record):
            of = (place.subject, record.type)
            earliest[of] = min(record.time, earliest.get(of, record.time))
    known: dict[Place, Said] = {}
    for place, each in said.items():
        told = before.records.get(place)
        told = told if told is not None and told.holds else None
        first = earliest.get((each.subject, each.data.TYPE))
        if each.unless_known and told is None and first is not None and first < each.time:
            continue
        earlier = each.by_then and told is not None and told.time < each.time
        known[place] = replace(each, time=told.time) if earlier and told is not None else each
    return known


def _endings(
    said: Mapping[Place, Said], extract: Extract, before: Told, taken: datetime
) -> dict[Place, Said]:
    """What is over, for it was told and is no longer said; and, as long as that is so, stays as it
    was told."""
    found: dict[Place, Said] = {}
    for place, known in before.records.items():
        ending = extract.endings.get(known.type)
        if ending is None or not known.holds or place in said or place.subject in extract.doubtful:
            continue
        end = ending(place.subject, place.id, known.time, taken)
        if end is not None:
            at = Place(end.subject, end.id)
            told = before.records.get(at)
            if at not in said and not (told is not None and told.holds):
                found[at] = end
    return found


def _word(known: Record | None, said: Said) -> Word | None:
    if known is None:
        return Word.NEW
    if not known.holds:
        return Word.RETURNED
    if known.time == said.time and known.type == said.data.TYPE:
        if known.digest == digest_of(said.data):
            return None
        if any(known.digest == digest_of(other) for other in said.or_else):
            return None
    return Word.AMENDED


def _record(said: Said, recorded: datetime) -> Record:
    time = said.time.astimezone(UTC)
    return Record(said.data.TYPE, time, digest_of(said.data), True, recorded)


def _withdrawn(known: Record, recorded: datetime) -> Record:
    return replace(known, holds=False, recorded=recorded)


def _count(counts: Counts, word: Word) -> None:
    match word:
        case Word.NEW:
            counts.new += 1
        case Word.AMENDED:
            counts.amended += 1
        case Word.RETURNED:
            counts.returned += 1
        case Word.VOIDED:
            counts.voided += 1


def _gone(
    before: Told, said: Mapping[Place, Said], extract: Extract, counts: Mapping[str, Counts]
) -> list[Place]:
    """What was told and is withdrawn. What is missing for another reason is counted."""
    missing = [
        (place, known)
        for place, known in before.records.items()
        if known.holds and place not in said
    ]
    mistaken = _mistaken(before, said, extract)
    gone = [
        place
        for place, known in missing
        if place in mistaken or would_hold(extract, before, place, known)
    ]
    rest = Counter(place.subject for place, known in before.records.items() if known.holds)
    rest.update(each.subject for each in said if not _held(before, each))
    rest.subtract(place.subject for place in gone)
    losing = {place.subject for place in gone}
    found = set(gone)
    with_the_rest: defaultdict[str, list[Place]] = defaultdict(list)
    for place, known in missing:
        if known.type in extract.with_the_rest and place.subject in losing and place not in found:
            with_the_rest[place.subject].append(place)
    for subject, places in with_the_rest.items():
        if rest[subject] == len(places) and subject not in extract.doubtful:
            gone.extend(places)
            found.update(places)
    for place, known in missing:
        if place not in found:
            counts[known.type].left += 1
    return gone


def _mistaken(before: Told, said: Mapping[Place, Said], extract: Extract) -> set[Place]:
    """What was told and is known to be wrong now, wherever it lies: ends of what goes on, and what
    is later than the latest of its series."""
    found: set[Place] = set()
    for place, each in said.items():
        ending = extract.endings.get(each.data.TYPE)
        if ending is not None:
            end = ending(place.subject, place.id, each.time, extract.taken)
            if end is not None:
                found.add(Place(end.subject, end.id))
    latest = {(each.subject, each.latest_of): each.time for each in said.values() if each.latest_of}
    if latest:
        of_subject = defaultdict(list)
        for subject, series in latest:
            of_subject[subject].append(series)
        for place, known in before.records.items():
            for series in of_subject.get(place.subject, ()):
                if place.id.startswith(series) and known.time > latest[place.subject, series]:
                    found.add(place)
    return found


def _held(before: Told, place: Place) -> bool:
    known = before.records.get(place)
    return known is not None and known.holds


def would_hold(extract: Extract, before: Told, place: Place, known: Record) -> bool:
    """Whether an extract would hold a fact that was told, were it still so: missing, it is gone."""
    if place.subject in extract.gone:
        return True
    window = extract.windows.get(known.type)
    if window is None or place.subject in extract.doubtful:
        return False
    if window.until is not None and local_day(known.time) >= window.until:
        return False
    return _last_day(before, place, known, window) >= window.since


def _last_day(before: Told, place: Place, known: Record, window: Window) -> date:
    if window.closed_by is None:
        return local_day(known.time)
    record = place.id.removesuffix(known.type)
    closed = before.records.get(Place(place.subject, record + window.closed_by))
    if closed is None or not closed.holds:
        return date.max
    return local_day(closed.time if window.lies is Lies.AT_ITS_END else known.time)


def _merges(before: Told, changes: list[Change]) -> Iterator[Merge]:
    """Who lost nearly all that was told of them to one other."""
    appeared: defaultdict[tuple[str, datetime, bytes], Counter[str]] = defaultdict(Counter)
    lost: defaultdict[str, list[tuple[str, datetime, bytes]]] = defaultdict(list)
    for change in changes:
        subject = change.place.subject
        if change.said is None:
            known = before.records[change.place]
            lost[subject].append((known.type, known.time, known.digest))
        elif change.word is not Word.AMENDED:
            what = (change.type, change.time, digest_of(change.said.data))
            appeared[what][subject] += 1
    held = Counter(
        place.subject
        for place, known in before.records.items()
        if known.holds and place.subject in lost
    )
    for old, facts in sorted(lost.items()):
        found: Counter[str] = Counter()
        for what, count in Counter(facts).items():
            for other, there in appeared.get(what, {}).items():
                if other != old:
                    found[other] += min(count, there)
        if not found:
            continue
        new, count = min(found.items(), key=lambda each: (-each[1], each[0]))
        if count >= _MERGED * held[old]:
            yield Merge(old, new, count, held[old])


def _event(change: Change, source: str) -> Event[Any]:
    name, said, recorded = change.place.id, change.said, change.recorded
    if change.word is Word.NEW and said is not None:
        return make_event(
            said.data,
            id=name,
            source=source,
            subject=said.subject,
            time=said.time,
            recorded=recorded,
        )
    data: RecordAmended | RecordVoided = RecordVoided(voids=name)
    if said is not None:
        replacement = {"type": said.data.TYPE, "time": said.time, "data": said.data}
        data = RecordAmended.model_validate({"amends": name, "replacement": replacement})
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
