"""Two Annex A workbooks in a row: windows, what was replaced, what was seen last."""

import csv
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest

from casepulse.schemas.envelope import local_day
from casepulse.schemas.source import known_sources
from casepulse.state.calendar import working_days_taken
from casepulse.streams.sources.changes import Changes
from casepulse.streams.sources.difference import difference
from casepulse.streams.sources.extract import Extract
from casepulse.streams.sources.guard import check
from casepulse.streams.sources.told import Told
from tests.annex_a import TAKEN, extract_of, row, workbook
from tests.unit.test_annex_a import account, told, whole

NEXT = TAKEN + timedelta(days=30)

#: Made-up workbooks with counts, beside the project where it is developed.
SAMPLE = Path(__file__).parents[2].parent / "shared/data/annex-a"


class County:
    """One workbook after another, and what was told of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told = folder, Told()

    def night(self, taken: datetime, lists: dict[int, list[dict[str, Any]]]) -> Changes:
        return self.extract(extract_of(workbook(self.folder / "a.xlsx", lists), taken))

    def extract(self, extract: Extract) -> Changes:
        whole(extract)
        changes = difference(self.told, extract)
        self.told = changes.after
        return changes

    def holds(self, type_: str) -> list[str]:
        return sorted(
            f"{record.time:%Y-%m-%d}"
            for record in self.told.records.values()
            if record.holds and record.type == type_
        )


@pytest.fixture
def county(tmp_path: Path) -> County:
    return County(tmp_path)


def words(changes: Changes) -> list[str]:
    return [f"{each.word} {each.type} {each.time:%Y-%m-%d}" for each in changes.changes]


def episode(began: date, child: int = 400001, **said: Any) -> dict[str, Any]:
    return row(child, CIN_Start_Date=began, **said)


def referral(began: date, child: int = 400001, **said: Any) -> dict[str, Any]:
    return row(child, Date_of_referral=began, **{"Referral_Source": "6", **said})


def plan(began: date, child: int = 400001, **said: Any) -> dict[str, Any]:
    return row(child, Child_Protection_Plan_Start_Date=began, **said)


def contact(day: date, child: int = 400001) -> dict[str, Any]:
    return row(child, Date_of_Contact=day, Contact_Source="6")


def day(text: str) -> date:
    return date.fromisoformat(text)


OTHER = [plan(day("2026-02-01"), 400009), plan(day("2026-02-01"), 400008)]


# --- windows ---


def test_what_lies_before_six_months_has_left_and_what_lies_in_them_is_gone(county: County) -> None:
    old, kept, lost = (contact(day(each)) for each in ("2026-01-15", "2026-05-01", "2026-06-01"))
    county.night(TAKEN, {1: [old, kept, lost]})
    changes = county.night(NEXT, {1: [kept]})
    assert words(changes) == ["voided contact.received 2026-06-01"]
    assert county.holds("contact.received") == ["2026-01-15", "2026-05-01"]


def test_an_assessment_leaves_by_its_authorisation(county: County) -> None:
    def of(child: int, began: str, authorised: str | None) -> dict[str, Any]:
        done = {"Continuous_Assessment_Date": day(authorised)} if authorised else {}
        return row(child, Continuous_Assessment_Start_Date=day(began), **done)

    stays = of(400004, "2026-06-01", None)
    county.night(
        TAKEN,
        {
            4: [
                of(400001, "2025-11-01", "2026-01-10"),  # has left by July
                of(400002, "2025-11-01", "2026-02-10"),  # is gone
                of(400003, "2025-11-01", None),  # is gone: it was open
                stays,
            ]
        },
    )
    changes = county.night(NEXT, {4: [stays]})
    assert {each.place.subject for each in changes.changes} == {"child:400002", "child:400003"}
    assert all(each.word == "voided" for each in changes.changes)
    assert county.holds("assessment.authorised") == ["2026-01-10"]


def test_an_enquiry_leaves_with_its_conference_and_its_end(county: County) -> None:
    old = row(
        Strategy_discussion=day("2026-01-10"), Date_of_Initial=day("2026-02-20"), **{"Gender": "F"}
    )
    new = row(400002, Strategy_discussion=day("2026-06-10"), Was_an_Initial="a) Yes")
    county.night(TAKEN, {5: [old, new]})
    assert not county.night(NEXT, {5: [new]}).changes
    assert county.holds("conference.held") == ["2026-02-20"]
    assert county.holds("s47_enquiry.completed") == ["2026-02-20", "2026-06-30"]


def test_an_enquiry_ends_on_the_extract_that_first_says_that_no_conference_is_needed(
    county: County,
) -> None:
    said = {"Strategy_discussion": day("2026-06-10")}
    county.night(TAKEN, {5: [row(**said)]})
    assert county.holds("s47_enquiry.completed") == []
    later = NEXT + timedelta(days=30)
    for taken in (NEXT, later):
        county.night(taken, {5: [row(**said, Was_an_Initial="a) Yes")]})
        assert county.holds("s47_enquiry.completed") == ["2026-07-30"]
    held = row(**said, Date_of_Initial=day("2026-07-02"), Was_an_Initial="b) No")
    county.night(later + timedelta(days=30), {5: [held]})
    assert county.holds("s47_enquiry.completed") == ["2026-07-02"]


def test_a_conference_that_was_none_is_withdrawn(county: County) -> None:
    said = {"Strategy_discussion": day("2026-06-10")}
    county.night(TAKEN, {5: [row(**said, Date_of_Initial=day("2026-06-20"))]})
    assert words(county.night(NEXT, {5: [row(**said)]})) == [
        "voided conference.held 2026-06-20", "voided s47_enquiry.completed 2026-06-20",
    ]  # fmt: skip


def test_what_was_open_half_a_year_ago_may_have_ended_since(county: County) -> None:
    county.night(TAKEN, {7: [plan(day("2026-03-02")), *OTHER]})
    assert not county.night(TAKEN + timedelta(days=200), {7: OTHER}).changes
    county.night(TAKEN + timedelta(days=201), {7: [plan(day("2026-03-02")), *OTHER]})
    gone = words(county.night(TAKEN + timedelta(days=202), {7: OTHER}))
    assert sorted(gone) == sorted(
        ["voided protection_plan.started 2026-03-02", "voided child.registered 2014-03-02"]
    )


# --- one row a child: what a newer one replaces ---


def test_a_plan_that_a_newer_one_replaces_ended_when_that_began(county: County) -> None:
    county.night(TAKEN, {7: [plan(day("2026-03-02"))]})
    changes = county.night(NEXT, {7: [plan(day("2026-07-10"))]})
    assert sorted(words(changes)) == sorted(
        ["new protection_plan.ended 2026-07-10", "new protection_plan.started 2026-07-10"]
    )
    assert county.holds("protection_plan.started") == ["2026-03-02", "2026-07-10"]
    again = county.night(NEXT + timedelta(days=30), {7: [plan(day("2026-07-10"))]})
    assert not again.changes


def test_an_end_that_was_told_stands_though_a_newer_one_replaces_it(county: County) -> None:
    ended = plan(day("2026-03-02"), Child_Protection_Plan_End=day("2026-06-20"))
    county.night(TAKEN, {7: [ended]})
    county.night(NEXT, {7: [plan(day("2026-07-10"))]})
    assert county.holds("protection_plan.ended") == ["2026-06-20"]
    assert county.holds("protection_plan.started") == ["2026-03-02", "2026-07-10"]


def test_the_newer_one_was_a_mistake(county: County) -> None:
    old = plan(day("2026-03-02"))
    county.night(TAKEN, {7: [old]})
    county.night(NEXT, {7: [plan(day("2026-07-10"))]})
    county.night(NEXT + timedelta(days=1), {7: [old]})
    assert county.holds("protection_plan.started") == ["2026-03-02"]
    assert county.holds("protection_plan.ended") == []


def test_a_day_that_was_corrected_is_no_newer_plan(county: County) -> None:
    county.night(TAKEN, {7: [plan(day("2026-03-02"))]})
    county.night(NEXT, {7: [plan(day("2026-03-12"))]})
    assert county.holds("protection_plan.started") == ["2026-03-12"]
    county.night(NEXT + timedelta(days=1), {7: [plan(day("2026-03-02"))]})
    assert county.holds("protection_plan.started") == ["2026-03-02"]
    assert county.holds("protection_plan.ended") == []


def test_a_case_that_was_opened_again_long_after_it_was_closed(county: County) -> None:
    first = referral(day("2026-01-02")), episode(day("2026-01-02"), CIN_Closure=day("2026-01-20"))
    county.night(TAKEN, {3: [first[0]], 6: [first[1]]})
    county.night(TAKEN + timedelta(days=60), {3: [], 6: [episode(day("2026-06-01"), 400002)]})
    assert county.holds("referral.closed") == ["2026-01-20"]
    county.night(TAKEN + timedelta(days=61), {3: [], 6: [episode(day("2026-01-02"))]})
    assert county.holds("referral.closed") == []


def test_a_referral_that_list_6_no_longer_has_is_over_when_the_next_began(county: County) -> None:
    both = [referral(day("2026-02-02")), referral(day("2026-06-02"))]
    county.night(TAKEN, {3: both, 6: [episode(day("2026-06-02"))]})
    assert county.holds("referral.closed") == ["2026-06-02"]
    # the first leaves list 3, and stays as it is
    for days in (60, 90, 200):
        county.night(TAKEN + timedelta(days=days), {3: both[1:], 6: [episode(day("2026-06-02"))]})
        assert county.holds("referral.started") == ["2026-02-02", "2026-06-02"]
        assert county.holds("referral.closed") == ["2026-06-02"]


def test_a_referral_with_no_further_action_is_closed_on_its_day(county: County) -> None:
    none = referral(day("2026-06-20"), 400002, Referral_NFA="a) Yes")
    waits = referral(day("2026-06-20"), 400003, Referral_NFA="b) No")
    known = [referral(day("2026-06-01")), none, waits]
    county.night(TAKEN, {3: known, 6: [episode(day("2026-06-01"))]})
    assert county.holds("referral.closed") == ["2026-06-20"]
    taken = [episode(day("2026-06-01")), episode(day("2026-06-20"), 400003)]
    county.night(NEXT, {3: known, 6: taken})
    assert county.holds("referral.closed") == ["2026-06-20"]


def test_the_source_of_a_referral_stays_known_when_it_leaves_list_3(county: County) -> None:
    lists = {3: [referral(day("2026-01-02"))], 6: [episode(day("2026-01-02"))]}
    county.night(TAKEN, lists)
    later = {3: [referral(day("2026-07-02"), 400002)], 6: [episode(day("2026-01-02"))]}
    assert all(each.place.subject != "child:400001" for each in county.night(NEXT, later).changes)


def test_a_care_leaver_who_is_no_longer_on_the_list(county: County) -> None:
    def leaver(child: int) -> dict[str, Any]:
        return row(child, Eligibility="a) Relevant child", LA_In_Touch="a) Yes")

    county.night(TAKEN, {9: [leaver(400001), leaver(400002)]})
    county.night(NEXT, {9: [leaver(400001)]})
    assert county.holds("care_leaver.ended") == ["2026-07-30"]
    assert county.holds("care_leaver.qualified") == ["2026-06-30", "2026-06-30"]
    county.night(NEXT + timedelta(days=1), {9: []})  # an empty list says nothing of anybody
    assert county.holds("care_leaver.ended") == ["2026-07-30"]
    county.night(NEXT + timedelta(days=2), {9: [leaver(400001), leaver(400002)]})
    assert county.holds("care_leaver.ended") == []


# --- what was seen last ---


def test_what_was_last_is_a_series_and_only_a_day_that_moves_back_a_correction(
    county: County,
) -> None:
    seen = [day(each) for each in ("2026-06-01", "2026-07-01", "2026-06-15")]
    for days, last in enumerate(seen):
        visit = plan(day("2026-03-02"), Date_of_the_Last=last, Date_of_latest=last)
        county.night(NEXT + timedelta(days=days), {7: [visit]})
        assert county.holds("visit.recorded") == county.holds("conference.held")
        assert f"{last}" in county.holds("visit.recorded")
    assert county.holds("visit.recorded") == ["2026-06-01", "2026-06-15"]


# --- columns, lists and rows that are missing ---


def test_a_column_or_a_list_that_is_missing_today_changes_nothing(county: County) -> None:
    said = {
        7: [plan(day("2026-03-02"), Latest_Category="Neglect")],
        1: [contact(day("2026-06-01"))],
    }
    county.night(TAKEN, said)
    path = workbook(county.folder / "b.xlsx", {7: said[7]})
    book = openpyxl.load_workbook(path)
    book["List_7"].delete_cols(9)
    book["List_7"].delete_cols(3)
    book.save(path)
    assert not county.extract(extract_of(path, NEXT)).changes


def test_nothing_is_gone_of_a_child_whose_row_cannot_be_read(county: County) -> None:
    county.night(TAKEN, {7: [plan(day("2026-03-02"), Date_of_the_Last=day("2026-06-01")), *OTHER]})
    bad = {**plan(day("2026-03-02")), "Child Protection Plan Start Date": "3/14/2026"}
    assert not county.night(NEXT, {7: [bad, *OTHER]}).changes


def test_a_child_with_a_new_key_takes_all_along(county: County) -> None:
    said = [plan(day("2026-03-02"), Date_of_the_Last=day("2026-06-01")), *OTHER]
    county.night(TAKEN, {7: said, 1: []})
    said[0] = {**said[0], "Child Unique ID": 500001}
    changes = county.night(NEXT, {7: said, 1: []})
    (merge,) = changes.merges
    assert (merge.old, merge.new, merge.facts) == ("child:400001", "child:500001", 3)
    assert not any(
        record.holds and place.subject == "child:400001"
        for place, record in county.told.records.items()
    )


# --- the workbooks beside the project ---

sample = pytest.mark.skipif(
    not SAMPLE.is_dir(), reason="the sample workbooks are not beside this checkout"
)


def _of_sample(name: str) -> Extract:
    taken = datetime.fromisoformat(f"{name[:10]}T23:00:00+01:00")
    return extract_of(SAMPLE / f"{name}.xlsx", taken)


def _counts(extract: Extract) -> dict[str, str]:
    """As `counts.csv` has them."""

    def ends(type_: str) -> int:
        return len(told(extract, type_))

    found = {}
    for number in (1, 3, 4, 5, 6, 7, 8):
        each = account(extract, number)
        rows = each.rows - each.passed_over
        found[f"list {number}: rows, different rows, children"] = (
            f"{rows}, {each.told}, {each.told}"
        )
    short = {
        each.subject
        for each in told(extract, "legal_status.changed")
        if each.data.legal_status in ("V3", "V4")
    }
    ended = {each.subject for each in told(extract, "care_period.ended")}
    found["list 6: open"] = str(ends("referral.started") - ends("referral.closed"))
    found["list 7: on a plan now"] = str(
        ends("protection_plan.started") - ends("protection_plan.ended")
    )
    found["list 8: in care now, V3 and V4 left out"] = str(
        len({each.subject for each in told(extract, "care_period.started")} - ended - short)
    )
    found["list 4: authorised, within 45 working days of the assessment start"] = _in_time(
        extract, "assessment.started", "assessment.authorised", 45
    )
    found["list 5: conferences, within 15 working days of the strategy discussion"] = _in_time(
        extract, "strategy_discussion.held", "conference.held", 15
    )
    return found


def _in_time(extract: Extract, began: str, ended: str, days: int) -> str:
    """How many records were over, and how many in so many working days."""
    starts = {(each.subject, each.id.removesuffix(began)): each for each in told(extract, began)}
    taken = [
        working_days_taken(local_day(start.time), local_day(each.time))
        for each in told(extract, ended)
        if (start := starts.get((each.subject, each.id.removesuffix(ended)))) is not None
    ]
    return f"{len(taken)}, {sum(each <= days for each in taken)}"


@sample
@pytest.mark.parametrize("name", ["2026-06-29", "2026-07-29"])
def test_the_counts_of_the_sample_come_out(name: str) -> None:
    extract = _of_sample(name)
    whole(extract)
    found = _counts(extract)
    with (SAMPLE / "counts.csv").open(encoding="utf-8") as file:
        counted = {
            each["what"]: each["count"]
            for each in csv.DictReader(file)
            if each["source"] == f"annex-a {name}"
        }
    # how its cells were written, nobody who was told can say: that each was read, is what counts
    del counted["dates as text, as serial number, as date cell (lists 1 to 8)"]
    assert found == counted
    assert not any(each.bad or each.unknown_codes for each in extract.accounts)


@sample
def test_the_pair_of_the_sample(tmp_path: Path) -> None:
    """What the first tells and the difference to the second is what the second tells, but for what
    may differ: see docs/how-to/what-feeds-the-county.md."""
    first, second = map(_of_sample, ("2026-06-29", "2026-07-29"))
    county, afresh = County(tmp_path), County(tmp_path)
    county.extract(first)
    changes = county.extract(second)
    check(changes)
    afresh.extract(second)
    assert {each.word for each in changes.changes} == {"new"}
    for place, record in afresh.told.records.items():
        known = county.told.records[place]
        said = (known.type, known.time, known.digest, known.holds)
        if said != (record.type, record.time, record.digest, record.holds):
            assert record.type in ("s47_enquiry.completed", "referral.started")
    assert not county.extract(second).changes


@sample
def test_shuffled_rows_and_rows_twice_change_nothing(tmp_path: Path) -> None:
    before = _of_sample("2026-06-29")
    shutil.copy(SAMPLE / "2026-06-29.xlsx", tmp_path / "a.xlsx")
    book, random = openpyxl.load_workbook(tmp_path / "a.xlsx"), Random(5)
    for sheet in book.worksheets:
        if sheet.title.startswith("List_") and sheet.max_row > 2:
            rows = [[cell.value for cell in cells] for cells in sheet.iter_rows(min_row=3)]
            rows += random.sample(rows, 10)
            random.shuffle(rows)
            sheet.delete_rows(3, sheet.max_row)
            for cells in rows:
                sheet.append(cells)
    book.save(tmp_path / "a.xlsx")
    after = extract_of(tmp_path / "a.xlsx", before.taken)
    assert {each.id: each for each in after.says} == {each.id: each for each in before.says}


@sample
def test_what_the_sample_tells_is_what_the_source_says_that_it_tells() -> None:
    source = known_sources()["annex-a"]
    for said in _of_sample("2026-07-29").says:
        names = {each.partition("=")[0] for each in source.tells[said.data.TYPE]}
        assumed = source.assumes.get(said.data.TYPE, {}).keys()
        assert said.data.model_dump(exclude_defaults=True).keys() <= names | assumed


@sample
def test_the_template_of_2019_holds_no_row_and_its_example_eleven() -> None:
    taken = datetime.fromisoformat("2019-08-31T12:00:00+01:00")
    empty = extract_of(SAMPLE / "ofsted-template-2019-08.xlsx", taken)
    assert [each.rows for each in empty.accounts] == [0] * 11
    example = extract_of(SAMPLE / "ofsted-2019-eleven-rows.xlsx", taken)
    whole(example)
    assert [each.rows for each in example.accounts] == [1, 10, *[0] * 9]
    assert not any(each.bad for each in example.accounts)
    (police,) = told(example, "contact.received")
    assert police.data.source == "6"
