"""The Standard Safeguarding Dataset: what its rows tell, table by table."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casepulse.schemas.envelope import LONDON
from casepulse.schemas.source import known_sources
from tests.ssd import TAKEN, Nights, Read, Row, read, words, write

PERSON = {"person_id": 1, "sex": "F", "ethnicity": "WBRI", "dob": "2012-05-01 00:00:00.000"}
REFERRAL = {
    "referral_id": 10,
    "person_id": 1,
    "referral_date": "2026-01-05 00:00:00.000",
    "referral_source_code": "441",
    "referral_source_desc": "1A: Individual - family member",
    "referral_outcome_json": '{"SINGLE_ASSESSMENT_FLAG": "Y", "COMMENTS": ""}',
    "referral_team": "T101",
}


def got(
    folder: Path, taken: datetime = TAKEN, settings: Any = None, /, **tables: list[Row]
) -> Read:
    named = {f"ssd_{name}": rows for name, rows in tables.items()}
    return read(write(folder / "ssd", named), taken, **(settings or {}))


def said(read: Read, type_: str) -> list[dict[str, Any]]:
    return [each.data.model_dump(mode="json", exclude_defaults=True) for each in read.of(type_)]


def days(read: Read, type_: str) -> list[str]:
    return [f"{each.time.astimezone(LONDON):%Y-%m-%d %H:%M}" for each in read.of(type_)]


# --- children ---


def test_a_child_is_registered_on_the_day_of_birth(tmp_path: Path) -> None:
    told = got(tmp_path, person=[PERSON]).only("child.registered")
    assert (told.id, told.subject) == ("ssd-person-1-child.registered", "child:1")
    assert (f"{told.time.astimezone(LONDON):%Y-%m-%d %H:%M %Z}", told.by_then) == (
        "2012-05-01 12:00 BST",
        False,
    )
    assert told.data.model_dump(mode="json", exclude_none=True) == {
        "born": "2012-05-01", "sex": "F", "ethnicity": "WBRI",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("born", "expected", "told"),
    [
        ("", "2026-09-01", ("expected", "2026-09-01")),
        ("", "2025-09-29", ("expected", "2025-09-29")),
        ("", "2025-08-28", ("born", "2025-08-28")),  # a guessed birthday of a living child
        ("2026-08-01", "", ("expected", "2026-08-01")),
        ("2026-05-01", "2026-04-20", ("born", "2026-05-01")),
        ("1900-01-01 00:00:00.000", "", None),
        ("", "", None),
    ],
)
def test_a_child_is_born_or_expected(
    tmp_path: Path, born: str, expected: str, told: tuple[str, str] | None
) -> None:
    read = got(tmp_path, person=[{**PERSON, "dob": born, "expected_dob": expected}])
    if told is None:
        assert read.says == []
        assert read.account("ssd_person").held_back == 1
        return
    (found,) = said(read, "child.registered")
    assert {name: found.get(name) for name in ("born", "expected")} == {
        "born": None, "expected": None, told[0]: told[1],
    }  # fmt: skip
    assert read.only("child.registered").by_then == (told[0] == "expected")


def test_an_unborn_child_is_known_since_it_was_first_told_and_then_born(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    unborn = {**PERSON, "dob": "", "expected_dob": "2026-07-02"}
    nights.tell(TAKEN, {"ssd_person": [unborn]})
    assert nights.events[0].time == TAKEN
    assert words(nights.tell(TAKEN + timedelta(days=1), {"ssd_person": [unborn]})) == []
    born = {**PERSON, "dob": "2026-07-01"}
    changes = nights.tell(TAKEN + timedelta(days=3), {"ssd_person": [born]})
    assert words(changes) == [("amended", "person-1-child.registered")]
    assert changes.changes[0].time == datetime(2026, 7, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "sex"),
    [("M", "M"), ("a) Male", "M"), ("Female", "F"), ("I", "U"), ("", "U"), ("?", "U")],
)
def test_sex(tmp_path: Path, written: str, sex: str) -> None:
    read = got(tmp_path, person=[{**PERSON, "sex": written}])
    assert read.only("child.registered").data.model_dump()["sex"] == sex
    assert read.account("ssd_person").unknown_codes == ({"pers_sex": 1} if written == "?" else {})


def test_a_code_that_is_none_is_counted_and_the_profile_says_what_it_means(tmp_path: Path) -> None:
    row = {**PERSON, "ethnicity": "LOCAL7"}
    read = got(tmp_path, person=[row])
    assert said(read, "child.registered") == [{"born": "2012-05-01", "sex": "F"}]
    assert read.account("ssd_person").unknown_codes == {"pers_ethnicity": 1}
    read = got(tmp_path, TAKEN, {"codes": {"pers_ethnicity": {"local7": "AIND"}}}, person=[row])
    assert said(read, "child.registered")[0]["ethnicity"] == "AIND"


def test_the_latest_immigration_status_holds(tmp_path: Path) -> None:
    def status(key: int, words: str, start: str, end: str = "") -> Row:
        return {
            "immigration_status_id": key,
            "person_id": 1,
            "immigration_status": words,
            "immigration_status_start_date": start,
            "immigration_status_end_date": end,
        }

    seeking = [
        status(1, "UASC", "2024-01-01"),
        status(2, "Unaccompanied Asylum Seeking Child", "2025-01-01"),
    ]
    read = got(tmp_path, immigration_status=seeking)
    told = read.only("asylum_seeking.recorded")
    assert (f"{told.time:%Y-%m-%d}", told.by_then) == ("2024-01-01", True)
    assert said(read, "asylum_seeking.recorded") == [{}]
    granted = [*seeking, status(3, "Leave to remain", "2025-06-01")]
    read = got(tmp_path, immigration_status=granted)
    assert said(read, "asylum_seeking.recorded") == [{"ceases": "2025-06-01"}]
    assert (read.account("ssd_immigration_status").passed_over, len(read.says)) == (1, 1)
    read = got(tmp_path, immigration_status=[status(3, "Leave to remain", "2025-06-01")])
    assert read.says == []


def test_a_previous_permanence_is_known_since_the_child_came_into_care(tmp_path: Path) -> None:
    read = got(
        tmp_path,
        cla_episodes=[episode(1, "2025-03-01")],
        cla_previous_permanence=[
            {
                "table_id": 1,
                "person_id": 1,
                "previous_permanence_option": "P1 Adoption",
                "previous_permanence_order_date": "zz/05/2019",
            },
            {"table_id": 2, "person_id": 1, "previous_permanence_option": "?"},
        ],
    )
    assert said(read, "previous_permanence.recorded") == [{"arrangement": "P1"}]
    assert days(read, "previous_permanence.recorded") == ["2025-03-01 12:00"]


# --- the front door ---


def contact(key: int = 20, **more: object) -> Row:
    return {
        "contact_id": key,
        "person_id": 1,
        "contact_date": "2026-02-01 14:31:07.123",
        "contact_source_desc": "6: Police",
        "contact_outcome_json": '{"NFA_FLAG": "Y", "COMMENTS": ""}',
        **more,
    }


def test_a_contact_is_about_itself_at_its_time_of_day(tmp_path: Path) -> None:
    told = got(tmp_path, contacts=[contact()]).only("contact.received")
    assert (told.id, told.subject) == ("ssd-contacts-20-contact.received", "contact:20")
    assert f"{told.time.astimezone(LONDON):%Y-%m-%d %H:%M:%S}" == "2026-02-01 14:31:07"
    assert told.data.model_dump(exclude_defaults=True) == {"source": "6"}


def test_a_merge_leaves_the_contact_as_it_is(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.tell(TAKEN, {"ssd_contacts": [contact()]})
    merged = {"ssd_contacts": [contact(person_id=2)]}
    assert words(nights.tell(TAKEN + timedelta(days=1), merged)) == []


@pytest.mark.parametrize(
    ("json", "missing"),
    [
        ('{"MISSING_FLAG": "Y", "COMMENTS": ""}', True),
        ('{"MISSING_FLAG":"Y","COMMENTS":"he said "stop"\n and left', True),
        ('{"NFA_FLAG": "Y", "COMMENTS": "\\"MISSING_FLAG\\": \\"Y\\""}', False),
        ('{"NFA_FLAG": "Y", "COMMENTS": ""MISSING_FLAG": "Y""}', False),
        ('{"COMMENTS": "", "MISSING_FLAG": "Y"}', True),  # in an order of the database's own
        ('{"MISSING_FLAG": "N"}', False),
        ("", False),
        ("no json at all", False),
    ],
)
def test_what_was_ticked_is_read_and_comments_are_not(
    tmp_path: Path, json: str, missing: bool
) -> None:
    read = got(tmp_path, contacts=[contact(contact_outcome_json=json)])
    assert read.only("contact.received").data.model_dump()["missing_notification"] is missing


@pytest.mark.parametrize(
    ("described", "code", "source"),
    [
        ("1A: Individual - family member", "993", "1A"),
        ("10: Unknown", "1", "10"),
        ("5d Youth offending", "", "5D"),
        ("", "3F", "3F"),
        ("", "6", "6"),
        ("Neighbourhood", "6", "10"),  # an id of the system's own
        ("Neighbourhood", "1B", "1B"),
        ("", "", "10"),
    ],
)
def test_a_source_is_the_code_at_the_head_of_its_description(
    tmp_path: Path, described: str, code: str, source: str
) -> None:
    row = contact(contact_source_desc=described, contact_source_code=code)
    read = got(tmp_path, contacts=[row])
    assert read.only("contact.received").data.model_dump()["source"] == source
    unknown = {"cont_contact_source_desc": 1} if described == "Neighbourhood" else {}
    assert read.account("ssd_contacts").unknown_codes == unknown


def test_a_referral_and_its_closure(tmp_path: Path) -> None:
    row = {**REFERRAL, "close_date": "2026-03-01", "close_reason": "RC8 Case closed"}
    read = got(tmp_path, cin_episodes=[row])
    assert said(read, "referral.started") == [
        {"referral": "10", "pathway": "S17", "source": "1A", "team": "t101"}
    ]
    assert said(read, "referral.closed") == [{"referral": "10", "reason": "RC8"}]
    assert [each.id for each in read.says] == [
        "ssd-cin_episodes-1-10-referral.started", "ssd-cin_episodes-1-10-referral.closed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "enquiry", "pathway"),
    [
        ("", None, "S17"),
        ('{"STRATEGY_DISCUSSION_FLAG": "Y"}', None, "S47"),
        ('{"CP_CONFERENCE_FLAG": "Y"}', None, "S47"),
        ("", "2026-01-12", "S47"),  # the fifth working day
        ("", "2026-01-13", "S17"),
        ("", "2026-01-05", "S47"),
    ],
)
def test_the_pathway_is_inferred(
    tmp_path: Path, flags: str, enquiry: str | None, pathway: str
) -> None:
    enquiries = [
        {"s47_enquiry_id": 5, "person_id": 1, "referral_id": 10, "s47_start_date": enquiry}
    ]
    read = got(
        tmp_path,
        cin_episodes=[{**REFERRAL, "referral_outcome_json": flags}],
        s47_enquiry=enquiries if enquiry else [],
    )
    told = read.only("referral.started")
    assert told.data.model_dump()["pathway"] == pathway
    assert told.or_else == ()


def test_what_an_enquiry_said_that_is_not_there_any_more_stands(tmp_path: Path) -> None:
    old = {**REFERRAL, "referral_date": "2020-06-25", "referral_outcome_json": ""}
    enquiry = {
        "s47_enquiry_id": 5, "person_id": 1, "referral_id": 10,
        "s47_start_date": "2020-06-26", "s47_end_date": "2020-06-30",
    }  # fmt: skip
    nights = Nights(tmp_path)
    nights.tell(TAKEN, {"ssd_cin_episodes": [old], "ssd_s47_enquiry": [enquiry]})
    assert words(nights.tell(TAKEN + timedelta(days=1), {"ssd_cin_episodes": [old]})) == []
    new = {**REFERRAL, "referral_outcome_json": ""}
    recent = {**enquiry, "s47_start_date": "2026-01-06", "s47_end_date": "2026-01-20"}
    nights = Nights(tmp_path / "new")
    nights.tell(TAKEN, {"ssd_cin_episodes": [new], "ssd_s47_enquiry": [recent]})
    folder = write(nights.folder / "without", {"ssd_cin_episodes": [new]})
    (folder / "ssd_s47_enquiry.csv").unlink()
    assert words(nights.tell_folder(folder, TAKEN + timedelta(days=1))) == []
    gone = words(nights.tell(TAKEN + timedelta(days=2), {"ssd_cin_episodes": [new]}))
    assert ("amended", "cin_episodes-1-10-referral.started") in gone


def test_a_referral_that_began_before_the_window_leaves_it_when_it_is_closed(
    tmp_path: Path,
) -> None:
    """The table has what is open, and what began within six years."""
    old = {**REFERRAL, "referral_date": "2018-01-05"}
    other = {**REFERRAL, "referral_id": 11}
    nights = Nights(tmp_path)
    nights.tell(TAKEN, {"ssd_cin_episodes": [old, other]})
    taken = [TAKEN + timedelta(days=each) for each in range(1, 5)]
    gone = nights.tell(taken[0], {"ssd_cin_episodes": [other]})
    assert words(gone) == [("new", "cin_episodes-1-10-referral.closed")]
    assert (nights.events[-1].time, nights.events[-1].data.referral) == (taken[0], "10")
    assert words(nights.tell(taken[1], {"ssd_cin_episodes": [other]})) == []
    back = nights.tell(taken[2], {"ssd_cin_episodes": [old, other]})
    assert words(back) == [("voided", "cin_episodes-1-10-referral.closed")]
    moved = nights.tell(taken[3], {"ssd_cin_episodes": [{**old, "person_id": 2}, other]})
    assert words(moved) == [
        ("new", "cin_episodes-2-10-referral.started"),
        ("voided", "cin_episodes-1-10-referral.started"),
    ]


def test_an_end_that_left_with_its_referral_is_withdrawn_when_that_is_reopened(
    tmp_path: Path,
) -> None:
    closed = {**REFERRAL, "referral_date": "2020-06-29", "close_date": "2024-01-01"}
    nights = Nights(tmp_path)
    nights.tell(TAKEN, {"ssd_cin_episodes": [closed]})
    assert words(nights.tell(TAKEN + timedelta(days=1), {})) == []
    reopened = {**closed, "close_date": ""}
    changes = nights.tell(TAKEN + timedelta(days=2), {"ssd_cin_episodes": [reopened]})
    assert words(changes) == [("voided", "cin_episodes-1-10-referral.closed")]


def assessment(flags: str = "", **more: object) -> Row:
    return {
        "assessment_id": 30,
        "person_id": 1,
        "referral_id": 10,
        "assessment_start_date": "2026-01-06",
        "assessment_auth_date": "2026-02-01",
        "assessment_outcome_json": flags,
        **more,
    }


@pytest.mark.parametrize(
    ("flags", "nfa", "outcome"),
    [
        ("STRATEGY_DISCUSSION NFA", "Y", "strategy_discussion"),
        ("CLA_REQUEST PROV_OF_SERVICES", "", "child_in_care"),
        ("NFA", "", "no_further_action"),
        ("NFA_S47_END", "N", None),
        ("", "Y", "no_further_action"),
        ("REFERRAL_TO_OTHER_AGENCY PROV_OF_SERVICES", "N", "other_agency"),
        ("PROV_OF_SERVICES", "N", "child_in_need"),
        ("PROV_OF_SB_CARE", "N", "child_in_need"),
        ("OTHER_OUTCOMES_EXIST", "N", None),
        ("", "", None),
    ],
)
def test_what_an_assessment_led_to(
    tmp_path: Path, flags: str, nfa: str, outcome: str | None
) -> None:
    text = ", ".join(f'"{flag}_FLAG": "Y"' for flag in flags.split())
    row = assessment(f'{{{text}, "COMMENTS": "', assessment_outcome_nfa=nfa)
    read = got(tmp_path, cin_assessments=[row])
    assert said(read, "assessment.started") == [{"assessment": "30", "referral": "10"}]
    told = read.only("assessment.authorised").data.model_dump()
    assert (told["assessment"], told["outcome"]) == ("30", outcome)


def test_early_help_after_an_assessment_is_told_if_the_profile_says_what_it_is(
    tmp_path: Path,
) -> None:
    row = assessment('{"OTHER_OUTCOMES_EXIST_FLAG": "Y", "NFA_FLAG": "Y"}')
    codes = {"cina_assessment_outcome_json": {"OTHER_OUTCOMES_EXIST": "early_help"}}
    read = got(tmp_path, TAKEN, {"codes": codes}, cin_assessments=[row])
    assert read.only("assessment.authorised").data.model_dump()["outcome"] == "early_help"


def plan(start: str, end: str = "") -> Row:
    return {
        "cin_plan_id": 40, "person_id": 1, "referral_id": 10,
        "cin_plan_start_date": start, "cin_plan_end_date": end,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "assessment_id"), [("2026-01-31", None), ("2026-02-01", "30"), ("2026-03-01", "31")]
)
def test_a_plan_follows_the_last_assessment_of_its_referral(
    tmp_path: Path, start: str, assessment_id: str | None
) -> None:
    later = assessment(assessment_id=31, assessment_auth_date="2026-02-20")
    read = got(
        tmp_path,
        cin_episodes=[REFERRAL],
        cin_assessments=[later, assessment()],
        cin_plans=[plan(start)],
    )
    told = read.only("child_in_need_plan.started")
    assert told.data.model_dump()["assessment"] == assessment_id


def test_early_help_is_told_if_the_profile_gives_it_a_kind(tmp_path: Path) -> None:
    row = {
        "episode_id": 1, "person_id": 1,
        "episode_start_date": "2026-01-01", "episode_end_date": "2026-02-01",
    }  # fmt: skip
    assert got(tmp_path, early_help_episodes=[row]).says == []
    read = got(tmp_path, TAKEN, {"early_help": "my_plan"}, early_help_episodes=[row])
    assert said(read, "early_help_plan.started") == [{"plan": "1", "kind": "my_plan"}]
    assert said(read, "early_help_plan.ended") == [{"plan": "1"}]


# --- protection ---


@pytest.mark.parametrize(
    ("flags", "nfa", "outcome"),
    [
        ("CP_CONFERENCE NFA_CONTINUE_SINGLE", "N", "conference"),
        ("NFA_CONTINUE_SINGLE", "Y", "single_assessment"),
        ("PROV_OF_SERVICES", "Y", "child_in_need"),
        ("", "Y", "no_further_action"),
        ("MONITOR", "N", None),
    ],
)
def test_a_section_47_enquiry(tmp_path: Path, flags: str, nfa: str, outcome: str | None) -> None:
    text = ", ".join(f'"{flag}_FLAG": "Y"' for flag in flags.split())
    row = {
        "s47_enquiry_id": 5, "person_id": 1, "referral_id": 10, "s47_start_date": "2026-01-06",
        "s47_end_date": "2026-01-20", "s47_nfa": nfa, "s47_outcome_json": f"{{{text}}}",
        "s47_completed_by_team": "Assessment / North",
    }  # fmt: skip
    read = got(tmp_path, s47_enquiry=[row])
    assert said(read, "strategy_discussion.held") == [{"discussion": "5", "referral": "10"}]
    assert said(read, "s47_enquiry.started") == [{"enquiry": "5", "discussion": "5"}]
    told = read.only("s47_enquiry.completed").data.model_dump()
    assert (told["outcome"], told["team"]) == (outcome, "assessment-north")


def conference(**more: object) -> Row:
    return {
        "icpc_icpc_id": 6, "icpc_icpc_meeting_id": 66, "s47_enquiry_id": 5, "person_id": 1,
        "icpc_icpc_transfer_in": "N", "icpc_icpc_target_date": "2026-01-20",
        "icpc_icpc_date": "2026-01-19",
        **more,
    }  # fmt: skip


def test_an_initial_conference_once_it_was_held(tmp_path: Path) -> None:
    def told(**more: object) -> list[dict[str, Any]]:
        return said(got(tmp_path, initial_cp_conference=[conference(**more)]), "conference.held")

    held = {"conference": "6", "kind": "initial", "enquiry": "5"}
    without = {"conference": "6", "kind": "initial"}
    assert told() == [held]
    assert told(s47_enquiry_id=-1) == [without]
    assert told(icpc_icpc_transfer_in="Y") == [without]
    assert told(icpc_icpc_date="") == []


def test_what_lies_ahead_is_held_back_and_is_no_error(tmp_path: Path) -> None:
    ahead = [conference(icpc_icpc_date="2026-06-30"), conference(icpc_icpc_id=7, icpc_icpc_date="")]
    read = got(tmp_path, initial_cp_conference=ahead)
    account = read.account("ssd_initial_cp_conference")
    assert (account.held_back, account.bad) == (2, 0)
    nights = Nights(tmp_path)
    rows = {"ssd_initial_cp_conference": ahead}
    assert words(nights.tell(TAKEN, rows)) == []
    assert words(nights.tell(TAKEN + timedelta(days=1), rows)) == [
        ("new", "initial_cp_conference-1-6-conference.held")
    ]


def protection(**more: object) -> Row:
    return {
        "cp_plan_id": 7, "icpc_id": 6, "person_id": 1, "cp_plan_start_date": "2026-01-19",
        "cp_plan_initial_category": "Neglect", "cp_plan_latest_category": "Physical abuse", **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("Physical abuse", "PHY"), ("Neglect", "NEG"), ("SAB", "SAB"), ("emotional abuse", "EMO"),
        ("Multiple", "MUL"), ("Neglect and Emotional Abuse", "MUL"), ("Category 4", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_latest_category_of_a_plan(tmp_path: Path, words: str, category: str | None) -> None:
    read = got(tmp_path, cp_plans=[protection(cp_plan_latest_category=words)])
    told = read.only("protection_plan.started").data.model_dump()
    assert (told["plan"], told["category"], told["conference"]) == ("7", category, "6")
    assert read.account("ssd_cp_plans").unknown_codes.total() == (words == "Category 4")


def test_a_review_conference_is_a_review_of_the_plan(tmp_path: Path) -> None:
    def review(key: int, date: str, meeting: object = "") -> Row:
        return {
            "cp_review_id": key, "person_id": 1, "cp_plan_id": 7, "cp_review_due": "2026-09-01",
            "cp_review_date": date, "cp_review_meeting_id": meeting,
        }  # fmt: skip

    rows = [
        review(1, "2026-04-01", 88),
        review(2, "2026-05-01"),
        review(3, ""),
        review(4, "2026-09-01"),
    ]
    read = got(tmp_path, cp_reviews=rows)
    held = [each for each in read.says if each.time <= TAKEN]
    assert [each.data.model_dump(mode="json", exclude_none=True) for each in held] == [
        {"plan": "7"}, {"conference": "88", "kind": "review"},
        {"plan": "7"}, {"conference": "2", "kind": "review"},
    ]  # fmt: skip
    assert read.account("ssd_cp_reviews").held_back == 2


def test_proceedings_and_their_placeholders(tmp_path: Path) -> None:
    def row(**more: object) -> Row:
        return {"table_id": 1, "person_id": 1, "plo_family_id": "SSD_PH", **more}

    read = got(
        tmp_path,
        pre_proceedings=[
            row(),
            row(pre_pro_decision_date="1900-01-01"),
            row(plo_family_id="F1", pre_pro_decision_date="2025-01-01"),
            row(
                plo_family_id="F2",
                pre_pro_decision_date="2025-02-01",
                pre_pro_letter_date="2025-02-09",
                care_pro_letter_date="2025-06-01",
            ),
        ],
    )
    assert said(read, "child_proceedings.started") == [
        {"proceedings": "F1-20250101", "stage": "pre_proceedings"},
        {"proceedings": "F2-20250209", "stage": "pre_proceedings"},
        {"proceedings": "F2-20250209", "stage": "court"},
    ]
    assert days(read, "child_proceedings.started")[-1] == "2025-06-01 12:00"
    account = read.account("ssd_pre_proceedings")
    assert (account.told, account.passed_over, account.repeated) == (2, 1, 1)


# --- visits ---


def visit(key: int, date: str, seen: str = "Y", alone: str = "N", **more: object) -> Row:
    return {"id": key, "date": date, "seen": seen, "seen_alone": alone, "child": 1, **more}


def visits(table: str, *rows: Row) -> list[Row]:
    prefix = {"cp": "cp_visit", "cla": "cla_visit", "cin": "cin_visit"}[table]
    return [
        {
            f"{prefix}_id": row["id"],
            "person_id": row["child"],
            f"{prefix}_date": row["date"],
            f"{prefix}_seen": row["seen"],
            f"{prefix}_seen_alone": row["seen_alone"],
        }
        for row in rows
    ]


def test_a_visit_is_told_once(tmp_path: Path) -> None:
    read = got(
        tmp_path,
        cp_visits=visits("cp", visit(1, "2026-01-01")),
        cla_visits=visits("cla", visit(50, "2026-01-02", alone="Y")),
        cin_visits=visits(
            "cin",
            visit(1, "2026-01-01"),  # the same note
            visit(2, "2026-01-02 15:00:00.000"),  # the day of a visit in care
            visit(3, "2026-01-02", child=2),
            visit(4, "2026-01-03", seen="N"),
            visit(5, "2026-01-04", seen="", alone=""),
        ),
    )
    assert [(each.subject, said["kind"]) for each in read.of("visit.recorded")
            for said in [each.data.model_dump(mode="json")]] == [
        ("child:1", "protection_plan"), ("child:1", "statutory"),
        ("child:2", "child_in_need"), ("child:1", "child_in_need"), ("child:1", "child_in_need"),
    ]  # fmt: skip
    seen = [
        (each["method"], each["child_seen"], each.get("seen_alone", False))
        for each in said(read, "visit.recorded")
    ]
    assert [each[0] for each in seen] == ["face_to_face"] * 5
    assert [each[1:] for each in seen] == [
        (True, False), (True, True), (True, False), (False, False), (False, False),
    ]  # fmt: skip
    assert read.account("ssd_cin_visits").repeated == 2


def test_how_visits_are_made_the_profile_may_say(tmp_path: Path) -> None:
    rows = visits("cp", visit(1, "2026-01-01"))
    read = got(tmp_path, TAKEN, {"visit_method": "virtual"}, cp_visits=rows)
    assert read.only("visit.recorded").data.model_dump(mode="json")["method"] == "virtual"


def test_a_child_who_was_not_seen_was_not_seen_alone(tmp_path: Path) -> None:
    read = got(tmp_path, cp_visits=visits("cp", visit(1, "2026-01-01", "N", "Y")))
    assert read.bad() == [
        ("ssd_cp_visits", 2, "cppv_cp_visit_seen_alone",
         "a child who was not seen was not seen alone")
    ]  # fmt: skip
    assert read.extract.doubtful == {"child:1"}


@pytest.mark.parametrize("lost", ["ssd_cp_visits", "ssd_cla_visits"])
def test_without_the_other_visits_those_of_children_in_need_are_not_told(
    tmp_path: Path, lost: str
) -> None:
    """They would be told a second time, under another kind."""
    nights = Nights(tmp_path)
    tables = {
        "ssd_cp_visits": visits("cp", visit(1, "2026-01-01")),
        "ssd_cin_visits": visits("cin", visit(1, "2026-01-01"), visit(2, "2026-01-05")),
    }
    nights.tell(TAKEN, tables)
    folder = write(tmp_path / "lost", tables)
    (folder / f"{lost}.csv").unlink()
    assert words(nights.tell_folder(folder, TAKEN + timedelta(days=1))) == []
    notes = read(folder).extract.notes
    assert any(note.startswith("ssd_cin_visits.csv: not told, for without") for note in notes)


# --- care ---


def episode(
    key: int,
    start: str,
    ceased: str = "",
    reason: str = "",
    entered: str = "",
    began: str = "S",
    **more: object,
) -> Row:
    return {
        "cla_episode_id": key, "person_id": 1, "cla_id": 800, "entered_care_date": entered,
        "cla_episode_start_date": start, "cla_episode_start_reason": began,
        "cla_episode_ceased_date": ceased, "cla_episode_ceased_reason": reason,
        "cla_primary_need_code": "N1", **more,
    }  # fmt: skip


def test_a_period_of_care_is_many_rows(tmp_path: Path) -> None:
    rows = [
        episode(3, "2025-06-01", "2026-01-01", "E4A Returned home", began="P"),
        episode(1, "2024-01-01", "2025-01-01", "X1"),
        episode(2, "2025-01-01", "2025-06-01", "X1", began="L"),
    ]
    read = got(tmp_path, cla_episodes=rows)
    started = read.only("care_period.started")
    assert started.id == "ssd-cla_episodes-1-800-care_period.started"
    assert (days(read, "care_period.started"), days(read, "care_period.ended")) == (
        ["2024-01-01 12:00"], ["2026-01-01 12:00"],
    )  # fmt: skip
    assert said(read, "care_period.started") == [{"period": "800", "need": "N1"}]
    assert said(read, "care_period.ended") == [{"period": "800", "reason": "E4A"}]


@pytest.mark.parametrize(
    ("rows", "ended"),
    [
        ([episode(1, "2025-01-01", "2025-02-01", "X1")], None),
        ([episode(1, "2025-01-01", "2025-02-01", "")], "2025-02-01"),
        ([episode(1, "2025-01-01", "2025-02-01", "E43")], "2025-02-01"),
        # an open one that began before another ended: the child stays visible
        (
            [episode(1, "2025-01-01"), episode(2, "2025-02-01", "2025-03-01", "E8")],
            None,
        ),
        # the next one begins after the extract
        (
            [episode(1, "2025-01-01", "2026-06-30", "X1"), episode(2, "2026-06-30")],
            None,
        ),
        (
            [
                episode(1, "2025-01-01", "2025-02-01", "E8"),
                episode(2, "2025-03-01", "2025-04-01", "E4A"),
            ],
            "2025-04-01",
        ),
    ],
)
def test_when_a_period_of_care_is_over(tmp_path: Path, rows: list[Row], ended: str | None) -> None:
    read = got(tmp_path, cla_episodes=rows)
    assert days(read, "care_period.started") == ["2025-01-01 12:00"]
    assert days(read, "care_period.ended") == ([f"{ended} 12:00"] if ended else [])


def test_guardianship_before_2019(tmp_path: Path) -> None:
    read = got(tmp_path, cla_episodes=[episode(1, "2018-01-01", "2024-02-01", "E44 SGO")])
    assert said(read, "care_period.ended")[0]["reason"] == "E48"


@pytest.mark.parametrize("entered", ["2018-01-01", ""])
def test_a_period_begins_where_it_began_though_its_first_rows_have_left(
    tmp_path: Path, entered: str
) -> None:
    nights = Nights(tmp_path)
    first = episode(1, "2018-01-01", "2020-06-29", "X1", entered)
    second = episode(2, "2020-06-29", "", "", entered, "P")
    nights.tell(TAKEN, {"ssd_cla_episodes": [first, second]})
    changes = nights.tell(TAKEN + timedelta(days=1), {"ssd_cla_episodes": [second]})
    assert words(changes) == []


def placement(key: int, start: str, end: str = "", **more: object) -> Row:
    return {
        "cla_placement_id": key, "cla_id": 800, "person_id": 1,
        "cla_placement_start_date": start, "cla_placement_end_date": end,
        "cla_placement_type": "U4", "cla_placement_provider": "PR1",
        "cla_placement_distance": "12.5", "cla_placement_postcode": "XX1 1XX", **more,
    }  # fmt: skip


def test_placements_and_why_they_changed(tmp_path: Path) -> None:
    rows = [
        placement(2, "2025-03-01", cla_placement_type="A2", cla_placement_distance="999.9"),
        placement(1, "2025-01-01", "2025-03-01", cla_placement_change_reason="CARPL"),
    ]
    read = got(tmp_path, cla_placement=rows)
    second = {"placement": "2", "provider": "PR1", "change_reason": "CARPL"}
    first = {"placement": "1", "placement_type": "U4", "provider": "PR1", "miles_from_home": 12.5}
    assert said(read, "placement.started") == [first, second]
    assert said(read, "placement.ended") == [{"placement": "1"}]
    assert read.account("ssd_cla_placement").unknown_codes == {"clap_cla_placement_type": 1}


def test_why_a_placement_changed_stands_though_the_one_before_has_left(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    first = placement(1, "2019-01-01", "2020-06-29", cla_placement_change_reason="CARPL")
    second = placement(2, "2020-06-29")
    nights.tell(TAKEN, {"ssd_cla_placement": [first, second]})
    later = TAKEN + timedelta(days=1)
    assert words(nights.tell(later, {"ssd_cla_placement": [second]})) == []


@pytest.mark.parametrize(
    ("rows", "placements"),
    [
        pytest.param("U4 3-1 6-1, T0 6-1 6-8, U4 6-8 -", "1: 3-1 -", id="there and back"),
        pytest.param(
            "U4 3-1 6-1, T0 6-1 6-8, T0 6-8 6-9, U4 6-9 7-1, T0 7-1 7-2, U4 7-2 8-1",
            "1: 3-1 8-1",
            id="by way of another, and again",
        ),
        pytest.param("U4 3-1 6-1, T0 6-1 6-1, U4 6-1 -", "1: 3-1 -", id="on one day"),
        pytest.param("U4 3-1 6-1, T0 6-1 -", "1: 3-1 -", id="not back yet"),
        pytest.param("U4 3-1 6-1, T0 6-1 6-8", "1: 3-1 6-8", id="never back"),
        pytest.param("U4 3-1 6-1, T0 6-1 6-8, K2 6-8 -", "1: 3-1 6-8, 3: 6-8 -", id="elsewhere"),
        pytest.param("U4 3-1 6-1, T0 6-1 6-8, U4 6-9 -", "1: 3-1 6-8, 3: 6-9 -", id="a day later"),
        pytest.param("U4 3-1 -, T0 6-1 6-8", "1: 3-1 -", id="the one before was never ended"),
        pytest.param("T0 6-1 6-8, U4 6-8 -", "2: 6-8 -", id="none before"),
        pytest.param("U4 3-1 6-1, U4 6-1 -", "1: 3-1 6-1, 2: 6-1 -", id="no temporary one"),
    ],
)
def test_to_come_back_from_a_temporary_placement_is_no_move(
    tmp_path: Path, rows: str, placements: str
) -> None:
    def date(text: str) -> str:
        month, _, of_month = text.partition("-")
        return f"2025-0{month}-0{of_month}" if of_month else ""

    table = [
        placement(number, date(began), date(ended), cla_placement_type=kind)
        for number, row in enumerate(rows.split(", "), start=1)
        for kind, began, ended in (row.split(),)
    ]
    read = got(tmp_path, cla_placement=table[::-1])
    ended = {each.data.placement: each.time for each in read.of("placement.ended")}  # type: ignore[attr-defined]
    told = []
    for each in read.of("placement.started"):
        started: Any = each.data
        if started.placement_type != "T0":
            end = ended.get(started.placement)
            last = f"{end.month}-{end.day}" if end else "-"
            told.append(f"{started.placement}: {each.time.month}-{each.time.day} {last}")
    assert ", ".join(sorted(told)) == placements


def test_a_placement_of_nobody(tmp_path: Path) -> None:
    read = got(tmp_path, person=[PERSON], cla_placement=[placement(1, "2025-01-01", person_id=99)])
    assert read.of("placement.started") == []
    assert read.bad() == [
        ("ssd_cla_placement", 2, "clap_person_id", "there is no such child in ssd_person")
    ]


def test_legal_statuses_of_care_alone(tmp_path: Path) -> None:
    def status(key: int, words: str) -> Row:
        return {
            "legal_status_id": key, "person_id": 1, "legal_status": words,
            "legal_status_start_date": "2025-01-01",
        }  # fmt: skip

    words = ["V2 Single period of accommodation", "C1", "a) C2: FCO", "SGO", "Youth order", "Home"]
    rows = [status(key, each) for key, each in enumerate(words, start=1)]
    codes = {"codes": {"lega_legal_status": {"home": "V3"}}}
    read = got(tmp_path, TAKEN, codes, legal_status=rows)
    told = [each["legal_status"] for each in said(read, "legal_status.changed")]
    assert told == ["V2", "C1", "C2", "V3"]
    account = read.account("ssd_legal_status")
    assert (account.passed_over, account.unknown_codes) == (2, {"lega_legal_status": 2})


def test_reviews_in_care(tmp_path: Path) -> None:
    def review(key: int, date: str, cancelled: str = "N", said: str = "PN1") -> Row:
        return {
            "cla_review_id": key, "cla_id": 800, "cla_person_id": 1, "cla_review_date": date,
            "cla_review_due_date": "2027-01-01", "cla_review_cancelled": cancelled,
            "cla_review_participation": said,
        }  # fmt: skip

    read = got(
        tmp_path,
        cla_reviews=[review(1, "2025-01-01"), review(2, "2025-02-01", "Y"), review(3, "")],
    )
    assert said(read, "care_review.held") == [{"participation": "PN1"}]
    account = read.account("ssd_cla_reviews")
    assert (account.told, account.passed_over, account.held_back) == (1, 1, 1)


def test_adoption(tmp_path: Path) -> None:
    row = {
        "table_id": 1, "person_id": 1, "adm_decision_date": "2025-01-01",
        "matched_date": "2025-03-01", "placed_for_adoption_date": "2025-04-01",
        "decision_reversed_date": "2025-09-01", "decision_reversed_reason": "RD3 - other",
        "number_of_adopters": 2, "adopter_sex": "MF", "adopter_legal_status": "L0",
    }  # fmt: skip
    read = got(tmp_path, permanence=[row, {"table_id": 2, "person_id": 1}])
    assert [each.id for each in read.says] == [
        "ssd-permanence-1-20250101-adoption.decided",
        "ssd-permanence-1-20250101-adoption_placement.started",
        "ssd-permanence-1-20250101-adoption_placement.ended",
    ]
    assert said(read, "adoption.decided") == [
        {"matched": "2025-03-01", "adopters": 2, "adopter_sex": "MF", "adopter_legal_status": "L0"}
    ]
    assert said(read, "adoption_placement.ended") == [{"reason": "RD3"}]


# --- wellbeing ---


def check(key: int, words: str, status: str, date: str = "2026-01-01") -> Row:
    return {
        "health_check_id": key, "person_id": 1, "health_check_type": words,
        "health_check_status": status, "health_check_date": date,
    }  # fmt: skip


def test_health_checks(tmp_path: Path) -> None:
    rows = [
        check(1, "Initial Health Assessment", "Completed"),
        check(2, "IHA", "Complete"),
        check(3, "Review Health Assessment", "Completed"),
        check(4, "Dental Check", "Completed"),
        check(5, "Dental Check", "Refused"),
        check(6, "Review Health Assessment", "Cancelled"),
        check(7, "Optician", "Completed"),
        check(8, "Review Health Assessment", ""),
        check(9, "Review Health Assessment", "Unclear"),
        check(10, "Dental Check", "Planned"),
    ]
    read = got(tmp_path, cla_health=rows)
    kinds = [each["kind"] for each in said(read, "health_assessment.completed")]
    assert (kinds, len(read.of("dental_check.completed"))) == (["initial", "initial", "review"], 1)
    account = read.account("ssd_cla_health")
    assert (account.told, account.passed_over) == (4, 6)
    assert account.unknown_codes == {"clah_health_check_status": 1}
    codes = {"codes": {"clah_health_check_status": {"(blank)": "completed", "unclear": "nothing"}}}
    read = got(tmp_path, TAKEN, codes, cla_health=rows)
    assert len(read.of("health_assessment.completed")) == 4
    assert read.account("ssd_cla_health").unknown_codes == {}


def test_a_planned_assessment_is_told_from_the_second_extract_on(tmp_path: Path) -> None:
    rows = {"ssd_cla_health": [check(1, "Initial Health Assessment", "Planned", "2026-08-01")]}
    nights = Nights(tmp_path)
    assert words(nights.tell(TAKEN, rows)) == []
    later = TAKEN + timedelta(days=1)
    assert words(nights.tell(later, rows)) == [("new", "cla_health-1-1-health_assessment.planned")]
    assert nights.events[0].time == later
    assert nights.events[0].data.appointment == date(2026, 8, 1)
    assert words(nights.tell(later + timedelta(days=1), rows)) == []


def sdq(key: str, score: object, date: str = "2026-01-01") -> Row:
    return {
        "table_id": key, "person_id": 1, "sdq_completed_date": date, "sdq_score": score,
    }  # fmt: skip


def test_a_score_is_known_by_its_child_and_day(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.tell(TAKEN, {"ssd_sdq_scores": [sdq("A", 17), sdq("B", 17)]})
    assert [each.id for each in nights.events] == [
        "ssd-sdq_scores-1-20260101-17-strengths_difficulties.completed"
    ]
    again = nights.tell(TAKEN + timedelta(days=1), {"ssd_sdq_scores": [sdq("C", "17.0")]})
    assert words(again) == []


def test_scores_that_are_none(tmp_path: Path) -> None:
    rows = [sdq("A", ""), sdq("B", 3, ""), sdq("C", 41), sdq("D", "high"), sdq("E", 2.5)]
    read = got(tmp_path, sdq_scores=rows)
    assert (read.says, read.account("ssd_sdq_scores").passed_over) == ([], 2)
    assert [(line, reason) for _, line, _, reason in read.bad()] == [
        (4, "is no whole number from 0 to 40"),
        (5, "is no number"),
        (6, "is no whole number from 0 to 40"),
    ]


def went_missing(offered: str = "", accepted: str = "", **more: object) -> Row:
    return {
        "table_id": 1, "person_id": 1, "missing_episode_start_date": "2026-01-01",
        "missing_episode_end_date": "2026-01-03", "missing_episode_type": "Missing",
        "missing_rhi_offered": offered, "missing_rhi_accepted": accepted, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("offered", "accepted", "outcome"),
    [
        ("Y", "Y", "held"), ("Y", "N", "refused"), ("N", "Y", "not_held"), ("N", "", "not_held"),
        ("Y", "", None), ("", "Y", None),
    ],
)  # fmt: skip
def test_missing_and_the_interview_afterwards(
    tmp_path: Path, offered: str, accepted: str, outcome: str | None
) -> None:
    read = got(tmp_path, missing=[went_missing(offered, accepted)])
    assert said(read, "missing_episode.started") == [{"episode": "1", "category": "M"}]
    assert days(read, "missing_episode.ended") == ["2026-01-03 12:00"]
    told = [each["outcome"] for each in said(read, "return_interview.recorded")]
    assert told == ([outcome] if outcome else [])
    gone = got(tmp_path, missing=[went_missing(offered, accepted, missing_episode_end_date="")])
    assert [each.data.TYPE for each in gone.says] == ["missing_episode.started"]


def test_away_and_neither(tmp_path: Path) -> None:
    read = got(tmp_path, missing=[went_missing(missing_episode_type="Away from placement")])
    assert said(read, "missing_episode.started")[0]["category"] == "A"
    read = got(tmp_path, missing=[went_missing(missing_episode_type="?")])
    assert read.bad() == [
        ("ssd_missing", 2, "miss_missing_episode_type", "says neither missing nor away")
    ]


def leaver(key: str = "A", contact: str = "2026-05-01", **more: object) -> Row:
    return {
        "table_id": key, "person_id": 1, "care_leaver_eligibility": "Former Relevant",
        "care_leaver_in_touch": "YES", "care_leaver_latest_contact": contact,
        "care_leaver_accommodation": "U Independent living",
        "care_leaver_accom_suitable": "Unsuitable", "care_leaver_activity": "F2",
        "pathway_plan_review_date": "2026-05-02", **more,
    }  # fmt: skip


def test_a_care_leaver(tmp_path: Path) -> None:
    read = got(tmp_path, care_leavers=[leaver()])
    assert said(read, "care_leaver.qualified") == [{"leaver": "1"}]
    assert said(read, "care_leaver.recorded") == [
        {"in_touch": "YES", "activity": "F2", "accommodation": "U2"}
    ]
    assert days(read, "care_leaver.contacted") == ["2026-05-01 12:00"]
    assert read.of("pathway_plan.reviewed") == []  # its date is the day of the last change to it


def test_the_latest_of_a_care_leavers_rows(tmp_path: Path) -> None:
    rows = [
        leaver("A", "2024-01-01", care_leaver_in_touch="NO"),
        leaver("B"),
        leaver("C", "1900-01-01"),
        leaver("D", person_id=2, care_leaver_eligibility="Eligible"),
    ]
    for order in (rows, rows[::-1]):
        read = got(tmp_path, care_leavers=order)
        assert said(read, "care_leaver.recorded")[0]["in_touch"] == "YES"
        account = read.account("ssd_care_leavers")
        assert (account.told, account.repeated, account.passed_over) == (1, 2, 1)


def test_a_care_leaver_from_night_to_night(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    taken = [TAKEN + timedelta(days=each) for each in range(6)]
    nights.tell(taken[0], {"ssd_care_leavers": [leaver("A")]})
    assert words(nights.tell(taken[1], {"ssd_care_leavers": [leaver("B")]})) == []
    later = leaver("C", "2026-06-20", care_leaver_activity="G4")
    assert words(nights.tell(taken[2], {"ssd_care_leavers": [later]})) == [
        ("amended", "care_leavers-1-care_leaver.recorded"),
        ("new", "care_leaver_contacts-1-20260620-care_leaver.contacted"),
    ]
    assert words(nights.tell(taken[3], {"ssd_care_leavers": [leaver(person_id=2)]}))[:1] == [
        ("new", "care_leaver_contacts-2-20260501-care_leaver.contacted")
    ]
    ended = [each for each in nights.events if each.type == "care_leaver.ended"]
    assert [(each.subject, each.time, each.data.leaver) for each in ended] == [
        ("child:1", taken[3], "1")
    ]
    back = [later, leaver(person_id=2)]
    assert words(nights.tell(taken[4], {"ssd_care_leavers": back})) == [
        ("voided", "care_leavers-1-care_leaver.ended")
    ]


def test_a_table_of_care_leavers_that_is_not_there_ends_nothing(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    tables = {"ssd_care_leavers": [leaver()], "ssd_professionals": [{"professional_id": "W1"}]}
    nights.tell(TAKEN, tables)
    folder = write(tmp_path / "lost", {})
    for name in tables:
        (folder / f"{name}.csv").unlink()
    assert words(nights.tell_folder(folder, TAKEN + timedelta(days=1))) == []


# --- workers ---


def involvement(key: int, role: str = "CW", **more: object) -> Row:
    return {
        "involvements_id": key, "professional_id": "W1", "professional_role_id": role,
        "professional_team": "T101", "person_id": 1, "involvement_start_date": "2025-02-01",
        "involvement_end_date": "2025-03-01", **more,
    }  # fmt: skip


def test_who_is_responsible_for_a_child(tmp_path: Path) -> None:
    rows = [involvement(1), involvement(2, "IRO"), involvement(3, "Team Manager")]
    read = got(tmp_path, involvements=rows)
    assert said(read, "allocation.started") == [{"allocation": "1", "worker": "W1", "team": "t101"}]
    assert said(read, "allocation.ended") == [{"allocation": "1"}]
    assert read.account("ssd_involvements").passed_over == 2
    settings = {"roles": ["Case worker"], "manager_roles": ["team manager"]}
    read = got(tmp_path, TAKEN, settings, involvements=rows)
    assert said(read, "allocation.started") == [
        {"allocation": "3", "worker": "W1", "to_manager": True, "team": "t101"}
    ]


def test_workers_with_a_secret_are_not_told_by_their_ids(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("0123456789abcdef0123456789abcdef")
    tables: dict[str, list[Row]] = {
        "involvements": [involvement(1)], "professionals": [{"professional_id": "W1"}],
    }  # fmt: skip
    read = got(tmp_path, TAKEN, {"key_file": str(secret)}, **tables)
    worker = read.only("worker.recorded").subject.removeprefix("worker:")
    told = read.only("allocation.started")
    assert told.data.model_dump()["worker"] == worker
    assert "W1" not in repr(read.says)
    assert len(told.subject) == len("child:") + 26


@pytest.mark.parametrize(
    ("written", "fte"), [("0.6", 0.6), ("1", 1.0), ("", 1.0), ("0", 1.0), ("37", 1.0)]
)
def test_a_worker_since_the_first_allocation(tmp_path: Path, written: str, fte: float) -> None:
    row = {"professional_id": "W1", "full_time_equivalency": written}
    read = got(tmp_path, professionals=[row], involvements=[involvement(1)])
    told = read.only("worker.recorded")
    assert (told.subject, told.data.model_dump()["fte"]) == ("worker:W1", fte)
    assert f"{told.time:%Y-%m-%d}" == "2025-02-01"


def test_a_worker_who_left_and_came_back(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    ours = [{"professional_id": "W1"}, {"professional_id": "W2"}]
    nights.tell(TAKEN, {"ssd_professionals": ours})
    left = nights.tell(TAKEN + timedelta(days=1), {"ssd_professionals": ours[:1]})
    assert words(left) == [("new", "professionals-W2-worker.left")]
    again = nights.tell(TAKEN + timedelta(days=2), {"ssd_professionals": ours[:1]})
    assert words(again) == []
    back = nights.tell(TAKEN + timedelta(days=3), {"ssd_professionals": ours})
    assert words(back) == [("voided", "professionals-W2-worker.left")]


# --- all of it ---


def test_it_tells_what_its_source_is_said_to_tell() -> None:
    """Types; the sample holds the fields (test_ssd_sample.py)."""
    from casepulse.streams.sources.ssd.windows import windows  # noqa: PLC0415

    tells = known_sources()["ssd"].tells
    told = windows(date(2020, 1, 1), {f"ssd_{name}": True for name in _ALL}).keys()
    assert told - tells.keys() == {"early_help_plan.started", "early_help_plan.ended"}


_ALL = (
    "contacts", "cp_visits", "cla_visits", "cin_visits", "initial_cp_conference", "cp_reviews",
    "legal_status", "cla_reviews", "cla_health", "sdq_scores", "permanence", "pre_proceedings",
    "cin_episodes", "cin_assessments", "cin_plans", "s47_enquiry", "cp_plans", "cla_episodes",
    "cla_placement", "missing", "involvements", "early_help_episodes",
)  # fmt: skip
