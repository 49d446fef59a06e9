"""Referrals: is the child seen in time, or is the referral closed with the child unseen?"""

from collections.abc import Iterator
from dataclasses import replace

from casepulse.schemas.codes import Pathway
from casepulse.schemas.measure import Measure, Section, days
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day, month_of
from casepulse.state.records.referrals import FirstVisit, Referral, first_visits
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

IN_TIME, IN_TIME_VIRTUAL = "in_time", "in_time_virtual"
VISITED_LATE, LATE_VIRTUAL = "late", "late_virtual"
NOT_SEEN, AWAITED = "not_seen", "pending"

#: Closed unseen: in the month of the referral, decided promptly or slowly; or in a later month.
CLOSED_UNSEEN, CLOSED_SLOWLY, CLOSED_LATER = (
    "closed_unseen",
    "closed_unseen_slowly",
    "closed_unseen_later",
)

SEEN_IN_TIME = frozenset({IN_TIME, IN_TIME_VIRTUAL})
SEEN_LATE = frozenset({VISITED_LATE, LATE_VIRTUAL})
SEEN_OR_DUE = SEEN_IN_TIME | SEEN_LATE | {NOT_SEEN}
CLOSED_IN_THE_MONTH = frozenset({CLOSED_UNSEEN, CLOSED_SLOWLY})
INITIAL_VISIT = (
    IN_TIME,
    IN_TIME_VIRTUAL,
    VISITED_LATE,
    LATE_VIRTUAL,
    NOT_SEEN,
    AWAITED,
    CLOSED_UNSEEN,
)
ALL_REFERRALS = (*INITIAL_VISIT, CLOSED_SLOWLY, CLOSED_LATER)

_INITIAL_VISITS = Measure(
    id="initial_visits_all",
    title="Initial visits in time",
    section=Section.CONTACT,
    kind="flow",
    better="high",
    statuses=ALL_REFERRALS,
    numerator=SEEN_IN_TIME,
    denominator=SEEN_OR_DUE,
    late=SEEN_LATE | {NOT_SEEN},
    standards={
        "section_17": days("referral started to child first seen, S17"),
        "section_47": days("referral started to child first seen, S47"),
        "closed": days("referral started to closed without the child being seen"),
    },
    definition="Referrals started in the month whose child was first seen, virtually or face to "
    "face, within the standard. One closed without the child being seen counts in closed_unseen.",
    source="Local standard, customary (A)",
    phrase=Phrase(subject="Timeliness of initial visits", of=("child", "children")),
)

_BY_PATHWAY = {Pathway.SECTION_17: "section_17", Pathway.SECTION_47: "section_47"}


def _initial_visit(case: CaseView, first: FirstVisit, standards: Standards) -> Sorted:
    referral, visit = first.referral, first.visit
    due_on = due_day(referral.day, standards[_BY_PATHWAY[referral.pathway]])
    if visit is not None and visit.day <= due_on:
        status = IN_TIME_VIRTUAL if visit.virtual else IN_TIME
    elif visit is not None:
        status = LATE_VIRTUAL if visit.virtual else VISITED_LATE
    elif referral.closed_day is not None:
        status = CLOSED_UNSEEN
    else:
        status = NOT_SEEN if case.clock.past(due_on) else AWAITED
    due = due_on if status in (NOT_SEEN, AWAITED) else None
    return Sorted(referral.key, status, referral.day, referral.team, due)


def _closed_unseen(referral: Referral, standards: Standards) -> str:
    assert referral.closed_day is not None
    if month_of(referral.closed_day) != month_of(referral.day):
        return CLOSED_LATER
    decided_by = due_day(referral.day, standards["closed"])
    return CLOSED_UNSEEN if referral.closed_day <= decided_by else CLOSED_SLOWLY


@MEASURES.measure(_INITIAL_VISITS)
def initial_visits_all(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for first in case.records(first_visits):
        visit = _initial_visit(case, first, standards)
        if visit.status == CLOSED_UNSEEN:
            visit = visit._replace(status=_closed_unseen(first.referral, standards))
        yield visit


@MEASURES.measure(
    replace(
        _INITIAL_VISITS,
        id="initial_visits_s17",
        title="Initial visits in time, Section 17",
        statuses=INITIAL_VISIT,
        standards={"section_17": days("referral started to child first seen")},
        phrase=Phrase(
            subject="Timeliness of initial visits to children progressing under Section 17",
            of=("child", "children"),
        ),
    )
)
def initial_visits_s17(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for first in case.records(first_visits):
        if first.referral.pathway is Pathway.SECTION_17:
            yield _initial_visit(case, first, standards)


@MEASURES.measure(
    replace(
        _INITIAL_VISITS,
        id="initial_visits_s47",
        title="Initial visits in time, Section 47",
        statuses=INITIAL_VISIT,
        standards={"section_47": days("referral started to child first seen")},
        phrase=Phrase(
            subject="Timeliness of initial visits to children progressing under Section 47",
            of=("child", "children"),
        ),
    )
)
def initial_visits_s47(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for first in case.records(first_visits):
        if first.referral.pathway is Pathway.SECTION_47:
            yield _initial_visit(case, first, standards)


MEASURES.part(
    "initial_visits_all",
    id="initial_visits_late",
    title="Initial visits completed but overdue",
    better="low",
    numerator=SEEN_LATE,
    definition="Of the children of initial_visits_all, those first seen after the due day.",
    phrase=Phrase(said="{initial visit was|initial visits were} completed but overdue"),
)
MEASURES.part(
    "initial_visits_all",
    id="initial_visits_not_seen",
    title="Referred in the month, not seen and overdue",
    better="low",
    numerator=frozenset({NOT_SEEN}),
    late=frozenset({NOT_SEEN}),
    definition="Of the children of initial_visits_all, those not seen whose due day is past.",
    phrase=Phrase(
        said="{child referred in the month had|children referred in the month had} not "
        "been seen and [was|were] overdue a visit"
    ),
)
MEASURES.part(
    "initial_visits_all",
    id="initial_visits_outstanding_prior",
    title="Referred in the month, initial visit not yet taken place",
    better="low",
    numerator=frozenset({NOT_SEEN, AWAITED}),
    denominator=None,
    late=frozenset({NOT_SEEN}),
    definition="Children referred in the month whose referral is open and who have not been seen "
    "yet, due or not: the report looks at the month before the one that it is about.",
    phrase=Phrase(
        said="no initial visit had yet taken place, due or not, to {child|children} "
        "referred in the month"
    ),
)
MEASURES.part(
    "initial_visits_all",
    id="initial_visits_virtual",
    title="Initial visits undertaken virtually",
    numerator=frozenset({IN_TIME_VIRTUAL, LATE_VIRTUAL}),
    denominator=SEEN_IN_TIME | SEEN_LATE,
    definition="Of the initial visits undertaken, those that were virtual.",
    phrase=Phrase(said="{child was|children were} seen virtually"),
)
MEASURES.part(
    "initial_visits_all",
    id="closed_unseen",
    title="Referrals closed in their month without the child being seen",
    better="low",
    numerator=CLOSED_IN_THE_MONTH,
    denominator=frozenset(ALL_REFERRALS),
    definition="Of all referrals started in the month, those closed within it with the child "
    "unseen.",
    phrase=Phrase(
        said="{referral was|referrals were} closed within the month without the child being seen"
    ),
)
MEASURES.part(
    "initial_visits_all",
    id="closed_unseen_decision_slow",
    title="Closed unseen, decided late",
    better="low",
    numerator=frozenset({CLOSED_SLOWLY}),
    denominator=CLOSED_IN_THE_MONTH,
    definition="Of the referrals of closed_unseen, those closed later than the standard.",
    phrase=Phrase(said="the decision to close came late for {of these|of these}"),
)
