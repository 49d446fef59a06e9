"""Contacts at the front door.

Every one counts in the month in which the contact was received. What came of it: contact_outcome.
"""

from collections.abc import Iterator
from dataclasses import replace

from casepulse.schemas.events.contact import ContactToolkitCompleted
from casepulse.schemas.measure import Section, hours
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due
from casepulse.state.measures.forms import (
    MET,
    MISSED,
    PENDING,
    awaited,
    cohort,
    share,
    spread,
    timed,
)
from casepulse.state.records.contacts import (
    contact_of,
    initial_decision,
    mash_enquiry_of,
    received_contact,
)
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

# --- how many ---------------------------------------------------------------------------------

RED, NOT_RED, NOTIFICATION = "red", "not_red", "missing_notification"


@MEASURES.measure(
    spread(
        (RED, NOT_RED, NOTIFICATION),
        id="contacts_received",
        about=("contact",),
        title="Contacts received",
        section=Section.CONTACT,
        numerator=frozenset({RED, NOT_RED}),
        definition="Contacts received in the month; missing notifications are none.",
        source="Stated in the report (L)",
        phrase=Phrase(said="{contact was|contacts were} received"),
    )
)
def contacts_received(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    contact = case.records(received_contact)
    if contact:
        status = NOTIFICATION if contact.missing_notification else RED if contact.red else NOT_RED
        yield Sorted(case.key, status, contact.day, contact.team)


MEASURES.part(
    "contacts_received",
    id="missing_notifications",
    title="Missing notifications",
    numerator=frozenset({NOTIFICATION}),
    definition="Notices of a missing child received in the month, which are not contacts.",
    phrase=Phrase(
        said="{missing notification was|missing notifications were} received, and not "
        "counted as contacts"
    ),
)
MEASURES.part(
    "contacts_received",
    id="red_contacts",
    title="Contacts rated Red",
    numerator=frozenset({RED}),
    definition="Of the contacts received in the month, those rated Red.",
    phrase=Phrase(said="{contact was|contacts were} rated Red"),
)

# --- the initial decision ---------------------------------------------------------------------

_CONTACT_DECISION = cohort(
    id="initial_contact_decision",
    about=("contact",),
    title="Initial contact decision in time",
    section=Section.CONTACT,
    standards={"decision": hours("received to initial decision")},
    definition="Contacts received in the month, missing notifications left out, whose initial "
    "decision was made within the standard.",
    source="Local standard, stated in the report (L)",
    phrase=Phrase(subject="Timeliness of initial contact decisions", of=("contact", "contacts")),
)


def _contact_decision(case: CaseView, standards: Standards, *, red_only: bool) -> Iterator[Sorted]:
    contact = case.records(contact_of)
    if contact and (contact.red or not red_only):
        due_at = due(contact.received, standards["decision"])
        decided = case.records(initial_decision)
        status = timed(case.clock, due_at, decided)
        yield Sorted(case.key, status, contact.day, contact.team, awaited(due_at, decided))


@MEASURES.measure(_CONTACT_DECISION)
def initial_contact_decision(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    return _contact_decision(case, standards, red_only=False)


@MEASURES.measure(
    replace(
        _CONTACT_DECISION,
        id="red_contact_decision",
        title="Decision for Red rated contacts in time",
        definition="Contacts rated Red received in the month whose initial decision was made "
        "within the standard.",
        source="Local standard, customary (A)",
        phrase=Phrase(
            subject="Timeliness of decisions for Red rated contacts", of=("contact", "contacts")
        ),
    )
)
def red_contact_decision(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    return _contact_decision(case, standards, red_only=True)


# --- the MASH enquiry -------------------------------------------------------------------------

NO_ENQUIRY = "no_enquiry"
ENQUIRY = (MET, MISSED, PENDING)


@MEASURES.measure(
    share(
        id="mash_enquiry",
        about=("contact",),
        title="Contacts that underwent a MASH enquiry",
        section=Section.CONTACT,
        kind="flow",
        statuses=(*ENQUIRY, NO_ENQUIRY),
        numerator=frozenset(ENQUIRY),
        denominator=frozenset({*ENQUIRY, NO_ENQUIRY}),
        late=frozenset({MISSED}),
        standards={"completed": hours("MASH enquiry started to completed")},
        definition="Contacts received in the month about which the MASH began an enquiry, of all "
        "contacts. Met, missed and pending say whether it was completed within the standard.",
        source="Stated in the report (L)",
        phrase=Phrase(said="{contact|contacts} underwent a MASH enquiry"),
    )
)
def mash_enquiry(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    contact = case.records(contact_of)
    if contact:
        enquiry = case.records(mash_enquiry_of)
        status, due_at = NO_ENQUIRY, None
        if enquiry:
            due_at = due(enquiry.started, standards["completed"])
            status = timed(case.clock, due_at, enquiry.completed)
            due_at = awaited(due_at, enquiry.completed)
        yield Sorted(case.key, status, contact.day, contact.team, due_at)


MEASURES.part(
    "mash_enquiry",
    id="mash_enquiry_24h",
    title="MASH enquiries completed in time",
    better="high",
    numerator=frozenset({MET}),
    denominator=frozenset({MET, MISSED}),
    late=frozenset({MISSED}),
    definition="Of the MASH enquiries about contacts received in the month, those completed within "
    "the standard, of those completed or past due.",
    phrase=Phrase(subject="Timeliness of MASH enquiries", of=("enquiry", "enquiries")),
)

# --- neglect ----------------------------------------------------------------------------------

TOOLKIT, NO_TOOLKIT, NOT_EXPECTED = "toolkit", "no_toolkit", "not_expected"


@MEASURES.measure(
    share(
        id="neglect_toolkit_at_contact",
        about=("contact",),
        title="Neglect toolkit completed for professional Neglect contacts",
        section=Section.CONTACT,
        kind="flow",
        better="high",
        statuses=(TOOLKIT, NO_TOOLKIT, NOT_EXPECTED),
        numerator=frozenset({TOOLKIT}),
        denominator=frozenset({TOOLKIT, NO_TOOLKIT}),
        definition="Contacts received in the month from a professional with Neglect among the "
        "reasons for which a neglect toolkit was completed. From an individual, from somebody "
        "anonymous or unknown, no toolkit is expected.",
        source="Stated in the report (L); professional by the CIN census referral source (D)",
        phrase=Phrase(
            subject="Completion of the Neglect toolkit for Neglect contacts from professionals",
            of=("contact", "contacts"),
            summary=True,
        ),
    )
)
def neglect_toolkit_at_contact(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    contact = case.records(contact_of)
    if contact and contact.neglect:
        if not contact.professional:
            status = NOT_EXPECTED
        else:
            status = TOOLKIT if case.facts(ContactToolkitCompleted) else NO_TOOLKIT
        yield Sorted(case.key, status, contact.day, contact.team)


MEASURES.part(
    "neglect_toolkit_at_contact",
    id="contacts_neglect",
    title="Contacts where Neglect is a presenting reason",
    numerator=frozenset({TOOLKIT, NO_TOOLKIT, NOT_EXPECTED}),
    denominator=None,
    definition="Contacts received in the month with Neglect among the reasons.",
    phrase=Phrase(said="Neglect was a presenting reason for {contact|contacts}"),
)
MEASURES.part(
    "neglect_toolkit_at_contact",
    id="contacts_neglect_professional",
    title="Contacts relating to Neglect from professional sources",
    numerator=frozenset({TOOLKIT, NO_TOOLKIT}),
    denominator=None,
    definition="Of the contacts of contacts_neglect, those that a professional made.",
    phrase=Phrase(said="{of these was|of these were} from professional sources"),
)
