"""Contacts and Early Help, in as few words as one would tell them in."""

from typing import Any

from casepulse.schemas.codes import ContactOutcome, ContactRating, ReferralSource
from casepulse.schemas.codes_early_help import (
    AdviceHolder,
    EarlyHelpClosure,
    EarlyHelpPlanKind,
    LeadAgency,
    LevelOfNeed,
    TargetedService,
)
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.contact import (
    ContactConcluded,
    ContactReceived,
    ContactReferralClosed,
    ContactReferralDecided,
    ContactToolkitCompleted,
    MashEnquiryCompleted,
    MashEnquiryStarted,
)
from casepulse.schemas.events.early_help import (
    AdviceEpisodeEnded,
    AdviceEpisodeStarted,
    EarlyHelpDecided,
    EarlyHelpEpisodeLinked,
    EarlyHelpPlanEnded,
    EarlyHelpPlanStarted,
    EarlyHelpRequested,
    TargetedAssessmentCompleted,
    TargetedAssessmentStarted,
    TargetedSupportEnded,
    TargetedSupportStarted,
    TargetedSupportVisited,
)
from casepulse.state import Fact
from tests.build import fact

# --- contacts ---------------------------------------------------------------------------------


def _of_contact(data: Data, at: str, key: str = "c1", **told: Any) -> Fact:
    return fact(data, at, subject=f"contact:{key}", **told)


def contact_from(
    at: str,
    source: ReferralSource = "2A",
    *,
    reasons: tuple[Any, ...] = (),
    rating: ContactRating | None = None,
    notice: bool = False,
    team: str | None = None,
    **told: Any,
) -> Fact:
    data = ContactReceived(
        source=source, rating=rating, missing_notification=notice, reasons=reasons, team=team
    )
    return _of_contact(data, at, **told)


def toolkit(at: str, **told: Any) -> Fact:
    return _of_contact(ContactToolkitCompleted(), at, **told)


def enquiry_started(at: str, **told: Any) -> Fact:
    return _of_contact(MashEnquiryStarted(), at, **told)


def enquiry_completed(at: str, **told: Any) -> Fact:
    return _of_contact(MashEnquiryCompleted(), at, **told)


def concluded(at: str, outcome: str = "no_further_action", **told: Any) -> Fact:
    return _of_contact(ContactConcluded(outcome=ContactOutcome(outcome)), at, **told)


def referral_decided(at: str, proceeds: bool = True, **told: Any) -> Fact:
    return _of_contact(ContactReferralDecided(proceeds=proceeds), at, **told)


def closed_by_mash(at: str, **told: Any) -> Fact:
    return _of_contact(ContactReferralClosed(), at, **told)


def requested(at: str, team: str | None = None, **told: Any) -> Fact:
    return _of_contact(EarlyHelpRequested(team=team), at, **told)


def request_decided(at: str, **told: Any) -> Fact:
    return _of_contact(EarlyHelpDecided(), at, **told)


def linked(at: str, existing: bool = False, **told: Any) -> Fact:
    return _of_contact(EarlyHelpEpisodeLinked(existing=existing), at, **told)


# --- episodes and plans -----------------------------------------------------------------------


def advice(
    at: str,
    level: LevelOfNeed = 3,
    held_by: str = "early_help_coordinator",
    *,
    key: str = "e1",
    team: str | None = None,
    **told: Any,
) -> Fact:
    holder = AdviceHolder(held_by)
    data = AdviceEpisodeStarted(episode=key, level=level, held_by=holder, team=team)
    return fact(data, at, **told)


def advice_ended(at: str, reason: str | None = None, *, key: str = "e1", **told: Any) -> Fact:
    data = AdviceEpisodeEnded(
        episode=key,
        reason=EarlyHelpClosure(reason) if reason else None,
        team=told.pop("team", None),
    )
    return fact(data, at, **told)


def my_plan(
    at: str, kind: str = "my_plan", lead: str | None = None, *, key: str = "p1", **told: Any
) -> Fact:
    data = EarlyHelpPlanStarted(
        plan=key,
        kind=EarlyHelpPlanKind(kind),
        lead=LeadAgency(lead) if lead else None,
        team=told.pop("team", None),
    )
    return fact(data, at, **told)


def my_plan_ended(at: str, *, key: str = "p1", **told: Any) -> Fact:
    return fact(EarlyHelpPlanEnded(plan=key), at, **told)


def support(
    at: str,
    service: str = "family_support_team",
    *,
    key: str = "t1",
    review_only: bool = False,
    team: str | None = None,
    **told: Any,
) -> Fact:
    data = TargetedSupportStarted(
        episode=key, service=TargetedService(service), review_only=review_only, team=team
    )
    return fact(data, at, **told)


def support_ended(at: str, reason: str | None = None, *, key: str = "t1", **told: Any) -> Fact:
    data = TargetedSupportEnded(
        episode=key,
        reason=EarlyHelpClosure(reason) if reason else None,
        team=told.pop("team", None),
    )
    return fact(data, at, **told)


def support_visit(at: str, *, seen: bool = True, of: str = "t1", **told: Any) -> Fact:
    return fact(TargetedSupportVisited(episode=of, child_seen=seen), at, **told)


def assessment_of(at: str, *, key: str = "s1", of: str = "t1", **told: Any) -> Fact:
    return fact(TargetedAssessmentStarted(assessment=key, episode=of), at, **told)


def assessment_completed(at: str, *, key: str = "s1", team: str | None = None, **told: Any) -> Fact:
    return fact(TargetedAssessmentCompleted(assessment=key, team=team), at, **told)
