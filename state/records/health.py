"""The health of children in care: assessments, checks and questionnaires."""

from dataclasses import dataclass
from datetime import date

from casepulse.schemas.codes import HealthAssessmentKind
from casepulse.schemas.events.health import (
    DentalCheckCompleted,
    HealthAssessmentCompleted,
    HealthAssessmentPlanned,
    HealthAssessmentRequested,
    StrengthsDifficultiesCompleted,
)
from casepulse.state.facts import Fact
from casepulse.state.records.keys import one_a_day, team_of_tellings
from casepulse.state.records.stays import in_care, in_care_on
from casepulse.state.view import CaseView


def in_care_since(case: CaseView) -> date | None:
    """The day on which a child who is in care entered it."""
    stay = case.records(in_care)
    return stay.day if stay else None


@dataclass(frozen=True, slots=True)
class HealthAssessment:
    """A health assessment; of one kind there is one a day, however often it was told."""

    key: str
    day: date
    kind: HealthAssessmentKind
    entered: date | None
    """When the child had entered the care it was in that day; None, if it was not in care."""
    before: date | None
    """The day of the assessment before it, in the same care."""
    team: str | None


def health_assessments(case: CaseView) -> list[HealthAssessment]:
    """Each health assessment, oldest first."""
    by_kind: dict[HealthAssessmentKind, list[Fact]] = {}
    for fact in case.facts(HealthAssessmentCompleted):
        by_kind.setdefault(fact.data.kind, []).append(fact)
    every = [(kind, told) for kind in by_kind for told in one_a_day(by_kind[kind])]
    found = []
    earlier: dict[str, list[Fact]] = {}
    for kind, told in sorted(every, key=lambda each: (each[1][0].time, each[1][0].id)):
        first = told[0]
        stay = in_care_on(case, first.day)
        found.append(
            HealthAssessment(
                first.id,
                first.day,
                kind,
                stay.day if stay else None,
                _before(earlier.setdefault(stay.key, []), first) if stay else None,
                team_of_tellings(case, told),
            )
        )
        if stay:
            earlier[stay.key].append(first)
    return found


def _before(earlier: list[Fact], assessment: Fact) -> date | None:
    """The day of the latest of some assessments before one; what is told of its own instant is
    none."""
    return next((each.day for each in reversed(earlier) if each.time < assessment.time), None)


def initial_requests(case: CaseView) -> list[date]:
    """The days on which an initial health assessment was asked for."""
    return [
        fact.day
        for fact in case.facts(HealthAssessmentRequested)
        if fact.data.kind is HealthAssessmentKind.INITIAL
    ]


def initial_appointments(case: CaseView) -> list[tuple[date, date]]:
    """The appointments for an initial one: the day on which it was made, and its own."""
    return [
        (fact.day, fact.data.appointment)
        for fact in case.facts(HealthAssessmentPlanned)
        if fact.data.kind is HealthAssessmentKind.INITIAL
    ]


def latest_dental_check(case: CaseView) -> date | None:
    """The day of the child's latest dental check."""
    checks = case.facts(DentalCheckCompleted)
    return checks[-1].day if checks else None


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A strengths and difficulties questionnaire: its day, and its total difficulties score."""

    day: date
    score: int


def latest_questionnaire(case: CaseView) -> Questionnaire | None:
    """The child's latest strengths and difficulties questionnaire."""
    told = case.facts(StrengthsDifficultiesCompleted)
    if not told:
        return None
    data = told[-1].data
    return Questionnaire(told[-1].day, data.score)
