"""A case as a rule sees it: what has happened by the clock, with a note of what was read."""

from bisect import bisect_left
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any, TypeVar

from casepulse.schemas.envelope import Data
from casepulse.state.calendar import NEVER, end_of
from casepulse.state.case import TEAM, Case
from casepulse.state.clock import Clock
from casepulse.state.facts import Fact
from casepulse.state.kinds import KIND, NO_KINDS, Kinds, kinds

R = TypeVar("R")
D = TypeVar("D", bound=Data)


def _time(fact: Fact) -> datetime:
    return fact.time


class CaseView:
    """A case at the instant of a clock, looked at by one rule after another, and then at a later
    instant.

    `reads` holds the kinds of fact that the current rule has looked for, whether
    it found any or not: only a fact of such a kind can change what the rule said.
    """

    __slots__ = ("_case", "_known_teams", "_remembered", "clock", "reads")

    def __init__(self, case: Case, clock: Clock, known_teams: Collection[str]) -> None:
        self._case = case
        self._known_teams = known_teams
        self.clock = clock
        self.reads: Kinds = NO_KINDS
        self._remembered: dict[Any, tuple[Any, Kinds, datetime]] = {}

    @property
    def subject(self) -> str:
        """The subject of the case, such as child:K7."""
        return self._case.subject

    @property
    def key(self) -> str:
        """The pseudonymous key alone."""
        return self._case.subject.partition(":")[2]

    def begin(self) -> None:
        """Start noting afresh, for the next rule."""
        self.reads = NO_KINDS
        self.clock.until = NEVER

    def move(self, now: datetime) -> None:
        """Look at the case as it is at a later instant: what was made of its facts stays, while the
        clock that it asked says so."""
        self.clock.now = now

    def facts(self, data: type[D]) -> list[Fact[D]]:
        """The facts of a type that have happened, by the time they happened."""
        self.reads |= KIND[data.TYPE]
        # Those of a type say what is said in it.
        return self._happened(self._case.standing(data.TYPE))  # type: ignore[return-value]

    def any_of(self, types: frozenset[str]) -> set[str]:
        """Those of some types of fact that the case has, though they may not have happened yet: for
        whoever looks through many kinds of which most cases have few."""
        self.reads |= kinds(types)
        return self._case.any_of(types)

    def team(self) -> str | None:
        """The team that holds the case: that of the latest fact that names one."""
        self.reads |= KIND[TEAM]
        holding = self._happened(self._case.naming_a_team())
        return holding[-1].data.team if holding else None

    def team_on(self, day: date) -> str | None:
        """The team that held the case at the end of a day that is past, or now if it is today."""
        self.reads |= KIND[TEAM]
        holding = self._happened(self._case.naming_a_team())
        by_then = bisect_left(holding, end_of(day), key=_time)
        return holding[by_then - 1].data.team if by_then else None

    def unknown_teams(self) -> dict[str, Fact]:
        """The teams that held the case and that the profile does not know, each with the fact by
        which it first passed to them, oldest first."""
        self.reads |= KIND[TEAM]
        found: dict[str, Fact] = {}
        for fact in self._happened(self._case.naming_a_team()):
            team = fact.data.team
            if team is not None and team not in self._known_teams:
                found.setdefault(team, fact)
        return found

    def _happened(self, facts: list[Fact]) -> list[Fact]:
        # Nearly always all have happened: then the clock need not be asked. Else, the first that
        # has not says until when this stays so.
        if not facts or facts[-1].time < self.clock.now:
            return facts
        first = bisect_left(facts, self.clock.now, key=_time)
        self.clock.happened(facts[first].time)
        return facts[:first]

    def records(self, builder: "Callable[[CaseView], R]") -> R:
        """What `builder` makes of the facts: made once, however many rules ask, as long as it holds
        at the instant of the clock."""
        remembered = self._remembered.get(builder)
        if remembered is None or remembered[2] <= self.clock.now:
            outer_reads, outer_until = self.reads, self.clock.until
            self.begin()
            made = builder(self)
            remembered = self._remembered[builder] = made, self.reads, self.clock.until
            self.reads, self.clock.until = outer_reads, outer_until
        made, reads, until = remembered
        self.reads |= reads
        if until < self.clock.until:
            self.clock.until = until
        result: R = made
        return result
