"""Legal cases: the proceedings that go on, and who conducts them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casepulse.schemas.envelope import Data
from casepulse.schemas.events.legal import (
    CourtProceedingsEnded,
    CourtProceedingsStarted,
    PreProceedingsEnded,
    PreProceedingsStarted,
    SolicitorAssigned,
)
from casepulse.state.records.keys import by_key, team_of_completion
from casepulse.state.records.proceedings import open_before_court, open_court
from casepulse.state.records.spells import Spell, lasts, spells
from casepulse.state.view import CaseView


def court_spells(case: CaseView) -> list[Spell]:
    """Each time that the legal case was in court, oldest first."""
    return spells(
        case.facts(CourtProceedingsStarted), case.facts(CourtProceedingsEnded), "proceedings"
    )


def court_proceedings(case: CaseView) -> Spell | None:
    """The court proceedings that go on now; of several, those that began first."""
    return open_court(case.records(court_spells))


def pre_proceedings(case: CaseView) -> Spell | None:
    """The pre-proceedings that go on now; of several, those that began first."""
    before = spells(
        case.facts(PreProceedingsStarted), case.facts(PreProceedingsEnded), "proceedings"
    )
    return open_before_court(before, case.records(court_spells))


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
        if begun is None or lasts(begun, fact):
            team = team_of_completion(case, fact)
            yield Completed(key, begun.day if begun else None, fact.day, team)


def solicitor(case: CaseView) -> str | None:
    """The solicitor who conducts the case now."""
    assigned = case.facts(SolicitorAssigned)
    data = assigned[-1].data if assigned else None
    return data.solicitor if data else None
