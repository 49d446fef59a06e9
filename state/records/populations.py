"""Who is in which population at an instant. Definitions: MEASURES.md, "Populations at an instant".

A child may be on a plan and in care at once; `child_in_need` is the rest.
"""

from dataclasses import dataclass
from datetime import date

from schemas.events.child import ChildRegistered
from schemas.events.leaving import CareLeaverEnded, CareLeaverQualified
from state.calendar import add_months
from state.records.care import SHORT_BREAKS, care_periods, in_care, legal_status_in
from state.records.protection import open_plan, protection_plans
from state.records.referrals import Referral, referrals
from state.records.spells import Spell, spells
from state.view import CaseView


def born(case: CaseView) -> date | None:
    """The day of birth; None where it is unknown, or the child is not born yet."""
    registered = case.facts(ChildRegistered)
    data = registered[-1].data if registered else None
    assert data is None or isinstance(data, ChildRegistered)
    return data.born if data else None


def birthday(case: CaseView, years: int, months: int = 0) -> date | None:
    """The day on which the child reaches an age; born on 29 February, on the last of February."""
    day = case.records(born)
    return add_months(day, 12 * years + months) if day else None


def is_aged(case: CaseView, years: int, months: int = 0) -> bool:
    """Whether the child has reached an age; a child of unknown age has reached none."""
    day = birthday(case, years, months)
    return day is not None and case.clock.begun(day)


def open_referral(case: CaseView) -> Referral | None:
    """The referral that is open now; of several, the latest."""
    still = [each for each in case.records(referrals) if each.closed_day is None]
    return still[-1] if still else None


def leaving_periods(case: CaseView) -> list[Spell]:
    """Each time that a young person qualified as a care leaver, oldest first."""
    return spells(case.facts(CareLeaverQualified), case.facts(CareLeaverEnded), "leaver")


def care_leaver(case: CaseView) -> Spell | None:
    """A young person who qualified as a care leaver, and has not ended."""
    return next((each for each in case.records(leaving_periods) if each.ended is None), None)


@dataclass(frozen=True, slots=True)
class InNeed:
    """A child in need, and no more than that: which referral is open, and since when it is so."""

    referral: Referral
    since: date
    """The later of the referral's day and the last day on a plan, in care or as a care leaver."""


def child_in_need(case: CaseView) -> InNeed | None:
    """A child with an open referral who is not in care, on no plan and no care leaver."""
    referral = case.records(open_referral)
    if referral is None or not_only_in_need(case):
        return None
    before = [*case.records(protection_plans), *case.records(leaving_periods)]
    ended = [each.ended for each in before if each.ended]
    # In short breaks a child stays in need: their end begins nothing.
    ended += [
        each.ended
        for each in case.records(care_periods)
        if each.ended and legal_status_in(case, each, each.ended) not in SHORT_BREAKS
    ]
    return InNeed(referral, max([referral.day, *ended]))


def not_only_in_need(case: CaseView) -> bool:
    """Whether the child is in care, on a plan or a care leaver."""
    return bool(case.records(in_care) or case.records(open_plan) or case.records(care_leaver))


def is_open(case: CaseView) -> bool:
    """Whether the child is open to social care: a referral open, in care, on a plan, or a care
    leaver."""
    return bool(case.records(open_referral)) or not_only_in_need(case)
