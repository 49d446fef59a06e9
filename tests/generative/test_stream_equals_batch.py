"""The stream says at every moment what the batch says: whatever came twice, late, in another
order, in another place, or again after a crash."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, note

from casepulse.state import Catalogue, Fact, Partition, Standing, Tally
from casepulse.state.batch import evaluate_with_lists
from casepulse.state.calendar import NEVER
from casepulse.state.case import Case
from casepulse.state.due import due_list, in_order
from tests.build import (
    CATALOGUE,
    entered_care,
    left_care,
    legal_status,
    missing,
    placed,
    row,
    statutory_visit,
    visit,
    when,
)
from tests.generative.strategies import MICROSECOND, World, worlds

COUNT = 3
LONG_AGO, FAR_AHEAD = when("2019-01-01"), when("2026-01-01")

JUMPS = [
    timedelta(seconds=1),
    timedelta(hours=5),
    timedelta(days=1),
    timedelta(days=9),
    timedelta(days=31),
    timedelta(days=75),
    timedelta(days=800),
]


class Service:
    """A few partitions and their clock; what was applied to each, in order, is its topic."""

    def __init__(self, start: datetime, catalogue: Catalogue = CATALOGUE) -> None:
        self.now = start
        self.catalogue = catalogue
        self.partitions = [Partition(catalogue, start) for _ in range(COUNT)]
        self.topics: list[list[Fact]] = [[] for _ in range(COUNT)]

    def apply(self, fact: Fact) -> None:
        place = sum(fact.subject.encode()) % COUNT
        self.topics[place].append(fact)
        self.partitions[place].apply(fact)

    def advance(self, now: datetime) -> None:
        """Time passes, for some partitions first and for some later; backwards it never does."""
        for partition in self.partitions:
            partition.advance(now)
        self.now = max(self.now, now)

    def move(self, random: Random) -> None:
        """A partition passes to another worker, who has its facts in whatever order."""
        place = random.randrange(COUNT)
        facts = list(self.partitions[place].facts())
        random.shuffle(facts)
        self._rebuild(place, facts, random)

    def crash(self, random: Random) -> None:
        """A worker dies: some facts are stored, and its topic is read again from earlier on."""
        place = random.randrange(COUNT)
        topic = self.topics[place]
        stored = random.randint(0, len(topic))
        self._rebuild(place, topic[:stored], random)
        for fact in topic[random.randint(0, stored) :]:
            self.partitions[place].apply(fact)

    def _rebuild(self, place: int, facts: Iterable[Fact], random: Random) -> None:
        start = random.choice([self.now, self.now - timedelta(days=40), LONG_AGO])
        partition = self.partitions[place] = Partition(self.catalogue, min(start, self.now))
        for fact in facts:
            partition.apply(fact)
        partition.advance(self.now)

    def next_instants(self) -> list[datetime]:
        """The instants at which, and just before which, something may change of itself."""
        soon = min(partition.valid_until() for partition in self.partitions)
        return [] if soon == NEVER else [soon, soon - MICROSECOND]

    def tally(self) -> Tally:
        return Tally.merged(partition.tally() for partition in self.partitions)

    def applied(self) -> list[Fact]:
        return [fact for topic in self.topics for fact in topic]


def check(service: Service) -> None:
    """The stream's tally is the batch's, cell for cell, and its lists are, line for line."""
    stream = service.tally()
    counted = evaluate_with_lists(service.applied(), service.catalogue, service.now)
    batch = counted.tally
    theirs, ours = dict(stream), dict(batch)
    wrong = {
        cell: f"stream {theirs.get(cell, 0)}, batch {ours.get(cell, 0)}"
        for cell in sorted(theirs.keys() | ours.keys())
        if theirs.get(cell) != ours.get(cell)
    }
    assert not wrong, f"as at {service.now}"
    assert stream == batch
    for partition in service.partitions:
        assert partition.valid_until() > partition.now
        due = Counter(each for each in partition.standings() if each[1].due is not None)
        awaited = Counter(each for each in partition.awaited() if each[1].due is not None)
        assert awaited == due, "the child-level lists"
    lines = [line for each in service.partitions for line in due_list(each, service.catalogue)]
    assert sorted(lines, key=in_order) == counted.lines


def _arrivals(world: World) -> list[Fact]:
    """The facts as they come in: some twice, in any order, or in that of their recording."""
    random = world.random
    arriving = [*world.facts, *(fact for fact in world.facts if random.random() < 0.2)]
    random.shuffle(arriving)
    if random.random() < 0.5:
        arriving.sort(key=lambda fact: fact.recorded)
    return arriving


@given(worlds)
def test_the_stream_equals_the_batch_at_every_probe(world: World) -> None:
    random, arriving = world.random, _arrivals(world)
    service = Service(random.choice([LONG_AGO, *world.moments(3)]))
    moments = world.moments(8)
    for fact in arriving:
        service.apply(fact)
        note(f"apply {fact}")
        while random.random() < 0.4:
            match random.randrange(6):
                case 0:
                    instant = random.choice(
                        [
                            *moments,
                            *service.next_instants(),
                            service.now + random.choice(JUMPS),
                            service.now - random.choice(JUMPS),
                        ]
                    )
                    note(f"advance to {instant}")
                    service.advance(min(instant, FAR_AHEAD))
                case 1:
                    note("move")
                    service.move(random)
                case 2:
                    note("crash")
                    service.crash(random)
                case 3:
                    service.tally()
                case _:
                    note(f"look at {service.now}")
                    check(service)
    check(service)


@given(worlds)
def test_time_alone_brings_the_stream_from_one_instant_to_the_next(world: World) -> None:
    """No fact comes any more: step by step, by what the partitions say is their next instant."""
    service = Service(LONG_AGO)
    for fact in world.facts:
        service.apply(fact)
    moments = world.moments(4)
    service.advance(moments[0])
    for _ in range(6):
        for instant in reversed(service.next_instants()):
            note(f"advance to {instant}")
            service.advance(instant)
            check(service)
    for moment in moments:
        service.advance(moment)
        check(service)


@given(worlds)
def test_late_and_corrected_facts_reach_back_into_the_months_that_are_past(world: World) -> None:
    """Facts come in one by one, long after they happened: each look is at thirteen months."""
    service = Service(LONG_AGO)
    service.advance(world.moments(1)[0] + timedelta(days=200))
    for number, fact in enumerate(_arrivals(world)):
        service.apply(fact)
        service.tally()
        if number % 5 == 0:
            check(service)
    check(service)


PAST, NOW = when("2020-09-01"), when("2021-02-01")
LEFT_CARE = [entered_care("2020-01-06"), left_care("2020-12-10")]


@pytest.mark.parametrize(
    "late",
    [
        row("an episode of a child who has left care", [missing("2020-06-01")]),
        row("placements of a child who has left care",
            [placed(f"2020-0{n}-03", key=f"h{n}") for n in (2, 3, 4)]),
        row("a legal status of a child who has left care", [legal_status("2020-02-03", "V2")]),
        row("a visit to a child who has left care", [statutory_visit("2020-08-20")]),
        row("a team that held the case of a child who has left care",
            [visit("2020-02-03", team="stroud-permanence")]),
        row("a period of care that was over before it was known",
            [entered_care("2020-02-03", key="k2"), left_care("2020-03-02", key="k2"),
             missing("2020-02-10")]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("told_before", [True, False], ids=["looked at before", "not looked at"])
def test_a_late_fact_reaches_months_in_which_more_was_asked_of_a_case_than_is_now(
    late: list[Fact], told_before: bool
) -> None:
    """Now that the child has left care no rule asks for these facts; in those months it did."""
    for start in (PAST, NOW):
        service = Service(start)
        for fact in LEFT_CARE:
            service.apply(fact)
        if told_before:
            check(service)
        service.advance(NOW)
        check(service)
        for fact in late:
            service.apply(fact)
            check(service)


@given(worlds)
def test_who_is_behind_a_figure_is_the_same_in_stream_and_batch(world: World) -> None:
    for at in world.moments(2):
        service = Service(at)
        cases: dict[str, Case] = {}
        for fact in _arrivals(world):
            service.apply(fact)
            cases.setdefault(fact.subject, Case(fact.subject)).add(fact)
        told: Counter[tuple[str, Standing]] = Counter()
        for case in cases.values():
            view = CATALOGUE.view(case, at)
            for rule in CATALOGUE.rules:
                for standing in CATALOGUE.evaluate(rule, view).standings:
                    told[case.subject, standing] += 1
        said = Counter(each for partition in service.partitions for each in partition.standings())
        assert said == told


@given(worlds)
def test_an_earlier_instant_than_was_reached_changes_nothing(world: World) -> None:
    service = Service(LONG_AGO)
    for fact in world.facts:
        service.apply(fact)
    *earlier, latest = world.moments(4)
    service.advance(latest)
    before = dict(service.tally())
    for instant in (*earlier, latest):
        service.advance(instant)
        assert service.now == latest
        assert all(partition.now == latest for partition in service.partitions)
        assert dict(service.tally()) == before


@given(worlds)
def test_a_fact_that_was_known_changes_nothing(world: World) -> None:
    service = Service(world.moments(1)[0])
    for fact in world.facts:
        service.apply(fact)
    before = dict(service.tally())
    for partition, topic in zip(service.partitions, service.topics, strict=True):
        assert not any(partition.apply(fact) for fact in topic)
    assert dict(service.tally()) == before
