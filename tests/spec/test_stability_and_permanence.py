"""Stability and permanence: section 20, placements in the last twelve months.

Handbook: "Stability and permanence". A figure as at 2021-02-01 is as at the end of January.
"""

import pytest

from tests.build import (
    amended,
    as_printed,
    entered_care,
    left_care,
    legal_status,
    placed,
    placement_ended,
    row,
    share,
    status,
    table,
    voided,
)

# --- section 20 -------------------------------------------------------------------------------


@table("""
    in care, legal status        | code | expected
    section 20, single placement | V2   | yes
    a care order                 | C2   | no
    an interim care order        | C1   | no
    a placement order            | E1   | no
    short breaks, agreed series  | V3   | -
    short breaks, one placement  | V4   | -
    not on record                | -    | no
""")
def test_accommodated_under_section_20(code, expected):
    facts = [entered_care("2020-06-01")] + ([legal_status("2020-06-01", code)] if code else [])
    assert status("cic_section20", facts, "2021-02-01") == expected


V2 = legal_status("2020-06-01", "V2")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("section 20 first, a care order since", [V2, legal_status("2020-12-01", "C2")], "no"),
        row("a care order first, section 20 since",
            [legal_status("2020-06-01", "C2"), legal_status("2020-12-01", "V2")], "yes"),
        row("a care order from tomorrow", [V2, legal_status("2021-02-01 00:00", "C2")], "yes"),
        row("a care order entered by mistake",
            [V2, wrong := legal_status("2020-12-01", "C2"), voided(wrong, "2020-12-02")], "yes"),
        row("amended from section 20 to a care order",
            [V2, amended(V2, legal_status("2020-06-01", "C2"), "2020-12-02")], "no"),
        row("left care: not counted", [V2, left_care("2020-12-01")], None),
        row("from section 20 to short breaks: not counted",
            [V2, legal_status("2020-12-01", "V4")], None),
        row("from short breaks to section 20",
            [legal_status("2020-06-01", "V4"), legal_status("2020-12-01", "V2")], "yes"),
    ],
)  # fmt: skip
def test_the_latest_legal_status_holds(facts, expected):
    assert status("cic_section20", [entered_care("2020-06-01"), *facts], "2021-02-01") == expected


@table("""
    the period of care before was | earlier | expected
    under short breaks            | V4      | no
    under section 20              | V2      | no
""")
def test_the_legal_status_of_an_earlier_period_of_care_says_nothing_of_this_one(earlier, expected):
    facts = [
        entered_care("2019-01-07", key="k1"),
        legal_status("2019-01-07", earlier),
        left_care("2019-03-04", key="k1"),
        entered_care("2021-01-04", key="k2"),
    ]
    assert status("cic_section20", facts, "2021-02-01") == expected


def test_section_20_as_a_share_of_children_in_care():
    facts = []
    for child, code in enumerate(("V2", "C2", "C2", "V3", "V4")):
        facts.append(entered_care("2020-06-01", subject=f"child:k{child}"))
        facts.append(legal_status("2020-06-01", code, subject=f"child:k{child}"))
    assert share("cic_section20", facts, "2021-02-01") == "1 of 3"
    assert as_printed("cic_section20", facts, "2021-02-01") == "33"


def test_nobody_in_care_is_not_available():
    assert as_printed("cic_section20", [], "2021-02-01") == "n/a"


# --- three or more placements in the last 12 months -------------------------------------------


@table("""
    placements begun, as at 1 Feb 2021 | first      | second           | third            | expected
    all within the 12 months           | 2020-03-02 | 2020-06-01       | 2020-09-01       | yes
    two within, one open before        | 2019-06-03 | 2020-06-01       | 2020-09-01       | yes
    one within, one open before        | 2018-06-04 | 2019-06-03       | 2020-09-01       | no
    the second as the 12 months begin  | 2019-06-03 | 2020-02-01 00:00 | 2020-09-01       | yes
    the second a minute before that    | 2019-06-03 | 2020-01-31 23:59 | 2020-09-01       | no
    the third in their last minute     | 2019-06-03 | 2020-06-01       | 2021-01-31 23:59 | yes
    the third as they end: not yet     | 2019-06-03 | 2020-06-01       | 2021-02-01 00:00 | no
""")
def test_three_placements_in_the_last_12_months(first, second, third, expected):
    facts = [entered_care("2018-01-08")]
    facts += [placed(at, key=f"h{n}") for n, at in enumerate((first, second, third))]
    assert status("short_term_stability", facts, "2021-02-01") == expected


ONE, TWO = placed("2020-06-01", key="h2"), placed("2020-09-01", key="h3")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("an earlier placement that had ended before the 12 months began",
            [entered_care("2018-01-08"), placed("2019-06-03"), placement_ended("2020-01-20"),
             ONE, TWO], "no"),
        row("one that ended within them, with a gap after it",
            [entered_care("2018-01-08"), placed("2019-06-03"), placement_ended("2020-02-20"),
             ONE, TWO], "yes"),
        row("placements of an earlier period of care count",
            [entered_care("2020-02-03", key="k1"), placed("2020-02-03"),
             left_care("2020-03-02", key="k1"), entered_care("2020-06-01", key="k2"), ONE, TWO],
            "with_earlier"),
        row("one that ended with an earlier period of care, before the 12 months",
            [entered_care("2019-02-04", key="k1"), placed("2019-02-04"),
             left_care("2019-12-02", key="k1"), entered_care("2020-06-01", key="k2"), ONE, TWO],
            "no"),
        row("left care: not counted",
            [entered_care("2018-01-08"), placed("2020-03-02"), ONE, TWO,
             left_care("2021-01-11")], None),
        row("on short breaks: not counted",
            [entered_care("2018-01-08"), legal_status("2018-01-08", "V4"), placed("2020-03-02"),
             ONE, TWO], None),
        row("a move entered by mistake and voided",
            [entered_care("2018-01-08"), placed("2020-03-02"), ONE, TWO,
             voided(ONE, "2020-06-02")], "no"),
        row("in care without any placement on record", [entered_care("2018-01-08")], "no"),
    ],
)  # fmt: skip
def test_which_placements_count(facts, expected):
    assert status("short_term_stability", facts, "2021-02-01") == expected


def test_a_child_becomes_stable_again_by_the_passing_of_time_alone():
    facts = [entered_care("2018-01-08"), placed("2019-06-03"), ONE, TWO]
    assert status("short_term_stability", facts, "2021-05-31 23:59") == "yes"
    # The first placement ended as the second began, at the first instant of 1 June 2020: at that
    # instant it was open, an instant later it was not.
    assert status("short_term_stability", facts, "2021-06-01 00:00") == "yes"
    assert status("short_term_stability", facts, "2021-06-01 00:01") == "no"
