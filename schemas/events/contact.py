"""Contacts at the front door, before any child need be known, and the MASH enquiries they need."""

from typing import ClassVar

from pydantic import Field

from casepulse.schemas.codes import ContactOutcome, ContactRating, ReferralSource
from casepulse.schemas.codes_early_help import PresentingReason
from casepulse.schemas.envelope import Data


class ContactReceived(Data):
    """A contact reached the front door (SSD contacts)."""

    TYPE: ClassVar[str] = "contact.received"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)

    source: ReferralSource
    rating: ContactRating | None = Field(default=None, description="How urgent it was judged.")
    missing_notification: bool = Field(
        default=False, description="A police notice of a missing child; not counted as a contact."
    )
    reasons: tuple[PresentingReason, ...] = Field(
        default=(), max_length=14, description="Why they made contact; one or several reasons."
    )


class ContactToolkitCompleted(Data):
    """The neglect toolkit was completed by who made the contact, or with them."""

    TYPE: ClassVar[str] = "contact.toolkit_completed"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)


class ContactDecided(Data):
    """The initial decision on a contact was made."""

    TYPE: ClassVar[str] = "contact.decided"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)

    outcome: ContactOutcome


class MashEnquiryStarted(Data):
    """The MASH began to enquire with other services about a contact."""

    TYPE: ClassVar[str] = "mash_enquiry.started"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)


class MashEnquiryCompleted(Data):
    """The MASH enquiry about a contact was completed."""

    TYPE: ClassVar[str] = "mash_enquiry.completed"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)


class ContactConcluded(Data):
    """The final outcome of a contact was reached, a MASH enquiry included."""

    TYPE: ClassVar[str] = "contact.concluded"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)

    outcome: ContactOutcome


class ContactReferralDecided(Data):
    """Of a contact that progressed to Social Care it was decided whether a referral follows."""

    TYPE: ClassVar[str] = "contact.referral_decided"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)

    proceeds: bool = Field(description="Whether it proceeds to referral.")


class ContactReferralClosed(Data):
    """The MASH closed the referral that a contact had led to, before it reached a team."""

    TYPE: ClassVar[str] = "contact.referral_closed"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)
