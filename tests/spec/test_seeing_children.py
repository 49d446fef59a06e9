"""Seeing children: visits on a protection plan, statutory visits to children in care.

Handbook: "Seeing children". A figure as at 2021-01-12 is as at the end of 11 January.
"""

import pytest

from tests.build import (
    amended,
    entered_care,
    left_care,
    legal_status,
    placed,
    placement_ended,
    plan,
    plan_ended,
    row,
    share,
    status,
    statuses,
    statutory_visit,
    table,
    visit,
    voided,
)

# --- children on a protection plan: every 10 working days -------------------------------------


@table("""
    on a plan, never seen on it              | began            | as_at            | expected
    from Monday 4 January: due 18 January    | 2021-01-04       | 2021-01-18 23:59 | not_due
    the midnight after                       | 2021-01-04       | 2021-01-19       | never
    over Christmas 2020: due 12 January      | 2020-12-24       | 2021-01-12 23:59 | not_due
    over Christmas 2020, the midnight after  | 2020-12-24       | 2021-01-13       | never
    over 8 May 2020: due 19 May              | 2020-05-04       | 2020-05-19 12:00 | not_due
    over 8 May 2020, the midnight after      | 2020-05-04       | 2020-05-20       | never
    over Easter 2021: due 7 April            | 2021-03-22       | 2021-04-07 23:59 | not_due
    over Easter 2021, the midnight after     | 2021-03-22       | 2021-04-08       | never
    over the clock change: one minute before | 2021-03-15       | 2021-03-29 23:59 | not_due
    over the clock change: local midnight    | 2021-03-15       | 2021-03-30 00:00 | never
    begun late at night: that day is day 0   | 2021-01-04 23:30 | 2021-01-18 23:59 | not_due
    begun in the future: not on a plan yet   | 2021-01-04 09:00 | 2021-01-04 09:00 | -
""")
def test_cp_visits_first_visit_on_the_plan(began, as_at, expected):
    assert status("cp_visits", [plan(began)], as_at) == expected


@table("""
    last seen on                               | seen             | as_at            | expected
    Monday 11 January: due 25 January          | 2021-01-11 10:00 | 2021-01-25 23:59 | met
    the midnight after                         | 2021-01-11 10:00 | 2021-01-26       | overdue
    Saturday 9 January: due Friday 22 January  | 2021-01-09 10:00 | 2021-01-22 23:59 | met
    Saturday 9 January, the Saturday after     | 2021-01-09 10:00 | 2021-01-23       | overdue
    the day the plan began                     | 2021-01-04 16:00 | 2021-01-18 23:59 | met
    the day the plan began, the midnight after | 2021-01-04 16:00 | 2021-01-19       | overdue
    before the plan began: not seen on it      | 2021-01-03 16:00 | 2021-01-19       | never
    late, and up to date again since           | 2021-01-28 10:00 | 2021-02-01       | met
    tomorrow: not yet                          | 2021-01-20 10:00 | 2021-01-19       | never
""")
def test_cp_visits_since_last_seen(seen, as_at, expected):
    assert status("cp_visits", [plan("2021-01-04 09:00"), visit(seen)], as_at) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("a virtual visit counts", [visit("2021-01-28", virtual=True)], "met_virtually"),
        row("any kind of visit counts", [visit("2021-01-28", kind="statutory")], "met"),
        row("a visit that did not see the child does not",
            [visit("2021-01-05"), visit("2021-01-28", seen=False)], "overdue"),
        row("the latest of several holds, whichever came in first",
            [visit("2021-01-28"), visit("2021-01-05")], "met"),
        row("a voided visit does not count",
            [wrong := visit("2021-01-28"), voided(wrong, "2021-01-29")], "never"),
        row("a visit amended to another day counts there",
            [wrong := visit("2021-01-28"), amended(wrong, visit("2021-01-05"), "2021-01-29")],
            "overdue"),
        row("the plan ended on the due day: not counted the day after",
            [plan_ended("2021-01-18 17:00")], None),
        row("a plan that ended and another that is open: the open one counts",
            [plan_ended("2021-01-11"), plan("2021-01-25", key="p2")], "not_due"),
        row("seen on the earlier plan only: not seen on this one",
            [visit("2021-01-08"), plan_ended("2021-01-11"), plan("2021-01-12", key="p2")],
            "never"),
    ],
)  # fmt: skip
def test_what_counts_as_seen_on_a_plan(facts, expected):
    assert status("cp_visits", [plan("2021-01-04"), *facts], "2021-02-01") == expected


def test_cp_visits_up_to_date_are_those_seen_in_time_and_those_not_due_yet():
    facts = [
        plan("2021-01-04", subject="child:seen"), visit("2021-01-28", subject="child:seen"),
        plan("2021-01-04", subject="child:late"), visit("2021-01-08", subject="child:late"),
        plan("2021-01-28", subject="child:new"),
        plan("2021-01-04", subject="child:never"),
    ]  # fmt: skip
    assert statuses("cp_visits", facts, "2021-02-01") == {
        "met": 1, "not_due": 1, "overdue": 1, "never": 1,
    }  # fmt: skip
    assert share("cp_visits", facts, "2021-02-01") == "2 of 4"


# --- children in care: statutory visits -------------------------------------------------------


@table("""
    placed on Monday 4 January, never visited | as_at            | expected
    the seventh day                           | 2021-01-11 23:59 | not_due
    the midnight after                        | 2021-01-12       | never
""")
def test_first_statutory_visit_within_7_days_of_placement(as_at, expected):
    facts = [entered_care("2021-01-04"), placed("2021-01-04")]
    assert status("statutory_visits", facts, as_at) == expected


@table("""
    first year, last visited 18 January | as_at            | expected
    6 weeks later                       | 2021-03-01 23:59 | met
    the midnight after                  | 2021-03-02       | overdue
""")
def test_every_6_weeks_in_the_first_year_of_a_placement(as_at, expected):
    facts = [entered_care("2021-01-04"), placed("2021-01-04"), statutory_visit("2021-01-18")]
    assert status("statutory_visits", facts, as_at) == expected


@table("""
    placed 4 January 2019         | lasting | visited    | as_at            | expected
    year 2, until 18: 3 months    | yes     | 2020-10-15 | 2021-01-15 23:59 | met
    the midnight after            | yes     | 2020-10-15 | 2021-01-16       | overdue
    until 18, clamped 30 November | yes     | 2020-11-30 | 2021-02-28 23:59 | met
    the midnight after            | yes     | 2020-11-30 | 2021-03-01       | overdue
    year 2, else: 6 weeks         | -       | 2020-10-15 | 2020-11-26 23:59 | met
    the midnight after            | -       | 2020-10-15 | 2020-11-27       | overdue
    visited on the anniversary    | yes     | 2020-01-04 | 2020-04-04 23:59 | met
    visited on its eve: 6 weeks   | yes     | 2020-01-03 | 2020-02-15       | overdue
""")
def test_after_the_first_year_it_matters_whether_it_is_meant_to_last_until_18(
    lasting, visited, as_at, expected
):
    facts = [
        entered_care("2019-01-04"),
        placed("2019-01-04", until_eighteen=bool(lasting)),
        statutory_visit(visited),
    ]
    assert status("statutory_visits", facts, as_at) == expected


MOVED = [placed("2021-01-25", key="h2")]


@pytest.mark.parametrize(
    ("facts", "as_at", "expected"),
    [
        row("a virtual visit does not count, but is told apart",
            [statutory_visit("2021-01-08", virtual=True)], "2021-02-01", "seen_virtually"),
        row("nor does a visit that is not statutory",
            [visit("2021-01-08")], "2021-02-01", "seen_face_to_face"),
        row("a statutory visit that did not see the child does not count",
            [statutory_visit("2021-01-08", seen=False)], "2021-02-01", "never"),
        row("face to face, then virtual: the first holds",
            [statutory_visit("2021-01-08"), statutory_visit("2021-02-15", virtual=True)],
            "2021-02-20", "seen_virtually"),
        row("after a move the 7 days begin again",
            [statutory_visit("2021-01-18"), *MOVED], "2021-02-01 23:59", "not_due"),
        row("after a move, never visited there",
            [statutory_visit("2021-01-18"), *MOVED], "2021-02-02", "never"),
        row("after a move, visited there",
            [statutory_visit("2021-01-18"), *MOVED, statutory_visit("2021-01-29")],
            "2021-03-12", "met"),
        row("the move is voided: the earlier placement goes on",
            [statutory_visit("2021-01-18"), *MOVED, voided(MOVED[0], "2021-01-27")],
            "2021-02-02", "met"),
        row("left care on the due day: not counted the day after",
            [left_care("2021-01-11 17:00")], "2021-01-12", None),
        row("on short breaks: not counted",
            [legal_status("2021-01-04", "V3")], "2021-02-01", None),
        row("between placements the clock runs from entering care",
            [placement_ended("2021-01-10")], "2021-01-12", "never"),
    ],
)  # fmt: skip
def test_which_statutory_visits_count(facts, as_at, expected):
    facts = [entered_care("2021-01-04"), placed("2021-01-04"), *facts]
    assert status("statutory_visits", facts, as_at) == expected


def test_a_child_in_care_without_a_placement_on_record_is_due_a_visit_within_7_days_of_entering():
    facts = [entered_care("2021-01-04")]
    assert status("statutory_visits", facts, "2021-01-11 23:59") == "not_due"
    assert status("statutory_visits", facts, "2021-01-12") == "never"
