"""Seeing children. Definitions: MEASURES.md, "Seeing children"."""

from collections.abc import Iterator

from schemas.codes import VisitKind
from schemas.measure import Measure, Section, days
from state.calendar import add_months, due_day
from state.measures.forms import LATE, RECURRING, UP_TO_DATE, recurring
from state.records import current_placement, in_care, open_plan, visits
from state.rules import Sorted, Standards, measure
from state.view import CaseView

SEEING = Section.SEEING_CHILDREN


@measure(
    Measure(
        id="cp_visits",
        title="Children subject to a protection plan seen in time",
        section=SEEING,
        kind="stock",
        better="high",
        statuses=RECURRING,
        numerator=UP_TO_DATE,
        denominator=frozenset(RECURRING),
        late=LATE,
        standards={"seen": days("since last seen, or since the plan began")},
        definition="Children on a protection plan who were seen, virtually or face to face, within "
        "the standard, or whose plan is younger than it.",
        source="Local standard, stated in the report (L)",
    )
)
def cp_visits(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    plan = case.records(open_plan)
    if plan:
        seen = [v.day for v in case.records(visits) if v.child_seen and v.day >= plan.day]
        due_on = due_day(seen[-1] if seen else plan.day, standards["seen"])
        yield Sorted(plan.key, recurring(case.clock, due_on, bool(seen)), due=due_on)


@measure(
    Measure(
        id="statutory_visits",
        title="Children in care with an up-to-date statutory visit",
        section=SEEING,
        kind="stock",
        better="high",
        statuses=RECURRING,
        numerator=UP_TO_DATE,
        denominator=frozenset(RECURRING),
        late=LATE,
        standards={
            "first": days("start of placement to first visit"),
            "first_year": days("between visits in the placement's first year"),
            "until_eighteen": days("between visits after it, if meant to last until 18"),
            "otherwise": days("between visits after it, if not"),
        },
        definition="Children in care whose latest statutory visit, face to face and with the child "
        "seen, is no older than the standard. The interval is that of the day of the latest visit.",
        source="Care Planning, Placement and Case Review Regulations 2010, reg. 28 (S)",
    )
)
def statutory_visits(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    period = case.records(in_care)
    if not period:
        return
    placement = case.records(current_placement)
    start = placement.day if placement else period.day
    seen = [
        visit.day
        for visit in case.records(visits)
        if visit.kind is VisitKind.STATUTORY
        and visit.child_seen
        and not visit.virtual
        and visit.day >= start
    ]
    if not seen:
        due_on = due_day(start, standards["first"])
    elif seen[-1] < add_months(start, 12):
        due_on = due_day(seen[-1], standards["first_year"])
    else:
        lasting = placement is not None and placement.until_eighteen
        due_on = due_day(seen[-1], standards["until_eighteen" if lasting else "otherwise"])
    yield Sorted(period.key, recurring(case.clock, due_on, bool(seen)), due=due_on)
