"""The census: what each element becomes, and that every one of them is accounted for."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casepulse.schemas.events import write_event
from casepulse.schemas.source import known_sources
from tests.unit.census import (
    assessment,
    child,
    enquiry,
    episode,
    everything,
    message,
    plan,
    protection,
    read_children,
    read_text,
    tag,
)

# --- what each element tells ---


def test_a_child_is_registered_at_birth(tmp_path: Path) -> None:
    event = read_children(tmp_path, child(key="a-1")).only("child.registered")
    assert event.id == "cin-census-child-a-1-child.registered"
    assert (event.source, event.subject) == ("cin-census", "child:a-1")
    assert event.time.astimezone(UTC) == datetime(2015, 5, 4, 11, tzinfo=UTC)
    said = event.data
    assert (said.born, said.expected, said.sex) == (date(2015, 5, 4), None, "M")
    assert said.ethnicity == "WBRI"


@pytest.mark.parametrize(
    ("column", "written", "sex"),
    [
        *(("GenderCurrent", *each) for each in ("1M", "2F", "0U", "9U")),
        *(("Sex", *each) for each in ("MM", "FF", "UU", "1M", "2F")),
        ("Sex", "", "U"),
    ],
)
def test_sex_is_read_as_it_was_written_in_any_year(
    tmp_path: Path, column: str, written: str, sex: str
) -> None:
    got = read_children(tmp_path, child(**{"sex": "", column: written}))
    assert got.only("child.registered").data.sex == sex
    assert not got.accounts["Child"].unknown_codes


def test_an_unborn_child_is_known_from_forty_weeks_before_it_is_expected(tmp_path: Path) -> None:
    got = read_children(tmp_path, child(born="", sex="U", ExpectedPersonBirthDate="2026-08-10"))
    event = got.only("child.registered")
    assert f"{event.time:%Y-%m-%d}" == "2025-11-03"
    assert (event.data.born, event.data.expected) == (None, date(2026, 8, 10))


def test_of_a_child_that_is_born_it_does_not_matter_when_it_was_expected(tmp_path: Path) -> None:
    got = read_children(tmp_path, child(ExpectedPersonBirthDate="1066-04-13"))
    assert got.only("child.registered").data.expected is None
    assert got.counts("Child") == {"told": 1}


def test_an_episode_is_a_referral(tmp_path: Path) -> None:
    got = read_children(tmp_path, child(episode("2025-05-01", closed="2025-08-01")))
    assert got.told("referral.started", "referral.closed") == [
        ("2025-05-01", "referral.started"),
        ("2025-08-01", "referral.closed"),
    ]
    started, closed = got.only("referral.started"), got.only("referral.closed")
    assert started.id == "cin-census-referral-1-20250501-referral.started"
    assert (started.data.source, started.data.pathway) == ("1A", "S17")
    assert (closed.data.referral, closed.data.reason) == (started.data.referral, "RC1")


@pytest.mark.parametrize("written", ["1", "true", "TRUE", "True", "y"])
def test_a_referral_with_no_further_action_was_closed_on_its_day(
    tmp_path: Path, written: str
) -> None:
    """The census asks for no date of closure of it. Open for ever it would be a child in need."""
    got = read_children(tmp_path, child(episode("2025-05-01", ReferralNFA=written)))
    assert got.told("referral.closed") == [("2025-05-01", "referral.closed")]
    dated = read_children(
        tmp_path, child(episode("2025-05-01", closed="2025-05-03", ReferralNFA=written))
    )
    assert dated.told("referral.closed") == [("2025-05-03", "referral.closed")]


@pytest.mark.parametrize("written", ["0", "false", "", "perhaps"])
def test_another_one_goes_on(tmp_path: Path, written: str) -> None:
    got = read_children(tmp_path, child(episode("2025-05-01", ReferralNFA=written)))
    assert not got.told("referral.closed")
    assert got.accounts["CINdetails"].unknown_codes.total() == (written == "perhaps")


def test_two_referrals_on_one_day_are_told_apart_by_their_source(tmp_path: Path) -> None:
    rows = [
        episode("2025-05-01", assessment("2025-05-02"), closed="2025-05-03", source="1A"),
        episode("2025-05-01", assessment("2025-05-04"), source="5B"),
        episode("2025-09-01"),
    ]
    got = read_children(tmp_path, child(*rows))
    keys = [each.referral for each in got.data("referral.started")]
    assert sorted(keys) == [
        "cin-census-20250501-1A",
        "cin-census-20250501-5B",
        "cin-census-20250901",
    ]
    assert [each.referral for each in got.data("assessment.started")] == sorted(keys)[:2]
    assert got.data("referral.closed")[0].referral == "cin-census-20250501-1A"
    again = read_children(tmp_path, child(*reversed(rows)))
    assert list(map(write_event, again.events)) == list(map(write_event, got.events))


def test_an_assessment_is_one_of_its_referral(tmp_path: Path) -> None:
    got = read_children(
        tmp_path, child(episode("2025-05-01", assessment("2025-05-02", "2025-06-02")))
    )
    started, done = got.only("assessment.started").data, got.only("assessment.authorised").data
    assert started.referral == got.only("referral.started").data.referral
    assert (done.assessment, done.outcome) == (started.assessment, None)


def test_a_plan_names_the_assessment_before_it(tmp_path: Path) -> None:
    got = read_children(
        tmp_path,
        child(
            episode(
                "2025-05-01",
                plan("2025-07-01", "2025-09-01"),
                plan("2025-12-01"),
                assessment("2025-05-02", "2025-06-02"),
                assessment("2025-06-12", "2025-07-02"),
                assessment("2025-11-01"),
            ),
            episode("2025-10-01", plan("2025-11-10")),
        ),
    )
    assert [each.assessment for each in got.data("child_in_need_plan.started")] == [
        "cin-census-20250502",
        None,
        "cin-census-20250612",
    ]
    assert got.told("child_in_need_plan.ended") == [("2025-09-01", "child_in_need_plan.ended")]


def test_an_enquiry_began_with_a_strategy_discussion_and_ended_with_a_conference(
    tmp_path: Path,
) -> None:
    got = read_children(tmp_path, child(episode("2025-05-01", enquiry("2025-05-02", "2025-05-20"))))
    held, began = got.only("strategy_discussion.held"), got.only("s47_enquiry.started")
    met = got.only("conference.held")
    assert held.data.referral == "cin-census-20250501"
    assert began.data.discussion == held.data.discussion
    assert (met.data.kind, met.data.enquiry) == ("initial", began.data.enquiry)
    assert held.time == began.time


def test_a_conference_of_the_episode_and_of_the_enquiry_is_told_once(tmp_path: Path) -> None:
    got = read_children(
        tmp_path,
        child(
            episode(
                "2025-05-01",
                enquiry("2025-05-10", "2025-05-20"),
                enquiry("2025-05-02", "2025-05-20"),
                DateOfInitialCPC="2025-05-20",
            ),
            episode("2025-09-01", DateOfInitialCPC="2025-09-20"),
        ),
    )
    enquiries = [each.enquiry for each in got.data("conference.held")]
    assert enquiries == ["cin-census-20250502", None]


def test_that_an_enquiry_names_a_conference_later_amends_it(tmp_path: Path) -> None:
    alone = episode("2025-05-01", enquiry("2025-05-02"), DateOfInitialCPC="2025-05-20")
    named = episode("2025-05-01", enquiry("2025-05-02", "2025-05-20"))
    ids = [
        read_children(tmp_path, child(each)).only("conference.held").id for each in (alone, named)
    ]
    assert ids == ["cin-census-conference-1-20250520-conference.held"] * 2


def test_a_protection_plan_has_its_latest_category_and_its_conference(tmp_path: Path) -> None:
    got = read_children(
        tmp_path,
        child(
            episode(
                "2025-05-01",
                enquiry("2025-05-02", "2025-05-20"),
                protection("2025-05-21", "2025-10-20", "2025-08-01", "2025-10-20"),
                protection("2025-05-25", latest=""),
            )
        ),
    )
    first, second = got.data("protection_plan.started")
    assert (first.category, first.conference) == ("NEG", "cin-census-20250520")
    assert (second.category, second.conference) == ("EMO", None)
    assert got.told("protection_plan.ended") == [("2025-10-20", "protection_plan.ended")]
    assert {each.plan for each in got.data("protection_plan.reviewed")} == {first.plan}
    kinds = [each.kind for each in got.data("conference.held")]
    assert kinds == ["initial", "review", "review"]


def test_a_conference_that_reviews_two_plans_is_one(tmp_path: Path) -> None:
    got = read_children(
        tmp_path,
        child(
            episode(
                "2025-05-01",
                protection("2025-05-20", "2025-08-01", "2025-08-01"),
                protection("2025-07-20", "", "2025-08-01"),
            )
        ),
    )
    assert len(got.data("protection_plan.reviewed")) == 2
    assert len(got.data("conference.held")) == 1


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"PPStartDate": "2025-10-01", "LBPSentDate": "2025-10-09"}, ["started 10-01"]),
        ({"LBPSentDate": "2025-10-09"}, ["started 10-09"]),
        (
            {"PPStartDate": "2025-10-01", "StepDecisionDate": "2025-12-01", "PPOutcome": "B"},
            ["started 10-01", "ended 12-01"],
        ),
        (
            {
                "PPStartDate": "2025-10-01",
                "StepDecisionDate": "2025-12-01",
                "CourtAppDate": "2025-12-18",
            },
            ["started 10-01", "started 12-18"],
        ),
        ({"CourtAppDate": "2025-12-18"}, ["started 12-18"]),
        ({"FGDMMeetingOffer": "1"}, []),
    ],
)
def test_proceedings_before_court_and_at_court(
    tmp_path: Path, columns: dict[str, str], told: list[str]
) -> None:
    block = tag("PreProceedingsandFGDM", ReviewMeetingsCount="3", **columns)
    got = read_children(tmp_path, child(episode("2025-05-01", block)))
    found = got.told("child_proceedings.started", "child_proceedings.ended")
    assert [f"{name.rpartition('.')[2]} {day[5:]}" for day, name in found] == told
    court = [each.stage for each in got.data("child_proceedings.started")][-1:]
    assert (court == ["court"]) == ("CourtAppDate" in columns)
    assert len({each.proceedings for each in got.data("child_proceedings.started")}) <= 1


def test_a_row_without_any_date_of_its_own_is_passed_over(tmp_path: Path) -> None:
    block = tag("PreProceedingsandFGDM", StepDecisionDate="2025-10-01")
    got = read_children(tmp_path, child(episode("2025-05-01", block, block)))
    assert got.counts("PreProceedingsandFGDM") == {"passed_over": 2}


# --- what the source is said to tell ---


def test_what_is_told_is_what_the_source_is_said_to_tell(tmp_path: Path) -> None:
    got = read_children(tmp_path, *everything())
    source = known_sources()["cin-census"]
    filled: dict[str, set[str]] = {}
    for event in got.events:
        said = event.data.model_dump(exclude_none=True, exclude_defaults=True)
        filled.setdefault(event.type, set()).update(said)
    assert {name: sorted(each) for name, each in filled.items()} == {
        name: sorted({*told, *source.assumes.get(name, {})}) for name, told in source.tells.items()
    }
    assert got.bad == []


# --- what becomes of every element ---


def test_every_element_is_accounted_for(tmp_path: Path) -> None:
    got = read_children(tmp_path, *everything())
    assert {kind: got.counts(kind) for kind in got.accounts} == {
        "Child": {"told": 2},
        "CINdetails": {"told": 2},
        "Assessments": {"told": 1},
        "CINPlanDates": {"told": 1},
        "Section47": {"told": 1},
        "ChildProtectionPlans": {"told": 1},
        "CPPreviewDate": {"told": 1},
        "PreProceedingsandFGDM": {"told": 1},
    }
    assert got.extract.doubtful == set()


def test_what_stands_there_twice_is_told_once(tmp_path: Path) -> None:
    rows = [*everything()]
    once, twice = read_children(tmp_path, *rows), read_children(tmp_path, *rows, *reversed(rows))
    assert list(map(write_event, twice.events)) == list(map(write_event, once.events))
    for kind, account in twice.accounts.items():
        assert account.rows == 2 * once.accounts[kind].rows
        assert account.told == account.repeated


def test_a_child_in_two_pieces_is_one(tmp_path: Path) -> None:
    first, second = episode("2025-05-01", source="1A"), episode("2025-05-01", source="5B")
    got = read_children(tmp_path, child(first), child(key="2"), child(second))
    assert len(got.data("referral.started")) == 2
    assert got.counts("CINdetails") == {"told": 2}
    assert got.counts("Child") == {"told": 2, "repeated": 1}
    whole = read_children(tmp_path, child(first, second), child(key="2"))
    assert list(map(write_event, got.events)) == list(map(write_event, whole.events))


def test_of_two_that_differ_the_first_holds(tmp_path: Path) -> None:
    got = read_children(
        tmp_path,
        child(
            episode(
                "2025-05-01",
                assessment("2025-05-02", "2025-06-02"),
                assessment("2025-05-02", "2025-06-03"),
            )
        ),
    )
    assert got.told("assessment.authorised") == [("2025-06-02", "assessment.authorised")]
    (bad,) = got.bad
    assert str(bad) == (
        "cin.xml, Assessments, line 30, AssessmentAuthorisationDate: differs from line 25, which "
        "is about the same"
    )
    assert got.extract.doubtful == {"child:1"}


@pytest.mark.parametrize(
    ("rows", "kind", "column", "reason"),
    [
        ([episode("")], "CINdetails", "CINreferralDate", "is blank"),
        ([episode("31-03-2025")], "CINdetails", "CINreferralDate", "is no date"),
        ([episode("2025-02-30")], "CINdetails", "CINreferralDate", "is no date"),
        ([episode("1925-02-20")], "CINdetails", "CINreferralDate", "outside the years"),
        (
            [episode("2025-05-02", closed="2025-05-01")],
            "CINdetails",
            "CINclosureDate",
            "lies before CINreferralDate",
        ),
        (
            [episode("2025-05-01", assessment("2028-04-28", "2020-09-19"))],
            "Assessments",
            "AssessmentAuthorisationDate",
            "lies before AssessmentActualStartDate",
        ),
        (
            [episode("2025-05-01", enquiry("2025-05-09", "2025-05-02"))],
            "Section47",
            "DateOfInitialCPC",
            "lies before S47ActualStartDate",
        ),
        (
            [episode("2025-05-01", protection("2025-05-09", "", "2025-05-02"))],
            "CPPreviewDate",
            "CPPreviewDate",
            "lies before CPPstartDate",
        ),
        (
            [episode("2025-05-01", protection("soon", "", "2025-05-02"))],
            "CPPreviewDate",
            None,
            "lies in a plan whose CPPstartDate",
        ),
        (
            [episode("2025-05-01", "<Section47><S47ActualStartDate>x</S47ActualStartDate>"
                                   "<S47ActualStartDate>y</S47ActualStartDate></Section47>")],
            "Section47",
            "S47ActualStartDate",
            "stands more than once",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_named_without_its_value(
    tmp_path: Path, rows: list[str], kind: str, column: str | None, reason: str
) -> None:
    got = read_children(tmp_path, child(*rows))
    (bad,) = (each for each in got.bad if each.file == f"cin.xml, {kind}")
    assert (bad.column, reason in bad.reason) == (column, True)
    line = (tmp_path / "cin.xml").read_text().splitlines()[bad.line - 1]
    assert line.startswith(f"<{kind}")
    assert got.counts(kind)["bad"] == 1
    assert got.extract.doubtful == {"child:1"}
    assert got.counts("Child") == {"told": 1}


def test_what_lies_in_a_bad_row_is_told_all_the_same(tmp_path: Path) -> None:
    rows = [assessment("2025-05-02", "2025-06-02"), enquiry("2025-05-02")]
    got = read_children(
        tmp_path,
        child(episode("2025-05-01", *rows, closed="2024-01-01")),
        child(episode("sometime", *rows), key="2"),
    )
    assert got.counts("CINdetails") == {"bad": 2}
    referrals = {each.subject: each.data.referral for each in got.events if "sion" in each.type}
    assert referrals == {"child:1": "cin-census-20250501", "child:2": None}
    assert got.counts("Assessments") == {"told": 2}


@pytest.mark.parametrize("other", ["", "<LAchildID>2</LAchildID>"])
def test_whose_something_is_must_be_known(tmp_path: Path, other: str) -> None:
    one = child(episode("2025-05-01", enquiry("2025-05-02")), key="1" if other else "")
    got = read_children(tmp_path, one.replace("<UPN>", f"{other}<UPN>"))
    assert got.events == []
    assert {each.file.rpartition(" ")[2] for each in got.bad} == {
        "Child",
        "CINdetails",
        "Section47",
    }
    gone = set(got.extract.windows)
    assert "assessment.started" in gone
    assert not gone & {"referral.started", "s47_enquiry.started", "conference.held"}
    assert got.extract.with_the_rest == frozenset()


def test_a_child_of_whom_no_birth_is_known_is_bad(tmp_path: Path) -> None:
    got = read_children(tmp_path, child(episode("2025-05-01"), born=""))
    (bad,) = got.bad
    assert bad.reason == "is blank, and so is ExpectedPersonBirthDate"
    assert got.told() == [("2025-05-01", "referral.started")]


def test_what_is_dated_after_the_extract_is_held_back(tmp_path: Path) -> None:
    got = read_children(
        tmp_path,
        child(
            episode(
                "2025-05-01",
                assessment("2030-05-02"),
                enquiry("2026-06-20", "2026-07-03"),
                plan("2026-06-01", "2030-01-01"),
            ),
            episode("2030-01-01"),
        ),
    )
    assert got.bad == []
    assert got.counts("Assessments") == {"held_back": 1}
    assert got.counts("CINdetails") == {"told": 1, "held_back": 1}
    assert got.counts("Section47") == {"told": 1}
    assert not got.told("conference.held", "child_in_need_plan.ended")
    assert got.changes.by_type["conference.held"].held_back == 1


def test_a_code_that_is_none_is_left_out_and_counted(tmp_path: Path) -> None:
    got = read_children(
        tmp_path,
        child(episode("2025-05-01", source="ZZ", closed="2025-06-01"), Ethnicity=""),
        child(episode("2025-05-01", source="5D - Education"), key="2", sex="X"),
        codes={"ReferralSource": {"zz ": "9"}, "ReasonForClosure": {}},
    )
    assert [each.source for each in got.data("referral.started")] == ["9", "5D"]
    assert got.accounts["Child"].unknown_codes == {"Sex": 1}
    unmapped = read_children(tmp_path, child(episode("2025-05-01", source="ZZ")))
    assert unmapped.accounts["CINdetails"].unknown_codes == {"ReferralSource": 1}
    assert unmapped.only("referral.started").data.source is None


def test_codes_of_all_years_are_read(tmp_path: Path) -> None:
    got = read_children(
        tmp_path,
        child(episode("2025-05-01", source="5D", closed="2025-06-01", ReasonForClosure="RC9")),
    )
    assert got.only("referral.started").data.source == "5D"
    assert got.only("referral.closed").data.reason == "RC9"


def test_an_element_that_holds_nothing_is_no_row(tmp_path: Path) -> None:
    empty = ["<Section47/>", "<Assessments> \n</Assessments>", "<Reviews/>", "<CINPlanDates/>"]
    got = read_children(tmp_path, child(episode("2025-05-01", *empty), "<CINdetails/>"))
    assert got.counts("Section47") == got.counts("Assessments") == {}
    assert got.counts("CINdetails") == {"told": 1}
    assert got.bad == []


def test_elements_that_the_census_has_not_are_named(tmp_path: Path) -> None:
    got = read_children(
        tmp_path,
        child(episode("2025-05-01", "<CINVisit><Date>2025-05-02</Date></CINVisit>"), Hobby="x"),
    )
    assert got.accounts["CINdetails"].extra_columns == ("CINVisit",)
    assert got.accounts["Child"].extra_columns == ("Hobby",)
    assert got.bad == []


def test_what_lies_in_itself_is_not_looked_for_without_end(tmp_path: Path) -> None:
    deep = "<Reviews>" * 200 + "</Reviews>" * 200
    odd = tag("ChildProtectionPlans", deep, CPPstartDate="2025-05-02")
    got = read_children(tmp_path, child(episode("2025-05-01", odd)))
    assert got.accounts["ChildProtectionPlans"].extra_columns == ("Reviews",)
    assert got.counts("ChildProtectionPlans") == {"told": 1}


def test_an_id_may_be_as_long_as_a_key_can_be(tmp_path: Path) -> None:
    long = "x" * 64
    rows = [each.replace("<LAchildID>1<", f"<LAchildID>{long}<") for each in everything()]
    got = read_children(tmp_path, *rows)
    assert got.bad == []
    assert max(len(each.id) for each in got.events) <= 128


def test_ids_are_keys_as_the_profile_says(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret of more than sixteen bytes")
    got = read_children(tmp_path, child(key="400039.0"), child(key="400039"), pad_ids=8)
    assert {each.subject for each in got.events} == {"child:00400039"}
    assert got.counts("Child") == {"told": 1, "repeated": 1}
    hashed = read_children(tmp_path, child(key="400039"), key_file=str(secret))
    assert "400039" not in str(hashed.events)


# --- nothing personal leaves the reader ---


def test_nothing_personal_and_no_value_is_said_of_anybody(tmp_path: Path) -> None:
    secret = "Jo-SECRET"
    text = message(
        child(
            secret,
            episode("2025-05-01", tag("Assessments", AssessmentActualStartDate=secret), secret),
            episode(secret, enquiry(secret), source=secret, closed=secret),
            UPN=secret,
            FormerUPN=secret,
            PersonDeathDate=secret,
            Sex=secret,
            Surname=secret,
        ).replace("</Ethnicity>", f"</Ethnicity><Disabilities>{secret}</Disabilities>"),
        child(born=secret, key="2"),
    )
    got = read_text(tmp_path, text)
    assert len(got.bad) == 4
    said = repr((got.extract, got.changes, got.events, got.bad, list(map(str, got.bad))))
    assert secret not in said


# --- notes ---


def test_what_the_accounts_do_not_say_is_noted(tmp_path: Path) -> None:
    got = read_children(
        tmp_path,
        child(
            episode(
                "2025-05-01",
                enquiry("2025-05-02", needed="true"),
                enquiry("2025-06-02", needed="1"),
                enquiry("2025-07-02", "2025-07-12"),
            ),
            episode("2023-05-01", closed="2025-03-31"),
            episode("2023-06-01", closed="2025-04-01"),
            episode("2026-04-01"),
        ),
    )
    assert got.extract.notes == [
        "the year of the return ends on 2026-03-31",
        "CINdetails that were open at no time in the year: 2; told all the same",
        "Section47 without a conference, for none was required: 2 of 3; when an enquiry ended the "
        "return does not say",
    ]
    assert got.counts("CINdetails") == {"told": 4}
