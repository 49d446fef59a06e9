"""Demand: how many children there are."""

from collections.abc import Iterator

from casepulse.schemas.measure import Section
from casepulse.schemas.phrase import Phrase
from casepulse.state.measures.forms import YES, count, spread
from casepulse.state.records.populations import is_open, not_only_in_need
from casepulse.state.records.protection import open_plan
from casepulse.state.records.stays import in_care
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()


@MEASURES.measure(
    count(
        id="cp_children",
        title="Children subject to a protection plan",
        section=Section.DEMAND,
        definition="Children with an open child protection plan.",
        source="CIN census (D)",
        phrase=Phrase(said="{child was|children were} subject to a protection plan"),
    )
)
def cp_children(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    plan = case.records(open_plan)
    if plan:
        yield Sorted(plan.key, YES)


MEASURES.part(
    "cp_children",
    id="cp_rate",
    title="Protection plan rate per 10,000 children",
    better="low",
    scale="rate",
    decimals=1,
    definition="Children with an open child protection plan, of 10,000 aged 0 to 17.",
    phrase=Phrase(subject="The rate of children subject to a protection plan per 10,000 children"),
)


@MEASURES.measure(
    count(
        id="children_in_care",
        title="Children in care",
        section=Section.DEMAND,
        definition="Children with an open period of care, short breaks (V3, V4) left out.",
        source="SSDA903 (D)",
        phrase=Phrase(said="{child was|children were} in care"),
    )
)
def children_in_care(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    period = case.records(in_care)
    if period:
        yield Sorted(period.key, YES)


MEASURES.part(
    "children_in_care",
    id="cic_rate",
    title="Children in care rate per 10,000 children",
    better="low",
    scale="rate",
    decimals=1,
    definition="Children in care, of 10,000 aged 0 to 17.",
    phrase=Phrase(subject="The rate of children in care per 10,000 children"),
)


IN_NEED, MORE_THAN_IN_NEED = "in_need", "more_than_in_need"


@MEASURES.measure(
    spread(
        (IN_NEED, MORE_THAN_IN_NEED),
        id="open_to_social_care",
        title="Children open to social care",
        section=Section.DEMAND,
        kind="stock",
        definition="Children with a referral open, in care or on a plan, and care leavers; a child "
        "of whom several are true counts once.",
        source="Annex A list 6 to 8 (D)",
        phrase=Phrase(said="{child was|children were} open to social care"),
    )
)
def open_to_social_care(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(is_open):
        more = case.records(not_only_in_need)
        yield Sorted(case.key, MORE_THAN_IN_NEED if more else IN_NEED)


MEASURES.part(
    "open_to_social_care",
    id="children_in_need",
    title="Children in need",
    numerator=frozenset({IN_NEED}),
    definition="Children with a referral open who are neither in care nor on a plan, and no care "
    "leavers.",
    phrase=Phrase(said="{of these was a Child in Need|of these were Children in Need}"),
)
