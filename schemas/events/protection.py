"""Child protection: strategy discussion, section 47 enquiry, conference, the child's part in it,
plan, neglect."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from casepulse.schemas.codes import (
    AbuseCategory,
    ConferenceKind,
    EnquiryOutcome,
    SafeguardingPartner,
)
from casepulse.schemas.envelope import Data, Instant, Key


class StrategyDiscussionHeld(Data):
    """A strategy discussion was held."""

    TYPE: ClassVar[str] = "strategy_discussion.held"

    discussion: Key
    referral: Key | None = None
    decided: Instant | None = Field(default=None, description="When it was decided to hold it.")
    invited: tuple[SafeguardingPartner, ...] | None = Field(
        default=None, description="The partners that were invited; None where nobody recorded it."
    )
    attended: tuple[SafeguardingPartner, ...] | None = Field(
        default=None, description="The partners that took part; None where nobody recorded it."
    )

    def check_order(self, time: datetime, told: datetime) -> None:
        if self.decided is not None and self.decided > time:
            raise ValueError("decided: the discussion was held (time) before it was decided on")


class SectionFortySevenStarted(Data):
    """A section 47 enquiry began, out of a strategy discussion."""

    TYPE: ClassVar[str] = "s47_enquiry.started"

    enquiry: Key
    discussion: Key | None = Field(default=None, description="The discussion that began it.")


class SectionFortySevenCompleted(Data):
    """A section 47 enquiry was completed."""

    TYPE: ClassVar[str] = "s47_enquiry.completed"

    enquiry: Key
    outcome: EnquiryOutcome | None = None


class ConferenceHeld(Data):
    """A child protection conference was held."""

    TYPE: ClassVar[str] = "conference.held"

    conference: Key
    kind: ConferenceKind
    enquiry: Key | None = Field(default=None, description="The enquiry that an initial one ends.")


class MyViewsCompleted(Data):
    """A child completed a My Views form: what they want a conference to hear."""

    TYPE: ClassVar[str] = "my_views.completed"

    conference: Key


class AdvocacyReferred(Data):
    """A child was referred to the advocacy service, for a conference."""

    TYPE: ClassVar[str] = "advocacy.referred"

    conference: Key


class NeglectToolkitCompleted(Data):
    """A neglect toolkit was completed: a worker and the family looked at the child's care."""

    TYPE: ClassVar[str] = "neglect_toolkit.completed"


class ProtectionPlanStarted(Data):
    """A child became subject of a child protection plan (CIN census)."""

    TYPE: ClassVar[str] = "protection_plan.started"

    plan: Key
    category: AbuseCategory | None = None
    conference: Key | None = Field(default=None, description="The conference that decided on it.")


class ProtectionPlanReviewed(Data):
    """A plan was reviewed."""

    TYPE: ClassVar[str] = "protection_plan.reviewed"

    plan: Key


class ProtectionPlanEnded(Data):
    """A child stopped being subject of a plan."""

    TYPE: ClassVar[str] = "protection_plan.ended"

    plan: Key
