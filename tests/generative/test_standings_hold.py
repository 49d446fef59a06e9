"""A standing is good until the instant that the engine names, and not an instant less."""

from datetime import timedelta
from random import Random

from hypothesis import given, note

from casepulse.state import AT, Case, Catalogue, Partition, evaluate
from casepulse.state.calendar import NEVER, next_month_end
from casepulse.state.kinds import NO_KINDS
from casepulse.state.rules import Evaluation
from tests.build import CATALOGUE, when
from tests.generative.strategies import MICROSECOND, World, children, worlds

LAST = when("2030-01-01")


def _cases(world: World) -> list[Case]:
    cases: dict[str, Case] = {}
    for fact in world.facts:
        cases.setdefault(fact.subject, Case(fact.subject)).add(fact)
    return list(cases.values())


def _said(catalogue: Catalogue, rule: str, case: Case, at) -> Evaluation:
    return catalogue.evaluate(rule, catalogue.view(case, at))


@given(worlds)
def test_a_rule_says_the_same_until_the_instant_it_names(world: World) -> None:
    random = Random(f"{world.seed} between")
    moments = world.moments(3)
    for case in _cases(world):
        for now in moments:
            for rule in CATALOGUE.rules:
                said = _said(CATALOGUE, rule, case, now)
                assert said.until > now
                last = min(said.until, LAST) - MICROSECOND
                between = [later for later in moments if now <= later <= last]
                if last > now:
                    between += [last, now + (last - now) * random.random()]
                for instant in between:
                    again = _said(CATALOGUE, rule, case, instant)
                    note(f"{rule} of {case.subject} at {now}, until {said.until}; at {instant}")
                    assert again.standings == said.standings
                    assert again.until == said.until


@given(children)
def test_between_facts_and_instants_named_the_whole_tally_stays_as_it_is(world: World) -> None:
    """Until the partition's next instant or the next month end, whichever comes first."""
    for now in world.moments(3):
        partition = Partition(CATALOGUE, now)
        for fact in world.facts:
            partition.apply(fact)
        until = min(partition.valid_until(), next_month_end(now))
        for instant in (now + (until - now) / 2, until - MICROSECOND):
            if instant > now:
                assert evaluate(world.facts, CATALOGUE, instant) == partition.tally()


@given(children)
def test_what_a_rule_did_not_read_cannot_change_what_it_says(world: World) -> None:
    """A fact of a kind that a rule did not look for, nor any team, leaves its standings alone."""
    at = world.moments(2)[-1]
    case = Case("child:k1")
    for fact in world.facts:
        before = {rule: _said(CATALOGUE, rule, case, at) for rule in CATALOGUE.rules}
        change = case.add(fact)
        changed = change.types if change else NO_KINDS
        for rule, said in before.items():
            if not said.reads & changed:
                assert _said(CATALOGUE, rule, case, at).standings == said.standings, rule


@given(children)
def test_a_flow_keeps_its_month_and_a_stock_has_none(world: World) -> None:
    case = _cases(world)[:1]
    for at in world.moments(2) if case else ():
        for rule in CATALOGUE.rules:
            flow = CATALOGUE.measures[rule].kind == "flow"
            for standing in _said(CATALOGUE, rule, case[0], at).standings:
                assert (standing.period != AT) == flow, rule
                if rule in CATALOGUE.regroups:
                    continue
                assert standing.status in CATALOGUE.measures[rule].statuses
                assert standing.group in CATALOGUE.profile.localities


@given(children)
def test_after_the_last_instant_that_is_named_nothing_changes_any_more(world: World) -> None:
    for case in _cases(world):
        for rule in CATALOGUE.rules:
            if CATALOGUE.measures[rule].window == "term":
                continue  # while a child is in care, another term begins, and another
            said = _said(CATALOGUE, rule, case, when("2090-01-01"))
            assert said.until == NEVER
            later = _said(CATALOGUE, rule, case, when("2090-01-01") + timedelta(days=3000))
            assert later.standings == said.standings
