"""The health of children in care: initial and review assessments.

Dental checks and questionnaires: wellbeing.py.
"""

from collections.abc import Iterator
from datetime import date

from casepulse.schemas.codes import HealthAssessmentKind
from casepulse.schemas.measure import Better, Section, days
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day
from casepulse.state.measures.forms import (
    LATE,
    MET,
    MISSED,
    RECURRING,
    UNTRACED,
    UP_TO_DATE,
    cohort,
    duty,
    recurring,
    spread,
    timed,
)
from casepulse.state.records.health import (
    health_assessments,
    in_care_since,
    initial_appointments,
    initial_requests,
)
from casepulse.state.records.life import birthday, born, is_aged
from casepulse.state.records.stays import Stay, stays
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

_SECTION = Section.CHILDREN_IN_CARE
_REGULATIONS = "Care Planning, Placement and Case Review Regulations 2010, reg. 7 (S)"

UNDER_5, FROM_5 = "under_5", "5_and_over"


def _aged(statuses: frozenset[str], *bands: str) -> frozenset[str]:
    return frozenset(f"{status}_{band}" for status in statuses for band in bands)


def _next_review(case: CaseView, last: date, standards: Standards) -> date:
    """When the review after an assessment is due: at the shorter interval if that ends before the
    fifth birthday, or the age is unknown; else at the longer one."""
    due_on = due_day(last, standards["under_5"])
    fifth_birthday = birthday(case, 5)
    if fifth_birthday is None or due_on < fifth_birthday:
        return due_on
    return due_day(last, standards["from_5"])


_REVIEWS = {
    "under_5": days("an assessment to the next, due before the fifth birthday"),
    "from_5": days("an assessment to the next, later on"),
}


@MEASURES.measure(
    duty(
        id="cic_health_assessment",
        title="Children in care with an up-to-date health assessment",
        section=_SECTION,
        statuses=tuple(f"{status}_{band}" for band in (UNDER_5, FROM_5) for status in RECURRING),
        numerator=_aged(UP_TO_DATE, UNDER_5, FROM_5),
        denominator=_aged(frozenset(RECURRING), UNDER_5, FROM_5),
        late=_aged(LATE, UNDER_5, FROM_5),
        standards={"initial": days("entering care to the initial assessment"), **_REVIEWS},
        definition="Children in care whose initial assessment is done or not due yet and whose "
        "review is not overdue. An assessment is followed by the next at the shorter interval if "
        "that ends before the fifth birthday. A child of unknown age is left out.",
        source=_REGULATIONS,
        phrase=Phrase(
            subject="The proportion of children in care with an up-to-date health assessment",
            of=("child", "children"),
        ),
    )
)
def cic_health_assessment(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    since = case.records(in_care_since)
    if not since or case.records(born) is None:
        return
    done = [each.day for each in case.records(health_assessments) if each.entered == since]
    if done:
        due_on = _next_review(case, done[-1], standards)
    else:
        due_on = due_day(since, standards["initial"])
    band = FROM_5 if is_aged(case, 5) else UNDER_5
    yield Sorted(case.key, f"{recurring(case.clock, due_on, bool(done))}_{band}", due=due_on)


for _band, _title, _phrase in (
    (
        UNDER_5,
        "aged under 5",
        Phrase(
            subject="The proportion of children in care aged under 5 with an up-to-date health "
            "assessment",
            of=("child", "children"),
        ),
    ),
    (
        FROM_5,
        "aged 5 and over",
        Phrase(
            subject="The proportion of children in care aged 5 and over with an up-to-date "
            "health assessment",
            of=("child", "children"),
        ),
    ),
):
    MEASURES.part(
        "cic_health_assessment",
        id=f"cic_health_assessment_{_band}",
        title=f"Children in care {_title} with an up-to-date health assessment",
        better="high",
        numerator=_aged(UP_TO_DATE, _band),
        denominator=_aged(frozenset(RECURRING), _band),
        late=_aged(LATE, _band),
        definition=f"Of the children of cic_health_assessment, those {_title} now.",
        phrase=_phrase,
    )
MEASURES.part(
    "cic_health_assessment",
    id="cic_health_overdue",
    title="Children in care whose health assessment is overdue",
    better="low",
    numerator=_aged(LATE, UNDER_5, FROM_5),
    late=_aged(LATE, UNDER_5, FROM_5),
    definition="Of the children of cic_health_assessment, those whose initial (never) or review "
    "assessment (overdue) is late.",
    phrase=Phrase(said="a health assessment was overdue for {child|children}"),
)

OUTSIDE_CARE = "outside_care"


@MEASURES.measure(
    cohort(
        id="iha_timely",
        title="Initial health assessments in time",
        section=_SECTION,
        statuses=(MET, MISSED, OUTSIDE_CARE),
        standards={"initial": days("entering care to the initial assessment")},
        definition="Initial health assessments in the month that took place within the standard. "
        "One on a day when the child was not in care is left out.",
        source=_REGULATIONS,
        phrase=Phrase(
            subject="Timeliness of initial health assessments", of=("assessment", "assessments")
        ),
    )
)
def iha_timely(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for each in case.records(health_assessments):
        if each.kind is HealthAssessmentKind.INITIAL:
            if each.entered is None:
                yield Sorted(each.key, OUTSIDE_CARE, each.day, each.team)
                continue
            due_on = due_day(each.entered, standards["initial"])
            status = timed(case.clock, due_on, each.day)
            yield Sorted(each.key, status, each.day, each.team)


@MEASURES.measure(
    cohort(
        id="rha_timely",
        title="Review health assessments in time",
        section=_SECTION,
        statuses=(MET, MISSED, UNTRACED),
        standards=_REVIEWS,
        definition="Review health assessments in the month by their due day, which runs from the "
        "assessment before it. One with none before it on record, in this care, is untraced and "
        "left out; a child of unknown age is left out altogether.",
        source=_REGULATIONS,
        phrase=Phrase(
            subject="Timeliness of review health assessments", of=("assessment", "assessments")
        ),
    )
)
def rha_timely(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for each in case.records(health_assessments):
        if each.kind is HealthAssessmentKind.REVIEW:
            if case.records(born) is None:
                return
            if each.before is None:
                yield Sorted(each.key, UNTRACED, each.day, each.team)
                continue
            due_on = _next_review(case, each.before, standards)
            status = timed(case.clock, due_on, each.day)
            yield Sorted(each.key, status, each.day, each.team)


IN_TIME, RECEIVED_LATE = "in_time", "late"
PLANNED_IN_TIME, PLANNED_LATE = "planned_in_time", "planned_late"
REQUESTED, NO_REQUEST = "requested", "no_request"
LEFT_BEFORE = "left_before"

#: After how far it has come: the due day is past.
PAST_DUE = "_past_due"
_TO_COME = (PLANNED_IN_TIME, PLANNED_LATE, REQUESTED, NO_REQUEST)
_LATE_TO_COME = tuple(status + PAST_DUE for status in _TO_COME)
ENTRANTS = (IN_TIME, RECEIVED_LATE, *_TO_COME, *_LATE_TO_COME)


@MEASURES.measure(
    spread(
        (*ENTRANTS, LEFT_BEFORE),
        id="iha_entrants_in_time",
        title="Entrants to care: initial health assessment received in time",
        section=_SECTION,
        better="high",
        numerator=frozenset({IN_TIME}),
        denominator=frozenset(ENTRANTS),
        late=frozenset({RECEIVED_LATE, *_LATE_TO_COME}),
        standards={"initial": days("entering care to the initial assessment")},
        definition="Children who entered care in the month, by how far their initial health "
        "assessment has come: received, an appointment planned, requested, or none of these; and "
        "past due, if it was not received by the due day. One who left care by the due day "
        "without an assessment is left out. Nothing is to be done any more once the child has left "
        "care, or has had a review assessment.",
        source=_REGULATIONS,
        phrase=Phrase(
            said="{child entering care had|children entering care had} received an initial "
            "health assessment in time"
        ),
    )
)
def iha_entrants_in_time(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for stay in case.records(stays):
        due_on = due_day(stay.day, standards["initial"])
        status = _progress(case, stay, due_on)
        assessed = any(each.entered == stay.day for each in case.records(health_assessments))
        over = assessed or stay.until is not None
        if status in _TO_COME and case.clock.past(due_on):
            status += PAST_DUE
        yield Sorted(stay.key, status, stay.day, stay.entered.data.team, None if over else due_on)


def _progress(case: CaseView, stay: Stay, due_on: date) -> str:
    """How far the initial health assessment of an entrant has come."""
    for each in case.records(health_assessments):
        if each.kind is HealthAssessmentKind.INITIAL and each.entered == stay.day:
            return IN_TIME if each.day <= due_on else RECEIVED_LATE
    if stay.until and stay.until <= due_on:
        return LEFT_BEFORE
    planned = [day for made, day in case.records(initial_appointments) if stay.covers(made)]
    if planned:
        return PLANNED_IN_TIME if planned[-1] <= due_on else PLANNED_LATE
    requested = any(stay.covers(day) for day in case.records(initial_requests))
    return REQUESTED if requested else NO_REQUEST


_WORSE: Better = "low"
for _id, _title, _status, _better, _phrase in (
    (
        "requested_no_appointment",
        "requested, no appointment recorded",
        REQUESTED,
        _WORSE,
        Phrase(said="{child|children} had a request made but no appointment recorded"),
    ),
    (
        "no_request",
        "no request for an appointment recorded",
        NO_REQUEST,
        _WORSE,
        Phrase(said="{child|children} had no request for an appointment recorded"),
    ),
    (
        "planned_in_time",
        "appointment planned in time",
        PLANNED_IN_TIME,
        None,
        Phrase(said="{child|children} had an appointment planned in time"),
    ),
    (
        "planned_late",
        "appointment planned out of time",
        PLANNED_LATE,
        _WORSE,
        Phrase(said="{child|children} had an appointment planned out of time"),
    ),
    (
        "late",
        "received out of time",
        RECEIVED_LATE,
        _WORSE,
        Phrase(said="{child|children} had received an assessment out of time"),
    ),
):
    MEASURES.part(
        "iha_entrants_in_time",
        id=f"iha_entrants_{_id}",
        title=f"Entrants to care: initial health assessment {_title}",
        better=_better,
        numerator=frozenset({_status, _status + PAST_DUE} & set(ENTRANTS)),
        late=frozenset({_status, _status + PAST_DUE} & {RECEIVED_LATE, *_LATE_TO_COME}),
        definition=f"Of the entrants of iha_entrants_in_time: {_title}.",
        phrase=_phrase,
    )
