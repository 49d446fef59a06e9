"""Facts of care leavers."""

from typing import Any

from casepulse.schemas.events.care import CareLeaverRecorded
from casepulse.schemas.events.leaving import (
    CareLeaverContacted,
    CareLeaverEnded,
    CareLeaverQualified,
    PathwayPlanMade,
    PathwayPlanReviewed,
)
from casepulse.state import Fact
from tests.build import fact


def qualified(at: str, *, key: str = "y1", **told: Any) -> Fact:
    return fact(CareLeaverQualified(leaver=key, team=told.pop("team", None)), at, **told)


def support_ended(at: str, *, key: str = "y1", **told: Any) -> Fact:
    return fact(CareLeaverEnded(leaver=key), at, **told)


def in_touch(at: str, **told: Any) -> Fact:
    return fact(CareLeaverContacted(team=told.pop("team", None)), at, **told)


def recorded(
    at: str, *, activity: Any = None, accommodation: Any = None, touch: Any = "NO", **told: Any
) -> Fact:
    data = CareLeaverRecorded(in_touch=touch, activity=activity, accommodation=accommodation)
    return fact(data, at, **told)


def plan_made(at: str, *, key: str = "w1", **told: Any) -> Fact:
    return fact(PathwayPlanMade(plan=key), at, **told)


def plan_reviewed(at: str, *, key: str = "w1", **told: Any) -> Fact:
    return fact(PathwayPlanReviewed(plan=key), at, **told)
