"""What came of contacts, and how soon.

One rule, with a status for each outcome in time and late; the outcomes are its parts.
"""

from collections.abc import Iterator

from casepulse.schemas.measure import Section, hours
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due
from casepulse.state.measures.forms import MET, PENDING, awaited, cohort, timed
from casepulse.state.records.contacts import Outcome, conclusion, contact_of
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

#: Nothing is decided yet, though the time for it is past.
UNKNOWN = "unknown"


def _in_time(outcome: Outcome) -> str:
    return f"{outcome}_in_time"


def _late(outcome: Outcome) -> str:
    return f"{outcome}_late"


def decided_on(*outcomes: Outcome) -> frozenset[str]:
    """The statuses of contacts with one of these outcomes, in time or late."""
    return frozenset(each(outcome) for outcome in outcomes for each in (_in_time, _late))


_REFERRAL = decided_on(Outcome.REFERRED, Outcome.REFERRAL_CLOSED)
_ANY = (*map(_in_time, Outcome), *map(_late, Outcome), UNKNOWN, PENDING)


@MEASURES.measure(
    cohort(
        id="end_to_end_contact_decision",
        about=("contact",),
        title="Final contact outcome decided in time",
        section=Section.CONTACT,
        statuses=_ANY,
        numerator=frozenset(map(_in_time, Outcome)),
        denominator=frozenset(_ANY) - {PENDING},
        late=frozenset({*map(_late, Outcome), UNKNOWN}),
        standards={"decision": hours("received to final outcome, MASH enquiry included")},
        definition="Contacts received in the month whose final outcome was decided within the "
        "standard, the MASH enquiry included, of those decided or past due.",
        source="Local standard, stated in the report (L)",
        phrase=Phrase(
            subject="Timeliness of end-to-end contact decisions", of=("contact", "contacts")
        ),
    )
)
def end_to_end_contact_decision(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    contact = case.records(contact_of)
    if contact:
        due_at = due(contact.received, standards["decision"])
        ended = case.records(conclusion)
        in_time = timed(case.clock, due_at, ended.time if ended else None)
        if ended is None:
            status = PENDING if in_time == PENDING else UNKNOWN
        else:
            status = _in_time(ended.outcome) if in_time == MET else _late(ended.outcome)
        yield Sorted(case.key, status, contact.day, contact.team, awaited(due_at, ended))


def _outcome(
    id: str,  # noqa: A002  the measure's
    title: str,
    counted: frozenset[str],
    definition: str,
    *,
    phrase: Phrase,
    of_all: bool = True,
) -> None:
    MEASURES.part(
        "end_to_end_contact_decision",
        id=id,
        title=title,
        numerator=counted,
        denominator=frozenset(_ANY) if of_all else None,
        definition=f"Contacts received in the month {definition}"
        + (", of all contacts received." if of_all else "."),
        phrase=phrase,
    )


_outcome(
    "contacts_unknown_outcome",
    "Contacts whose final outcome is unknown",
    frozenset({UNKNOWN}),
    "that have no final outcome, though the time for it is past",
    of_all=False,
    phrase=Phrase(said="the final outcome was unknown for {contact|contacts}"),
)
_outcome(
    "contacts_to_social_care",
    "Contacts progressed to Social Care",
    decided_on(Outcome.SOCIAL_CARE, Outcome.NOT_REFERRED) | _REFERRAL,
    "that progressed to Social Care for a response",
    of_all=False,
    phrase=Phrase(said="{contact|contacts} progressed to Social Care for a response"),
)
_outcome(
    "contacts_to_referral_outcome",
    "Contacts with the outcome to proceed to referral",
    _REFERRAL,
    "that progressed to Social Care, where it was decided to proceed to referral",
    of_all=False,
    phrase=Phrase(said="{of these|of these} had the outcome to proceed to referral"),
)
_outcome(
    "referrals_closed_by_mash",
    "Referrals closed by the MASH",
    decided_on(Outcome.REFERRAL_CLOSED),
    "whose referral the MASH closed before it reached a team",
    of_all=False,
    phrase=Phrase(said="{referral was|referrals were} subsequently closed by the MASH"),
)
_outcome(
    "referred_to_teams",
    "Contacts referred to teams for assessment",
    decided_on(Outcome.REFERRED),
    "that proceeded to a referral which the MASH did not close",
    phrase=Phrase(said="{contact was|contacts were} referred to teams for assessment"),
)
_outcome(
    "contacts_to_early_help",
    "Contacts progressed to Early Help",
    decided_on(Outcome.EARLY_HELP),
    "that progressed to Early Help for a response",
    phrase=Phrase(said="{contact|contacts} progressed to Early Help for a response"),
)
_outcome(
    "contacts_existing_early_help",
    "Contacts related to an existing Early Help episode",
    decided_on(Outcome.EXISTING_EPISODE),
    "that relate to an episode of Early Help which is open already",
    phrase=Phrase(said="{contact|contacts} related to an existing Early Help episode"),
)
_outcome(
    "contacts_nfa",
    "Contacts resulting in No Further Action",
    decided_on(Outcome.ADVICE, Outcome.NO_FURTHER_ACTION),
    "that resulted in no further action, with or without advice",
    phrase=Phrase(said="{contact|contacts} resulted in no further action"),
)
_outcome(
    "contacts_nfa_iag",
    "No Further Action, with information, advice and guidance",
    decided_on(Outcome.ADVICE),
    "that resulted in no further action and were given information, advice and guidance",
    phrase=Phrase(
        said="{contact|contacts} resulted in no further action and received information, "
        "advice and guidance"
    ),
)
