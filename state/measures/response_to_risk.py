"""Response to risk: contacts, initial visits, conferences, missing children.

Definitions: MEASURES.md, "Response to risk".
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from schemas.codes import InterviewOutcome, Pathway
from schemas.measure import Measure, Section, days, hours, months
from state.calendar import due, due_day, month_of
from state.measures.forms import DONE_OR_DUE, MET, MISSED, NO, SHARE, TIMED, UNTRACED, YES, timed
from state.records import (
    Referral,
    contact_of,
    in_care,
    initial_conferences,
    missing_episodes,
    referrals,
    visits,
)
from state.rules import Sorted, Standards, measure, part
from state.view import CaseView

RISK = Section.RESPONSE_TO_RISK


_CONTACT_DECISION = Measure(
    id="initial_contact_decision",
    title="Initial contact decision in time",
    section=RISK,
    kind="flow",
    better="high",
    statuses=TIMED,
    numerator=frozenset({MET}),
    denominator=DONE_OR_DUE,
    late=frozenset({MISSED}),
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


IN_TIME, IN_TIME_VIRTUAL = "in_time", "in_time_virtual"
VISITED_LATE, LATE_VIRTUAL = "late", "late_virtual"
NOT_SEEN, AWAITED, CLOSED_UNSEEN = "not_seen", "pending", "closed_unseen"
INITIAL_VISIT = (
    IN_TIME,
    IN_TIME_VIRTUAL,
    VISITED_LATE,
    LATE_VIRTUAL,
    NOT_SEEN,
    AWAITED,
    CLOSED_UNSEEN,
)
SEEN_IN_TIME = frozenset({IN_TIME, IN_TIME_VIRTUAL})
SEEN_LATE = frozenset({VISITED_LATE, LATE_VIRTUAL})
SEEN_OR_DUE = SEEN_IN_TIME | SEEN_LATE | {NOT_SEEN}

_INITIAL_VISITS = Measure(
    id="initial_visits_all",
    title="Initial visits in time",
    section=RISK,
    kind="flow",
    better="high",
    statuses=INITIAL_VISIT,
    numerator=SEEN_IN_TIME,
    denominator=SEEN_OR_DUE,
    late=SEEN_LATE | {NOT_SEEN},
    standards={
        "section_17": days("referral started to child first seen, S17"),
        "section_47": days("referral started to child first seen, S47"),
    },
    definition="Referrals started in the month whose child was first seen, virtually or face to "
    "face, within the standard. One closed without the child being seen counts in closed_unseen.",
    source="Local standard, customary (A)",
)


def _initial_visit(case: CaseView, referral: Referral, standards: Standards) -> Sorted:
    by_pathway = {Pathway.SECTION_17: "section_17", Pathway.SECTION_47: "section_47"}
    due_on = due_day(referral.day, standards[by_pathway[referral.pathway]])
    first = next(
        (
            visit
            for visit in case.records(visits)
            if visit.child_seen
            and visit.day >= referral.day
            and (referral.closed_day is None or visit.day <= referral.closed_day)
        ),
        None,
    )
    if first is not None and first.day <= due_on:
        status = IN_TIME_VIRTUAL if first.virtual else IN_TIME
    elif first is not None:
        status = LATE_VIRTUAL if first.virtual else VISITED_LATE
    elif referral.closed_day is not None:
        status = CLOSED_UNSEEN
    else:
        status = NOT_SEEN if case.clock.past(due_on) else AWAITED
    return Sorted(referral.key, status, referral.day, referral.team, due_on)


@measure(_INITIAL_VISITS)
def initial_visits_all(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for referral in case.records(referrals):
        yield _initial_visit(case, referral, standards)


@measure(
    replace(
        _INITIAL_VISITS,
        id="initial_visits_s17",
        title="Initial visits in time, Section 17",
        standards={"section_17": days("referral started to child first seen")},
    )
)
def initial_visits_s17(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for referral in case.records(referrals):
        if referral.pathway is Pathway.SECTION_17:
            yield _initial_visit(case, referral, standards)


@measure(
    replace(
        _INITIAL_VISITS,
        id="initial_visits_s47",
        title="Initial visits in time, Section 47",
        standards={"section_47": days("referral started to child first seen")},
    )
)
def initial_visits_s47(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for referral in case.records(referrals):
        if referral.pathway is Pathway.SECTION_47:
            yield _initial_visit(case, referral, standards)


_PART_OF_INITIAL_VISITS = replace(
    _INITIAL_VISITS,
    of="initial_visits_all",
    better="low",
    late=frozenset(),
    standards={},
    source="As initial_visits_all",
)

part(
    replace(
        _PART_OF_INITIAL_VISITS,
        id="initial_visits_late",
        title="Initial visits completed but overdue",
        numerator=SEEN_LATE,
        definition="Of the children of initial_visits_all, those first seen after the due day.",
    )
)
part(
    replace(
        _PART_OF_INITIAL_VISITS,
        id="initial_visits_not_seen",
        title="Referred in the month, not seen and overdue",
        numerator=frozenset({NOT_SEEN}),
        late=frozenset({NOT_SEEN}),
        definition="Of the children of initial_visits_all, those not seen whose due day is past.",
    )
)
part(
    replace(
        _PART_OF_INITIAL_VISITS,
        id="initial_visits_virtual",
        title="Initial visits undertaken virtually",
        better=None,
        numerator=frozenset({IN_TIME_VIRTUAL, LATE_VIRTUAL}),
        denominator=SEEN_IN_TIME | SEEN_LATE,
        definition="Of the initial visits undertaken, those that were virtual.",
    )
)
part(
    replace(
        _PART_OF_INITIAL_VISITS,
        id="closed_unseen",
        title="Referrals closed without the child being seen",
        numerator=frozenset({CLOSED_UNSEEN}),
        denominator=frozenset(INITIAL_VISIT),
        definition="Of all referrals started in the month, those closed with the child unseen.",
    )
)


@measure(
    Measure(
        id="icpc_timely",
        title="Initial child protection conferences in time",
        section=RISK,
        kind="flow",
        better="high",
        statuses=(MET, MISSED, UNTRACED),
        numerator=frozenset({MET}),
        denominator=DONE_OR_DUE,
        late=frozenset({MISSED}),
        standards={"held": days("strategy discussion that began the S47 enquiry to conference")},
        definition="Initial conferences held in the month within the standard. One whose strategy "
        "discussion is not on record is untraced and left out.",
        source="Working Together 2018 (S)",
    )
)
def icpc_timely(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for conference in case.records(initial_conferences):
        if conference.discussion_day is None:
            yield Sorted(conference.key, UNTRACED, conference.day, conference.team)
            continue
        due_on = due_day(conference.discussion_day, standards["held"])
        status = timed(case.clock, due_on, conference.day)
        yield Sorted(conference.key, status, conference.day, conference.team, due_on)


REFUSED = "refused"


@measure(
    Measure(
        id="return_interview",
        title="Missing children who had a return interview",
        section=RISK,
        kind="flow",
        better="high",
        statuses=(MET, REFUSED, MISSED),
        numerator=frozenset({MET}),
        denominator=frozenset({MET, REFUSED, MISSED}),
        decimals=1,
        definition="Children with a missing episode begun in the month, each counted once; met if "
        "at least one return interview was held for an episode begun in it. Refused: offered and "
        "refused, and none held.",
        source="Statutory guidance on children who run away or go missing, 2014; local (L)",
    )
)
def return_interview(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    episodes = case.records(missing_episodes)
    for month, begun in groupby(episodes, key=lambda episode: month_of(episode.day)):
        in_month = list(begun)
        outcomes = frozenset().union(*(episode.interviews for episode in in_month))
        if InterviewOutcome.HELD in outcomes:
            status = MET
        else:
            status = REFUSED if InterviewOutcome.REFUSED in outcomes else MISSED
        yield Sorted(month, status, in_month[0].day, in_month[0].team)


part(
    Measure(
        id="return_interview_refused",
        of="return_interview",
        title="Missing children who refused a return interview",
        section=RISK,
        kind="flow",
        statuses=(MET, REFUSED, MISSED),
        numerator=frozenset({REFUSED}),
        denominator=frozenset({MET, REFUSED, MISSED}),
        definition="Of the children of return_interview, those who refused and had none.",
        source="As return_interview",
    )
)


@measure(
    Measure(
        id="cic_missing_12m",
        title="Children in care missing in the last 12 months",
        section=RISK,
        kind="stock",
        better="low",
        statuses=SHARE,
        numerator=frozenset({YES}),
        denominator=frozenset(SHARE),
        standards={"look_back": months("how far back an episode counts")},
        definition="Children in care with a missing episode begun in the look-back.",
        source="Stated in the report (L)",
    )
)
def cic_missing_12m(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(in_care):
        months = standards["look_back"].count
        missing = any(
            case.clock.within_last(months, episode.started)
            for episode in case.records(missing_episodes)
        )
        yield Sorted(case.key, YES if missing else NO)
