"""A case is a set of facts: told twice, in any order, corrected or not, it is the same case."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given

from casepulse.schemas.events import FACTS, RecordVoided
from casepulse.state import Case, Fact, Partition, evaluate
from casepulse.state.case import TEAM
from casepulse.state.kinds import KIND, kinds
from tests.build import CATALOGUE
from tests.generative.strategies import World, children, worlds

TYPES = [model.TYPE for model in FACTS]


def _case(facts: list[Fact]) -> Case:
    case = Case("child:k1")
    for fact in facts:
        case.add(fact)
    return case


def _says(case: Case) -> dict[str, list[Fact]]:
    return {each: list(case.standing(each)) for each in TYPES if case.standing(each)}


def _orders(world: World) -> list[list[Fact]]:
    random = world.random
    orders = [
        list(reversed(world.facts)),
        sorted(world.facts, key=lambda fact: fact.time),
        sorted(world.facts, key=lambda fact: fact.corrects is None),  # corrections first
    ]
    for _ in range(4):
        orders.append(random.sample(world.facts, len(world.facts)))
    return orders


@given(children)
def test_the_order_of_arrival_never_matters(world: World) -> None:
    first = _case(world.facts)
    for order in _orders(world):
        other = _case(order)
        assert _says(other) == _says(first)
        assert other.naming_a_team() == first.naming_a_team()
        assert {fact.key: fact for fact in other.told()} == {
            fact.key: fact for fact in first.told()
        }


@given(children)
def test_a_fact_told_twice_changes_nothing(world: World) -> None:
    case = _case(world.facts)
    before = _says(case)
    for fact in world.facts:
        assert case.add(fact) is None
    assert _says(case) == before


@given(children)
def test_a_case_made_of_what_a_case_was_told_is_the_same_case(world: World) -> None:
    case = _case(world.facts)
    assert _says(_case(case.told())) == _says(case)


@given(children)
def test_what_holds_is_in_the_order_it_happened_and_names_the_teams(world: World) -> None:
    case = _case(world.facts)
    holding = [fact for facts in _says(case).values() for fact in facts]
    for facts in _says(case).values():
        assert facts == sorted(facts, key=lambda fact: (fact.time, fact.id, fact.source))
    assert sorted(case.naming_a_team(), key=repr) == sorted(
        (fact for fact in holding if fact.data.team is not None), key=repr
    )


def _team_by_instant(case: Case, instants: list[datetime]) -> list[str | None]:
    """The team that holds the case just after each instant."""
    return [
        next((f.data.team for f in reversed(case.naming_a_team()) if f.time <= at), None)
        for at in instants
    ]


@given(children)
def test_a_change_names_every_kind_of_fact_it_changed_and_reaches_back_far_enough(
    world: World,
) -> None:
    case = Case("child:k1")
    instants = sorted({fact.time for fact in _all_times(world)})
    for fact in world.facts:
        before, teams = _says(case), _team_by_instant(case, instants)
        change = case.add(fact)
        after, teams_after = _says(case), _team_by_instant(case, instants)
        changed = {each for each in TYPES if before.get(each) != after.get(each)}
        differing = [
            one
            for each in changed
            for one in (*before.get(each, []), *after.get(each, []))
            if (one in before.get(each, [])) != (one in after.get(each, []))
        ]
        if change is None:
            assert not changed
            continue
        assert kinds(changed) | change.types == change.types
        assert all(change.since <= one.time for one in differing)
        for instant, was, is_now in zip(instants, teams, teams_after, strict=True):
            if was != is_now:
                assert KIND[TEAM] & change.types
                assert change.since <= instant


def _all_times(world: World) -> list[Fact]:
    """The facts and what their amendments say, for their times."""
    told = []
    for fact in world.facts:
        told.append(fact)
        replacement = getattr(fact.data, "replacement", None)
        if replacement is not None:
            told.append(replace(fact, time=replacement.time))
    return told


@given(worlds)
def test_a_tally_is_empty_once_everything_is_voided(world: World) -> None:
    at = world.moments(1)[0]
    partition = Partition(CATALOGUE, at)
    for fact in world.facts:
        partition.apply(fact)
    partition.tally()
    latest = max((fact.recorded for fact in world.facts), default=at) + timedelta(days=1)
    records = {(fact.subject, *fact.key) for fact in world.facts}
    voids = [
        Fact(f"void-{name}", source, subject, latest, latest, RecordVoided(voids=name))
        for subject, source, name in sorted(records)
    ]
    for void in voids:
        partition.apply(void)
        partition.tally()
    assert dict(partition.tally()) == {}
    assert dict(evaluate([*world.facts, *voids], CATALOGUE, at)) == {}
