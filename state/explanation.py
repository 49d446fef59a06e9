"""Why a figure is what it is: the standings behind a cell, and the facts each rests on."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from casepulse.schemas.measure import Measure
from casepulse.state.case import Case
from casepulse.state.facts import Fact
from casepulse.state.figures import months_added
from casepulse.state.kinds import KIND, Kinds
from casepulse.state.rules import Catalogue, Evaluation
from casepulse.state.standing import AT, Standing


@dataclass(frozen=True, slots=True)
class Cell:
    """What is asked about: a measure's figure, or the part of it with one status."""

    measure: Measure
    month: str
    """Such as 2021-01; of a stock, the month at whose end it is looked at."""
    locality: str | None = None
    """None: the county."""
    statuses: frozenset[str] = frozenset()
    """Empty: those of the numerator and the denominator."""

    @property
    def counted(self) -> frozenset[str]:
        """The statuses that are asked about."""
        measure = self.measure
        return self.statuses or measure.numerator | (measure.denominator or frozenset())


@dataclass(frozen=True, slots=True)
class Ground:
    """A fact that a standing rests on."""

    fact: Fact
    decisive: bool
    """Without it, the standing would not be this one. Of two visits in time neither is."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One standing that counts in a cell, and what it rests on, by when it happened."""

    subject: str
    standing: Standing
    grounds: tuple[Ground, ...]


def explain_case(catalogue: Catalogue, case: Case, cell: Cell, at: datetime) -> Iterator[Explained]:
    """The standings of one case that count in a cell.

    Args:
        catalogue: the measures and their standards.
        case: with the facts that were known.
        cell: which figure.
        at: what it is as at.
    """
    rule = cell.measure.base
    if rule not in catalogue.rules_about(case.subject):
        return
    said = catalogue.evaluate(rule, catalogue.view(case, at))
    standings = [each for each in said.standings if _counts(catalogue, cell, each)]
    if not standings:
        return
    rests_on = _decisive(catalogue, case, rule, at, said)
    read = [fact for fact in case.told() if fact.time < at and _is_read(case, fact, said.reads)]
    for standing in standings:
        decisive = rests_on.get((standing.occurrence, standing.status), set())
        grounds = (Ground(fact, fact.key in decisive) for fact in read)
        ordered = sorted(grounds, key=lambda each: (each.fact.time, each.fact.recorded))
        yield Explained(case.subject, standing, tuple(ordered))


def _counts(catalogue: Catalogue, cell: Cell, standing: Standing) -> bool:
    measure = cell.measure
    periods = (AT,) if measure.kind == "stock" else months_added(measure.window, cell.month)
    here = (
        cell.locality is None
        or measure.base in catalogue.regroups
        or standing.group == cell.locality
    )
    counted: Collection[str] = cell.counted
    # What is counted by worker or team first has its statuses only once all is together.
    sorted_ = measure.base in catalogue.regroups or standing.status in counted
    return here and sorted_ and standing.period in periods


def _decisive(
    catalogue: Catalogue, case: Case, rule: str, at: datetime, said: Evaluation
) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """Of each standing, by occurrence and status: the facts without which it would not be."""
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    told = case.told()
    for fact in told:
        if not _is_read(case, fact, said.reads):
            continue
        without = Case(case.subject)
        for other in told:
            if other.key != fact.key:
                without.add(other)
        left = {_where(each) for each in _said(catalogue, without, rule, at)}
        for each in said.standings:
            if _where(each) not in left:
                found.setdefault((each.occurrence, each.status), set()).add(fact.key)
    return found


def _said(catalogue: Catalogue, case: Case, rule: str, at: datetime) -> tuple[Standing, ...]:
    return catalogue.evaluate(rule, catalogue.view(case, at)).standings


def _where(standing: Standing) -> tuple[object, ...]:
    return standing.occurrence, standing.status, standing.group, standing.period, standing.due


def _is_read(case: Case, fact: Fact, reads: Kinds) -> bool:
    """Whether a rule looked for such a fact: itself, or the record that it corrects."""
    corrected = {each.key: each for each in case.told()}
    seen = {fact.key}
    while fact.corrects is not None and fact.corrects in corrected and fact.corrects not in seen:
        fact = corrected[fact.corrects]
        seen.add(fact.key)
    return bool(KIND[fact.type] & reads)
