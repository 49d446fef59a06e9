"""Contacts at the front door, what was decided on them, and requests for Early Help.

A subject `contact:…` is one contact, and so one case.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from casepulse.schemas.codes import ContactOutcome, ContactRating
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.contact import (
    ContactConcluded,
    ContactDecided,
    ContactReceived,
    ContactReferralClosed,
    ContactReferralDecided,
    MashEnquiryCompleted,
    MashEnquiryStarted,
)
from casepulse.schemas.events.early_help import EarlyHelpDecided, EarlyHelpRequested
from casepulse.state.view import CaseView

#: CIN census referral sources that are no professional's: individuals (1), anonymous (9), and
#: unknown (10), of whom nobody can say that they are one.
NOT_PROFESSIONAL = frozenset({"1A", "1B", "1C", "1D", "9", "10"})


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact at the front door."""

    received: datetime
    day: date
    red: bool
    missing_notification: bool
    neglect: bool
    """Whether neglect is among the reasons presented."""
    professional: bool
    """Whether a professional made it, rather than an individual or somebody unknown."""
    team: str | None


def received_contact(case: CaseView) -> Contact | None:
    """The contact that the case is, missing notifications included."""
    received = case.facts(ContactReceived)
    if not received:
        return None
    first = received[0]
    data = first.data
    return Contact(
        first.time,
        first.day,
        data.rating is ContactRating.RED,
        data.missing_notification,
        "neglect" in data.reasons,
        data.source not in NOT_PROFESSIONAL,
        data.team,
    )


def contact_of(case: CaseView) -> Contact | None:
    """The contact that the case is; a missing notification is none."""
    contact = case.records(received_contact)
    return None if contact is None or contact.missing_notification else contact


def first_time(case: CaseView, data: type[Data]) -> datetime | None:
    """When the first fact of a type happened."""
    facts = case.facts(data)
    return facts[0].time if facts else None


def initial_decision(case: CaseView) -> datetime | None:
    """When the initial decision on a contact was made."""
    return first_time(case, ContactDecided)


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A MASH enquiry about a contact."""

    started: datetime
    completed: datetime | None


def mash_enquiry_of(case: CaseView) -> Enquiry | None:
    """The MASH enquiry about the contact, if there was one."""
    started = first_time(case, MashEnquiryStarted)
    return Enquiry(started, first_time(case, MashEnquiryCompleted)) if started else None


class Outcome(StrEnum):
    """The final outcome of a contact."""

    SOCIAL_CARE = "social_care"
    """It progressed to Social Care; whether a referral follows is not decided yet."""
    NOT_REFERRED = "not_referred"
    """It progressed to Social Care, and no referral follows."""
    REFERRED = "referred"
    """A referral followed, and went to a team."""
    REFERRAL_CLOSED = "referral_closed"
    """A referral followed, and the MASH closed it."""
    EARLY_HELP = "early_help"
    EXISTING_EPISODE = "existing_episode"
    ADVICE = "advice"
    """No further action; information, advice and guidance were given."""
    NO_FURTHER_ACTION = "no_further_action"


_OUTCOME = {
    ContactOutcome.EARLY_HELP: Outcome.EARLY_HELP,
    ContactOutcome.EXISTING_EPISODE: Outcome.EXISTING_EPISODE,
    ContactOutcome.INFORMATION_ADVICE_GUIDANCE: Outcome.ADVICE,
    ContactOutcome.NO_FURTHER_ACTION: Outcome.NO_FURTHER_ACTION,
}


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What came of a contact, and when that was decided."""

    outcome: Outcome
    time: datetime


def conclusion(case: CaseView) -> Conclusion | None:
    """The first conclusion of the contact that is a final outcome: a MASH enquiry is none."""
    for fact in case.facts(ContactConcluded):
        if fact.data.outcome is ContactOutcome.SOCIAL_CARE:
            return Conclusion(_within_social_care(case), fact.time)
        if fact.data.outcome in _OUTCOME:
            return Conclusion(_OUTCOME[fact.data.outcome], fact.time)
    return None


def _within_social_care(case: CaseView) -> Outcome:
    decisions = case.facts(ContactReferralDecided)
    if not decisions:
        return Outcome.SOCIAL_CARE
    latest = decisions[-1].data
    if not latest.proceeds:
        return Outcome.NOT_REFERRED
    closed = case.facts(ContactReferralClosed)
    return Outcome.REFERRAL_CLOSED if closed else Outcome.REFERRED


@dataclass(frozen=True, slots=True)
class Request:
    """A contact that progressed to Early Help."""

    received: datetime
    day: date
    via_mash: bool
    decided: datetime | None
    """When it was decided that it is one for Early Help."""
    team: str | None


def early_help_request(case: CaseView) -> Request | None:
    """The contact, if it progressed to Early Help: by way of the MASH, or made there directly."""
    contact = case.records(contact_of)
    if contact:
        ended = case.records(conclusion)
        if ended is None or ended.outcome not in (Outcome.EARLY_HELP, Outcome.EXISTING_EPISODE):
            return None
        return Request(contact.received, contact.day, True, ended.time, contact.team)
    direct = case.facts(EarlyHelpRequested)
    if not direct:
        return None
    first = direct[0]
    decided = first_time(case, EarlyHelpDecided)
    return Request(first.time, first.day, False, decided, first.data.team)
