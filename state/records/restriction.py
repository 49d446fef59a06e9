"""Whether a child's record is restricted: closed to all but a few."""

from casepulse.schemas.events.child import RestrictionChanged
from casepulse.state.view import CaseView


def is_restricted(case: CaseView) -> bool:
    """Whether the record is restricted now: what was said of it last, by time, holds."""
    said = case.facts(RestrictionChanged)
    if not said:
        return False
    data = said[-1].data
    return data.restricted
