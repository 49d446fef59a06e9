"""One county in three sources: where two of them can know a figure, they agree.

The Standard Safeguarding Dataset, Annex A and the daily payload of 29 June 2026 lie in the shared
data. What a source can know is what is shown of it: the table that says so is tested elsewhere, by
cutting another county down to it. Here it is held against what the readers truly tell.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from casepulse.schemas.events.referral import ReferralClosed, ReferralStarted
from casepulse.state import COUNTY, Fact, Figures, evaluate
from casepulse.streams.sources.difference import difference
from casepulse.streams.sources.extract import Request
from casepulse.streams.sources.readers import READERS
from casepulse.streams.sources.told import Told
from tests.build import when
from tests.county.test_not_in_sources import catalogue_of

SHARED = Path(__file__).parents[2].parent / "shared/data"

#: Where each source's extract of the county lies.
PLACES = {
    "ssd": "ssd/2026-06-29",
    "annex-a": "annex-a/2026-06-29.xlsx",
    "dfe-payload": "dfe-json/2026-06-29-all.jsonl",
}

READABLE = [name for name in PLACES if name in READERS]

#: At the end of 29 June.
AT: datetime = when("2026-06-30")

#: What others counted in it: twelve in care, of whom one is twenty and so is in care no longer.
OPEN_REFERRALS, ON_A_PLAN, IN_CARE = 63, 10, 12 - 1

#: By two sources, the measures that they may differ in, and why.
_TEAMS = (
    "the profile knows none of the teams that the one names, and the other names others, or none"
)
_LEAVERS = "the workbook's list 9 is empty"
_SEEN = "list 6 has a child seen at a visit at which, the dataset says, the child was not"
EXCEPTIONS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("ssd", "annex-a"): {
        "care_leavers": _LEAVERS,
        "cl_in_touch": _LEAVERS,
        "cl_in_touch_younger": _LEAVERS,
        "cp_not_seen": _SEEN,
        "cp_visits": _SEEN,
        "dq_unknown_team": _TEAMS,
    },
    ("ssd", "dfe-payload"): {"dq_unknown_team": _TEAMS},
    ("annex-a", "dfe-payload"): {"dq_unknown_team": _TEAMS},
}


@cache
def facts_of(source: str) -> tuple[Fact, ...]:
    """What a source tells of the county, at first."""
    place = SHARED / PLACES[source]
    if not place.exists():
        pytest.skip(f"no data at {place}")
    changes = difference(Told(), READERS[source].read(Request(str(place), AT)))
    return tuple(map(Fact.of, changes.events()))


def shown(source: str) -> dict[str, tuple[str, int, int | None]]:
    """The county's figures that are shown of a source alone."""
    catalogue = catalogue_of(source)
    figures = Figures(evaluate(facts_of(source), catalogue, AT), catalogue, AT)
    found = {}
    for name, measure in catalogue.measures.items():
        figure = figures.figure(name, figures.current(measure), COUNTY)
        found[name] = (figure.period, figure.numerator, figure.denominator)
    return found


@pytest.mark.parametrize("source", READABLE)
def test_each_source_has_what_was_counted(source: str) -> None:
    facts = facts_of(source)
    closed = {
        (fact.subject, fact.data.referral)
        for fact in facts
        if isinstance(fact.data, ReferralClosed)
    }
    opened = {
        (fact.subject, fact.data.referral)
        for fact in facts
        if isinstance(fact.data, ReferralStarted)
    }
    assert len(opened - closed) == OPEN_REFERRALS
    figures = shown(source)
    assert figures["cp_children"][1] == ON_A_PLAN
    if "children_in_care" in figures:
        assert figures["children_in_care"][1] == IN_CARE


@pytest.mark.parametrize(("one", "other"), list(combinations(READABLE, 2)))
def test_what_two_sources_can_know_they_agree_on(one: str, other: str) -> None:
    first, second = shown(one), shown(other)
    both = first.keys() & second.keys()
    assert len(both) > 10, "they have something in common"
    excepted = EXCEPTIONS.get((one, other), {})
    figures = {name: (first[name], second[name]) for name in sorted(both)}
    wrong = {name: two for name, two in figures.items() if two[0] != two[1]}
    assert {name: two for name, two in wrong.items() if name not in excepted} == {}
    assert excepted.keys() <= wrong.keys(), "an exception that is none"
