"""Child in need plans, their reviews, and what they were due after."""

from dataclasses import dataclass
from datetime import date

from casepulse.schemas.codes import AssessmentOutcome
from casepulse.schemas.events.children_in_need import (
    ChildInNeedPlanEnded,
    ChildInNeedPlanReviewed,
    ChildInNeedPlanStarted,
)
from casepulse.schemas.events.referral import AssessmentAuthorised
from casepulse.state.facts import Fact
from casepulse.state.records.care import has_short_breaks
from casepulse.state.records.keys import by_key, one_a_record
from casepulse.state.records.life import last_day_below
from casepulse.state.records.populations import child_in_need
from casepulse.state.records.referrals import open_referrals
from casepulse.state.records.spells import Spell, lasts, spells, unbroken, up_to
from casepulse.state.view import CaseView


@dataclass(frozen=True, slots=True)
class ChildInNeedPlan:
    """A child in need plan, when it was put in place."""

    key: str
    day: date
    due_from: date | None
    """The day that its clock runs from; None where that is not on record."""
    after_review: bool
    """It followed a child protection conference or a review of care, and no assessment."""
    team: str | None


def child_in_need_plans(case: CaseView) -> list[ChildInNeedPlan]:
    """Each plan that was put in place, oldest first."""
    lasting = {spell.key for spell in case.records(plan_spells)}
    found = []
    for fact in one_a_record(case, ChildInNeedPlanStarted, "plan"):
        data = fact.data
        if data.plan in lasting:
            due_from = data.reviewed or _assessed(case, fact, data)
            after_review = data.reviewed is not None
            found.append(ChildInNeedPlan(data.plan, fact.day, due_from, after_review, data.team))
    return found


def plan_spells(case: CaseView) -> list[Spell]:
    """The days of each plan, oldest first, up to the child's death."""
    told = spells(case.facts(ChildInNeedPlanStarted), case.facts(ChildInNeedPlanEnded), "plan")
    return up_to(told, last_day_below(case, None)) if told else []


def ends_of_plans(case: CaseView) -> list[Fact[ChildInNeedPlanEnded]]:
    """What ended each plan, oldest first; where only its end is on record, that too."""
    ended = by_key(case.facts(ChildInNeedPlanEnded), "plan")
    started = by_key(case.facts(ChildInNeedPlanStarted), "plan") if ended else {}
    return [fact for key, fact in ended.items() if key not in started or lasts(started[key], fact)]


def _assessed(case: CaseView, fact: Fact, data: ChildInNeedPlanStarted) -> date | None:
    """The day on which the assessment that a plan names was authorised. Where it names none: the
    latest such day up to the plan's own."""
    authorised = by_key(case.facts(AssessmentAuthorised), "assessment")
    if data.assessment is not None:
        named = authorised.get(data.assessment)
        return named.day if named else None
    return max((each.day for each in authorised.values() if each.day <= fact.day), default=None)


@dataclass(frozen=True, slots=True)
class OnPlan:
    """An unbroken time on child in need plans that goes on."""

    key: str
    day: date
    reviewed: date | None
    """The day of the latest review of one of them."""
    short_breaks: bool
    """Whether the latest plan is for short breaks alone."""


def open_child_in_need_plan(case: CaseView) -> OnPlan | None:
    """The plan that a child in need has now. One of before the referrals that are open, whose end
    nobody told, belongs to an earlier time and is none."""
    referred = case.records(open_referrals)
    if referred is None:
        return None
    told = [each for each in case.records(plan_spells) if each.day >= referred.day]
    plan = next((each for each in unbroken(told) if each.ended is None), None)
    if plan is None:
        return None
    reviews = [
        fact.day for fact in case.facts(ChildInNeedPlanReviewed) if fact.data.plan in plan.keys
    ]
    latest = [each.key for each in told if each.ended is None][-1]
    data = by_key(case.facts(ChildInNeedPlanStarted), "plan")[latest].data
    return OnPlan(plan.key, plan.day, max(reviews, default=None), data.short_breaks)


def plan_due_from(case: CaseView) -> date | None:
    """The day from which a child in need is owed the plan that it does not have: the latest on
    which an assessment found it in need, or it came off a protection plan or out of care."""
    need = case.records(child_in_need)
    if need is None:
        return None
    found = [need.stepped_down] if need.stepped_down else []
    for fact in one_a_record(case, AssessmentAuthorised, "assessment"):
        if fact.data.outcome is AssessmentOutcome.CHILD_IN_NEED and fact.day >= need.since:
            found.append(fact.day)
    owed = max(found, default=None)
    if owed is None:
        return None
    had = case.records(plan_spells)
    return None if any(plan.ended and plan.ended >= owed for plan in had) else owed


def on_short_breaks(case: CaseView) -> bool:
    """Whether a child in need has short breaks: a plan for nothing else, or a period of care under
    their legal statuses (V3, V4)."""
    plan = case.records(open_child_in_need_plan)
    if plan is not None and plan.short_breaks:
        return True
    return case.records(has_short_breaks)
