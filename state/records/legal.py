"""Legal cases: the proceedings that go on, and who conducts them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from schemas.envelope import Data
from schemas.events.legal import (
    CourtProceedingsEnded,
    CourtProceedingsStarted,
    PreProceedingsEnded,
    PreProceedingsStarted,
    SolicitorAssigned,
)
from state.records.keys import by_key
from state.records.spells import Spell, spells
from state.view import CaseView


def pre_proceedings(case: CaseView) -> Spell | None:
    """The pre-proceedings that go on now; of several, those that began first."""
    return _ongoing(case, PreProceedingsStarted, PreProceedingsEnded)


def court_proceedings(case: CaseView) -> Spell | None:
    """The court proceedings that go on now; of several, those that began first."""
    return _ongoing(case, CourtProceedingsStarted, CourtProceedingsEnded)


def _ongoing(case: CaseView, start: type[Data], end: type[Data]) -> Spell | None:
    all_told = spells(case.facts(start), case.facts(end), "proceedings")
    return next((each for each in all_told if each.ended is None), None)


@dataclass(frozen=True, slots=True)
class Completed:
    """Proceedings that were completed; `started` is None where that is not on record."""

    key: str
    started: date | None
    day: date
    team: str | None


def completed(case: CaseView, start: type[Data], end: type[Data]) -> Iterator[Completed]:
    """Each completion of proceedings of one kind, oldest first."""
    started = by_key(case.facts(start), "proceedings")
    for key, fact in by_key(case.facts(end), "proceedings").items():
        begun = started.get(key)
        yield Completed(key, begun.day if begun else None, fact.day, fact.data.team)


def solicitor(case: CaseView) -> str | None:
    """The solicitor who conducts the case now."""
    assigned = case.facts(SolicitorAssigned)
    data = assigned[-1].data if assigned else None
    assert data is None or isinstance(data, SolicitorAssigned)
    return data.solicitor if data else None
