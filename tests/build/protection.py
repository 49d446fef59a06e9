"""Facts of child protection for tests, beside those of `tests.build`."""

from datetime import date
from typing import Any

from casepulse.schemas.codes import ConferenceKind, EnquiryOutcome, SafeguardingPartner, VisitKind
from casepulse.schemas.codes import VisitMethod as Method
from casepulse.schemas.events.child import ChildRegistered
from casepulse.schemas.events.protection import (
    AdvocacyReferred,
    ConferenceHeld,
    MyViewsCompleted,
    NeglectToolkitCompleted,
    ProtectionPlanReviewed,
    ProtectionPlanStarted,
    SectionFortySevenCompleted,
    StrategyDiscussionHeld,
)
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.state import Fact
from tests.build import fact, when

EVERYBODY = "social_care health police"


def _partners(said: str | None) -> tuple[SafeguardingPartner, ...] | None:
    return None if said is None else tuple(map(SafeguardingPartner, said.split()))


def discussion(
    at: str,
    *,
    decided: str | None = None,
    of: str | None = None,
    key: str = "d1",
    invited: str | None = None,
    attended: str | None = None,
    **told: Any,
) -> Fact:
    """A strategy discussion; partners as words: "health police"."""
    data = StrategyDiscussionHeld(
        discussion=key,
        referral=of,
        decided=when(decided) if decided else None,
        invited=_partners(invited),
        attended=_partners(attended),
        team=told.pop("team", None),
    )
    return fact(data, at, **told)


def completed(at: str, outcome: str | None = None, *, key: str = "q1", **told: Any) -> Fact:
    data = SectionFortySevenCompleted(
        enquiry=key,
        outcome=EnquiryOutcome(outcome) if outcome else None,
        team=told.pop("team", None),
    )
    return fact(data, at, **told)


def review_conference(at: str, *, key: str = "v1", **told: Any) -> Fact:
    data = ConferenceHeld(conference=key, kind=ConferenceKind.REVIEW, team=told.pop("team", None))
    return fact(data, at, **told)


def plan_reviewed(at: str, *, key: str = "p1", **told: Any) -> Fact:
    return fact(ProtectionPlanReviewed(plan=key), at, **told)


def plan_made(
    at: str, *, by: str | None = None, category: str | None = None, key: str = "p1", **told: Any
) -> Fact:
    """A plan with its category, and the conference that decided on it."""
    data = ProtectionPlanStarted(
        plan=key, category=category, conference=by, team=told.pop("team", None)
    )
    return fact(data, at, **told)


def views(at: str, *, of: str = "f1", **told: Any) -> Fact:
    return fact(MyViewsCompleted(conference=of), at, **told)


def advocacy(at: str, *, of: str = "f1", **told: Any) -> Fact:
    return fact(AdvocacyReferred(conference=of), at, **told)


def toolkit(at: str, **told: Any) -> Fact:
    return fact(NeglectToolkitCompleted(), at, **told)


def born(day: str, **told: Any) -> Fact:
    return fact(ChildRegistered(born=date.fromisoformat(day)), f"{day} 12:00", **told)


def seen_alone(at: str, **told: Any) -> Fact:
    data = VisitRecorded(
        kind=VisitKind.PROTECTION_PLAN,
        method=Method.FACE_TO_FACE,
        child_seen=True,
        seen_alone=True,
        team=told.pop("team", None),
    )
    return fact(data, at, **told)
