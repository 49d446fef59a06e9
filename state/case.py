"""A case: a set of facts. Adding one twice, or in another order, gives the same case."""

from bisect import bisect_left, insort
from datetime import datetime
from typing import NamedTuple

from casepulse.schemas.envelope import Data
from casepulse.schemas.events import RecordAmended, RecordVoided
from casepulse.state.calendar import NEVER
from casepulse.state.facts import Fact
from casepulse.state.kinds import KIND, NO_KINDS, Kinds, kinds

#: What a rule has read when it asked which team holds the case: any fact may change that.
TEAM = "team"


class Change(NamedTuple):
    """What adding a fact changed: the kinds of fact, and the earliest instant it reaches back to.

    `types` is none where the fact is kept but nothing that can be read changed
    (a correction whose record has not arrived yet).
    """

    types: Kinds
    since: datetime


def _recorded(fact: Fact) -> tuple[datetime, str]:
    return fact.recorded, fact.id


def _when(fact: Fact) -> tuple[datetime, str, str]:
    return fact.time, fact.id, fact.source


class Case:
    """All the facts of one subject, and what they say after corrections."""

    __slots__ = ("_corrections", "_standing", "_teams", "_told", "subject")

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self._told: dict[tuple[str, str], Fact] = {}
        self._corrections: dict[tuple[str, str], list[Fact]] = {}
        self._standing: dict[str, list[Fact]] = {}
        self._teams: list[Fact] = []

    def __len__(self) -> int:
        """How many facts were told, corrections included."""
        return len(self._told)

    def told(self) -> list[Fact]:
        """Every fact as it was told, in no particular order."""
        return list(self._told.values())

    def standing(self, fact_type: str) -> list[Fact]:
        """The facts of a type that hold after corrections, by the time they happened."""
        return self._standing.get(fact_type, [])

    def types(self) -> Kinds:
        """The kinds of fact that hold, and `TEAM` if any names a team."""
        types = kinds(fact_type for fact_type, facts in self._standing.items() if facts)
        return types | KIND[TEAM] if self._teams else types

    def any_of(self, fact_types: frozenset[str]) -> set[str]:
        """Those of some types of which a fact holds."""
        standing = self._standing
        return {fact_type for fact_type in fact_types & standing.keys() if standing[fact_type]}

    def begins(self) -> datetime:
        """When the first of the facts that hold happened; NEVER if none holds."""
        return min((facts[0].time for facts in self._standing.values() if facts), default=NEVER)

    def naming_a_team(self) -> list[Fact]:
        """The facts that hold and name a team, by the time they happened."""
        return self._teams

    def add(self, fact: Fact) -> Change | None:
        """Add a fact; None if it was known already and nothing changes."""
        known = self._told.get(fact.key)
        if known is not None:
            if known == fact or not fact.holds_over(known):
                return None
            return self._together(self._remove(known), self._insert(fact))
        return self._insert(fact)

    def _insert(self, fact: Fact) -> Change:
        if fact.corrects is None and fact.key not in self._corrections:  # as nearly all are
            self._told[fact.key] = fact
            return self._replace(None, fact)
        root = self._root(fact)
        before = self._holding(root)
        self._told[fact.key] = fact
        if fact.corrects is not None:
            insort(
                self._corrections.setdefault(fact.corrects, []),
                fact,
                key=_recorded,
            )
        return self._replace(before, self._holding(root))

    def _remove(self, fact: Fact) -> Change:
        root = self._root(fact)
        before = self._holding(root)
        del self._told[fact.key]
        if fact.corrects is not None:
            self._corrections[fact.corrects].remove(fact)
        return self._replace(before, self._holding(root))

    @staticmethod
    def _together(first: Change, second: Change) -> Change:
        return Change(first.types | second.types, min(first.since, second.since))

    def _root(self, fact: Fact) -> tuple[str, str]:
        """The key of the record that a chain of corrections is about in the end."""
        corrects = fact.corrects
        if corrects is None:
            return fact.key
        key, seen = fact.key, set()
        while corrects is not None and corrects not in seen:
            seen.add(key)
            key = corrects
            next_fact = self._told.get(key)
            corrects = next_fact.corrects if next_fact else None
        return key

    def _holding(self, key: tuple[str, str]) -> Fact | None:
        """The fact of a record as it holds after corrections; None if there is none."""
        fact = self._told.get(key)
        if fact is None or fact.corrects is not None:
            return None
        says = self._says(fact)
        return None if says is None else fact if says is fact else fact.retold(*_content(says))

    def _says(self, record: Fact) -> Fact | None:
        """The fact whose content holds for a record: its own, that of its latest correction that
        holds itself, or None if it was withdrawn.

        Only a later correction can correct a correction, so that two that name each other cannot
        go round for ever; and so, from the last recorded to the first, each is settled in turn.
        """
        chain = [record]
        for fact in chain:
            chain.extend(each for each in self._corrections.get(fact.key, ()) if each is not record)
        settled: dict[tuple[str, str], Fact | None] = {}
        for fact in sorted(chain[1:], key=_recorded, reverse=True):
            settled[fact.key] = self._settled(fact, settled)
        return self._settled(record, settled)

    def _settled(self, fact: Fact, settled: dict[tuple[str, str], Fact | None]) -> Fact | None:
        for correction in reversed(self._corrections.get(fact.key, ())):
            if fact.corrects is not None and _recorded(correction) <= _recorded(fact):
                break
            says = settled.get(correction.key)
            if says is not None:
                return None if isinstance(says.data, RecordVoided) else says
        return fact

    def _replace(self, before: Fact | None, after: Fact | None) -> Change:
        if before == after:
            return Change(NO_KINDS, NEVER)
        types = NO_KINDS
        if before is not None:
            types |= KIND[before.type]
            self._standing[before.type].remove(before)
            if before.data.team is not None:
                self._teams.remove(before)
                types |= self._new_team(before)
        if after is not None:
            types |= KIND[after.type]
            _put(after, self._standing.setdefault(after.type, []))
            if after.data.team is not None:
                types |= self._new_team(after)
                _put(after, self._teams)
        since = min(fact.time for fact in (before, after) if fact is not None)
        return Change(types, since)

    def _new_team(self, fact: Fact) -> Kinds:
        """`TEAM`, if with this fact the case passes to another team than held it before."""
        place = bisect_left(self._teams, _when(fact), key=_when)
        earlier = self._teams[place - 1].data.team if place else None
        return NO_KINDS if earlier == fact.data.team else KIND[TEAM]


def _put(fact: Fact, facts: list[Fact]) -> None:
    """Put a fact among others, by the time it happened: nearly always it is the latest."""
    if not facts or _when(facts[-1]) < _when(fact):
        facts.append(fact)
    else:
        insort(facts, fact, key=_when)


def _content(says: Fact) -> tuple[datetime, Data]:
    """When and what a record tells, given the fact that tells it: itself or an amendment."""
    if isinstance(says.data, RecordAmended):
        return says.data.replacement.time, says.data.replacement.data
    return says.time, says.data
