"""The batch: the same rules on the same facts, plainly, as at one instant and as known at another.

No queue, no reads, nothing kept from one look to the next: the oracle that the
stream is held to, and what month ends and backfills are made with.
"""

from collections.abc import Iterable
from datetime import datetime

from state.calendar import last_month_ends
from state.case import Case
from state.facts import Fact
from state.partition import SERIES, month_ended
from state.rules import Catalogue
from state.tally import Tally


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
    cases: dict[str, Case] = {}
    for fact in facts:
        if known is None or fact.recorded < known:
            cases.setdefault(fact.subject, Case(fact.subject)).add(fact)
    tally = Tally()
    month_ends = [(end, month_ended(end)) for end in last_month_ends(at, SERIES)]
    for case in cases.values():
        rules = catalogue.rules_about(case.subject)
        stocks = [rule for rule in rules if catalogue.measures[rule].kind == "stock"]
        view = catalogue.view(case, at)
        for rule in rules:
            tally.add(catalogue.evaluate(rule, view).standings)
        begins = case.begins()
        for end, month in month_ends if stocks else ():
            if end <= begins:
                continue  # nothing had happened: no rule counts a case without facts
            view = catalogue.view(case, end)
            for rule in stocks:
                tally.add(catalogue.evaluate(rule, view).standings, month)
    return tally
