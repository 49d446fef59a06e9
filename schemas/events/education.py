"""Education of children in care: the virtual school's roll, school places, personal education
plans, learning in lockdown, exclusions."""

from typing import Annotated, ClassVar

from pydantic import Field

from casepulse.schemas.codes_education import EducationStage, ExclusionKind, Learning, Provision
from casepulse.schemas.envelope import Data, Day, Key


class VirtualSchoolEnrolled(Data):
    """A child in care is on the virtual school's roll at this stage from now on.

    From then on a personal education plan is due each term.
    """

    TYPE: ClassVar[str] = "virtual_school.enrolled"

    stage: EducationStage


class VirtualSchoolLeft(Data):
    """A child is no longer on the virtual school's roll."""

    TYPE: ClassVar[str] = "virtual_school.left"


class EducationPlanMeetingPlanned(Data):
    """A meeting on a child's personal education plan was put in the diary."""

    TYPE: ClassVar[str] = "education_plan_meeting.planned"

    meeting: Key
    planned: Day = Field(description="The day that it is planned for.")


class EducationPlanMeetingHeld(Data):
    """A meeting on a child's personal education plan was held."""

    TYPE: ClassVar[str] = "education_plan_meeting.held"

    meeting: Key


class SchoolPlaceStarted(Data):
    """A child has a place at a school from now on; the place before it ends with it."""

    TYPE: ClassVar[str] = "school_place.started"

    place: Key
    provision: Provision
    in_county: bool = Field(description="Whether the school lies in the authority's own county.")


class SchoolPlaceEnded(Data):
    """A child lost a school place and has no other."""

    TYPE: ClassVar[str] = "school_place.ended"

    place: Key


class LearningRecorded(Data):
    """How a child learns from now on, while schools are closed to most."""

    TYPE: ClassVar[str] = "learning.recorded"

    learning: Learning


class SchoolExclusionStarted(Data):
    """A school excluded a child (DfE school census)."""

    TYPE: ClassVar[str] = "school_exclusion.started"

    exclusion: Key
    kind: ExclusionKind
    # A school may exclude a pupil for up to 45 school days in a year: Education Act 2002, s.51A.
    school_days: Annotated[int, Field(ge=1, le=45)] | None = Field(
        default=None, description="School days lost; none where the exclusion is permanent."
    )
