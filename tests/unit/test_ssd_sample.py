"""Two nights of a made-up county: what a plain script counted in the files comes out."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from casepulse.schemas.envelope import Event
from casepulse.schemas.profile import load_profile
from casepulse.schemas.source import known_sources
from casepulse.state import Case, CaseView, Fact, Figures, catalogue_for, evaluate
from casepulse.state.calendar import LONDON
from casepulse.state.records.care import care_periods, legal_status
from casepulse.state.viewing import cell_view
from casepulse.streams.sources.difference import Changes, difference
from casepulse.streams.sources.told import Told
from tests.build import CATALOGUE
from tests.ssd import Read, read, words

SAMPLE = Path(__file__).parents[2].parent / "shared/data/ssd"
NIGHTS = ("2026-06-29", "2026-06-30")

pytestmark = pytest.mark.skipif(
    not SAMPLE.exists(), reason=f"the two nights are not laid beside the project: {SAMPLE}"
)


@dataclass(frozen=True)
class Night:
    """One, told for itself."""

    name: str
    read: Read
    changes: Changes
    events: list[Event[Any]]

    @property
    def at(self) -> datetime:
        """The end of its day."""
        day = date.fromisoformat(self.name) + timedelta(days=1)
        return datetime(day.year, day.month, day.day, tzinfo=LONDON)

    def counted(self) -> dict[str, int]:
        """What the plain script counted in it."""
        with (SAMPLE / "counts.csv").open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["source"] == f"ssd {self.name}"]
        return {row["what"]: int(row["count"]) for row in rows}


@cache
def night(name: str) -> Night:
    taken = datetime.fromisoformat(f"{name}T22:00:00+00:00")
    got = read(SAMPLE / name, taken)
    changes = difference(Told(), got.extract)
    return Night(name, got, changes, list(changes.events()))


@pytest.fixture(params=NIGHTS)
def of(request: pytest.FixtureRequest) -> Night:
    return night(request.param)


def views(of: Night) -> Iterator[CaseView]:
    catalogue, cases = catalogue_for(load_profile()), dict[str, Case]()
    for event in of.events:
        cases.setdefault(event.subject, Case(event.subject)).add(Fact.of(event))
    for subject, case in cases.items():
        if subject.startswith("child:"):
            view = catalogue.view(case, of.at)
            view.begin()
            yield view


def figures(of: Night) -> dict[tuple[str, str], Any]:
    """By measure and period, what is shown of the county."""
    tally = evaluate(map(Fact.of, of.events), CATALOGUE, of.at)
    cells = map(cell_view, Figures(tally, CATALOGUE, of.at).cells())
    return {(cell.measure, cell.period): cell for cell in cells if cell.locality == "county"}


def test_every_row_is_accounted_for(of: Night) -> None:
    counted = of.counted()
    for account in of.read.extract.accounts:
        assert account.rows == counted[f"rows {account.file.removesuffix('.csv')}"]
        assert (account.bad, account.unknown_codes, account.outside) == (0, {}, 0)
    not_read = {f"rows {account.file.removesuffix('.csv')}" for account in of.read.extract.accounts}
    assert {what for what in counted if what.startswith("rows ")} - not_read == {
        "rows ssd_department"
    }
    assert of.read.extract.notes == []


def test_what_is_told_is_what_the_source_is_said_to_tell(of: Night) -> None:
    source = known_sources()["ssd"]
    told: dict[str, set[str]] = {}
    for said in of.read.says:
        fields = said.data.model_dump(exclude_defaults=True) | {
            name: None
            for name, field in type(said.data).model_fields.items()
            if field.is_required()
        }
        told.setdefault(said.data.TYPE, set()).update(fields)
    for type_, fields in told.items():
        tells = {each.partition("=")[0] for each in source.tells[type_]}
        assert fields <= tells | source.assumes.get(type_, {}).keys(), type_


def test_the_figures_of_the_product_are_those_of_the_plain_count(of: Night) -> None:
    counted, found = of.counted(), figures(of)

    def figure(measure: str, period: str = "2026-06") -> tuple[int, int | None]:
        cell = found[measure, period]
        return cell.numerator, cell.denominator

    def of_these(what: str, which: str) -> tuple[int, int]:
        (part,) = [count for name, count in counted.items() if name.startswith(f"{what}: {which}")]
        return part, counted[what]

    assert figure("referrals") == (counted["referrals in June 2026"], None)
    assert figure("re_referrals") == of_these("referrals in June 2026", "of these with another")
    year = "referrals in the 12 months before 1 July 2026"
    assert figure("re_referrals_12m") == of_these(year, "of these with another")
    authorised = "assessments authorised in June 2026"
    assert figure("single_assessment") == of_these(authorised, "of these within")
    assert figure("icpc_timely") == of_these("initial conferences held in June 2026", "of these")
    assert figure("s47_timely") == of_these("S47 enquiries completed in June 2026", "of these")
    plans = found["repeat_plans_started", "2026-06"]
    assert (plans.denominator - plans.statuses["first"], plans.denominator) == of_these(
        "plans begun in June 2026", "of these"
    )
    assert figure("assessments_open", "at") == (counted["assessments open"], None)
    assert figure("cp_children", "at") == (counted["children on a protection plan"], None)
    protected = "children on a protection plan"
    seen = found["cp_visits", "at"]
    assert (seen.statuses["met"], seen.denominator) == of_these(protected, "of these seen")
    assert (seen.statuses["not_due"], seen.denominator) == of_these(protected, "of these not seen")
    assert figure("cp_over_2y", "at") == of_these(protected, "of these open for 2 years")


def test_children_in_care_are_those_counted_but_for_one_who_is_20(of: Night) -> None:
    """The plain count asks for no birthday; in care nobody is after the 18th."""
    counted = of.counted()
    care = "children in care (V3, V4 left out)"
    looked_after = {
        view.key: view.records(legal_status)
        for view in views(of)
        if any(each.ended is None for each in view.records(care_periods))
    }
    assert len(looked_after) == counted["children looked after, short breaks too"]
    in_care = {key: status for key, status in looked_after.items() if status not in ("V3", "V4")}
    under_v2 = [key for key, status in in_care.items() if status == "V2"]
    assert (len(in_care), len(under_v2)) == (counted[care], counted[f"{care}: of these under V2"])
    found = figures(of)
    assert found["children_in_care", "at"].numerator == len(in_care) - 1
    assert found["cic_section20", "at"].numerator == len(under_v2) - 1
    moved = f"{care}: of these with 3 or more placements that were open at some time in the last 12"
    (count,) = [count for what, count in counted.items() if what.startswith(moved)]
    assert found["short_term_stability", "at"].numerator == count


def standing(of: Night, begins: str, ends: str) -> set[str]:
    """Whose record was begun and has no end."""
    ended = {event.id.removesuffix(ends) for event in of.events if event.type == ends}
    return {
        event.id
        for event in of.events
        if event.type == begins and event.id.removesuffix(begins) not in ended
    }


def of_type(of: Night, type_: str, since: date, until: date) -> list[Event[Any]]:
    days = ((event, event.time.astimezone(LONDON).date()) for event in of.events)
    return [event for event, day in days if event.type == type_ and since <= day < until]


def test_the_records_are_those_of_the_plain_count(of: Night) -> None:
    counted = of.counted()
    assert len(of_type(of, "child.registered", date.min, date.max)) == counted["rows ssd_person"]
    open_referrals = standing(of, "referral.started", "referral.closed")
    assert len(open_referrals) == counted["referrals open"]
    children = {event.subject for event in of.events if event.id in open_referrals}
    assert len(children) == counted["children with an open referral"]
    in_need = standing(of, "child_in_need_plan.started", "child_in_need_plan.ended")
    assert len(in_need) == counted["children with an open CIN plan"]
    july = date(2026, 7, 1)
    for what, type_ in (
        ("referrals", "referral.started"),
        ("assessments authorised", "assessment.authorised"),
        ("S47 enquiries completed", "s47_enquiry.completed"),
        ("plans begun", "protection_plan.started"),
    ):
        year = of_type(of, type_, date(2025, 7, 1), july)
        assert len(year) == counted[f"{what} in the 12 months before 1 July 2026"]
        assert len(of_type(of, type_, date(2026, 6, 1), july)) == counted[f"{what} in June 2026"]
    held = of_type(of, "conference.held", date(2025, 7, 1), july)
    initial = [event for event in held if event.data.kind == "initial"]
    assert len(initial) == counted["initial conferences held in the 12 months before 1 July 2026"]


def test_over_twelve_months(of: Night) -> None:
    """What is shown of each month, of four quarters together."""
    counted = of.counted()
    quarters = [(2025, 10), (2026, 1), (2026, 4), (2026, 7)]
    cells = [
        cell_view(cell)
        for year, month in quarters
        for at in [datetime(year, month, 1, tzinfo=LONDON)]
        for cell in Figures(evaluate(map(Fact.of, of.events), CATALOGUE, at), CATALOGUE, at).cells()
    ]

    def together(measure: str) -> tuple[int, int]:
        found = {
            cell.period: cell
            for cell in cells
            if cell.measure == measure and cell.locality == "county"
        }
        assert set(found) <= {f"2025-{month:02}" for month in range(7, 13)} | {
            f"2026-{month:02}" for month in range(1, 7)
        }
        return (
            sum(cell.numerator for cell in found.values()),
            sum(cell.denominator or 0 for cell in found.values()),
        )

    for measure, what, which in (
        ("single_assessment", "assessments authorised", "of these within 45"),
        ("icpc_timely", "initial conferences held", "of these within 15"),
        ("s47_timely", "S47 enquiries completed", "of these within 15"),
        ("repeat_plans_started", "plans begun", "of these of a child"),
    ):
        year = f"{what} in the 12 months before 1 July 2026"
        (part,) = [count for name, count in counted.items() if name.startswith(f"{year}: {which}")]
        assert together(measure) == (part, counted[year]), measure
    referrals = {each.data.referral for each in of.events if each.type == "referral.started"}
    year_of = of_type(of, "assessment.authorised", date(2025, 7, 1), date(2026, 7, 1))
    assessed = {each.data.assessment for each in year_of}
    traced = {
        each.data.referral
        for each in of.events
        if each.type == "assessment.started" and each.data.assessment in assessed
    }
    for when in ("June 2026", "the 12 months before 1 July 2026"):
        what = f"assessments authorised in {when}: of these whose referral is not in the extract"
        assert counted[what] == len(traced - referrals) == 0


def test_each_case_note_of_a_visit_is_told_once(of: Night) -> None:
    counted = of.counted()
    what = "visits, each case note once (cin and cp tables together)"
    told = [event.id for event in of.events if event.type == "visit.recorded"]
    protection = [name for name in told if name.startswith("ssd-cp_visits-")]
    others = [name for name in told if name.startswith("ssd-cin_visits-")]
    assert len(protection) + len(others) == counted[what]
    assert len(others) == counted[f"{what}: of these only in cin_visits"]


# --- from one night to the next ---


@cache
def second_told() -> tuple[Changes, list[Event[Any]]]:
    first, then = (night(name) for name in NIGHTS)
    changes = difference(first.changes.after, then.read.extract)
    return changes, [*first.events, *changes.events()]


def _lines(events: list[Event[Any]], at: datetime) -> list[str]:
    tally = evaluate(map(Fact.of, events), CATALOGUE, at)
    return [cell_view(cell).model_dump_json() for cell in Figures(tally, CATALOGUE, at).cells()]


def test_the_second_night_is_that_of_the_first_and_the_changes_byte_for_byte() -> None:
    at = night(NIGHTS[1]).at
    told, afresh = _lines(second_told()[1], at), _lines(night(NIGHTS[1]).events, at)
    assert told == afresh
    assert len(told) > 2000


def _keys(changes: Changes, word: str) -> set[str]:
    return {name for said, name in words(changes) if said == word}


def test_what_was_done_by_hand_is_told_and_what_was_issued_anew_is_not() -> None:
    changes, _ = second_told()
    assert _keys(changes, "amended") == {
        "cin_assessments-400336-300156-assessment.authorised",
        "cp_plans-400294-630029-protection_plan.started",
    }
    moved = {name for name in _keys(changes, "voided") if "-400850-" in name}
    assert _keys(changes, "voided") - moved == {
        "cin_visits-401060-103052-visit.recorded",
        "cin_episodes-401436-500649-referral.closed",
    }
    assert "person-400850-child.registered" in moved
    arrived = {name.replace("-400850-", "-400273-") for name in moved}
    assert arrived - _keys(changes, "new") == {"person-400273-child.registered"}
    assert [(each.old, each.new) for each in changes.merges] == [("child:400850", "child:400273")]
    by_hand = list(csv.DictReader((SAMPLE / "changes-by-hand.csv").open(encoding="utf-8")))
    assert {row["id"] for row in by_hand} == {"103052", "300156", "500649", "630029", "400850"}


def _difference_by_key() -> Mapping[str, tuple[int, ...]]:
    with (SAMPLE / "counts.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["source"] == "ssd night to night"]
    return {
        row["what"].partition(":")[0]: tuple(map(int, row["count"].split(", "))) for row in rows
    }


def test_what_left_the_window_is_not_withdrawn() -> None:
    changes, _ = second_told()
    counted = _difference_by_key()
    left = {name: each.left for name, each in changes.by_type.items() if each.left}
    referrals = counted["ssd_cin_episodes by its key"][3]
    assert left == {
        "contact.received": counted["ssd_contacts by its key"][3],
        "referral.started": referrals,
        "referral.closed": referrals,
    }


def test_how_many_changes_there_are() -> None:
    changes, _ = second_told()
    counted = _difference_by_key()
    told = {name: (each.new, each.amended, each.voided) for name, each in changes.by_type.items()}
    new, changed, gone = counted[
        "ssd_sdq_scores by csdq_person_id+csdq_sdq_completed_date+csdq_sdq_score"
    ]
    assert told["strengths_difficulties.completed"] == (new, changed, gone) == (0, 0, 0)
    assert counted["ssd_care_leavers by clea_person_id"] == (0, 0, 0)
    assert told["care_leaver.recorded"] == told["care_leaver.qualified"] == (0, 0, 0)
    assert told["child.registered"] == (
        counted["ssd_person by its key"][0], 0, counted["ssd_person by its key"][2],
    )  # fmt: skip
    assert told["contact.received"] == (counted["ssd_contacts by its key"][0], 0, 0)
    new_visits = counted["ssd_cin_visits by its key"][0]
    assert told["visit.recorded"] == (new_visits, 0, counted["ssd_cin_visits by its key"][2])
