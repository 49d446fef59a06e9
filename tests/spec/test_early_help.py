"""Early Help and Targeted Support.

Source: the report, "Early Help and Targeted Support". Every time is local; as at 2021-02-01 is the
midnight at which January is over.
"""

import pytest

from tests.build import (
    CATALOGUE,
    amended,
    as_printed,
    plan,
    referral,
    referral_closed,
    row,
    share,
    status,
    statuses,
    table,
    voided,
)
from tests.build.early_help import (
    advice,
    advice_ended,
    assessment_completed,
    assessment_of,
    concluded,
    contact_from,
    linked,
    my_plan,
    my_plan_ended,
    request_decided,
    requested,
    support,
    support_ended,
    support_visit,
)

END = "2021-02-01"

# --- contacts that progress to Early Help -----------------------------------------------------


@table("""
    received 4 January 09:00            | outcome           | decided             | expected
    via the MASH after exactly 24 hours | early_help        | 2021-01-05 09:00    | via_mash_met
    a second later                      | early_help        | 2021-01-05 09:00:01 | via_mash_missed
    to an episode open already          | existing_episode  | 2021-01-04 10:00    | via_mash_met
    no further action is no Early Help  | no_further_action | 2021-01-04 10:00    | -
    not concluded yet                   | mash_enquiry      | 2021-01-04 10:00    | -
""")
def test_decision_for_early_help_within_24_hours(outcome, decided, expected):
    facts = [contact_from("2021-01-04 09:00"), concluded(decided, outcome)]
    assert status("eh_decision_24h", facts, END) == expected


@table("""
    asked directly, 4 January 09:00 | decided             | as_at               | expected
    after exactly 24 hours          | 2021-01-05 09:00    | 2021-02-01          | direct_met
    a second later                  | 2021-01-05 09:00:01 | 2021-02-01          | direct_missed
    not decided, at the due time    | -                   | 2021-01-05 09:00    | direct_pending
    not decided, just after         | -                   | 2021-01-05 09:00:01 | direct_missed
""")
def test_decision_on_a_direct_request_within_24_hours(decided, as_at, expected):
    facts = [requested("2021-01-04 09:00")] + ([request_decided(decided)] if decided else [])
    assert status("eh_decision_24h", facts, as_at, period="2021-01") == expected


@table("""
    received 4 January 09:00         | linked_at           | as_at               | expected
    an episode after just 72 hours   | 2021-01-07 09:00    | 2021-02-01          | met
    a second later                   | 2021-01-07 09:00:01 | 2021-02-01          | missed
    none yet, at the due time        | -                   | 2021-01-07 09:00    | pending
    none yet, just after             | -                   | 2021-01-07 09:00:01 | missed
""")
def test_episode_within_72_hours(linked_at, as_at, expected):
    link = [linked(linked_at)] if linked_at else []
    through = [contact_from("2021-01-04 09:00"), concluded("2021-01-04 10:00", "early_help")]
    direct = [requested("2021-01-04 09:00")]
    for facts in (through, direct):
        assert status("eh_episode_72h", [*facts, *link], as_at, period="2021-01") == expected


def test_contacts_that_progress_to_early_help_through_the_mash_or_directly():
    facts = [contact_from("2021-01-04 09:00", key=f"c{n}") for n in range(3)]
    facts += [concluded("2021-01-04 10:00", "early_help", key="c0")]
    facts += [concluded("2021-01-04 10:00", "existing_episode", key="c1")]
    facts += [requested("2021-01-04 09:00", key="c4"), requested("2021-02-02 09:00", key="c5")]
    assert as_printed("eh_contacts", facts, END) == "3"
    assert share("eh_contacts_via_mash", facts, END) == "2 of 3"
    assert share("eh_decision_24h", facts, END) == "2 of 3"
    assert as_printed("contacts_received", facts, END) == "3"
    assert as_printed("eh_contacts_via_mash", [], END) == "n/a"


# --- advice, guidance and support -------------------------------------------------------------


@table("""
    an advice episode from 4 January  | level | held_by                    | expected
    Level 3, with a co-ordinator      | 3     | early_help_coordinator     | level_3_fis_or_coordinator
    with the Information Service      | 2     | family_information_service | other_level_fis_or_coordinator
    Level 3, with a centre            | 3     | children_and_family_centre | level_3_held_elsewhere
    with a Family Support Team        | 4     | family_support_team        | other_level_held_elsewhere
""")  # noqa: E501
def test_open_advice_episodes_by_level_and_holder(level, held_by, expected):
    facts = [advice("2021-01-04", int(level), held_by)]
    assert status("eh_advice_open", facts, END) == expected
    assert as_printed("eh_advice_level3", facts, END) == ("100" if level == "3" else "0")
    in_hands = "fis" in expected
    assert as_printed("eh_advice_fis_coordinators", facts, END) == ("100" if in_hands else "0")


@table("""
    from 4 January, closed       | closed              | as_at      | expected
    never                        | -                   | 2021-02-01 | 1
    in the last minute           | 2021-01-31 23:59    | 2021-02-01 | 0
    at midnight, so in February  | 2021-02-01          | 2021-02-01 | 1
    and seen then                | 2021-02-01          | 2021-02-02 | 0
""")
def test_an_advice_episode_is_open_until_it_closes(closed, as_at, expected):
    facts = [advice("2021-01-04")] + ([advice_ended(closed)] if closed else [])
    assert as_printed("eh_advice_open", facts, as_at) == expected


def test_of_no_advice_episodes_there_is_no_percentage():
    assert as_printed("eh_advice_level3", [], END) == "n/a"
    assert as_printed("eh_advice_closed_met_elsewhere", [], END) == "n/a"


def test_closed_advice_episodes_by_reason_in_the_month_they_closed():
    reasons = ["met_elsewhere", "not_engaged", "consent_withdrawn", "needs_met", None]
    facts = [
        advice_ended("2021-01-31 23:59", reason, key=f"e{n}") for n, reason in enumerate(reasons)
    ]
    facts += [advice_ended("2021-01-30", "met_elsewhere", key="e0", recorded="2021-02-03")]
    facts += [advice_ended("2020-12-31 23:59", key="e7"), advice_ended("2021-02-01", key="e8")]
    assert as_printed("eh_advice_closed", facts, END) == "5"
    assert share("eh_advice_closed_met_elsewhere", facts, END) == "1 of 5"
    assert share("eh_advice_closed_disengaged", facts, END) == "2 of 5"


def test_an_advice_episode_counts_for_the_locality_of_the_team_that_closed_it():
    facts = [advice("2020-12-01", team="stroud-assessment")]
    facts += [advice_ended("2021-01-10", team="gloucester-assessment")]
    facts += [advice("2021-01-12", key="e2")]
    assert as_printed("eh_advice_closed", facts, END, locality="Gloucester") == "1"
    assert as_printed("eh_advice_open", facts, END, locality="Gloucester") == "1"
    assert as_printed("eh_advice_open", facts, "2021-01-01", locality="Stroud") == "1"


# --- My Plan and My Plan Plus -----------------------------------------------------------------


def test_open_plans_by_kind_and_agency():
    facts = [
        my_plan("2020-06-01", "my_plan", "education", key="p1"),
        my_plan("2020-06-01", "my_plan", "health", key="p2"),
        my_plan("2020-06-01", "my_plan_plus", "education", key="p3"),
        my_plan("2020-06-01", "my_plan_plus", None, key="p4"),
        my_plan("2020-06-01", "my_plan_plus", "education", key="p5"),
        my_plan_ended("2021-01-10", key="p5"),
    ]
    assert as_printed("eh_plans_open", facts, END) == "4"
    assert as_printed("eh_my_plan_open", facts, END) == "2"
    assert as_printed("eh_my_plan_plus_open", facts, END) == "2"
    assert share("eh_plans_education", facts, END) == "2 of 4"
    assert as_printed("eh_plans_education", [], END) == "n/a"


TWELVE_MONTHS = """
    as at 1 February 2021, begun  | begun               | expected
    yesterday                     | 2021-01-31 10:00    | under
    on 1 February 2020, at noon   | 2020-02-01 12:00    | under
    at the midnight that began it | 2020-02-01 00:00    | under
    the second before it          | 2020-01-31 23:59:59 | over
"""


@table(TWELVE_MONTHS)
def test_plans_open_for_12_months(begun, expected):
    facts = [my_plan(begun)]
    assert share("eh_plans_under_12m", facts, END) == f"{int(expected == 'under')} of 1"
    assert share("eh_plans_over_12m", facts, END) == f"{int(expected == 'over')} of 1"


def test_a_plan_grows_older_without_any_event():
    facts = [my_plan("2020-02-10 12:00")]
    assert share("eh_plans_over_12m", facts, "2021-02-10 12:00") == "0 of 1"
    assert share("eh_plans_over_12m", facts, "2021-02-10 12:00:01") == "1 of 1"


# --- open episodes of Targeted Support --------------------------------------------------------


@table(TWELVE_MONTHS)
def test_targeted_episodes_open_for_12_months(begun, expected):
    facts = [support(begun)]
    assert status("ts_open", facts, END) == f"family_support_team.{expected}"
    assert share("ts_under_12m", facts, END) == f"{int(expected == 'under')} of 1"


def test_open_targeted_episodes_by_service():
    facts = [
        support("2020-06-01", "family_support_team", key="t1"),
        support("2020-06-01", "children_and_family_centre", key="t2"),
        support("2020-06-01", "disabled_children", key="t3"),
        support("2020-06-01", "disabled_children", key="t4", review_only=True),
        support("2020-06-01", "children_and_family_centre", key="t5"),
        support_ended("2021-01-31 17:00", key="t5"),
    ]
    assert as_printed("ts_open", facts, END) == "3"
    assert share("ts_open_fst", facts, END) == "1 of 3"
    assert share("ts_open_cfc", facts, END) == "1 of 3"
    assert as_printed("ts_dcyps_open", facts, END) == "1"
    assert as_printed("ts_dcyps_review", facts, END) == "1"
    assert as_printed("ts_open", facts, "2021-01-31") == "4"
    assert as_printed("ts_open_fst", [], END) == "n/a"


def test_a_targeted_episode_counts_where_the_child_is_now():
    facts = [support("2020-06-01", team="stroud-assessment")]
    facts += [support_visit("2020-06-05")]
    facts += [advice("2021-01-31", key="e1", team="fod-assessment")]
    assert as_printed("ts_open", facts, END, locality="FoD") == "1"
    assert as_printed("ts_open", facts, "2021-01-31", locality="Stroud") == "1"


@pytest.mark.parametrize(
    ("facts", "as_at", "expected"),
    [
        row("a referral open", [referral("2021-01-04")], END, "yes"),
        row("a plan open", [plan("2021-01-04")], END, "yes"),
        row("not open", [], END, "no"),
        row("closed on the last day of January",
            [referral("2020-12-04"), referral_closed("2021-01-31 17:00")], END, "no"),
        row("closed on the day after it",
            [referral("2020-12-04"), referral_closed("2021-02-01 09:00")], END, "yes"),
        row("opened in February", [referral("2021-02-01 09:00")], END, "no"),
    ],
)  # fmt: skip
def test_targeted_episodes_of_children_open_to_social_care(facts, as_at, expected):
    assert status("ts_also_social_care", [support("2020-06-01"), *facts], as_at) == expected


def test_only_open_episodes_are_asked_for_social_care_and_earlier_help():
    facts = [referral("2021-01-04"), support("2020-06-01"), support_ended("2021-01-31")]
    facts += [support("2020-08-01", "disabled_children", key="t2", review_only=True)]
    assert status("ts_also_social_care", facts, END) is None
    assert status("ts_repeat_12m", facts, END) is None
    assert as_printed("ts_also_social_care", facts, END) == "n/a"


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        row("none", [], "no"),
        row("advice, closed in the last 12 months",
            [advice("2020-01-02"), advice_ended("2020-02-01 00:00")], "yes"),
        row("advice, closed before that",
            [advice("2020-01-02"), advice_ended("2020-01-31 23:59")], "no"),
        row("Targeted Support, closed in the last 12 months",
            [support("2019-06-01", key="t0"), support_ended("2020-06-01", key="t0")], "yes"),
        row("not closed yet", [advice("2020-01-02")], "no"),
        row("begun after it", [advice("2020-12-02"), advice_ended("2021-01-10")], "no"),
        row("begun before it and closed within it",
            [advice("2020-08-02"), advice_ended("2020-11-10")], "yes"),
        row("open to review alone",
            [support("2019-06-01", key="t0", review_only=True),
             support_ended("2020-06-01", key="t0")], "no"),
        row("closed after the month",
            [advice("2020-01-02"), advice_ended("2021-02-01 09:00")], "no"),
    ],
)  # fmt: skip
def test_targeted_episodes_after_earlier_help(earlier, expected):
    assert status("ts_repeat_12m", [support("2020-09-01"), *earlier], END) == expected


# --- initial visits ---------------------------------------------------------------------------


@table("""
    due: 10 working days              | started    | seen             | as_at            | expected
    from Monday 11: Monday 25         | 2021-01-11 | 2021-01-25 23:59 | 2021-02-01       | met
    the midnight after                | 2021-01-11 | 2021-01-26 00:00 | 2021-02-01       | missed
    not seen, on the due day          | 2021-01-11 | -                | 2021-01-25 23:59 | pending
    not seen, the midnight after      | 2021-01-11 | -                | 2021-01-26       | missed
    over Christmas from 16 December   | 2020-12-16 | 2021-01-04 12:00 | 2021-02-01       | met
    over Christmas, the day after     | 2020-12-16 | 2021-01-05 12:00 | 2021-02-01       | missed
    seen in February, as at January   | 2021-01-20 | 2021-02-02       | 2021-02-01       | pending
""")
def test_initial_visit_within_10_working_days(started, seen, as_at, expected):
    visits = [support_visit(seen)] if seen else []
    at_home = [support(started), *visits]
    at_centre = [support(started, "children_and_family_centre"), *visits]
    measure = "ts_initial_visit"
    assert status(measure, at_home, as_at, period=started[:7]) == f"elsewhere_{expected}"
    assert status(measure, at_centre, as_at, period=started[:7]) == f"centre_{expected}"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("a visit that did not see the child", [support_visit("2021-01-12", seen=False)],
            {"elsewhere_missed": 1}),
        row("a visit of another episode", [support_visit("2021-01-12", of="t0")],
            {"elsewhere_missed": 1}),
        row("closed unseen on the due day", [support_ended("2021-01-25 17:00")],
            {"elsewhere_closed_unseen": 1}),
        row("closed, and seen before", [support_visit("2021-01-12"), support_ended("2021-01-20")],
            {"elsewhere_met": 1}),
    ],
)  # fmt: skip
def test_what_is_no_initial_visit(facts, expected):
    assert statuses("ts_initial_visit", [support("2021-01-11"), *facts], END) == expected


def test_open_to_review_needs_no_initial_visit():
    assert status("ts_initial_visit", [support("2021-01-11", review_only=True)], END) is None


def test_initial_visits_in_time_of_those_seen_or_due_at_centres_and_in_all():
    facts = [
        support("2021-01-04", "children_and_family_centre", key="t1"),
        support("2021-01-04", "children_and_family_centre", key="t2"),
        support("2021-01-04", "family_support_team", key="t3"),
        support("2021-01-29", "family_support_team", key="t4"),
        *(support_visit("2021-01-06", of=key) for key in ("t1", "t3")),
    ]
    assert share("ts_initial_visit", facts, END) == "2 of 3"
    assert share("ts_initial_visit_children_and_family_centres", facts, END) == "1 of 2"
    assert as_printed("ts_initial_visit", facts[3:4], END) == "n/a"


def test_a_visit_that_was_none_leaves_the_child_unseen():
    seen = support_visit("2021-01-12")
    facts = [support("2021-01-11"), seen, voided(seen, "2021-01-28")]
    assert status("ts_initial_visit", facts, END) == "elsewhere_missed"
    assert status("ts_initial_visit", facts, END, known="2021-01-27") == "elsewhere_met"


# --- assessments ------------------------------------------------------------------------------


@table("""
    due: 30 working days from 7 December 2020 | completed        | expected
    Thursday 21 January, over Christmas       | 2021-01-21 23:59 | met
    the day after                             | 2021-01-22 00:00 | missed
""")
def test_targeted_assessment_within_30_working_days(completed, expected):
    facts = [support("2020-12-01"), assessment_of("2020-12-07"), assessment_completed(completed)]
    assert status("ts_assessment", facts, END) == expected
    assert status("ts_assessment_open_in_time", facts, END) is None


@table("""
    from 7 December 2020, not completed | as_at            | expected
    on the 30th working day             | 2021-01-21 23:59 | yes
    the midnight after                  | 2021-01-22 00:00 | no
""")
def test_ongoing_targeted_assessment(as_at, expected):
    facts = [support("2020-12-01"), assessment_of("2020-12-07")]
    assert status("ts_assessment_open_in_time", facts, as_at) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("the episode closed", [support_ended("2021-01-31 17:00")], None),
        row("completed in February", [assessment_completed("2021-02-01 09:00")], "no"),
        row("completed, and voided",
            [assessment_completed("2021-01-10", id="a"),
             voided(assessment_completed("2021-01-10", id="a"), "2021-01-11")], "no"),
    ],
)  # fmt: skip
def test_what_is_an_ongoing_assessment(facts, expected):
    told = [support("2020-12-01"), assessment_of("2020-12-07"), *facts]
    assert status("ts_assessment_open_in_time", told, END) == expected


def test_an_assessment_counts_in_the_month_it_was_completed_for_the_team_that_completed_it():
    facts = [assessment_of("2020-12-20", of="t9"), assessment_completed("2021-01-05", team="mash")]
    assert status("ts_assessment", facts, END, period="2020-12") is None
    assert share("ts_assessment", facts, END, locality="Other") == "1 of 1"
    assert as_printed("ts_assessment", [], END) == "n/a"


def test_a_correction_of_the_start_may_make_an_assessment_late():
    begun = assessment_of("2020-12-07")
    facts = [begun, assessment_completed("2021-01-21")]
    facts += [amended(begun, assessment_of("2020-12-04"), "2021-01-25")]
    assert status("ts_assessment", facts, END) == "missed"
    assert status("ts_assessment", facts, END, known="2021-01-24") == "met"


# --- closed episodes --------------------------------------------------------------------------


def test_closed_targeted_episodes_by_reason():
    reasons = ["needs_met", "needs_partly_met", "not_engaged", "consent_withdrawn", "other", None]
    facts = [
        support_ended("2021-01-31 23:59", reason, key=f"t{n}") for n, reason in enumerate(reasons)
    ]
    facts += [support("2020-01-01", key="t7", review_only=True), support_ended(END, key="t8")]
    facts += [support_ended("2021-01-10", "needs_met", key="t7")]
    assert as_printed("ts_closed", facts, END) == "6"
    assert share("ts_closed_needs_met", facts, END) == "2 of 6"
    assert share("ts_closed_disengaged", facts, END) == "2 of 6"
    assert as_printed("ts_closed_needs_met", [], END) == "n/a"


def test_children_stepped_up_count_once_a_month():
    facts = [
        support_ended("2021-01-10", "stepped_up", key="t1"),
        support_ended("2021-01-12", "stepped_up", key="t2"),
        support_ended("2021-01-12", "stepped_up", key="t3", subject="child:k2"),
        support_ended("2021-01-12", "needs_met", key="t4", subject="child:k3"),
        support_ended("2020-12-12", "stepped_up", key="t5"),
    ]
    assert as_printed("step_up", facts, END) == "2"
    assert as_printed("step_up", facts, END, period="2020-12") == "1"
    assert as_printed("ts_closed", facts, END) == "4"


def test_every_episode_told_twice_under_two_ids_counts_once():
    facts = [
        told
        for source in ("case-system", "extract")
        for told in (
            support("2020-06-01", source=source),
            advice("2021-01-04", source=source),
            my_plan("2020-06-01", source=source),
            advice_ended("2021-01-08", key="e9", source=source),
        )
    ]
    for measure in ("ts_open", "eh_advice_open", "eh_plans_open", "eh_advice_closed"):
        assert CATALOGUE.measures[measure].denominator is None
        assert as_printed(measure, facts, END) == "1"
