"""Stability and permanence. Definitions: MEASURES.md, section of that name."""

from collections.abc import Iterator

from schemas.measure import Asked, Measure, Section, months
from state.measures.forms import NO, SHARE, YES
from state.records import in_care, legal_status_in, placements
from state.rules import Sorted, Standards, measure
from state.view import CaseView


@measure(
    Measure(
        id="cic_section20",
        title="Children in care accommodated under Section 20",
        section=Section.STABILITY,
        kind="stock",
        better="low",
        statuses=SHARE,
        numerator=frozenset({YES}),
        denominator=frozenset(SHARE),
        definition="Children in care whose legal status is V2.",
        source="SSDA903 legal status (D)",
    )
)
def cic_section20(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    period = case.records(in_care)
    if period:
        yield Sorted(case.key, YES if legal_status_in(case, period) == "V2" else NO)


@measure(
    Measure(
        id="short_term_stability",
        title="Children in care with 3 or more placements in 12 months",
        section=Section.STABILITY,
        kind="stock",
        better="low",
        statuses=SHARE,
        numerator=frozenset({YES}),
        denominator=frozenset(SHARE),
        standards={
            "look_back": months("how far back a placement counts"),
            "moves": Asked("how many are too many", ("placements",)),
        },
        definition="Children in care with so many placements in the look-back, in all periods of "
        "care: those begun within it, and the one that was open when it began.",
        source="DfE, children looked after: placement stability (D)",
    )
)
def short_term_stability(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(in_care):
        months = standards["look_back"].count
        counted = sum(
            case.clock.within_last(months, each.started)
            or each.ended_at is None
            or case.clock.within_last(months, each.ended_at)
            for each in case.records(placements)
        )
        yield Sorted(case.key, YES if counted >= standards["moves"].count else NO)
