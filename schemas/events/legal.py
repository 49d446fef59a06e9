"""Legal cases: planning meetings, pre-proceedings (the public law outline), court proceedings.

A legal case is one family's, and may be about several children. What concerns a child is told of
the child, too.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from casepulse.schemas.codes import ProceedingsStage
from casepulse.schemas.envelope import Data, Key

#: How many children a stage of a legal case is about.
Children = Annotated[int, Field(ge=1, le=20)]


class LegalPlanningMeetingHeld(Data):
    """Social care and its lawyers met to decide whether the threshold for proceedings is met."""

    TYPE: ClassVar[str] = "legal_planning_meeting.held"
    ABOUT: ClassVar[tuple[str, ...]] = ("legal_case",)

    meeting: Key


class PreProceedingsStarted(Data):
    """Pre-proceedings began: a letter before proceedings was sent."""

    TYPE: ClassVar[str] = "pre_proceedings.started"
    ABOUT: ClassVar[tuple[str, ...]] = ("legal_case",)

    proceedings: Key
    children: Children | None = None


class PreProceedingsEnded(Data):
    """Pre-proceedings were completed, whether they led to court or not."""

    TYPE: ClassVar[str] = "pre_proceedings.ended"
    ABOUT: ClassVar[tuple[str, ...]] = ("legal_case",)

    proceedings: Key


class CourtProceedingsStarted(Data):
    """Care or supervision proceedings were issued at court."""

    TYPE: ClassVar[str] = "court_proceedings.started"
    ABOUT: ClassVar[tuple[str, ...]] = ("legal_case",)

    proceedings: Key
    children: Children | None = None


class CourtProceedingsEnded(Data):
    """The court made its final order, or the application was withdrawn."""

    TYPE: ClassVar[str] = "court_proceedings.ended"
    ABOUT: ClassVar[tuple[str, ...]] = ("legal_case",)

    proceedings: Key


class SolicitorAssigned(Data):
    """A solicitor of the authority holds the legal case from now on."""

    TYPE: ClassVar[str] = "solicitor.assigned"
    ABOUT: ClassVar[tuple[str, ...]] = ("legal_case",)

    solicitor: Key


class ChildProceedingsStarted(Data):
    """A stage of proceedings about a child began; going to court ends the stage before."""

    TYPE: ClassVar[str] = "child_proceedings.started"

    proceedings: Key
    stage: ProceedingsStage


class ChildProceedingsEnded(Data):
    """Proceedings about a child ended: a stage of them, if it has a key of its own."""

    TYPE: ClassVar[str] = "child_proceedings.ended"

    proceedings: Key
