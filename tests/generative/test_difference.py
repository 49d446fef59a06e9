"""Two releases of a month: every difference has its causes, and they add up to it."""

from collections import Counter
from datetime import date, datetime, timedelta

from hypothesis import given, settings

from casepulse.schemas.codes import StepDown
from casepulse.schemas.events import RecordAmended, RecordVoided
from casepulse.schemas.events.children_in_need import ChildInNeedPlanEnded
from casepulse.schemas.profile import load_profile
from casepulse.schemas.release import Kind, Release
from casepulse.schemas.standard import Standard
from casepulse.state import Catalogue, Fact, Tally, catalogue_for, evaluate
from casepulse.state.difference import (
    Cause,
    Changed,
    Changes,
    Numbers,
    changes_of,
    explain,
    numbers_of,
)
from casepulse.state.release import Cut, make_release
from tests import build
from tests.build import CATALOGUE
from tests.generative.strategies import World, worlds

NOTHING = Numbers(0, 0)

#: An example makes two whole releases: fewer of them.
few = settings(max_examples=max(12, settings().max_examples // 10))


def _stricter() -> Catalogue:
    """The same county, with another standard for visits to children on a protection plan."""
    profile = load_profile()
    settings = profile.measures["cp_visits"]
    standards = {name: Standard(3, "working days") for name in settings.standards}
    changed = settings.model_copy(update={"standards": standards})
    measures = {**profile.measures, "cp_visits": changed}
    return catalogue_for(profile.model_copy(update={"measures": measures}))


STRICTER = _stricter()


def _cuts(world: World) -> tuple[date, datetime, datetime]:
    """A month that something happened in, and two cuts between which something was recorded."""
    month = world.random.choice(world.facts).time.date().replace(day=1)
    recorded = sorted({fact.recorded for fact in world.facts})
    first, second = sorted(world.random.choices(recorded, k=2))
    return month, first, second + timedelta(seconds=1)


def _released(
    facts: list[Fact], catalogue: Catalogue, month: date, known: datetime
) -> tuple[Release, Tally]:
    cut = Cut(month, Kind.PROVISIONAL, 1, known)
    tally = evaluate(facts, catalogue, cut.at, known)
    return make_release(cut, tally, {}, catalogue), tally


def _difference(
    world: World, month: date, cuts: tuple[datetime, datetime], then: Catalogue
) -> tuple[Release, Release, Changes, list[Changed]]:
    first, counted_first = _released(world.facts, CATALOGUE, month, cuts[0])
    second, counted_second = _released(world.facts, then, month, cuts[1])
    changes = Changes()
    for subject in {fact.subject for fact in world.facts}:
        told = [fact for fact in world.facts if fact.subject == subject]
        known = [fact for fact in told if fact.recorded < cuts[0]]
        since = [fact for fact in told if cuts[0] <= fact.recorded < cuts[1]]
        changes.add(changes_of(CATALOGUE, first.at, known, since))
    catalogues = (CATALOGUE, then)
    again = None if then is CATALOGUE else counted_second
    found = explain(first, second, counted_first, again, changes, catalogues)
    return first, second, changes, list(found)


@few
@given(worlds)
def test_the_causes_of_every_difference_add_up_to_it(world: World) -> None:
    if not world.facts:
        return
    month, *cuts = _cuts(world)
    first, second, changes, found = _difference(world, month, (cuts[0], cuts[1]), CATALOGUE)
    before, after = numbers_of(first), numbers_of(second)
    differing = {name for name, numbers in before.items() if numbers != after[name]}
    assert {(each.measure, each.month, each.locality) for each in found} == differing
    kinds = Counter(cause for cause, _ in changes.facts)
    for each in found:
        steps = [step.by for step in each.steps.values()]
        assert sum(steps, NOTHING) == each.after - each.before
        # Nothing is left over, and no standard has changed: the facts explain all of it.
        assert not each.steps.keys() - {Cause.LATE, Cause.CORRECTED, Cause.VOIDED}
        for cause, step in each.steps.items():
            assert 0 < step.facts <= kinds[cause], (each, cause)


def test_what_an_earlier_amendment_puts_into_the_past_counts_as_late() -> None:
    """A fact that says it happened after the month, of which an amendment that came before it says
    that it happened within: Hypothesis found it once."""
    plan = {"plan": "b", "step_down": StepDown.SCHOOL}
    told = build.fact(ChildInNeedPlanEnded(**plan), "2021-06-30 03:00")
    moved = build.fact(ChildInNeedPlanEnded(**plan), "2020-06-08 03:00")
    amendment = build.amended(told, moved, "2020-06-08 04:00")
    changes = changes_of(CATALOGUE, build.when("2021-02-01 00:00"), [amendment], [told])
    [(cause, touched)] = changes.facts
    assert cause is Cause.LATE
    assert ("step_down", "2020-06") in {place[:2] for place in touched}


@few
@given(worlds)
def test_a_cause_is_named_only_where_there_are_such_facts(world: World) -> None:
    if not world.facts:
        return
    month, *cuts = _cuts(world)
    _, _, _, found = _difference(world, month, (cuts[0], cuts[1]), CATALOGUE)
    since = [fact for fact in world.facts if cuts[0] <= fact.recorded < cuts[1]]
    voids = [fact for fact in since if isinstance(fact.data, RecordVoided)]
    amends = [fact for fact in since if isinstance(fact.data, RecordAmended)]
    keys = {(fact.subject, fact.key) for fact in world.facts if fact.recorded < cuts[0]}
    retold = [fact for fact in since if (fact.subject, fact.key) in keys]
    named = {cause for each in found for cause in each.steps}
    assert voids or Cause.VOIDED not in named
    assert amends or retold or Cause.CORRECTED not in named


@few
@given(worlds)
def test_what_a_standard_changed_is_told_apart_from_what_facts_changed(world: World) -> None:
    if not world.facts:
        return
    month, *cuts = _cuts(world)
    _, _, _, found = _difference(world, month, (cuts[0], cuts[1]), STRICTER)
    of_visits = {
        name for name, measure in CATALOGUE.measures.items() if measure.base == "cp_visits"
    }
    for each in found:
        assert sum((step.by for step in each.steps.values()), NOTHING) == each.after - each.before
        assert Cause.DEFINITION not in each.steps
        assert each.measure in of_visits or Cause.STANDARD not in each.steps


@few
@given(worlds)
def test_a_definition_that_has_changed_is_what_is_left_over(world: World) -> None:
    """The first release says one more than its facts do, as if it had counted in another way."""
    if not world.facts:
        return
    month, *cuts = _cuts(world)
    first, counted = _released(world.facts, CATALOGUE, month, cuts[0])
    told = first.measures["cp_visits"]
    latest = told.series[-1].model_copy(update={"numerator": told.series[-1].numerator + 1})
    changed = told.model_copy(update={"series": [*told.series[:-1], latest]})
    other = first.model_copy(update={"measures": {**first.measures, "cp_visits": changed}})
    both = (CATALOGUE, CATALOGUE)
    [found] = explain(other, first, counted, None, Changes(), both)
    assert found.steps.keys() == {Cause.DEFINITION}
    assert found.steps[Cause.DEFINITION].by == Numbers(-1, 0)
