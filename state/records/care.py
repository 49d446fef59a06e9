"""Periods of care, legal statuses, proceedings, placements. Who is in care: stays.py."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest

from casepulse.schemas.codes import (
    LegalStatusCode,
    PlacementProvider,
    PlacementType,
    ProceedingsStage,
)
from casepulse.schemas.events.care import (
    CarePeriodEnded,
    CarePeriodStarted,
    LegalStatusChanged,
    PlacementEnded,
    PlacementStarted,
)
from casepulse.schemas.events.legal import ChildProceedingsEnded, ChildProceedingsStarted
from casepulse.state.facts import Fact
from casepulse.state.records.keys import by_key, one_a_record
from casepulse.state.records.life import ADULT, is_aged
from casepulse.state.records.proceedings import open_before_court, open_court
from casepulse.state.records.spells import Unbroken, lasts, spells, unbroken
from casepulse.state.view import CaseView

#: Short breaks: legal statuses that do not count as being in care (SSDA903 V3, V4).
SHORT_BREAKS = frozenset({"V3", "V4"})

#: Temporary placements (SSDA903 T0 to T4): hospital, holiday, respite for the carers, between
#: permanent ones. The child is placed where it was before, and goes back there.
TEMPORARY = frozenset({"T0", "T1", "T2", "T3", "T4"})


def care_periods(case: CaseView) -> list[Unbroken]:
    """Each unbroken time in which a period of care was open, oldest first, short breaks too."""
    return unbroken(spells(case.facts(CarePeriodStarted), case.facts(CarePeriodEnded), "period"))


def is_short_break(status: Fact) -> bool:
    """Whether a legal status is one of short breaks."""
    return isinstance(status.data, LegalStatusChanged) and status.data.legal_status in SHORT_BREAKS


def legal_statuses(case: CaseView, period: Unbroken) -> list[Fact[LegalStatusChanged]]:
    """The legal status that each day of a change ended with, in a time in care, oldest first.

    What held in an earlier one says nothing of this one.
    """
    by_day = {
        fact.day: fact
        for fact in case.facts(LegalStatusChanged)
        if period.day <= fact.day and (period.ended_at is None or fact.time < period.ended_at)
    }
    return list(by_day.values())


def _status_now(case: CaseView) -> LegalStatusChanged | None:
    for period in case.records(care_periods):
        if period.ended is None:
            told = legal_statuses(case, period)
            data = told[-1].data if told else None
            return data
    return None


def legal_status(case: CaseView) -> LegalStatusCode | None:
    """The legal status under which a period of care is open now."""
    status = case.records(_status_now)
    return status.legal_status if status else None


def has_short_breaks(case: CaseView) -> bool:
    """Whether a child has short breaks: a period of care is open under one of their statuses."""
    return case.records(legal_status) in SHORT_BREAKS and not is_aged(case, ADULT)


def proceedings_stage(case: CaseView) -> ProceedingsStage | None:
    """The stage that proceedings about the child are at, if there are any."""
    told = case.facts(ChildProceedingsStarted)
    if not told:
        return None
    by_stage: dict[ProceedingsStage, list[Fact]] = {stage: [] for stage in ProceedingsStage}
    for fact in told:
        by_stage[fact.data.stage].append(fact)
    ends = case.facts(ChildProceedingsEnded)
    court = spells(by_stage[ProceedingsStage.COURT], ends, "proceedings")
    before = spells(by_stage[ProceedingsStage.PRE_PROCEEDINGS], ends, "proceedings")
    if open_court(court):
        return ProceedingsStage.COURT
    return ProceedingsStage.PRE_PROCEEDINGS if open_before_court(before, court) else None


@dataclass(frozen=True, slots=True)
class Placement:
    """A placement; it lasts until the next begins, or until it or the period of care ends."""

    key: str
    started: datetime
    day: date
    ended_at: datetime | None
    until_eighteen: bool
    placement_type: PlacementType | None = None
    provider: PlacementProvider | None = None
    in_county: bool | None = None
    miles_from_home: float | None = None


def placements(case: CaseView) -> list[Placement]:
    """Each placement, oldest first. A temporary one is none: it leaves the one before it open."""
    ended = by_key(case.facts(PlacementEnded), "placement")
    left = [period.ended_at for period in case.records(care_periods) if period.ended_at]
    starts = []
    for fact in one_a_record(case, PlacementStarted, "placement"):
        lasting = lasts(fact, ended.get(fact.data.placement))
        if lasting and fact.data.placement_type not in TEMPORARY:
            starts.append((fact, fact.data))
    found = []
    for (fact, data), following in zip_longest(starts, starts[1:]):
        own_end = ended.get(data.placement)
        ends = [time for time in left if time > fact.time]
        if own_end is not None:
            ends.append(own_end.time)
        if following is not None:
            ends.append(following[0].time)
        found.append(
            Placement(
                data.placement,
                fact.time,
                fact.day,
                min(ends, default=None),
                data.until_eighteen,
                data.placement_type,
                data.provider,
                data.in_county,
                data.miles_from_home,
            )
        )
    return found


def current_placement(case: CaseView) -> Placement | None:
    """The placement that the child is in now."""
    latest = case.records(placements)[-1:]
    return latest[0] if latest and latest[0].ended_at is None else None
