"""Placements of children in care."""

from collections.abc import Iterator
from itertools import product

from casepulse.schemas.measure import Asked, Section, days, months
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day, local_date
from casepulse.state.measures.forms import NO, YES, share, yes_no
from casepulse.state.records.care import Placement, current_placement, placements
from casepulse.state.records.life import is_below
from casepulse.state.records.stays import Stay, in_care
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

IN_COUNTY, OUT_OF_COUNTY, COUNTY_UNKNOWN = "in_county", "out_of_county", "county_unknown"
NEAR, FAR, UNKNOWN = "near", "far", "distance_unknown"
PLACES = tuple(
    f"{where}_{how_far}"
    for where, how_far in product((IN_COUNTY, OUT_OF_COUNTY, COUNTY_UNKNOWN), (NEAR, FAR, UNKNOWN))
)


def _at(*, where: str = "", how_far: str = "") -> frozenset[str]:
    return frozenset(each for each in PLACES if each.startswith(where) and each.endswith(how_far))


@MEASURES.measure(
    share(
        id="cic_out_of_county",
        title="Placed out of county",
        section=Section.CHILDREN_IN_CARE,
        better="low",
        statuses=PLACES,
        numerator=_at(where=OUT_OF_COUNTY),
        denominator=frozenset(PLACES),
        standards={"far": Asked("how many miles from home are far", ("miles",))},
        definition="Children in care whose placement is outside the county.",
        source="SSDA903 placement location (D)",
        phrase=Phrase(
            subject="The proportion of children in care placed out of county",
            of=("child", "children"),
            summary=True,
        ),
    )
)
def cic_out_of_county(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(in_care):
        place = case.records(current_placement)
        inside = place.in_county if place else None
        where = COUNTY_UNKNOWN if inside is None else IN_COUNTY if inside else OUT_OF_COUNTY
        miles = place.miles_from_home if place else None
        how_far = UNKNOWN if miles is None else FAR if miles > standards["far"].count else NEAR
        yield Sorted(case.key, f"{where}_{how_far}")


MEASURES.part(
    "cic_out_of_county",
    id="cic_20_miles",
    title="Living more than 20 miles from home",
    better="low",
    numerator=_at(how_far=FAR),
    denominator=_at(how_far=FAR) | _at(how_far=NEAR),
    definition="Children in care placed farther from home than the standard of cic_out_of_county, "
    "of those whose distance is known.",
    phrase=Phrase(said="{child was|children were} living more than 20 miles from home"),
)
MEASURES.part(
    "cic_out_of_county",
    id="cic_20_miles_unknown",
    title="Distance from home unknown",
    numerator=_at(how_far=UNKNOWN),
    definition="Children in care whose distance from home is not on record.",
    phrase=Phrase(said="the distance from home was unknown for {child|children}"),
)
MEASURES.part(
    "cic_out_of_county",
    id="cic_out_of_county_20_miles",
    title="Out of county and more than 20 miles from home",
    better="low",
    decimals=1,
    numerator=_at(where=OUT_OF_COUNTY, how_far=FAR),
    definition="Children in care placed outside the county and farther from home than the standard "
    "of cic_out_of_county, of all children in care.",
    phrase=Phrase(
        subject="The proportion of children in care placed out of county and more than 20 "
        "miles from home",
        of=("child", "children"),
    ),
)
MEASURES.part(
    "cic_out_of_county",
    id="cic_in_county_20_miles",
    title="In county but more than 20 miles from home",
    better="low",
    numerator=_at(where=IN_COUNTY, how_far=FAR),
    definition="Children in care placed in the county and farther from home than the standard of "
    "cic_out_of_county, of all children in care.",
    phrase=Phrase(
        said="{child was|children were} placed in county but more than 20 miles from home"
    ),
)

#: Too many placements only if those of earlier periods of care count.
WITH_EARLIER = "with_earlier"


@MEASURES.measure(
    share(
        id="short_term_stability",
        title="Children in care with 3 or more placements in 12 months",
        section=Section.CHILDREN_IN_CARE,
        better="low",
        statuses=(YES, WITH_EARLIER, NO),
        numerator=frozenset({YES, WITH_EARLIER}),
        denominator=frozenset({YES, WITH_EARLIER, NO}),
        standards={
            "look_back": months("how far back a placement counts"),
            "moves": Asked("how many are too many", ("placements",)),
        },
        definition="Children in care with so many placements in the look-back, in all periods of "
        "care: those begun within it, and the one that was open when it began. Temporary ones (T0 "
        "to T4) are none, nor is coming back from one.",
        source="DfE, children looked after: placement stability (D)",
        phrase=Phrase(
            subject="The proportion of children in care with 3 or more placements in 12 months",
            of=("child", "children"),
        ),
    )
)
def short_term_stability(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    stay = case.records(in_care)
    if stay:
        months, moves = standards["look_back"].count, standards["moves"].count
        counted = [
            _in_stay(each, stay)
            for each in case.records(placements)
            if case.clock.within_last(months, each.started)
            or each.ended_at is None
            or case.clock.within_last(months, each.ended_at)
        ]
        earlier = WITH_EARLIER if len(counted) >= moves else NO
        yield Sorted(case.key, YES if sum(counted) >= moves else earlier)


def _in_stay(placement: Placement, stay: Stay) -> bool:
    """Whether a placement began in a stay in care, or went on in it: one of short breaks that
    became care."""
    ended_at = placement.ended_at
    return placement.day >= stay.day or ended_at is None or local_date(ended_at) > stay.day


MEASURES.part(
    "short_term_stability",
    id="short_term_stability_current",
    title="3 or more placements in 12 months, current period of care",
    better="low",
    numerator=frozenset({YES}),
    definition="As short_term_stability, but placements of the current period of care alone.",
    phrase=Phrase(
        said="{child|children} had 3 or more placements in 12 months in the current period of care"
    ),
)

#: Placed for adoption (SSDA903).
ADOPTIVE = frozenset({"A3", "A4", "A5", "A6"})


def _settled(placed: list[Placement]) -> Placement | None:
    """The placement since which the child has not moved but to be adopted."""
    if not placed or placed[-1].ended_at is not None:
        return None
    last, before = placed[-1], placed[-2] if len(placed) > 1 else None
    if last.placement_type in ADOPTIVE and before and before.ended_at == last.started:
        return before
    return last


@MEASURES.measure(
    share(
        id="long_term_stability",
        title="Long-term placement stability",
        section=Section.CHILDREN_IN_CARE,
        better="high",
        standards={
            "in_care": days("how long in care"),
            "same_placement": days("how long in the same placement"),
        },
        definition="Children known to be under 16 who have been in care for the standard or "
        "longer: those in the same placement for its standard, or placed for adoption and, "
        "together with the placement before, as long.",
        source="DfE, children looked after: long-term placement stability (D)",
        phrase=Phrase(subject="Long-term placement stability", of=("child", "children")),
    )
)
def long_term_stability(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    stay = case.records(in_care)
    if stay is None or not is_below(case, 16):
        return
    begun = case.clock.begun
    if begun(due_day(stay.day, standards["in_care"])):
        placement = _settled(case.records(placements))
        stable = placement is not None and begun(
            due_day(placement.day, standards["same_placement"])
        )
        yield Sorted(case.key, yes_no(stable))
