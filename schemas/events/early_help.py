"""Early Help: requests for it, advice episodes, My Plans, and Targeted Support.

A request to Early Help is about a contact, whether it comes through the MASH (`contact.concluded`)
or directly. Episodes and plans are about a child.
"""

from typing import ClassVar

from pydantic import Field

from casepulse.schemas.codes import ReferralSource
from casepulse.schemas.codes_early_help import (
    AdviceHolder,
    EarlyHelpClosure,
    EarlyHelpPlanKind,
    LeadAgency,
    LevelOfNeed,
    TargetedService,
)
from casepulse.schemas.envelope import Data, Key


class EarlyHelpRequested(Data):
    """Somebody asked Early Help for support directly, not through the MASH."""

    TYPE: ClassVar[str] = "early_help.requested"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)

    source: ReferralSource | None = None


class EarlyHelpDecided(Data):
    """It was decided what Early Help follows on a direct request."""

    TYPE: ClassVar[str] = "early_help.decided"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)


class EarlyHelpEpisodeLinked(Data):
    """A contact got a new episode of Early Help, or was linked to one that is open already."""

    TYPE: ClassVar[str] = "early_help.episode_linked"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)

    existing: bool = Field(description="Whether the episode was open before.")
    episode: Key | None = None


class AdviceEpisodeStarted(Data):
    """An episode of advice, guidance and support began."""

    TYPE: ClassVar[str] = "advice_episode.started"

    episode: Key
    level: LevelOfNeed
    held_by: AdviceHolder


class AdviceEpisodeEnded(Data):
    """An episode of advice, guidance and support closed."""

    TYPE: ClassVar[str] = "advice_episode.ended"

    episode: Key
    reason: EarlyHelpClosure | None = None


class EarlyHelpPlanStarted(Data):
    """A My Plan or a My Plan Plus began."""

    TYPE: ClassVar[str] = "early_help_plan.started"

    plan: Key
    kind: EarlyHelpPlanKind
    lead: LeadAgency | None = Field(default=None, description="The agency it is allocated to.")


class EarlyHelpPlanEnded(Data):
    """A My Plan or a My Plan Plus closed."""

    TYPE: ClassVar[str] = "early_help_plan.ended"

    plan: Key


class TargetedSupportStarted(Data):
    """An episode of Targeted Support began."""

    TYPE: ClassVar[str] = "targeted_support.started"

    episode: Key
    service: TargetedService
    review_only: bool = Field(
        default=False, description="Open to review: nothing is delivered between the reviews."
    )


class TargetedSupportVisited(Data):
    """A worker of Targeted Support visited the family."""

    TYPE: ClassVar[str] = "targeted_support.visited"

    episode: Key
    child_seen: bool


class TargetedSupportEnded(Data):
    """An episode of Targeted Support closed."""

    TYPE: ClassVar[str] = "targeted_support.ended"

    episode: Key
    reason: EarlyHelpClosure | None = None


class TargetedAssessmentStarted(Data):
    """An assessment within an episode of Targeted Support began."""

    TYPE: ClassVar[str] = "targeted_assessment.started"

    assessment: Key
    episode: Key


class TargetedAssessmentCompleted(Data):
    """An assessment within an episode of Targeted Support was completed."""

    TYPE: ClassVar[str] = "targeted_assessment.completed"

    assessment: Key
