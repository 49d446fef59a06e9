"""Contacts at the front door."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.codes import ContactRating
from schemas.events.contact import ContactDecided, ContactReceived
from state.view import CaseView


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact at the front door. One case of its own: a subject `contact:…` is one contact."""

    received: datetime
    day: date
    red: bool
    missing_notification: bool
    decided: datetime | None
    team: str | None


def contact_of(case: CaseView) -> Contact | None:
    """The contact that the case is, with its initial decision."""
    received = case.facts(ContactReceived)
    if not received:
        return None
    first = received[0]
    assert isinstance(first.data, ContactReceived)
    decisions = case.facts(ContactDecided)
    return Contact(
        first.time,
        first.day,
        first.data.rating is ContactRating.RED,
        first.data.missing_notification,
        decisions[0].time if decisions else None,
        first.data.team,
    )
