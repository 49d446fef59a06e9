"""The health of children in care: entries to care, assessments, checks and questionnaires."""

from dataclasses import dataclass
from datetime import date

from schemas.codes import HealthAssessmentKind
from schemas.events.care import CarePeriodStarted
from schemas.events.health import (
    DentalCheckCompleted,
    HealthAssessmentCompleted,
    HealthAssessmentPlanned,
    HealthAssessmentRequested,
    StrengthsDifficultiesCompleted,
)
from state.records.care import SHORT_BREAKS, care_periods, entered_care, in_care, legal_status_in
from state.records.keys import by_key
from state.view import CaseView


@dataclass(frozen=True, slots=True)
class CareEntry:
    """A child's entry to care, and the day on which it left, if it has."""

    key: str
    day: date
    left: date | None
    team: str | None

    def covers(self, day: date) -> bool:
        """Whether the child was in care on a day, the first and last included."""
        return self.day <= day and (self.left is None or day <= self.left)


def care_entries(case: CaseView) -> list[CareEntry]:
    """Each entry to care, oldest first. Short breaks alone (V3, V4) are none."""
    starts = by_key(case.facts(CarePeriodStarted), "period")
    found = []
    for period in case.records(care_periods):
        day = entered_care(case, period)
        if legal_status_in(case, period, day) not in SHORT_BREAKS:
            team = starts[period.key].data.team
            found.append(CareEntry(period.key, day, period.ended, team))
    return found


def in_care_since(case: CaseView) -> date | None:
    """The day on which a child who is in care entered it."""
    period = case.records(in_care)
    return entered_care(case, period) if period else None


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
    told = case.facts(HealthAssessmentCompleted)
    if not told:
        return []
    entries = case.records(care_entries)
    found: dict[tuple[date, HealthAssessmentKind], HealthAssessment] = {}
    latest: dict[str, date] = {}
    for fact in told:
        data = fact.data
        assert isinstance(data, HealthAssessmentCompleted)
        if (fact.day, data.kind) in found:
            continue
        entry = next((each for each in reversed(entries) if each.covers(fact.day)), None)
        found[fact.day, data.kind] = HealthAssessment(
            fact.id,
            fact.day,
            data.kind,
            entry.day if entry else None,
            latest.get(entry.key) if entry else None,
            data.team,
        )
        if entry:
            latest[entry.key] = fact.day
    return list(found.values())


def initial_requests(case: CaseView) -> list[date]:
    """The days on which an initial health assessment was asked for."""
    return [
        fact.day
        for fact in case.facts(HealthAssessmentRequested)
        if isinstance(fact.data, HealthAssessmentRequested)
        and fact.data.kind is HealthAssessmentKind.INITIAL
    ]


def initial_appointments(case: CaseView) -> list[tuple[date, date]]:
    """The appointments for an initial one: the day on which it was made, and its own."""
    return [
        (fact.day, fact.data.appointment)
        for fact in case.facts(HealthAssessmentPlanned)
        if isinstance(fact.data, HealthAssessmentPlanned)
        and fact.data.kind is HealthAssessmentKind.INITIAL
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
    assert isinstance(data, StrengthsDifficultiesCompleted)
    return Questionnaire(told[-1].day, data.score)
