"""Behind every figure stand exactly so many standings; what each rests on is what made it."""

from datetime import date

import pytest

from casepulse.batch.archive import archive_parts
from casepulse.batch.explanations import explain
from casepulse.schemas.measure import Measure
from casepulse.schemas.profile import load_profile
from casepulse.state import COUNTY, Case, Fact, Figures, catalogue_for, evaluate
from casepulse.state.calendar import midnight
from casepulse.state.explanation import Cell, explain_case
from tests.releases.conftest import EVENTS

AT = midnight(date(2021, 2, 1))
KNOWN = midnight(date(2021, 2, 10))
CATALOGUE = catalogue_for(load_profile())
FACTS = [Fact.of(event) for event in EVENTS]
FIGURES = Figures(evaluate(FACTS, CATALOGUE, AT, KNOWN), CATALOGUE, AT)


def _cases() -> list[Case]:
    cases: dict[str, Case] = {}
    for fact in FACTS:
        if fact.recorded < KNOWN:
            cases.setdefault(fact.subject, Case(fact.subject)).add(fact)
    return list(cases.values())


CASES = _cases()


def _plain(measure: Measure) -> bool:
    return measure.base not in CATALOGUE.regroups


@pytest.mark.parametrize("locality", [None, "Gloucester"])
def test_the_standings_behind_a_figure_add_up_to_it(locality: str | None) -> None:
    counted = 0
    for measure in filter(_plain, CATALOGUE.measures.values()):
        figure = FIGURES.figure(measure.id, FIGURES.current(measure), locality or COUNTY)
        asked = measure.numerator | (measure.denominator or set())
        weights = dict.fromkeys(asked, 0)
        for case in CASES:
            for each in explain_case(CATALOGUE, case, Cell(measure, "2021-01", locality), AT):
                weights[each.standing.status] += each.standing.weight
        assert weights == {status: figure.statuses[status] for status in asked}, measure.id
        counted += sum(weights.values())
    assert counted > 100


def test_without_a_fact_that_it_rests_on_a_standing_would_be_another() -> None:
    cell = Cell(CATALOGUE.measures["initial_visits_all"], "2021-01")
    decisive = 0
    for case in CASES:
        for each in explain_case(CATALOGUE, case, cell, AT):
            for ground in each.grounds:
                without = Case(case.subject)
                for fact in case.told():
                    if fact.key != ground.fact.key:
                        without.add(fact)
                left = [one.standing for one in explain_case(CATALOGUE, without, cell, AT)]
                assert (each.standing not in left) == ground.decisive
                decisive += ground.decisive
    assert decisive > 10


def test_it_is_found_in_an_archive_as_in_the_cases(archive: str) -> None:
    cell = Cell(CATALOGUE.measures["cp_visits"], "2021-01", None, frozenset({"met"}))
    found = explain(archive_parts(archive), load_profile(), cell, AT, KNOWN, lambda _: None)
    expected = [each for case in CASES for each in explain_case(CATALOGUE, case, cell, AT)]
    assert found == sorted(expected, key=lambda each: (each.subject, each.standing.occurrence))
    assert found
    assert {each.standing.status for each in found} == {"met"}
