"""Lists 7 to 10: child protection, children in care, care leavers, adoption."""

from dataclasses import replace
from datetime import date, timedelta

from casepulse.schemas.codes import (
    ConferenceKind,
    HealthAssessmentKind,
    VisitKind,
    VisitMethod,
)
from casepulse.schemas.events.care import (
    AdoptionDecided,
    AdoptionPlacementEnded,
    AdoptionPlacementStarted,
    CareLeaverRecorded,
    CarePeriodEnded,
    CarePeriodStarted,
    CareReviewHeld,
    LegalStatusChanged,
    PlacementStarted,
)
from casepulse.schemas.events.care_planning import ReviewingOfficerNoted
from casepulse.schemas.events.child import AsylumSeekingRecorded
from casepulse.schemas.events.health import DentalCheckCompleted, HealthAssessmentCompleted
from casepulse.schemas.events.leaving import (
    CareLeaverContacted,
    CareLeaverQualified,
    PathwayPlanReviewed,
)
from casepulse.schemas.events.protection import (
    ConferenceHeld,
    ProtectionPlanEnded,
    ProtectionPlanReviewed,
    ProtectionPlanStarted,
)
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.streams.sources.annex_a import lists
from casepulse.streams.sources.annex_a.known import Known
from casepulse.streams.sources.annex_a.referrals import Facts, team_of
from casepulse.streams.sources.annex_a.row import SOURCE, Row, record_of
from casepulse.streams.sources.extract import Said

#: A health assessment so soon after a child entered care is the initial one: the first review comes
#: six months after that.
_INITIAL_WITHIN = timedelta(days=150)


def _visit(
    row: Row, column: str, kind: VisitKind, known: Known, alone: str | None = None
) -> Said | None:
    """The last visit, at which the child was seen: by whom it is held now is told with it."""
    return row.series(
        VisitRecorded,
        column,
        f"visit_{kind}",
        needs=(lists.TEAM, *([alone] if alone else [])),
        kind=kind,
        method=VisitMethod.FACE_TO_FACE,
        child_seen=True,
        seen_alone=bool(alone and known.meanings.flag(row, alone)),
        team=team_of(row.text(lists.TEAM)),
    )


def plans(row: Row, known: Known) -> Facts:
    """A protection plan, its latest category, the last visit and the last review conference."""
    day = row.need(lists.PLAN)
    plan = record_of(day)
    yield row.say(
        ProtectionPlanStarted,
        lists.PLAN,
        "plan",
        needs=(lists.ABUSE,),
        plan=plan,
        category=known.meanings.code(row, lists.ABUSE),
    )
    yield row.say(ProtectionPlanEnded, lists.PLAN_ENDED, "plan", day, plan=plan)
    yield _visit(row, lists.PLAN_VISIT, VisitKind.PROTECTION_PLAN, known, lists.SEEN_ALONE)
    reviewed = row.day(lists.PLAN_REVIEW)
    if reviewed is None:
        return
    if reviewed >= day:  # else it was an earlier plan's
        yield row.series(ProtectionPlanReviewed, lists.PLAN_REVIEW, "plan_review", plan=plan)
    yield row.series(
        ConferenceHeld,
        lists.PLAN_REVIEW,
        "review_conference",
        conference=record_of(reviewed),
        kind=ConferenceKind.REVIEW,
    )


def care(row: Row, known: Known) -> Facts:
    """A period in care, and of all that belongs to it the latest."""
    meanings, day = known.meanings, row.need(lists.CARE)
    period = record_of(day)
    yield row.say(
        CarePeriodStarted,
        lists.CARE,
        "care",
        needs=(lists.NEED,),
        period=period,
        need=meanings.code(row, lists.NEED),
    )
    reason = meanings.code(row, lists.CARE_END_REASON)
    yield row.say(
        CarePeriodEnded,
        lists.CARE_ENDED,
        "care",
        day,
        needs=(lists.CARE_END_REASON,),
        period=period,
        reason=None if reason == "X1" else reason,
    )
    status = meanings.code(row, lists.STATUS)
    if status is not None:
        yield row.series(
            LegalStatusChanged, lists.STATUS_SINCE, "legal_status", legal_status=status
        )
    placed = row.day(lists.PLACED)
    place = meanings.code(row, lists.PLACE)
    yield row.series(
        PlacementStarted,
        lists.PLACED,
        "placement",
        needs=(lists.PLACEMENT, lists.PROVIDER, lists.PLACE),
        placement=placed and record_of(placed),
        placement_type=meanings.code(row, lists.PLACEMENT),
        provider=meanings.code(row, lists.PROVIDER),
        in_county=None if place is None else place == "in",
    )
    yield row.series(CareReviewHeld, lists.CARE_REVIEW, "care_review")
    yield _visit(row, lists.CARE_VISIT, VisitKind.STATUTORY, known)
    yield row.series(ReviewingOfficerNoted, lists.OFFICER, "reviewing_officer")
    yield _health(row, day)
    yield row.series(DentalCheckCompleted, lists.DENTAL, "dental_check")
    if meanings.flag(row, lists.ASYLUM):
        yield replace(row.on(AsylumSeekingRecorded, day, "asylum"), by_then=True)


def _health(row: Row, entered: date) -> Said | None:
    assessed = row.day(lists.HEALTH)
    initial = assessed is not None and entered <= assessed < entered + _INITIAL_WITHIN
    kind = HealthAssessmentKind.INITIAL if initial else HealthAssessmentKind.REVIEW
    return row.series(HealthAssessmentCompleted, lists.HEALTH, "health_assessment", kind=kind)


def leavers(row: Row, known: Known) -> Facts:
    """A care leaver, as on the extract's day: since when it is so, the list does not say."""
    meanings, leaver = known.meanings, SOURCE
    if meanings.code(row, lists.ELIGIBILITY) != "eligible":  # who is still in care has not left
        said = row.on(CareLeaverQualified, known.taken, "leaver", leaver=leaver)
        yield replace(said, by_then=True)
    in_touch = meanings.code(row, lists.IN_TOUCH)
    if in_touch is not None:
        needs = (lists.ACCOMMODATION, lists.SUITABLE, lists.ACTIVITY)
        said = row.on(
            CareLeaverRecorded,
            known.taken,
            "leaver",
            in_touch=in_touch,
            accommodation=_home(row, known),
            activity=meanings.code(row, lists.ACTIVITY),
        )
        yield replace(said, by_then=True, in_part=not row.lacking.isdisjoint(needs))
    yield row.series(CareLeaverContacted, lists.LAST_CONTACT, "leaver_contact")
    yield row.series(PathwayPlanReviewed, lists.PATHWAY_REVIEW, "pathway_plan", plan=leaver)
    if meanings.flag(row, lists.ASYLUM):
        yield replace(row.on(AsylumSeekingRecorded, known.taken, "asylum"), by_then=True)


def _home(row: Row, known: Known) -> str | None:
    """Where a care leaver lives: a letter, and whether it is suitable."""
    home = known.meanings.code(row, lists.ACCOMMODATION)
    suitable = known.meanings.code(row, lists.SUITABLE)
    if home is not None and len(home) == 1:
        return home + suitable if suitable else None
    return home


def adoptions(row: Row, known: Known) -> Facts:
    """The decision that a child should be placed for adoption, the placement, and its end."""
    day = row.need(lists.DECIDED)
    yield row.say(
        AdoptionDecided,
        lists.DECIDED,
        "adoption",
        needs=(lists.MATCHED,),
        matched=row.day(lists.MATCHED),
    )
    if row.day(lists.ADOPTION_PLACED) is None:
        return
    yield row.say(AdoptionPlacementStarted, lists.ADOPTION_PLACED, "adoption", day)
    yield row.say(
        AdoptionPlacementEnded,
        lists.NO_LONGER,
        "adoption",
        day,
        needs=(lists.NO_LONGER_REASON,),
        reason=known.meanings.code(row, lists.NO_LONGER_REASON),
    )
