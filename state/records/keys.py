"""Facts one a record, however often the record was told."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from casepulse.schemas.envelope import Data
from casepulse.state.facts import Fact
from casepulse.state.view import CaseView

D = TypeVar("D", bound=Data)


def by_key(facts: Iterable[Fact[D]], field: str) -> dict[str, Fact[D]]:
    """The first fact of each record, by the record's key, oldest first.

    A record may be told under two ids of events, by a live feed and by a nightly extract, say.
    It is one record still.
    """
    first: dict[str, Fact[D]] = {}
    for fact in facts:
        first.setdefault(getattr(fact.data, field), fact)
    return first


def one_a_record(case: CaseView, data: type[D], field: str) -> Iterable[Fact[D]]:
    """The facts of a type, one a record, oldest first."""
    return by_key(case.facts(data), field).values()


def team_of_completion(case: CaseView, fact: Fact) -> str | None:
    """The team that completed something: the one that the fact names, else the one that held the
    case on that day."""
    return fact.data.team or case.team_on(fact.day)


def team_of_tellings(case: CaseView, told: Sequence[Fact]) -> str | None:
    """`team_of_completion` of what several facts told: by the first of them that names a team."""
    naming = next((fact for fact in told if fact.data.team), told[0])
    return team_of_completion(case, naming)


def one_a_day(facts: Iterable[Fact[D]]) -> Iterable[list[Fact[D]]]:
    """Facts of one kind that have no key of their own, by day, oldest first: what happened once on
    a day may have been told under several ids."""
    by_day: dict[date, list[Fact[D]]] = {}
    for fact in facts:
        by_day.setdefault(fact.day, []).append(fact)
    return by_day.values()
