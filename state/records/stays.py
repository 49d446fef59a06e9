"""Being in care: one answer for each day, whoever asks.

A child is in care on a day if a period of care is open and the legal status of that day is none of
short breaks (V3, V4). A status that was told for a day after its period began is taken back to its
start. So one period can hold several stays: going over to short breaks is a discharge, and coming
back a readmission; and periods that overlap, or follow on the same day, are one stay.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from schemas.events.care import CarePeriodEnded, CarePeriodStarted
from state.facts import Fact
from state.records.care import care_periods, is_short_break, legal_statuses
from state.records.keys import by_key
from state.records.life import ADULT, last_day_below
from state.records.spells import Spell
from state.view import CaseView


@dataclass(frozen=True, slots=True)
class Stay:
    """A child's being in care without a break."""

    key: str
    day: date
    """The day on which the child entered care."""
    entered: Fact
    """By what it did: the start of a period of care, or a legal status that ended short breaks."""
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
    found: list[Stay] = []
    parts = (part for period in periods for part in _parts(case, period))
    for part in sorted(parts, key=lambda part: (part.day, part.entered.time, part.key)):
        last = found[-1] if found else None
        if last is None or (last.left is not None and part.day > last.left):
            found.append(part)
        elif last.left is not None and (part.left is None or part.left > last.left):
            found[-1] = replace(part, key=last.key, day=last.day, entered=last.entered)
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


def _parts(case: CaseView, period: Spell) -> Iterator[Stay]:
    """The stays that one period of care holds."""
    start = by_key(case.facts(CarePeriodStarted), "period")[period.key]
    changes: list[tuple[date, Fact]] = [(period.day, start)]
    breaks = [False]
    for number, (day, fact) in enumerate(legal_statuses(case, period).items()):
        if number == 0:
            breaks[0] = is_short_break(fact)
        else:
            changes.append((day, fact))
            breaks.append(is_short_break(fact))
    stay: Stay | None = None
    for (day, fact), is_break in zip(changes, breaks, strict=True):
        if is_break and stay is not None:
            yield replace(stay, ended=day - timedelta(days=1), until=day, left=day, left_by=fact)
            stay = None
        elif not is_break and stay is None:
            key = period.key if fact is start else f"{period.key}:{day.isoformat()}"
            stay = Stay(key, day, fact)
    if stay is not None and period.ended is None:
        yield stay
    elif stay is not None:
        end, last = by_key(case.facts(CarePeriodEnded), "period")[period.key], period.ended
        yield replace(stay, ended=last, until=last, left=last, left_by=end)


def in_care(case: CaseView) -> Stay | None:
    """The stay of a child who is in care now."""
    return next((each for each in case.records(stays) if each.until is None), None)


def in_care_on(case: CaseView, day: date) -> Stay | None:
    """The stay of a child who was in care on a day that is past, or today."""
    return next((each for each in reversed(case.records(stays)) if each.covers(day)), None)
