"""What is told of the education of children in care."""

from datetime import date
from typing import Any

from casepulse.schemas.codes_education import EducationStage, ExclusionKind, Learning, Provision
from casepulse.schemas.events.child import ChildRegistered
from casepulse.schemas.events.education import (
    EducationPlanMeetingHeld,
    EducationPlanMeetingPlanned,
    LearningRecorded,
    SchoolExclusionStarted,
    SchoolPlaceEnded,
    SchoolPlaceStarted,
    VirtualSchoolEnrolled,
    VirtualSchoolLeft,
)
from casepulse.state import Fact
from tests.build import fact


def birth(day: str, **told: Any) -> Fact:
    return fact(ChildRegistered(born=date.fromisoformat(day)), "2018-01-01", **told)


def enrolled(at: str, stage: str = "reception_to_year_11", **told: Any) -> Fact:
    """On the virtual school's roll."""
    data = VirtualSchoolEnrolled(stage=EducationStage(stage), team=told.pop("team", None))
    return fact(data, at, **told)


def left_roll(at: str, **told: Any) -> Fact:
    return fact(VirtualSchoolLeft(), at, **told)


def meeting_planned(at: str, on: str, *, key: str = "e1", **told: Any) -> Fact:
    data = EducationPlanMeetingPlanned(meeting=key, planned=date.fromisoformat(on))
    return fact(data, at, **told)


def meeting_held(at: str, *, key: str = "e1", **told: Any) -> Fact:
    return fact(EducationPlanMeetingHeld(meeting=key), at, **told)


def school(
    at: str, provision: str = "mainstream", *, in_county: bool = True, key: str = "s1", **told: Any
) -> Fact:
    data = SchoolPlaceStarted(place=key, provision=Provision(provision), in_county=in_county)
    return fact(data, at, **told)


def school_lost(at: str, *, key: str = "s1", **told: Any) -> Fact:
    return fact(SchoolPlaceEnded(place=key), at, **told)


def learns(at: str, how: str, **told: Any) -> Fact:
    return fact(LearningRecorded(learning=Learning(how)), at, **told)


def excluded(
    at: str, days: int | None = 1, *, permanent: bool = False, key: str = "x1", **told: Any
) -> Fact:
    data = SchoolExclusionStarted(
        exclusion=key,
        kind=ExclusionKind.PERMANENT if permanent else ExclusionKind.FIXED_TERM,
        school_days=days,
        team=told.pop("team", None),
    )
    return fact(data, at, **told)
