"""Assessment, planning and review: single assessments, reviews of children in care.

Handbook: "Assessment, planning and review". A figure as at 2021-02-02 is as at the end of
1 February.
"""

import pytest

from tests.build import (
    amended,
    as_printed,
    assessment,
    authorised,
    entered_care,
    left_care,
    legal_status,
    referral,
    review,
    row,
    share,
    status,
    statuses,
    table,
    voided,
)

# --- single assessments: 45 working days from the referral ------------------------------------


@table("""
    due: 45 working days after the referral | referred   | done             | expected
    the 45th working day                    | 2021-01-04 | 2021-03-08 23:59 | met
    the midnight after                      | 2021-01-04 | 2021-03-09 00:00 | missed
    over Christmas 2020                     | 2020-11-02 | 2021-01-07 12:00 | met
    over Christmas 2020, the day after      | 2020-11-02 | 2021-01-08 12:00 | missed
    over Easter and 8 May 2020              | 2020-04-02 | 2020-06-10 12:00 | met
    over Easter and 8 May, the day after    | 2020-04-02 | 2020-06-11 12:00 | missed
    due on a Friday, authorised on Saturday | 2021-01-08 | 2021-03-13 12:00 | missed
""")
def test_single_assessment_within_45_working_days(referred, done, expected):
    facts = [referral(referred), assessment(referred), authorised(done)]
    assert status("single_assessment", facts, "2021-06-01", period=done[:7]) == expected


@table("""
    begun later than the referral               | of | done       | expected
    the clock runs from the referral            | r1 | 2021-03-09 | missed
    of no referral: it runs from its own start  | -  | 2021-03-09 | met
    of a referral not on record: from its start | r9 | 2021-03-09 | met
""")
def test_the_day_from_which_an_assessment_counts(of, done, expected):
    facts = [referral("2021-01-04"), assessment("2021-01-06", of=of), authorised(done)]
    assert status("single_assessment", facts, "2021-04-01", period="2021-03") == expected


def test_an_assessment_counts_in_the_month_it_was_authorised_and_only_then():
    facts = [referral("2020-12-07"), assessment("2020-12-07"), authorised("2021-01-29")]
    assert status("single_assessment", facts, "2021-01-29") is None
    assert status("single_assessment", facts, "2021-02-01", period="2021-01") == "met"
    assert status("single_assessment", facts, "2021-02-01", period="2020-12") is None


def test_an_assessment_of_which_only_the_authorisation_is_on_record_is_untraced():
    facts = [referral("2021-01-04"), authorised("2021-01-29")]
    assert statuses("single_assessment", facts, "2021-02-01") == {"untraced": 1}
    assert share("single_assessment", facts, "2021-02-01") == "0 of 0"
    assert share("assessment_within_20", facts, "2021-02-01") == "0 of 0"
    assert statuses("assessments_open", facts, "2021-02-01") == {}


def test_an_authorisation_voided_puts_the_assessment_back_among_the_open_ones():
    done = authorised("2021-01-29")
    facts = [referral("2021-01-04"), assessment("2021-01-04"), done, voided(done, "2021-01-30")]
    assert status("single_assessment", facts, "2021-02-01") is None
    assert status("assessments_open", facts, "2021-02-01") == "up_to_20"


# From Monday 4 January 2021: the 20th working day is Monday 1 February, the 45th Monday 8 March,
# the 59th Friday 26 March; after Easter and 3 May the 89th is Wednesday 12 May.
@table("""
    referred 4 January 2021 | done       | expected
    20 working days taken   | 2021-02-01 | up_to_20
    21 working days taken   | 2021-02-02 | 21_to_30
    30 working days taken   | 2021-02-15 | 21_to_30
    31 working days taken   | 2021-02-16 | 31_to_45
    45 working days taken   | 2021-03-08 | 31_to_45
    46 working days taken   | 2021-03-09 | 46_to_59
    59 working days taken   | 2021-03-26 | 46_to_59
    60 working days taken   | 2021-03-29 | 60_to_89
    89 working days taken   | 2021-05-12 | 60_to_89
    90 working days taken   | 2021-05-13 | 90_and_over
    59, done on a Saturday  | 2021-03-27 | 46_to_59
    the day itself          | 2021-01-04 | up_to_20
""")
def test_bands_of_completed_assessments(done, expected):
    facts = [referral("2021-01-04"), assessment("2021-01-04"), authorised(f"{done} 12:00")]
    assert status("single_assessment_bands", facts, "2021-06-01", period=done[:7]) == expected


# As at a midnight the day just ended is the last that counts: so a month's figure counts its own
# days, up to and including the last.
@table("""
    referred 4 January 2021, still open | as_at            | expected
    the 20th working day                | 2021-02-01 23:59 | up_to_20
    as at its end                       | 2021-02-02 00:00 | up_to_20
    the 21st working day                | 2021-02-02 00:01 | 21_to_30
    as at the end of the 30th           | 2021-02-16 00:00 | 21_to_30
    the 31st working day                | 2021-02-16 00:01 | 31_to_45
    as at the end of the 45th           | 2021-03-09 00:00 | 31_to_45_overdue
    the 46th working day                | 2021-03-09 00:01 | 46_to_59_overdue
    the 59th working day, a Friday      | 2021-03-26 23:59 | 46_to_59_overdue
    Sunday: still 59 working days       | 2021-03-28 12:00 | 46_to_59_overdue
    as at the end of that Sunday        | 2021-03-29 00:00 | 46_to_59_overdue
    Monday, the 60th working day        | 2021-03-29 12:00 | 60_to_89_overdue
    as at the end of the 89th           | 2021-05-13 00:00 | 60_to_89_overdue
    the 90th working day                | 2021-05-13 00:01 | 90_and_over_overdue
    not begun yet                       | 2021-01-04 00:00 | -
""")
def test_bands_of_open_assessments(as_at, expected):
    facts = [referral("2021-01-04"), assessment("2021-01-04")]
    assert status("assessments_open", facts, as_at) == expected


@table("""
    open, its 20th working day before days off      | referred   | as_at            | expected
    Friday 5 February, looked at on Saturday        | 2021-01-08 | 2021-02-06 12:00 | up_to_20
    Friday 29 January, as at the end of January     | 2020-12-31 | 2021-02-01 00:00 | up_to_20
    Wednesday 31 March, as at the end of March      | 2021-03-03 | 2021-04-01 00:00 | up_to_20
    Tuesday 30 March, as at the end of March        | 2021-03-02 | 2021-04-01 00:00 | 21_to_30
    Maundy Thursday, looked at on Easter Sunday     | 2021-03-04 | 2021-04-04 12:00 | up_to_20
    Maundy Thursday, looked at on the Tuesday after | 2021-03-04 | 2021-04-06 12:00 | 21_to_30
""")
def test_an_open_assessment_takes_no_working_day_on_a_day_off(referred, as_at, expected):
    facts = [referral(referred), assessment(referred)]
    assert status("assessments_open", facts, as_at) == expected


def test_an_open_assessment_and_one_authorised_that_moment_are_in_the_same_band():
    """Working days taken are the same, however one looks: here at noon on a Saturday."""
    begun = [referral("2021-01-08"), assessment("2021-01-08")]
    done = [*begun, authorised("2021-02-06 12:00")]
    band_done = status("single_assessment_bands", done, "2021-03-01", period="2021-02")
    assert status("assessments_open", begun, "2021-02-06 12:00") == band_done == "up_to_20"


def _six_assessments():
    """One in each band, and one in the band of 60 to 89 besides; all authorised in May 2021."""
    by_band = ["2021-05-10", "2021-03-22", "2021-02-22", "2021-02-08", "2021-02-08", "2021-01-04"]
    for number, referred in enumerate(by_band):
        subject = f"child:k{number}"
        yield referral(referred, subject=subject)
        yield assessment(referred, subject=subject)
        yield authorised("2021-05-17 12:00", subject=subject)


@table("""
    of six completed in May 2021 | measure              | expected
    within 20 working days       | assessment_within_20 | 1 of 6
    21 to 45                     | assessment_21_45     | 1 of 6
    46 to 59                     | assessment_46_59     | 1 of 6
    within 45: in time           | single_assessment    | 2 of 6
""")
def test_parts_of_the_bands(measure, expected):
    assert share(measure, list(_six_assessments()), "2021-06-01") == expected


def test_a_month_without_a_completed_assessment_is_not_available():
    facts = [referral("2021-01-04"), assessment("2021-01-04")]
    assert as_printed("single_assessment", facts, "2021-02-01") == "n/a"
    assert as_printed("assessment_within_20", facts, "2021-02-01") == "n/a"
    assert as_printed("single_assessment_bands", facts, "2021-02-01") == "0"


# --- reviews of children in care: 20 working days, 3 months, 6 months -------------------------


@table("""
    entered care 4 January 2021          | first      | second     | third      | expected
    first on the 20th working day        | 2021-02-01 | -          | -          | met
    first the day after                  | 2021-02-02 | -          | -          | missed
    second 3 months after the first      | 2021-01-31 | 2021-04-30 | -          | met
    second the day after that            | 2021-01-31 | 2021-05-01 | -          | missed
    late first, second 3 months after it | 2021-02-05 | 2021-05-05 | -          | met
    third 6 months after the second      | 2021-02-01 | 2021-04-30 | 2021-10-30 | met
    third the day after that             | 2021-02-01 | 2021-04-30 | 2021-10-31 | missed
    an early second brings on the third  | 2021-02-01 | 2021-03-01 | 2021-09-02 | missed
""")
def test_reviews_of_children_in_care_in_time(first, second, third, expected):
    held = [day for day in (first, second, third) if day]
    facts = [entered_care("2021-01-04"), *(review(f"{day} 14:00") for day in held)]
    counted = statuses("cic_reviews_timely", facts, "2022-01-01", period=held[-1][:7])
    earlier = statuses("cic_reviews_timely", facts[:-1], "2022-01-01", period=held[-1][:7])
    assert counted.get(expected, 0) == earlier.get(expected, 0) + 1


def test_the_first_review_over_christmas_2020():
    entered = entered_care("2020-12-07")
    in_time, late = review("2021-01-07"), review("2021-01-08")
    assert status("cic_reviews_timely", [entered, in_time], "2021-02-01") == "met"
    assert status("cic_reviews_timely", [entered, late], "2021-02-01") == "missed"


BACK_IN_CARE = [
    entered_care("2020-01-06", key="k1"),
    review("2020-01-31"),
    left_care("2020-02-10", key="k1"),
    entered_care("2021-01-04", key="k2"),
]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("in a new period of care the first is due in 20 working days again",
            [review("2021-02-01")], "met"),
        row("and is late after that", [review("2021-02-02")], "missed"),
        row("a review between periods of care is left out",
            [review("2020-06-01")], None),
        row("a voided review is none",
            [wrong := review("2021-02-02"), voided(wrong, "2021-02-03")], None),
        row("a review amended to the day it was held",
            [wrong := review("2021-02-02"), amended(wrong, review("2021-02-01"), "2021-02-03")],
            "met"),
    ],
)  # fmt: skip
def test_reviews_by_period_of_care(facts, expected):
    month = "2021-02"
    assert (
        status("cic_reviews_timely", [*BACK_IN_CARE, *facts], "2021-03-01", period=month)
        == expected
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("in short breaks: left out",
            [legal_status("2021-01-04", "V4"), review("2021-01-29")], "outside_care"),
        row("in care under section 20",
            [legal_status("2021-01-04", "V2"), review("2021-01-29")], "met"),
        row("in short breaks first, under section 20 on the day of the review",
            [legal_status("2021-01-04", "V4"), legal_status("2021-01-29 09:00", "V2"),
             review("2021-01-29 14:00")], "met"),
        row("20 working days run from leaving short breaks, which are not care: the 20th",
            [legal_status("2021-01-04", "V4"), legal_status("2021-01-11 09:00", "V2"),
             review("2021-02-08")], "met"),
        row("from leaving short breaks: the 21st",
            [legal_status("2021-01-04", "V4"), legal_status("2021-01-11 09:00", "V2"),
             review("2021-02-09")], "missed"),
        row("in short breaks only since the review",
            [legal_status("2021-01-04", "V2"), review("2021-01-28"),
             legal_status("2021-01-29", "V4")], "met"),
        row("in short breaks in an earlier period of care",
            [legal_status("2019-01-07", "V4"), review("2021-01-29")], "met"),
    ],
)  # fmt: skip
def test_reviews_of_children_in_short_breaks_are_left_out(facts, expected):
    facts = [
        entered_care("2019-01-07", key="k0"),
        left_care("2019-03-04", key="k0"),
        entered_care("2021-01-04"),
        *facts,
    ]
    month = next(str(each.day)[:7] for each in facts if each.type == "care_review.held")
    assert status("cic_reviews_timely", facts, "2021-03-01", period=month) == expected


def test_a_review_outside_care_is_out_of_the_percentage():
    facts = [entered_care("2021-01-04"), left_care("2021-01-08"), review("2021-01-11")]
    assert status("cic_reviews_timely", facts, "2021-02-01") == "outside_care"
    assert as_printed("cic_reviews_timely", facts, "2021-02-01") == "n/a"
