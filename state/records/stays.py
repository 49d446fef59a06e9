"""Being in care: one answer for each day, whoever asks.

A child is in care on a day if a period of care is open and the legal status of that day is none of
short breaks (V3, V4). Periods that overlap, or follow on the same day, are one time in care, and a
status that was first told for a day after it began is taken back to its start. So one time can hold
several stays: going over to short breaks is a discharge, and coming back a readmission.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from casepulse.schemas.events.care import CarePeriodEnded, CarePeriodStarted, LegalStatusChanged
from casepulse.state.facts import Fact
from casepulse.state.records.care import care_periods, is_short_break, legal_statuses
from casepulse.state.records.keys import by_key
from casepulse.state.records.life import ADULT, last_day_below
from casepulse.state.records.spells import Unbroken
from casepulse.state.view import CaseView


@dataclass(frozen=True, slots=True)
class Stay:
    """A child's being in care without a break."""

    key: str
    day: date
    """The day on which the child entered care."""
    entered: Fact
    """By what it did: the start of a period of care, or a legal status that ended short breaks."""
    recorded: datetime
    """When that was first recorded."""
    ended: date | None = None
    """The last day in care; None while it lasts."""
    until: date | None = None
    """The day at whose end the child is in care no longer: of leaving, or of the birthday at which
    care ends; None while it lasts."""
    left: date | None = None
    """The day on which the child was discharged, to short breaks too; None where nobody told."""
    left_by: Fact | None = None

    def covers(self, day: date) -> bool:
        """Whether the child was in care on a day, the last one included."""
        return self.day <= day and (self.ended is None or day <= self.ended)

    def lasts_beyond(self, day: date) -> bool:
        """Whether the child was in care at the end of a day."""
        return self.day <= day and (self.until is None or day < self.until)


def stays(case: CaseView) -> list[Stay]:
    """Each stay in care, oldest first. Short breaks alone are none."""
    periods = case.records(care_periods)
    if not periods:
        return []
    found = [stay for period in periods for stay in _stays_of(case, period)]
    return _below(found, last_day_below(case, ADULT), case)


def _below(found: list[Stay], last: date | None, case: CaseView) -> list[Stay]:
    """Stays as far as a child can be in care: up to an age, or to its death."""
    if last is None:
        return found
    return [
        each
        if each.ended is not None and each.ended <= last
        else replace(each, ended=last, until=min(each.until or date.max, _over(case, last)))
        for each in found
        if each.day <= last
    ]


def _over(case: CaseView, last: date) -> date:
    """The day at whose end nothing is so any more that was so last on `last`."""
    return last if last == last_day_below(case, None) else last + timedelta(days=1)


def _stays_of(case: CaseView, period: Unbroken) -> Iterator[Stay]:
    """The stays that an unbroken time in which a period of care was open holds."""
    statuses = legal_statuses(case, period)
    start = by_key(case.facts(CarePeriodStarted), "period")[period.key]
    changes: list[tuple[Fact, bool]] = [(start, bool(statuses) and is_short_break(statuses[0]))]
    changes += [(fact, is_short_break(fact)) for fact in statuses[1:]]
    stay: Stay | None = None
    for fact, is_break in changes:
        if is_break and stay is not None:
            yield replace(
                stay,
                ended=fact.day - timedelta(days=1),
                until=fact.day,
                left=fact.day,
                left_by=fact,
            )
            stay = None
        elif not is_break and stay is None:
            key = period.key if fact is start else f"{period.key}:{fact.day.isoformat()}"
            stay = Stay(key, fact.day, fact, _first_recorded(case, fact))
    if stay is not None and period.ended is None:
        yield stay
    elif stay is not None:
        last = period.ended
        yield replace(stay, ended=last, until=last, left=last, left_by=_end(case, period))


def _end(case: CaseView, period: Unbroken) -> Fact:
    ends = by_key(case.facts(CarePeriodEnded), "period")
    return next(
        ends[key]
        for key in sorted(period.keys)
        if key in ends and ends[key].time == period.ended_at
    )


def _first_recorded(case: CaseView, entered: Fact) -> datetime:
    """When it was first recorded that a child entered care, by any telling of it."""
    data = entered.data
    if isinstance(data, CarePeriodStarted):
        return min(
            fact.recorded
            for fact in case.facts(CarePeriodStarted)
            if fact.data.period == data.period
        )
    return min(
        fact.recorded
        for fact in case.facts(LegalStatusChanged)
        if fact.day == entered.day and not is_short_break(fact)
    )


def in_care(case: CaseView) -> Stay | None:
    """The stay of a child who is in care now."""
    return next((each for each in case.records(stays) if each.until is None), None)


def in_care_on(case: CaseView, day: date) -> Stay | None:
    """The stay of a child who was in care on a day that is past, or today."""
    return next((each for each in reversed(case.records(stays)) if each.covers(day)), None)
