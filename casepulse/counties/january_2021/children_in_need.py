"""Children in need: the visits that follow the initial one. Their plans: child_in_need_plans.py.

A child with an open referral, once it was first seen, is seen each month or is not: how many are
not, and for how long, is as published at the ends of November, December and January.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from functools import cache
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.child_in_need_plans import plan_plans
from casepulse.counties.january_2021.counts import fit, rounded
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    LAST,
    MONTH_ENDS,
    Child,
    County,
    Spell,
    Stay,
)
from casepulse.counties.january_2021.days import working_days
from casepulse.counties.january_2021.published import counted, figure, percentage
from casepulse.schemas.codes import VisitKind, VisitMethod
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.state.calendar import add_working_days, local_date, month_of

#: Working days within which a child in need is seen; days from which it is unseen for long.
SEEN_WITHIN, UNSEEN_FOR_LONG = 20, 42

#: Percent of children in need who are seen in time, and of visits that are virtual, at the ends of
#: months of which nothing is published.
_USUAL, _VIRTUAL = 95, 8

#: Virtual visits are more in the first weeks of January: visiting face to face paused then.
_PAUSE = date(2021, 1, 8)

#: The last day of which visits are told; percent of the children who are seen in February.
_LAST_DAY, _SEEN_IN_FEBRUARY = date(2021, 3, 5), 60

_DECEMBER = MONTH_ENDS[-2]
_LONG_AGO = LAST - timedelta(days=UNSEEN_FOR_LONG)
_COUNTED = {month_of(end) for end in MONTH_ENDS[-3:]}


class Seen(Enum):
    """How a child in need stands at the end of a month."""

    IN_TIME = auto()
    NOT = auto()
    NOT_FOR_LONG = auto()


@dataclass(slots=True, eq=False)
class InNeed:
    """A child while a referral is open, and when it was first seen on it."""

    child: Child
    locality: str
    spell: Spell
    first_seen: date | None
    first_virtually: bool

    def seen_by(self, day: date) -> bool:
        """Whether the initial visit has been by the end of a day."""
        return self.first_seen is not None and self.first_seen <= day


def plan(county: County) -> None:
    """Visits to children in need, and their plans."""
    area = Area.of(county, "children_in_need")
    in_need = list(_in_need(county))
    _Visits(county, area.chance, in_need).plan()
    plan_plans(county)


def _in_need(county: County) -> Iterator[InNeed]:
    place = {team: name for name, teams in county.teams.items() for team in teams}
    for child in county.children:
        spells = [spell for spell in child.spells if spell.kind is Stay.REFERRAL]
        if spells and len(spells) == len(child.spells):
            visits = [
                (local_date(event.time), event.data.method is VisitMethod.VIRTUAL)
                for event in county.told_of(child)
                if isinstance(event.data, VisitRecorded) and event.data.child_seen
            ]
            for spell in spells:
                seen = [each for each in sorted(visits) if each[0] >= spell.first]
                if spell.last:
                    seen = [each for each in seen if each[0] <= spell.last]
                first, virtually = seen[0] if seen else (None, False)
                yield InNeed(child, place[child.team], spell, first, virtually)


@cache
def seen_since(end: date) -> date:
    """The first day of which a visit is in time still at the end of a day."""
    day = end
    while add_working_days(day - timedelta(days=1), SEEN_WITHIN) > end:
        day -= timedelta(days=1)
    return day


class _Visits(Area):
    def __init__(self, county: County, chance: Random, in_need: list[InNeed]) -> None:
        super().__init__(county, chance)
        self.in_need = in_need

    def plan(self) -> None:
        """January first: who is not seen then says when in December a visit may have been."""
        january = self._standing(LAST, {})
        for end in MONTH_ENDS[:-1]:
            stands = self._standing(end, january if end == _DECEMBER else {})
            for each, stand in stands.items():
                seen_again = end == _DECEMBER and january.get(each) is Seen.NOT
                if stand is Seen.IN_TIME and (
                    self._free(each, end) or (seen_again and each.seen_by(_LONG_AGO))
                ):
                    self._visit_in_month(each, end, january.get(each))
        self._visit_in_january(january)
        self._visit_in_february()

    def _free(self, each: InNeed, end: date) -> bool:
        """Whether it is for this plan to say if the child is seen in time at the end of a month:
        it was first seen, and longer ago."""
        return each.seen_by(seen_since(end) - timedelta(days=1))

    def _standing(self, end: date, later: dict[InNeed, Seen]) -> dict[InNeed, Seen]:
        """How every child in need stands at the end of a month, given how it stands at the next."""
        since = seen_since(end)
        stands: dict[InNeed, Seen] = {}
        free: dict[str, list[InNeed]] = {place: [] for place in self.county.localities}
        for each in self.in_need:
            if each.spell.lasts_at_the_end_of(end):
                if self._free(each, end):
                    stands[each] = Seen.IN_TIME
                    free[each.locality].append(each)
                else:
                    last = each.first_seen if each.seen_by(end) else each.spell.first
                    assert last is not None
                    stands[each] = Seen.IN_TIME if last >= since else Seen.NOT
                    if last <= end - timedelta(days=UNSEEN_FOR_LONG):
                        stands[each] = Seen.NOT_FOR_LONG
        for place, many in self._not_seen(end, stands).items():
            # Who was not seen in January, but not for long, was seen in December.
            able = [each for each in free[place] if later.get(each) is not Seen.NOT]
            for each in self.chance.sample(able, many):
                stands[each] = Seen.NOT
        if end == LAST:
            self._unseen_for_long(stands)
        return stands

    def _not_seen(self, end: date, stands: dict[InNeed, Seen]) -> dict[str, int]:
        """How many more are not seen in time, by locality, than is so already."""
        open_now = dict.fromkeys(self.county.localities, 0)
        already = dict(open_now)
        for each, stand in stands.items():
            open_now[each.locality] += 1
            already[each.locality] += stand is not Seen.IN_TIME
        month = month_of(end)
        if month not in _COUNTED:
            usual = {name: many * (100 - _USUAL) // 100 for name, many in open_now.items()}
            return {name: max(many - already[name], 0) for name, many in usual.items()}
        told = {name: percentage("cin_visits", name, month) for name in open_now}
        chosen = fit(
            told,
            {name: [many] for name, many in open_now.items()},
            lambda seen, of: _as_published(month, seen, of),
        )
        return {name: open_now[name] - chosen[name][0] - already[name] for name in open_now}

    def _unseen_for_long(self, stands: dict[InNeed, Seen]) -> None:
        """Which of those who are not seen in time in January are not seen for 6 weeks or more."""
        wanted = counted("cin_not_seen_6_weeks")
        wanted -= sum(stand is Seen.NOT_FOR_LONG for stand in stands.values())
        able = [
            each
            for each, stand in stands.items()
            if stand is Seen.NOT and self._free(each, LAST) and each.seen_by(_LONG_AGO)
        ]
        for each in self.chance.sample(able, wanted):
            stands[each] = Seen.NOT_FOR_LONG

    def _visit_in_month(self, each: InNeed, end: date, in_january: Seen | None) -> None:
        first, last = max(seen_since(end), end.replace(day=1)), end
        if end == _DECEMBER and in_january is Seen.NOT:
            first = _LONG_AGO + timedelta(days=1)
        elif end == _DECEMBER and in_january is Seen.NOT_FOR_LONG:
            last = _LONG_AGO
        virtual = end >= date(2020, 4, 1) and self.chance.randrange(100) < _VIRTUAL
        self._visit(each, self.chance.choice(working_days(first, last)), virtual)

    def _visit_in_january(self, stands: dict[InNeed, Seen]) -> None:
        """Everybody in time is seen, and as many of them virtually as published."""
        in_time = [each for each, stand in stands.items() if stand is Seen.IN_TIME]
        free = [each for each in in_time if self._free(each, LAST)]
        virtually = counted("cin_seen_virtually")
        virtually -= sum(each.first_virtually for each in in_time if not self._free(each, LAST))
        self.chance.shuffle(free)
        for number, each in enumerate(free):
            virtual = number < virtually
            pause = virtual and self.chance.random() < 0.6
            first = seen_since(LAST) if virtual else _PAUSE + timedelta(days=1)
            days = working_days(first, _PAUSE if pause else LAST)
            self._visit(each, self.chance.choice(days), virtual)

    def _visit_in_february(self) -> None:
        for each in self.in_need:
            if each.spell.lasts_at_the_end_of(LAST) and each.seen_by(LAST):
                until = each.spell.last or _LAST_DAY
                if self.chance.randrange(100) < _SEEN_IN_FEBRUARY and until >= FEBRUARY:
                    days = working_days(FEBRUARY, min(until, _LAST_DAY))
                    self._visit(each, self.chance.choice(days), self.chance.random() < 0.1)

    def _visit(self, each: InNeed, day: date, virtual: bool) -> None:
        self.tell(
            each.child,
            VisitRecorded,
            day,
            (9, 18),
            kind=VisitKind.CHILD_IN_NEED,
            method=VisitMethod.VIRTUAL if virtual else VisitMethod.FACE_TO_FACE,
            child_seen=True,
            seen_alone=not virtual and self.chance.random() < 0.5,
        )


def _as_published(month: str, seen: int, children: int) -> bool:
    """Whether so many seen of so many children are what is published of the county."""
    if month == month_of(JANUARY):
        told = figure("cin_visits")
        return (seen, children) == (told.numerator, told.denominator)
    if month == month_of(_DECEMBER):
        return True
    return rounded(seen, children) == percentage("cin_visits", period=month)
