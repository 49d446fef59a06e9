"""Referrals: received, seen or closed unseen, and followed by another.

Handbook: "Response to risk", "Repeat work" and "Demand". A figure as at 2021-02-01 is as at the
end of January.
"""

import pytest

from tests.build import (
    amended,
    as_printed,
    figure,
    figures,
    referral,
    referral_closed,
    row,
    share,
    status,
    statuses,
    table,
    visit,
    voided,
)

# --- closed without the child being seen ------------------------------------------------------


@table("""
    started Monday 4 January, closed unseen | started    | closed           | expected
    the same day                            | 2021-01-04 | 2021-01-04 17:00 | closed_unseen
    on the 5th working day                  | 2021-01-04 | 2021-01-11 23:59 | closed_unseen
    at the midnight after                   | 2021-01-04 | 2021-01-12 00:00 | closed_unseen_slowly
    5 working days over Christmas 2020      | 2020-12-21 | 2020-12-30 12:00 | closed_unseen
    over Christmas, the day after           | 2020-12-21 | 2020-12-31 12:00 | closed_unseen_slowly
    on the last day of the month            | 2021-01-29 | 2021-01-31 12:00 | closed_unseen
    in the next month, however soon         | 2021-01-29 | 2021-02-01 00:00 | closed_unseen_later
    long after                              | 2021-01-04 | 2021-05-04 12:00 | closed_unseen_later
""")
def test_closed_unseen_within_the_month_and_within_5_working_days(started, closed, expected):
    facts = [referral(started), referral_closed(closed)]
    assert status("initial_visits_all", facts, "2021-06-01", period=started[:7]) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("as the month ends, before the closure",
            [referral_closed("2021-02-01 00:00")], "not_seen"),
        row("a closure told late, but before anybody looks",
            [referral_closed("2021-01-06", recorded="2021-03-01")], "closed_unseen"),
        row("a closure that was voided",
            [wrong := referral_closed("2021-01-06"), voided(wrong, "2021-01-20")], "not_seen"),
        row("a closure amended to a later day",
            [wrong := referral_closed("2021-01-06"),
             amended(wrong, referral_closed("2021-01-14"), "2021-01-20")],
            "closed_unseen_slowly"),
        row("closed twice, by two records: the first holds",
            [referral_closed("2021-01-06"), referral_closed("2021-01-14")], "closed_unseen"),
        row("a visit that did not see the child changes nothing",
            [visit("2021-01-05", seen=False), referral_closed("2021-01-06")], "closed_unseen"),
    ],
)  # fmt: skip
def test_what_closing_unseen_is(facts, expected):
    facts = [referral("2021-01-04 09:00"), *facts]
    assert status("initial_visits_all", facts, "2021-02-01", period="2021-01") == expected


def _twelve_referrals():
    """Of January: five seen in time, one late, one not seen, two closed unseen promptly and one
    slowly, one closed in February, and one of the 29th that is not due yet."""
    for child in range(5):
        yield referral("2021-01-04", subject=f"child:seen{child}")
        yield visit("2021-01-06", subject=f"child:seen{child}")
    yield referral("2021-01-04", subject="child:late")
    yield visit("2021-01-20", subject="child:late")
    yield referral("2021-01-04", subject="child:unseen")
    for child, closed in (("q1", "05"), ("q2", "11"), ("slow", "12")):
        yield referral("2021-01-04", subject=f"child:{child}")
        yield referral_closed(f"2021-01-{closed}", subject=f"child:{child}")
    yield referral("2021-01-20", subject="child:later")
    yield referral_closed("2021-02-03", subject="child:later")
    yield referral("2021-01-29", subject="child:new")


@table("""
    of twelve referrals of January           | measure                          | as_at      | expected
    closed unseen in the month               | closed_unseen                    | 2021-02-01 | 3 of 12
    of those, decided late                   | closed_unseen_decision_slow      | 2021-02-01 | 1 of 3
    seen in time, of those seen or due       | initial_visits_all               | 2021-02-01 | 5 of 8
    not seen and overdue                     | initial_visits_not_seen          | 2021-02-01 | 2 of 8
    not seen yet, due or not                 | initial_visits_outstanding_prior | 2021-02-01 | 3 of None
    a month later one of them has closed     | initial_visits_outstanding_prior | 2021-03-01 | 2 of None
    which is none of those closed in January | closed_unseen                    | 2021-03-01 | 3 of 12
    and the last is overdue                  | initial_visits_not_seen          | 2021-03-01 | 2 of 8
""")  # noqa: E501  a table is as wide as it is
def test_parts_of_the_referrals_of_a_month(measure, as_at, expected):
    assert share(measure, list(_twelve_referrals()), as_at, period="2021-01") == expected


def test_nothing_closed_unseen_has_no_share_decided_late():
    facts = [referral("2021-01-04"), visit("2021-01-05")]
    assert as_printed("closed_unseen_decision_slow", facts, "2021-02-01") == "n/a"
    assert as_printed("closed_unseen", facts, "2021-02-01") == "0"
    assert as_printed("closed_unseen", [], "2021-02-01") == "n/a"


def test_a_referral_counts_for_the_locality_that_held_it_when_it_started():
    facts = [
        referral("2021-01-04", team="stroud-assessment"),
        visit("2021-01-06", team="gloucester-assessment"),
        referral_closed("2021-01-20", team="gloucester-safeguarding"),
    ]
    said = figures(facts, "2021-02-01")
    assert said.figure("initial_visits_all", "2021-01", "Stroud").numerator == 1
    assert said.figure("initial_visits_all", "2021-01", "Gloucester").denominator == 0
    assert said.figure("referrals", "2021-01", "Stroud").numerator == 1


# --- referrals received -----------------------------------------------------------------------


def _a_winter():
    """Two referrals in March 2020, three in April, one in December and two in January 2021."""
    for child, day in enumerate(
        ("2020-03-10", "2020-03-31", "2020-04-01", "2020-04-08", "2020-04-30", "2020-12-31",
         "2021-01-04", "2021-01-31")
    ):  # fmt: skip
        yield referral(f"{day} 12:00", subject=f"child:k{child}")


@table("""
    referrals                                  | measure       | period  | expected
    of a month                                 | referrals     | 2020-04 | 3
    of another                                 | referrals     | 2021-01 | 2
    of a month without                         | referrals     | 2020-06 | 0
    per 10,000 of 128,905 since April: 6       | referral_rate | 2021-01 | 0.5
    in March: eight, but for those since April | referral_rate | 2020-03 | 0.2
    in April: April alone                      | referral_rate | 2020-04 | 0.2
""")
def test_referrals_received(measure, period, expected):
    assert as_printed(measure, list(_a_winter()), "2021-02-01", period=period) == expected


def test_a_rate_is_of_the_county_alone():
    assert as_printed("referral_rate", list(_a_winter()), "2021-02-01", locality="Other") == "n/a"


def test_a_referral_told_under_two_ids_is_one():
    facts = [referral("2021-01-04 09:00"), referral("2021-01-04 10:00")]
    assert figure("referrals", facts, "2021-02-01").numerator == 1


# --- referred again after closure -------------------------------------------------------------


# The look-ahead of six months after a closure on 10 July 2020 ends on 10 January 2021.
@table("""
    closed 10 July 2020, then referred   | seen       | again            | expected
    on the last day of six months        | -          | 2021-01-10 23:59 | unseen_again
    the day after                        | -          | 2021-01-11 00:00 | unseen_not_again
    on the day of the closure            | -          | 2020-07-10 23:00 | unseen_again
    never                                | -          | -                | unseen_not_again
    seen: on the last day                | 2020-06-03 | 2021-01-10 23:59 | seen_again
    seen: the day after                  | 2020-06-03 | 2021-01-11 00:00 | seen_not_again
    seen on the day of the closure       | 2020-07-10 | -                | seen_not_again
    seen only after it                   | 2020-07-11 | -                | unseen_not_again
    seen only under the next referral    | 2020-08-05 | 2020-08-03       | unseen_again
    the next began before it closed      | -          | 2020-07-09       | unseen_not_again
""")
def test_followed_by_another_referral_within_six_months(seen, again, expected):
    facts = [referral("2020-06-01", key="r1"), referral_closed("2020-07-10 18:00", key="r1")]
    facts += [visit(seen)] if seen else []
    facts += [referral(again, key="r2")] if again else []
    assert status("rereferral_after_unseen", facts, "2021-02-01", period="2021-01") == expected


@table("""
    closed 10 July 2020, looked at        | as_at            | expected
    on the last day of the six months     | 2021-01-10 23:59 | -
    at its end                            | 2021-01-11       | unseen_not_again
    closed on 31 August, in February: yet | 2020-08-31       | -
""")
def test_a_closure_counts_once_all_its_six_months_are_over(as_at, expected):
    facts = [referral("2020-06-01"), referral_closed("2020-07-10 18:00")]
    found = statuses("rereferral_after_unseen", facts, as_at, period="2021-01")
    assert found == ({expected: 1} if expected else {})


def test_six_months_after_31_august_end_on_the_last_of_february():
    facts = [referral("2020-08-03"), referral_closed("2020-08-31")]
    assert status("rereferral_after_unseen", facts, "2021-02-28 23:59", period="2021-02") is None
    found = status("rereferral_after_unseen", facts, "2021-03-01", period="2021-02")
    assert found == "unseen_not_again"


def _closures_of_a_year():
    """Closed in July 2019, out of the twelve months, and in July 2020, in them: two unseen, one of
    them referred again, and two who had been seen, neither of them."""
    for year in (2019, 2020):
        for child in ("unseen", "again", "seen", "sibling"):
            subject = f"child:{child}{year}"
            yield referral(f"{year}-06-01", key="r1", subject=subject)
            if child in ("seen", "sibling"):
                yield visit(f"{year}-06-03", subject=subject)
            yield referral_closed(f"{year}-07-10", key="r1", subject=subject)
        yield referral(f"{year}-09-01", key="r2", subject=f"child:again{year}")


@table("""
    over twelve months                    | measure                 | period  | expected
    to January 2021: closed in July 2020  | rereferral_after_unseen | 2021-01 | 1 of 2
    the same, of those seen               | rereferral_after_seen   | 2021-01 | 0 of 2
    to December 2020: closed in July 2019 | rereferral_after_unseen | 2020-12 | 1 of 2
    the same, of those seen               | rereferral_after_seen   | 2020-12 | 0 of 2
""")
def test_closures_of_twelve_months(measure, period, expected):
    assert share(measure, list(_closures_of_a_year()), "2021-02-01", period=period) == expected


def test_a_re_referral_that_was_voided_follows_nothing():
    again = referral("2020-09-01", key="r2")
    facts = [
        referral("2020-06-01", key="r1"),
        referral_closed("2020-07-10", key="r1"),
        again,
        voided(again, "2020-09-02"),
    ]
    assert status("rereferral_after_unseen", facts, "2021-02-01") == "unseen_not_again"


def test_no_closures_are_not_available():
    assert as_printed("rereferral_after_unseen", [referral("2020-06-01")], "2021-02-01") == "n/a"
