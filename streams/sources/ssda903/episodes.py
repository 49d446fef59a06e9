"""Episodes: from the rows of a child, one after another, to periods, placements and legal statuses.

An SSDA903 episode is a stretch in which nothing changed: a new one begins with
every change of legal status, placement or carer. RNE says why this one began
(S: started to be looked after; P, T: placement; L: legal status; B, U: both),
REC why it ended (X1: another follows). The engine wants the changes themselves.

A return holds the episodes of its year. So each is told as a period of care of its own: periods
that follow one another are one time in care to the engine, whichever return they came with.
What an episode changes is told by what stands before it; of a child's first one in a return that
is not known, and what may have begun earlier is told only if nothing of before was.

A row that could not be read leaves a gap, and ends nothing: where an episode was followed by
another (X1), and none that can be read begins on its last day, the child was in care until the
next.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, pairwise
from typing import get_args

from casepulse.schemas.codes import PlacementChangeReason
from casepulse.schemas.envelope import local_day
from casepulse.schemas.events.care import (
    CarePeriodEnded,
    CarePeriodStarted,
    LegalStatusChanged,
    PlacementEnded,
    PlacementStarted,
)
from casepulse.streams.sources.account import Account, BadRow
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.row import Value, noon
from casepulse.streams.sources.ssda903.columns import PLACES_BEFORE_2016, Layout
from casepulse.streams.sources.ssda903.contradictions import contradictions
from casepulse.streams.sources.ssda903.episode import Episode, read_episode
from casepulse.streams.sources.ssda903.facts import Known
from casepulse.streams.sources.ssda903.table import Table, differs, each_read

_NEED = {"need": "CIN"}
_PROVIDER = {"provider": "PLACE_PROVIDER"}
_STATUS = {"legal_status": "LS"}

#: The reason for a new episode that leaves the child where they were, and those that leave the
#: legal status as it was; none that is known leaves open what changed.
_SAME_PLACEMENT, _SAME_STATUS = frozenset({"L", None}), frozenset({"P", "T", None})

_WHY_MOVED = "REASON_PLACE_CHANGE"

#: As many contradictions are said one by one.
_ODD = 50

#: A year that fewer than one in so many of the dates fall in is a slip of the hand.
_SLIP = 100


def one_a_day(episodes: Iterable[Episode], account: Account) -> list[Episode]:
    """Of a child's episodes those that tell something, in order: of each day the one that lasts
    longest. What began and ended on the day says no more than that; another one is refused."""
    by_day: defaultdict[date, list[Episode]] = defaultdict(list)
    for episode in episodes:
        by_day[episode.begins].append(episode)
    found = []
    for day, told in sorted(by_day.items()):
        lasting = max(told, key=_lasting)
        for other in told:
            if other is lasting:
                continue
            if other.ends == day or other.row.values == lasting.row.values:
                account.repeated += 1
            else:
                account.refuse(other.row.line, differs(other.row, lasting.row), other.row.child)
        starts = any(each.starts_care for each in told)
        found.append(replace(lasting, starts_care=starts))
    return found


def _lasting(episode: Episode) -> tuple[date, bool, str]:
    """How long an episode lasts; of two that last as long, it does not matter in which order they
    stand in the file."""
    values = sorted((name, str(value)) for name, value in episode.row.values.items())
    return episode.ends or date.max, episode.starts_care, repr(values)


def _went_on(episodes: list[Episode]) -> list[Episode]:
    """Episodes of a child of whom a row could not be read, which may be the one that an episode was
    followed by: it lasts until the next that can be read begins, if any does."""

    def until(episode: Episode) -> date | None:
        ends = episode.ends
        if ends is None or episode.reason is not None:
            return ends
        others = [each for each in episodes if each is not episode]
        if any(each.begins <= ends and (each.ends or date.max) >= ends for each in others):
            return ends
        return min((each.begins for each in others if each.begins > ends), default=None)

    return [replace(each, ends=until(each)) for each in episodes]


def _cut_short(episodes: list[Episode]) -> list[Episode]:
    """Episodes without an end that another one follows: they end with that. One with which the
    child starts to be looked after follows none, nor does one that begins when another ends."""

    def follows(episode: Episode) -> bool:
        earlier = [each for each in episodes if each.begins < episode.begins]
        return not episode.starts_care and all(each.ends != episode.begins for each in earlier)

    return [
        replace(each, ends=following.begins) if each.ends is None and follows(following) else each
        for each, following in pairwise(episodes)
    ] + episodes[-1:]


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a child lives, temporary placements aside."""

    key: str
    """That of the placement."""
    place: tuple[Value, Value] | None
    """None: not known, for the child was away when the return first saw it."""


def tell_child(
    told: list[Episode], *, in_doubt: bool = False, lacks: frozenset[str] = frozenset()
) -> Iterator[Said]:
    """What the episodes of one child tell.

    Args:
        told: one a day, in order.
        in_doubt: whether there may be others, which could not be read.
        lacks: columns that the return does not have.
    """
    episodes = _cut_short(told)
    if in_doubt:
        episodes = _went_on(episodes)
    why = {each.ends: each.reason for each in episodes if each.reason is not None}
    homes: dict[date, _Home] = {}
    statuses: dict[date, Value] = {}
    for number, episode in enumerate(episodes):
        row, day = episode.row, episode.begins
        before = _before(episode, episodes[:number])
        home = None if before is None else homes[before.begins]
        unsure = number == 0 and not episode.starts_care
        yield row.of_child(CarePeriodStarted, day, _NEED, period=episode.key)
        status = None if before is None else statuses[before.begins]
        if row.values["LS"] not in (None, status):
            status = row.values["LS"]
            changed = row.of_child(LegalStatusChanged, day, _STATUS)
            yield _unsure(changed, episode, _SAME_STATUS) if unsure else changed
        statuses[day] = status
        moved = _moved(episode, before, home)
        if moved:
            yield _placement(episode, before, unsure=unsure, why=_WHY_MOVED not in lacks)
        if home is None:
            home = _Home(episode.key, None if episode.is_temporary else episode.place)
        elif not episode.is_temporary:
            home = _Home(episode.key if moved else home.key, episode.place)
        homes[day] = home
        if episode.ends is not None:
            reason = why.get(episode.ends)
            yield row.of_child(CarePeriodEnded, episode.ends, period=episode.key, reason=reason)
            if _is_left(episode, episode.ends, episodes):
                placement = episode.key if episode.is_temporary else home.key
                yield row.of_child(PlacementEnded, episode.ends, placement=placement)


def _before(episode: Episode, earlier: list[Episode]) -> Episode | None:
    """The episode that one follows in the same time in care; None: it begins one."""
    if episode.starts_care:
        return None
    reaching = [each for each in earlier if each.reaches(episode)]
    followed = [each for each in reaching if each.ends == episode.begins]
    return next(reversed(followed or reaching), None)


def _moved(episode: Episode, before: Episode | None, home: _Home | None) -> bool:
    """Whether a placement begins with an episode. To come back from a temporary one is no move."""
    if before is None or home is None:
        return True
    if before.is_temporary and not episode.is_temporary:
        return episode.place != home.place
    return episode.row.values["RNE"] not in _SAME_PLACEMENT or episode.place != before.place


def _placement(episode: Episode, before: Episode | None, *, unsure: bool, why: bool) -> Said:
    """A placement that begins. Why the one before it ended stands in the row of that, which may be
    in the return of the year before: then any reason that was told of it may be right.

    Args:
        episode: with which it begins.
        before: the one that it follows.
        unsure: whether it may have begun earlier.
        why: whether the return says why placements end.
    """
    row, place = episode.row, episode.row.values["PLACE"]
    kind = None if place in PLACES_BEFORE_2016 else place
    given = {"placement": episode.key, "placement_type": kind}

    def said(reason: Value) -> PlacementStarted:
        return row.data(PlacementStarted, _PROVIDER, change_reason=reason, **given)

    reason = None if before is None else before.row.values[_WHY_MOVED]
    told = row.of_child(PlacementStarted, episode.begins, _PROVIDER, change_reason=reason, **given)
    if why and not unsure:
        return told
    told = replace(told, or_else=tuple(map(said, get_args(PlacementChangeReason))))
    return _unsure(told, episode, _SAME_PLACEMENT) if unsure else told


def _unsure(said: Said, episode: Episode, same: frozenset[Value]) -> Said:
    """What a child's first episode in a return tells, if it may have begun earlier: by the reason
    for the episode it did; or else whoever told of the same episode before, when it stood behind
    others, knew whether it did."""
    if episode.row.values["RNE"] in same:
        return replace(said, unless_known=True)
    began = said.id.removesuffix(said.data.TYPE) + CarePeriodStarted.TYPE
    return replace(said, unless_told=began)


def _is_left(episode: Episode, day: date, episodes: Iterable[Episode]) -> bool:
    """Whether it has to be told that the placement ended with an episode, on a day.

    Else the next one says so, or the end of care. But where another episode goes on, neither does;
    and to the engine a period's end at a placement's very first instant is that of the period
    before, so one that lasted no day says itself that it is over.
    """
    others = [each for each in episodes if each is not episode]
    if any(each.begins == day for each in others):
        return False
    goes_on = any(each.begins < day and (each.ends is None or each.ends > day) for each in others)
    return goes_on or episode.begins == day


def tell_episodes(table: Table, layout: Layout, known: Known) -> Iterator[Said]:
    """What every child's episodes tell; and into `known` what they say that dates other files, and
    where they contradict each other."""
    account = table.account
    children: defaultdict[str, list[Episode]] = defaultdict(list)
    for row, episode in each_read(table.rows(layout), read_episode, account):
        children[row.child].append(episode)
    unread, all_read = set(account.doubtful), account.whole
    for child, episodes in children.items():
        known.first_episodes[child] = min(episode.begins for episode in episodes)
    if known.year_end is None:
        known.year_end = latest_year_end(chain.from_iterable(children.values()), known.taken)
    odd: list[BadRow] = []
    for child, episodes in children.items():
        telling = one_a_day(episodes, account)
        for episode in telling:
            _count(episode, known, account)
        in_doubt = child in unread or not all_read
        odd += contradictions(telling, account.file)
        yield from tell_child(telling, in_doubt=in_doubt, lacks=table.lacks)
    known.notes += map(str, sorted(odd, key=lambda each: each.line)[:_ODD])
    if len(odd) > _ODD:
        known.notes.append(f"{account.file}: and {len(odd) - _ODD} more such contradictions")


def _count(episode: Episode, known: Known, account: Account) -> None:
    account.lose_codes(episode.row.unknown, episode.row.child)
    if episode.row.values["PLACE"] in PLACES_BEFORE_2016:
        account.unknown_codes["PLACE"] += 1
    if noon(episode.begins) > known.taken:
        account.held_back += 1
    else:
        account.told += 1


def latest_year_end(episodes: Iterable[Episode], taken: datetime) -> date | None:
    """31 March of the latest collection year that the episodes begin or end in.

    A return holds no date after its year, but for slips of the hand: a year
    that hardly any date falls in is passed over, and so is what had not happened.
    """
    years: Counter[date] = Counter()
    for episode in episodes:
        for day in (episode.begins, episode.ends):
            if day is not None and day <= local_day(taken):
                years[date(day.year + ((day.month, day.day) > (3, 31)), 3, 31)] += 1
    enough = years.total() / _SLIP
    return max((year for year, count in years.items() if count >= enough), default=None)
