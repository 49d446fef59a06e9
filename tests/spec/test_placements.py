"""Placements of children in care: where they are, and how long they last.

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
    statuses,
    table,
    voided,
)
from tests.build.care import born, placed_in

# --- where: in the county or not, more than 20 miles from home or not -------------------------


@table("""
    placed                          | in_county | miles | expected
    in the county, 20 miles exactly | yes       | 20    | in_county_near
    in the county, a little more    | yes       | 20.1  | in_county_far
    outside, near                   | no        | 3     | out_of_county_near
    outside, far                    | no        | 45    | out_of_county_far
    outside, distance not known     | no        | -     | out_of_county_distance_unknown
    in the county, not known        | yes       | -     | in_county_distance_unknown
    county not known, far           | -         | 45    | county_unknown_far
    neither known                   | -         | -     | county_unknown_distance_unknown
""")
def test_where_a_child_is_placed(in_county, miles, expected):
    inside = {"yes": True, "no": False, None: None}[in_county]
    far = float(miles) if miles else None
    facts = [entered_care("2020-06-01"), placed_in("2020-06-01", in_county=inside, miles=far)]
    assert status("cic_out_of_county", facts, "2021-02-01") == expected


FAR_AWAY = placed_in("2020-06-01", in_county=False, miles=45)
NEAR_HOME = placed_in("2021-01-11", key="h2", in_county=True, miles=2)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("moved back near home", [FAR_AWAY, NEAR_HOME], "in_county_near"),
        row("the move was entered by mistake",
            [FAR_AWAY, NEAR_HOME, voided(NEAR_HOME, "2021-01-12")], "out_of_county_far"),
        row("the distance is corrected",
            [FAR_AWAY, amended(FAR_AWAY, placed_in("2020-06-01", in_county=False, miles=15),
                               "2021-01-12")], "out_of_county_near"),
        row("in hospital for a while: where it is placed still",
            [FAR_AWAY, placed_in("2021-01-11", "T1", key="t1", in_county=True, miles=2)],
            "out_of_county_far"),
        row("between placements", [FAR_AWAY, placement_ended("2021-01-11")],
            "county_unknown_distance_unknown"),
        row("left care", [FAR_AWAY, left_care("2021-01-31 23:59")], None),
        row("in short breaks", [FAR_AWAY, legal_status("2021-01-11", "V3")], None),
        row("moves at the midnight that ends the month: not yet",
            [FAR_AWAY, placed_in("2021-02-01 00:00", key="h2", in_county=True, miles=2)],
            "out_of_county_far"),
    ],
)  # fmt: skip
def test_the_placement_of_now_counts(facts, expected):
    facts = [entered_care("2020-06-01"), *facts]
    assert status("cic_out_of_county", facts, "2021-02-01") == expected


def _placed(*where):
    for number, (in_county, miles) in enumerate(where):
        subject = f"child:k{number}"
        yield entered_care("2020-06-01", subject=subject)
        yield placed_in("2020-06-01", in_county=in_county, miles=miles, subject=subject)


@table("""
    of five children                             | measure                    | expected
    two outside the county                       | cic_out_of_county          | 2 of 5
    two far, of four whose distance is known     | cic_20_miles               | 2 of 4
    one whose distance is not                    | cic_20_miles_unknown       | 1 of 5
    outside and far, of all                      | cic_out_of_county_20_miles | 1 of 5
    in the county and far, of all                | cic_in_county_20_miles     | 1 of 5
""")
def test_distance_from_home(measure, expected):
    facts = list(_placed((False, 45), (False, 5), (True, 30), (True, 5), (True, None)))
    assert share(measure, facts, "2021-02-01") == expected


def test_nobody_in_care_is_not_available():
    for measure in ("cic_out_of_county", "cic_20_miles", "long_term_stability"):
        assert as_printed(measure, [], "2021-02-01") == "n/a"


def test_a_distance_known_of_nobody_is_not_available():
    assert as_printed("cic_20_miles", list(_placed((True, None))), "2021-02-01") == "n/a"


# --- three placements in 12 months: temporary ones, periods of care -----------------------------

MOVES = [placed("2019-06-03"), placed("2020-06-01", key="h2")]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("a holiday and back again", [placed_in("2020-08-03", "T2", key="t1")], "no"),
        row("back told as the placement that it is",
            [placed_in("2020-08-03", "T1", key="t1"),
             placed("2020-08-10", key="h2", source="extract")], "no"),
        row("each kind of temporary placement",
            [placed_in(f"2020-08-0{n + 1}", f"T{n}", key=f"t{n}") for n in range(5)], "no"),
        row("a temporary placement that ended",
            [placed_in("2020-08-03", "T0", key="t1"), placement_ended("2020-08-10", key="t1")],
            "no"),
        row("from the temporary one to another altogether",
            [placed_in("2020-08-03", "T3", key="t1"), placed("2020-08-10", key="h3")], "yes"),
        row("a third placement", [placed_in("2020-08-03", "K2", key="h3")], "yes"),
    ],
)  # fmt: skip
def test_a_temporary_placement_is_no_move(facts, expected):
    facts = [entered_care("2018-01-08"), *MOVES, *facts]
    assert status("short_term_stability", facts, "2021-02-01") == expected


@table("""
    back in care on 1 September 2020   | before     | since                 | expected
    three only with the earlier period | 2020-03-02 | -                     | with_earlier
    three in this period               | 2020-03-02 | 2020-10-05 2020-11-02 | yes
    two in all                         | -          | -                     | no
""")
def test_placements_of_the_current_period_of_care_apart(before, since, expected):
    facts = [
        entered_care("2019-06-03", key="k1"),
        placed("2019-06-03", key="h1"),
        left_care("2020-05-04", key="k1"),
        entered_care("2020-09-01", key="k2"),
        placed("2020-09-01", key="h2"),
    ]
    facts += [placed(day, key=f"b{day}") for day in (before or "").split()]
    facts += [placed(day, key=f"s{day}") for day in (since or "").split()]
    assert status("short_term_stability", facts, "2021-02-01") == expected


def test_the_part_for_the_current_period():
    facts = [
        entered_care("2020-02-03", key="k1"), placed("2020-02-03", key="h1"),
        placed("2020-03-02", key="h2"), left_care("2020-05-04", key="k1"),
        entered_care("2020-09-01", key="k2"), placed("2020-09-01", key="h3"),
    ]  # fmt: skip
    assert share("short_term_stability", facts, "2021-02-01") == "1 of 1"
    assert share("short_term_stability_current", facts, "2021-02-01") == "0 of 1"


# --- long-term stability: 2 and a half years in care, 2 in the same placement -------------------


@table("""
    as at the end of January 2021            | entered    | placed_on  | expected
    in care for two and a half years         | 2018-07-31 | 2018-07-31 | yes
    a day less: not counted                  | 2018-08-01 | 2018-08-01 | -
    two years in the same placement          | 2015-06-01 | 2019-01-31 | yes
    a day less                               | 2015-06-01 | 2019-02-01 | no
    in care for long, no placement on record | 2015-06-01 | -          | no
""")
def test_long_term_stability(entered, placed_on, expected):
    facts = [born("2010-05-05"), entered_care(entered)]
    facts += [placed(placed_on)] if placed_on else []
    assert status("long_term_stability", facts, "2021-02-01") == expected


@table("""
    in care and settled since 2015        | day        | expected
    16 on the last day of January         | 2005-01-31 | -
    16 the day after                      | 2005-02-01 | yes
""")
def test_only_children_under_16_count(day, expected):
    facts = [born(day), entered_care("2015-06-01"), placed("2015-06-01")]
    assert status("long_term_stability", facts, "2021-02-01") == expected


IN_CARE = [born("2014-05-05"), entered_care("2015-06-01")]
FOSTERED = placed_in("2018-06-04", "U4", key="h1")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("placed for adoption: together with the placement before",
            [FOSTERED, placed_in("2020-06-01", "A5", key="h2")], "yes"),
        row("placed for adoption from a placement that was short",
            [placed_in("2019-06-03", "U4", key="h1"), placed_in("2020-06-01", "A6", key="h2")],
            "no"),
        row("placed for adoption for two years itself",
            [placed_in("2018-06-04", "A3", key="h1")], "yes"),
        row("adoption after a gap: only the adoptive placement counts",
            [FOSTERED, placement_ended("2020-05-01"), placed_in("2020-06-01", "A5", key="h2")],
            "no"),
        row("a move that is none for adoption", [FOSTERED, placed_in("2020-06-01", "U5", key="h2")],
            "no"),
        row("a stay in hospital in between", [FOSTERED, placed_in("2020-06-01", "T1", key="t1")],
            "yes"),
        row("the move was entered by mistake",
            [FOSTERED, wrong := placed_in("2020-06-01", "U5", key="h2"),
             voided(wrong, "2020-06-02")],
            "yes"),
        row("between placements", [FOSTERED, placement_ended("2021-01-11")], "no"),
        row("left care", [FOSTERED, left_care("2021-01-31 12:00")], None),
    ],
)  # fmt: skip
def test_what_counts_as_the_same_placement(facts, expected):
    assert status("long_term_stability", [*IN_CARE, *facts], "2021-02-01") == expected


def test_two_and_a_half_years_begin_with_this_period_of_care():
    facts = [
        born("2010-05-05"), entered_care("2012-01-09", key="k1"), left_care("2018-09-03", key="k1"),
        entered_care("2018-09-04", key="k2"), placed("2018-09-04"),
    ]  # fmt: skip
    assert statuses("long_term_stability", facts, "2021-02-01") == {}
    assert statuses("long_term_stability", facts, "2021-03-05") == {"yes": 1}
