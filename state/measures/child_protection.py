"""Child protection: conferences and visits to children on a plan.

Definitions: MEASURES.md, "Response to risk", "Seeing children" and "Management oversight".
"""

from collections.abc import Iterator

from schemas.measure import Section, days
from state.calendar import due_day, local_date
from state.measures.forms import MET, MISSED, UNTRACED, cohort, duty, recurring, share, timed
from state.records.protection import initial_conferences, open_plan, protection_plans
from state.records.referrals import visits
from state.rules import Sorted, Standards, measure
from state.view import CaseView


@measure(
    cohort(
        id="icpc_timely",
        title="Initial child protection conferences in time",
        section=Section.CHILD_PROTECTION,
        statuses=(MET, MISSED, UNTRACED),
        standards={"held": days("strategy discussion that began the S47 enquiry to conference")},
        definition="Initial conferences held in the month within the standard. One whose strategy "
        "discussion is not on record is untraced and left out.",
        source="Working Together 2018 (S)",
    )
)
def icpc_timely(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for conference in case.records(initial_conferences):
        if conference.discussion_day is None:
            yield Sorted(conference.key, UNTRACED, conference.day, conference.team)
            continue
        due_on = due_day(conference.discussion_day, standards["held"])
        status = timed(case.clock, due_on, conference.day)
        yield Sorted(conference.key, status, conference.day, conference.team, due_on)


@measure(
    duty(
        id="cp_visits",
        title="Children subject to a protection plan seen in time",
        section=Section.CHILD_PROTECTION,
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


DELAYED, PROMPT = "delayed", "prompt"


@measure(
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
    )
)
def cp_visit_recording_delay(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    plans = case.records(protection_plans)
    if plans:
        for visit in case.records(visits):
            if any(plan.covers(visit.day) for plan in plans):
                due_on = due_day(visit.day, standards["recorded"])
                late = local_date(visit.recorded) > due_on
                yield Sorted(visit.key, DELAYED if late else PROMPT, visit.day, visit.team)
