"""Legal proceedings: cases in pre-proceedings and in court, how long, and per solicitor.

Handbook: "Beyond the dashboard"; the report, "Legal Proceedings". A figure as at 2021-02-01 is as
at the end of January.
"""

import pytest

from tests.build import amended, as_printed, row, share, status, statuses, table, voided
from tests.build.workforce import (
    final_order,
    issued,
    letter,
    planning_meeting,
    pre_ended,
    solicitor,
)


@table("""
    open for 26 weeks  | begun      | as_at            | before_court | in_court
    today is the last  | 2020-08-03 | 2021-02-01 23:59 | pre          | court
    today is over      | 2020-08-03 | 2021-02-02       | pre_long     | court_long
    begun today        | 2020-08-03 | 2020-08-04       | pre          | court
    begins today       | 2020-08-03 | 2020-08-03       | -            | -
    due on 25 December | 2020-06-26 | 2020-12-26       | pre_long     | court_long
""")
def test_proceedings_are_to_last_26_weeks_at_most(begun, as_at, before_court, in_court):
    assert status("proceedings", [letter(begun)], as_at) == before_court
    assert status("proceedings", [issued(begun)], as_at) == in_court


LETTER, ISSUED = letter("2020-06-01"), issued("2020-11-02")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("in pre-proceedings", [LETTER], "pre_long"),
        row("ended", [LETTER, pre_ended("2021-01-20")], None),
        row("ends tomorrow", [LETTER, pre_ended("2021-02-01 00:00")], "pre_long"),
        row("issued as they ended", [LETTER, pre_ended("2020-11-02"), ISSUED], "court"),
        row("issued, and their end not on record: in court", [LETTER, ISSUED], "court"),
        row("a final order was made", [ISSUED, final_order("2021-01-20")], None),
        row("of another record", [ISSUED, final_order("2021-01-20", key="o9")], "court"),
        row("a final order voided",
            [ISSUED, wrong := final_order("2021-01-20"), voided(wrong, "2021-01-21")], "court"),
        row("issued earlier, by amendment",
            [ISSUED, amended(ISSUED, issued("2020-06-01"), "2021-01-04")], "court_long"),
        row("a planning meeting alone is no proceedings", [planning_meeting("2021-01-20")], None),
        row("back in court after an order",
            [issued("2019-06-03", key="o1"), final_order("2019-12-02", key="o1"), ISSUED],
            "court"),
    ],
)  # fmt: skip
def test_where_a_legal_case_stands(facts, expected):
    assert status("proceedings", facts, "2021-02-01") == expected


def _cases():
    return [
        letter("2020-06-01", case="g1", team="stroud-assessment"),
        letter("2021-01-04", case="g2", team="stroud-assessment"),
        issued("2020-06-01", case="g3", team="fod-assessment"),
        issued("2020-06-01", case="g4"),
        issued("2021-01-04", case="g5", team="fod-assessment"),
        issued("2021-01-04", case="g6", team="fod-assessment"),
    ]


@pytest.mark.parametrize(
    ("measure", "county", "stroud", "forest", "other"),
    [
        row("all", "proceedings", "6 of None", "2 of None", "3 of None", "1 of None"),
        row("before court", "pre_proceedings", "2 of 6", "2 of 2", "0 of 3", "0 of 1"),
        row("in court", "court_proceedings", "4 of 6", "0 of 2", "3 of 3", "1 of 1"),
        row("long before court", "pre_proceedings_over_26w", "1 of 2", "1 of 2", "0 of 0",
            "0 of 0"),
        row("long in court", "court_over_26w", "2 of 4", "0 of 0", "1 of 3", "1 of 1"),
    ],
)  # fmt: skip
def test_the_parts_of_proceedings(measure, county, stroud, forest, other):
    facts = _cases()
    assert share(measure, facts, "2021-02-01") == county
    assert share(measure, facts, "2021-02-01", locality="Stroud") == stroud
    assert share(measure, facts, "2021-02-01", locality="FoD") == forest
    assert share(measure, facts, "2021-02-01", locality="Other") == other


def test_no_proceedings_are_nought_and_their_shares_not_available():
    assert as_printed("proceedings", [], "2021-02-01") == "0"
    assert as_printed("court_over_26w", [], "2021-02-01") == "n/a"


# --- completed --------------------------------------------------------------------------------


@table("""
    completed in January 2021    | begun      | ended            | expected
    on the last day of 26 weeks  | 2020-07-13 | 2021-01-11 23:59 | met
    on the day after             | 2020-07-13 | 2021-01-12 00:00 | missed
    begun and ended the same day | 2021-01-11 | 2021-01-11 17:00 | met
    its start not on record      | -          | 2021-01-11 17:00 | untraced
""")
def test_completed_within_26_weeks(begun, ended, expected):
    before = ([letter(begun)] if begun else []) + [pre_ended(ended)]
    court = ([issued(begun)] if begun else []) + [final_order(ended)]
    assert status("pre_proceedings_completed_timely", before, "2021-02-01") == expected
    assert status("court_completed_timely", court, "2021-02-01") == expected


def test_what_goes_on_is_not_counted_among_the_completed():
    assert status("court_completed_timely", [issued("2019-01-07")], "2021-02-01") is None


def test_a_completion_counts_in_its_month_and_where_the_team_was_that_made_it():
    facts = [letter("2020-11-02", team="fod-assessment"),
             pre_ended("2021-01-31 23:00", team="stroud-assessment"),
             issued("2021-02-01", team="mash")]  # fmt: skip
    measure = "pre_proceedings_completed_timely"
    assert share(measure, facts, "2021-03-01", period="2021-01", locality="Stroud") == "1 of 1"
    assert share(measure, facts, "2021-03-01", period="2021-02") == "0 of 0"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("told under two ids: once",
            [final_order("2021-01-11", id="x1"), final_order("2021-01-11", id="x2")],
            {"met": 1}),
        row("voided", [wrong := final_order("2021-01-11"), voided(wrong, "2021-01-12")], {}),
        row("amended to a day too late",
            [wrong := final_order("2021-01-11"),
             amended(wrong, final_order("2021-01-29"), "2021-01-30")], {"missed": 1}),
    ],
)  # fmt: skip
def test_corrections_of_a_completion(facts, expected):
    facts = [issued("2020-07-20"), *facts]
    assert statuses("court_completed_timely", facts, "2021-02-01") == expected


def test_none_completed_is_not_available():
    assert as_printed("court_completed_timely", [], "2021-02-01") == "n/a"


# --- planning meetings and solicitors ---------------------------------------------------------


def test_planning_meetings_are_counted_in_their_month():
    facts = [
        planning_meeting("2021-01-01 00:00", key="o1"),
        planning_meeting("2021-01-31 23:59", key="o2"),
        planning_meeting("2021-02-01 00:00", key="o3"),
        planning_meeting("2021-01-20", key="o4", id="x1"),
        planning_meeting("2021-01-20", key="o4", id="x2"),
        wrong := planning_meeting("2021-01-21", key="o5"),
        voided(wrong, "2021-01-22"),
    ]
    assert as_printed("legal_planning_meetings", facts, "2021-03-01", period="2021-01") == "3"
    assert as_printed("legal_planning_meetings", facts, "2021-03-01", period="2021-02") == "1"


def test_the_average_caseload_of_solicitors():
    facts = []
    for case, held_by in (("g1", "s1"), ("g2", "s1"), ("g3", "s1"), ("g4", "s2")):
        facts += [issued("2021-01-04", case=case), solicitor("2021-01-04", key=held_by, case=case)]
    assert share("solicitor_caseload", facts, "2021-02-01") == "4 of 2"
    assert as_printed("solicitor_caseload", facts, "2021-02-01") == "2"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("nobody on record: left out", [issued("2021-01-04")], "0 of 0"),
        row("before court", [letter("2021-01-04"), solicitor("2021-01-04")], "1 of 1"),
        row("no proceedings: not counted", [solicitor("2021-01-04")], "0 of 0"),
        row(
            "completed: not counted",
            [issued("2021-01-04"), solicitor("2021-01-04"), final_order("2021-01-20")],
            "0 of 0",
        ),
        row(
            "handed on: one solicitor",
            [issued("2021-01-04"), solicitor("2021-01-04"), solicitor("2021-01-20", key="s2")],
            "1 of 1",
        ),
    ],
)
def test_whose_case_it_is(facts, expected):
    assert share("solicitor_caseload", facts, "2021-02-01") == expected


def test_an_average_of_nobody_is_not_available():
    assert as_printed("solicitor_caseload", [], "2021-02-01") == "n/a"
