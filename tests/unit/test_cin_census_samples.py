"""The returns laid beside the project: every number that a plain script counted comes out."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casepulse.schemas.envelope import local_day
from casepulse.schemas.events import read_event, write_event
from casepulse.schemas.source import known_sources
from casepulse.state import Fact, Figures, evaluate
from casepulse.state.calendar import LONDON, working_days_taken
from casepulse.state.viewing import cell_view
from casepulse.streams.sources.cin_census import check, read
from casepulse.streams.sources.difference import difference
from casepulse.streams.sources.extract import Request
from casepulse.streams.sources.told import Told
from tests.unit.census import Read
from tests.unit.test_cin_census_years import CATALOGUE, figures, holding, words

SAMPLE = Path(__file__).parents[2].parent / "shared/data/cin"

if not SAMPLE.exists():
    pytest.skip(f"the returns are not laid beside the project: {SAMPLE}", allow_module_level=True)

TAKEN = datetime(2026, 6, 15, 9, tzinfo=UTC)

#: The ends of the quarters of the return's year: figures go three months back.
QUARTERS = [datetime(2025, month, 1, tzinfo=LONDON) for month in (7, 10)]
QUARTERS += [datetime(2026, month, 1, tzinfo=LONDON) for month in (1, 4)]

IN_YEAR = (date(2025, 4, 1), date(2026, 3, 31))


def sample(name: str) -> Read:
    return Read(Request(str(SAMPLE / f"{name}.xml"), TAKEN))


def _counted(name: str) -> dict[str, list[int]]:
    """What the script counted: `a; b` is two counts."""
    rows = csv.DictReader((SAMPLE / "counts.csv").read_text("utf-8").splitlines())
    return {
        row["what"]: [int(each) for each in row["count"].split(";")]
        for row in rows
        if row["source"] == f"cin {name}"
    }


def _in_the_year(got: Read) -> dict[str, tuple[int, int]]:
    """Numerator and denominator of each measure of months, over all of the year's."""
    sums: dict[str, tuple[int, int]] = {}
    for at in QUARTERS:
        for view in _county(got, at):
            if view.period != "at" and not view.measure.endswith("_fytd"):
                so_far = sums.get(view.measure, (0, 0))
                sums[view.measure] = (
                    so_far[0] + view.numerator,
                    so_far[1] + (view.denominator or 0),
                )
    return sums


def _county(got: Read, at: datetime) -> list[Any]:
    tally = evaluate(map(Fact.of, got.events), CATALOGUE, at)
    views = map(cell_view, Figures(tally, CATALOGUE, at).cells())
    return [view for view in views if view.locality == "county"]


def _open(got: Read, kind: str, closing: str, of: Callable[[Any], str]) -> int:
    closed = {(e.subject, of(e.data)) for e in got.events if e.type == closing}
    begun = {(e.subject, of(e.data)) for e in got.events if e.type == kind}
    return len(begun - closed)


@pytest.mark.parametrize("name", ["cin-2026", "cin-2026-resubmitted"])
def test_every_number_comes_out(name: str) -> None:
    got, counted = sample(name), _counted(name)
    sums = _in_the_year(got)
    last = _county(got, QUARTERS[-1])
    now = {each.measure: each for each in last if each.period in ("at", "2026-03")}
    rows = {kind: account.told for kind, account in got.accounts.items()}
    assert got.bad == []
    assert all(account.rows == account.told for account in got.accounts.values())

    begun = {(e.subject, e.data.assessment): e for e in got.events if "ment.started" in e.type}
    from_start = [
        working_days_taken(local_day(begun[e.subject, e.data.assessment].time), local_day(e.time))
        for e in got.events
        if e.type == "assessment.authorised" and IN_YEAR[0] <= local_day(e.time) <= IN_YEAR[1]
    ]
    noted = next(each for each in got.extract.notes if each.startswith("Section47"))
    plans = _open(got, "protection_plan.started", "protection_plan.ended", _plan)
    needs = _open(got, "child_in_need_plan.started", "child_in_need_plan.ended", _plan)
    assert counted == {
        "children": [rows["Child"]],
        "referrals (CINdetails)": [rows["CINdetails"]],
        "open at 31 March": [_open(got, "referral.started", "referral.closed", _referral)],
        "referrals in the year": [sums["referrals"][0]],
        "referrals in the year: of these with another in the return begun within 12 months "
        "before": [now["re_referrals_fytd"].numerator],
        "assessments; authorised in the year; within 45 working days of the referral; of the "
        "assessment start": [
            rows["Assessments"],
            sums["single_assessment"][1],
            sums["single_assessment"][0],
            sum(days <= 45 for days in from_start),
        ],
        "S47 enquiries; conferences in the year; within 15 working days; conference not required "
        "(1 or true)": [
            rows["Section47"],
            sums["icpc_timely"][1],
            sums["icpc_timely"][0],
            int(noted.partition(": ")[2].partition(" ")[0]),
        ],
        "protection plans; open at 31 March; begun in the year; of these second or later "
        "(NumberOfPreviousCPP > 0)": [
            rows["ChildProtectionPlans"],
            plans,
            now["repeat_plans_fytd"].denominator,
            now["repeat_plans_fytd"].numerator,
        ],
        "CIN plans; open at 31 March": [rows["CINPlanDates"], needs],
    }
    assert now["cp_children"].numerator == plans


def _plan(data: Any) -> str:
    return str(data.plan)


def _referral(data: Any) -> str:
    return str(data.referral)


def test_the_resubmission_amends_the_three_assessments_that_differ() -> None:
    first = sample("cin-2026")
    later = Request(str(SAMPLE / "cin-2026-resubmitted.xml"), TAKEN + timedelta(days=1))
    changes = difference(first.changes.after, read(later))
    assert len(changes) == _counted("resubmission")["assessments that differ"][0] == 3
    assert {
        (word, name.partition("-")[0], name.rpartition("-")[2]) for word, name in words(changes)
    } == {("amended", "assessment", "assessment.authorised")}
    events = [*first.events, *changes.events()]
    afresh = list(difference(Told(), read(later)).events())
    assert holding(events) == holding(afresh)
    for at in QUARTERS:
        assert figures(events, at) == figures(afresh, at)


def test_what_is_told_is_no_more_than_the_source_is_said_to_tell() -> None:
    source = known_sources()["cin-census"]
    for event in sample("cin-2026").events:
        said = event.data.model_dump(exclude_none=True, exclude_defaults=True)
        assert set(said) <= {*source.tells[event.type], *source.assumes.get(event.type, {})}
        assert read_event(write_event(event)) == event


@pytest.mark.parametrize(
    ("name", "year", "told", "bad"),
    [
        ("others-2021", "year=2023", 15, []),
        (
            "others-2026",
            "year=2024",
            20,
            [("Assessments", 41, "AssessmentAuthorisationDate")],
        ),
    ],
)
def test_returns_of_others_are_read(
    name: str, year: str, told: int, bad: list[tuple[str, int, str]]
) -> None:
    """Stray text, Year beside another ReferenceDate, Sex 1, dates to come, factors left empty."""
    late = Read(Request(str(SAMPLE / f"{name}.xml"), datetime(2031, 1, 1, tzinfo=UTC)))
    assert late.extract.kind == year
    assert len(late.events) == told
    assert [(each.file.rpartition(" ")[2], each.line, each.column) for each in late.bad] == bad
    now = sample(name)
    held_back = sum(account.held_back for account in now.accounts.values())
    assert held_back == (name == "others-2026")
    sexes = Counter(e.data.sex for e in late.events if e.type == "child.registered")
    assert set(sexes) == {"M"}


@pytest.mark.parametrize(
    ("year", "name", "wrong"),
    [
        (2018, "others-2021", {"ChildIdentifiers", "CINPlanDates"}),
        (2021, "others-2021", {"ChildIdentifiers", "CINPlanDates"}),
        (2023, "others-2021", {"ChildIdentifiers", "ICPCnotRequired"}),
        (2026, "cin-2026", {"ICPCnotRequired"}),
    ],
)
def test_the_schemas_of_all_years_name_what_is_wrong(year: int, name: str, wrong: set[str]) -> None:
    found = check(SAMPLE / f"{name}.xml", SAMPLE / f"CIN_schema_{year}.xsd")
    assert {each.column for each in found} == wrong
    lines = (SAMPLE / f"{name}.xml").read_text("utf-8").splitlines()
    assert all(f"<{each.column}" in lines[each.line - 1] for each in found)
