"""Whatever three extracts in a row say: what holds is what the last one says."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casepulse.batch.told_store import ToldStore
from casepulse.counties import Size
from casepulse.counties.scenario import COUNTY
from casepulse.schemas.envelope import Event, local_day
from casepulse.schemas.events import read_event, write_event
from casepulse.schemas.events.care import CarePeriodEnded, CarePeriodStarted
from casepulse.schemas.events.child import ChildRegistered
from casepulse.schemas.events.clock import ClockTicked
from casepulse.state import Case, Fact, Figures, evaluate
from casepulse.state.viewing import cell_view
from casepulse.streams.sources.changes import Changes, Word
from casepulse.streams.sources.difference import difference
from casepulse.streams.sources.extract import Extract, Said, Window
from casepulse.streams.sources.told import Told, bucket_of, told_by
from casepulse.streams.sources.weighed import digest_of
from tests.build import CATALOGUE

NIGHTS = [datetime(2021, 3, 3, 2, tzinfo=UTC) + timedelta(days=each) for each in range(3)]
CHILDREN = ["child:a", "child:b", "child:c"]
TYPES = {model.TYPE: model for model in (ChildRegistered, CarePeriodStarted, CarePeriodEnded)}

#: One is after the first two nights, and so is held back at first.
TIMES = [datetime(2021, 2, day, 12, tzinfo=UTC) for day in (1, 5, 9, 28)]
TIMES.append(NIGHTS[2] - timedelta(hours=1))

IDS = [f"t-{record}-{type_}" for record in range(4) for type_ in TYPES]

Holding = dict[tuple[str, str], tuple[datetime, bytes]]


def _data(name: str, word: int) -> Any:
    match name.rpartition("-")[2]:
        case "child.registered":
            return ChildRegistered(born=date(2010, 1, 1), sex="MFU"[word])
        case "care_period.started":
            return CarePeriodStarted(period=name[:3], need=("N1", "N2", None)[word])
        case _:
            return CarePeriodEnded(period=name[:3], reason=("E4A", "E11", None)[word])


@st.composite
def _saying(draw: st.DrawFn) -> list[Said]:
    names = draw(st.permutations(IDS))[: draw(st.integers(0, len(IDS)))]
    return [
        Said(
            name,
            draw(st.sampled_from(CHILDREN)),
            draw(st.sampled_from(TIMES)),
            _data(name, draw(st.integers(0, 2))),
        )
        for name in names
    ]


@st.composite
def three_nights(draw: st.DrawFn) -> list[Extract]:
    """Of the second and third, most is as it was the night before; windows move on."""
    nights: list[Extract] = []
    days = sorted(draw(st.lists(st.integers(1, 10), min_size=3, max_size=3)))
    closing = draw(st.booleans())
    for taken, day in zip(NIGHTS, days, strict=True):
        says = draw(_saying())
        if nights and draw(st.booleans()):
            kept = draw(st.sets(st.sampled_from(IDS)))
            before = [each for each in nights[-1].says if each.id in kept]
            says = [each for each in says if each.id not in {old.id for old in before}] + before
        windows = {
            name: Window(
                date(2021, 2, day),
                closed_by="care_period.ended" if closing and "started" in name else None,
            )
            for name in draw(st.sets(st.sampled_from(list(TYPES))))
        }
        nights.append(Extract("t", taken, says, windows))
    return nights


def _told_one_after_another(nights: Iterable[Extract]) -> tuple[list[Changes], Told]:
    told, changes = Told(), []
    for night in nights:
        changes.append(difference(told, night))
        told = changes[-1].after
    return changes, told


def _holding(events: Iterable[Event[Any]]) -> Holding:
    cases: dict[str, Case] = {}
    for event in events:
        cases.setdefault(event.subject, Case(event.subject)).add(Fact.of(event))
    return {
        (fact.subject, fact.id): (fact.time, digest_of(fact.data))
        for case in cases.values()
        for type_ in TYPES
        for fact in case.standing(type_)
    }


def _said(night: Extract) -> Holding:
    return {
        (each.subject, each.id): (each.time, digest_of(each.data))
        for each in night.says
        if each.time <= night.taken
    }


def _would_hold(night: Extract, holding: Holding, place: tuple[str, str]) -> bool:
    subject, name = place
    window = night.windows.get(name.rpartition("-")[2])
    if window is None:
        return False
    lies = holding[place][0]
    if window.closed_by is not None:
        closing = (subject, f"{name.rpartition('-')[0]}-{window.closed_by}")
        closed = holding.get(closing) or _said(night).get(closing)
        if closed is None:  # open, at the night before at least: windows begin long before that
            return True
        lies = closed[0]
    return local_day(lies) >= window.since


def _beginning_ahead(night: Extract) -> set[tuple[str, str]]:
    """What it says to begin after it was taken."""
    return {
        (each.subject, each.id)
        for each in night.says
        if each.time > night.taken and each.data.TYPE.endswith(".started")
    }


def _plainly(nights: Iterable[Extract]) -> Holding:
    """What holds: what the last one says, and what left one of the three."""
    holding: Holding = {}
    for night in nights:
        left = {
            place: each
            for place, each in holding.items()
            if not _would_hold(night, holding, place) or place in _beginning_ahead(night)
        }
        holding = {**left, **_said(night)}
    return holding


def _everything(nights: list[Extract]) -> list[Extract]:
    """The same, of extracts that hold everything for ever."""
    whole = {name: Window(date(2000, 1, 1)) for name in TYPES}
    return [replace(night, windows=whole) for night in nights]


def _events(changes: Iterable[Changes]) -> list[Event[Any]]:
    return [event for each in changes for event in each.events()]


@given(three_nights())
def test_what_holds_is_what_the_last_one_says_and_what_has_left(nights: list[Extract]) -> None:
    changes, _ = _told_one_after_another(nights)
    assert _holding(_events(changes)) == _plainly(nights)


@given(three_nights())
def test_of_whole_extracts_it_is_what_the_last_one_says(nights: list[Extract]) -> None:
    whole = _everything(nights)
    changes, _ = _told_one_after_another(whole)
    afresh, _ = _told_one_after_another(whole[-1:])
    assert _holding(_events(changes)) == _holding(_events(afresh)) == _said(whole[-1])


@given(three_nights())
def test_the_same_extract_again_says_nothing(nights: list[Extract]) -> None:
    _, told = _told_one_after_another(nights)
    again = difference(told, nights[-1])
    assert (len(again), again.after) == (0, told)
    later = replace(nights[-1], taken=nights[-1].taken + timedelta(days=1))
    assert len(difference(told, later)) == 0


@given(three_nights(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(nights: list[Extract], random: Random) -> None:
    def shuffled(night: Extract) -> Extract:
        return replace(night, says=random.sample(list(night.says), len(list(night.says))))

    changes, _ = _told_one_after_another(nights)
    others, _ = _told_one_after_another(map(shuffled, nights))
    assert list(map(write_event, _events(others))) == list(map(write_event, _events(changes)))


@given(three_nights(), st.data())
def test_a_run_that_was_broken_off_and_run_again_adds_nothing(
    nights: list[Extract], data: st.DataObject
) -> None:
    told, events = Told(), []
    for night in nights:
        run = list(difference(told, night).events())
        broken_off = run[: data.draw(st.integers(0, len(run)))]
        changes = difference(told, night)
        again = list(changes.events())
        assert list(map(write_event, again[: len(broken_off)])) == list(
            map(write_event, broken_off)
        )
        events += [*broken_off, *again]
        told = changes.after
    changes_at_once, _ = _told_one_after_another(nights)
    assert _holding(events) == _holding(_events(changes_at_once))


@given(three_nights(), st.randoms(use_true_random=False))
def test_what_was_told_can_be_had_from_the_events(nights: list[Extract], random: Random) -> None:
    changes, told = _told_one_after_another(nights)
    events = _events(changes)
    twice = random.sample(events * 2, len(events) * 2)
    assert told_by("t", twice).records == told.records


@given(three_nights())
def test_some_subjects_at_a_time_are_told_as_all_are(nights: list[Extract]) -> None:
    """And each event is written as it is wherever events are written."""
    at_once, last = _told_one_after_another(nights)
    told: list[bytes] = []
    with TemporaryDirectory() as folder:
        store = ToldStore(folder, "t")
        for night, changes in zip(nights, at_once, strict=True):
            looked = store.look(night)
            changed = store.tell(night, told.extend)
            assert looked == changed
            assert (changed.by_type, changed.merges) == (changes.by_type, changes.merges)
            assert changed.events == len(changes)
        assert store.read() == last
    assert told == [line for changes in at_once for line in changes.lines()]
    assert told == [write_event(event) for event in map(read_event, told)]


@given(three_nights())
def test_every_event_can_be_read_and_they_stand_in_order(nights: list[Extract]) -> None:
    changes, _ = _told_one_after_another(nights)
    for each in changes:
        run = list(each.events())
        assert [read_event(write_event(event)) for event in run] == run
        order = [
            (
                bucket_of(change.place.subject),
                change.place.subject,
                change.word is not Word.NEW,
                change.type != "child.registered",
                change.time,
                change.type == "care_period.ended",
            )
            for change in each.changes
        ]
        assert order == sorted(order)
        assert [event.type.startswith("record.") for event in run] == [key[2] for key in order]


# --- a made-up county, in figures ---


@dataclass(frozen=True)
class _County:
    says: Mapping[str, Said]
    ends: datetime


@cache
def _county(seed: int) -> _County:
    events = [
        event
        for event in COUNTY.events(seed, Size(children=60, months=4))
        if not isinstance(event.data, ClockTicked) and not event.type.startswith("record.")
    ]
    says = {event.id: Said(event.id, event.subject, event.time, event.data) for event in events}
    return _County(says, datetime(2021, 2, 1, tzinfo=UTC))


def _edited(says: Mapping[str, Said], county: _County, random: Random) -> dict[str, Said]:
    """As the night after might have it: rows gone and back, days corrected, a child merged."""
    edited = dict(county.says) if random.random() < 0.5 else dict(says)
    for name in random.sample(sorted(edited), 40):
        del edited[name]
    for name in random.sample(sorted(edited), 40):
        each = edited[name]
        edited[name] = replace(each, time=each.time + timedelta(hours=random.randint(1, 50)))
    old, new = random.sample(
        sorted({each.subject for each in edited.values() if each.subject[:6] == "child:"}), 2
    )
    return {
        name: replace(each, subject=new) if each.subject == old else each
        for name, each in edited.items()
    }


def _figures(events: Iterable[Event[Any]], at: datetime) -> Iterator[str]:
    tally = evaluate(map(Fact.of, events), CATALOGUE, at)
    for cell in Figures(tally, CATALOGUE, at).cells():
        view = cell_view(cell)
        # how late something was recorded is another thing of what is recorded a night later
        measure = CATALOGUE.measures[view.measure]
        if "recordedtime" not in str((measure.needs, measure.needs_of_statuses)):
            yield view.model_dump_json()


@settings(max_examples=max(8, settings().max_examples // 10))
@given(st.integers(0, 2**32))
def test_the_figures_of_a_county_are_those_of_its_last_extract(seed: int) -> None:
    random = Random(seed)
    county = _county(seed % 5)
    windows = {each.data.TYPE: Window(date(2000, 1, 1)) for each in county.says.values()}
    nights, says = [], county.says
    for number in range(3):
        taken = county.ends + timedelta(days=number)
        named = [replace(each, id=name) for name, each in says.items()]
        nights.append(Extract("t", taken, named, windows))
        says = _edited(says, county, random)
    changes, _ = _told_one_after_another(nights)
    afresh, _ = _told_one_after_another(nights[-1:])
    at = nights[-1].taken + timedelta(days=1)
    assert sum(map(len, changes[1:])) > 100
    assert json.dumps([*_figures(_events(changes), at)]) == json.dumps(
        [*_figures(_events(afresh), at)]
    )
