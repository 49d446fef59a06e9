"""Children in need: seen, and for how long.

Handbook: "Seeing children", "Assessment, planning and review". A figure as at 2021-01-12 is as at
the end of 11 January.
"""

import pytest

from tests.build import (
    amended,
    as_printed,
    entered_care,
    left_care,
    legal_status,
    plan,
    plan_ended,
    referral,
    referral_closed,
    row,
    share,
    status,
    table,
    visit,
    voided,
)
from tests.build.children_in_need import in_need_plan, in_need_plan_ended

# --- seen every 20 working days ---------------------------------------------------------------


@table("""
    in need, never seen                        | since            | as_at            | expected
    from Monday 4 January: due 1 February      | 2021-01-04       | 2021-02-01 23:59 | not_due
    the midnight after                         | 2021-01-04       | 2021-02-02       | never
    over Christmas 2020: due 8 January         | 2020-12-08       | 2021-01-08 23:59 | not_due
    over Christmas 2020, the midnight after    | 2020-12-08       | 2021-01-09       | never
    over 8 and 25 May 2020: due 2 June         | 2020-05-01       | 2020-06-02 23:59 | not_due
    over 8 and 25 May 2020, the midnight after | 2020-05-01       | 2020-06-03       | never
    referred late at night: that day is day 0  | 2021-01-04 23:30 | 2021-02-01 23:59 | not_due
    the 41st day                               | 2021-01-04       | 2021-02-14 23:59 | never
    once the 42nd day has begun                | 2021-01-04       | 2021-02-15 00:01 | never_6_weeks
    referred in the future: not in need yet    | 2021-01-04 09:00 | 2021-01-04 09:00 | -
""")
def test_first_visit_in_need(since, as_at, expected):
    assert status("cin_visits", [referral(since)], as_at) == expected


@table("""
    last seen on                          | seen             | as_at            | expected
    Monday 4 January: due 1 February      | 2021-01-04 10:00 | 2021-02-01 23:59 | met
    the midnight after                    | 2021-01-04 10:00 | 2021-02-02       | overdue
    Sunday 3 January: due 29 January      | 2021-01-03 10:00 | 2021-01-29 23:59 | met
    Sunday 3 January, the Saturday after  | 2021-01-03 10:00 | 2021-01-30       | overdue
    41 days ago                           | 2020-12-21 10:00 | 2021-02-01       | overdue
    42 days ago                           | 2020-12-20 10:00 | 2021-02-01       | overdue_6_weeks
    the day of the referral               | 2020-12-01 10:00 | 2021-02-01       | overdue_6_weeks
    before the referral: not seen in need | 2020-11-30 10:00 | 2021-02-01       | never_6_weeks
    tomorrow: not yet                     | 2021-02-01 10:00 | 2021-02-01       | never_6_weeks
""")
def test_since_last_seen_in_need(seen, as_at, expected):
    assert status("cin_visits", [referral("2020-12-01 09:00"), visit(seen)], as_at) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("a virtual visit counts, and is counted apart",
            [visit("2021-01-28", virtual=True)], "met_virtual"),
        row("virtual, then face to face: the latest says which",
            [visit("2021-01-20", virtual=True), visit("2021-01-28")], "met"),
        row("a virtual visit long ago is overdue like any other",
            [visit("2020-12-28", virtual=True)], "overdue"),
        row("a visit that did not see the child does not count",
            [visit("2020-12-28"), visit("2021-01-28", seen=False)], "overdue"),
        row("the latest of several holds, whichever came in first",
            [visit("2021-01-28"), visit("2020-12-05")], "met"),
        row("a voided visit does not count",
            [wrong := visit("2021-01-28"), voided(wrong, "2021-01-29")], "never_6_weeks"),
        row("a visit amended to another day counts there",
            [wrong := visit("2021-01-28"), amended(wrong, visit("2020-12-28"), "2021-01-29")],
            "overdue"),
        row("the referral closed on the due day: not counted the day after",
            [referral_closed("2020-12-31 17:00")], None),
        row("on a protection plan: not in need only",
            [plan("2021-01-20")], None),
        row("in care: not in need only",
            [entered_care("2021-01-20")], None),
        row("in short breaks: in need still",
            [visit("2021-01-28"), entered_care("2021-01-20"), legal_status("2021-01-20", "V4")],
            "met"),
        row("short breaks that ended begin nothing anew",
            [visit("2020-12-05"), entered_care("2021-01-20"), legal_status("2021-01-20", "V4"),
             left_care("2021-01-25")], "overdue_6_weeks"),
        row("off a protection plan: in need since, and the earlier visits do not count",
            [visit("2021-01-10"), plan("2020-12-05"), plan_ended("2021-01-20")], "not_due"),
        row("out of care: likewise",
            [entered_care("2020-12-05"), left_care("2021-01-20")], "not_due"),
        row("referred anew after closing: the visits of before do not count",
            [visit("2020-12-10"), referral_closed("2020-12-11"), referral("2021-01-25", key="r2")],
            "not_due"),
    ],
)  # fmt: skip
def test_who_is_in_need_and_what_counts_as_seen(facts, expected):
    assert status("cin_visits", [referral("2020-12-01"), *facts], "2021-02-01") == expected


SEEN_OR_NOT = [
    referral("2020-11-02", subject="child:seen"), visit("2021-01-28", subject="child:seen"),
    referral("2020-11-02", subject="child:virtually"),
    visit("2021-01-28", virtual=True, subject="child:virtually"),
    referral("2020-11-02", subject="child:late"), visit("2020-12-30", subject="child:late"),
    referral("2020-11-02", subject="child:long"), visit("2020-12-01", subject="child:long"),
    referral("2021-01-28", subject="child:new"),
    referral("2020-12-30", subject="child:never"),
    referral("2020-11-02", subject="child:never-for-long"),
]  # fmt: skip


@table("""
    of seven children in need | measure              | expected
    seen in time, or not due  | cin_visits           | 3 of 7
    not seen in time          | cin_not_seen         | 4 of 7
    not seen for 6 weeks      | cin_not_seen_6_weeks | 2 of None
    seen virtually            | cin_seen_virtually   | 1 of 7
""")
def test_the_parts_of_visits_in_need(measure, expected):
    assert share(measure, SEEN_OR_NOT, "2021-02-01") == expected


def test_nobody_in_need_is_not_available():
    assert as_printed("cin_visits", [], "2021-02-01") == "n/a"


def test_a_child_in_need_counts_in_the_locality_of_the_team_that_holds_it_now():
    facts = [
        referral("2020-12-01", team="stroud-assessment"),
        visit("2021-01-20", team="gloucester-safeguarding"),
    ]
    assert share("cin_visits", facts, "2021-02-01", locality="Gloucester") == "1 of 1"
    assert share("cin_visits", facts, "2021-02-01", locality="Stroud") == "0 of 0"
    assert share("cin_visits", facts, "2021-02-01", period="2020-12", locality="Stroud") == "0 of 1"


# --- for how long -----------------------------------------------------------------------------


@table("""
    in need since, on a plan              | since      | plan_since | as_at            | expected
    12 months to the day                  | 2020-01-31 | -          | 2021-01-31 23:59 | short
    the midnight after                    | 2020-01-31 | -          | 2021-02-01       | longer
    29 February: up on 28 February        | 2020-02-29 | -          | 2021-02-28 23:59 | short
    29 February, the midnight after       | 2020-02-29 | -          | 2021-03-01       | longer
    in need for over 2 years, no plan     | 2018-06-01 | -          | 2021-02-01       | longer
    on a plan 2 years to the day          | 2018-06-01 | 2019-01-31 | 2021-01-31 23:59 | longer
    on a plan 2 years, the midnight after | 2018-06-01 | 2019-01-31 | 2021-02-01       | long plan
""")
def test_for_how_long_in_need(since, plan_since, as_at, expected):
    words = {"short": "12_months_or_less", "long plan": "plan_over_2_years"}
    facts = [referral(since), *([in_need_plan(plan_since)] if plan_since else [])]
    assert status("cin_12m_or_less", facts, as_at) == words.get(expected, expected)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("a plan for short breaks alone is left out",
            [in_need_plan("2018-06-10", short_breaks=True)], "short_breaks"),
        row("it ended, and another plan began",
            [in_need_plan("2018-06-10", short_breaks=True), in_need_plan_ended("2020-12-01"),
             in_need_plan("2020-12-02", key="n2")], "longer"),
        row("looked after in short breaks is left out",
            [entered_care("2020-06-01"), legal_status("2020-06-01", "V4")], "short_breaks"),
        row("off a protection plan last month: in need since",
            [in_need_plan("2018-06-10"), plan("2020-01-10"), plan_ended("2021-01-10")],
            "12_months_or_less"),
        row("the plan voided",
            [wrong := in_need_plan("2018-06-10"), voided(wrong, "2020-12-01")], "longer"),
        row("closed", [referral_closed("2021-01-31 17:00")], None),
    ],
)  # fmt: skip
def test_since_when_in_need_and_who_is_left_out(facts, expected):
    assert status("cin_12m_or_less", [referral("2018-06-01"), *facts], "2021-02-01") == expected


def test_short_breaks_are_in_no_denominator():
    facts = [
        referral("2018-06-01", subject="child:old"),
        in_need_plan("2018-06-10", subject="child:old"),
        referral("2020-06-01", subject="child:new"),
        referral("2018-06-01", subject="child:breaks"),
        in_need_plan("2018-06-10", short_breaks=True, subject="child:breaks"),
    ]
    assert share("cin_12m_or_less", facts, "2021-02-01") == "1 of 2"
    assert as_printed("cin_over_2y", facts, "2021-02-01") == "1"
