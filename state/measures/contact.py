"""Contacts at the front door. Definitions: MEASURES.md, "Response to risk"."""

from collections.abc import Iterator
from dataclasses import replace

from schemas.measure import Section, hours
from state.calendar import due
from state.measures.forms import cohort, timed
from state.records.contacts import contact_of
from state.rules import Sorted, Standards, measure
from state.view import CaseView

_CONTACT_DECISION = cohort(
    id="initial_contact_decision",
    about=("contact",),
    title="Initial contact decision in time",
    section=Section.CONTACT,
    standards={"decision": hours("received to initial decision")},
    definition="Contacts received in the month, missing notifications left out, whose initial "
    "decision was made within the standard.",
    source="Local standard, stated in the report (L)",
)


def _contact_decision(case: CaseView, standards: Standards, *, red_only: bool) -> Iterator[Sorted]:
    contact = case.records(contact_of)
    if contact and not contact.missing_notification and (contact.red or not red_only):
        due_at = due(contact.received, standards["decision"])
        status = timed(case.clock, due_at, contact.decided)
        yield Sorted(case.key, status, contact.day, contact.team, due_at)


@measure(_CONTACT_DECISION)
def initial_contact_decision(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    return _contact_decision(case, standards, red_only=False)


@measure(
    replace(
        _CONTACT_DECISION,
        id="red_contact_decision",
        title="Decision for Red rated contacts in time",
        definition="Contacts rated Red received in the month whose initial decision was made "
        "within the standard.",
        source="Local standard, customary (A)",
    )
)
def red_contact_decision(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    return _contact_decision(case, standards, red_only=True)
