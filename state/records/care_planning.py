"""Planning for a child in care: assessments, reviews, the reviewing officer, pathway plans."""

from dataclasses import dataclass
from datetime import date, datetime

from casepulse.schemas.codes import ReviewParticipation
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.care import CareReviewHeld
from casepulse.schemas.events.care_planning import (
    CareAssessmentCompleted,
    ReviewingOfficerNoted,
    ReviewingOfficerVisited,
)
from casepulse.schemas.events.leaving import PathwayPlanMade
from casepulse.state.facts import Fact
from casepulse.state.records.keys import one_a_day, team_of_tellings
from casepulse.state.records.stays import Stay, in_care_on
from casepulse.state.view import CaseView


@dataclass(frozen=True, slots=True)
class CareReview:
    """A review, the stay in care it belongs to, and the review before it in that stay."""

    key: str
    day: date
    stay: Stay | None
    """None where the child was not in care that day, or in short breaks only."""
    which: int
    """0 for the first review of the stay."""
    before: date | None
    participation: ReviewParticipation | None
    team: str | None


def reviews(case: CaseView) -> list[CareReview]:
    """Each review of the child, one a day, oldest first."""
    earlier: dict[str, list[date]] = {}
    return [_review(case, told, earlier) for told in one_a_day(case.facts(CareReviewHeld))]


def _review(
    case: CaseView, told: list[Fact[CareReviewHeld]], earlier: dict[str, list[date]]
) -> CareReview:
    first = told[0]
    stay = in_care_on(case, first.day)
    before = earlier.setdefault(stay.key, []) if stay else []
    latest = before[-1] if before else None
    which = len(before)
    before.append(first.day)
    took_part = (fact.data.participation for fact in told)
    return CareReview(
        first.id,
        first.day,
        stay,
        which,
        latest,
        next((each for each in took_part if each), None),
        team_of_tellings(case, told),
    )


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
