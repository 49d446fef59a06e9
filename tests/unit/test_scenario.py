"""The built-in scenario: the same every time, in order, whole, and ignorant of the measures."""

import ast
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest

import casepulse.counties.scenario as package
from casepulse.counties.scenario import SOURCE, scenario
from casepulse.counties.scenario.child import Child
from casepulse.schemas.envelope import Event
from casepulse.schemas.events import RecordAmended, RecordVoided, read_event, write_event
from casepulse.schemas.events.care import LegalStatusChanged
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.events.workforce import AllocationEnded, AllocationStarted, WorkerRecorded
from casepulse.schemas.profile import load_profile
from casepulse.state import Case, Fact, catalogue_for, evaluate
from casepulse.state.calendar import LONDON, falls_on, local_date, midnight
from casepulse.state.records.care import care_periods
from casepulse.state.records.protection import protection_plans
from casepulse.state.records.referrals import referrals

ENDS = date(2021, 2, 1)
END = midnight(ENDS)


@pytest.fixture(scope="module")
def events() -> list[Event[Any]]:
    return list(scenario())


@pytest.fixture(scope="module")
def facts(events: list[Event[Any]]) -> list[Fact]:
    return [Fact.of(event) for event in events if not isinstance(event.data, ClockTicked)]


@pytest.fixture(scope="module")
def cases(facts: list[Fact]) -> list[Case]:
    cases: dict[str, Case] = {}
    for fact in facts:
        cases.setdefault(fact.subject, Case(fact.subject)).add(fact)
    return list(cases.values())


def _written(**arguments: Any) -> list[bytes]:
    return [write_event(event) for event in scenario(**arguments)]


# The same every time


def test_the_same_arguments_give_the_same_bytes(events: list[Event[Any]]) -> None:
    assert _written() == [write_event(event) for event in events]


def test_two_that_run_at_once_do_not_disturb_each_other() -> None:
    one, other = scenario(children=20, months=1), scenario(children=20, months=1)
    assert all(a == b for a, b in zip(one, other, strict=True))


def test_another_seed_gives_other_events() -> None:
    assert _written(seed=1, children=20) != _written(seed=2, children=20)


# In order, from its workers to the last tick


def test_events_come_by_recorded_time(events: list[Event[Any]]) -> None:
    assert all(one.recordedtime <= other.recordedtime for one, other in pairwise(events))


def test_nothing_is_recorded_before_it_happened_nor_after_the_end(facts: list[Fact]) -> None:
    assert all(fact.time <= fact.recorded < END for fact in facts)


def test_the_workers_come_first(events: list[Event[Any]]) -> None:
    first_other = next(n for n, e in enumerate(events) if not isinstance(e.data, WorkerRecorded))
    assert first_other >= 10


def test_the_last_event_is_the_tick_of_the_end(events: list[Event[Any]]) -> None:
    last = events[-1]
    assert isinstance(last.data, ClockTicked)
    assert last.time == last.recordedtime == END == datetime(2021, 2, 1, tzinfo=UTC)
    assert (last.subject, last.source) == ("clock:county", SOURCE)


def test_the_clock_ticks_at_every_midnight_and_in_the_last_month_every_three_hours(
    events: list[Event[Any]],
) -> None:
    ticks = [event.time for event in events if isinstance(event.data, ClockTicked)]
    first = local_date(events[0].recordedtime)
    days = (ENDS - first).days
    assert {midnight(first + timedelta(days=n)) for n in range(1, days + 1)} <= set(ticks)
    january = [tick for tick in ticks if datetime(2021, 1, 1, tzinfo=UTC) <= tick < END]
    assert january == [
        datetime(2021, 1, 1, tzinfo=UTC) + timedelta(hours=3 * n) for n in range(248)
    ]


@pytest.mark.parametrize("ends", [date(2021, 4, 1), date(2020, 11, 1)])
def test_the_clock_keeps_local_time_when_it_changes(ends: date) -> None:
    ticks = [e.time for e in scenario(children=0, months=1, ends=ends) if e.type == "clock.ticked"]
    assert len(ticks) == len(set(ticks))
    assert all(tick.astimezone(LONDON).hour % 3 == 0 for tick in ticks)
    assert ticks[-1] == midnight(ends)


# Whole


def test_every_event_can_be_read_back(events: list[Event[Any]]) -> None:
    assert all(read_event(write_event(event)) == event for event in events)


def test_ids_are_unique(events: list[Event[Any]]) -> None:
    assert len({event.id for event in events}) == len(events)
    assert {event.source for event in events} == {SOURCE}


def test_a_correction_names_an_earlier_event_of_its_own_case(events: list[Event[Any]]) -> None:
    told: dict[str, str] = {}
    corrections = 0
    for event in events:
        if isinstance(event.data, RecordAmended | RecordVoided):
            named = event.data.amends if isinstance(event.data, RecordAmended) else event.data.voids
            assert told[named] == event.subject
            corrections += 1
        told[event.id] = event.subject
    assert 0 < corrections < 0.02 * len(events)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


def test_no_text_has_room_for_a_name(events: list[Event[Any]]) -> None:
    assert not [
        text
        for event in events
        for text in _texts(event.model_dump(mode="json"))
        if " " in text or len(text) > 40
    ]


def test_only_teams_of_the_profile_hold_cases(facts: list[Fact]) -> None:
    assert {fact.data.team for fact in facts} - {None} <= set(load_profile().teams)


# A county that could be


def test_about_so_many_children_become_known() -> None:
    for children in (0, 1, 50, 400):
        known = {
            event.subject
            for event in scenario(children=children, months=2)
            if event.type == "child.registered"
        }
        assert 0.9 * children - 2 <= len(known) <= children


def test_its_size_is_that_of_a_demonstration(events: list[Event[Any]]) -> None:
    assert 8_000 < len(events) < 15_000


#: The rules about what a county of any size tells of. The county of January 2021 tells of all.
SPOKEN = {
    "initial_contact_decision", "red_contact_decision", "initial_visits_all", "initial_visits_s17",
    "initial_visits_s47", "single_assessment", "single_assessment_bands", "assessments_open",
    "icpc_timely", "cp_visits", "cp_children", "statutory_visits", "cic_reviews_timely",
    "children_in_care", "cic_section20", "short_term_stability", "cic_missing_12m",
    "return_interview", "re_referrals", "caseload_18", "cp_visit_recording_delay",
}  # fmt: skip


def test_its_rules_have_something_to_say(facts: list[Fact]) -> None:
    catalogue = catalogue_for(load_profile())
    spoken = {measure for (measure, _, _, _), _ in evaluate(facts, catalogue, END)}
    assert spoken >= SPOKEN & set(catalogue.rules)
    assert len(SPOKEN & set(catalogue.rules)) > 15


def test_some_facts_are_recorded_days_late_and_most_at_once(facts: list[Fact]) -> None:
    delays = [fact.recorded - fact.time for fact in facts if fact.corrects is None]
    assert sum(delay < timedelta(hours=2) for delay in delays) > 0.55 * len(delays)
    late = sum(delay > timedelta(days=3) for delay in delays) / len(delays)
    assert 0.05 < late < 0.15
    assert max(delays) < timedelta(days=24)


def test_a_child_has_one_referral_one_plan_and_one_period_of_care_at_a_time(
    cases: list[Case],
) -> None:
    catalogue = catalogue_for(load_profile())
    for case in cases:
        view = catalogue.view(case, END)
        for spells in (view.records(protection_plans), view.records(care_periods)):
            assert all(one.ended and one.ended <= other.day for one, other in pairwise(spells))
        known = view.records(referrals)
        assert all(a.closed_day and a.closed_day <= b.day for a, b in pairwise(known))


@pytest.mark.parametrize("measure", ["s47_under_way", "icpc_awaited"])
def test_no_enquiry_and_no_conference_is_left_behind(measure: str, cases: list[Case]) -> None:
    """A child who comes into care meanwhile has its enquiry completed, and awaits no conference."""
    catalogue = catalogue_for(load_profile())
    awaited = [
        standing
        for case in cases
        if case.subject.startswith("child:")
        for standing in catalogue.evaluate(measure, catalogue.view(case, END)).standings
    ]
    assert awaited
    oldest = ENDS - timedelta(days=30)
    assert [each for each in awaited if each.due is not None and falls_on(each.due) < oldest] == []
    assert "closed" not in {each.status for each in awaited}


def test_short_breaks_and_children_under_section_20_are_among_them(cases: list[Case]) -> None:
    statuses = Counter(
        fact.data.legal_status
        for case in cases
        for fact in case.standing(LegalStatusChanged.TYPE)
        if isinstance(fact.data, LegalStatusChanged)
    )
    assert statuses["V2"]
    assert statuses["V3"] + statuses["V4"]


def test_a_worker_who_has_left_holds_no_child(facts: list[Fact]) -> None:
    holder: dict[str, str] = {}
    for fact in facts:
        if isinstance(fact.data, AllocationStarted):
            holder[fact.data.allocation] = f"worker:{fact.data.worker}"
        elif isinstance(fact.data, AllocationEnded):
            del holder[fact.data.allocation]
        elif fact.type == "worker.left":
            assert fact.subject not in holder.values()


# Restricted records


def test_the_records_of_a_few_are_restricted_and_no_other_event_differs_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as without:
        without.setattr(Child, "may_be_restricted", lambda child: None)
        others = list(scenario(children=60, months=2))
    monkeypatch.setattr("casepulse.counties.scenario.child.RESTRICTED", 1.0)
    told = list(scenario(children=60, months=2))
    restrictions = [event for event in told if event.type == "restriction.changed"]
    assert others == [event for event in told if event.type != "restriction.changed"]
    planned = {event.subject for event in others if event.type == "protection_plan.started"}
    restricted = [event.subject for event in restrictions]
    assert len(restricted) == len(set(restricted)) > 3
    assert planned <= set(restricted), "a plan may be told too late, a restriction is told at once"


# Lazy


def test_a_million_children_are_not_made_before_the_first_event() -> None:
    assert len(list(islice(scenario(children=1_000_000, months=1), 1000))) == 1000


def test_a_scenario_has_at_least_a_month() -> None:
    with pytest.raises(ValueError, match="at least one month"):
        scenario(months=0)


# Ignorant of the measures


def test_it_knows_no_measure() -> None:
    modules = list(Path(package.__file__).parent.glob("*.py"))
    assert len(modules) > 5
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            imported: list[str] = []
            if isinstance(node, ast.Import):
                imported = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                imported = [node.module or "", *(f"{node.module}.{a.name}" for a in node.names)]
            for name in imported:
                if name.startswith("casepulse.state"):
                    assert name.startswith("casepulse.state.calendar"), f"{module.name}: {name}"
