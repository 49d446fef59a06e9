"""Child protection: conferences, initial and review, and the child's own part in them."""

from collections.abc import Iterator
from itertools import groupby

from casepulse.schemas.measure import Section, days
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day, month_of
from casepulse.state.measures.forms import (
    MET,
    MISSED,
    NO,
    UNTRACED,
    cohort,
    duty,
    recurring,
    share,
    timed,
    yes_no,
)
from casepulse.state.records.protection import (
    conferences,
    initial_conferences,
    open_plan,
    plan_reviews,
    protection_plans,
    reviewed_plan,
    reviews_run_from,
)
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()


@MEASURES.measure(
    cohort(
        id="icpc_timely",
        title="Initial child protection conferences in time",
        section=Section.CHILD_PROTECTION,
        statuses=(MET, MISSED, UNTRACED),
        standards={"held": days("strategy discussion that began the S47 enquiry to conference")},
        definition="Initial conferences held in the month within the standard. One whose strategy "
        "discussion is not on record is untraced and left out.",
        source="Working Together 2018 (S)",
        phrase=Phrase(
            subject="Timeliness of initial child protection conferences",
            of=("conference", "conferences"),
        ),
    )
)
def icpc_timely(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for conference in case.records(initial_conferences):
        if conference.discussion is None:
            yield Sorted(conference.key, UNTRACED, conference.day, conference.team)
            continue
        due_on = due_day(conference.discussion.day, standards["held"])
        status = timed(case.clock, due_on, conference.day)
        yield Sorted(conference.key, status, conference.day, conference.team)


@MEASURES.measure(
    share(
        id="icpc_to_plan",
        title="Initial conferences leading to a protection plan",
        section=Section.CHILD_PROTECTION,
        kind="flow",
        definition="Of the initial conferences held in the month, those that made a protection "
        "plan: one that names the conference, or names none and began on its day.",
        source="Stated in the report (L)",
        phrase=Phrase(
            said="{child was|children were} made subject to a protection plan at an initial "
            "conference"
        ),
    )
)
def icpc_to_plan(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for each in case.records(initial_conferences):
        yield Sorted(each.key, yes_no(each.made_plan), each.day, each.team)


MEASURES.part(
    "icpc_to_plan",
    id="icpc_no_plan",
    title="Initial conferences that made no plan",
    numerator=frozenset({NO}),
    denominator=None,
    definition="Initial conferences held in the month that no protection plan came of.",
    phrase=Phrase(
        said="a protection plan was not needed for {child|children} who had an initial conference"
    ),
)
MEASURES.part(
    "icpc_to_plan",
    id="icpc_to_plan_fytd",
    title="Initial conferences leading to a protection plan, year to date",
    section=Section.DEMAND,
    window="fytd",
    definition="As icpc_to_plan, since April.",
    phrase=Phrase(
        said="{child was|children were} made subject to a protection plan at an initial conference"
    ),
)

VIEWS_AND_ADVOCACY, VIEWS, ADVOCACY, NEITHER = "views_and_advocacy", "views", "advocacy", "neither"
_PART_TAKEN = {
    (True, True): VIEWS_AND_ADVOCACY,
    (True, False): VIEWS,
    (False, True): ADVOCACY,
    (False, False): NEITHER,
}


@MEASURES.measure(
    share(
        id="my_views",
        title="Children undergoing conference who completed a My Views form",
        section=Section.CHILD_PROTECTION,
        kind="flow",
        better="high",
        statuses=tuple(_PART_TAKEN.values()),
        numerator=frozenset({VIEWS_AND_ADVOCACY, VIEWS}),
        denominator=frozenset(_PART_TAKEN.values()),
        definition="Of the children with a conference in the month, initial or review, those who "
        "completed a My Views form for it. Each child counts once a month.",
        source="Stated in the report (L)",
        phrase=Phrase(
            subject="The proportion of children undergoing a conference who completed a My "
            "Views form",
            of=("child", "children"),
            summary=True,
        ),
    )
)
def my_views(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for month, some in groupby(case.records(conferences), lambda each: month_of(each.day)):
        held = list(some)
        views, advocacy = any(each.views for each in held), any(each.advocacy for each in held)
        yield Sorted(month, _PART_TAKEN[views, advocacy], held[0].day, held[0].team)


MEASURES.part(
    "my_views",
    id="advocacy_referral",
    title="Children at conference referred to advocacy",
    better="high",
    numerator=frozenset({VIEWS_AND_ADVOCACY, ADVOCACY}),
    definition="Of the children with a conference in the month, those referred to the advocacy "
    "service for it. Each child counts once a month.",
    phrase=Phrase(
        subject="The proportion of children undergoing a conference who were referred to advocacy",
        of=("child", "children"),
        summary=True,
    ),
)

NO_PLAN = "no_plan"


@MEASURES.measure(
    cohort(
        id="cp_review_conferences",
        title="Review conferences in time",
        section=Section.CHILD_PROTECTION,
        statuses=(MET, MISSED, NO_PLAN),
        standards={
            "first": days("initial conference to first review"),
            "later": days("each later review"),
        },
        definition="Reviews of protection plans held in the month by their due day, counted from "
        "the initial conference and then from review to review. A review belongs to the plan that "
        "it names, else to that of its day; one that so belongs to none is left out.",
        source="Working Together 2018 (S)",
        phrase=Phrase(subject="Timeliness of review conferences", of=("conference", "conferences")),
    )
)
def cp_review_conferences(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    plans = case.records(protection_plans)
    previous = {plan.key: reviews_run_from(case, plan) for plan in plans}
    reviewed = set()
    for review in case.records(plan_reviews):
        plan = reviewed_plan(case, review)
        if plan is None:
            yield Sorted(review.key, NO_PLAN, review.day, review.team)
            continue
        which = "later" if plan.key in reviewed else "first"
        due_on = due_day(previous[plan.key], standards[which])
        previous[plan.key] = review.day
        reviewed.add(plan.key)
        status = timed(case.clock, due_on, review.day)
        yield Sorted(review.key, status, review.day, review.team)


@MEASURES.measure(
    duty(
        id="cp_review_up_to_date",
        title="Children on a plan for more than 3 months with an up-to-date review",
        section=Section.CHILD_PROTECTION,
        standards={
            "counted": days("time on a plan beyond which a child is counted"),
            "first": days("initial conference to first review"),
            "later": days("each later review"),
        },
        definition="Of the children on a protection plan for more than the time beyond which they "
        "are counted, those whose plan was reviewed no longer ago than the standard.",
        source="Working Together 2018 (S)",
        phrase=Phrase(
            subject="The proportion of children on a plan for more than 3 months with an "
            "up-to-date review",
            of=("child", "children"),
        ),
    )
)
def cp_review_up_to_date(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    plan = case.records(open_plan)
    if plan and case.clock.past(due_day(plan.day, standards["counted"])):
        held = [
            each.day for each in case.records(plan_reviews) if reviewed_plan(case, each) == plan
        ]
        if held:
            due_on = due_day(held[-1], standards["later"])
        else:
            due_on = due_day(reviews_run_from(case, plan), standards["first"])
        yield Sorted(plan.key, recurring(case.clock, due_on, bool(held)), due=due_on)
