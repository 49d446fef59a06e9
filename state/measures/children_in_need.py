"""Children in need: seen, and for how long in need."""

from collections.abc import Iterator

from casepulse.schemas.measure import Section, days, months
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day
from casepulse.state.measures.forms import (
    LATE,
    MET,
    NEVER_DONE,
    NOT_DUE,
    OVERDUE,
    duty,
    recurring,
    share,
)
from casepulse.state.records.children_in_need import on_short_breaks, open_child_in_need_plan
from casepulse.state.records.populations import child_in_need
from casepulse.state.records.referrals import visits
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

IN_NEED = Section.CHILDREN_IN_NEED

SEEN_VIRTUALLY = "met_virtual"
OVERDUE_LONG, NEVER_LONG = "overdue_6_weeks", "never_6_weeks"
VISITING = (MET, SEEN_VIRTUALLY, NOT_DUE, OVERDUE, OVERDUE_LONG, NEVER_DONE, NEVER_LONG)
NOT_SEEN_LONG = frozenset({OVERDUE_LONG, NEVER_LONG})
NOT_SEEN = LATE | NOT_SEEN_LONG


@MEASURES.measure(
    duty(
        id="cin_visits",
        title="Children in Need seen in time",
        section=IN_NEED,
        statuses=VISITING,
        numerator=frozenset({MET, SEEN_VIRTUALLY, NOT_DUE}),
        denominator=frozenset(VISITING),
        late=NOT_SEEN,
        standards={
            "seen": days("since last seen, or since in need"),
            "long_unseen": days("the same, to not seen for long"),
        },
        definition="Children in need who were seen, virtually or face to face, within the "
        "standard, or who have not been in need for longer than it. Visits of before the child "
        "came to be in need do not count.",
        source="Local standard, customary (A)",
        phrase=Phrase(subject="Timeliness of visits to Children in Need", of=("child", "children")),
    )
)
def cin_visits(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    need = case.records(child_in_need)
    if need is None:
        return
    seen = [v for v in case.records(visits) if v.child_seen and v.day >= need.since]
    last_seen = seen[-1].day if seen else need.since
    due_on = due_day(last_seen, standards["seen"])
    status = recurring(case.clock, due_on, bool(seen))
    if status in LATE and case.clock.begun(due_day(last_seen, standards["long_unseen"])):
        status = OVERDUE_LONG if seen else NEVER_LONG
    elif status == MET and seen[-1].virtual:
        status = SEEN_VIRTUALLY
    yield Sorted(need.referral, status, due=due_on)


MEASURES.part(
    "cin_visits",
    id="cin_not_seen",
    title="Children in Need not seen in time",
    better="low",
    numerator=NOT_SEEN,
    late=NOT_SEEN,
    definition="Children in need not seen within the standard of cin_visits.",
    phrase=Phrase(said="{child had|children had} not been seen in time"),
)
MEASURES.part(
    "cin_visits",
    id="cin_not_seen_6_weeks",
    title="Children in Need not seen for 6 weeks or more",
    better="low",
    numerator=NOT_SEEN_LONG,
    denominator=None,
    late=NOT_SEEN_LONG,
    definition="Of the children of cin_not_seen, those last seen, or if never seen in need since, "
    "6 weeks ago or longer.",
    phrase=Phrase(said="{child had|children had} not been seen for 6 weeks or more"),
)
MEASURES.part(
    "cin_visits",
    id="cin_seen_virtually",
    title="Children in Need seen virtually",
    numerator=frozenset({SEEN_VIRTUALLY}),
    definition="Children in need whose latest visit, in time still, was virtual.",
    phrase=Phrase(said="{child was|children were} seen virtually"),
)

UP_TO_A_YEAR, LONGER, PLAN_LONG, SHORT_BREAKS_ONLY = (
    "12_months_or_less", "longer", "plan_over_2_years", "short_breaks",
)  # fmt: skip


@MEASURES.measure(
    share(
        id="cin_12m_or_less",
        title="Children in Need for 12 months or less",
        section=IN_NEED,
        better="high",
        statuses=(UP_TO_A_YEAR, LONGER, PLAN_LONG, SHORT_BREAKS_ONLY),
        numerator=frozenset({UP_TO_A_YEAR}),
        denominator=frozenset({UP_TO_A_YEAR, LONGER, PLAN_LONG}),
        standards={
            "short": months("the longest that is still short"),
            "long": months("the longest on a plan that is not long yet"),
        },
        definition="Children in need for no longer than the standard since they were referred, "
        "however many referrals overlapped or followed on, or since they came off a protection "
        "plan or out of care. Short breaks are left out.",
        source="Local standard, stated in the report (L)",
        phrase=Phrase(
            subject="The proportion of children who had been a Child in Need for 12 months or less",
            of=("child", "children"),
        ),
    )
)
def cin_12m_or_less(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    need = case.records(child_in_need)
    if need is None:
        return
    plan = case.records(open_child_in_need_plan)
    on_plan_since = max(plan.day, need.since) if plan else None
    if case.records(on_short_breaks):
        status = SHORT_BREAKS_ONLY
    elif on_plan_since and case.clock.past(due_day(on_plan_since, standards["long"])):
        status = PLAN_LONG
    else:
        longer = case.clock.past(due_day(need.since, standards["short"]))
        status = LONGER if longer else UP_TO_A_YEAR
    yield Sorted(need.referral, status)


MEASURES.part(
    "cin_12m_or_less",
    id="cin_over_2y",
    title="Children on a Child in Need plan for more than two years",
    better="low",
    numerator=frozenset({PLAN_LONG}),
    denominator=None,
    definition="Children in need on their plan for longer than two years. Short breaks left out.",
    phrase=Phrase(
        said="{child had|children had} been on a Child in Need plan for more than two years"
    ),
)
