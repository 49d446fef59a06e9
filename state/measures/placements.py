"""Placements of children in care. Definitions: MEASURES.md, "Stability and permanence"."""

from collections.abc import Iterator

from schemas.measure import Asked, Section, months
from state.measures.forms import share, yes_no
from state.records.care import in_care, placements
from state.rules import Sorted, Standards, measure
from state.view import CaseView


@measure(
    share(
        id="short_term_stability",
        title="Children in care with 3 or more placements in 12 months",
        section=Section.CHILDREN_IN_CARE,
        better="low",
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
        yield Sorted(case.key, yes_no(counted >= standards["moves"].count))
