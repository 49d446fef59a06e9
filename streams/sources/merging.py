"""Two who are one: somebody lost nearly all that was told of them, and one other has it now."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

#: The share of somebody's facts that must be found at another, for the two to be one.
_MERGED = 0.8

#: What a fact says, whoever it is about: type, time and digest.
What = tuple[str, datetime, bytes]


@dataclass(frozen=True, slots=True)
class Merge:
    """What was told of one subject is now said of another."""

    old: str
    new: str
    facts: int
    """How many of the old one's facts are found at the new one."""
    of: int


@dataclass(slots=True)
class Moved:
    """What went away from whom, and what appeared at whom."""

    lost: dict[str, list[What]] = field(default_factory=dict)
    """By subject."""
    held: dict[str, int] = field(default_factory=dict)
    """By subject that lost something, how many facts were told of them and held."""
    appeared: defaultdict[What, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By what it is, how often at which subject."""

    def add(self, other: "Moved") -> None:
        """What moved among other subjects."""
        self.lost |= other.lost
        self.held |= other.held
        for what, subjects in other.appeared.items():
            self.appeared[what] += subjects

    def merges(self) -> Iterator[Merge]:
        """Who looks merged into whom."""
        for old, facts in sorted(self.lost.items()):
            found: Counter[str] = Counter()
            for what, count in Counter(facts).items():
                for other, there in self.appeared.get(what, {}).items():
                    if other != old:
                        found[other] += min(count, there)
            if not found:
                continue
            new, count = min(found.items(), key=lambda each: (-each[1], each[0]))
            if count >= _MERGED * self.held[old]:
                yield Merge(old, new, count, self.held[old])
