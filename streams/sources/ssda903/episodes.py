"""Episodes: from the rows of a child, one after another, to periods, placements and legal statuses.

An SSDA903 episode is a stretch in which nothing changed: a new one begins with
every change of legal status, placement or carer. RNE says why this one began
(S: started to be looked after; P, T: placement; L: legal status; B, U: both),
REC why it ended (X1: another follows). The engine wants the changes themselves.

A row that could not be read leaves a gap, and a gap ends a period of care: what
lay in it, nobody knows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from casepulse.schemas.envelope import Event
from casepulse.schemas.events.care import (
    CarePeriodEnded,
    CarePeriodStarted,
    LegalStatusChanged,
    PlacementEnded,
    PlacementStarted,
)
from casepulse.streams.sources.ssda903.facts import Known
from casepulse.streams.sources.ssda903.row import Row
from casepulse.streams.sources.ssda903.table import Account, each_once

Told = Iterator[tuple[Row, Event[Any]]]

_NEED = {"need": "CIN"}
_PLACEMENT = {"placement_type": "PLACE", "provider": "PLACE_PROVIDER"}
_STATUS = {"legal_status": "LS"}

#: The reasons for a new episode that leave the child where they were.
_SAME_PLACEMENT = frozenset({"L"})

#: A year that fewer than one in so many of the dates fall in is a slip of the hand.
_SLIP = 100


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode, every code in it checked."""

    row: Row
    begins: date
    ends: date | None
    """None: it goes on, or until the next begins. REC means nothing without a date (DEC)."""

    @property
    def starts_care(self) -> bool:
        """Whether the child started to be looked after with it (RNE S)."""
        return self.row.values["RNE"] == "S"

    @property
    def left_care(self) -> bool:
        """Whether the child left care when it ended (REC other than X1)."""
        return self.row.values["REC"] is not None

    @property
    def key(self) -> str:
        """The key of the period or placement that begins with it."""
        return f"ssda903-{self.begins:%Y%m%d}"


def read_episode(row: Row) -> Episode:
    """The episode that a row tells.

    Raises:
        RefusedError: a date is impossible or a code is none, whether it tells anything new or not.
    """
    row.data(CarePeriodStarted, _NEED, period="any")
    row.data(CarePeriodEnded, {"reason": "REC"}, period="any")
    row.data(PlacementStarted, _PLACEMENT, placement="any")
    row.data(PlacementStarted, {"change_reason": "REASON_PLACE_CHANGE"}, placement="any")
    row.data(LegalStatusChanged, _STATUS)
    row.code("RNE")
    return Episode(row, row.day("DECOM"), row.last_day("DEC", first="DECOM"))


@dataclass(slots=True)
class _Period:
    """A period of care as far as it has been read."""

    opened: Episode
    latest: Episode
    placed: Episode
    """The episode that the latest placement began with."""
    left: tuple[date, Episode] | None = None
    """When it ends if no other episode follows, and the one that says so; None: it is open."""

    def goes_on_with(self, episode: Episode) -> bool:
        """Whether the next episode belongs to this period.

        Not if the child starts to be looked after with it, had left care before
        it, or was seen in no episode for a while.
        """
        if episode.starts_care:
            return False
        if self.left is None:
            return True
        day, last = self.left
        return episode.begins < day or (episode.begins == day and not last.left_care)

    def take(self, episode: Episode) -> None:
        """Add an episode. Of those that overlap, the one that ends last says when the period does;
        of two on one day, the one that says why. An open one is cut short by the next."""
        self.latest = episode
        if episode.ends is None:
            self.left = None
            return
        if self.left is not None:
            day, last = self.left
            if (day, last.left_care) > (episode.ends, episode.left_care):
                return
        self.left = episode.ends, episode

    def begin(self) -> Told:
        """What begins with the period."""
        row, day = self.opened.row, self.opened.begins
        yield row, row.tell(CarePeriodStarted, day, _NEED, period=self.opened.key)
        yield row, row.tell(PlacementStarted, day, _PLACEMENT, placement=self.opened.key)
        yield row, row.tell(LegalStatusChanged, day, _STATUS)

    def change(self, episode: Episode) -> Told:
        """What the next episode changes. Why a placement changed stands in the row of the episode
        that it ended, and belongs to the one that follows."""
        row, before, day = episode.row, self.latest.row, episode.begins
        if row.values["RNE"] not in _SAME_PLACEMENT:
            self.placed = episode
            why = before.values["REASON_PLACE_CHANGE"]
            given = {"placement": episode.key, "change_reason": why}
            yield row, row.tell(PlacementStarted, day, _PLACEMENT, **given)
        if row.values["LS"] != before.values["LS"]:
            yield row, row.tell(LegalStatusChanged, day, _STATUS)

    def end(self, followed_by: Episode | None) -> Told:
        """What ends with the period: at the latest when the next one begins."""
        if self.left is not None:
            day, last = self.left
            row, reason = last.row, last.row.values["REC"]
            day = min(day, followed_by.begins) if followed_by else day
        elif followed_by is not None:
            day, row, reason = followed_by.begins, followed_by.row, None
        else:
            return
        opened = self.opened
        yield row, opened.row.tell(CarePeriodEnded, day, period=opened.key, reason=reason)
        if self.placed.begins == day:
            # to the engine a period's end at a placement's very first instant is that of the period
            # before; so a placement that lasted no day says itself that it is over
            yield row, self.placed.row.tell(PlacementEnded, day, placement=self.placed.key)


def tell_child(episodes: Iterable[Episode]) -> Told:
    """The events of one child, each with the row that tells it. A row may tell none."""
    period: _Period | None = None
    for episode in sorted(episodes, key=lambda each: each.begins):
        if period is not None and period.goes_on_with(episode):
            yield from period.change(episode)
        else:
            if period is not None:
                yield from period.end(followed_by=episode)
            period = _Period(opened=episode, latest=episode, placed=episode)
            yield from period.begin()
        period.take(episode)
    if period is not None:
        yield from period.end(followed_by=None)


def tell_episodes(rows: Iterable[Row], known: Known, account: Account) -> Iterator[Event[Any]]:
    """The events of every child, and into `known` what the episodes say that dates other files."""
    children: defaultdict[str, list[Episode]] = defaultdict(list)
    for row, episode in each_once(rows, read_episode, account):
        children[row.child].append(episode)
    for child, episodes in children.items():
        known.first_episodes[child] = min(episode.begins for episode in episodes)
    if known.year_end is None:
        known.year_end = latest_year_end(chain.from_iterable(children.values()))
    for episodes in children.values():
        telling = set()
        for row, event in tell_child(episodes):
            telling.add(row.line)
            account.events += 1
            yield event
        account.told += len(telling)
        account.repeated += len(episodes) - len(telling)


def latest_year_end(episodes: Iterable[Episode]) -> date | None:
    """31 March of the latest collection year that the episodes begin or end in.

    A return holds no date after its year, but for slips of the hand: a year
    that hardly any date falls in is passed over.
    """
    years: Counter[date] = Counter()
    for episode in episodes:
        for day in (episode.begins, episode.ends):
            if day is not None:
                years[date(day.year + ((day.month, day.day) > (3, 31)), 3, 31)] += 1
    enough = years.total() / _SLIP
    return max((year for year, count in years.items() if count >= enough), default=None)
