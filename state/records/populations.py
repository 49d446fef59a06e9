"""Who is in which population at an instant. Definitions: docs/measures.md.

A child may be on a plan and in care at once; `child_in_need` is the rest. Whoever is of an age at
which a status cannot be, or has died, is not in its population, though nobody ended the record.
"""

from dataclasses import dataclass, replace
from datetime import date

from casepulse.schemas.events.leaving import CareLeaverEnded, CareLeaverQualified
from casepulse.state.records.life import LEAVER_BELOW, LEAVER_FROM, birthday, last_day_below
from casepulse.state.records.protection import open_plan, protection_plans
from casepulse.state.records.referrals import open_referrals
from casepulse.state.records.spells import Spell, spells, up_to
from casepulse.state.records.stays import in_care, stays
from casepulse.state.view import CaseView


def leaving_periods(case: CaseView) -> list[Spell]:
    """Each time that a young person was a care leaver, oldest first: from the 16th birthday to the
    eve of the 26th."""
    told = spells(case.facts(CareLeaverQualified), case.facts(CareLeaverEnded), "leaver")
    if not told:
        return []
    found = up_to(told, last_day_below(case, LEAVER_BELOW))
    sixteenth = birthday(case, LEAVER_FROM)
    if sixteenth is None or all(each.day >= sixteenth for each in found):
        return found
    if not case.clock.begun(sixteenth):
        return []
    return [
        replace(each, day=max(each.day, sixteenth))
        for each in found
        if each.ended is None or each.ended >= sixteenth
    ]


def care_leaver(case: CaseView) -> Spell | None:
    """A young person who qualified as a care leaver, and has not ended."""
    return next((each for each in case.records(leaving_periods) if each.ended is None), None)


@dataclass(frozen=True, slots=True)
class InNeed:
    """A child in need, and no more than that: by which referral, and since when it is so."""

    referral: str
    """The key of the referral that began the unbroken time in which one has been open."""
    referred: date
    """The first day of that time."""
    stepped_down: date | None
    """The last day on a plan or in care within it, if there is one."""
    since: date
    """The latest of these days and the last day as a care leaver."""


def child_in_need(case: CaseView) -> InNeed | None:
    """A child with an open referral who is not in care, on no plan and no care leaver."""
    referred = case.records(open_referrals)
    if referred is None or not_only_in_need(case):
        return None
    down = [each.ended for each in case.records(protection_plans) if each.ended]
    # In short breaks a child stays in need: their end begins nothing.
    down += [each.until for each in case.records(stays) if each.until]
    left = [each.ended for each in case.records(leaving_periods) if each.ended]
    return InNeed(
        referred.key,
        referred.day,
        max((day for day in down if day > referred.day), default=None),
        max([referred.day, *down, *left]),
    )


def not_only_in_need(case: CaseView) -> bool:
    """Whether the child is in care, on a plan or a care leaver."""
    return bool(case.records(in_care) or case.records(open_plan) or case.records(care_leaver))


def is_open(case: CaseView) -> bool:
    """Whether the child is open to social care: a referral open, in care, on a plan, or a care
    leaver."""
    return bool(case.records(open_referrals)) or not_only_in_need(case)
