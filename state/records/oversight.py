"""How long a child has been open to social care without a break, and what was done since."""

from collections.abc import Iterator
from datetime import date

from casepulse.schemas.envelope import Data
from casepulse.state.records.life import died
from casepulse.state.records.populations import is_open, leaving_periods
from casepulse.state.records.protection import protection_plans
from casepulse.state.records.referrals import referral_spells
from casepulse.state.records.stays import stays
from casepulse.state.view import CaseView


def open_since(case: CaseView) -> date | None:
    """The day since which the child is open without a break; None if the child is not open.

    What began on the day on which the stay before it ended goes on with it: a plan that follows
    a referral, leaving care that follows care.
    """
    if not case.records(is_open):
        return None
    since = None
    for first, last in sorted(_stays(case), key=_latest_first):
        if last is None or since is None or last >= since:
            since = min(first, since or first)
    return since


def closed_since(case: CaseView, day: date) -> bool:
    """Whether the case was closed on a day or after it, though it may be open again: a stay ended,
    and no other was open or began then. A child of whom no stay is on record was not closed, unless
    it died."""
    if case.records(died):
        return True
    open_spells = list(_stays(case))
    ends = [last for _, last in open_spells if last is not None and last >= day]
    return any(
        all(first > end or (last is not None and last <= end) for first, last in open_spells)
        for end in ends
    )


def _latest_first(stay: tuple[date, date | None]) -> int:
    last = stay[1]
    return -(last or date.max).toordinal()


def _stays(case: CaseView) -> Iterator[tuple[date, date | None]]:
    """The first and last day of each referral, plan, stay in care and time as a care leaver."""
    for spell in case.records(referral_spells):
        yield spell.day, spell.ended
    for plan in case.records(protection_plans):
        yield plan.day, plan.ended
    for leaving in case.records(leaving_periods):
        yield leaving.day, leaving.ended
    for stay in case.records(stays):
        yield stay.day, stay.until


def latest_day(case: CaseView, since: date, *kinds: type[Data]) -> date | None:
    """The last day on which a fact of these kinds happened; None if none did since then."""
    latest = [facts[-1].day for facts in map(case.facts, kinds) if facts]
    return max((day for day in latest if day >= since), default=None)
