"""Entering care and leaving it: the beginnings and the ends of stays in care."""

from dataclasses import dataclass
from datetime import date, datetime

from casepulse.schemas.codes import CareEndReason
from casepulse.schemas.events.care import CarePeriodEnded
from casepulse.state.records.keys import team_of_completion
from casepulse.state.records.stays import stays
from casepulse.state.view import CaseView


@dataclass(frozen=True, slots=True)
class Admission:
    """A child's entering care."""

    key: str
    day: date
    recorded: datetime
    again: bool
    """Whether the child had been in care before."""
    team: str | None


def admissions(case: CaseView) -> list[Admission]:
    """Each time that the child entered care, oldest first; short breaks are not care."""
    return [
        Admission(stay.key, stay.day, stay.recorded, number > 0, stay.entered.data.team)
        for number, stay in enumerate(case.records(stays))
    ]


@dataclass(frozen=True, slots=True)
class Discharge:
    """A child's leaving care."""

    key: str
    day: date
    reason: CareEndReason | None
    team: str | None


def discharges(case: CaseView) -> list[Discharge]:
    """Each time that the child left care, oldest first: the period of care ended, or short breaks
    took its place."""
    found = []
    for stay in case.records(stays):
        if stay.left is not None and stay.left_by is not None:
            data = stay.left_by.data
            reason = data.reason if isinstance(data, CarePeriodEnded) else None
            team = team_of_completion(case, stay.left_by)
            found.append(Discharge(stay.key, stay.left, reason, team))
    return found
