"""Management oversight and workforce: late recording, caseloads.

Handbook: "Management oversight"; caseloads from "Beyond the dashboard" and the report.
"""

import pytest

from tests.build import (
    allocated,
    allocation_ended,
    amended,
    as_printed,
    plan,
    plan_ended,
    referral_closed,
    row,
    share,
    status,
    statuses,
    table,
    visit,
    voided,
    worker,
    worker_left,
)

# --- recording delay of visits to children on a plan ------------------------------------------


@table("""
    a visit to a child on a plan | visited          | recorded         | expected
    recorded at once             | 2021-01-04 10:00 | 2021-01-04 10:05 | prompt
    5 working days later         | 2021-01-04 10:00 | 2021-01-11 23:59 | prompt
    6 working days later         | 2021-01-04 10:00 | 2021-01-12 00:00 | delayed
    5 over Christmas 2020        | 2020-12-23 10:00 | 2021-01-04 12:00 | prompt
    6 over Christmas 2020        | 2020-12-23 10:00 | 2021-01-05 12:00 | delayed
    5 over 8 May 2020            | 2020-05-04 10:00 | 2020-05-12 12:00 | prompt
    6 over 8 May 2020            | 2020-05-04 10:00 | 2020-05-13 12:00 | delayed
    made on a Saturday, Friday   | 2021-01-09 10:00 | 2021-01-15 12:00 | prompt
    made on a Saturday, Monday   | 2021-01-09 10:00 | 2021-01-18 12:00 | delayed
""")
def test_recording_of_visits_delayed_by_more_than_5_working_days(visited, recorded, expected):
    facts = [plan("2020-01-06"), visit(visited, recorded=recorded)]
    month = visited[:7]
    assert status("cp_visit_recording_delay", facts, "2021-06-01", period=month) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("no plan: not counted", [], {}),
        row("a plan begun after the visit: not counted", [plan("2021-01-12")], {}),
        row("a plan ended before the visit: not counted",
            [plan("2020-06-01"), plan_ended("2021-01-10")], {}),
        row("on the first day of the plan", [plan("2021-01-11 15:00")], {"delayed": 1}),
        row("on the last day of the plan",
            [plan("2020-06-01"), plan_ended("2021-01-11 09:00")], {"delayed": 1}),
        row("a plan entered by mistake and voided",
            [wrong := plan("2021-01-04"), voided(wrong, "2021-01-05")], {}),
    ],
)  # fmt: skip
def test_only_visits_to_children_on_a_plan_count(facts, expected):
    seen = visit("2021-01-11 10:00", recorded="2021-01-25 10:00")
    assert statuses("cp_visit_recording_delay", [*facts, seen], "2021-02-01") == expected


def test_a_visit_counts_in_the_month_it_was_made_not_in_that_of_its_record():
    facts = [plan("2020-06-01"), visit("2021-01-29 10:00", recorded="2021-02-10 10:00")]
    measure = "cp_visit_recording_delay"
    assert status(measure, facts, "2021-03-01", period="2021-01") == "delayed"
    assert status(measure, facts, "2021-03-01", period="2021-02") is None


def test_a_visit_recorded_late_is_not_known_before_it_was_recorded():
    facts = [plan("2020-06-01"), visit("2021-01-11 10:00", recorded="2021-02-10 10:00")]
    measure = "cp_visit_recording_delay"
    assert status(measure, facts, "2021-02-01", known="2021-02-01") is None
    assert status(measure, facts, "2021-02-01", known="2021-03-01") == "delayed"


# --- caseloads --------------------------------------------------------------------------------


def _holding(children, to="w1", first=0, team=None):
    """So many children allocated to a worker, each in a case of its own."""
    return [
        allocated("2021-01-04", to=to, subject=f"child:{to}-{first + n}", team=team)
        for n in range(children)
    ]


@table("""
    a worker with a post of      | fte   | children | expected
    full time, exactly 18        | 1.0   | 18       | within
    full time, 19                | 1.0   | 19       | above
    full time, 1                 | 1.0   | 1        | within
    full time, none: not counted | 1.0   | 0        | -
    half time, exactly 9         | 0.5   | 9        | within
    half time, 10                | 0.5   | 10       | above
    0.6, 10 (10.8 allowed)       | 0.6   | 10       | within
    0.6, 11                      | 0.6   | 11       | above
    a third, 6 (5.99 allowed)    | 0.333 | 6        | above
    0.334, 6 (6.01 allowed)      | 0.334 | 6        | within
    0.335, 6 (6.03 allowed)      | 0.335 | 6        | within
    0.725, 13 (13.05 allowed)    | 0.725 | 13       | within
    0.615, 11 (11.07 allowed)    | 0.615 | 11       | within
    0.276, 5 (4.968 allowed)     | 0.276 | 5        | above
    a tiny post                  | 0.004 | 1        | above
""")
def test_18_children_per_full_time_post(fte, children, expected):
    facts = [worker("2020-01-06", float(fte)), *_holding(int(children))]
    assert status("caseload_18", facts, "2021-02-01") == expected


NINETEEN = _holding(19)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("19 children", [worker("2020-01-06")], "above"),
        row("one of them no longer allocated",
            [worker("2020-01-06"), allocation_ended("2021-01-20", subject="child:w1-0")],
            "within"),
        row("that allocation ends later",
            [worker("2020-01-06"), allocation_ended("2021-02-01 00:00", subject="child:w1-0")],
            "above"),
        row("one allocation voided",
            [worker("2020-01-06"), voided(NINETEEN[0], "2021-01-20")], "within"),
        row("one allocated to another worker instead, by amendment",
            [worker("2020-01-06"),
             amended(NINETEEN[0], allocated("2021-01-04", to="w2"), "2021-01-20")], "within"),
        row("the post grew from half to full time",
            [worker("2020-01-06", 0.5), worker("2021-01-11", 1.0)], "above"),
        row("the post shrank", [worker("2020-01-06"), worker("2021-01-11", 0.5)], "above"),
        row("no post on record: left out", [], "post_unknown"),
        row("the worker left: left out",
            [worker("2020-01-06"), worker_left("2021-01-20")], "post_unknown"),
        row("the worker left and came back",
            [worker("2020-01-06"), worker_left("2021-01-04"), worker("2021-01-11")], "above"),
        row("a referral closed does not end an allocation",
            [worker("2020-01-06"), referral_closed("2021-01-20", subject="child:w1-0")], "above"),
    ],
)  # fmt: skip
def test_whose_caseload_is_above(facts, expected):
    said = statuses("caseload_18", [*NINETEEN, *facts], "2021-02-01")
    assert said.get(expected) == 1


def test_a_child_allocated_twice_to_the_same_worker_counts_once():
    twice = allocated("2021-01-11", key="l2", subject="child:w1-0")
    facts = [worker("2020-01-06"), *_holding(18), twice]
    assert status("caseload_18", facts, "2021-02-01") == "within"


def test_a_child_with_two_workers_counts_for_each():
    facts = [
        worker("2020-01-06", 0.05, key="w1"),
        worker("2020-01-06", 0.05, key="w2"),
        allocated("2021-01-04", to="w1", key="l1"),
        allocated("2021-01-04", to="w2", key="l2"),
    ]
    assert statuses("caseload_18", facts, "2021-02-01") == {"above": 2}


def test_a_worker_whose_children_sit_in_different_localities_is_one_worker_in_their_own_team():
    facts = [
        worker("2020-01-06", team="stroud-safeguarding"),
        *_holding(10, team="stroud-safeguarding"),
        *_holding(9, first=10, team="gloucester-safeguarding"),
    ]
    assert statuses("caseload_18", facts, "2021-02-01") == {"above": 1}
    assert statuses("caseload_18", facts, "2021-02-01", locality="Stroud") == {"above": 1}
    assert statuses("caseload_18", facts, "2021-02-01", locality="Gloucester") == {}


def test_a_worker_of_no_known_team_counts_under_other():
    facts = [worker("2020-01-06"), *_holding(1)]
    assert statuses("caseload_18", facts, "2021-02-01", locality="Other") == {"within": 1}


def test_workers_without_a_post_on_record_are_out_of_the_percentage():
    facts = [worker("2020-01-06", key="w1"), *_holding(1, "w1"), *_holding(1, "w2")]
    assert share("caseload_18", facts, "2021-02-01") == "1 of 1"
    assert as_printed("caseload_18", _holding(1, "w2"), "2021-02-01") == "n/a"
