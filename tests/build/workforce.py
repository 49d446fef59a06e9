"""What tests tell of the workforce, of legal cases and of foster carers, beside `tests.build`."""

from typing import Any

from casepulse.schemas.codes import FosteringApproval
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.care import PlacementStarted
from casepulse.schemas.events.fostering import (
    FosterMedicalCompleted,
    FosterRecordsChecked,
    FosterReviewHeld,
    FosterSupervisionHeld,
    FosterUnannouncedVisitHeld,
    HouseholdApprovalEnded,
    HouseholdApproved,
)
from casepulse.schemas.events.leaving import CareLeaverEnded, CareLeaverQualified
from casepulse.schemas.events.legal import (
    CourtProceedingsEnded,
    CourtProceedingsStarted,
    LegalPlanningMeetingHeld,
    PreProceedingsEnded,
    PreProceedingsStarted,
    SolicitorAssigned,
)
from casepulse.schemas.events.oversight import CaseNoteRecorded, CaseSupervised, StatementReceived
from casepulse.schemas.events.workforce import AllocationStarted
from casepulse.state import Fact
from tests.build import fact


def leaver(at: str, *, key: str = "v1", **told: Any) -> Fact:
    return fact(CareLeaverQualified(leaver=key, team=told.pop("team", None)), at, **told)


def leaver_ended(at: str, *, key: str = "v1", **told: Any) -> Fact:
    return fact(CareLeaverEnded(leaver=key), at, **told)


def note(at: str, **told: Any) -> Fact:
    return fact(CaseNoteRecorded(team=told.pop("team", None)), at, **told)


def supervised(at: str, **told: Any) -> Fact:
    return fact(CaseSupervised(team=told.pop("team", None)), at, **told)


def statement(at: str, **told: Any) -> Fact:
    return fact(StatementReceived(), at, **told)


def held_by_manager(at: str, *, key: str = "l1", **told: Any) -> Fact:
    return fact(AllocationStarted(allocation=key, worker="m1", to_manager=True), at, **told)


def placed_with(at: str, place: Any, provider: Any, **told: Any) -> Fact:
    data = PlacementStarted(placement="h1", placement_type=place, provider=provider)
    return fact(data, at, **told)


# --- legal cases ------------------------------------------------------------------------------


def _of_legal_case(data: Data, at: str, told: dict[str, Any]) -> Fact:
    return fact(data, at, subject=f"legal_case:{told.pop('case', 'g1')}", **told)


def letter(at: str, *, key: str = "o1", **told: Any) -> Fact:
    """Pre-proceedings began."""
    data = PreProceedingsStarted(proceedings=key, team=told.pop("team", None))
    return _of_legal_case(data, at, told)


def pre_ended(at: str, *, key: str = "o1", **told: Any) -> Fact:
    data = PreProceedingsEnded(proceedings=key, team=told.pop("team", None))
    return _of_legal_case(data, at, told)


def issued(at: str, *, key: str = "o2", **told: Any) -> Fact:
    """Court proceedings began."""
    data = CourtProceedingsStarted(proceedings=key, team=told.pop("team", None))
    return _of_legal_case(data, at, told)


def final_order(at: str, *, key: str = "o2", **told: Any) -> Fact:
    data = CourtProceedingsEnded(proceedings=key, team=told.pop("team", None))
    return _of_legal_case(data, at, told)


def planning_meeting(at: str, *, key: str = "o3", **told: Any) -> Fact:
    return _of_legal_case(LegalPlanningMeetingHeld(meeting=key), at, told)


def solicitor(at: str, *, key: str = "s1", **told: Any) -> Fact:
    return _of_legal_case(SolicitorAssigned(solicitor=key), at, told)


# --- foster carers ----------------------------------------------------------------------------


def _of_household(data: Data, at: str, told: dict[str, Any]) -> Fact:
    return fact(data, at, subject=f"household:{told.pop('household', 'f1')}", **told)


def approved(at: str, approval: str = "general_full_time", places: int = 2, **told: Any) -> Fact:
    data = HouseholdApproved(approval=FosteringApproval(approval), places=places)
    return _of_household(data, at, told)


def approval_ended(at: str, **told: Any) -> Fact:
    return _of_household(HouseholdApprovalEnded(), at, told)


def foster_review(at: str, **told: Any) -> Fact:
    return _of_household(FosterReviewHeld(), at, told)


def unannounced(at: str, **told: Any) -> Fact:
    return _of_household(FosterUnannouncedVisitHeld(), at, told)


def records_check(at: str, **told: Any) -> Fact:
    return _of_household(FosterRecordsChecked(), at, told)


def medical(at: str, **told: Any) -> Fact:
    return _of_household(FosterMedicalCompleted(), at, told)


def foster_supervision(at: str, **told: Any) -> Fact:
    return _of_household(FosterSupervisionHeld(), at, told)
