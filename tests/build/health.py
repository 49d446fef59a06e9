"""Facts of the health of children in care, and of their birth."""

from datetime import date
from typing import Any

from casepulse.schemas.codes import HealthAssessmentKind
from casepulse.schemas.events.child import ChildRegistered
from casepulse.schemas.events.health import (
    DentalCheckCompleted,
    HealthAssessmentCompleted,
    HealthAssessmentPlanned,
    HealthAssessmentRequested,
    StrengthsDifficultiesCompleted,
)
from casepulse.state import Fact
from tests.build import fact


def born(day: str, **told: Any) -> Fact:
    return fact(ChildRegistered(born=date.fromisoformat(day)), day, **told)


def assessed(at: str, kind: str = "initial", **told: Any) -> Fact:
    team = told.pop("team", None)
    return fact(HealthAssessmentCompleted(kind=HealthAssessmentKind(kind), team=team), at, **told)


def requested(at: str, kind: str = "initial", **told: Any) -> Fact:
    return fact(HealthAssessmentRequested(kind=HealthAssessmentKind(kind)), at, **told)


def appointment(at: str, on: str, kind: str = "initial", **told: Any) -> Fact:
    data = HealthAssessmentPlanned(
        kind=HealthAssessmentKind(kind), appointment=date.fromisoformat(on)
    )
    return fact(data, at, **told)


def dentist(at: str, **told: Any) -> Fact:
    return fact(DentalCheckCompleted(), at, **told)


def questionnaire(at: str, score: int = 10, **told: Any) -> Fact:
    return fact(StrengthsDifficultiesCompleted(score=score), at, **told)
