"""Children in care: periods, placements, legal statuses, reviews, yearly outcomes, leaving."""

from typing import Annotated, ClassVar

from pydantic import Field

from casepulse.schemas.codes import (
    Accommodation,
    Activity,
    AdopterLegalStatus,
    AdopterSex,
    AdoptionCeasedReason,
    CareEndReason,
    InTouch,
    LegalStatusCode,
    NeedCategory,
    PlacementChangeReason,
    PlacementProvider,
    PlacementType,
    ReviewParticipation,
    SdqReason,
)
from casepulse.schemas.envelope import Data, Day, Key


class CarePeriodStarted(Data):
    """A child entered care."""

    TYPE: ClassVar[str] = "care_period.started"

    period: Key
    need: NeedCategory | None = None


class CarePeriodEnded(Data):
    """A child left care."""

    TYPE: ClassVar[str] = "care_period.ended"

    period: Key
    reason: CareEndReason | None = None


class PlacementStarted(Data):
    """A placement of a child in care began; the one before it ends with it."""

    TYPE: ClassVar[str] = "placement.started"

    placement: Key
    placement_type: PlacementType | None = None
    provider: PlacementProvider | None = None
    change_reason: PlacementChangeReason | None = None
    until_eighteen: bool = Field(default=False, description="Meant to last until the child is 18.")
    in_county: bool | None = None
    miles_from_home: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] | None = None


class PlacementEnded(Data):
    """A placement ended and no other began."""

    TYPE: ClassVar[str] = "placement.ended"

    placement: Key


class LegalStatusChanged(Data):
    """The legal status of a child in care became this one."""

    TYPE: ClassVar[str] = "legal_status.changed"

    legal_status: LegalStatusCode


class CareReviewHeld(Data):
    """A review of a child in care was held."""

    TYPE: ClassVar[str] = "care_review.held"

    participation: ReviewParticipation | None = None


class CareOutcomesRecorded(Data):
    """The yearly outcomes of a child in care (SSDA903 OC2)."""

    TYPE: ClassVar[str] = "care_outcomes.recorded"

    sdq_score: Annotated[int, Field(ge=0, le=40)] | None = None
    sdq_reason: SdqReason | None = None
    convicted: bool | None = None
    health_check: bool | None = None
    immunisations: bool | None = None
    teeth_check: bool | None = None
    health_assessment: bool | None = None
    substance_misuse: bool | None = None
    intervention_received: bool | None = None
    intervention_offered: bool | None = None


class CareLeaverRecorded(Data):
    """Whether a care leaver is in touch, what they do and where they live (SSDA903 OC3)."""

    TYPE: ClassVar[str] = "care_leaver.recorded"

    in_touch: InTouch
    activity: Activity | None = None
    accommodation: Accommodation | None = None


class AdoptionDecided(Data):
    """It was decided that a child should be placed for adoption (SSDA903 AD1)."""

    TYPE: ClassVar[str] = "adoption.decided"

    matched: Day | None = Field(default=None, description="DATE_MATCH")
    foster_carer: bool | None = Field(default=None, description="FOSTER_CARE")
    adopters: Annotated[int, Field(ge=1, le=2)] | None = None
    adopter_sex: AdopterSex | None = None
    adopter_legal_status: AdopterLegalStatus | None = None


class AdoptionPlacementStarted(Data):
    """A child was placed for adoption (SSDA903 placed for adoption)."""

    TYPE: ClassVar[str] = "adoption_placement.started"


class AdoptionPlacementEnded(Data):
    """A child is no longer placed for adoption."""

    TYPE: ClassVar[str] = "adoption_placement.ended"

    reason: AdoptionCeasedReason | None = None
