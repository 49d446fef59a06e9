"""Planning for a child in care: assessments, reviews, the reviewing officer, pathway plans."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.codes import ReviewParticipation
from schemas.envelope import Data
from schemas.events.care import CareReviewHeld
from schemas.events.care_planning import (
    CareAssessmentCompleted,
    ReviewingOfficerNoted,
    ReviewingOfficerVisited,
)
from schemas.events.leaving import PathwayPlanMade
from state.facts import Fact
from state.records.care import (
    SHORT_BREAKS,
    care_periods,
    care_reviews,
    had_short_breaks,
    legal_status_in,
)
from state.records.spells import Spell
from state.view import CaseView


@dataclass(frozen=True, slots=True)
class CareReview:
    """A review, the period of care it belongs to, and the review before it in that period."""

    key: str
    day: date
    period: Spell | None
    """None where the child was not in care that day, or in short breaks only."""
    which: int
    """0 for the first review of the period."""
    before: date | None
    participation: ReviewParticipation | None
    team: str | None


def reviews(case: CaseView) -> list[CareReview]:
    """Each review of the child, oldest first."""
    held = case.records(care_reviews)
    periods = case.records(care_periods) if held else []
    breaks = bool(periods) and case.records(had_short_breaks)
    earlier: dict[str, list[date]] = {}
    return [_review(case, fact, periods, breaks, earlier) for fact in held]


def _review(
    case: CaseView, fact: Fact, periods: list[Spell], breaks: bool, earlier: dict[str, list[date]]
) -> CareReview:
    data = fact.data
    assert isinstance(data, CareReviewHeld)
    period = next((each for each in reversed(periods) if each.covers(fact.day)), None)
    if period and breaks and legal_status_in(case, period, fact.day) in SHORT_BREAKS:
        period = None
    before = earlier.setdefault(period.key, []) if period else []
    latest = before[-1] if before else None
    which = len(before)
    before.append(fact.day)
    return CareReview(fact.id, fact.day, period, which, latest, data.participation, data.team)


def assessed_in_care(case: CaseView) -> date | None:
    """The day of the child's latest assessment in care."""
    return _latest_day(case, CareAssessmentCompleted)


def reviewing_officer_noted(case: CaseView) -> datetime | None:
    """When the independent reviewing officer last left a case note."""
    notes = case.facts(ReviewingOfficerNoted)
    return notes[-1].time if notes else None


def reviewing_officer_visited(case: CaseView) -> datetime | None:
    """When the independent reviewing officer last visited."""
    visits = case.facts(ReviewingOfficerVisited)
    return visits[-1].time if visits else None


def pathway_plan_made(case: CaseView) -> date | None:
    """The day on which the child first had a pathway plan."""
    made = case.facts(PathwayPlanMade)
    return made[0].day if made else None


def _latest_day(case: CaseView, data: type[Data]) -> date | None:
    facts = case.facts(data)
    return facts[-1].day if facts else None
