"""What a source could tell and an extract of it can't, for a table, file, list or element of it is
not there: the measures that need it would be noughts."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from casepulse.schemas.source import known_sources
from casepulse.streams.sources.extract import Request
from casepulse.streams.sources.readers import reader_of
from casepulse.streams.sources.survey import Survey, survey

TAKEN = datetime(2026, 6, 30, 2, tzinfo=UTC)

CENSUS = """<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>{year}</Year>
<ReferenceDate>{year}-03-31</ReferenceDate></CollectionDetails></Header><Children><Child>
<ChildIdentifiers><LAchildID>M1</LAchildID><PersonBirthDate>2015-05-04</PersonBirthDate>
</ChildIdentifiers><CINdetails><CINreferralDate>2020-05-01</CINreferralDate>
<ReferralSource>1A</ReferralSource></CINdetails></Child></Children></Message>"""


def surveyed(source: str, place: Path) -> Survey:
    found = survey(reader_of(source).read(Request(str(place), TAKEN)))
    tells = known_sources()[source].tells
    for each in found.untold:
        kind, _, fields = each.partition(": ")
        assert not fields or fields in tells[kind], each
    return found


def test_a_dataset_without_some_tables(tmp_path: Path) -> None:
    (tmp_path / "ssd_person.csv").write_text(
        "pers_person_id,pers_sex,pers_ethnicity,pers_dob,pers_expected_dob\n"
        "1,F,WBRI,2012-04-02 00:00:00.000,\n"
    )
    (tmp_path / "ssd_cp_visits.csv").write_text(
        "cppv_cp_visit_id,cppv_person_id,cppv_cp_plan_id,cppv_cp_visit_date,cppv_cp_visit_seen,"
        "cppv_cp_visit_seen_alone\n7,1,6,2026-06-24 00:00:00.000,Y,Y\n"
    )
    untold = surveyed("ssd", tmp_path).untold
    assert {"contact.received", "protection_plan.started", "care_period.started"} <= untold
    assert {"visit.recorded: kind=statutory", "visit.recorded: kind=child_in_need"} <= untold
    assert (
        not {"child.registered", "visit.recorded", "visit.recorded: kind=protection_plan"} & untold
    )


def test_a_dataset_whose_table_is_empty_tells_it(tmp_path: Path) -> None:
    (tmp_path / "ssd_person.csv").write_text("pers_person_id,pers_sex,pers_dob\n1,F,2012-04-02\n")
    (tmp_path / "ssd_missing.csv").write_text(
        "miss_table_id,miss_person_id,miss_missing_episode_start_date,miss_missing_episode_type,"
        "miss_missing_episode_end_date,miss_missing_rhi_offered,miss_missing_rhi_accepted\n"
    )
    assert "missing_episode.started" not in surveyed("ssd", tmp_path).untold


def test_a_return_without_some_files(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text(
        "CHILD,DOB,REVIEW,REVIEW_CODE\n1,01/02/2010,05/06/2017,PN1\n"
    )
    untold = surveyed("ssda903", tmp_path).untold
    assert {"child.registered", "care_period.started", "allocation.started"} <= untold
    assert "care_review.held" not in untold


def test_a_workbook_without_some_lists(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "List_9"
    sheet.append(["Child Unique ID", "Date of Birth", "Eligibility Category", "LA In Touch"])
    sheet.append(["1", "01/05/2006", "a) Relevant child", "a) Yes"])
    book.save(tmp_path / "2026-06-29.xlsx")
    untold = surveyed("annex-a", tmp_path / "2026-06-29.xlsx").untold
    assert {"referral.started", "protection_plan.started", "contact.received"} <= untold
    assert {"care_leaver.contacted", "pathway_plan.reviewed"} <= untold  # columns since 2024
    assert not {"care_leaver.qualified", "care_leaver.recorded"} & untold


@pytest.mark.parametrize(("year", "plans"), [(2021, False), (2022, True), (2026, True)])
def test_a_census_of_before_an_element_came(tmp_path: Path, year: int, plans: bool) -> None:
    (tmp_path / "cin.xml").write_text(CENSUS.format(year=year))
    untold = surveyed("cin-census", tmp_path / "cin.xml").untold
    assert ("child_in_need_plan.started" not in untold) == plans
    assert "child_proceedings.started" in untold
    assert "referral.started" not in untold


def test_persons_without_a_day_of_birth_are_said(tmp_path: Path) -> None:
    (tmp_path / "ssd_person.csv").write_text(
        "pers_person_id,pers_sex,pers_ethnicity,pers_dob,pers_expected_dob\n"
        "1,F,WBRI,2012-04-02 00:00:00.000,\n2,F,WBRI,,\n3,M,WBRI,1900-01-01 00:00:00.000,\n"
    )
    notes = surveyed("ssd", tmp_path).extract.notes
    [said] = [each for each in notes if "day of birth" in each]
    assert said.startswith(
        "ssd_person.csv: persons without a day of birth, be it an expected one: 2;"
    )
