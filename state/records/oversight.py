"""How long a child has been open to social care without a break, and what was done since."""

from collections.abc import Iterator
from datetime import date

from schemas.envelope import Data
from state.records.care import SHORT_BREAKS, care_periods, entered_care, in_care, legal_status_in
from state.records.populations import is_open, leaving_periods
from state.records.protection import protection_plans
from state.records.referrals import referrals
from state.records.spells import Spell
from state.view import CaseView


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


def closed_after(case: CaseView, day: date) -> bool:
    """Whether the case was closed after a day, though it may be open again: a stay ended, and no
    other was open or began then. A child of whom no stay is on record was not closed."""
    stays = list(_stays(case))
    ends = [last for _, last in stays if last is not None and last > day]
    return any(
        all(first > end or (last is not None and last <= end) for first, last in stays)
        for end in ends
    )


def _latest_first(stay: tuple[date, date | None]) -> int:
    last = stay[1]
    return -(last or date.max).toordinal()


def _stays(case: CaseView) -> Iterator[tuple[date, date | None]]:
    """The first and last day of each referral, plan, period of care and time as a care leaver."""
    for referral in case.records(referrals):
        yield referral.day, referral.closed_day
    for spell in [*case.records(protection_plans), *case.records(leaving_periods)]:
        yield spell.day, spell.ended
    now = case.records(in_care)
    for period in case.records(care_periods):
        cared_for = period == now if period.ended is None else not _short_breaks_only(case, period)
        if cared_for:
            yield entered_care(case, period), period.ended


def _short_breaks_only(case: CaseView, period: Spell) -> bool:
    return legal_status_in(case, period) in SHORT_BREAKS


def latest_day(case: CaseView, since: date, *kinds: type[Data]) -> date | None:
    """The last day on which a fact of these kinds happened; None if none did since then."""
    latest = [facts[-1].day for facts in map(case.facts, kinds) if facts]
    return max((day for day in latest if day >= since), default=None)
