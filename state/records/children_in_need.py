"""Child in need plans, their reviews, and what they were due after."""

from dataclasses import dataclass
from datetime import date

from schemas.codes import AssessmentOutcome
from schemas.events.children_in_need import (
    ChildInNeedPlanEnded,
    ChildInNeedPlanReviewed,
    ChildInNeedPlanStarted,
)
from schemas.events.referral import AssessmentAuthorised
from state.facts import Fact
from state.records.care import SHORT_BREAKS, care_periods, legal_status_in
from state.records.keys import by_key, one_a_record
from state.records.populations import child_in_need
from state.records.referrals import referrals
from state.view import CaseView


@dataclass(frozen=True, slots=True)
class ChildInNeedPlan:
    """A child in need plan, from the day it was put in place to its last."""

    key: str
    day: date
    ended: date | None
    due_from: date | None
    """The day that its clock runs from; None where that is not on record."""
    after_review: bool
    """It followed a child protection conference or a review of care, and no assessment."""
    short_breaks: bool
    reviews: tuple[date, ...]
    team: str | None


def child_in_need_plans(case: CaseView) -> list[ChildInNeedPlan]:
    """Each plan, oldest first."""
    ended = by_key(case.facts(ChildInNeedPlanEnded), "plan")
    reviews: dict[str, list[date]] = {}
    for fact in case.facts(ChildInNeedPlanReviewed):
        assert isinstance(fact.data, ChildInNeedPlanReviewed)
        reviews.setdefault(fact.data.plan, []).append(fact.day)
    found = []
    for fact in one_a_record(case, ChildInNeedPlanStarted, "plan"):
        data = fact.data
        assert isinstance(data, ChildInNeedPlanStarted)
        end = ended.get(data.plan)
        found.append(
            ChildInNeedPlan(
                data.plan,
                fact.day,
                end.day if end else None,
                data.reviewed or _assessed(case, fact, data),
                data.reviewed is not None,
                data.short_breaks,
                tuple(reviews.get(data.plan, ())),
                data.team,
            )
        )
    return found


def _assessed(case: CaseView, fact: Fact, data: ChildInNeedPlanStarted) -> date | None:
    """The day on which the assessment that a plan names was authorised. Where it names none: the
    latest such day up to the plan's own."""
    authorised = by_key(case.facts(AssessmentAuthorised), "assessment")
    if data.assessment is not None:
        named = authorised.get(data.assessment)
        return named.day if named else None
    return max((each.day for each in authorised.values() if each.day <= fact.day), default=None)


def open_child_in_need_plan(case: CaseView) -> ChildInNeedPlan | None:
    """The plan that a child in need has now. One of before the referrals that are open, whose end
    nobody told, belongs to an earlier time and is none."""
    opened = [each.day for each in case.records(referrals) if each.closed_day is None]
    still = [
        plan
        for plan in case.records(child_in_need_plans)
        if plan.ended is None and opened and plan.day >= min(opened)
    ]
    return still[-1] if still else None


def plan_due_from(case: CaseView) -> date | None:
    """The day from which a child in need is owed the plan that it does not have: the latest on
    which an assessment found it in need, or it came off a protection plan or out of care."""
    need = case.records(child_in_need)
    if need is None:
        return None
    found = [need.since] if need.since > need.referral.day else []
    for fact in one_a_record(case, AssessmentAuthorised, "assessment"):
        assert isinstance(fact.data, AssessmentAuthorised)
        if fact.data.outcome is AssessmentOutcome.CHILD_IN_NEED and fact.day >= need.since:
            found.append(fact.day)
    owed = max(found, default=None)
    if owed is None:
        return None
    had = case.records(child_in_need_plans)
    return None if any(plan.ended and plan.ended >= owed for plan in had) else owed


def on_short_breaks(case: CaseView) -> bool:
    """Whether a child in need has short breaks: a plan for nothing else, or a period of care under
    their legal statuses (V3, V4)."""
    plan = case.records(open_child_in_need_plan)
    if plan is not None and plan.short_breaks:
        return True
    return any(
        period.ended is None and legal_status_in(case, period) in SHORT_BREAKS
        for period in case.records(care_periods)
    )
