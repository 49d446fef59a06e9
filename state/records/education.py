"""The education of children in care: school age, places, the virtual school's roll, terms."""

from dataclasses import dataclass
from datetime import date, timedelta

from casepulse.schemas.codes_education import EducationStage, ExclusionKind
from casepulse.schemas.events.education import (
    EducationPlanMeetingHeld,
    EducationPlanMeetingPlanned,
    SchoolExclusionStarted,
    SchoolPlaceEnded,
    SchoolPlaceStarted,
    VirtualSchoolEnrolled,
    VirtualSchoolLeft,
)
from casepulse.state.calendar import add_months
from casepulse.state.records.keys import by_key, one_a_record
from casepulse.state.records.life import birthday
from casepulse.state.records.spells import spells
from casepulse.state.records.stays import in_care, stays
from casepulse.state.view import CaseView

#: The month in which an academic year begins, and those in which its terms do: as `Window` has it.
ACADEMIC_YEAR = 9
TERMS = (1, 5, 9)

#: The birthdays after which, with the next academic year, Reception begins and Year 11 is over:
#: compulsory school age (Education Act 1996, s. 8), and the year of Reception before it.
_RECEPTION, _AFTER_YEAR_11 = 4, 16


def academic_year(day: date) -> date:
    """The first day of the academic year in which a day lies."""
    return date(day.year - (day.month < ACADEMIC_YEAR), ACADEMIC_YEAR, 1)


def next_academic_year(day: date) -> date:
    """The first day of the academic year after that in which a day lies."""
    return add_months(academic_year(day), 12)


def in_care_of_school_age(case: CaseView) -> bool:
    """Whether the child is in care, and of school age: Reception to Year 11."""
    if case.records(in_care) is None:
        return False
    fourth, sixteenth = birthday(case, _RECEPTION), birthday(case, _AFTER_YEAR_11)
    if fourth is None or sixteenth is None:
        return False
    begun = case.clock.begun
    return begun(next_academic_year(fourth)) and not begun(next_academic_year(sixteenth))


def school_place(case: CaseView) -> SchoolPlaceStarted | None:
    """The school place that a child has now: the latest, unless it has ended."""
    places = spells(case.facts(SchoolPlaceStarted), case.facts(SchoolPlaceEnded), "place")
    if not places or places[-1].ended is not None:
        return None
    data = by_key(case.facts(SchoolPlaceStarted), "place")[places[-1].key].data
    return data


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An exclusion from school."""

    key: str
    day: date
    fixed_term: bool
    school_days: int
    team: str | None


def exclusions(case: CaseView) -> list[Exclusion]:
    """Each exclusion, oldest first."""
    found = []
    for fact in one_a_record(case, SchoolExclusionStarted, "exclusion"):
        data = fact.data
        fixed_term = data.kind is ExclusionKind.FIXED_TERM
        found.append(
            Exclusion(data.exclusion, fact.day, fixed_term, data.school_days or 0, data.team)
        )
    return found


@dataclass(frozen=True, slots=True)
class Enrolment:
    """From when on a child is on the virtual school's roll at a stage; no stage: has left it."""

    day: date
    stage: EducationStage | None
    team: str | None


def enrolments(case: CaseView) -> list[Enrolment]:
    """Each change on the virtual school's roll, oldest first."""
    found = [(fact.time, Enrolment(fact.day, None, None)) for fact in case.facts(VirtualSchoolLeft)]
    for fact in case.facts(VirtualSchoolEnrolled):
        data = fact.data
        found.append((fact.time, Enrolment(fact.day, data.stage, data.team)))
    return [enrolment for _, enrolment in sorted(found, key=lambda each: each[0])]


def education_plan_days(case: CaseView) -> tuple[list[date], list[date]]:
    """The days on which meetings on the personal education plan were held, and those for which
    others are planned that lie ahead or are today."""
    held = [fact.day for fact in case.facts(EducationPlanMeetingHeld)]
    planned: dict[str, date] = {}
    for fact in case.facts(EducationPlanMeetingPlanned):
        data = fact.data
        planned[data.meeting] = data.planned  # a meeting put off is planned anew
    return held, [day for day in planned.values() if not case.clock.past(day)]


@dataclass(frozen=True, slots=True)
class Term:
    """A school term in which a child in care is on the virtual school's roll."""

    first: date
    last: date
    stage: EducationStage
    team: str | None


def terms_on_roll(case: CaseView) -> list[Term]:
    """Each term at whose end, or now while it lasts, the child is in care and on the roll."""
    changes = case.records(enrolments)
    found: list[Term] = []
    if not changes:
        return found
    first = _term(changes[0].day)
    while case.clock.begun(first):
        following = add_months(first, 4)
        last = following - timedelta(days=1)
        over = case.clock.past(last)
        held = [change for change in changes if change.day <= last]
        here = _in_care_beyond(case, last) if over else case.records(in_care) is not None
        latest = held[-1]
        if here and latest.stage is not None:
            found.append(Term(first, last, latest.stage, latest.team))
        first = following
    return found


def _in_care_beyond(case: CaseView, day: date) -> bool:
    return any(stay.lasts_beyond(day) for stay in case.records(stays))


def _term(day: date) -> date:
    """The first day of the term in which a day lies."""
    return date(day.year, max(month for month in TERMS if month <= day.month), 1)
