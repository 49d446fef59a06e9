"""What the handbook came to decide, after a second computation of the figures disagreed.

Unbroken spells; one answer to "in care on this day"; one record a day; ages and deaths that end
what nobody ended; spells that end before they begin; closed cases; teams of what was completed.
A figure as at 2021-02-01 is as at the end of January.
"""

import pytest

from casepulse.schemas.events.child import DisabilityRecorded
from tests.build import (
    allocated,
    assessment,
    authorised,
    conference,
    enquiry,
    entered_care,
    fact,
    figure,
    found,
    left_care,
    legal_status,
    missing,
    placed,
    plan,
    plan_ended,
    referral,
    referral_closed,
    row,
    share,
    status,
    statuses,
    statutory_visit,
    strategy_discussion,
    table,
    visit,
)
from tests.build.care import (
    born,
    discharged,
    private_visit,
    privately_fostered,
    reviewed,
)
from tests.build.children_in_need import in_need_plan, plan_reviewed
from tests.build.early_help import support, support_ended, support_visit
from tests.build.exploitation import screened
from tests.build.health import assessed as health_assessed
from tests.build.leaving_care import in_touch, qualified, recorded
from tests.build.leaving_care import support_ended as leaver_ended
from tests.build.protection import completed, discussion, review_conference
from tests.build.protection import plan_reviewed as protection_plan_reviewed
from tests.build.workforce import final_order, issued, letter, pre_ended, supervised
from tests.build.workforce import solicitor as solicitor_assigned

AT = "2021-02-01"

# --- unbroken spells --------------------------------------------------------------------------


@table("""
    the first referral, never seen  | first      | closed     | visits        | how_long
    open since June                 | 2020-06-01 | -          | never_6_weeks | 12_months_or_less
    open since 2019                 | 2019-06-01 | -          | never_6_weeks | longer
    closed the day another began    | 2019-06-01 | 2021-01-20 | never_6_weeks | longer
    closed the day before           | 2019-06-01 | 2021-01-19 | not_due       | 12_months_or_less
""")
def test_being_in_need_runs_from_the_first_day_of_unbroken_need(first, closed, visits, how_long):
    facts = [referral(first, key="r1"), referral("2021-01-20", key="r2")]
    facts += [referral_closed(closed, key="r1")] if closed else []
    assert status("cin_visits", facts, AT) == visits
    assert status("cin_12m_or_less", facts, AT) == how_long


def test_it_does_not_jump_when_the_second_referral_closes():
    facts = [referral("2020-06-01", key="r1"), referral("2021-01-20", key="r2")]
    facts += [referral_closed("2021-01-25", key="r2")]
    assert status("cin_visits", facts, AT) == "never_6_weeks"


def test_plans_that_overlap_are_one_time_on_a_plan():
    facts = [plan("2018-12-03", key="p1"), plan("2020-12-07", key="p2")]
    facts += [plan_ended("2021-01-04", key="p1")]
    assert status("cp_over_2y", facts, AT) == "yes"
    assert status("repeat_plans_current", facts, AT) == "first"
    assert statuses("repeat_plans_started", facts, AT, period="2020-12") == {}
    assert status("cp_visits", facts, AT) == "long_never"


def test_child_in_need_plans_that_overlap_are_reviewed_as_one():
    facts = [referral("2020-02-03"), in_need_plan("2020-03-02", key="n1")]
    facts += [in_need_plan("2021-01-04", key="n2")]
    assert status("cin_review_up_to_date", facts, AT) == "never"
    facts += [plan_reviewed("2021-01-11", key="n1")]
    assert status("cin_review_up_to_date", facts, AT) == "met"


def test_periods_of_care_that_overlap_are_one_admission():
    facts = [entered_care("2020-06-01", key="k1"), entered_care("2021-01-11", key="k2")]
    facts += [left_care("2021-01-18", key="k1")]
    assert statuses("readmissions", facts, AT, period="2021-01") == {}
    assert statuses("readmissions", facts, AT, period="2020-06") == {"first": 1}
    assert share("discharges_from_care", facts, AT) == "0 of None"
    assert share("children_in_care", facts, AT) == "1 of None"


@table("""
    a review in June      | names | expected
    of the plan it names  | p7    | {'met': 1}
    of no plan            | -     | {'met': 1}
    of the plan that ended | p6   | {'no_plan': 1}
    of a plan that nobody told of | p9 | {'no_plan': 1}
""")
def test_a_review_belongs_to_the_plan_that_it_names(names, expected):
    facts = [plan("2019-03-27", key="p6"), plan_ended("2019-08-12", key="p6")]
    facts += [plan("2020-03-27", key="p7")]
    facts += [
        protection_plan_reviewed("2020-06-22", key=names)
        if names
        else review_conference("2020-06-22")
    ]
    assert str(statuses("cp_review_conferences", facts, AT, period="2020-06")) == expected
    up_to_date = status("cp_review_up_to_date", facts, "2020-07-01")
    assert up_to_date == ("never" if names in ("p6", "p9") else "met")


def test_a_review_of_a_plan_is_not_credited_to_one_within_it():
    facts = [plan("2020-03-27", key="p7"), plan("2020-05-12", key="p6")]
    facts += [plan_ended("2020-08-12", key="p6"), protection_plan_reviewed("2020-06-22", key="p7")]
    facts += [protection_plan_reviewed("2020-11-30", key="p7")]
    # from the first day of the whole: within 3 months, then within 6
    assert statuses("cp_review_conferences", facts, AT, period="2020-06") == {"met": 1}
    assert statuses("cp_review_conferences", facts, AT, period="2020-11") == {"met": 1}


# --- proceedings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("in pre-proceedings too long", [letter("2020-03-01")], "pre_long"),
        row("in court since", [letter("2020-03-01"), issued("2020-06-01")], "court_long"),
        row("over after court, though nobody ended what came before it",
            [letter("2020-03-01"), issued("2020-06-01"), final_order("2020-12-01")], None),
        row("a new letter after court",
            [letter("2020-03-01"), issued("2020-06-01"), final_order("2020-12-01"),
             letter("2021-01-04", key="o9")], "pre"),
        row("completed before it began: none",
            [letter("2020-12-01"), pre_ended("2020-11-01")], None),
    ],
)  # fmt: skip
def test_going_to_court_ends_what_came_before(facts, expected):
    facts = [*facts, solicitor_assigned("2020-03-01")]
    assert status("proceedings", facts, AT) == expected
    has_case = "1 of 1" if expected else "0 of 0"
    assert share("solicitor_caseload", facts, AT) == has_case
    over = "1 of 1" if expected == "pre_long" else "0 of 1" if expected == "pre" else "0 of 0"
    assert share("pre_proceedings_over_26w", facts, AT) == over


# --- in care on a day -------------------------------------------------------------------------

TAKEN_BACK = [born("2012-05-05"), entered_care("2020-02-24"), legal_status("2020-02-25", "V4")]


def test_a_status_told_after_its_period_began_is_taken_back_to_its_start():
    facts = [*TAKEN_BACK, missing("2021-01-11"), found("2021-01-12 09:00")]
    facts += [health_assessed("2021-01-12"), reviewed("2021-01-13")]
    assert statuses("missing_episodes", facts, AT) == {"elsewhere_overnight": 1}
    assert statuses("iha_timely", facts, AT) == {"outside_care": 1}
    assert statuses("cic_reviews_timely", facts, AT) == {"outside_care": 1}
    assert statuses("iha_entrants_in_time", facts, AT, period="2020-02") == {}
    assert statuses("readmissions", facts, AT, period="2020-02") == {}
    assert share("discharges_from_care", facts, AT) == "0 of None"
    assert share("children_in_care", facts, AT) == "0 of None"


BECAME_CARE = [
    born("2012-05-05"),
    entered_care("2020-07-09", team="stroud-permanence"),
    legal_status("2020-07-09", "V3"),
    legal_status("2020-07-13", "V2", recorded="2020-09-14", team="fod-permanence"),
    placed("2020-07-09"),
]


def test_short_breaks_that_become_care_are_admitted_by_the_fact_that_made_them_so():
    said = {"period": "2020-09"}
    assert statuses("admission_recording_delay", BECAME_CARE, AT, **said) == {"delayed": 1}
    assert statuses("admission_recording_delay", BECAME_CARE, AT, period="2020-07") == {}
    fod = figure("readmissions", BECAME_CARE, AT, period="2020-07", locality="FoD")
    assert fod.denominator == 1


@table("""
    a statutory visit        | seen       | expected
    before the admission     | 2020-07-10 | not_due
    on the day of it         | 2020-07-13 | met
""")
def test_a_visit_before_the_admission_is_none_to_a_child_in_care(seen, expected):
    facts = [*BECAME_CARE, statutory_visit(seen)]
    assert status("statutory_visits", facts, "2020-07-20") == expected


def test_going_to_short_breaks_is_a_discharge_and_coming_back_a_readmission():
    facts = [entered_care("2020-06-01"), legal_status("2020-06-01", "V2")]
    facts += [legal_status("2020-11-10", "V4"), legal_status("2021-01-11", "V2")]
    for at in ("2020-12-01", "2021-01-01", AT, "2021-06-01"):
        assert statuses("discharges_from_care", facts, at, period="2020-11") == {"elsewhere": 1}
    assert statuses("readmissions", facts, AT, period="2021-01") == {"again": 1}
    assert share("children_in_care", facts, "2021-01-01") == "0 of None"
    assert share("children_in_care", facts, AT) == "1 of None"


def test_a_discharge_to_short_breaks_is_not_called_home_by_what_is_told_later():
    facts = [entered_care("2020-03-02"), legal_status("2020-03-02", "V2")]
    facts += [legal_status("2020-03-03", "V3"), discharged("2020-05-04", "E13")]
    assert statuses("discharges_from_care", facts, AT, period="2020-03") == {"elsewhere": 1}
    assert statuses("discharges_from_care", facts, AT, period="2020-05") == {}


# --- one a day --------------------------------------------------------------------------------


def test_a_review_told_under_two_ids_is_one():
    facts = [entered_care("2020-06-01"), reviewed("2020-06-22")]
    facts += [reviewed("2020-06-22", source="extract"), reviewed("2020-12-07")]
    # the one of December is the second, due three months after the first; not the third
    assert statuses("cic_reviews_timely", facts, AT, period="2020-06") == {"met": 1}
    assert statuses("cic_reviews_timely", facts, AT, period="2020-12") == {"missed": 1}


def test_a_visit_told_under_two_ids_is_one_recorded_when_it_was_first_told():
    facts = [plan("2020-12-07"), visit("2021-01-11 10:00", recorded="2021-01-12")]
    facts += [visit("2021-01-11 12:00", recorded="2021-01-29", source="extract")]
    assert statuses("cp_visit_recording_delay", facts, AT) == {"prompt": 1}


def test_an_attempt_and_a_visit_of_one_day_saw_the_child():
    facts = [referral("2021-01-04"), visit("2021-01-06 09:00", seen=False)]
    facts += [visit("2021-01-06 15:00", virtual=True), visit("2021-01-06 17:00")]
    assert status("initial_visits_all", facts, AT) == "in_time"


def test_an_admission_told_twice_was_recorded_when_it_was_first_told():
    facts = [entered_care("2021-01-04", recorded="2021-01-05")]
    facts += [entered_care("2021-01-04", recorded="2021-01-28", source="extract", id="0")]
    assert statuses("admission_recording_delay", facts, AT) == {"prompt": 1}


# --- closed cases -----------------------------------------------------------------------------


@table("""
    closed on 13 January, due on the 18th | seen       | expected
    seen after it closed                  | 2021-01-15 | elsewhere_closed_unseen
    seen on its last day                  | 2021-01-13 | elsewhere_met
    seen before it began                  | 2020-12-30 | elsewhere_closed_unseen
""")
def test_a_visit_after_support_closed_does_not_make_it_met(seen, expected):
    facts = [support("2021-01-04"), support_ended("2021-01-13"), support_visit(seen)]
    assert status("ts_initial_visit", facts, AT) == expected


@table("""
    begun on                        | began            | expected
    the day before the case closed  | 2021-01-12       | closed
    the very day, earlier           | 2021-01-13 09:00 | closed
    the very day, later             | 2021-01-13 18:00 | closed
    the day after                   | 2021-01-14       | pending
""")
def test_an_enquiry_ends_with_the_case(began, expected):
    facts = [referral("2020-12-07"), referral_closed("2021-01-13 12:00")]
    facts += [strategy_discussion("2021-01-11"), enquiry(began)]
    assert status("s47_under_way", facts, AT) == expected


def test_a_conference_is_not_awaited_once_the_case_closed_the_same_day():
    facts = [referral("2020-12-07"), referral_closed("2021-01-13 17:00")]
    facts += [strategy_discussion("2021-01-04"), enquiry("2021-01-04")]
    facts += [completed("2021-01-13 09:00", "conference")]
    assert status("icpc_awaited", facts, AT) == "closed"


def test_an_assessment_is_not_open_for_ever_on_a_closed_case():
    facts = [referral("2020-03-02"), assessment("2020-03-03")]
    assert status("assessments_open", facts, AT) == "90_and_over_overdue"
    facts += [referral_closed("2020-12-31")]
    assert status("assessments_open", facts, AT) == "closed"
    assert share("assessments_open", facts, AT) == "0 of None"
    assert share("assessments_open_overdue", facts, AT) == "0 of None"


# --- teams ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "facts"),
    [
        row("an assessment", "single_assessment",
            [referral("2020-12-01", team="stroud-assessment"),
             assessment("2020-12-01", team="stroud-assessment"),
             allocated("2021-01-05", team="fod-assessment"), authorised("2021-01-06")]),
        row("its band", "single_assessment_bands",
            [referral("2020-12-01", team="stroud-assessment"),
             assessment("2020-12-01", team="stroud-assessment"),
             allocated("2021-01-05", team="fod-assessment"), authorised("2021-01-06")]),
        row("an enquiry", "s47_timely",
            [discussion("2021-01-04", team="stroud-assessment"), enquiry("2021-01-04"),
             allocated("2021-01-05", team="fod-assessment"), completed("2021-01-06")]),
        row("a conference", "icpc_to_plan",
            [discussion("2021-01-04", team="stroud-assessment"), enquiry("2021-01-04"),
             allocated("2021-01-05", team="fod-assessment"), conference("2021-01-06")]),
        row("a health assessment", "iha_timely",
            [entered_care("2021-01-04", team="stroud-permanence"),
             allocated("2021-01-05", team="fod-assessment"), health_assessed("2021-01-06")]),
    ],
)  # fmt: skip
def test_a_completion_that_names_no_team_counts_for_the_team_of_its_day(measure, facts):
    facts = [*facts, supervised("2021-01-20", team="gloucester-safeguarding")]
    assert statuses(measure, facts, AT, period="2021-01", locality="Gloucester") == {}
    assert sum(statuses(measure, facts, AT, period="2021-01", locality="FoD").values()) == 1


def test_the_end_of_support_as_a_care_leaver_starts_no_plan():
    facts = [born("2000-01-01"), referral("2020-06-01"), qualified("2020-03-02")]
    facts += [leaver_ended("2020-12-01")]
    assert status("cin_review_up_to_date", facts, AT) == "without_plan"
    came_off = [referral("2020-06-01"), plan("2020-06-01"), plan_ended("2020-12-01")]
    assert status("cin_review_up_to_date", came_off, AT) == "plan_overdue"


def test_a_child_counted_once_a_month_counts_where_it_was_first():
    facts = [screened("2021-01-04", team="stroud-assessment")]
    facts += [screened("2021-01-18", team="fod-assessment")]
    assert sum(statuses("cse_tools", facts, AT, locality="Stroud").values()) == 1
    conferences = [conference("2021-01-04", team="stroud-safeguarding", key="f1")]
    conferences += [conference("2021-01-18", team="fod-safeguarding", key="f2")]
    assert share("my_views", conferences, AT, locality="Stroud") == "0 of 1"


# --- ages -------------------------------------------------------------------------------------


@table("""
    nobody ended it                       | birth      | as_at      | expected
    on the eve of the 18th birthday       | 2003-02-01 | 2021-02-01 | 1 of None
    on the birthday                       | 2003-02-01 | 2021-02-02 | 0 of None
    at 20                                 | 2001-01-01 | 2021-02-01 | 0 of None
    of unknown age                        | -          | 2021-02-01 | 1 of None
""")
def test_in_care_and_on_a_plan_to_the_eve_of_the_eighteenth_birthday(birth, as_at, expected):
    known = [born(birth)] if birth else []
    assert share("children_in_care", [*known, entered_care("2018-06-01")], as_at) == expected
    assert share("cp_children", [*known, plan("2018-06-01")], as_at) == expected


def test_a_discharge_on_the_eighteenth_birthday_is_one_and_none_is_made_up():
    facts = [born("2003-01-11"), entered_care("2018-06-01")]
    assert share("discharges_from_care", facts, AT) == "0 of None"
    facts += [discharged("2021-01-11", "E11")]
    assert share("discharges_from_care", facts, AT) == "1 of None"


@table("""
    a care leaver   | birth      | expected
    of 12           | 2008-06-01 | 0 of None
    on the eve of 16 | 2005-02-02 | 0 of None
    16 today        | 2005-01-31 | 1 of None
    of 25           | 1995-02-02 | 1 of None
    26 and a day    | 1995-01-31 | 0 of None
    of 31           | 1990-01-01 | 0 of None
    of unknown age  | -          | 1 of None
""")
def test_a_care_leaver_is_of_16_to_25(birth, expected):
    facts = [qualified("2020-06-01"), *([born(birth)] if birth else [])]
    assert share("care_leavers", facts, AT) == expected


@table("""
    privately fostered      | birth      | disabled | expected
    under 16                | 2005-02-02 | -        | 1 of None
    16                      | 2005-01-31 | -        | 0 of None
    16 and disabled         | 2005-01-31 | AUT      | 1 of None
    found to have none      | 2005-01-31 | NONE     | 0 of None
    18 and disabled         | 2003-01-31 | AUT      | 0 of None
""")
def test_private_fostering_lasts_to_16_or_to_18_if_disabled(birth, disabled, expected):
    facts = [born(birth), privately_fostered("2020-06-01"), private_visit("2021-01-25")]
    if disabled:
        facts.append(fact(DisabilityRecorded(disabilities=(disabled,)), "2020-07-01"))
    assert share("private_fostering", facts, AT) == expected


def test_an_unknown_age_leaves_each_measure_that_asks_for_one():
    in_care = [entered_care("2018-01-08"), placed("2018-01-08")]
    for measure in (
        "long_term_stability", "cic_assessment", "cic_pathway_plan", "cic_health_assessment",
        "dental_check", "sdq_up_to_date", "school_place",
    ):  # fmt: skip
        assert statuses(measure, in_care, AT) == {}, measure
    leaver = [qualified("2020-12-07"), in_touch("2021-01-11")]
    assert statuses("cl_younger_seen", leaver, AT) == {}
    assert share("cl_in_touch", leaver, AT) == "1 of 1"
    assert share("cl_in_touch_younger", leaver, AT) == "0 of 0"
    assert share("cl_accommodation_younger", leaver, AT) == "0 of 0"


# --- deaths -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "death",
    [
        row("told as the referral closed", referral_closed("2021-01-11", key="r9", reason="RC2")),
        row("told as care ended", discharged("2021-01-11", "E2", key="k9")),
        row("told of a care leaver", recorded("2021-01-11", touch="DIED")),
    ],
)
def test_after_a_death_nothing_is_due_and_the_child_is_in_no_stock(death):
    facts = [
        born("2004-03-01"), referral("2020-06-01"), plan("2020-06-01"), entered_care("2020-06-01"),
        qualified("2020-06-01"), allocated("2020-06-01"), in_need_plan("2020-06-01"),
        support("2020-06-01"), strategy_discussion("2020-12-07"), enquiry("2020-12-07"),
        assessment("2020-12-07"), privately_fostered("2020-06-01"),
    ]  # fmt: skip
    for measure in (
        "open_to_social_care", "cin_visits", "cp_visits", "statutory_visits", "cl_in_touch",
        "case_supervision", "activity_in_timescale", "allocated_worker", "cp_children",
        "children_in_care", "care_leavers", "ts_open", "private_fostering_visits",
        "cic_health_assessment", "cl_pathway_plan", "caseload_18",
    ):  # fmt: skip
        assert statuses(measure, [*facts, death], AT) == {}, measure
    assert status("s47_under_way", [*facts, death], AT) == "closed"
    assert status("assessments_open", [*facts, death], AT) == "closed"
    assert share("children_in_care", [*facts, death], "2021-01-11") == "1 of None"


# --- spells that end before they begin --------------------------------------------------------


def test_a_spell_that_ends_before_it_begins_counts_nowhere():
    care = [entered_care("2021-01-11"), left_care("2020-12-07")]
    assert statuses("readmissions", care, AT) == {}
    assert share("discharges_from_care", care, AT) == "0 of None"
    assert share("children_in_care", care, AT) == "0 of None"
    on_a_plan = [plan("2021-01-11"), plan_ended("2021-01-04")]
    assert statuses("repeat_plans_started", on_a_plan, AT) == {}
    referred = [referral("2021-01-11"), referral_closed("2021-01-04")]
    assert statuses("initial_visits_all", referred, AT) == {}
    assert statuses("re_referrals", referred, AT) == {}
    away = [missing("2021-01-11"), found("2021-01-04")]
    assert statuses("missing_episodes", away, AT) == {}
    same_day = [entered_care("2021-01-11 14:00"), left_care("2021-01-11 09:00")]
    assert statuses("readmissions", same_day, AT) == {"first": 1}
