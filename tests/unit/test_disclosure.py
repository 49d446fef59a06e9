"""Disclosure control of any counts: nothing withheld can be worked out, by a reader who tries all.

The reader of these tests looks at every table there could be, one after another.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casepulse.state.disclosure.withholding import Count, Fate, UnprotectableError, withheld_counts
from tests.build import row

LARGEST = 5

#: No cell of a table that the reader looks at is higher than this.
HIGHEST = 9

#: One table of cells; each count is the sum of those at its places.
Sums = Mapping[str, tuple[int, ...]]


def is_small(count: int) -> bool:
    return 1 <= count <= LARGEST


def counts_of(cells: tuple[int, ...], sums: Sums, **fates: Fate) -> dict[str, Count]:
    """Counts by name, as sums of cells."""
    return {
        name: Count(
            value=sum(cells[place] for place in places),
            sums=(frozenset(places),),
            cost=10 + len(places),
            fate=fates.get(name, Fate.OPEN),
        )
        for name, places in sums.items()
    }


def tables(counts: Mapping[str, Count], withheld: frozenset[str], cells: int) -> Iterator[dict]:
    """The counts of every table that agrees with what is shown."""
    for table in product(range(HIGHEST + 1), repeat=cells):
        said = {name: sum(table[cell] for cell in count.sums[0]) for name, count in counts.items()}
        if all(
            # A withheld count is known to be none, unless it is.
            said[name] >= min(1, count.value) if name in withheld else said[name] == count.value
            for name, count in counts.items()
            if count.fate is not Fate.IMPLIED
        ):
            yield said


def recovered(counts: Mapping[str, Count], withheld: frozenset[str], cells: int) -> set[str]:
    """The counts that should not be known, and have the same value in every such table."""
    secret = set(withheld) | {
        name
        for name, count in counts.items()
        if count.fate is Fate.IMPLIED and is_small(count.value)
    }
    for said in tables(counts, withheld, cells):
        secret = {name for name in secret if said[name] == counts[name].value}
        if not secret:
            break
    return secret


#: Two localities and their sum; numerator, rest and denominator of each.
SHARES: Sums = {
    "north met": (0,),
    "north of": (0, 1),
    "south met": (2,),
    "south of": (2, 3),
    "county met": (0, 2),
    "county of": (0, 1, 2, 3),
}
RESTS: Sums = {"north rest": (1,), "south rest": (3,), "county rest": (1, 3)}
IMPLIED = dict.fromkeys(RESTS, Fate.IMPLIED)

small_tables = st.lists(st.integers(0, 8), min_size=4, max_size=4).map(tuple)
subsets = st.sets(st.integers(0, 3), min_size=1).map(sorted).map(tuple)
any_sums = st.lists(subsets, min_size=2, max_size=7, unique=True).map(
    lambda each: {f"count {number}": places for number, places in enumerate(each)}
)


@settings(max_examples=60, deadline=None)
@given(small_tables)
@example((3, 7, 8, 8))
@example((1, 0, 1, 0))
@example((1, 1, 1, 8))
def test_no_share_of_a_locality_can_be_worked_out(cells):
    counts = counts_of(cells, {**SHARES, **RESTS}, **IMPLIED)
    withheld = withheld_counts(counts, is_small)
    assert withheld >= {name for name in SHARES if is_small(counts[name].value)}
    assert not withheld & RESTS.keys()
    assert not recovered(counts, withheld, 4)


@settings(max_examples=60, deadline=None)
@given(small_tables, any_sums)
def test_no_count_of_any_sums_can_be_worked_out(cells, sums):
    counts = counts_of(cells, sums)
    assert not recovered(counts, withheld_counts(counts, is_small), 4)


def test_the_reader_finds_out_what_only_small_counts_withheld_give_away():
    """Else the tests above could not fail."""
    counts = counts_of((3, 7, 8, 8), SHARES)
    small = frozenset({"north met"})
    assert {name for name in SHARES if is_small(counts[name].value)} == small
    assert recovered(counts, small, 4) == small
    assert withheld_counts(counts, is_small) > small


def test_bounds_give_away_what_sums_alone_do_not():
    """Two withheld counts, neither nought, that make two: each is one."""
    sums: Sums = {"a": (0,), "b": (1,), "c": (2,), "all": (0, 1, 2)}
    counts = counts_of((1, 1, 8), sums)
    assert recovered(counts, frozenset("ab"), 3) == {"a", "b"}
    assert withheld_counts(counts, is_small) == {"a", "b", "c"}


def test_whole_numbers_give_away_what_fractions_do_not():
    """Three sums of two cells each: of what the three cells come to, half is known."""
    sums: Sums = {"a": (0,), "ab": (0, 1), "bc": (1, 2), "ca": (2, 0), "d": (3,)}
    counts = counts_of((4, 5, 6, 3), sums)
    assert recovered(counts, frozenset({"a", "d"}), 4) == {"a"}
    withheld = withheld_counts(counts, is_small)
    assert not recovered(counts, withheld, 4)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        row("nothing small: nothing withheld", (6, 7, 8, 9), set()),
        row("noughts are shown", (0, 9, 0, 9), set()),
        row("the smallest that is shown", (6, 6, 6, 6), set()),
        row("the largest that is not, and the cheapest beside it",
            (5, 9, 9, 9), {"north met", "south met"}),
        row("the county is kept, where localities will do",
            (3, 0, 4, 0), {"north met", "north of", "south met", "south of"}),
    ],
)  # fmt: skip
def test_what_is_withheld(cells, expected):
    assert withheld_counts(counts_of(cells, SHARES), is_small) == expected


def test_a_small_rest_is_protected_by_one_of_what_it_is_the_rest_of():
    counts = counts_of((20, 2), {"met": (0,), "rest": (1,), "of": (0, 1)}, rest=Fate.IMPLIED)
    assert withheld_counts(counts, is_small) == {"met"}


def test_the_cheapest_is_withheld():
    sums: Sums = {"a": (0,), "b": (1,), "c": (2,), "all": (0, 1, 2)}
    counts = counts_of((3, 20, 20), sums)
    counts["all"] = replace(counts["all"], cost=70)
    counts["b"] = replace(counts["b"], cost=50)
    assert withheld_counts(counts, is_small) == {"a", "c"}
    counts["c"] = replace(counts["c"], cost=60)
    assert withheld_counts(counts, is_small) == {"a", "b"}


def test_what_an_earlier_edition_shows_is_not_withheld_and_what_it_withholds_is():
    sums: Sums = {"a": (0,), "b": (1,), "c": (2,), "all": (0, 1, 2)}
    counts = counts_of((3, 20, 20), sums, b=Fate.SHOWN, all=Fate.SHOWN)
    assert withheld_counts(counts, is_small) == {"a", "c"}
    counts = counts_of((8, 20, 20), sums, a=Fate.WITHHELD, b=Fate.SHOWN)
    assert withheld_counts(counts, is_small) == {"a", "c"}


def test_a_nought_is_withheld_where_nothing_else_is_left():
    """The one beside it has become nought, and all the others are shown already."""
    sums: Sums = {"a": (0,), "b": (1,), "c": (2,), "all": (0, 1, 2)}
    counts = counts_of((4, 0, 9), sums, c=Fate.SHOWN, all=Fate.SHOWN)
    withheld = withheld_counts(counts, is_small)
    assert withheld == {"a", "b"}
    assert not recovered(counts, withheld, 3)


def test_what_earlier_editions_give_away_is_refused_by_name():
    sums: Sums = {"a": (0,), "b": (1,), "all": (0, 1)}
    counts = counts_of((3, 20), sums, b=Fate.SHOWN, all=Fate.SHOWN)
    with pytest.raises(UnprotectableError, match=r"gives away, whatever is withheld now: a$") as it:
        withheld_counts(counts, is_small)
    assert it.value.names == ("a",)


def test_one_count_under_two_names_is_withheld_under_both():
    """As where two measures have the same children; the one who knows it would see the other."""
    counts = {
        "girls": Count(3, (frozenset({"girls"}),)),
        "boys": Count(17, (frozenset({"boys"}),), cost=500),
        "children": Count(20, (frozenset({"girls", "boys"}), frozenset({"seen", "unseen"}))),
        "seen or not": Count(20, (frozenset({"seen", "unseen"}),)),
    }
    assert withheld_counts(counts, is_small) == {"girls", "children", "seen or not"}


#: Many equally good ways to protect the one small count, and what is found printed in order.
IN_A_PROCESS_OF_ITS_OWN = """
from casepulse.state.disclosure.withholding import Count, withheld_counts
names = "abcdefgh"
cells = {x + y: 3 if x + y == "cd" else 9 for x in names for y in names}
lines = [(x, [c for c in cells if c[0] == x]) for x in names]
lines += [("-" + y, [c for c in cells if c[1] == y]) for y in names]
lines += [(c, [c]) for c in cells]
counts = {name: Count(sum(map(cells.get, of)), (frozenset(of),)) for name, of in lines}
for name in names:
    for other in (name, "-" + name):
        counts[other] = Count(counts[other].value, counts[other].sums, cost=100)
print(sorted(withheld_counts(counts, lambda count: 1 <= count <= 5)))
"""


def test_the_same_counts_give_the_same_answer_in_every_process():
    """Sets have another order in each: nothing may depend on it."""
    answers = {
        subprocess.run(
            [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(3)
    }
    assert len(answers) == 1
    assert answers.pop().count("'") == 2 * 4  # the small one, and three that make a square with it
