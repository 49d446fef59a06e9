"""A partition: its cases, where each stands in every measure, and their tally.

Kept up to date by two changes alone, a fact and the passing of time. Both only
note what has to be looked at again; `tally` looks, once, however much has come
in between. What has to be looked at is known from what each rule read and asked
(`Evaluation.reads` and `.until`); nothing is declared by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from heapq import heappop, heappush

from casepulse.schemas.envelope import EARLIEST
from casepulse.state.awaited import Awaited
from casepulse.state.calendar import (
    INSTANT,
    NEVER,
    last_month_ends,
    month_of,
    next_month_end,
    reporting_month,
)
from casepulse.state.case import Case
from casepulse.state.facts import Fact
from casepulse.state.kinds import NO_KINDS, Kinds
from casepulse.state.rules import Catalogue, Evaluation
from casepulse.state.standing import Standing
from casepulse.state.tally import Tally

#: How many month ends a series has.
SERIES = 13


@dataclass(slots=True)
class _Timeline:
    """What one rule says of one case: now, and for a stock at each past month end of the series.

    A month end that is missing is one at which it said what it says of a case without facts.
    """

    now: Evaluation
    reads: Kinds
    """Every kind of fact it has ever looked for, at any instant. Only grows."""
    month_ends: dict[datetime, Evaluation] = field(default_factory=dict)


@lru_cache(maxsize=1024)
def month_ended(end: datetime) -> str:
    """The month that a month end ends, as 2021-01."""
    return month_of(reporting_month(end))


class Partition:
    """The cases of one partition of the events topic, and what they add up to."""

    def __init__(self, catalogue: Catalogue, now: datetime = EARLIEST) -> None:
        self._catalogue = catalogue
        self._now = now
        self._month_ends = last_month_ends(now, SERIES)
        self._next_month_end = next_month_end(now)
        self._cases: dict[str, Case] = {}
        self._timelines: dict[str, dict[str, _Timeline]] = {}
        self._tally = Tally()
        self._stale: dict[str, tuple[Kinds, datetime]] = {}
        self._due: list[tuple[datetime, str, str]] = []
        self._awaited = Awaited(catalogue, now)
        nobody = catalogue.view(Case(""), now)
        self._of_nobody = {rule: catalogue.evaluate(rule, nobody) for rule in catalogue.rules}
        self._stocks = catalogue.stocks

    @property
    def now(self) -> datetime:
        """The instant that the partition's figures are as at. It never goes back."""
        return self._now

    def __len__(self) -> int:
        """How many cases there are."""
        return len(self._cases)

    def apply(self, fact: Fact) -> bool:
        """Add a fact; False if it was known and nothing changes."""
        case = self._cases.get(fact.subject)
        if case is None:
            case = self._cases[fact.subject] = Case(fact.subject)
        change = case.add(fact)
        if change is None:
            return False
        if change.types:
            stale = self._stale.get(fact.subject)
            types, since = (NO_KINDS, NEVER) if stale is None else stale
            self._stale[fact.subject] = types | change.types, min(since, change.since)
        return True

    def advance(self, now: datetime) -> None:
        """Let time pass up to `now`; an earlier instant than was reached before changes nothing."""
        now = max(now, self._now)
        if now >= self._next_month_end:
            if self._timelines:
                self._cross_month_ends(now)
            else:  # nothing was looked at yet: the first look takes in the month ends as well
                self._month_ends = last_month_ends(now, SERIES)
                self._next_month_end = next_month_end(now)
        self._now = now

    def _cross_month_ends(self, now: datetime) -> None:
        month_ends = last_month_ends(now, SERIES)
        for end in month_ends:
            if end >= self._next_month_end:
                self._now = end
                self._settle()
                self._keep(end)
                self._next_month_end = next_month_end(end)
        self._forget(set(self._month_ends) - set(month_ends))
        self._month_ends = month_ends
        self._next_month_end = next_month_end(now)

    def tally(self) -> Tally:
        """The tally as at `now`: every standing counted in its cell. Not to be changed."""
        self._settle()
        return self._tally

    def look(self, cases: int) -> bool:
        """Look at up to so many cases that have changed; whether there are more of them.

        `tally` looks at all that is left. This is for whoever has other things to do in between.
        """
        for _ in range(min(cases, self.changed)):
            self._look_at_one()
        return bool(self.changed)

    @property
    def changed(self) -> int:
        """How many cases are to be looked at. None before the clock has begun: nothing has happened
        by then, however much is told, and it would all be looked at again once it goes."""
        return len(self._stale) if self._now > EARLIEST else 0

    def standings(self) -> Iterator[tuple[str, Standing]]:
        """Every standing as at `now`, with the subject of its case."""
        self._settle()
        for subject, timelines in self._timelines.items():
            for timeline in timelines.values():
                for standing in timeline.now.standings:
                    yield subject, standing

    def awaited(self) -> Awaited:
        """Every standing as at `now` in which something is still to be done, or that was late in
        the month and is over. Not to be changed."""
        self._settle()
        self._awaited.turn_to(self._now)
        return self._awaited

    def case(self, subject: str) -> Case:
        """The case of a subject that has one."""
        return self._cases[subject]

    def valid_until(self) -> datetime:
        """The instant at which the next standing may change, if no fact comes before."""
        self._settle()
        if self._stale:  # the clock has not begun
            return self._now + INSTANT
        return self._due[0][0] if self._due else NEVER

    def facts(self) -> Iterator[Fact]:
        """Every fact that was told, corrections included."""
        for case in self._cases.values():
            yield from case.told()

    def _settle(self) -> None:
        """Bring every standing up to `now`. What has to be looked at is crossed off only once it
        was: should a rule fail, it fails again the next time, and no count is wrong in silence."""
        while self.changed:
            self._look_at_one()
        due, now = self._due, self._now
        while due and due[0][0] <= now:
            until, subject, rule = due[0]
            timeline = self._timelines[subject][rule]
            if timeline.now.until == until:  # else it was looked at again in the meantime
                view = self._catalogue.view(self._cases[subject], now)
                self._say(subject, rule, timeline, self._catalogue.evaluate(rule, view))
            heappop(due)

    def _look_at_one(self) -> None:
        subject, (types, since) = next(iter(self._stale.items()))
        self._reread(subject, types, since)
        del self._stale[subject]

    def _reread(self, subject: str, types: Kinds, since: datetime) -> None:
        """Run again what a change of these kinds of fact, from `since` on, may have changed."""
        timelines = self._timelines.setdefault(subject, {})
        asked: dict[str, _Timeline] = {}
        for rule in self._catalogue.rules_about(subject):
            of_nobody = self._of_nobody[rule]
            timeline = timelines.get(rule)
            if timeline is None:
                if not of_nobody.reads & types:
                    continue
                timeline = timelines[rule] = _Timeline(of_nobody, of_nobody.reads)
            elif not timeline.reads & types:
                continue
            asked[rule] = timeline
        stocks = [rule for rule in asked if rule in self._stocks]
        view = self._catalogue.view(self._cases[subject], since)
        said: dict[str, Evaluation] = {}
        for end in self._month_ends:
            if end > since:
                view.move(end)
                self._catalogue.bring_up(said, stocks, view)
                for rule in stocks:
                    self._say_at(end, rule, asked[rule], said[rule])
        view.move(self._now)
        self._catalogue.bring_up(said, asked, view)
        for rule, timeline in asked.items():
            self._say(subject, rule, timeline, said[rule])

    def _say(self, subject: str, rule: str, timeline: _Timeline, said: Evaluation) -> None:
        """Put what a rule says now in the place of what it said before."""
        if said.standings != timeline.now.standings:
            self._tally.take(timeline.now.standings)
            self._tally.add(said.standings)
            self._awaited.replace(subject, rule, said.standings)
        if said.until != timeline.now.until and said.until != NEVER:
            heappush(self._due, (said.until, subject, rule))
        timeline.now = said
        timeline.reads |= said.reads

    def _say_at(self, end: datetime, rule: str, timeline: _Timeline, said: Evaluation) -> None:
        """The same, for a month end that is past."""
        if not said.standings and end not in timeline.month_ends:
            timeline.reads |= said.reads  # nothing then, as of a case without facts
            return
        before = timeline.month_ends.get(end, self._of_nobody[rule])
        if said.standings != before.standings:
            self._tally.take(before.standings, month_ended(end))
            self._tally.add(said.standings, month_ended(end))
        timeline.month_ends[end] = said
        timeline.reads |= said.reads

    def _keep(self, end: datetime) -> None:
        """At a month's end: what every stock says now is what it will have said then."""
        for timelines in self._timelines.values():
            for rule, timeline in timelines.items():
                if (timeline.now.standings or end in timeline.month_ends) and rule in self._stocks:
                    self._say_at(end, rule, timeline, timeline.now)

    def _forget(self, ends: set[datetime]) -> None:
        """Drop the month ends that have fallen out of the series."""
        for timelines in self._timelines.values():
            for timeline in timelines.values():
                for end in ends & timeline.month_ends.keys():
                    self._tally.take(timeline.month_ends.pop(end).standings, month_ended(end))
