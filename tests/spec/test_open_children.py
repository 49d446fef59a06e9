"""Demand: children open to social care, and those of them who are in need and no more than that.

Handbook: "Populations at an instant". A figure as at 2021-02-01 is as at the end of January.
"""

import pytest

from tests.build import (
    as_printed,
    entered_care,
    left_care,
    legal_status,
    plan,
    plan_ended,
    referral,
    referral_closed,
    row,
    share,
    status,
    table,
    voided,
)
from tests.build.workforce import leaver, leaver_ended

OPEN = referral("2020-06-01")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("a referral", [OPEN], "in_need"),
        row("closed", [OPEN, referral_closed("2021-01-31")], None),
        row("closes tomorrow", [OPEN, referral_closed("2021-02-01 00:00")], "in_need"),
        row("closed by mistake",
            [OPEN, wrong := referral_closed("2021-01-20"), voided(wrong, "2021-01-21")],
            "in_need"),
        row("on a plan, no referral on record", [plan("2020-06-01")], "more_than_in_need"),
        row("on a plan", [OPEN, plan("2020-06-01")], "more_than_in_need"),
        row("the plan ended, the referral goes on",
            [OPEN, plan("2020-06-01"), plan_ended("2021-01-20")], "in_need"),
        row("in care", [entered_care("2020-06-01")], "more_than_in_need"),
        row("left care, nothing else", [entered_care("2020-06-01"), left_care("2021-01-20")],
            None),
        row("short breaks and a referral: in need",
            [OPEN, entered_care("2020-06-01"), legal_status("2020-06-01", "V4")], "in_need"),
        row("short breaks alone: not open",
            [entered_care("2020-06-01"), legal_status("2020-06-01", "V4")], None),
        row("a care leaver", [leaver("2020-06-01")], "more_than_in_need"),
        row("one whose support ended", [leaver("2020-06-01"), leaver_ended("2021-01-20")], None),
        row("on a plan, in care and a care leaver: once",
            [plan("2020-06-01"), entered_care("2020-06-01"), leaver("2020-06-01")],
            "more_than_in_need"),
    ],
)  # fmt: skip
def test_who_is_open(facts, expected):
    assert status("open_to_social_care", facts, "2021-02-01") == expected


@table("""
    from 4 January 09:00 to 29 January 17:00 | as_at                   | expected
    at the instant of the beginning          | 2021-01-04 09:00        | -
    the instant after                        | 2021-01-04 09:00:00.001 | in_need
    at the instant of the end                | 2021-01-29 17:00        | in_need
    the instant after that                   | 2021-01-29 17:00:00.001 | -
""")
def test_what_happens_at_an_instant_is_seen_after_it(as_at, expected):
    facts = [referral("2021-01-04 09:00"), referral_closed("2021-01-29 17:00")]
    assert status("open_to_social_care", facts, as_at) == expected


def test_open_children_and_those_in_need_are_counted_by_locality():
    facts = [referral("2020-06-01", subject="child:k1", team="fod-assessment"),
             plan("2020-06-01", subject="child:k2", team="fod-assessment"),
             referral("2020-06-01", subject="child:k3", team="mash")]  # fmt: skip
    assert share("open_to_social_care", facts, "2021-02-01") == "3 of None"
    assert share("open_to_social_care", facts, "2021-02-01", locality="FoD") == "2 of None"
    assert share("children_in_need", facts, "2021-02-01", locality="FoD") == "1 of None"
    assert as_printed("children_in_need", facts, "2021-02-01") == "2"


def test_nobody_is_nought():
    assert as_printed("open_to_social_care", [], "2021-02-01") == "0"
    assert as_printed("children_in_need", [], "2021-02-01") == "0"
