"""The product's cells against those of a second computation, on crowded random counties.

The second computation was written from the handbook alone; see `tests/second`. A difference is
shown by the fewest events on which it holds. By hand, over other counties:
`python -m tests.second.comparison --from 1000 --to 2000`.
"""

from collections import defaultdict

import pytest

from tests.running import LONG
from tests.second.comparison import CATALOGUE, different, example
from tests.second.counting import MEASURES
from tests.second.crowd import county
from tests.second.tally import cells

COUNTIES = 20_000 if LONG else 800
SHARES = 20 if LONG else 4


@pytest.mark.parametrize("share", range(SHARES))
def test_the_product_agrees_with_a_second_computation_in_every_cell(share: int) -> None:
    compared = 0
    for seed in range(share, COUNTIES, SHARES):
        at, known, events = county(seed)
        compared += len(cells(events, at, known))
        for name in different(events, at, known):
            pytest.fail(example(name, seed))
    assert compared > 10 * COUNTIES // SHARES


def test_forty_measures_and_more_are_computed_a_second_time_and_none_in_vain() -> None:
    reached: dict[str, set[str]] = defaultdict(set)
    for seed in range(600):
        at, known, events = county(seed)
        for name, _, _, status in cells(events, at, known):
            reached[name].add(status)
    assert len(MEASURES) >= 40
    assert MEASURES.keys() <= CATALOGUE.measures.keys()
    assert reached.keys() == MEASURES.keys()
    assert not [name for name, statuses in reached.items() if len(statuses) < 2 and name not in ONE]


#: Those that have one status only.
ONE = {"children_in_care", "cp_children", "care_leavers", "missing_under_12_4h"}
