"""Children in care: periods, legal statuses, proceedings, placements, reviews."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest

from schemas.codes import PlacementProvider, PlacementType
from schemas.codes_care import ProceedingsStage
from schemas.events.care import (
    CarePeriodEnded,
    CarePeriodStarted,
    CareReviewHeld,
    LegalStatusChanged,
    PlacementEnded,
    PlacementStarted,
)
from schemas.events.care_proceedings import ChildProceedingsEnded, ChildProceedingsStarted
from state.facts import Fact
from state.records.keys import by_key, one_a_record
from state.records.spells import Spell, spells
from state.view import CaseView

#: Short breaks: legal statuses that do not count as being in care (SSDA903 V3, V4).
SHORT_BREAKS = frozenset({"V3", "V4"})

#: Temporary placements (SSDA903 T0 to T4): hospital, holiday, respite for the carers, between
#: permanent ones. The child is placed where it was before, and goes back there.
TEMPORARY = frozenset({"T0", "T1", "T2", "T3", "T4"})


def care_periods(case: CaseView) -> list[Spell]:
    """Each period of care, oldest first, short breaks included."""
    return spells(case.facts(CarePeriodStarted), case.facts(CarePeriodEnded), "period")


def in_care(case: CaseView) -> Spell | None:
    """The open period of care of a child in care; short breaks (V3, V4) are not care."""
    period = next((each for each in case.records(care_periods) if each.ended is None), None)
    if period is None or legal_status_in(case, period) in SHORT_BREAKS:
        return None
    return period


def legal_status_in(case: CaseView, period: Spell, day: date | None = None) -> str | None:
    """The child's legal status in a period of care: at the end of a day that is past, or now.

    What held in an earlier period says nothing of this one.
    """
    held = [
        status for since, status in _legal_statuses(case, period) if day is None or since <= day
    ]
    return held[-1] if held else None


def entered_care(case: CaseView, period: Spell) -> date:
    """The day on which a period of care became care: where it began with short breaks, the day
    they gave way to another legal status."""
    statuses = _legal_statuses(case, period)
    if not statuses or statuses[0][1] not in SHORT_BREAKS:
        return period.day
    return next((since for since, status in statuses if status not in SHORT_BREAKS), period.day)


def left_care(case: CaseView, period: Spell) -> date | None:
    """The day on which a period of care stopped being care: its end or, where it went on with short
    breaks, the day they began."""
    statuses = _legal_statuses(case, period)
    if not statuses or statuses[-1][1] not in SHORT_BREAKS:
        return period.ended
    care = [number for number, (_, status) in enumerate(statuses) if status not in SHORT_BREAKS]
    return statuses[care[-1] + 1][0] if care else None


def was_care(case: CaseView, period: Spell) -> bool:
    """Whether a period of care ever was more than short breaks."""
    statuses = _legal_statuses(case, period)
    return not statuses or any(status not in SHORT_BREAKS for _, status in statuses)


def had_short_breaks(case: CaseView) -> bool:
    """Whether the child's legal status ever was one of short breaks."""
    return any(
        isinstance(fact.data, LegalStatusChanged) and fact.data.legal_status in SHORT_BREAKS
        for fact in case.facts(LegalStatusChanged)
    )


def proceedings_stage(case: CaseView) -> ProceedingsStage | None:
    """The stage that proceedings about the child are at: the latest begun, unless it has ended."""
    begun = case.facts(ChildProceedingsStarted)
    ended = by_key(case.facts(ChildProceedingsEnded), "proceedings")
    latest = begun[-1].data if begun else None
    if latest is None:
        return None
    assert isinstance(latest, ChildProceedingsStarted)
    return None if latest.proceedings in ended else latest.stage


def _legal_statuses(case: CaseView, period: Spell) -> list[tuple[date, str]]:
    """Each legal status that came to hold in a period, and since which day."""
    found: list[tuple[date, str]] = []
    for fact in case.facts(LegalStatusChanged):
        assert isinstance(fact.data, LegalStatusChanged)
        # On the day on which one period ends and the next begins, a status is the later one's.
        if period.day <= fact.day and (period.ended_at is None or fact.time < period.ended_at):
            found.append((fact.day, fact.data.legal_status))
    return found


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
        assert isinstance(fact.data, PlacementStarted)
        if fact.data.placement_type not in TEMPORARY:
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


def care_reviews(case: CaseView) -> list[Fact]:
    """Each review of a child in care, oldest first."""
    return case.facts(CareReviewHeld)
