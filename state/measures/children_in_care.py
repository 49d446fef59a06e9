"""Children in care: visits, legal status."""

from collections.abc import Iterator
from datetime import date

from casepulse.schemas.codes import ProceedingsStage, VisitKind
from casepulse.schemas.measure import Section, days
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import add_months, due_day
from casepulse.state.measures.forms import (
    LATE,
    MET,
    NO,
    RECURRING,
    UP_TO_DATE,
    YES,
    duty,
    recurring,
    share,
)
from casepulse.state.records.care import (
    Placement,
    current_placement,
    legal_status,
    proceedings_stage,
)
from casepulse.state.records.referrals import visits
from casepulse.state.records.stays import in_care
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

#: Late for a statutory visit, but seen in another way no longer ago than its standard.
SEEN_FACE_TO_FACE, SEEN_VIRTUALLY = "seen_face_to_face", "seen_virtually"
SEEN_OTHERWISE = frozenset({SEEN_FACE_TO_FACE, SEEN_VIRTUALLY})


@MEASURES.measure(
    duty(
        id="statutory_visits",
        title="Children in care with an up-to-date statutory visit",
        section=Section.CHILDREN_IN_CARE,
        statuses=(*RECURRING, SEEN_FACE_TO_FACE, SEEN_VIRTUALLY),
        numerator=UP_TO_DATE,
        denominator=frozenset(RECURRING) | SEEN_OTHERWISE,
        late=LATE | SEEN_OTHERWISE,
        standards={
            "first": days("start of placement to first visit"),
            "first_year": days("between visits in the placement's first year"),
            "until_eighteen": days("between visits after it, if meant to last until 18"),
            "otherwise": days("between visits after it, if not"),
        },
        definition="Children in care whose latest statutory visit, face to face and with the child "
        "seen, is no older than the standard. The interval is that of the day of the latest visit.",
        source="Care Planning, Placement and Case Review Regulations 2010, reg. 28 (S)",
        phrase=Phrase(
            subject="The proportion of children in care with an up-to-date statutory visit",
            of=("child", "children"),
        ),
    )
)
def statutory_visits(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    stay = case.records(in_care)
    if not stay:
        return
    placement = case.records(current_placement)
    # A placement of short breaks that became care counts from the day on which it did.
    start = max(placement.day, stay.day) if placement else stay.day
    seen: dict[str, date] = {}
    for visit in case.records(visits):
        if visit.child_seen and visit.day >= start:
            is_statutory = visit.kind is VisitKind.STATUTORY
            how = SEEN_VIRTUALLY if visit.virtual else MET if is_statutory else SEEN_FACE_TO_FACE
            seen[how] = visit.day
    if MET in seen:
        due_on = _next_visit(placement, start, seen[MET], standards)
    else:
        due_on = due_day(start, standards["first"])
    status = recurring(case.clock, due_on, MET in seen)
    if status in LATE:
        for how in (SEEN_FACE_TO_FACE, SEEN_VIRTUALLY):
            if how in seen and not case.clock.past(
                _next_visit(placement, start, seen[how], standards)
            ):
                status = how
                break
    yield Sorted(stay.key, status, due=due_on)


def _next_visit(
    placement: Placement | None, start: date, visited: date, standards: Standards
) -> date:
    """When the next visit is due, given the day of the latest."""
    if visited < add_months(start, 12):
        return due_day(visited, standards["first_year"])
    lasting = placement is not None and placement.until_eighteen
    return due_day(visited, standards["until_eighteen" if lasting else "otherwise"])


MEASURES.part(
    "statutory_visits",
    id="cic_seen_not_statutory",
    title="Seen in another way, without an up-to-date statutory visit",
    numerator=SEEN_OTHERWISE,
    definition="Children in care whose statutory visit is late, seen otherwise within its standard:"
    " face to face at a visit of another kind, or else virtually.",
    phrase=Phrase(said="{further child was|further children were} seen in another way"),
)
MEASURES.part(
    "statutory_visits",
    id="cic_seen_other_f2f",
    title="Seen face to face at another kind of visit",
    numerator=frozenset({SEEN_FACE_TO_FACE}),
    denominator=None,
    definition="Of the children of cic_seen_not_statutory, those seen face to face.",
    phrase=Phrase(said="{of these was|of these were} seen face to face at another kind of visit"),
)
MEASURES.part(
    "statutory_visits",
    id="cic_seen_virtually",
    title="Seen virtually, without an up-to-date statutory visit",
    numerator=frozenset({SEEN_VIRTUALLY}),
    denominator=None,
    definition="Of the children of cic_seen_not_statutory, those seen virtually and not face to "
    "face.",
    phrase=Phrase(said="{of these was|of these were} seen virtually"),
)

PRE_PROCEEDINGS, IN_COURT = "pre_proceedings", "court"
SECTION_20 = frozenset({YES, PRE_PROCEEDINGS, IN_COURT})

_BY_STAGE = {
    None: YES,
    ProceedingsStage.PRE_PROCEEDINGS: PRE_PROCEEDINGS,
    ProceedingsStage.COURT: IN_COURT,
}


@MEASURES.measure(
    share(
        id="cic_section20",
        title="Children in care accommodated under Section 20",
        section=Section.CHILDREN_IN_CARE,
        better="low",
        statuses=(YES, PRE_PROCEEDINGS, IN_COURT, NO),
        numerator=SECTION_20,
        denominator=SECTION_20 | {NO},
        definition="Children in care whose legal status is V2.",
        source="SSDA903 legal status (D)",
        phrase=Phrase(
            subject="The proportion of children in care accommodated under Section 20",
            of=("child", "children"),
        ),
    )
)
def cic_section20(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(in_care):
        by_agreement = case.records(legal_status) == "V2"
        status = _BY_STAGE[case.records(proceedings_stage)] if by_agreement else NO
        yield Sorted(case.key, status)


MEASURES.part(
    "cic_section20",
    id="cic_s20_in_proceedings",
    title="Accommodated under Section 20 and in proceedings",
    numerator=frozenset({PRE_PROCEEDINGS, IN_COURT}),
    denominator=SECTION_20,
    definition="Of the children accommodated under Section 20, those in pre-proceedings or before "
    "the court.",
    phrase=Phrase(said="{of these children was|of these children were} in proceedings"),
)
