"""Children on a protection plan: visits, neglect, how long a plan lasts."""

from collections.abc import Iterator

from casepulse.schemas.events.protection import NeglectToolkitCompleted
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.schemas.measure import Section, days, months
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day, end_of
from casepulse.state.measures.forms import (
    LATE,
    MET,
    NEVER_DONE,
    NO,
    NOT_DUE,
    OVERDUE,
    duty,
    share,
    yes_no,
)
from casepulse.state.records.life import is_aged
from casepulse.state.records.protection import open_plan, plan_categories, protection_plans
from casepulse.state.records.referrals import visits
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

#: Up to date, where the latest visit that saw the child was virtual.
MET_VIRTUALLY = "met_virtually"

#: Late by so much that it is counted apart.
LONG_OVERDUE, LONG_NEVER = "long_overdue", "long_never"
VISITED = (MET, MET_VIRTUALLY, NOT_DUE, OVERDUE, NEVER_DONE, LONG_OVERDUE, LONG_NEVER)
LONG_UNSEEN = frozenset({LONG_OVERDUE, LONG_NEVER})


@MEASURES.measure(
    duty(
        id="cp_visits",
        title="Children subject to a protection plan seen in time",
        section=Section.CHILD_PROTECTION,
        statuses=VISITED,
        numerator=frozenset({MET, MET_VIRTUALLY, NOT_DUE}),
        denominator=frozenset(VISITED),
        late=LATE | LONG_UNSEEN,
        standards={
            "seen": days("since last seen, or since the plan began"),
            "unseen": days("beyond which a child who was not seen is counted apart"),
        },
        definition="Children on a protection plan who were seen, virtually or face to face, within "
        "the standard, or whose plan is younger than it.",
        source="Local standard, stated in the report (L)",
        phrase=Phrase(
            subject="Timeliness of visits to children subject to a protection plan",
            of=("child", "children"),
        ),
    )
)
def cp_visits(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    plan = case.records(open_plan)
    if not plan:
        return
    seen = [each for each in case.records(visits) if each.child_seen and each.day >= plan.day]
    since = seen[-1].day if seen else plan.day
    due_on = due_day(since, standards["seen"])
    if not case.clock.past(due_on):
        status = NOT_DUE if not seen else MET_VIRTUALLY if seen[-1].virtual else MET
    elif case.clock.past(due_day(since, standards["unseen"])):
        status = LONG_OVERDUE if seen else LONG_NEVER
    else:
        status = OVERDUE if seen else NEVER_DONE
    yield Sorted(plan.key, status, due=due_on)


MEASURES.part(
    "cp_visits",
    id="cp_not_seen",
    title="Children on a plan not seen in time",
    better="low",
    numerator=LATE | LONG_UNSEEN,
    late=LATE | LONG_UNSEEN,
    definition="Children on a protection plan who were last seen, or whose plan began if they "
    "never were, longer ago than the standard.",
    phrase=Phrase(said="{child had|children had} not been seen in time"),
)
MEASURES.part(
    "cp_visits",
    id="cp_not_seen_20",
    title="Children on a plan not seen for much longer than the standard",
    better="low",
    numerator=LONG_UNSEEN,
    denominator=None,
    late=LONG_UNSEEN,
    definition="Those of cp_not_seen who were not seen for more than 20 working days, or what the "
    "profile sets.",
    phrase=Phrase(
        said="{child had|children had} not been seen for much longer than the standard allows"
    ),
)
MEASURES.part(
    "cp_visits",
    id="cp_seen_virtually",
    title="Children on a plan seen virtually",
    numerator=frozenset({MET_VIRTUALLY}),
    definition="Children on a protection plan who were seen within the standard, the last time "
    "virtually.",
    phrase=Phrase(said="{child was|children were} seen virtually"),
)


@MEASURES.measure(
    share(
        id="cp_seen_alone",
        title="Children on a plan seen alone",
        section=Section.CHILD_PROTECTION,
        better="high",
        standards={
            "alone": days("since last seen alone"),
            "aged": months("age from which a child is counted"),
        },
        definition="Of the children on a protection plan who have reached the age, those who were "
        "seen alone, on the plan, within the standard.",
        source="Local standard, stated in the report (L)",
        phrase=Phrase(
            subject="The proportion of children on a plan who were seen alone",
            of=("child", "children"),
            summary=True,
        ),
    )
)
def cp_seen_alone(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    plan = case.records(open_plan)
    if plan and is_aged(case, 0, standards["aged"].count):
        alone = [
            fact.day
            for fact in case.facts(VisitRecorded)
            if fact.data.seen_alone and fact.day >= plan.day
        ]
        due_on = due_day(alone[-1], standards["alone"]) if alone else None
        in_time = due_on is not None and not case.clock.past(due_on)
        yield Sorted(plan.key, yes_no(in_time))


DELAYED, PROMPT = "delayed", "prompt"


@MEASURES.measure(
    share(
        id="cp_visit_recording_delay",
        title="Recording of visits to children on a plan delayed",
        section=Section.CHILD_PROTECTION,
        kind="flow",
        better="low",
        statuses=(DELAYED, PROMPT),
        numerator=frozenset({DELAYED}),
        denominator=frozenset({DELAYED, PROMPT}),
        standards={"recorded": days("visit to its record")},
        definition="Visits in the month to children on a protection plan that were recorded later "
        "than the standard.",
        source="Local standard, customary (A)",
        phrase=Phrase(
            subject="The proportion of visits to children on a plan that were recorded late",
            of=("visit", "visits"),
        ),
    )
)
def cp_visit_recording_delay(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    plans = case.records(protection_plans)
    if plans:
        for visit in case.records(visits):
            if any(plan.covers(visit.day) for plan in plans):
                due_on = due_day(visit.day, standards["recorded"])
                late = visit.recorded >= end_of(due_on)
                yield Sorted(visit.key, DELAYED if late else PROMPT, visit.day, visit.team)


@MEASURES.measure(
    share(
        id="cp_neglect_toolkit",
        title="Neglect toolkit completed where neglect is a factor",
        section=Section.CHILD_PROTECTION,
        better="high",
        standards={"look_back": months("since the toolkit was completed")},
        definition="Of the children on a protection plan for neglect (category NEG), those for "
        "whom a neglect toolkit was completed in the look-back, on the plan or before it.",
        source="Local standard, stated in the report (L)",
        phrase=Phrase(
            subject="Completion of the Neglect toolkit for children on a plan where neglect is "
            "a factor",
            of=("child", "children"),
        ),
    )
)
def cp_neglect_toolkit(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    plan = case.records(open_plan)
    if plan and "NEG" in plan_categories(case):
        completed = case.facts(NeglectToolkitCompleted)
        recent = bool(completed) and case.clock.within_last(
            standards["look_back"].count, completed[-1].time
        )
        yield Sorted(plan.key, yes_no(recent))


MEASURES.part(
    "cp_neglect_toolkit",
    id="cp_neglect_no_toolkit",
    title="Neglect toolkit not completed",
    better="low",
    numerator=frozenset({NO}),
    definition="Of the children of cp_neglect_toolkit, those for whom none was completed.",
    phrase=Phrase(said="the toolkit had not been completed for {child|children}"),
)


@MEASURES.measure(
    share(
        id="cp_over_2y",
        title="Children on a plan for two years or more",
        section=Section.CHILD_PROTECTION,
        better="low",
        decimals=1,
        standards={"open": days("since the plan began")},
        definition="Of the children on a protection plan, those whose plan has been open for the "
        "standard or longer.",
        source="CIN census, plans open two years or more (D)",
        phrase=Phrase(
            subject="The proportion of children who had been on a plan for two years or more",
            of=("child", "children"),
        ),
    )
)
def cp_over_2y(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    plan = case.records(open_plan)
    if plan:
        reached = due_day(plan.day, standards["open"])
        yield Sorted(plan.key, yes_no(case.clock.begun(reached)))
