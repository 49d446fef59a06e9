"""Child protection: strategy discussions, section 47 enquiries, conferences and plans."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from casepulse.schemas.codes import (
    AbuseCategory,
    ConferenceKind,
    EnquiryOutcome,
    SafeguardingPartner,
)
from casepulse.schemas.events.protection import (
    AdvocacyReferred,
    ConferenceHeld,
    MyViewsCompleted,
    ProtectionPlanEnded,
    ProtectionPlanReviewed,
    ProtectionPlanStarted,
    SectionFortySevenCompleted,
    SectionFortySevenStarted,
    StrategyDiscussionHeld,
)
from casepulse.state.records.keys import by_key, one_a_record, team_of_completion
from casepulse.state.records.life import ADULT, last_day_below
from casepulse.state.records.spells import Unbroken, lasts, spells, unbroken, up_to
from casepulse.state.view import CaseView


@dataclass(frozen=True, slots=True)
class StrategyDiscussion:
    """A strategy discussion."""

    key: str
    day: date
    decided: datetime | None
    initial: bool
    """The first under its referral; one that names no referral is a first one."""
    invited: tuple[SafeguardingPartner, ...] | None
    attended: tuple[SafeguardingPartner, ...] | None
    team: str | None


def strategy_discussions(case: CaseView) -> list[StrategyDiscussion]:
    """Each strategy discussion, oldest first."""
    found, discussed = [], set()
    for fact in one_a_record(case, StrategyDiscussionHeld, "discussion"):
        data = fact.data
        initial = data.referral is None or data.referral not in discussed
        discussed.add(data.referral)
        found.append(
            StrategyDiscussion(
                data.discussion,
                fact.day,
                data.decided,
                initial,
                data.invited,
                data.attended,
                team_of_completion(case, fact),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A section 47 enquiry, with the strategy discussion that began it, where it is on record."""

    key: str
    discussion: StrategyDiscussion | None
    started_day: date | None
    """None where only its completion is on record."""
    completed_day: date | None
    outcome: EnquiryOutcome | None
    team: str | None
    """The team that completed it or, while it goes on, that began it."""


def enquiries(case: CaseView) -> list[Enquiry]:
    """Each section 47 enquiry, whether its start is on record or its completion alone."""
    discussions = {each.key: each for each in case.records(strategy_discussions)}
    started = by_key(case.facts(SectionFortySevenStarted), "enquiry")
    completed = by_key(case.facts(SectionFortySevenCompleted), "enquiry")
    found = []
    for key in dict.fromkeys([*started, *completed]):
        start, end = started.get(key), completed.get(key)
        if start and not lasts(start, end):
            continue
        begun, done = start.data if start else None, end.data if end else None
        assert begun is None or isinstance(begun, SectionFortySevenStarted)
        assert done is None or isinstance(done, SectionFortySevenCompleted)
        found.append(
            Enquiry(
                key,
                discussions.get(begun.discussion or "") if begun else None,
                start.day if start else None,
                end.day if end else None,
                done.outcome if done else None,
                team_of_completion(case, end) if end else begun.team if begun else None,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Conference:
    """A child protection conference, initial or review."""

    key: str
    kind: ConferenceKind
    day: date
    enquiry: str | None
    discussion: StrategyDiscussion | None
    """The one behind the enquiry that an initial conference ends, where it is on record."""
    made_plan: bool
    views: bool
    """Whether the child completed a My Views form for it."""
    advocacy: bool
    """Whether the child was referred to advocacy for it."""
    team: str | None

    @property
    def initial(self) -> bool:
        """Whether it is an initial conference."""
        return self.kind is ConferenceKind.INITIAL


def conferences(case: CaseView) -> list[Conference]:
    """Each child protection conference, oldest first.

    It made a plan if a plan names it, or if one that names no conference began on its day.
    """
    held = one_a_record(case, ConferenceHeld, "conference")
    if not held:
        return []
    began = {each.key: each.discussion for each in case.records(enquiries)}
    decided, decided_on = set(), set()
    lasting = {key for each in case.records(protection_plans) for key in each.keys}
    for plan in one_a_record(case, ProtectionPlanStarted, "plan"):
        if plan.data.plan not in lasting:
            continue
        if plan.data.conference is None:
            decided_on.add(plan.day)
        else:
            decided.add(plan.data.conference)
    views = by_key(case.facts(MyViewsCompleted), "conference")
    advocacy = by_key(case.facts(AdvocacyReferred), "conference")
    found = []
    for fact in held:
        data = fact.data
        found.append(
            Conference(
                data.conference,
                data.kind,
                fact.day,
                data.enquiry,
                began.get(data.enquiry or ""),
                data.conference in decided or fact.day in decided_on,
                data.conference in views,
                data.conference in advocacy,
                team_of_completion(case, fact),
            )
        )
    return found


def initial_conferences(case: CaseView) -> list[Conference]:
    """Each initial child protection conference, oldest first."""
    return [each for each in case.records(conferences) if each.initial]


def enquiries_under_way(case: CaseView) -> list[Enquiry]:
    """Each section 47 enquiry that is not over: neither completed, nor ended by a conference."""
    begun = [each for each in case.records(enquiries) if each.completed_day is None]
    if not begun:
        return []
    ended = {each.enquiry for each in case.records(initial_conferences)}
    return [each for each in begun if each.key not in ended]


def enquiries_awaiting_conference(case: CaseView) -> list[Enquiry]:
    """Each enquiry completed for an initial conference that has not been held.

    It was held if it names the enquiry, or if any was held since: a conference looks at all that is
    known of the child.
    """
    for_one = [
        each
        for each in case.records(enquiries)
        if each.completed_day and each.outcome is EnquiryOutcome.CONFERENCE
    ]
    if not for_one:
        return []
    held = case.records(initial_conferences)
    ended = {each.enquiry for each in held}
    latest = held[-1].day if held else date.min
    return [
        each
        for each in for_one
        if each.key not in ended and each.completed_day and each.completed_day > latest
    ]


def protection_plans(case: CaseView) -> list[Unbroken]:
    """Each unbroken time on a child protection plan, oldest first, up to the eve of the 18th
    birthday."""
    told = spells(case.facts(ProtectionPlanStarted), case.facts(ProtectionPlanEnded), "plan")
    return unbroken(up_to(told, last_day_below(case, ADULT))) if told else []


def open_plan(case: CaseView) -> Unbroken | None:
    """The time on a plan, of a child who is subject of one now."""
    return next((plan for plan in case.records(protection_plans) if plan.ended is None), None)


def plan_categories(case: CaseView) -> set[AbuseCategory]:
    """The categories of abuse that the plans were made for that are open now."""
    ended = by_key(case.facts(ProtectionPlanEnded), "plan")
    return {
        fact.data.category
        for fact in one_a_record(case, ProtectionPlanStarted, "plan")
        if fact.data.category and fact.data.plan not in ended
    }


@dataclass(frozen=True, slots=True)
class PlanReview:
    """A review of a protection plan."""

    key: str
    day: date
    plan: str | None
    """The plan that it names."""
    team: str | None


def plan_reviews(case: CaseView) -> list[PlanReview]:
    """Each review of a plan, oldest first.

    It is told as a review conference, as a review of the plan, or as both: one a day.
    """
    found: dict[date, PlanReview] = {}
    for each in case.records(conferences):
        if not each.initial:
            found.setdefault(each.day, PlanReview(each.key, each.day, None, each.team))
    for fact in case.facts(ProtectionPlanReviewed):
        team = team_of_completion(case, fact)
        told = PlanReview(fact.id, fact.day, fact.data.plan, team)
        known = found.setdefault(fact.day, told)
        if known.plan is None:
            found[fact.day] = replace(known, plan=told.plan)
    return [found[day] for day in sorted(found)]


def reviewed_plan(case: CaseView, review: PlanReview) -> Unbroken | None:
    """The time on a plan that a review belongs to: of its day, and of the plan that it names, if it
    names one. None where there is none, as where nobody told of that plan."""
    return next(
        (
            plan
            for plan in reversed(case.records(protection_plans))
            if plan.covers(review.day) and (review.plan is None or review.plan in plan.keys)
        ),
        None,
    )


def reviews_run_from(case: CaseView, plan: Unbroken) -> date:
    """The day from which a plan's first review falls due: that of the initial conference before it,
    since any earlier plan began; without one on record, that of the plan."""
    earlier = [each.day for each in case.records(protection_plans) if each.day < plan.day]
    days = [each.day for each in case.records(initial_conferences) if each.day <= plan.day]
    return days[-1] if days and (not earlier or days[-1] > max(earlier)) else plan.day
