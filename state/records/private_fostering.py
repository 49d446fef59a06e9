"""Private fostering arrangements and the visits to them."""

from dataclasses import dataclass
from datetime import date

from schemas.events.private_fostering import (
    PrivateFosteringEnded,
    PrivateFosteringStarted,
    PrivateFosteringVisited,
)
from state.records.spells import spells
from state.view import CaseView


@dataclass(frozen=True, slots=True)
class PrivateFostering:
    """A private fostering arrangement that is open, and the day of the latest visit."""

    key: str
    day: date
    visited: date | None


def private_fostering(case: CaseView) -> PrivateFostering | None:
    """The arrangement under which the child lives now; of several, the latest."""
    arrangements = spells(
        case.facts(PrivateFosteringStarted), case.facts(PrivateFosteringEnded), "arrangement"
    )
    now = next((each for each in reversed(arrangements) if each.ended is None), None)
    if now is None:
        return None
    visited = None
    for fact in case.facts(PrivateFosteringVisited):
        assert isinstance(fact.data, PrivateFosteringVisited)
        if fact.data.arrangement == now.key and fact.day >= now.day:
            visited = fact.day
    return PrivateFostering(now.key, now.day, visited)
