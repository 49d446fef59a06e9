"""What the rows of several lists say together: which referral is whose, and which came after it."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from casepulse.streams.sources.annex_a import lists
from casepulse.streams.sources.annex_a.row import Row
from casepulse.streams.sources.annex_a.words import Meanings
from casepulse.streams.sources.keys import Keys


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides a row."""

    taken: datetime
    keys: Keys
    meanings: Meanings
    referrals: Mapping[str, list[date]]
    """By child, the days on which referrals began, in order."""
    episodes: Mapping[str, list[date]] | None
    """Those of them that list 6 holds; None where it can't be relied on."""
    doubtful: frozenset[str]
    """Children of whom not every row could be read."""
    contacts: Counter[tuple[str, date, str]] = field(default_factory=Counter)
    """By child, day and source, how many there were so far."""

    def referral_of(self, child: str, day: date) -> date | None:
        """When the referral began that was a child's latest on a day."""
        days = self.referrals.get(child, [])
        place = bisect_right(days, day)
        return days[place - 1] if place else None

    def episode_after(self, child: str, day: date) -> date | None:
        """When the child's first episode in list 6 began that came after a day."""
        days = (self.episodes or {}).get(child, [])
        place = bisect_right(days, day)
        return days[place] if place < len(days) else None

    def has_episode(self, child: str, day: date) -> bool:
        """Whether list 6 has the referral that began on a day."""
        return day in (self.episodes or {}).get(child, [])


def days_by_child(rows: Iterable[Row], column: str) -> dict[str, list[date]]:
    """By child, the days in a column, each once and in order."""
    found: defaultdict[str, set[date]] = defaultdict(set)
    for row in rows:
        found[row.child].add(row.need(column))
    return {child: sorted(days) for child, days in found.items()}


def referrals_of(referred: Iterable[Row], episodes: Iterable[Row]) -> dict[str, list[date]]:
    """By child, when referrals began: those of list 3, and those of list 6."""
    found = days_by_child(referred, lists.REFERRAL)
    for child, days in days_by_child(episodes, lists.EPISODE).items():
        found[child] = sorted({*days, *found.get(child, [])})
    return found
