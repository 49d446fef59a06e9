"""Referrals, the visits that follow, and the assessments they lead to."""

from typing import ClassVar

from pydantic import Field, model_validator

from casepulse.schemas.codes import (
    AssessmentOutcome,
    ClosureReason,
    Pathway,
    ReferralSource,
    VisitKind,
    VisitMethod,
)
from casepulse.schemas.envelope import Data, Key


class ReferralStarted(Data):
    """A referral of a child to social care began (CIN census)."""

    TYPE: ClassVar[str] = "referral.started"

    referral: Key
    pathway: Pathway
    source: ReferralSource | None = None


class ReferralClosed(Data):
    """A referral, and the case with it, closed (CIN census)."""

    TYPE: ClassVar[str] = "referral.closed"

    referral: Key
    reason: ClosureReason | None = None


class VisitRecorded(Data):
    """A worker visited, or tried to visit, a child."""

    TYPE: ClassVar[str] = "visit.recorded"

    kind: VisitKind
    method: VisitMethod
    child_seen: bool
    seen_alone: bool = False

    @model_validator(mode="after")
    def _seen_alone_means_seen(self) -> "VisitRecorded":
        if self.seen_alone and not self.child_seen:
            raise ValueError("seen_alone: a child who was not seen was not seen alone")
        return self


class AssessmentStarted(Data):
    """A single assessment began."""

    TYPE: ClassVar[str] = "assessment.started"

    assessment: Key
    referral: Key | None = Field(default=None, description="The referral that its clock runs from.")


class AssessmentAuthorised(Data):
    """A manager authorised a single assessment: it is complete."""

    TYPE: ClassVar[str] = "assessment.authorised"

    assessment: Key
    outcome: AssessmentOutcome | None = None
