"""The county of January 2021: the report's figures come out of events, however they come."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from zlib import crc32

import pytest

from casepulse.counties.comparison import Compared, Verdict, compare, of_figures
from casepulse.counties.january_2021.contradictions import CONTRADICTIONS
from casepulse.counties.january_2021.county import AS_AT, KNOWN
from casepulse.schemas.events import RecordVoided
from casepulse.schemas.events.child import RestrictionChanged
from casepulse.schemas.measure import Section
from casepulse.state import AT, Fact, Figures, Partition, Tally, evaluate, open_catalogue
from tests.build import amended
from tests.conftest import JanuaryCounted

CATALOGUE = open_catalogue()

#: Figures that must be equal, of the 523 that the report publishes.
AT_LEAST = 500


@pytest.fixture(scope="module")
def facts(january_facts: Callable[[], list[Fact]]) -> list[Fact]:
    """Everything that happened in the county, as known on the day of the report."""
    return january_facts()


@pytest.fixture(scope="module")
def batch(january_counted: JanuaryCounted) -> Tally:
    return january_counted()[0]


def compared(tally: Tally) -> list[Compared]:
    return list(compare(CATALOGUE, of_figures(Figures(tally, CATALOGUE, AS_AT))))


def stream(facts: Iterable[Fact], start: datetime = AS_AT) -> Tally:
    partition = Partition(CATALOGUE, start)
    for fact in facts:
        partition.apply(fact)
    partition.advance(AS_AT)
    return partition.tally()


def test_every_figure_of_the_report_has_a_measure_and_at_least_five_hundred_are_equal(
    batch: Tally,
) -> None:
    found = compared(batch)
    assert len(found) == 523
    differing = [f"{each.name}: {each.why}" for each in found if each.verdict is Verdict.DIFFERS]
    missing = [each.name for each in found if each.verdict is Verdict.MISSING]
    assert not missing
    assert not differing
    equal = [each.name for each in found if each.verdict is Verdict.EQUAL]
    assert len(equal) >= AT_LEAST
    assert len(equal) == 523 - len(CONTRADICTIONS)


def test_every_rule_has_something_to_say_of_the_county(batch: Tally) -> None:
    """But for data quality: it contradicts itself nowhere."""
    said = {(measure, period) for (measure, period, _, _), _ in batch}
    quality = {
        rule for rule in CATALOGUE.rules if CATALOGUE.measures[rule].section is Section.DATA_QUALITY
    }
    assert {measure for measure, _ in said} - quality == set(CATALOGUE.rules) - quality
    assert not [measure for measure, period in said if measure in quality and period == AT]


def test_every_measure_of_the_dashboard_is_there() -> None:
    assert sum(len(names) for names in CATALOGUE.dashboard.values()) == 51


def test_a_few_children_who_were_on_a_plan_have_a_restricted_record(facts: list[Fact]) -> None:
    """They are told of after all others: without them every other event would be the same."""
    planned = {fact.subject for fact in facts if fact.type == "protection_plan.started"}
    told = [fact for fact in facts if fact.type == "restriction.changed"]
    assert {fact.subject for fact in told} <= planned
    assert 0.9 < len({fact.subject for fact in told}) / (len(planned) / 200) < 1.1
    others = max(fact.id for fact in facts if fact.type != "restriction.changed")
    assert all(fact.id > others for fact in told)
    latest = {fact.subject: fact.data for fact in sorted(told, key=lambda fact: fact.time)}
    assert sum(data == RestrictionChanged(restricted=True) for data in latest.values()) > 0


def test_tripled_shuffled_and_corrected_events_change_no_figure(facts: list[Fact]) -> None:
    """Of every fifth case: each is counted for itself."""
    facts = [fact for fact in facts if crc32(fact.subject.encode()) % 5 == 0]
    random = Random(3)
    told = []
    for number, fact in enumerate(facts):
        what = 1.0 if fact.corrects else random.random()
        if what < 0.03:  # first told with a wrong time, then put right
            wrong = replace(fact, time=fact.time - timedelta(days=random.randint(1, 400)))
            told += [
                wrong,
                amended(wrong, fact, fact.recorded, id=f"a{number}", source=fact.source),
            ]
        elif what < 0.05:  # told in error, then withdrawn
            slip = replace(fact, id=f"s{number}", time=fact.time - timedelta(days=3))
            void = RecordVoided(voids=slip.id)
            told += [fact, slip, replace(slip, id=f"v{number}", time=slip.recorded, data=void)]
        else:
            told.append(fact)
    arriving = told * 3
    random.shuffle(arriving)
    assert stream(arriving) == evaluate(facts, CATALOGUE, AS_AT, KNOWN)
