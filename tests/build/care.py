"""What happens to a child in care, and in private fostering, beside what `tests.build` tells."""

from typing import Any

from casepulse.schemas.codes import ProceedingsStage
from casepulse.schemas.events.care import CarePeriodEnded, CareReviewHeld, PlacementStarted
from casepulse.schemas.events.care_planning import (
    CareAssessmentCompleted,
    ReviewingOfficerNoted,
    ReviewingOfficerVisited,
)
from casepulse.schemas.events.child import ChildRegistered
from casepulse.schemas.events.leaving import PathwayPlanMade, PathwayPlanReviewed
from casepulse.schemas.events.legal import ChildProceedingsEnded, ChildProceedingsStarted
from casepulse.schemas.events.private_fostering import (
    PrivateFosteringEnded,
    PrivateFosteringStarted,
    PrivateFosteringVisited,
)
from casepulse.state import Fact
from tests.build import fact, when


def born(day: str, **told: Any) -> Fact:
    """Registered on the day of birth."""
    return fact(ChildRegistered(born=when(f"{day} 12:00").date()), f"{day} 12:00", **told)


def discharged(at: str, reason: Any = None, *, key: str = "k1", **told: Any) -> Fact:
    data = CarePeriodEnded(period=key, reason=reason, team=told.pop("team", None))
    return fact(data, at, **told)


def placed_in(
    at: str,
    kind: Any = "U4",
    *,
    key: str = "h1",
    in_county: bool | None = None,
    miles: float | None = None,
    **told: Any,
) -> Fact:
    data = PlacementStarted(
        placement=key, placement_type=kind, in_county=in_county, miles_from_home=miles
    )
    return fact(data, at, **told)


def reviewed(at: str, participation: Any = None, **told: Any) -> Fact:
    return fact(CareReviewHeld(participation=participation), at, **told)


def assessed(at: str, **told: Any) -> Fact:
    return fact(CareAssessmentCompleted(), at, **told)


def officer_noted(at: str, **told: Any) -> Fact:
    return fact(ReviewingOfficerNoted(), at, **told)


def officer_visited(at: str, **told: Any) -> Fact:
    return fact(ReviewingOfficerVisited(), at, **told)


def pathway_plan(at: str, *, key: str = "pp1", **told: Any) -> Fact:
    return fact(PathwayPlanMade(plan=key), at, **told)


def pathway_plan_reviewed(at: str, *, key: str = "pp1", **told: Any) -> Fact:
    return fact(PathwayPlanReviewed(plan=key), at, **told)


def proceedings(at: str, stage: str, *, key: str = "pr1", **told: Any) -> Fact:
    return fact(ChildProceedingsStarted(proceedings=key, stage=ProceedingsStage(stage)), at, **told)


def proceedings_ended(at: str, *, key: str = "pr1", **told: Any) -> Fact:
    return fact(ChildProceedingsEnded(proceedings=key), at, **told)


def privately_fostered(at: str, *, key: str = "pf1", **told: Any) -> Fact:
    return fact(PrivateFosteringStarted(arrangement=key), at, **told)


def private_visit(at: str, *, key: str = "pf1", **told: Any) -> Fact:
    return fact(PrivateFosteringVisited(arrangement=key), at, **told)


def private_fostering_ended(at: str, *, key: str = "pf1", **told: Any) -> Fact:
    return fact(PrivateFosteringEnded(arrangement=key), at, **told)
