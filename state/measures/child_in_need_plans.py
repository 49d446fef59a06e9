"""Child in need plans: put in place, reviewed, and stepped down from to early help."""

from collections.abc import Iterator

from casepulse.schemas.codes import StepDown
from casepulse.schemas.measure import Section, days
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day
from casepulse.state.measures.forms import (
    MET,
    MISSED,
    NEVER_DONE,
    OVERDUE,
    RECURRING,
    UNTRACED,
    cohort,
    duty,
    recurring,
    share,
    timed,
)
from casepulse.state.records.children_in_need import (
    child_in_need_plans,
    ends_of_plans,
    open_child_in_need_plan,
    plan_due_from,
)
from casepulse.state.records.keys import team_of_completion
from casepulse.state.records.populations import child_in_need
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

IN_NEED = Section.CHILDREN_IN_NEED

LATE_AFTER_REVIEW, LATE_AFTER_ASSESSMENT = "late_after_review", "late_after_assessment"
PLAN_LATE = frozenset({LATE_AFTER_REVIEW, LATE_AFTER_ASSESSMENT})


@MEASURES.measure(
    cohort(
        id="cin_plan_timely",
        title="Child in Need plans put in place in time",
        section=IN_NEED,
        statuses=(MET, LATE_AFTER_REVIEW, LATE_AFTER_ASSESSMENT, UNTRACED),
        denominator=PLAN_LATE | {MET},
        late=PLAN_LATE,
        standards={"in_place": days("assessment authorised, or CP/IRO review, to plan")},
        definition="Plans begun in the month within the standard. The clock runs from the review "
        "that led to the plan, else from the authorisation of the assessment that it names, else "
        "from that of the latest assessment. A plan without either is untraced and left out.",
        source="Local standard, stated in the report (L)",
        phrase=Phrase(
            subject="Timeliness of putting Child in Need plans in place", of=("plan", "plans")
        ),
    )
)
def cin_plan_timely(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for plan in case.records(child_in_need_plans):
        if plan.due_from is None:
            yield Sorted(plan.key, UNTRACED, plan.day, plan.team)
            continue
        due_on = due_day(plan.due_from, standards["in_place"])
        status = timed(case.clock, due_on, plan.day)
        if status == MISSED:
            status = LATE_AFTER_REVIEW if plan.after_review else LATE_AFTER_ASSESSMENT
        yield Sorted(plan.key, status, plan.day, plan.team)


for _id, _title, _late, _phrase in (
    (
        "cin_plan_late_after_review",
        "after a CP/IRO review",
        LATE_AFTER_REVIEW,
        Phrase(said="{plan was|plans were} put in place late after a CP or IRO review"),
    ),
    (
        "cin_plan_late_after_assessment",
        "after a Single Assessment",
        LATE_AFTER_ASSESSMENT,
        Phrase(said="{plan was|plans were} put in place late after a single assessment"),
    ),
):
    MEASURES.part(
        "cin_plan_timely",
        id=_id,
        title=f"Child in Need plans put in place late {_title}",
        better="low",
        numerator=frozenset({_late}),
        denominator=None,
        late=frozenset({_late}),
        definition=f"Plans begun in the month later than the standard of cin_plan_timely {_title}.",
        phrase=_phrase,
    )

WITHOUT_PLAN, PLAN_OVERDUE = "without_plan", "plan_overdue"


@MEASURES.measure(
    duty(
        id="cin_review_up_to_date",
        title="Children in Need with a plan reviewed in time or not yet due",
        section=IN_NEED,
        statuses=(*RECURRING, WITHOUT_PLAN, PLAN_OVERDUE),
        standards={
            "first": days("plan to first review"),
            "later": days("each later review"),
            "in_place": days("assessment authorised, or CP/IRO review, to plan"),
        },
        definition="Of the children in need who have a plan, those whose plan was reviewed within "
        "the standard, or is younger than that for its first review.",
        source="Local standard, customary (A)",
        phrase=Phrase(
            subject="The proportion of Children in Need with a plan whose review was up to date "
            "or not yet due",
            of=("child", "children"),
        ),
    )
)
def cin_review_up_to_date(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    need = case.records(child_in_need)
    if need is None:
        return
    plan = case.records(open_child_in_need_plan)
    if plan is not None:
        reviewed = plan.reviewed
        due_on = due_day(reviewed or plan.day, standards["later" if reviewed else "first"])
        yield Sorted(plan.key, recurring(case.clock, due_on, bool(reviewed)), due=due_on)
        return
    owed_since = case.records(plan_due_from)
    if owed_since is None:
        yield Sorted(need.referral, WITHOUT_PLAN)
        return
    due_on = due_day(owed_since, standards["in_place"])
    status = PLAN_OVERDUE if case.clock.past(due_on) else WITHOUT_PLAN
    yield Sorted(need.referral, status, due=due_on)


for _id, _title, _late, _definition, _phrase in (
    (
        "cin_no_first_review",
        "no first review",
        NEVER_DONE,
        "whose first review is overdue",
        Phrase(
            said="{child with a plan had|children with a plan had} not had a first review, "
            "and it was overdue"
        ),
    ),
    (
        "cin_next_review_overdue",
        "the next review overdue",
        OVERDUE,
        "reviewed, but not in time",
        Phrase(
            said="{child had|children had} been reviewed before and [was|were] overdue the "
            "next review"
        ),
    ),
):
    MEASURES.part(
        "cin_review_up_to_date",
        id=_id,
        title=f"Children in Need with a plan, {_title}",
        better="low",
        numerator=frozenset({_late}),
        late=frozenset({_late}),
        definition=f"Of the children in need with a plan, those {_definition}.",
        phrase=_phrase,
    )
MEASURES.part(
    "cin_review_up_to_date",
    id="cin_without_plan",
    title="Children in Need without a plan",
    numerator=frozenset({WITHOUT_PLAN, PLAN_OVERDUE}),
    denominator=None,
    definition="Children in need who have no child in need plan, whether one is due or not.",
    phrase=Phrase(said="{Child in Need|Children in Need} did not have a plan in place"),
)
MEASURES.part(
    "cin_review_up_to_date",
    id="cin_plan_overdue",
    title="Children in Need without a plan, plan overdue",
    better="low",
    numerator=frozenset({PLAN_OVERDUE}),
    denominator=frozenset({WITHOUT_PLAN, PLAN_OVERDUE}),
    late=frozenset({PLAN_OVERDUE}),
    definition="Of the children in need without a plan, those whom an assessment found in need, or "
    "who came off a protection plan or out of care, longer ago than the standard for the plan.",
    phrase=Phrase(said="for {of these|of these} a plan was overdue"),
)

STEPPED_DOWN = tuple(destination.value for destination in StepDown)
FAMILY_SUPPORT_TEAM, CENTRE, SCHOOL, _OTHER = STEPPED_DOWN
NOT_STEPPED_DOWN = "not_stepped_down"


@MEASURES.measure(
    share(
        id="step_down",
        title="Children stepped down to Early Help, of Child in Need plans ended",
        section=Section.EARLY_HELP,
        kind="flow",
        statuses=(*STEPPED_DOWN, NOT_STEPPED_DOWN),
        numerator=frozenset(STEPPED_DOWN),
        denominator=frozenset({*STEPPED_DOWN, NOT_STEPPED_DOWN}),
        definition="Child in need plans that ended in the month with a step down to early help, of "
        "all that ended in it.",
        source="Report, Step down to Early Help (L)",
        phrase=Phrase(
            said="{child was|children were} stepped down to Early Help from a Child in Need "
            "plan that ended",
            of=("plan that ended", "plans that ended"),
            summary=True,
        ),
    )
)
def step_down(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for fact in case.records(ends_of_plans):
        data = fact.data
        destination = data.step_down.value if data.step_down else NOT_STEPPED_DOWN
        yield Sorted(data.plan, destination, fact.day, team_of_completion(case, fact))


for _id, _title, _where, _phrase in (
    (
        "targeted",
        "Targeted Support",
        {FAMILY_SUPPORT_TEAM, CENTRE},
        Phrase(said="{child was|children were} stepped down to Targeted Support"),
    ),
    (
        "fst",
        "a Family Support Team",
        {FAMILY_SUPPORT_TEAM},
        Phrase(said="{child was|children were} stepped down to a Family Support Team"),
    ),
    (
        "cfc",
        "a Children and Family Centre",
        {CENTRE},
        Phrase(said="{child was|children were} stepped down to a Children and Family Centre"),
    ),
    (
        "school",
        "the support of their school",
        {SCHOOL},
        Phrase(said="{child was|children were} stepped down to the support of their school"),
    ),
):
    MEASURES.part(
        "step_down",
        id=f"step_down_{_id}",
        title=f"Children stepped down to {_title}",
        numerator=frozenset(_where),
        denominator=None,
        definition=f"Child in need plans that ended in the month with a step down to {_title}.",
        phrase=_phrase,
    )
