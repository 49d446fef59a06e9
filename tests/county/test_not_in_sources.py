"""What a source can't tell is not shown: the county of January 2021, cut down to what each holds.

Every measure that is shown then says what it says of the whole county. Which measures those are
stands in `by_source.csv`, from a run of the same cut by other hands.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from casepulse.counties import Size
from casepulse.counties.january_2021.county import AS_AT, KNOWN
from casepulse.counties.scenario import COUNTY as SCENARIO
from casepulse.schemas.events.care import LegalStatusChanged
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.profile import load_profile
from casepulse.schemas.source import EVERYTHING, Source, known_sources
from casepulse.state import COUNTY, Catalogue, Fact, Figures, catalogue_for, evaluate
from casepulse.state.calendar import LONDON, add_months
from casepulse.state.case import Case
from tests.conftest import JanuaryCounted
from tests.needs import untold

#: What others found of each source: "true"; "FALSE"; "empty"; "inferred", so not quite true; "count
#: only", of which the share is not.
FOUND = {
    row["measure"]: row
    for row in csv.DictReader(
        Path(__file__).with_name("by_source.csv").read_text("utf-8").splitlines()
    )
}

SOURCES = [name for name in known_sources() if name != EVERYTHING]

#: Said to be true, and left out all the same; and why.
_BY_CHANCE = "nobody is late in it in this county, so that nought is true of any source"
_DAYS = "it counts nights, and a time of day is told where somebody has set it"
_OUTCOME = "it tells whether a need was found, and not what came of it"
_NOTICES = "it does not tell notifications of missing children from other contacts"
STRICTER = {
    ("ssd", "iro_footprint"): "it does not tell what a reviewing officer noted",
    ("ssd", "missing_overnight_children"): _DAYS,
    ("ssd", "missing_overnight_cic"): _DAYS,
    ("ssd", "missing_overnight_episodes"): _DAYS,
    ("annex-a", "assessment_nfa"): _OUTCOME,
    ("annex-a", "assessment_out_of_tier4"): _OUTCOME,
    ("annex-a", "assessment_to_early_help"): _OUTCOME,
    ("annex-a", "contacts_received"): _NOTICES,
    ("annex-a", "icpc_overdue"): _BY_CHANCE,
    ("annex-a", "missing_notifications"): _NOTICES,
    ("cin-census", "icpc_overdue"): _BY_CHANCE,
    ("dfe-payload", "icpc_overdue"): _BY_CHANCE,
    ("dfe-payload", "iha_entrants_late"): _BY_CHANCE,
    ("ssda903", "icpc_overdue"): _BY_CHANCE,
    ("ssda903", "iha_entrants_late"): _BY_CHANCE,
    ("ssda903", "missing_overnight_children"): _DAYS,
    ("ssda903", "missing_overnight_cic"): _DAYS,
    ("ssda903", "missing_overnight_episodes"): _DAYS,
}

_SHORT_BREAKS = "it does not tell children on short breaks from those in care"
STRICTER |= {
    ("dfe-payload", measure): _SHORT_BREAKS
    for measure in (
        *("admissions_to_care", "children_in_care", "children_in_need", "cic_rate"),
        *("cin_over_2y", "cin_without_plan", "discharged_home", "discharges_from_care"),
        *("long_term_stability", "readmissions", "readmissions_fytd", "sdq_average"),
        *("sdq_concern", "sdq_missing", "sdq_up_to_date", "short_term_stability"),
        *("short_term_stability_current", "sw_stability_cic_12m"),
    )
}


def catalogue_of(*sources: str) -> Catalogue:
    """The measures of a county that some sources feed."""
    return catalogue_for(load_profile().model_copy(update={"sources": list(sources)}))


def held(facts: Iterable[Fact]) -> Iterator[Fact]:
    """What holds of some facts, after corrections, as known on the day of the report."""
    cases: dict[str, Case] = {}
    for fact in facts:
        if fact.recorded < KNOWN:
            cases.setdefault(fact.subject, Case(fact.subject)).add(fact)
    for case in cases.values():
        for event_type in {fact.type for fact in case.told()}:
            yield from case.standing(event_type)


#: Annex A's lists of what was in six months; the others name of each child the latest: of visits,
#: the last at which the child was seen.
_OF_SIX_MONTHS = frozenset(
    {
        *("contact.received", "assessment.started", "assessment.authorised", "conference.held"),
        *("strategy_discussion.held", "s47_enquiry.started", "referral.started"),
    }
)


def reached(facts: Iterable[Fact], name: str) -> Iterator[Fact]:
    """As far as a source goes back."""
    if name != "annex-a":
        yield from facts
        return
    since = add_months(AS_AT.date(), -6)
    latest: dict[tuple[str, str, str], Fact] = {}
    for fact in facts:
        if fact.type in _OF_SIX_MONTHS and fact.day >= since:
            yield fact
        elif fact.time < AS_AT and getattr(fact.data, "child_seen", True):
            kind = getattr(fact.data, "kind", "")
            known = latest.setdefault((fact.subject, fact.type, kind), fact)
            if known.time < fact.time:
                latest[fact.subject, fact.type, kind] = fact
    yield from latest.values()


def cut(facts: Iterable[Fact], source: Source) -> Iterator[Fact]:
    """What a source would have told of some facts."""
    for fact in facts:
        told = source.tells.get(fact.type)
        if told is not None and _is_told(fact, told):
            yield _as_told(fact, source)
        else:
            known = untold(fact)
            if known is not None and known.type in source.tells:
                yield _as_told(known, source)


def _is_told(fact: Fact, told: Iterable[str]) -> bool:
    """Whether the values of its fields are among those that are told of them."""
    some: dict[str, set[str]] = {}
    for each in told:
        field, is_one, value = each.partition("=")
        if is_one:
            some.setdefault(field, set()).add(value)
    return all(getattr(fact.data, field) in values for field, values in some.items())


def _as_told(fact: Fact, source: Source) -> Fact:
    """A fact without what the source doesn't know of it: at noon, recorded when it happened."""
    told = {each.partition("=")[0] for each in source.tells[fact.type]}
    assumed = source.assumes.get(fact.type, {})
    data = type(fact.data)
    unknown = {
        # Of localities nothing is asked here: a team may be told or not.
        name: _value(data, name, assumed[name])
        if field.is_required()
        else field.get_default(call_default_factory=True)
        for name, field in data.model_fields.items()
        if name not in told and name != "team"
    }
    at = fact.time
    if "time" not in told:
        noon = at.astimezone(LONDON).replace(hour=12, minute=0, second=0, microsecond=0)
        at = noon.astimezone(at.tzinfo)
    recorded = fact.recorded if "recordedtime" in told else at
    content = fact.data.model_copy(update=unknown)
    return Fact(fact.id, fact.source, fact.subject, at, recorded, content)


@cache
def _adapter(data: type[Any], field: str) -> TypeAdapter[Any]:
    return TypeAdapter(data.model_fields[field].annotation)


def _value(data: type[Any], field: str, said: object) -> object:
    return _adapter(data, field).validate_python(said, strict=False)


def of_county(figures: Figures, measure: str) -> tuple[str, int, int | None]:
    """What a measure says of the county now."""
    known = figures.catalogue.measures[measure]
    figure = figures.figure(measure, figures.current(known), COUNTY)
    return figure.period, figure.numerator, figure.denominator


@pytest.fixture(scope="module")
def facts(january_facts: Callable[[], list[Fact]]) -> list[Fact]:
    """What is known of the county."""
    return list(held(january_facts()))


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_shown_of_a_source_is_what_the_whole_county_says(
    facts: list[Fact], january_counted: JanuaryCounted, name: str
) -> None:
    whole = Figures(january_counted()[0], catalogue_for(load_profile()), AS_AT)
    catalogue = catalogue_of(name)
    told = cut(reached(facts, name), known_sources()[name])
    tally = evaluate(told, catalogue, AS_AT)
    figures = Figures(tally, catalogue, AS_AT)
    assert catalogue.measures
    wrong = {
        measure: (of_county(figures, measure), of_county(whole, measure))
        for measure in catalogue.measures
        if of_county(figures, measure) != of_county(whole, measure)
    }
    assert wrong == {}


@pytest.mark.parametrize("name", SOURCES)
def test_what_others_found_true_of_a_source_is_shown(name: str) -> None:
    shown = catalogue_of(name).measures
    hidden = {
        measure
        for measure, found in FOUND.items()
        if found[name] == "true" and measure not in shown
    }
    assert hidden == {measure for source, measure in STRICTER if source == name}


def test_where_everything_is_told_nothing_is_left_out() -> None:
    assert catalogue_of(EVERYTHING).not_in_sources == {}
    assert catalogue_of("ssd", EVERYTHING).not_in_sources == {}


def test_every_measure_says_what_it_needs() -> None:
    every = catalogue_of(EVERYTHING).measures
    without = [name for name, each in every.items() if not each.needs]
    assert without == ["dq_unknown_team"]  # which asks of whatever names a team


@pytest.mark.parametrize(
    "name", [name for name in SOURCES if "legal_status.changed" not in known_sources()[name].tells]
)
def test_where_legal_statuses_are_not_told_nothing_that_is_shown_depends_on_them(name: str) -> None:
    """The county of January 2021 has nobody on short breaks (V3, V4): of this one half are."""
    at = datetime(2021, 2, 1, tzinfo=UTC)
    events = SCENARIO.events(1, Size(children=500, months=14))
    facts = [Fact.of(each) for each in events if not isinstance(each.data, ClockTicked)]
    statuses = [each for each in facts if isinstance(each.data, LegalStatusChanged)]
    on_short_breaks = [
        replace(each, data=each.data.model_copy(update={"legal_status": "V3"}))
        for each in statuses[::2]
    ]
    catalogue = catalogue_of(name)
    told = list(cut(facts, known_sources()[name]))
    assert len(on_short_breaks) > 20

    def figures(more: list[Fact]) -> dict[str, tuple[str, int, int | None]]:
        found = Figures(evaluate([*told, *more], catalogue, at), catalogue, at)
        return {measure: of_county(found, measure) for measure in catalogue.measures}

    assert figures(on_short_breaks) == figures([])
