"""Entering care and leaving it: readmissions, discharges, recording delay.

Handbook: "Repeat work", "Management oversight". A figure as at 2021-02-01 is as at the end of
January.
"""

import pytest

from tests.build import (
    amended,
    as_printed,
    entered_care,
    figure,
    left_care,
    legal_status,
    review,
    row,
    share,
    status,
    statuses,
    table,
    voided,
)
from tests.build.care import discharged

# --- readmissions -----------------------------------------------------------------------------


@table("""
    entered care on 11 January 2021 | before     | until            | expected
    never in care before            | -          | -                | first
    left care years ago             | 2012-01-09 | 2013-03-04       | again
    left care the day before        | 2020-06-01 | 2021-01-10 17:00 | again
""")
def test_an_earlier_period_of_care_makes_a_readmission(before, until, expected):
    facts = [entered_care("2021-01-11", key="k2")]
    if before:
        facts += [entered_care(before, key="k1"), left_care(until, key="k1")]
    assert status("readmissions", facts, "2021-02-01", period="2021-01") == expected


SHORT_BREAKS = [entered_care("2019-01-07", key="k1"), legal_status("2019-01-07", "V4")]
OVER = [*SHORT_BREAKS, left_care("2020-12-07", key="k1")]
BACK = entered_care("2021-01-11", key="k2")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("short breaks before are not care", [*OVER, BACK], {"first": 1}),
        row("short breaks alone are no admission", SHORT_BREAKS, {}),
        row("short breaks that became care: admitted that day",
            [*SHORT_BREAKS, legal_status("2021-01-11 09:00", "V2")], {"first": 1}),
        row("the earlier period was entered by mistake",
            [wrong := entered_care("2020-06-01", key="k1"), voided(wrong, "2021-01-18"), BACK],
            {"first": 1}),
        row("the admission is amended to December",
            [BACK, amended(BACK, entered_care("2020-12-28", key="k2"), "2021-01-18")], {}),
        row("told twice, by two systems: one admission",
            [BACK, entered_care("2021-01-11", key="k2", source="extract")], {"first": 1}),
        row("twice in a month: the second is a readmission",
            [entered_care("2021-01-04", key="k1"), left_care("2021-01-08", key="k1"), BACK],
            {"first": 1, "again": 1}),
        row("enters at the midnight that ends the month: not yet",
            [entered_care("2021-02-01 00:00", key="k1")], {}),
    ],
)  # fmt: skip
def test_which_admissions_count_in_january(facts, expected):
    assert statuses("readmissions", facts, "2021-02-01", period="2021-01") == expected


def test_an_admission_counts_where_the_team_was_that_admitted():
    facts = [
        entered_care("2021-01-11", team="stroud-permanence"),
        review("2021-01-27", team="fod-permanence"),
    ]
    said = {"period": "2021-01", "locality": "Stroud"}
    assert statuses("readmissions", facts, "2021-02-01", **said) == {"first": 1}


def _admitted(*days: str):
    for number, day in enumerate(days):
        yield entered_care(day, subject=f"child:k{number}")


def test_the_year_to_date_begins_in_april():
    facts = [*_admitted("2020-03-31 23:00", "2020-04-01", "2020-09-07", "2021-01-11")]
    facts += [left_care("2020-10-05", subject="child:k2")]
    facts += [entered_care("2020-12-07", key="k2", subject="child:k2")]
    assert as_printed("admissions_to_care", facts, "2021-02-01") == "4"
    assert share("readmissions_fytd", facts, "2021-02-01") == "1 of 4"
    assert share("readmissions", facts, "2021-02-01", period="2021-01") == "0 of 1"
    assert as_printed("readmissions", facts, "2021-02-01", period="2020-11") == "n/a"


# --- leaving care -----------------------------------------------------------------------------


@table("""
    left care in January                        | reason | expected
    returned to parents as planned              | E4A    | home
    returned to parents, not as planned         | E4B    | home
    to live with relatives                      | E13    | home
    adopted                                     | E12    | elsewhere
    special guardianship                        | E45    | elsewhere
    to live independently                       | E5     | elsewhere
    reason not on record                        | -      | elsewhere
""")
def test_discharged_to_parents_or_relatives(reason, expected):
    facts = [entered_care("2020-06-01"), discharged("2021-01-15 12:00", reason)]
    assert status("discharged_home", facts, "2021-02-01") == expected


def test_discharges_in_the_month_and_in_the_year_to_date():
    facts = list(_admitted("2020-01-06", "2020-01-06", "2020-01-06", "2020-01-06"))
    for number, (day, reason) in enumerate(
        [("2020-03-31", "E4A"), ("2020-04-01", "E4A"), ("2021-01-04", "E4A"), ("2021-01-31", "E8")]
    ):
        facts.append(discharged(f"{day} 12:00", reason, subject=f"child:k{number}"))
    assert as_printed("discharges_from_care", facts, "2021-02-01") == "3"
    assert share("discharged_home", facts, "2021-02-01") == "1 of 2"
    assert as_printed("discharged_home", [], "2021-02-01") == "n/a"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("goes over to short breaks: has left care", [legal_status("2021-01-11", "V3")],
            {"elsewhere": 1}),
        row("short breaks ended later: left care when they began",
            [legal_status("2020-11-02", "V3"), left_care("2021-01-11")], {}),
        row("an end entered by mistake", [wrong := left_care("2021-01-11"),
            voided(wrong, "2021-01-12")], {}),
        row("back in care the same month", [left_care("2021-01-11"),
            entered_care("2021-01-18", key="k2")], {"elsewhere": 1}),
    ],
)  # fmt: skip
def test_which_discharges_count_in_january(facts, expected):
    facts = [entered_care("2020-06-01"), legal_status("2020-06-01", "V2"), *facts]
    assert statuses("discharged_home", facts, "2021-02-01") == expected


def test_children_who_only_had_short_breaks_do_not_leave_care():
    facts = [*SHORT_BREAKS, left_care("2021-01-11", key="k1")]
    assert statuses("discharges_from_care", facts, "2021-02-01") == {}


# --- recording delay: 5 working days, by the month of the record -------------------------------


@table("""
    entered                            | recorded         | expected
    the fifth working day              | 2021-01-11 17:00 | prompt
    the day after                      | 2021-01-12 09:00 | delayed
    at once                            | 2021-01-04 09:00 | prompt
""")
def test_recorded_within_5_working_days_of_monday_4_january(recorded, expected):
    facts = [entered_care("2021-01-04 09:00", recorded=recorded)]
    assert status("admission_recording_delay", facts, "2021-02-01") == expected


@table("""
    entered on Wednesday 23 December | recorded         | expected
    the fifth working day            | 2021-01-04 17:00 | prompt
    the day after                    | 2021-01-05 09:00 | delayed
""")
def test_bank_holidays_are_no_working_days(recorded, expected):
    facts = [entered_care("2020-12-23 09:00", recorded=recorded)]
    assert status("admission_recording_delay", facts, "2021-02-01") == expected


def test_an_admission_counts_in_the_month_in_which_it_was_recorded():
    facts = [entered_care("2021-01-18", recorded="2021-02-08")]
    said = {"known": "2021-03-09", "period": "2021-01"}
    assert as_printed("admission_recording_delay", facts, "2021-02-01", **said) == "n/a"
    assert status("admission_recording_delay", facts, "2021-03-01") == "delayed"


def test_a_correction_does_not_make_the_record_later():
    first = entered_care("2021-01-04", recorded="2021-01-05")
    facts = [first, amended(first, entered_care("2021-01-05"), "2021-01-25")]
    assert status("admission_recording_delay", facts, "2021-02-01") == "prompt"
    withdrawn = [first, voided(first, "2021-01-25")]
    assert figure("admission_recording_delay", withdrawn, "2021-02-01").denominator == 0


def test_short_breaks_that_end_on_the_day_care_begins_were_no_care():
    facts = [
        entered_care("2020-06-23 14:29", key="k1"),
        legal_status("2020-06-23 14:29", "V4"),
        left_care("2020-09-04 08:45", key="k1"),
        entered_care("2020-09-04 08:45", key="k2"),
        legal_status("2020-09-04 08:45", "V2"),
    ]
    assert statuses("readmissions", facts, "2020-10-01", period="2020-09") == {"first": 1}
