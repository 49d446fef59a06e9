"""The batch: the same rules on the same facts, as at one instant and as known at another.

What month ends, backfills and releases are made with, and what the stream is held
to. No queue, and no case is looked at twice. The month ends of a stock's series
are taken in one pass: what a rule said at one of them holds at the next if the
clock that it asked says so. `tests/generative/test_batch.py` holds it to the same
without any of this.
"""

from collections.abc import Iterable
from datetime import datetime

from casepulse.schemas.due import Due
from casepulse.state.awaited import Awaited
from casepulse.state.calendar import last_month_ends
from casepulse.state.case import Case
from casepulse.state.due import in_order, lines_of
from casepulse.state.facts import Fact
from casepulse.state.partition import SERIES, month_ended
from casepulse.state.rules import Catalogue, Evaluation
from casepulse.state.tally import Tally


class Batch:
    """A tally that grows case by case; no case need be kept once it was added.

    Args:
        catalogue: the measures and their standards.
        at: what happened before it counts.
        lists: whether the lines of the child-level lists are made, too.
    """

    def __init__(self, catalogue: Catalogue, at: datetime, *, lists: bool = False) -> None:
        self.tally = Tally()
        self.lines: list[Due] = []
        """Those of the lists, if they were asked for, in the order of the cases."""
        self.awaited = Awaited(catalogue, at)
        """The standings that they are lines of, and their counts, if they were asked for."""
        self._lists = lists
        self._catalogue = catalogue
        self._at = at
        self._month_ends = [(end, month_ended(end)) for end in last_month_ends(at, SERIES)]
        self._stocks = catalogue.stocks
        nobody = catalogue.view(Case(""), at)
        self._looks_for = {rule: catalogue.evaluate(rule, nobody).reads for rule in catalogue.rules}

    def add(self, case: Case) -> None:
        """Count a case, once all its facts are in it."""
        begins = case.begins()
        if begins >= self._at:
            return  # nothing has happened: no rule counts a case without facts
        types = case.types()
        # A rule that finds none of what it looks for first says what it says of a case without any.
        rules = [
            rule
            for rule in self._catalogue.rules_about(case.subject)
            if self._looks_for[rule] & types
        ]
        stocks = [rule for rule in rules if rule in self._stocks]
        view = self._catalogue.view(case, begins)
        said: dict[str, Evaluation] = {}
        for end, month in self._month_ends:
            if end > begins:
                view.move(end)
                self._catalogue.bring_up(said, stocks, view)
                for of_rule in said.values():
                    if of_rule.standings:
                        self.tally.add(of_rule.standings, month)
        view.move(self._at)
        self._catalogue.bring_up(said, rules, view)
        for rule in rules:
            standings = said[rule].standings
            self.tally.add(standings)
            if self._lists:
                self.lines += lines_of(standings, view, self._catalogue)
                self.awaited.replace(case.subject, rule, standings)


def evaluate(
    facts: Iterable[Fact], catalogue: Catalogue, at: datetime, known: datetime | None = None
) -> Tally:
    """The tally of all facts as at `at`, with the month ends of its series.

    Args:
        facts: in any order, with any duplicates.
        catalogue: the measures and their standards.
        at: what happened before it counts.
        known: only what was recorded before it counts; None: all of it.
    """
    return _added(Batch(catalogue, at), facts, known).tally


def evaluate_with_lists(
    facts: Iterable[Fact], catalogue: Catalogue, at: datetime, known: datetime | None = None
) -> Batch:
    """The same, with the lines of the child-level lists as at `at`, in order."""
    batch = _added(Batch(catalogue, at, lists=True), facts, known)
    batch.lines.sort(key=in_order)
    return batch


def _added(batch: Batch, facts: Iterable[Fact], known: datetime | None) -> Batch:
    cases: dict[str, Case] = {}
    for fact in facts:
        if known is None or fact.recorded < known:
            cases.setdefault(fact.subject, Case(fact.subject)).add(fact)
    for case in cases.values():
        batch.add(case)
    return batch
