"""The live county against what its report published, and against the batch."""

import pytest

from casepulse.counties.comparison import Verdict, compare, of_measures
from casepulse.counties.january_2021.contradictions import CONTRADICTIONS
from casepulse.state import open_catalogue
from tests.january.county import County

pytestmark = pytest.mark.broker


def test_another_seed_makes_other_children_and_the_live_figures_are_the_published_ones(
    january: County,
) -> None:
    found = list(compare(open_catalogue(), of_measures(january.view.measures)))
    assert [each.name for each in found if each.verdict is Verdict.DIFFERS] == []
    assert sum(each.verdict is Verdict.EQUAL for each in found) == 523 - len(CONTRADICTIONS)
