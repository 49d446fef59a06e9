"""Single assessments: overdue, how long they took, what they led to, and those that are open.

Handbook: "Assessment, planning and review"; the bands of days are in the file of that name. A
figure as at 2021-02-01 is as at the end of January.
"""

import pytest

from tests.build import (
    allocated,
    amended,
    as_printed,
    assessment,
    authorised,
    figures,
    referral,
    share,
    status,
    statuses,
    table,
    voided,
)
from tests.build.referrals import assessed, found

# From Monday 4 January 2021 the 20th working day is Monday 1 February, the 30th Monday 15 February,
# the 45th Monday 8 March, the 59th Friday 26 March and, after Easter and 3 May, the 89th 12 May.


def _completed_in_may():
    """Seven: one in each band, one of them on the Saturday after the Friday on which it was due."""
    by_band = ["2021-05-10", "2021-04-12", "2021-03-22", "2021-02-26", "2021-02-22", "2021-01-04"]
    for number, start in enumerate(by_band):
        yield from assessed(start, "2021-05-17 12:00", "child_in_need", f"k{number}")
    yield from assessed("2021-03-16", "2021-05-22 12:00", "child_in_need", "saturday")


@table("""
    of seven completed in May 2021                | measure                | expected
    late: three, and the one on a Saturday        | single_assessment_late | 4 of 7
    in time: the rest                             | single_assessment      | 3 of 7
    within 20 working days                        | assessment_within_20   | 1 of 7
    21 to 45, the one on a Saturday among them    | assessment_21_45       | 3 of 7
    31 to 45, likewise                            | assessment_31_45       | 2 of 7
    46 to 59: begun on 26 and 22 February         | assessment_46_59       | 2 of 7
    60 and more: how many, not of how many        | assessment_60_plus     | 1 of None
    90 and more                                   | assessment_90_plus     | 1 of None
""")
def test_how_long_completed_assessments_took(measure, expected):
    assert share(measure, list(_completed_in_may()), "2021-06-01") == expected


# --- what they led to -------------------------------------------------------------------------


@table("""
    authorised with the outcome                | done             | outcome             | expected
    no further action, on the 20th working day | 2021-02-01 23:59 | no_further_action   | no_further_action
    no further action, the day after           | 2021-02-02 00:00 | no_further_action   | no_further_action_over
    early help, on the 20th working day        | 2021-02-01 23:59 | early_help          | early_help_or_agency
    early help, the day after                  | 2021-02-02 00:00 | early_help          | early_help_or_agency_over
    another agency                             | 2021-02-01 12:00 | other_agency        | early_help_or_agency
    child in need: tier 4                      | 2021-02-01 12:00 | child_in_need       | tier_4
    a strategy discussion: tier 4              | 2021-02-01 12:00 | strategy_discussion | tier_4
    care: tier 4, however long it took         | 2021-04-30 12:00 | child_in_care       | tier_4
    not told: counts, as no outcome            | 2021-02-01 12:00 | -                   | outcome_unknown
""")  # noqa: E501  a table is as wide as it is
def test_where_an_assessment_directs_a_child(done, outcome, expected):
    facts = assessed("2021-01-04", done, outcome, "k1")
    assert status("assessment_out_of_tier4", facts, "2021-06-01", period=done[:7]) == expected


def test_twenty_working_days_over_christmas_2020():
    """From Thursday 3 December: the 20th working day is Tuesday 5 January."""
    for done, expected in (("05", "no_further_action"), ("06", "no_further_action_over")):
        facts = assessed("2020-12-03", f"2021-01-{done} 12:00", "no_further_action", "k1")
        assert status("assessment_out_of_tier4", facts, "2021-02-01") == expected


def _eight_outcomes():
    """Completed in January 2021, from 4 January or, for longer than 20 working days, 1 December."""
    outcomes = [
        ("2021-01-04", "no_further_action"),
        ("2020-12-01", "no_further_action"),
        ("2020-12-01", "no_further_action"),
        ("2020-12-01", "early_help"),
        ("2021-01-04", "other_agency"),
        ("2021-01-04", "child_in_need"),
        ("2020-12-01", "child_in_need"),
        ("2021-01-04", None),
    ]
    for number, (start, outcome) in enumerate(outcomes):
        yield from assessed(start, "2021-01-29 12:00", outcome, f"k{number}")


@table("""
    of eight completed in January          | measure                         | expected
    no further action                      | assessment_nfa                  | 3 of 8
    early help or another agency           | assessment_to_early_help        | 2 of 8
    out of tier 4: both                    | assessment_out_of_tier4         | 5 of 8
    of those, over 20 working days: a count | assessment_out_of_tier4_over_20 | 3 of None
""")
def test_how_many_were_directed_out_of_tier_4(measure, expected):
    assert share(measure, list(_eight_outcomes()), "2021-02-01") == expected


@pytest.mark.parametrize("measure", ["assessment_nfa", "assessment_out_of_tier4"])
def test_an_assessment_whose_start_is_not_on_record_is_left_out(measure):
    facts = [referral("2021-01-04"), found("2021-01-29", "no_further_action")]
    assert as_printed(measure, facts, "2021-02-01") == "n/a"


def test_an_outcome_that_is_amended():
    start = [referral("2021-01-04"), assessment("2021-01-04")]
    told = found("2021-01-20", "no_further_action")
    facts = [*start, told, amended(told, found("2021-01-20", "child_in_need"), "2021-01-25")]
    assert status("assessment_out_of_tier4", facts, "2021-02-01") == "tier_4"
    known = "2021-01-25 00:00"
    before = status("assessment_out_of_tier4", facts, "2021-02-01", known=known)
    assert before == "no_further_action"


def test_an_assessment_counts_where_it_was_authorised():
    facts = [
        referral("2021-01-04", team="stroud-assessment"),
        assessment("2021-01-04", team="stroud-assessment"),
        found("2021-01-20", "no_further_action", team="gloucester-assessment"),
    ]
    said = figures(facts, "2021-02-01")
    for measure in ("assessment_nfa", "single_assessment", "assessment_within_20"):
        assert said.figure(measure, "2021-01", "Gloucester").numerator == 1
        assert said.figure(measure, "2021-01", "Stroud").denominator == 0


# --- those that are open ----------------------------------------------------------------------


def _open_at_the_end_of_march():
    """Five, of which one took 45 working days so far, one 46, one 60 and one 90."""
    for child, start in enumerate(
        ("2021-03-22", "2021-01-27", "2021-01-26", "2021-01-06", "2020-11-20")
    ):
        subject = f"child:k{child}"
        yield referral(start, subject=subject)
        yield assessment(start, subject=subject)


@table("""
    of five open at the end of March 2021 | measure                  | expected
    all                                   | assessments_open         | 5 of None
    up to 45 working days so far          | assessments_open_in_time | 2 of 5
    more than 45                          | assessments_open_overdue | 3 of None
    of those, 60 to 89                    | assessments_open_60_89   | 1 of None
    and 90 or more                        | assessments_open_90      | 1 of None
""")
def test_open_assessments_by_how_long_they_took_so_far(measure, expected):
    assert share(measure, list(_open_at_the_end_of_march()), "2021-04-01") == expected


def test_no_open_assessment_has_no_share_in_time():
    facts = [referral("2021-01-04"), assessment("2021-01-04"), authorised("2021-01-20")]
    assert as_printed("assessments_open_in_time", facts, "2021-02-01") == "n/a"
    assert as_printed("assessments_open", facts, "2021-02-01") == "0"


def test_an_assessment_authorised_as_the_month_is_over_was_open_at_its_end():
    facts = [referral("2021-01-04"), assessment("2021-01-04"), authorised("2021-02-01 00:00")]
    assert share("assessments_open", facts, "2021-02-01") == "1 of None"
    assert share("assessments_open", facts, "2021-02-01 00:01") == "0 of None"


def test_an_assessment_entered_by_mistake_is_not_open():
    begun = assessment("2021-01-04")
    facts = [referral("2021-01-04"), begun, voided(begun, "2021-01-05")]
    assert as_printed("assessments_open", facts, "2021-02-01") == "0"


def test_an_open_assessment_moves_with_the_child():
    """A stock counts where the child is now, but for an assessment that names its own team."""
    told = [
        referral("2021-01-04", team="stroud-assessment"),
        assessment("2021-01-04"),
        referral("2021-01-20", key="r2", team="gloucester-assessment"),
    ]
    said = figures(told, "2021-02-01")
    assert said.figure("assessments_open", "at", "Gloucester").numerator == 1
    assert said.figure("assessments_open", "at", "Stroud").numerator == 0


def test_an_open_assessment_counts_for_the_team_that_holds_the_case_now():
    cheltenham, stroud = "cheltenham-assessment", "stroud-assessment"
    facts = [
        referral("2021-01-04", team=cheltenham),
        assessment("2021-01-05", team=cheltenham),
        allocated("2021-01-11", team=stroud),
    ]
    assert statuses("assessments_open", facts, "2021-01-20", locality="Stroud") == {"up_to_20": 1}
    assert statuses("assessments_open", facts, "2021-01-20", locality="Cheltenham") == {}
