"""From what was told and what an extract says now, to the events that tell the difference.

What was not told is told. What happened at another time, or says something else, is amended. What
is gone is withdrawn, if the extract would hold it (`Window`). What comes back after that amends
the fact that was withdrawn. The same extract a second time says nothing.

    told + difference(told, extract) = what the extract says,

but for what has left it. A run that was broken off and is run again tells the same events, with
the same ids. Nothing that is told of one subject depends on another one: extracts of millions of
facts are compared some subjects at a time (`compare`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from casepulse.schemas.envelope import local_day
from casepulse.schemas.errors import FailedError
from casepulse.streams.sources.changes import Change, Changes, Counts, Word, counted
from casepulse.streams.sources.extract import Extract, Lies, Window
from casepulse.streams.sources.merging import Moved
from casepulse.streams.sources.told import Place, Record, Told
from casepulse.streams.sources.weighed import Weighed, weigh

#: What began and is said now to begin after the extract was told under a slip of the hand: it
#: stands as it was told, or a child in care would be seen no more. What was held, visited or ended
#: and is said now to lie ahead, has not been.
_BEGINNING = ".started"


class StaleExtractError(FailedError):
    """An extract that says something else was taken no later than the last one that was told."""


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
    weighed = list(map(weigh, extract.says))
    return compare(before, weighed, extract)


def compare(before: Told, says: Iterable[Weighed], extract: Extract) -> Changes:
    """What has to be told of some subjects.

    Args:
        before: what was told of them.
        says: all that the extract says of them.
        extract: the rest of it: what it says was read to its end, and is not looked at again.

    Raises:
        StaleExtractError: as `difference`.
    """
    counts: defaultdict[str, Counts] = defaultdict(Counts)
    taken = extract.taken.astimezone(UTC)
    after = dict(before.records)
    said: dict[Place, Weighed] = {}
    waiting: set[Place] = set()
    for each in says:
        if each.time > taken:
            counts[each.type].held_back += 1
            if each.type.endswith(_BEGINNING):
                waiting.add(Place(each.subject, each.id))
        elif not (each.not_at_first and before.taken is None):
            counts[each.type].said += 1
            said[Place(each.subject, each.id)] = each
    said = _as_known(said, extract, before)
    ends, over = _endings(said, extract, before, taken)
    said |= ends
    for end in ends.values():
        counts[end.type].over += 1
    changes: list[Change] = []

    def tell(word: Word, place: Place, said: Weighed | None, record: Record) -> None:
        changes.append(Change(word, place, record.type, record.time, record.recorded, said))
        after[place] = record

    for place, each in said.items():
        word = _word(before.records.get(place), each)
        if word is not None:
            recorded = each.time if before.taken is None else taken
            tell(word, place, each, Record(each.type, each.time, each.digest, True, recorded))
    for place in _gone(before, said, over | waiting, extract, counts):
        withdrawn = before.records[place]._replace(holds=False, recorded=taken)
        tell(Word.VOIDED, place, None, withdrawn)
    counted(changes, counts)
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
        taken,
        tuple(sorted(changes, key=lambda change: change.order)),
        Told(taken if before.taken is None else max(taken, before.taken), after),
        dict(sorted(counts.items())),
        _moved(before, changes),
    )


def _as_known(said: dict[Place, Weighed], extract: Extract, before: Told) -> dict[Place, Weighed]:
    """What is said, but for what was told better before: it began earlier than the extract can
    tell, or was so earlier."""
    unsure = [
        place
        for place, each in said.items()
        if each.unless_known or each.unless_told or each.by_then
    ]
    if not unsure:
        return said
    asked = {
        (each.subject, each.type)
        for each in map(said.__getitem__, unsure)
        if each.unless_known or each.unless_told
    }
    earliest: dict[tuple[str, str], datetime] = {}
    for place, record in before.records.items() if asked else ():
        of = (place.subject, record.type)
        if of in asked and record.holds and not would_hold(extract, before, said, place, record):
            earliest[of] = min(record.time, earliest.get(of, record.time))
    known = dict(said)
    for place in unsure:
        each, told = said[place], before.records.get(place)
        told = told if told is not None and told.holds else None
        first = earliest.get((each.subject, each.type))
        begun = told is None and first is not None and first < each.time
        if begun and (each.unless_known or _held(before, Place(each.subject, each.unless_told))):
            del known[place]
        elif each.by_then and told is not None and told.time < each.time:
            known[place] = each._replace(time=told.time)
    return known


def _endings(
    said: Mapping[Place, Weighed], extract: Extract, before: Told, taken: datetime
) -> tuple[dict[Place, Weighed], set[Place]]:
    """The ends of what is over, for it was told and is no longer said; and what, as long as that is
    so, stands as it was told: it, and its end."""
    found: dict[Place, Weighed] = {}
    over: set[Place] = set()
    if not extract.endings:
        return found, over
    for place, known in before.records.items():
        ending = extract.endings.get(known.type)
        if ending is None or not known.holds or place in said or place.subject in extract.doubtful:
            continue
        end = ending(place.subject, place.id, known.time, taken)
        if end is not None:
            at = Place(end.subject, end.id)
            if at not in said and not _held(before, at):
                found[at] = weigh(end)
            over |= {place, at}
    return found, over


def _word(known: Record | None, said: Weighed) -> Word | None:
    if known is None:
        return Word.NEW
    if not known.holds:
        return Word.RETURNED
    as_told = said.in_part or known.digest == said.digest or known.digest in said.or_else
    same = as_told and known.time == said.time and known.type == said.type
    return None if same else Word.AMENDED


def _gone(
    before: Told,
    said: Mapping[Place, Weighed],
    stays: set[Place],
    extract: Extract,
    counts: Mapping[str, Counts],
) -> list[Place]:
    """What was told and is withdrawn. What is missing for another reason is counted; so is what
    `stays`, though it is not said: it is over, or is said to begin after the extract."""
    missing = [
        (place, known)
        for place, known in before.records.items()
        if known.holds and place not in said
    ]
    mistaken = _mistaken(before, said, extract)
    gone = [
        place
        for place, known in missing
        if place not in stays
        and (place in mistaken or would_hold(extract, before, said, place, known))
    ]
    found = set(gone)
    with_the_rest: defaultdict[str, list[Place]] = defaultdict(list)
    losing = {place.subject for place in gone}
    for place, known in missing:
        if known.type in extract.with_the_rest and place.subject in losing and place not in found:
            with_the_rest[place.subject].append(place)
    if with_the_rest:
        rest = Counter(place.subject for place, known in before.records.items() if known.holds)
        rest.update(each.subject for each in said if not _held(before, each))
        rest.subtract(place.subject for place in gone)
        for subject, places in with_the_rest.items():
            if rest[subject] == len(places) and subject not in extract.doubtful:
                gone.extend(places)
                found.update(places)
    for place, known in missing:
        if place not in found:
            counts[known.type].left += 1
    return gone


def _mistaken(before: Told, said: Mapping[Place, Weighed], extract: Extract) -> set[Place]:
    """What was told and is known to be wrong now, wherever it lies: ends of what goes on, and what
    is later than the latest of its series."""
    found: set[Place] = set()
    latest: dict[str, dict[str, datetime]] = {}
    for place, each in said.items():
        ending = extract.endings.get(each.type)
        end = ending and ending(place.subject, place.id, each.time, extract.taken)
        if end is not None:
            found.add(Place(end.subject, end.id))
        if each.latest_of:
            series = latest.setdefault(each.subject, {})
            series[each.latest_of] = max(each.time, series.get(each.latest_of, each.time))
    if latest:
        for place, known in before.records.items():
            for ids, time in latest.get(place.subject, {}).items():
                if place.id.startswith(ids) and known.time > time:
                    found.add(place)
    return found


def _held(before: Told, place: Place) -> bool:
    known = before.records.get(place)
    return known is not None and known.holds


def would_hold(
    extract: Extract,
    before: Told,
    said: Mapping[Place, Weighed],
    place: Place,
    known: Record,
) -> bool:
    """Whether an extract would hold a fact that was told, were it still so: missing, it is gone."""
    if place.subject in extract.gone:
        return True
    if any(map(place.id.startswith, extract.gone_records.get(place.subject, ()))):
        return True
    if extract.whole_of is not None and known.type not in extract.whole_of.get(place.subject, ()):
        return False
    window = extract.windows.get(known.type)
    if window is None or place.subject in extract.doubtful:
        return False
    if window.until is not None and local_day(known.time) >= window.until:
        return False
    record = place.id.removesuffix(known.type)
    if window.opened_by and Place(place.subject, record + window.opened_by) in said:
        return True
    return _last_day(before, said, place.subject, record, known, window) >= window.since


def _last_day(
    before: Told,
    said: Mapping[Place, Weighed],
    subject: str,
    record: str,
    known: Record,
    window: Window,
) -> date:
    """Where a fact that was told lies."""
    if window.closed_by is not None:
        closed = _time_of(before, said, Place(subject, record + window.closed_by))
        if closed is None:
            # it was open at the last extract, and may have closed any day since
            return date.max if before.taken is None else local_day(before.taken)
        if window.lies is Lies.AT_ITS_END:
            return local_day(closed)
    elif window.opened_by is not None and window.lies is Lies.AT_ITS_BEGINNING:
        opened = _time_of(before, said, Place(subject, record + window.opened_by))
        return local_day(opened) if opened is not None else date.min
    return local_day(known.time)


def _time_of(before: Told, said: Mapping[Place, Weighed], place: Place) -> datetime | None:
    """When something happened, as it was told, or else as it is said now: that it is over may
    follow from its being missing."""
    told = before.records.get(place)
    if told is not None and told.holds:
        return told.time
    return said[place].time if place in said else None


def _moved(before: Told, changes: list[Change]) -> Moved:
    """What went away from whom, and what appeared at whom, where something was told before."""
    moved = Moved()
    if before.taken is None:
        return moved
    for change in changes:
        subject = change.place.subject
        if change.said is None:
            known = before.records[change.place]
            moved.lost.setdefault(subject, []).append((known.type, known.time, known.digest))
        elif change.word is not Word.AMENDED:
            moved.appeared[change.type, change.time, change.said.digest][subject] += 1
    if moved.lost:
        for place, known in before.records.items():
            if known.holds and place.subject in moved.lost:
                moved.held[place.subject] = moved.held.get(place.subject, 0) + 1
    return moved
