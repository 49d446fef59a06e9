"""The health and wellbeing of children in care: assessments, dental checks, questionnaires.

Handbook: "Health and wellbeing". A figure as at 2021-02-01 is as at the end of January.
"""

import pytest

from casepulse.state import Partition
from casepulse.state.due import due_list
from tests.build import (
    CATALOGUE,
    amended,
    as_printed,
    entered_care,
    figure,
    left_care,
    legal_status,
    row,
    share,
    status,
    statuses,
    table,
    voided,
    when,
)
from tests.build.health import appointment, assessed, born, dentist, questionnaire, requested

TEN = born("2010-06-01")

# --- health assessments: initial within 20 working days, then 6 or 12 months -------------------


@table("""
    born 2010, entered care on 2 December 2020    | assessed_on      | as_at      | expected
    the 20th working day, over Christmas          | -                | 2021-01-04 12:00 | not_due
    that day over, 4 January 2021: overdue        | -                | 2021-01-05 | never
    assessed on the due day                       | 2021-01-04 23:59 | 2021-01-05 | met
    assessed late: done is done                   | 2021-01-20       | 2021-02-01 | met
    assessed at the instant looked at: not yet    | 2021-02-01 00:00 | 2021-02-01 | never
    the last day of the 12 months after it        | 2020-12-15       | 2021-12-15 23:59 | met
    the midnight at which they are over           | 2020-12-15       | 2021-12-16 00:00 | overdue
""")
def test_health_assessment_of_a_child_of_ten(assessed_on, as_at, expected):
    facts = [TEN, entered_care("2020-12-02")]
    facts += [assessed(assessed_on)] if assessed_on else []
    assert status("cic_health_assessment", facts, as_at) == (expected and f"{expected}_5_and_over")


@table("""
    assessed, born on 1 September 2016            | assessed_on | as_at      | expected
    aged 4: due after 6 months, the last day      | 2021-01-11  | 2021-07-11 | met_under_5
    as that day is over                           | 2021-01-11  | 2021-07-12 | overdue_under_5
    6 months end the day before the 5th birthday  | 2021-02-28  | 2021-08-29 | overdue_under_5
    still overdue once aged 5                     | 2021-02-28  | 2021-10-01 | overdue_5_and_over
    6 months end on the birthday: 12 months       | 2021-03-01  | 2021-10-01 | met_5_and_over
    and no longer                                 | 2021-03-01  | 2022-03-02 | overdue_5_and_over
    the birthday itself begins: still under 5     | 2021-03-01  | 2021-09-01 | met_under_5
""")
def test_the_interval_is_six_months_while_it_ends_before_the_fifth_birthday(
    assessed_on, as_at, expected
):
    facts = [born("2016-09-01"), entered_care("2020-12-01"), assessed(assessed_on, "review")]
    assert status("cic_health_assessment", facts, as_at) == expected


DONE = assessed("2020-03-02")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("an assessment of an earlier period of care does not count",
            [DONE, left_care("2020-06-01"), entered_care("2020-12-01", key="k2")],
            "never_5_and_over"),
        row("entered by mistake and voided", [DONE, voided(DONE, "2020-03-04")],
            "never_5_and_over"),
        row("amended to an earlier day",
            [DONE, amended(DONE, assessed("2020-01-15"), "2020-03-04")], "overdue_5_and_over"),
        row("left care on the due day: not counted", [left_care("2020-02-03")], None),
        row("on short breaks: not counted", [legal_status("2020-01-06", "V4")], None),
        row("told twice, under two ids", [DONE, assessed("2020-03-02", id="x")],
            "met_5_and_over"),
    ],
)  # fmt: skip
def test_which_assessments_count(facts, expected):
    facts = [TEN, entered_care("2020-01-06"), *facts]
    assert status("cic_health_assessment", facts, "2021-02-01") == expected


def test_the_twenty_days_run_from_the_end_of_short_breaks():
    facts = [TEN, entered_care("2020-06-01"), legal_status("2020-06-01", "V4"),
             legal_status("2021-01-18", "V2")]  # fmt: skip
    assert status("cic_health_assessment", facts, "2021-02-01") == "not_due_5_and_over"


def test_a_child_of_unknown_age_is_left_out():
    assert status("cic_health_assessment", [entered_care("2021-01-18")], "2021-02-01") is None


def _five_children():
    """Under 5: one up to date, one overdue. Older: one up to date, one not due, one never."""
    for child, (birth, entered, done) in enumerate((
        ("2018-01-01", "2020-06-01", "2020-12-01"),
        ("2018-01-01", "2020-06-01", "2020-06-22"),
        ("2010-01-01", "2020-06-01", "2020-06-22"),
        ("2010-01-01", "2021-01-18", None),
        ("2010-01-01", "2020-11-02", None),
    )):  # fmt: skip
        subject = f"child:k{child}"
        yield born(birth, subject=subject)
        yield entered_care(entered, subject=subject)
        if done:
            yield assessed(done, subject=subject)


@table("""
    of five children | measure                          | expected
    all              | cic_health_assessment            | 3 of 5
    under 5          | cic_health_assessment_under_5    | 1 of 2
    5 and over       | cic_health_assessment_5_and_over | 2 of 3
    overdue          | cic_health_overdue               | 2 of 5
""")
def test_health_assessments_by_age(measure, expected):
    assert share(measure, list(_five_children()), "2021-02-01") == expected


def test_a_child_who_moves_counts_for_the_team_that_holds_it_now():
    facts = [
        born("2018-01-01"),
        entered_care("2020-12-01", team="stroud-permanence"),
        legal_status("2021-01-11", "C2"),
        assessed("2021-01-12", team="fod-permanence"),
    ]
    assert status("cic_health_assessment", facts, "2021-02-01", locality="FoD") == "met_under_5"
    assert status("cic_health_assessment", facts, "2021-02-01", locality="Stroud") is None


# --- assessments in the month, in time ---------------------------------------------------------


@table("""
    entered care 2 December 2020 | assessed_on      | expected
    the 20th working day         | 2021-01-04 23:59 | met
    the midnight after           | 2021-01-05 00:00 | missed
    the day of entry             | 2020-12-02 15:00 | met
    the day before it            | 2020-12-01       | outside_care
""")
def test_initial_health_assessments_in_time(assessed_on, expected):
    facts = [entered_care("2020-12-02"), assessed(assessed_on)]
    assert status("iha_timely", facts, "2021-02-01", period=assessed_on[:7]) == expected
    assert statuses("rha_timely", facts, "2021-02-01", period=assessed_on[:7]) == {}


@table("""
    last assessed 20 January 2020 | birth      | reviewed         | expected
    aged 9: 12 months on          | 2010-06-01 | 2021-01-20 23:59 | met
    aged 9: the day after         | 2010-06-01 | 2021-01-21       | missed
    aged 2: 6 months on           | 2017-06-01 | 2020-07-20       | met
    aged 2: the day after         | 2017-06-01 | 2020-07-21       | missed
""")
def test_review_health_assessments_in_time(birth, reviewed, expected):
    facts = [born(birth), entered_care("2019-12-30"), assessed("2020-01-20")]
    facts.append(assessed(reviewed, "review"))
    assert status("rha_timely", facts, "2021-02-01", period=reviewed[:7]) == expected
    assert status("iha_timely", facts, "2021-02-01", period=reviewed[:7]) is None


def test_a_review_is_untraced_without_an_assessment_before_it_in_this_care():
    facts = [TEN, entered_care("2019-12-30"), assessed("2020-01-20"), left_care("2020-06-01"),
             entered_care("2020-09-01", key="k2"), assessed("2021-01-11", "review")]  # fmt: skip
    assert status("rha_timely", facts, "2021-02-01") == "untraced"
    assert as_printed("rha_timely", facts, "2021-02-01") == "n/a"


# --- entrants of the month ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("received on the due day, the 20th working day", [assessed("2021-02-01")], "in_time"),
        row("received the day after", [assessed("2021-02-02")], "late"),
        row("an appointment on the due day",
            [requested("2021-01-05"), appointment("2021-01-06", "2021-02-01")],
             "planned_in_time_past_due"),
        row("an appointment the day after",
            [requested("2021-01-05"), appointment("2021-01-06", "2021-02-02")],
             "planned_late_past_due"),
        row("the latest appointment holds",
            [appointment("2021-01-06", "2021-01-12"), appointment("2021-01-12", "2021-02-10")],
            "planned_late_past_due"),
        row("an appointment entered by mistake and voided",
            [requested("2021-01-05"), wrong := appointment("2021-01-06", "2021-02-01"),
             voided(wrong, "2021-01-07")], "requested_past_due"),
        row("requested only", [requested("2021-01-05")], "requested_past_due"),
        row("a request for a review is none", [requested("2021-01-05", "review")],
            "no_request_past_due"),
        row("nothing at all", [], "no_request_past_due"),
        row("left care on the due day without one", [left_care("2021-02-01")], "left_before"),
        row("left care the day after: it was due", [left_care("2021-02-02")],
            "no_request_past_due"),
        row("received, and left care then",
            [assessed("2021-01-11"), left_care("2021-01-12")], "in_time"),
        row("received only after leaving care",
            [left_care("2021-01-12"), assessed("2021-01-13")], "left_before"),
    ],
)  # fmt: skip
def test_how_far_the_initial_assessment_of_an_entrant_has_come(facts, expected):
    facts = [entered_care("2021-01-04"), *facts]
    assert status("iha_entrants_in_time", facts, "2021-03-01", period="2021-01") == expected


@pytest.mark.parametrize(
    ("as_at", "facts", "expected"),
    [
        row("on the due day", "2021-02-01 12:00", [requested("2021-01-05")],
            ("requested", "2021-02-01", "ahead")),
        row("as it ends", "2021-02-02", [requested("2021-01-05")],
            ("requested_past_due", "2021-02-01", "overdue")),
        row("a review since: the initial one is not made up for", "2021-02-02",
            [assessed("2021-01-20", "review")], ("no_request_past_due", None, "over")),
        row("left care after the due day", "2021-02-10", [left_care("2021-02-02")],
            ("no_request_past_due", None, "over")),
    ],
)  # fmt: skip
def test_who_awaits_an_initial_assessment_is_overdue_on_the_list_and_in_the_figure(
    as_at, facts, expected
):
    standing, due, how = expected
    facts = [entered_care("2021-01-04"), *facts]
    partition = Partition(CATALOGUE, when(as_at))
    for fact in facts:
        partition.apply(fact)
    assert status("iha_entrants_in_time", facts, as_at, period="2021-01") == standing
    every = due_list(partition, CATALOGUE)
    found = [each for each in every if each.measure == "iha_entrants_in_time"]
    if how == "over" and as_at >= "2021-02-01 00:00:01":
        assert found == [], "of a month that is gone"
        return
    [line] = found
    assert (line.status, str(line.due), line.overdue) == (standing, due, how == "overdue")


def test_a_child_on_short_breaks_is_no_entrant():
    facts = [entered_care("2021-01-04"), legal_status("2021-01-04", "V3")]
    assert status("iha_entrants_in_time", facts, "2021-02-01") is None


def _entrants():
    """Seven entrants, one of each kind."""
    ways = (
        [assessed("2021-01-11")], [requested("2021-01-05")], [],
        [appointment("2021-01-06", "2021-01-25")], [appointment("2021-01-06", "2021-02-25")],
        [assessed("2021-02-11")], [left_care("2021-01-08")],
    )  # fmt: skip
    for child, facts in enumerate(ways):
        subject = f"child:k{child}"
        yield entered_care("2021-01-04", subject=subject)
        for each in facts:
            yield type(each)(
                f"{each.id}-{child}", each.source, subject, each.time, each.recorded, each.data
            )


@table("""
    of seven entrants, one left | measure
    in time                     | iha_entrants_in_time
    requested                   | iha_entrants_requested_no_appointment
    no request                  | iha_entrants_no_request
    planned in time             | iha_entrants_planned_in_time
    planned late                | iha_entrants_planned_late
    received late               | iha_entrants_late
""")
def test_the_one_who_left_is_out_of_the_percentages(measure):
    facts = list(_entrants())
    assert share(measure, facts, "2021-03-01", period="2021-01") == "1 of 6"
    assert as_printed(measure, [], "2021-02-01") == "n/a"


# --- dental checks -----------------------------------------------------------------------------


@table("""
    aged 2 and over, checked within 12 months | birth      | entered    | checked    | as_at      | expected
    checked 12 months ago: the last day       | 2010-06-01 | 2019-01-07 | 2020-02-01 | 2021-02-01 | met
    checked the day before that               | 2010-06-01 | 2019-01-07 | 2020-01-31 | 2021-02-01 | overdue
    never, entered 12 months ago              | 2010-06-01 | 2020-02-01 | -          | 2021-02-01 | not_due
    never, entered the day before that        | 2010-06-01 | 2020-01-31 | -          | 2021-02-01 | never
    never, turned 2 within 12 months          | 2018-02-10 | 2018-03-01 | -          | 2021-02-01 | not_due
    never, turned 2 before that               | 2018-01-10 | 2018-03-01 | -          | 2021-02-01 | never
    aged 1: not counted                       | 2019-02-01 | 2019-03-01 | -          | 2021-02-01 | -
    aged 2 since yesterday                    | 2019-01-31 | 2019-03-01 | 2021-01-11 | 2021-02-01 | met
    checked before entering care only         | 2010-06-01 | 2020-12-01 | 2020-11-30 | 2021-02-01 | not_due
    checked on the very day looked at         | 2010-06-01 | 2019-01-07 | 2021-02-01 | 2021-02-01 | never
""")  # noqa: E501
def test_dental_checks(birth, entered, checked, as_at, expected):
    facts = [born(birth), entered_care(entered)] + ([dentist(checked)] if checked else [])
    assert status("dental_check", facts, as_at) == expected


def _dental():
    for child, (entered, checked) in enumerate((
        ("2019-01-07", "2020-06-01"), ("2019-01-07", "2019-06-01"), ("2019-01-07", None),
        ("2020-12-01", None),
    )):  # fmt: skip
        subject = f"child:k{child}"
        yield born("2010-06-01", subject=subject)
        yield entered_care(entered, subject=subject)
        if checked:
            yield dentist(checked, subject=subject)


def test_a_dental_check_not_due_yet_is_neither_up_to_date_nor_overdue():
    facts = list(_dental())
    assert share("dental_check", facts, "2021-02-01") == "1 of 4"
    assert as_printed("dental_overdue", facts, "2021-02-01") == "2"
    assert as_printed("dental_check", [], "2021-02-01") == "n/a"


def test_a_voided_dental_check_never_was():
    check = dentist("2020-06-01")
    facts = [TEN, entered_care("2019-01-07"), check, voided(check, "2020-06-03")]
    assert status("dental_check", facts, "2021-02-01") == "never"


# --- strengths and difficulties questionnaires -------------------------------------------------


@table("""
    aged 4 to 17, every 12 months          | birth      | entered    | done       | score | expected
    12 months ago: the last day            | 2010-06-01 | 2019-01-07 | 2020-02-01 | 16    | met_below
    the day before that                    | 2010-06-01 | 2019-01-07 | 2020-01-31 | 16    | overdue_below
    a score of 17 is of concern            | 2010-06-01 | 2019-01-07 | 2020-06-01 | 17    | met_concern
    and stays so when it is old            | 2010-06-01 | 2019-01-07 | 2019-06-01 | 17    | overdue_concern
    awaiting the first, 12 months in care  | 2010-06-01 | 2020-02-01 | -          | -     | not_due
    a day longer                           | 2010-06-01 | 2020-01-31 | -          | -     | never
    12 months since the 4th birthday       | 2016-02-01 | 2016-06-01 | -          | -     | not_due
    a day longer                           | 2016-01-31 | 2016-06-01 | -          | -     | never
    aged 3: not counted                    | 2017-02-01 | 2017-06-01 | -          | -     | -
    aged 18 tomorrow                       | 2003-02-01 | 2019-01-07 | 2020-06-01 | 0     | met_below
    aged 18: not counted                   | 2003-01-31 | 2019-01-07 | 2020-06-01 | 0     | -
    filled in before entering care only    | 2010-06-01 | 2020-12-01 | 2020-11-30 | 20    | not_due
""")  # noqa: E501
def test_questionnaires(birth, entered, done, score, expected):
    facts = [born(birth), entered_care(entered)]
    facts += [questionnaire(done, int(score))] if done else []
    assert status("sdq_up_to_date", facts, "2021-02-01") == expected


def test_the_latest_score_holds_and_a_correction_changes_it():
    first, second = questionnaire("2020-03-02", 20), questionnaire("2020-09-01", 9)
    facts = [TEN, entered_care("2019-01-07"), first, second]
    assert status("sdq_up_to_date", facts, "2021-02-01") == "met_below"
    put_right = amended(second, questionnaire("2020-09-01", 19), "2020-09-02")
    assert status("sdq_up_to_date", [*facts, put_right], "2021-02-01") == "met_concern"
    assert status("sdq_up_to_date", [*facts, voided(second, "2020-09-02")], "2021-02-01") == (
        "met_concern"
    )


def _scored():
    """Four children aged 10: scores 20 and 11 in time, 18 long ago, and one without."""
    for child, (done, score) in enumerate((
        ("2020-06-01", 20), ("2020-06-01", 11), ("2019-06-03", 18), (None, 0),
    )):  # fmt: skip
        subject = f"child:k{child}"
        yield born("2010-06-01", subject=subject)
        yield entered_care("2019-01-07", subject=subject)
        if done:
            yield questionnaire(done, score, subject=subject)


@table("""
    of four children                  | measure        | expected | printed
    up to date                        | sdq_up_to_date | 2 of 4   | 50
    without a timely one              | sdq_missing    | 2 of 4   | 50
    of concern, of those with a score | sdq_concern    | 2 of 3   | 67
    the average score                 | sdq_average    | 49 of 3  | 16.3
""")
def test_the_parts_of_questionnaires(measure, expected, printed):
    facts = list(_scored())
    assert share(measure, facts, "2021-02-01") == expected
    assert as_printed(measure, facts, "2021-02-01") == printed
    assert as_printed(measure, [], "2021-02-01") == "n/a"


@table("""
    whose score is in the average       | birth      | entered    | expected
    in care over 12 months              | 2010-06-01 | 2020-02-01 | 0 of 0
    a day longer                        | 2010-06-01 | 2020-01-31 | 14 of 1
    aged 16                             | 2004-02-02 | 2019-01-07 | 14 of 1
    aged 17                             | 2004-01-31 | 2019-01-07 | 0 of 0
    aged 3                              | 2017-02-02 | 2019-01-07 | 0 of 0
    aged 4 since yesterday              | 2017-01-31 | 2019-01-07 | 14 of 1
""")
def test_who_is_in_the_average_score(birth, entered, expected):
    facts = [born(birth), entered_care(entered), questionnaire("2020-06-01", 14)]
    assert share("sdq_average", facts, "2021-02-01") == expected


def test_a_score_of_nought_counts_in_the_average():
    facts = [TEN, entered_care("2019-01-07"), questionnaire("2020-06-01", 0)]
    assert figure("sdq_average", facts, "2021-02-01").value == 0
