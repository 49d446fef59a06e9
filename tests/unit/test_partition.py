"""A partition when something goes wrong in it: it says so, and counts nothing wrongly after."""

from dataclasses import dataclass

import pytest

from casepulse.schemas.profile import load_profile
from casepulse.state import Catalogue, Partition, evaluate
from casepulse.state.measures import MEASURES
from casepulse.state.rules import Evaluation
from casepulse.state.view import CaseView
from tests.build import CATALOGUE, plan, row, visit, when


@dataclass
class Fault:
    """A mistake in a rule, that shows in one case only, until it is mended."""

    mended: bool = False


class FaultyCatalogue(Catalogue):
    """The measures, one of them with a fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(MEASURES, load_profile())
        self.fault = fault

    def evaluate(self, rule: str, view: CaseView) -> Evaluation:
        if rule == "cp_visits" and view.key == "k1" and not self.fault.mended:
            raise ValueError("a rule that cannot count this case")
        return super().evaluate(rule, view)


PLANS = [plan("2021-01-04", subject=f"child:k{n}") for n in range(4)]


@pytest.mark.parametrize(
    ("start", "later"),
    [
        row("at once", "2021-01-10", "2021-01-10 00:01"),
        row("while time passes", "2021-01-10", "2021-01-25"),
        row("at a month's end", "2021-01-10", "2021-02-02"),
        row("in months that are past", "2021-04-10", "2021-04-11"),
    ],
)
def test_a_fault_in_a_rule_is_never_passed_over_in_silence(start, later):
    fault = Fault()
    partition = Partition(FaultyCatalogue(fault), when(start))
    for fact in PLANS:
        partition.apply(fact)
    for _ in range(3):  # however often one asks
        with pytest.raises(ValueError, match="cannot count this case"):
            partition.tally()
    fault.mended = True
    assert partition.tally() == evaluate(PLANS, CATALOGUE, partition.now)
    partition.advance(when(later))
    assert partition.tally() == evaluate(PLANS, CATALOGUE, when(later))


def test_a_fault_that_shows_when_something_falls_due_is_not_passed_over_either():
    fault = Fault(mended=True)
    partition = Partition(FaultyCatalogue(fault), when("2021-01-10"))
    for fact in PLANS:
        partition.apply(fact)
    partition.tally()
    fault.mended = False
    partition.advance(when("2021-01-25"))
    for _ in range(3):
        with pytest.raises(ValueError, match="cannot count this case"):
            partition.tally()
    fault.mended = True
    assert partition.tally() == evaluate(PLANS, CATALOGUE, when("2021-01-25"))


def test_a_fault_met_while_crossing_a_months_end_leaves_the_months_right():
    fault = Fault(mended=True)
    partition = Partition(FaultyCatalogue(fault), when("2021-01-10"))
    for fact in PLANS:
        partition.apply(fact)
    partition.tally()
    fault.mended = False
    with pytest.raises(ValueError, match="cannot count this case"):
        partition.advance(when("2021-03-10"))
    fault.mended = True
    partition.advance(when("2021-03-10"))
    assert partition.tally() == evaluate(PLANS, CATALOGUE, when("2021-03-10"))


def test_a_partition_knows_how_many_cases_and_which_facts_it_holds():
    partition = Partition(CATALOGUE, when("2021-02-01"))
    for fact in [*PLANS, *PLANS, visit("2021-01-05", subject="child:k1")]:
        partition.apply(fact)
    assert len(partition) == 4
    assert len(list(partition.facts())) == 5


def test_an_empty_partition_counts_nobody_and_waits_for_nothing():
    partition = Partition(CATALOGUE, when("2021-02-01"))
    assert dict(partition.tally()) == {}
    assert partition.valid_until().year == 9999
    assert list(partition.standings()) == []


def test_no_case_is_looked_at_before_the_clock_has_begun():
    """A replay that begins with its facts would look at each of them in vain, again and again."""
    fault = Fault()
    partition = Partition(FaultyCatalogue(fault))
    for fact in PLANS:
        partition.apply(fact)
        assert dict(partition.tally()) == {}
    assert not partition.look(10)
    assert list(partition.standings()) == []
    assert partition.now < partition.valid_until() < when("1951-01-01")
    fault.mended = True
    partition.advance(when("2021-01-25"))
    assert partition.changed == len(PLANS)
    assert partition.tally() == evaluate(PLANS, CATALOGUE, when("2021-01-25"))
