"""Foster carer households that are approved, and children in the authority's own placements."""

from dataclasses import dataclass
from datetime import date

from casepulse.schemas.codes import FosteringApproval
from casepulse.schemas.events.care import PlacementStarted
from casepulse.schemas.events.fostering import HouseholdApprovalEnded, HouseholdApproved
from casepulse.state.records.care import current_placement
from casepulse.state.records.keys import by_key
from casepulse.state.records.stays import in_care
from casepulse.state.view import CaseView

#: Foster placements (SSDA903 U1 to U6), and the code of a provider that is the authority itself.
FOSTER_PLACEMENTS = frozenset({"U1", "U2", "U3", "U4", "U5", "U6"})
IN_HOUSE = "PR1"


@dataclass(frozen=True, slots=True)
class Household:
    """A household that is approved now."""

    since: date
    """The day of the first approval that has not been interrupted since."""
    approval: FosteringApproval
    places: int


def approved_household(case: CaseView) -> Household | None:
    """The household's approval as it holds now; None if there is none."""
    ended = case.facts(HouseholdApprovalEnded)
    approved = [
        fact for fact in case.facts(HouseholdApproved) if not ended or fact.time > ended[-1].time
    ]
    if not approved:
        return None
    data = approved[-1].data
    return Household(approved[0].day, data.approval, data.places)


def in_house_foster_placement(case: CaseView) -> bool:
    """Whether the child is in care with foster carers of the authority's own."""
    placement = case.records(current_placement)
    if placement is None or case.records(in_care) is None:
        return False
    data = by_key(case.facts(PlacementStarted), "placement")[placement.key].data
    return data.placement_type in FOSTER_PLACEMENTS and data.provider == IN_HOUSE
