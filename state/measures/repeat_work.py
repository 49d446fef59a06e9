"""Repeat work. Definitions: MEASURES.md, "Repeat work"."""

from collections.abc import Iterator
from dataclasses import replace

from schemas.measure import Measure, Section, months
from state.calendar import add_months
from state.records import referrals
from state.rules import Sorted, Standards, measure, part
from state.view import CaseView

REPEAT, FIRST = "repeat", "first"

_RE_REFERRALS = Measure(
    id="re_referrals",
    title="Re-referrals",
    section=Section.REPEAT_WORK,
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
    replace(
        _RE_REFERRALS,
        id="re_referrals_12m",
        of="re_referrals",
        title="Re-referrals, last 12 months",
        window="12m",
        standards={},
        definition="re_referrals, summed over the last twelve months.",
    )
)
part(
    replace(
        _RE_REFERRALS,
        id="re_referrals_fytd",
        of="re_referrals",
        title="Re-referrals, financial year to date",
        window="fytd",
        standards={},
        definition="re_referrals, summed from April.",
    )
)
