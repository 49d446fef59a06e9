"""Care leavers: when they were in touch and seen, their pathway plans, how they live."""

from dataclasses import dataclass
from datetime import date

from casepulse.schemas.codes import Accommodation, Activity
from casepulse.schemas.events.care import CareLeaverRecorded
from casepulse.schemas.events.leaving import (
    CareLeaverContacted,
    PathwayPlanMade,
    PathwayPlanReviewed,
)
from casepulse.state.records.referrals import visits
from casepulse.state.view import CaseView


def last_seen(case: CaseView) -> date | None:
    """The day on which the young person was last seen, virtually or face to face."""
    seen = [visit.day for visit in case.records(visits) if visit.child_seen]
    return seen[-1] if seen else None


def last_in_touch(case: CaseView) -> date | None:
    """The day on which worker and young person were last in touch, seen or not."""
    days = [fact.day for fact in case.facts(CareLeaverContacted)[-1:]]
    days += [fact.day for fact in case.facts(CareLeaverRecorded) if fact.data.in_touch == "YES"]
    seen = case.records(last_seen)
    return max([*days, *([seen] if seen else [])], default=None)


def pathway_plan_settled(case: CaseView) -> date | None:
    """The day on which the pathway plan was made or last reviewed; None where there is none."""
    made = case.facts(PathwayPlanMade)
    if not made:
        return None
    return max(fact.day for fact in (*made, *case.facts(PathwayPlanReviewed)))


@dataclass(frozen=True, slots=True)
class Situation:
    """What a care leaver does and where they live, as the latest record that tells it has it."""

    activity: Activity | None
    accommodation: Accommodation | None

    @property
    def in_higher_education(self) -> bool:
        """Full time, in studies beyond A level (F1)."""
        return self.activity == "F1"

    @property
    def in_education_employment_or_training(self) -> bool:
        """Full time (F) or part time (P)."""
        return self.activity is not None and self.activity[0] in "FP"

    @property
    def suitably_accommodated(self) -> bool:
        """The code of the accommodation ends with 1 where it is suitable, with 2 where not."""
        return self.accommodation is not None and self.accommodation[-1] == "1"


def situation(case: CaseView) -> Situation:
    """What a care leaver does and where they live, as far as it is on record."""
    activity: Activity | None = None
    accommodation: Accommodation | None = None
    for fact in case.facts(CareLeaverRecorded):
        activity = fact.data.activity or activity
        accommodation = fact.data.accommodation or accommodation
    return Situation(activity, accommodation)
