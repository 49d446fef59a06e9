"""Repeat work: re-referrals in the month, over twelve months, and in the financial year.

Handbook: "Repeat work". A referral is a re-referral if the child had another begin in the 12
months before. In the last 12 months is: after the day 12 months before, up to the day itself.
"""

import pytest

from tests.build import (
    amended,
    as_printed,
    figures,
    referral,
    referral_closed,
    row,
    share,
    status,
    table,
    voided,
)


@table("""
    the earlier referral began               | earlier          | later            | expected
    a month before                           | 2020-12-15       | 2021-01-15       | repeat
    the day after 12 months before           | 2020-01-16 09:00 | 2021-01-15       | repeat
    exactly 12 months before, to the day     | 2020-01-15 23:59 | 2021-01-15 00:00 | first
    more than 12 months before               | 2020-01-14       | 2021-01-15       | first
    on 29 February, 12 months to 28 February | 2020-02-29       | 2021-02-28       | repeat
    on 28 February, 12 months to 28 February | 2020-02-28       | 2021-02-28       | first
    a year before the leap day: 28 February  | 2019-02-28       | 2020-02-29       | first
    a year before the leap day: 1 March      | 2019-03-01       | 2020-02-29       | repeat
    earlier the same day                     | 2021-01-15 09:00 | 2021-01-15 15:00 | repeat
""")
def test_re_referral_within_12_months(earlier, later, expected):
    before = referral(earlier, key="r1")
    after = referral(later, key="r2")
    as_at = "2021-06-01"
    others = figures([before], as_at).figure("re_referrals", later[:7]).statuses
    counted = figures([before, after], as_at).figure("re_referrals", later[:7]).statuses
    assert counted[expected] == others[expected] + 1


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("no earlier referral", [], "first"),
        row("an earlier one that closed counts as well",
            [referral("2020-10-05"), referral_closed("2020-11-02")], "repeat"),
        row("an earlier one of another child does not",
            [referral("2020-10-05", subject="child:sibling")], "first"),
        row("a later one does not", [referral("2021-02-01")], "first"),
        row("an earlier one that was voided does not",
            [wrong := referral("2020-10-05"), voided(wrong, "2021-01-20")], "first"),
        row("an earlier one amended to two years before does not",
            [wrong := referral("2020-10-05"),
             amended(wrong, referral("2019-01-05"), "2021-01-20")],
            "first"),
        row("of two earlier ones the last decides",
            [referral("2018-10-05"), referral("2020-10-05", key="r3")], "repeat"),
    ],
)  # fmt: skip
def test_what_makes_a_re_referral(facts, expected):
    facts = [*facts, referral("2021-01-15", key="r2")]
    assert status("re_referrals", facts, "2021-03-01", period="2021-01") == expected


def _a_year_of_referrals():
    """From January 2020 to April 2021, one first referral each month on the 10th and, in March
    2020, April 2020, March 2021 and April 2021, a re-referral on the 20th."""
    months = [f"2020-{month:02d}" for month in range(1, 13)]
    months += ["2021-01", "2021-02", "2021-03", "2021-04"]
    for month in months:
        yield referral(f"{month}-10", subject=f"child:{month}")
        if month[5:] in ("03", "04"):
            yield referral(f"{month}-20", key="r2", subject=f"child:{month}")


@table("""
    re-referrals of                              | measure           | period  | expected
    March 2021                                   | re_referrals      | 2021-03 | 1 of 2
    a month without                              | re_referrals      | 2021-02 | 0 of 1
    12 months to March 2021: since April 2020    | re_referrals_12m  | 2021-03 | 2 of 14
    12 months to February 2021: since March 2020 | re_referrals_12m  | 2021-02 | 2 of 14
    12 months to April 2021: since May 2020      | re_referrals_12m  | 2021-04 | 2 of 14
    the year to date in March: since April 2020  | re_referrals_fytd | 2021-03 | 2 of 14
    the year to date in January: since April     | re_referrals_fytd | 2021-01 | 1 of 11
    the year to date in April: April alone       | re_referrals_fytd | 2021-04 | 1 of 2
    twelve months, of which the first four count | re_referrals_12m  | 2020-04 | 2 of 6
""")
def test_windows_are_sums_of_months(measure, period, expected):
    facts = list(_a_year_of_referrals())
    assert share(measure, facts, "2021-05-01", period=period) == expected


def test_the_figure_of_the_moment_is_that_of_the_month_reported_on():
    facts = list(_a_year_of_referrals())
    assert share("re_referrals", facts, "2021-04-01 00:00") == "1 of 2"  # March, just ended
    assert share("re_referrals", facts, "2021-04-01 00:01") == "0 of 0"  # April, just begun
    assert share("re_referrals_fytd", facts, "2021-04-01 00:00") == "2 of 14"
    assert share("re_referrals_fytd", facts, "2021-04-01 00:01") == "0 of 0"


def test_a_month_without_referrals_is_not_available():
    assert as_printed("re_referrals", [], "2021-02-01") == "n/a"


def test_re_referrals_of_dcyps_in_december_2020_as_printed():
    """The report: 0 of 0 for disabled children, printed "n/a", not 0%."""
    facts = [referral("2020-12-10", team="stroud-assessment")]
    assert as_printed("re_referrals", facts, "2021-01-01", locality="DCYPS") == "n/a"
    assert as_printed("re_referrals", facts, "2021-01-01", locality="Stroud") == "0"
