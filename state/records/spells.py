"""Stretches of days: from a start on record to its end, if it has one."""

from dataclasses import dataclass
from datetime import date, datetime

from state.facts import Fact
from state.records.keys import by_key


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


def spells(starts: list[Fact], ends: list[Fact], field: str) -> list[Spell]:
    ended = by_key(ends, field)
    found = []
    for key, fact in by_key(starts, field).items():
        end = ended.get(key)
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
