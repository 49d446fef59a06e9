"""Red, Yellow, Green and the direction of travel, by hand and by chance.

Handbook: "Rules that hold everywhere". The target is 85 and the tolerance 4.5 points, unless said
otherwise; months are written oldest first, "-" is a month that is not available.
"""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from casepulse.schemas.profile import RagRule
from casepulse.state import rate, travel
from casepulse.state.rating import Direction, Rag
from tests.build import table

RULE = RagRule(tolerance=4.5, far_below=15.0, months_outside=6)


def _months(said):
    return [None if word == "-" else Fraction(word) for word in said.split()]


def _rated(series, target=85.0, better="high"):
    rated = rate(series, target, 4.5, better, RULE)
    return None if rated is None else rated.value


@table("""
    target 85, higher is better         | months                  | expected
    at target                           | 85                      | green
    better                              | 99                      | green
    4.4 points below                    | 80.6                    | green
    exactly 4.5 points below            | 80.5                    | green
    4.7 points below                    | 80.3                    | yellow
    exactly 15 points below             | 70                      | yellow
    more than 15 points below           | 69.99                   | red
    outside tolerance 5 months          | 80 80 80 80 80          | yellow
    outside tolerance 6 months          | 80 80 80 80 80 80       | red
    7 months                            | 80 80 80 80 80 80 80    | red
    6 months, in tolerance in between   | 80 80 80 81 80 80 80    | yellow
    6 months, one of them not available | 80 80 80 - 80 80 80     | yellow
    6 months, back in tolerance now     | 80 80 80 80 80 80 82    | green
    6 months, long ago                  | 80 80 80 80 80 80 90 80 | yellow
    now not available                   | 80 -                    | -
    no month at all                     |                         | -
""")
def test_where_more_is_better(months, expected):
    assert _rated(_months(months)) == expected


@table("""
    target 24, lower is better | months            | expected
    at target                  | 24                | green
    better                     | 3                 | green
    4.4 points above           | 28.4              | green
    4.7 points above           | 28.7              | yellow
    exactly 15 points above    | 39                | yellow
    more than 15 above         | 39.01             | red
    outside tolerance 6 months | 29 29 29 29 29 29 | red
    far better for 6 months    | 1 1 1 1 1 1       | green
""")
def test_where_less_is_better(months, expected):
    assert _rated(_months(months), 24.0, "low") == expected


def test_without_a_target_or_a_better_side_there_is_no_colour():
    assert _rated([Fraction(80)], target=None) is None
    assert _rated([Fraction(80)], better=None) is None


def test_a_target_of_nought_is_a_target():
    assert _rated([Fraction(3)], target=0.0, better="low") == "green"
    assert _rated([Fraction(5)], target=0.0, better="low") == "yellow"


@table("""
    published months              | months            | better | expected | running
    up, where more is better      | 75 81             | high   | improved | 1
    down, where more is better    | 94 65             | high   | declined | 1
    up, where less is better      | 24 27             | low    | declined | 1
    down, where less is better    | 27 24             | low    | improved | 1
    the same                      | 64 64             | high   | same     | 1
    the same for three months     | 60 64 64 64 64    | high   | same     | 3
    declined for the fourth month | 84 85 80 76 70 68 | high   | declined | 4
    improved after a decline      | 84 80 81 82       | high   | improved | 2
    a gap breaks the run          | 90 - 80 75 70     | high   | declined | 2
    last month not available      | 80 - 70           | high   | -        | -
    this month not available      | 80 70 -           | high   | -        | -
    one month alone               | 80                | high   | -        | -
    no better side                | 75 81             | -      | -        | -
""")
def test_direction_of_travel(months, better, expected, running):
    values = [None if word == "-" else Decimal(word) for word in months.split()]
    going = travel(values, better)
    if expected is None:
        assert going is None
    else:
        assert (going.direction.value, going.months) == (expected, int(running))


values = st.fractions(0, 100, max_denominator=1000)
histories = st.lists(values | st.none(), max_size=13)
targets = st.sampled_from([0.0, 2.0, 11.9, 24.0, 85.0, 98.0, 100.0])
sides = st.sampled_from(["high", "low"])
ORDER = [Rag.GREEN, Rag.YELLOW, Rag.RED]


@given(histories, values, values, targets, sides)
def test_a_better_value_never_has_a_worse_colour(history, one, other, target, side):
    better, worse = sorted((one, other), reverse=side == "high")
    first = rate([*history, better], target, 4.5, side, RULE)
    second = rate([*history, worse], target, 4.5, side, RULE)
    assert ORDER.index(first) <= ORDER.index(second)


@given(histories, values, targets)
def test_high_and_low_mirror_each_other(history, value, target):
    def mirrored(number):
        return None if number is None else 100 - number

    series = [*history, value]
    low = rate([mirrored(each) for each in series], 100 - target, 4.5, "low", RULE)
    # 100 - 11.9 is no exact float; the mirror holds where both targets are.
    if Fraction(str(100 - target)) == 100 - Fraction(str(target)):
        assert rate(series, target, 4.5, "high", RULE) == low


@given(histories, values, targets, sides)
def test_what_came_before_can_only_turn_yellow_into_red(history, value, target, side):
    alone = rate([value], target, 4.5, side, RULE)
    with_history = rate([*history, value], target, 4.5, side, RULE)
    assert with_history == alone or (alone, with_history) == (Rag.YELLOW, Rag.RED)


@given(st.lists(st.decimals(0, 100, places=0), min_size=2, max_size=13), sides)
def test_travel_counts_the_months_from_the_last_turn(months, side):
    going = travel(months, side)
    assert 1 <= going.months < len(months)
    run = months[-going.months - 1 :]
    for before, after in pairwise(run):
        up = (after > before) - (after < before)
        better = up if side == "high" else -up
        expected = {1: Direction.IMPROVED, 0: Direction.SAME, -1: Direction.DECLINED}[better]
        assert going.direction is expected
    if len(months) > len(run):
        assert travel(months[: -going.months], side).direction is not going.direction
