"""Foster carer households: approval, checks, visits, supervision."""

from typing import Annotated, ClassVar

from pydantic import Field

from casepulse.schemas.codes import FosteringApproval
from casepulse.schemas.envelope import Data


class HouseholdApproved(Data):
    """From now on a household is approved to foster in this way, for so many children."""

    TYPE: ClassVar[str] = "household.approved"
    ABOUT: ClassVar[tuple[str, ...]] = ("household",)

    approval: FosteringApproval
    places: Annotated[int, Field(ge=1, le=12)] = Field(description="Children at once, at most.")


class HouseholdApprovalEnded(Data):
    """The household resigned, or its approval was withdrawn."""

    TYPE: ClassVar[str] = "household_approval.ended"
    ABOUT: ClassVar[tuple[str, ...]] = ("household",)


class FosterReviewHeld(Data):
    """The yearly review of the household's approval was held."""

    TYPE: ClassVar[str] = "foster_review.held"
    ABOUT: ClassVar[tuple[str, ...]] = ("household",)


class FosterRecordsChecked(Data):
    """The criminal records (DBS) of the household's carers were checked."""

    TYPE: ClassVar[str] = "foster_records_check.completed"
    ABOUT: ClassVar[tuple[str, ...]] = ("household",)


class FosterMedicalCompleted(Data):
    """The main carer had a medical."""

    TYPE: ClassVar[str] = "foster_medical.completed"
    ABOUT: ClassVar[tuple[str, ...]] = ("household",)


class FosterUnannouncedVisitHeld(Data):
    """The supervising social worker visited unannounced."""

    TYPE: ClassVar[str] = "foster_unannounced_visit.held"
    ABOUT: ClassVar[tuple[str, ...]] = ("household",)


class FosterSupervisionHeld(Data):
    """The supervising social worker held a supervision with the carers."""

    TYPE: ClassVar[str] = "foster_supervision.held"
    ABOUT: ClassVar[tuple[str, ...]] = ("household",)
