"""Foster carers: reviews, checks, visits, supervision, places.

Handbook: "Management oversight" and "Stability and permanence". A figure as at 2021-02-01 is as at
the end of January.
"""

import pytest

from tests.build import (
    amended,
    as_printed,
    entered_care,
    left_care,
    legal_status,
    row,
    share,
    status,
    table,
    voided,
)
from tests.build.workforce import (
    approval_ended,
    approved,
    foster_review,
    foster_supervision,
    medical,
    placed_with,
    records_check,
    unannounced,
)

YEARLY = [row("annual review", "fc_annual_review", foster_review),
          row("unannounced visit", "fc_unannounced", unannounced)]  # fmt: skip
BEFORE_APPROVAL = [row("DBS check", "fc_dbs", records_check),
                   row("medical", "fc_medical", medical)]  # fmt: skip


@table("""
    every 12 months                    | approved_on | latest     | as_at            | expected
    due today                          | 2018-06-04  | 2020-01-31 | 2021-01-31 23:59 | met
    today is over                      | 2018-06-04  | 2020-01-31 | 2021-02-01       | overdue
    on 29 February, due on the 28th    | 2018-06-04  | 2020-02-29 | 2021-02-28 23:59 | met
    and that is over                   | 2018-06-04  | 2020-02-29 | 2021-03-01       | overdue
    the first due today                | 2020-01-31  | -          | 2021-01-31 23:59 | not_due
    the first late                     | 2020-01-31  | -          | 2021-02-01       | never
    before the approval only           | 2020-01-31  | 2020-01-20 | 2021-02-01       | never
    due on New Year's Day, not put off | 2018-06-04  | 2020-01-01 | 2021-01-02       | overdue
""")
@pytest.mark.parametrize(("measure", "done"), YEARLY)
def test_yearly_from_the_approval(measure, done, approved_on, latest, as_at, expected):
    facts = [approved(approved_on)] + ([done(latest)] if latest else [])
    assert status(measure, facts, as_at) == expected


@table("""
    every 3 years                        | latest     | as_at            | expected
    due today                            | 2018-01-31 | 2021-01-31 23:59 | met
    today is over                        | 2018-01-31 | 2021-02-01       | overdue
    before the approval counts           | 2018-06-01 | 2021-02-01       | met
    none on the day of the approval      | -          | 2018-06-04 23:59 | not_due
    none: late from the day after        | -          | 2018-06-05       | never
    none yet                             | 2021-02-02 | 2021-02-01       | never
""")
@pytest.mark.parametrize(("measure", "done"), BEFORE_APPROVAL)
def test_before_the_approval_and_every_three_years(measure, done, latest, as_at, expected):
    facts = [approved("2018-06-04")] + ([done(latest)] if latest else [])
    assert status(measure, facts, as_at) == expected


@pytest.mark.parametrize(("measure", "done"), [*YEARLY, *BEFORE_APPROVAL])
def test_corrections_and_who_is_counted(measure, done):
    household, latest = approved("2015-06-01"), done("2020-12-01")
    assert status(measure, [household, latest], "2021-02-01") == "met"
    earlier = amended(latest, done("2016-12-01"), "2020-12-02")
    assert status(measure, [household, latest, earlier], "2021-02-01") == "overdue"
    assert status(measure, [household, latest, voided(latest, "2021-01-04")], "2021-02-01") == (
        "never"
    )
    assert status(measure, [latest], "2021-02-01") is None
    ended_on_time = [household, latest, approval_ended("2021-01-31")]
    assert status(measure, ended_on_time, "2021-02-01") is None
    back = [*ended_on_time, approved("2021-01-31 12:00")]
    assert status(measure, back, "2021-02-01") in ("not_due", "met")
    assert as_printed(measure, [], "2021-02-01") == "n/a"


@table("""
    the last supervision                | held             | month          | in_two
    as the month began                  | 2021-01-01 00:00 | in_month       | 1
    the instant before                  | 2020-12-31 23:59 | in_two_months  | 1
    as the two months began             | 2020-12-01 00:00 | in_two_months  | 1
    the instant before that             | 2020-11-30 23:59 | not_supervised | 0
    as January ended: not yet           | 2021-02-01 00:00 | not_supervised | 0
    none                                | -                | not_supervised | 0
""")
def test_supervision_in_the_month_and_in_two(held, month, in_two):
    facts = [approved("2018-06-04")] + ([foster_supervision(held)] if held else [])
    assert status("fc_supervision_month", facts, "2021-02-01") == month
    assert share("fc_supervision_2m", facts, "2021-02-01") == f"{in_two} of 1"


def test_a_supervision_voided_and_a_household_no_longer_approved():
    held = foster_supervision("2021-01-20")
    facts = [approved("2018-06-04"), foster_supervision("2020-12-20"), held]
    assert share("fc_supervision_month", facts, "2021-02-01") == "1 of 1"
    facts.append(voided(held, "2021-01-21"))
    assert share("fc_supervision_month", facts, "2021-02-01") == "0 of 1"
    facts.append(approval_ended("2021-01-22"))
    assert as_printed("fc_supervision_month", facts, "2021-02-01") == "n/a"


# --- households and places --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("approved for general full-time care", [approved("2018-06-04")], "1"),
        row("for a connected person's child", [approved("2018-06-04", "connected_person")], "0"),
        row("for short breaks", [approved("2018-06-04", "short_breaks")], "0"),
        row("first for short breaks, now general",
            [approved("2018-06-04", "short_breaks"), approved("2020-06-01")], "1"),
        row("approved from tomorrow", [approved("2021-02-01 00:00")], "0"),
        row("resigned", [approved("2018-06-04"), approval_ended("2021-01-29")], "0"),
        row("resigned by mistake",
            [approved("2018-06-04"), wrong := approval_ended("2021-01-29"),
             voided(wrong, "2021-01-30")], "1"),
        row("nobody", [], "0"),
    ],
)  # fmt: skip
def test_households_approved_for_general_full_time_care(facts, expected):
    assert as_printed("fc_households", facts, "2021-02-01") == expected


CARE = entered_care("2020-06-01")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("with foster carers of the authority",
            [CARE, placed_with("2020-06-01", "U6", "PR1")], "1 of 5"),
        row("long-term", [CARE, placed_with("2020-06-01", "U4", "PR1")], "1 of 5"),
        row("with an agency's", [CARE, placed_with("2020-06-01", "U6", "PR4")], "0 of 5"),
        row("in a children's home", [CARE, placed_with("2020-06-01", "K2", "PR1")], "0 of 5"),
        row("left care", [CARE, placed_with("2020-06-01", "U6", "PR1"), left_care("2021-01-29")],
            "0 of 5"),
        row("short breaks",
            [CARE, legal_status("2020-06-01", "V4"), placed_with("2020-06-01", "U6", "PR1")],
            "0 of 5"),
        row("the provider amended",
            [CARE, wrong := placed_with("2020-06-01", "U6", "PR1"),
             amended(wrong, placed_with("2020-06-01", "U6", "PR4"), "2020-06-02")], "0 of 5"),
        row("three places since a year ago",
            [approved("2020-02-03", places=3, household="f1")], "0 of 6"),
        row("another household resigned",
            [approved("2018-06-04", places=4, household="f9"),
             approval_ended("2021-01-29", household="f9")], "0 of 5"),
        row("places for short breaks do not count",
            [approved("2018-06-04", "short_breaks", 4, household="f9")], "0 of 5"),
    ],
)  # fmt: skip
def test_children_placed_of_the_places_approved(facts, expected):
    places = [approved("2018-06-04", places=2, household="f1"),
              approved("2018-06-04", places=3, household="f2")]  # fmt: skip
    assert share("fc_capacity", [*places, *facts], "2021-02-01") == expected


def test_without_places_capacity_is_not_available():
    facts = [CARE, placed_with("2020-06-01", "U6", "PR1")]
    assert as_printed("fc_capacity", facts, "2021-02-01") == "n/a"
