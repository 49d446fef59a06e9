"""Entering care and leaving it."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.codes import CareEndReason
from schemas.events.care import CarePeriodEnded, CarePeriodStarted
from state.records.care import care_periods, entered_care, left_care, was_care
from state.records.keys import by_key
from state.view import CaseView


@dataclass(frozen=True, slots=True)
class Admission:
    """A child's entering care."""

    key: str
    day: date
    recorded: datetime
    again: bool
    """Whether the child had been in care in an earlier period."""
    team: str | None


def admissions(case: CaseView) -> list[Admission]:
    """Each time that the child entered care, oldest first; short breaks are not care."""
    started = by_key(case.facts(CarePeriodStarted), "period")
    found: list[Admission] = []
    for period in case.records(care_periods):
        if was_care(case, period):
            fact, day = started[period.key], entered_care(case, period)
            found.append(Admission(period.key, day, fact.recorded, bool(found), fact.data.team))
    return found


@dataclass(frozen=True, slots=True)
class Discharge:
    """A child's leaving care."""

    key: str
    day: date
    reason: CareEndReason | None
    team: str | None


def discharges(case: CaseView) -> list[Discharge]:
    """Each time that the child left care, oldest first."""
    ended = by_key(case.facts(CarePeriodEnded), "period")
    found = []
    for period in case.records(care_periods):
        day = left_care(case, period) if was_care(case, period) else None
        if day:
            end = ended[period.key].data if period.key in ended else None
            assert end is None or isinstance(end, CarePeriodEnded)
            reason, team = (end.reason, end.team) if end else (None, None)
            found.append(Discharge(period.key, day, reason, team))
    return found
