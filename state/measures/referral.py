"""Referrals: initial visits, and children who are referred again.

Definitions: MEASURES.md, "Response to risk" and "Repeat work".
"""

from collections.abc import Iterator
from dataclasses import replace

from schemas.codes import Pathway
from schemas.measure import Measure, Section, days, months
from state.calendar import add_months, due_day
from state.measures.forms import share
from state.records.referrals import Referral, referrals, visits
from state.rules import Sorted, Standards, measure, part
from state.view import CaseView

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
    section=Section.CONTACT,
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


part(
    "initial_visits_all",
    id="initial_visits_late",
    title="Initial visits completed but overdue",
    better="low",
    numerator=SEEN_LATE,
    definition="Of the children of initial_visits_all, those first seen after the due day.",
)
part(
    "initial_visits_all",
    id="initial_visits_not_seen",
    title="Referred in the month, not seen and overdue",
    better="low",
    numerator=frozenset({NOT_SEEN}),
    late=frozenset({NOT_SEEN}),
    definition="Of the children of initial_visits_all, those not seen whose due day is past.",
)
part(
    "initial_visits_all",
    id="initial_visits_virtual",
    title="Initial visits undertaken virtually",
    numerator=frozenset({IN_TIME_VIRTUAL, LATE_VIRTUAL}),
    denominator=SEEN_IN_TIME | SEEN_LATE,
    definition="Of the initial visits undertaken, those that were virtual.",
)
part(
    "initial_visits_all",
    id="closed_unseen",
    title="Referrals closed without the child being seen",
    better="low",
    numerator=frozenset({CLOSED_UNSEEN}),
    denominator=frozenset(INITIAL_VISIT),
    definition="Of all referrals started in the month, those closed with the child unseen.",
)

REPEAT, FIRST = "repeat", "first"

_RE_REFERRALS = share(
    id="re_referrals",
    title="Re-referrals",
    section=Section.CONTACT,
    kind="flow",
    better="low",
    statuses=(REPEAT, FIRST),
    numerator=frozenset({REPEAT}),
    denominator=frozenset({REPEAT, FIRST}),
    standards={"look_back": months("how long before an earlier referral counts")},
    definition="Referrals started in the month of a child who had another start in the look-back.",
    source="CIN census re-referrals (D)",
)


@measure(_RE_REFERRALS)
def re_referrals(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    months = standards["look_back"].count
    earlier = None
    for referral in case.records(referrals):
        again = earlier is not None and earlier > add_months(referral.day, -months)
        yield Sorted(referral.key, REPEAT if again else FIRST, referral.day, referral.team)
        earlier = referral.day


part(
    "re_referrals",
    id="re_referrals_12m",
    title="Re-referrals, last 12 months",
    better="low",
    window="12m",
    definition="re_referrals, summed over the last twelve months.",
)
part(
    "re_referrals",
    id="re_referrals_fytd",
    title="Re-referrals, financial year to date",
    section=Section.DEMAND,
    better="low",
    window="fytd",
    definition="re_referrals, summed from April.",
)
