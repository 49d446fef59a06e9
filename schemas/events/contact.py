"""Contacts at the front door, before any child need be known."""

from typing import ClassVar

from pydantic import Field

from schemas.codes import ContactOutcome, ContactRating, ReferralSource
from schemas.envelope import Data


class ContactReceived(Data):
    """A contact reached the front door (SSD contacts)."""

    TYPE: ClassVar[str] = "contact.received"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)

    source: ReferralSource
    rating: ContactRating | None = Field(default=None, description="How urgent it was judged.")
    missing_notification: bool = Field(
        default=False, description="A police notice of a missing child; not counted as a contact."
    )


class ContactDecided(Data):
    """The initial decision on a contact was made."""

    TYPE: ClassVar[str] = "contact.decided"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)

    outcome: ContactOutcome


class ContactConcluded(Data):
    """The final outcome of a contact was reached, a MASH enquiry included."""

    TYPE: ClassVar[str] = "contact.concluded"
    ABOUT: ClassVar[tuple[str, ...]] = ("contact",)

    outcome: ContactOutcome
