"""Private fostering: arrangements, and visits to them.

Handbook: "Beyond the dashboard". First visit within 7 days, then every 6 weeks in the first year,
then every 12 weeks.
"""

import pytest

from tests.build import amended, as_printed, entered_care, row, share, status, table, voided
from tests.build.care import private_fostering_ended, private_visit, privately_fostered


@table("""
    from Monday 4 January, not visited | as_at            | expected
    the seventh day                    | 2021-01-11 23:59 | not_due
    the midnight after                 | 2021-01-12       | never
    not begun yet                      | 2021-01-04 00:00 | -
""")
def test_the_first_visit_within_7_days(as_at, expected):
    assert status("private_fostering_visits", [privately_fostered("2021-01-04")], as_at) == expected


@table("""
    arrangement of 6 January 2020          | visited    | as_at            | expected
    first year: 6 weeks                    | 2020-12-07 | 2021-01-18 23:59 | met
    the midnight after                     | 2020-12-07 | 2021-01-19       | overdue
    visited on the eve of the anniversary  | 2021-01-05 | 2021-02-17       | overdue
    visited on the anniversary: 12 weeks   | 2021-01-06 | 2021-03-31 23:59 | met
    the midnight after                     | 2021-01-06 | 2021-04-01       | overdue
    visited before it began                | 2020-01-05 | 2020-01-14       | never
""")
def test_every_6_weeks_in_the_first_year_and_every_12_after_it(visited, as_at, expected):
    facts = [privately_fostered("2020-01-06"), private_visit(visited)]
    assert status("private_fostering_visits", facts, as_at) == expected


BEGAN = privately_fostered("2021-01-04")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("visited", [private_visit("2021-01-08")], "met"),
        row("a visit entered by mistake",
            [wrong := private_visit("2021-01-08"), voided(wrong, "2021-01-09")], "never"),
        row("a visit amended to the day it was",
            [wrong := private_visit("2021-01-25"),
             amended(wrong, private_visit("2021-01-08"), "2021-01-26")], "met"),
        row("a visit to another arrangement", [private_visit("2021-01-08", key="pf0")], "never"),
        row("it ended", [private_fostering_ended("2021-01-31 12:00")], None),
        row("it ended and another began",
            [private_visit("2021-01-08"), private_fostering_ended("2021-01-18"),
             privately_fostered("2021-01-28", key="pf2")], "not_due"),
    ],
)  # fmt: skip
def test_visits_to_a_privately_fostered_child(facts, expected):
    assert status("private_fostering_visits", [BEGAN, *facts], "2021-02-01") == expected


def test_arrangements_are_counted_whether_visited_or_not():
    facts = [privately_fostered("2021-01-04", subject=f"child:k{number}") for number in range(3)]
    facts += [private_visit("2021-01-08", subject="child:k0")]
    assert as_printed("private_fostering", facts, "2021-02-01") == "3"
    assert share("private_fostering_visits", facts, "2021-02-01") == "1 of 3"
    assert as_printed("private_fostering", [], "2021-02-01") == "0"
    assert as_printed("private_fostering_visits", [], "2021-02-01") == "n/a"


def test_a_privately_fostered_child_is_not_in_care():
    assert as_printed("children_in_care", [BEGAN], "2021-02-01") == "0"
    assert as_printed("private_fostering", [entered_care("2021-01-04")], "2021-02-01") == "0"
