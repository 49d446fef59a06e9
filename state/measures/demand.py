"""Demand: how many children there are. Definitions: MEASURES.md, "Populations at an instant"."""

from collections.abc import Iterator

from schemas.measure import Section
from state.measures.forms import YES, count
from state.records.care import in_care
from state.records.protection import open_plan
from state.rules import Sorted, Standards, measure
from state.view import CaseView


@measure(
    count(
        id="cp_children",
        title="Children subject to a protection plan",
        section=Section.DEMAND,
        definition="Children with an open child protection plan.",
        source="CIN census (D)",
    )
)
def cp_children(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    plan = case.records(open_plan)
    if plan:
        yield Sorted(plan.key, YES)


@measure(
    count(
        id="children_in_care",
        title="Children in care",
        section=Section.DEMAND,
        definition="Children with an open period of care, short breaks (V3, V4) left out.",
        source="SSDA903 (D)",
    )
)
def children_in_care(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    period = case.records(in_care)
    if period:
        yield Sorted(period.key, YES)
