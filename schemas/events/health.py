"""The health of children in care: assessments, dental checks, strengths and difficulties.

What is dated counts. The yearly outcomes of the SSDA903 (`care_outcomes.recorded`) only say that
something was done in the year.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from casepulse.schemas.codes import HealthAssessmentKind
from casepulse.schemas.envelope import Data, Day


class HealthAssessmentRequested(Data):
    """An appointment for a health assessment was asked for."""

    TYPE: ClassVar[str] = "health_assessment.requested"

    kind: HealthAssessmentKind


class HealthAssessmentPlanned(Data):
    """An appointment for a health assessment was made."""

    TYPE: ClassVar[str] = "health_assessment.planned"

    kind: HealthAssessmentKind
    appointment: Day = Field(description="The day of the appointment.")


class HealthAssessmentCompleted(Data):
    """A child in care had a health assessment (SSD health assessments)."""

    TYPE: ClassVar[str] = "health_assessment.completed"

    kind: HealthAssessmentKind


class DentalCheckCompleted(Data):
    """A dentist checked a child's teeth."""

    TYPE: ClassVar[str] = "dental_check.completed"


class StrengthsDifficultiesCompleted(Data):
    """The carer filled in a strengths and difficulties questionnaire (SDQ)."""

    TYPE: ClassVar[str] = "strengths_difficulties.completed"

    score: Annotated[int, Field(ge=0, le=40)] = Field(description="Total difficulties score.")
