"""Private fostering arrangements and the visits to them."""

from dataclasses import dataclass
from datetime import date

from casepulse.schemas.events.private_fostering import (
    PrivateFosteringEnded,
    PrivateFosteringStarted,
    PrivateFosteringVisited,
)
from casepulse.state.records.life import (
    AND_DISABLED_BELOW,
    PRIVATELY_FOSTERED_BELOW,
    is_disabled,
    last_day_below,
)
from casepulse.state.records.spells import spells, up_to
from casepulse.state.view import CaseView


@dataclass(frozen=True, slots=True)
class PrivateFostering:
    """A private fostering arrangement that is open, and the day of the latest visit."""

    key: str
    day: date
    visited: date | None


def private_fostering(case: CaseView) -> PrivateFostering | None:
    """The arrangement under which the child lives now; of several, the latest. It lasts up to the
    eve of the 16th birthday, or of the 18th if the child is disabled."""
    told = spells(
        case.facts(PrivateFosteringStarted), case.facts(PrivateFosteringEnded), "arrangement"
    )
    if not told:
        return None
    disabled = case.records(is_disabled)
    below = AND_DISABLED_BELOW if disabled else PRIVATELY_FOSTERED_BELOW
    arrangements = up_to(told, last_day_below(case, below))
    now = next((each for each in reversed(arrangements) if each.ended is None), None)
    if now is None:
        return None
    visited = None
    for fact in case.facts(PrivateFosteringVisited):
        if fact.data.arrangement == now.key and fact.day >= now.day:
            visited = fact.day
    return PrivateFostering(now.key, now.day, visited)
