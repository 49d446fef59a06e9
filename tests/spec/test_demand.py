"""Demand: how many children are on a plan, how many are in care.

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
    row,
    status,
    table,
    voided,
)

BEGAN = "2021-01-04 09:00"
ENDED = "2021-01-29 17:00"


@table("""
    from 4 January 09:00 to 29 January 17:00 | as_at                   | expected
    at the instant of the beginning          | 2021-01-04 09:00        | -
    the instant after                        | 2021-01-04 09:00:00.001 | yes
    at the instant of the end                | 2021-01-29 17:00        | yes
    the instant after that                   | 2021-01-29 17:00:00.001 | -
    the month end                            | 2021-02-01              | -
""")
@pytest.mark.parametrize(
    ("measure", "begin", "end"),
    [
        row("on a plan", "cp_children", plan(BEGAN), plan_ended(ENDED)),
        row("in care", "children_in_care", entered_care(BEGAN), left_care(ENDED)),
    ],
)
def test_what_happens_at_an_instant_is_seen_after_it(measure, begin, end, as_at, expected):
    assert status(measure, [begin, end], as_at) == expected


@pytest.mark.parametrize(
    ("measure", "facts", "expected"),
    [
        row("short breaks are not care",
            "children_in_care", [entered_care(BEGAN), legal_status(BEGAN, "V3")], None),
        row("nor are short breaks of one placement",
            "children_in_care", [entered_care(BEGAN), legal_status(BEGAN, "V4")], None),
        row("short breaks that became care",
            "children_in_care",
            [entered_care(BEGAN), legal_status(BEGAN, "V4"), legal_status("2021-01-11", "V2")],
            "yes"),
        row("in care without a legal status on record",
            "children_in_care", [entered_care(BEGAN)], "yes"),
        row("back in care",
            "children_in_care",
            [entered_care("2020-01-06", key="k1"), left_care("2020-03-02", key="k1"),
             entered_care(BEGAN, key="k2")],
            "yes"),
        row("on a plan and in care: counted in both",
            "cp_children", [plan(BEGAN), entered_care(BEGAN)], "yes"),
        row("a plan entered by mistake",
            "cp_children", [wrong := plan(BEGAN), voided(wrong, "2021-01-05")], None),
        row("an end entered by mistake",
            "cp_children", [plan(BEGAN), wrong := plan_ended(ENDED), voided(wrong, "2021-01-30")],
            "yes"),
    ],
)  # fmt: skip
def test_who_is_counted(measure, facts, expected):
    assert status(measure, facts, "2021-02-01") == expected


def test_a_count_of_nobody_is_nought_and_not_unavailable():
    assert as_printed("children_in_care", [], "2021-02-01") == "0"
    assert as_printed("cp_children", [], "2021-02-01") == "0"
