"""Stretches of days: from a start on record to its end, if it has one; and unbroken ones."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from casepulse.state.calendar import NEVER
from casepulse.state.facts import Fact
from casepulse.state.records.keys import by_key


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of days: a protection plan, a period of care. `ended` is its last day."""

    key: str
    started: datetime
    day: date
    ended_at: datetime | None
    ended: date | None
    team: str | None
    """The team that its start names."""

    def covers(self, day: date) -> bool:
        """Whether a day lies within it, its first and last included."""
        return self.day <= day and (self.ended is None or day <= self.ended)


def spells(starts: Iterable[Fact], ends: Iterable[Fact], field: str) -> list[Spell]:
    """Each spell, oldest first, by the key of its record.

    One that ends on a day before it begins is none: it stands in data quality, and counts nowhere.
    """
    ended = by_key(ends, field)
    found = []
    for key, fact in by_key(starts, field).items():
        end = ended.get(key)
        if lasts(fact, end):
            found.append(
                Spell(
                    key,
                    fact.time,
                    fact.day,
                    end.time if end else None,
                    end.day if end else None,
                    fact.data.team,
                )
            )
    return found


def lasts(start: Fact, end: Fact | None) -> bool:
    """Whether a spell does not end on a day before it begins."""
    return end is None or end.day >= start.day


def up_to(each: Iterable[Spell], last: date | None) -> list[Spell]:
    """Spells as far as they go up to a last day, where there is one; those begun after it are none.

    So an age or a death ends what nobody ended.
    """
    if last is None:
        return list(each)
    return [
        replace(spell, ended=last if spell.ended is None else min(spell.ended, last))
        for spell in each
        if spell.day <= last
    ]


@dataclass(frozen=True, slots=True)
class Unbroken:
    """Spells of one kind that overlap, or follow one another on the same day: one spell.

    Handbook: what runs from "since" a status began runs from the first day of the whole.
    """

    key: str
    """That of the spell that began it."""
    started: datetime
    day: date
    ended_at: datetime | None
    ended: date | None
    keys: frozenset[str]
    """Those of all its spells."""
    team: str | None
    """The team that its first start names."""

    def covers(self, day: date) -> bool:
        """Whether a day lies within it, its first and last included."""
        return self.day <= day and (self.ended is None or day <= self.ended)


def unbroken(each: Iterable[Spell]) -> list[Unbroken]:
    """Spells put together where one begins by the day on which another ends, oldest first."""
    found: list[Unbroken] = []
    for spell in sorted(each, key=lambda spell: (spell.day, spell.started, spell.key)):
        last = found[-1] if found else None
        if last is not None and (last.ended is None or spell.day <= last.ended):
            longer = spell if _lasts_longer(spell, last) else last
            found[-1] = replace(
                last,
                ended_at=longer.ended_at,
                ended=longer.ended,
                keys=last.keys | {spell.key},
            )
        else:
            found.append(
                Unbroken(
                    spell.key,
                    spell.started,
                    spell.day,
                    spell.ended_at,
                    spell.ended,
                    frozenset({spell.key}),
                    spell.team,
                )
            )
    return found


def _lasts_longer(spell: Spell, last: Unbroken) -> bool:
    if last.ended is None or spell.ended is None:
        return last.ended is not None
    return (spell.ended, spell.ended_at or NEVER) > (last.ended, last.ended_at or NEVER)
