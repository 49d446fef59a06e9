"""Contacts that progress to Early Help. Definitions: the report's body, "Early Help"."""

from collections.abc import Iterator
from itertools import product

from casepulse.schemas.events.early_help import EarlyHelpEpisodeLinked
from casepulse.schemas.measure import Section, hours
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due
from casepulse.state.measures.forms import TIMED, awaited, cohort, timed
from casepulse.state.records.contacts import early_help_request, first_time
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

VIA_MASH, DIRECT = "via_mash", "direct"
REQUESTS = tuple(f"{way}_{status}" for way, status in product((VIA_MASH, DIRECT), TIMED))


def _requests(*, way: str = "", status: str = "") -> frozenset[str]:
    return frozenset(each for each in REQUESTS if each.startswith(way) and each.endswith(status))


@MEASURES.measure(
    cohort(
        id="eh_decision_24h",
        about=("contact",),
        title="Decision for a referral to Early Help in time",
        section=Section.EARLY_HELP,
        statuses=REQUESTS,
        numerator=_requests(status="_met"),
        denominator=_requests(status="_met") | _requests(status="_missed"),
        late=_requests(status="_missed"),
        standards={"decision": hours("contact received to the decision for Early Help")},
        definition="Contacts received in the month that progressed to Early Help, to a new or an "
        "existing episode, through the MASH or directly, for which this was decided within the "
        "standard of the contact.",
        source="Stated in the report (L)",
        phrase=Phrase(
            subject="Timeliness of decisions for a referral to Early Help",
            of=("contact", "contacts"),
        ),
    )
)
def eh_decision_24h(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    request = case.records(early_help_request)
    if request:
        due_at = due(request.received, standards["decision"])
        status = timed(case.clock, due_at, request.decided)
        way = VIA_MASH if request.via_mash else DIRECT
        owed = awaited(due_at, request.decided)
        yield Sorted(case.key, f"{way}_{status}", request.day, request.team, owed)


MEASURES.part(
    "eh_decision_24h",
    id="eh_contacts",
    title="Contacts progressing to Early Help",
    numerator=_requests(),
    denominator=None,
    definition="Contacts received in the month that progressed to Early Help, to a new or an "
    "existing episode, through the MASH or directly.",
    phrase=Phrase(said="{contact|contacts} progressed to Early Help"),
)
MEASURES.part(
    "eh_decision_24h",
    id="eh_contacts_via_mash",
    title="Contacts progressing to Early Help via the MASH",
    numerator=_requests(way=VIA_MASH),
    denominator=_requests(),
    definition="Of the contacts of eh_contacts, those received via the MASH.",
    phrase=Phrase(said="{of these was|of these were} received via the MASH"),
)


@MEASURES.measure(
    cohort(
        id="eh_episode_72h",
        about=("contact",),
        title="New Early Help episode, or link to an existing one, in time",
        section=Section.EARLY_HELP,
        standards={"episode": hours("contact received to its episode of Early Help")},
        definition="Contacts received in the month that progressed to Early Help and had a new "
        "episode, or were linked to an existing one, within the standard of the contact.",
        source="Stated in the report (L)",
        phrase=Phrase(
            subject="Timeliness of starting a new Early Help episode, or linking to an existing "
            "one,",
            of=("contact", "contacts"),
        ),
    )
)
def eh_episode_72h(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    request = case.records(early_help_request)
    if request:
        due_at = due(request.received, standards["episode"])
        linked = first_time(case, EarlyHelpEpisodeLinked)
        status = timed(case.clock, due_at, linked)
        yield Sorted(case.key, status, request.day, request.team, awaited(due_at, linked))
