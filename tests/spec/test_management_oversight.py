"""Management oversight: late recording.

Handbook: "Management oversight". Supervision and caseloads: `test_workforce`.
"""

import pytest

from tests.build import (
    plan,
    plan_ended,
    row,
    status,
    statuses,
    table,
    visit,
    voided,
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
