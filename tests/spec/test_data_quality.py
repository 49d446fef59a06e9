"""Data quality: records that cannot be right. What leaves a measure because of that stands here.

The rules: docs/rules.md, "Records".
"""

from datetime import date
from random import Random

import pytest

from casepulse.schemas.events.child import ChildRegistered, DisabilityRecorded
from casepulse.schemas.events.referral import ReferralClosed
from casepulse.state import Partition
from casepulse.state.due import due_list
from casepulse.state.records.as_told import KINDS, SpellKind
from tests.build import (
    CATALOGUE,
    allocated,
    amended,
    as_printed,
    contact,
    decision,
    entered_care,
    fact,
    figure,
    found,
    interview,
    left_care,
    legal_status,
    missing,
    placed,
    plan,
    plan_ended,
    referral,
    referral_closed,
    review,
    row,
    status,
    statuses,
    statutory_visit,
    table,
    visit,
    voided,
    when,
)
from tests.build.care import (
    born,
    discharged,
    private_fostering_ended,
    private_visit,
    privately_fostered,
)
from tests.build.children_in_need import in_need_plan, in_need_plan_ended
from tests.build.children_in_need import plan_reviewed as need_reviewed
from tests.build.early_help import support, support_ended, support_visit
from tests.build.health import dentist
from tests.build.leaving_care import in_touch, qualified
from tests.build.protection import plan_reviewed
from tests.build.workforce import approved
from tests.generative.strategies import data_of

AT = "2021-02-01"


def died(at: str, **told):
    """A referral that closed because the child died."""
    return fact(ReferralClosed(referral="r1", reason="RC2"), at, **told)


# --- age and status ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("birth", "facts", "expected"),
    [
        row("in care on the eve of the 18th birthday", "2003-02-01", [entered_care("2010-01-04")],
            None),
        row("in care on the 18th birthday", "2003-01-31", [entered_care("2010-01-04")],
            "in_care_at_18"),
        row("left care the day after it", "2003-01-30",
            [entered_care("2010-01-04"), left_care("2021-01-31 12:00")], None),
        row("short breaks that nobody ended", "2003-01-31",
            [entered_care("2010-01-04"), legal_status("2010-01-04", "V4")], "in_care_at_18"),
        row("on a plan at 18", "2003-01-31", [plan("2010-01-04")], "on_a_plan_at_18"),
        row("privately fostered at 16", "2005-01-31", [privately_fostered("2020-01-06")],
            "privately_fostered_too_old"),
        row("privately fostered on the eve of 16", "2005-02-01",
            [privately_fostered("2020-01-06")], None),
        row("privately fostered at 16 and disabled", "2005-01-31",
            [privately_fostered("2020-01-06"),
             fact(DisabilityRecorded(disabilities=("LD",)), "2020-01-06")], None),
        row("privately fostered at 18 and disabled", "2003-01-31",
            [privately_fostered("2020-01-06"),
             fact(DisabilityRecorded(disabilities=("LD",)), "2020-01-06")],
            "privately_fostered_too_old"),
        row("a care leaver of 12", "2008-06-01", [qualified("2020-06-01")],
            "care_leaver_under_16"),
        row("a care leaver of 16", "2005-01-31", [qualified("2020-06-01")], None),
        row("a care leaver on the eve of 26", "1995-02-01", [qualified("2012-06-01")], None),
        row("a care leaver of 26", "1995-01-31", [qualified("2012-06-01")], "care_leaver_at_26"),
        row("a referral at 18 is another question", "2003-01-31", [referral("2020-06-01")], None),
        row("died at 17: another line", "2003-01-31",
            [entered_care("2010-01-04"), referral("2020-01-06"), died("2020-06-01")], None),
        row("the plan was entered by mistake", "2003-01-31",
            [wrong := plan("2010-01-04"), voided(wrong, "2020-01-06")], None),
    ],
)  # fmt: skip
def test_what_a_child_is_too_old_or_too_young_for(birth, facts, expected):
    assert status("dq_age_and_status", [born(birth), *facts], AT) == expected


def test_the_birth_amended_sets_age_and_status_right():
    wrong, care = born("2003-01-31"), entered_care("2010-01-04")
    right = fact(ChildRegistered(born=date(2004, 1, 31)), "2004-01-31 12:00")
    assert status("dq_age_and_status", [wrong, care], AT) == "in_care_at_18"
    assert (
        status("dq_age_and_status", [wrong, care, amended(wrong, right, "2021-01-05")], AT) is None
    )


# --- age unknown ------------------------------------------------------------------------------


def awaited(day: str):
    return fact(ChildRegistered(expected=date.fromisoformat(day)), "2020-06-01")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("open, and never registered", [referral("2020-06-01")], "not_on_record"),
        row("in care, and never registered", [entered_care("2020-06-01")], "not_on_record"),
        row("closed, and never registered",
            [referral("2020-06-01"), referral_closed("2020-07-01")], None),
        row("born", [referral("2020-06-01"), born("2010-01-04")], None),
        row("expected in February", [referral("2020-06-01"), awaited("2021-02-14")], None),
        row("expected 42 days ago", [referral("2020-06-01"), awaited("2020-12-21")], None),
        row("expected 43 days ago", [referral("2020-06-01"), awaited("2020-12-20")],
            "birth_not_told"),
        row("early help alone asks for no age", [support("2020-06-01")], None),
        row("died", [referral("2020-06-01"), plan("2020-06-02"), died("2020-07-01")], None),
    ],
)  # fmt: skip
def test_whose_age_is_unknown(facts, expected):
    assert status("dq_age_unknown", facts, AT) == expected


# --- a death ----------------------------------------------------------------------------------

DEATH = [referral("2020-01-06"), died("2020-06-01 08:00")]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("nothing else", [], {}),
        row("a plan left open", [plan("2020-02-03")], {"protection_plan": 1}),
        row("a plan ended on the day", [plan("2020-02-03"), plan_ended("2020-06-01")], {}),
        row("a plan ended weeks later", [plan("2020-02-03"), plan_ended("2020-07-01")], {}),
        row("care, a worker and a leaver's support left open",
            [entered_care("2020-02-03"), allocated("2020-01-06"), qualified("2020-03-02")],
            {"care_period": 1, "allocation": 1, "care_leaver": 1}),
        row("another referral left open", [referral("2020-02-03", key="r2")], {"referral": 1}),
        row("a placement ends with care, an assessment with the referral",
            [entered_care("2020-02-03"), placed("2020-02-03"), left_care("2020-06-01")], {}),
    ],
)  # fmt: skip
def test_what_was_left_open_after_a_death(facts, expected):
    assert statuses("dq_death_with_open_records", [*DEATH, *facts], AT) == expected
    assert statuses("dq_death_with_open_records", facts, AT) == {}


def test_a_death_in_care_is_told_by_why_care_ended():
    facts = [entered_care("2020-01-06"), discharged("2020-06-01", "E2"), plan("2020-02-03")]
    assert status("dq_death_with_open_records", facts, AT) == "protection_plan"
    assert statuses("dq_death_with_open_records", facts, "2020-06-01") == {}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("seen on the day of the death", [visit("2020-06-01 16:00")], {}),
        row("seen the day after", [visit("2020-06-02")], {"seen": 1}),
        row("seen the day after, told by two systems",
            [visit("2020-06-02", source="live"), visit("2020-06-02 10:00", source="extract")],
            {"seen": 1}),
        row("visited, and nobody seen", [visit("2020-06-02", seen=False)], {}),
        row("reviewed", [review("2020-06-02"), plan_reviewed("2020-06-03")], {"reviewed": 2}),
        row("at the dentist", [dentist("2020-06-02")], {"health_checked": 1}),
        row("in touch", [in_touch("2020-06-02")], {"in_touch": 1}),
        row("referred again, and missing",
            [referral("2020-06-02", key="r2"), missing("2020-06-03")], {"begun": 2}),
    ],
)  # fmt: skip
def test_what_was_told_of_a_child_after_its_death(facts, expected):
    assert statuses("dq_after_death", [*DEATH, *facts], AT) == expected
    assert statuses("dq_after_death", facts, AT) == {}


# --- an end before a start --------------------------------------------------------------------


@table("""
    a plan of 4 January 2021 | ended            | expected
    goes on                  | -                | -
    ended on the same day    | 2021-01-04 00:00 | -
    ended later              | 2021-01-05       | -
    ended the day before     | 2021-01-03 23:00 | protection_plan
    ended a year before      | 2020-01-04       | protection_plan
""")
def test_a_record_that_ends_before_it_begins(ended, expected):
    facts = [plan("2021-01-04 09:00"), *([plan_ended(ended)] if ended else [])]
    assert status("dq_end_before_start", facts, AT) == expected


def _backwards(kind: SpellKind):
    """A record of a kind that ends before it begins, whatever else its facts tell."""
    about = kind.starts.ABOUT[0]
    same = {} if kind.key is None else {kind.key: "x1"}
    return [
        fact(data_of(Random(1), told).model_copy(update=same), at, subject=f"{about}:k1")
        for told, at in ((kind.starts, "2021-01-04 09:00"), (kind.ends, "2020-12-01 09:00"))
    ]


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_every_kind_of_record_that_ends_before_it_begins(kind):
    facts = _backwards(kind)
    assert statuses("dq_end_before_start", facts, AT) == {kind.name: 1}
    assert statuses("dq_end_before_start", facts[:1], AT) == {}
    assert statuses("dq_end_before_start", facts[1:], AT) == {}


@table("""
    a contact of 4 January 9:00 | decided          | expected
    decided an hour later       | 2021-01-04 10:00 | -
    decided at the same instant | 2021-01-04 09:00 | -
    decided an hour before      | 2021-01-04 08:00 | contact_decision
""")
def test_what_is_counted_in_hours_may_not_end_an_hour_before_it_begins(decided, expected):
    facts = [contact("2021-01-04 09:00"), decision(decided)]
    assert status("dq_end_before_start", facts, AT) == expected


# --- two open ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("one referral", [referral("2020-06-01")], {}),
        row("two referrals open",
            [referral("2020-06-01"), referral("2021-01-04", key="r2")], {"referral": 1}),
        row("three", [referral(f"2020-0{n}-01", key=f"r{n}") for n in (6, 7, 8)], {"referral": 2}),
        row("the first closed",
            [referral("2020-06-01"), referral("2021-01-04", key="r2"),
             referral_closed("2021-01-31")], {}),
        row("one referral told by two systems",
            [referral("2020-06-01", source="live"), referral("2020-06-01", source="extract")], {}),
        row("two plans, two periods of care, two child in need plans",
            [plan("2020-06-01"), plan("2020-07-01", key="p2"), entered_care("2020-06-01"),
             entered_care("2020-07-01", key="k2"), in_need_plan("2020-06-01"),
             in_need_plan("2020-07-01", key="n2")],
            {"protection_plan": 1, "care_period": 1, "child_in_need_plan": 1}),
        row("two times a care leaver, twice missing, twice privately fostered",
            [qualified("2020-06-01"), qualified("2020-07-01", key="y2"), missing("2020-06-01"),
             missing("2020-07-01", key="m2"), privately_fostered("2020-06-01"),
             privately_fostered("2020-07-01", key="pf2")],
            {"care_leaver": 1, "missing_episode": 1, "private_fostering_arrangement": 1}),
        row("two workers may hold a child",
            [allocated("2020-06-01"), allocated("2020-07-01", to="w2", key="l2")], {}),
    ],
)  # fmt: skip
def test_records_open_beside_another_of_their_kind(facts, expected):
    assert statuses("dq_two_open", facts, AT) == expected


# --- a status after the start -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("told for the day care began", [legal_status("2020-06-01 18:00", "C2")], None),
        row("told for the next day", [legal_status("2020-06-02", "C2")],
            "told_for_a_later_day"),
        row("told for the day, and changed since",
            [legal_status("2020-06-01", "V2"), legal_status("2020-09-01", "C2")], None),
        row("none at all: a gap, and no contradiction", [], None),
        row("of an earlier period",
            [entered_care("2019-01-07", key="k0"), legal_status("2019-01-07", "V2"),
             left_care("2019-06-03", key="k0"), legal_status("2020-06-02", "C2")],
            "told_for_a_later_day"),
    ],
)  # fmt: skip
def test_the_legal_status_begins_with_the_period(facts, expected):
    told = [entered_care("2020-06-01 09:00"), *facts]
    assert status("dq_status_after_start", told, AT) == expected


# --- outside every period of care -------------------------------------------------------------

CARE = [entered_care("2020-06-01 09:00"), left_care("2020-09-01 09:00")]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("on its first and last day",
            [legal_status("2020-06-01", "C2"), placed("2020-06-01"), review("2020-09-01 18:00"),
             statutory_visit("2020-08-03")], {}),
        row("a status before it", [legal_status("2020-05-31", "C2")], {"legal_status": 1}),
        row("a placement after it", [placed("2020-09-02")], {"placement": 1}),
        row("a review after it, told twice",
            [review("2020-09-02"), review("2020-09-02 10:00")], {"care_review": 1}),
        row("a statutory visit after it", [statutory_visit("2020-09-02")],
            {"statutory_visit": 1}),
        row("another visit after it", [visit("2020-09-02")], {}),
        row("in another period", [entered_care("2020-10-05", key="k2"), placed("2020-10-05")], {}),
        row("in a period that ends before it begins, which is one line already",
            [entered_care("2020-10-05", key="k2"), left_care("2020-01-06", key="k2"),
             placed("2020-10-05")], {}),
    ],
)  # fmt: skip
def test_facts_of_care_outside_every_period_of_care(facts, expected):
    assert statuses("dq_outside_care", [*CARE, *facts], AT) == expected


# --- facts that contradict each other ---------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("a review on the first and last day of its plan",
            [plan("2020-03-27"), plan_ended("2020-08-12"), plan_reviewed("2020-03-27"),
             plan_reviewed("2020-08-12")], {}),
        row("a review of a plan that had ended",
            [plan("2020-03-27"), plan_ended("2020-08-12"), plan_reviewed("2020-08-13")],
            {"protection_plan_review": 1}),
        row("a review of a plan that had not begun, told twice",
            [plan("2020-03-27"), plan_reviewed("2020-03-26"), plan_reviewed("2020-03-26 10:00")],
            {"protection_plan_review": 1}),
        row("a review of a plan that is not on record", [plan_reviewed("2020-03-26")], {}),
        row("a review of a child in need plan that had ended",
            [in_need_plan("2020-03-27"), in_need_plan_ended("2020-08-12"),
             need_reviewed("2020-08-13")], {"child_in_need_review": 1}),
        row("a visit to an arrangement that had ended",
            [privately_fostered("2020-03-27"), private_fostering_ended("2020-08-12"),
             private_visit("2020-08-13")], {"private_fostering_visit": 1}),
        row("closed unseen on 13 January, and visited on the 15th",
            [support("2020-12-01"), support_ended("2021-01-13"), support_visit("2021-01-15")],
            {"targeted_support_visit": 1}),
        row("interviewed after the child was found",
            [missing("2021-01-04 09:00"), found("2021-01-05 09:00"), interview("2021-01-05 10:00")],
            {}),
        row("interviewed before the child was found",
            [missing("2021-01-04 09:00"), found("2021-01-05 09:00"), interview("2021-01-05 08:00")],
            {"interviewed_before_found": 1}),
        row("interviewed while the child is missing",
            [missing("2021-01-04 09:00"), interview("2021-01-05 08:00", "refused")],
            {"interviewed_before_found": 1}),
        row("seen before birth", [visit("2019-12-31"), born("2020-01-01")], {"before_birth": 1}),
        row("visited before birth, and nobody seen",
            [visit("2019-12-31", seen=False), born("2020-01-01")], {}),
        row("in care before birth", [entered_care("2019-12-31"), born("2020-01-01")],
            {"before_birth": 1}),
        row("on a plan before birth", [plan("2019-12-31"), born("2020-01-01")], {}),
        row("in care and privately fostered",
            [entered_care("2020-03-27"), privately_fostered("2020-06-01")],
            {"in_care_and_privately_fostered": 1}),
        row("in care, and privately fostered after it",
            [entered_care("2020-03-27"), left_care("2020-06-01"),
             privately_fostered("2020-06-01")], {}),
    ],
)  # fmt: skip
def test_facts_that_contradict_each_other(facts, expected):
    assert statuses("dq_contradictions", facts, AT) == expected


# --- teams that the profile does not know -----------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("a team that it knows", [referral("2020-06-01", team="stroud-assessment")], {}),
        row("no team", [referral("2020-06-01")], {}),
        row("a team that it doesn't know holds the case",
            [referral("2020-06-01", team="stroud-asessment")], {"holds_the_case": 1}),
        row("it held it before",
            [referral("2020-06-01", team="stroud-asessment"),
             visit("2020-06-02", team="stroud-assessment")], {"held_the_case": 1}),
        row("named again and again: once a case",
            [referral("2020-06-01", team="night-team"), visit("2020-06-02", team="mash"),
             visit("2020-06-03", team="night-team")], {"holds_the_case": 1}),
        row("of a contact and of a worker",
            [contact("2021-01-04", team="night-team"),
             fact(approved("2020-01-06").data.model_copy(update={"team": "carers"}),
                  "2020-01-06", subject="household:h1")], {"holds_the_case": 2}),
    ],
)  # fmt: skip
def test_teams_that_the_profile_does_not_know(facts, expected):
    assert statuses("dq_unknown_team", facts, AT) == expected


# --- what all of them have in common ----------------------------------------------------------

KIND = [name for name in CATALOGUE.rules if name.startswith("dq_")]


def test_each_is_on_a_list_with_the_day_since_which_it_has_stood():
    facts = [
        born("2003-01-10"),
        entered_care("2010-01-04", team="night-team"),
        legal_status("2010-02-01", "C2"),
        plan("2021-01-04"),
        plan_ended("2021-01-02"),
        referral("2020-06-01"),
        referral("2020-07-01", key="r2"),
        placed("2009-01-05"),
        visit("2003-01-02"),
    ]
    partition = Partition(CATALOGUE, when(AT))
    for each in facts:
        partition.apply(each)
    lines = {
        line.measure: (line.occurrence, line.status, line.due, line.overdue)
        for line in due_list(partition, CATALOGUE)
        if line.measure.startswith("dq_")
    }
    assert lines == {
        "dq_age_and_status": ("k1", "in_care_at_18", date(2021, 1, 10), True),
        "dq_status_after_start": ("k1", "told_for_a_later_day", date(2010, 2, 1), True),
        "dq_end_before_start": ("p1", "protection_plan", date(2021, 1, 4), True),
        "dq_two_open": ("r2", "referral", date(2020, 7, 1), True),
        "dq_outside_care": ("h1", "placement", date(2009, 1, 5), True),
        "dq_contradictions": ("visit:2003-01-02", "before_birth", date(2003, 1, 10), True),
        "dq_unknown_team": ("night-team", "holds_the_case", date(2010, 1, 4), True),
    }


def test_all_are_counts_of_which_less_is_better_and_every_one_is_late():
    for name in KIND:
        measure = CATALOGUE.measures[name]
        assert (measure.kind, measure.denominator, measure.better) == ("stock", None, "low")
        assert measure.late == measure.numerator == set(measure.statuses)
        assert as_printed(name, [], AT) == "0"


def test_a_record_counts_for_the_team_that_holds_the_case_and_so_has_to_mend_it():
    facts = [
        referral("2020-06-01", team="gloucester-assessment"),
        referral("2020-07-01", key="r2"),
        visit("2020-08-03", team="stroud-assessment"),
    ]
    assert figure("dq_two_open", facts, AT, locality="Stroud").numerator == 1
    assert figure("dq_two_open", facts, AT, locality="Gloucester").numerator == 0


def test_an_ordinary_case_contradicts_itself_nowhere():
    facts = [
        born("2010-01-04"),
        referral("2020-06-01", team="stroud-assessment"),
        visit("2020-06-03"),
        plan("2020-06-15"),
        plan_reviewed("2020-09-01"),
        plan_ended("2020-10-05"),
        entered_care("2020-10-05"),
        legal_status("2020-10-05", "C2"),
        placed("2020-10-05"),
        statutory_visit("2020-10-08"),
        missing("2020-11-02"),
        found("2020-11-03"),
        interview("2020-11-04"),
    ]
    assert {name: statuses(name, facts, AT) for name in KIND} == {name: {} for name in KIND}
