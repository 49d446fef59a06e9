"""Children who went missing: January as published, and the months before it.

January: missing_in_january.py. Screening for exploitation: exploitation.py.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    LAST,
    MONTH_ENDS,
    Child,
    County,
    Stay,
    at,
)
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.exploitation import plan_screening
from casepulse.counties.january_2021.missing_episodes import Gone, aged_12, elsewhere, tell_episode
from casepulse.counties.january_2021.missing_in_january import plan_january
from casepulse.counties.january_2021.published import counted, share
from casepulse.counties.january_2021.return_interviews import interviews_of, tell_interviews
from casepulse.schemas.events.missing import MissingEpisodeEnded, MissingEpisodeStarted

YEAR_END = JANUARY - timedelta(days=1)

#: The first day of the last twelve months.
A_YEAR_AGO = date(2020, 2, 1)

#: Episodes of children in care are told from this day on.
BEGINNING = date(2019, 4, 1)

#: Whoever was missing lately entered care before this day.
DECEMBER = date(2020, 12, 1)

#: How many children not in care were missing a month: before March 2020, and since.
OTHERS_BEFORE, OTHERS_SINCE = 60, 38

#: How many of those in care were missing before the last twelve months, and not in them.
LONG_AGO = 60


def plan(county: County) -> None:
    """Plan who went missing and who was screened for exploitation."""
    area = Area.of(county, "missing")
    plan_screening(Area.of(county, "exploitation"))
    in_care = [child for child in county.open_children(Stay.CARE, LAST) if aged_12(child)]
    area.chance.shuffle(in_care)
    in_care.sort(key=lambda child: child.spells[-1].first >= DECEMBER)
    cared_for = in_care[: counted("cic_missing_12m")]
    assert cared_for[-1].spells[-1].first < DECEMBER
    now = plan_january(area, cared_for)
    days = [
        *_in_care_before([child for child in cared_for if child in now], area.chance),
        *_in_care_lately([child for child in cared_for if child not in now], area.chance),
        *_left_care(area),
        *_others_before(area),
    ]
    days += _long_ago(
        in_care[len(cared_for) :][:LONG_AGO], _wanting_in_december(county, days), area.chance
    )
    still = [each for each in cared_for if each.spells[-1].last is None]
    later = area.chance.sample(still, 25) + area.chance.sample(elsewhere(county, FEBRUARY), 25)
    days += [(child, some_day(FEBRUARY, date(2021, 3, 2), area.chance)) for child in later]
    _tell(area, days)
    _away(area, in_care)


def _tell(area: Area, days: list[tuple[Child, date]]) -> None:
    """Tell an episode that began on each day, and the interviews of each month."""
    by_month: dict[date, dict[Child, list[Gone]]] = {}
    for child, day in sorted(days, key=lambda each: each[1]):
        gone = tell_episode(area, child, day, overnight=area.chance.random() < 0.4)
        by_month.setdefault(day.replace(day=1), {}).setdefault(child, []).append(gone)
    for month, children in by_month.items():
        missing = list(children.items())
        tell_interviews(area, missing, interviews_of(month.month, missing))


#: Children, and the days on which they went missing.
Days = Iterator[tuple[Child, date]]


def _in_care_before(children: list[Child], chance: Random) -> Days:
    """Children in care before January."""
    for child in children:
        first = max(child.spells[-1].first, BEGINNING)
        if first < YEAR_END:
            for _ in range(chance.choice((0, 1, 2, 3, 4))):
                yield child, some_day(first, YEAR_END, chance)


def _in_care_lately(children: list[Child], chance: Random) -> Days:
    """Children in care before January, in the last twelve months among others."""
    for child in children:
        first = max(child.spells[-1].first, A_YEAR_AGO)
        yield child, some_day(first, max(first, YEAR_END), chance)
    yield from _in_care_before(children, chance)


def _wanting_in_december(county: County, days: list[tuple[Child, date]]) -> int:
    """How many more in care were missing within a year when December ended, than those on these
    days: so that the share was the same as when January ended."""
    year = A_YEAR_AGO.replace(month=1)
    then = county.open_children(Stay.CARE, YEAR_END)
    lately = {child for child, day in days if year <= day <= YEAR_END}
    same = share(len(then), "cic_missing_12m")
    return max(0, same - sum(child in lately for child in then))


def _long_ago(children: list[Child], in_january: int, chance: Random) -> Days:
    """Children in care before the last twelve months: so many in January 2020, for the last
    time, and the others before it."""
    for child in children:
        first, last = max(child.spells[-1].first, BEGINNING), A_YEAR_AGO - timedelta(days=32)
        if first < last:
            for _ in range(chance.choice((1, 2))):
                yield child, some_day(first, last, chance)
            if in_january:
                yield child, some_day(A_YEAR_AGO.replace(month=1), date(2020, 1, 30), chance)
                in_january -= 1


def _left_care(area: Area) -> Days:
    """Some of those who left care had been missing while they were in it."""
    for child in area.county.children:
        stay = child.latest(Stay.CARE)
        if stay and stay.last and stay.last <= LAST and aged_12(child, stay.last):
            first, last = max(stay.first, BEGINNING), min(stay.last, YEAR_END)
            if first < last and area.chance.random() < 0.3:
                for _ in range(area.chance.choice((1, 1, 2, 3))):
                    yield child, some_day(first, last, area.chance)


def _others_before(area: Area) -> Days:
    """Children who were not in care, in each of the months before."""
    for end in MONTH_ENDS[:-1]:
        known = elsewhere(area.county, end)
        many = OTHERS_SINCE if end >= date(2020, 3, 1) else OTHERS_BEFORE
        for child in area.chance.sample(known, min(len(known), many)):
            for _ in range(area.chance.choice((1, 1, 1, 2, 3))):
                yield child, some_day(end.replace(day=1), end, area.chance)


def _away(area: Area, in_care: list[Child]) -> None:
    """Some are away from their placement without leave, though not missing."""
    for child in area.chance.sample(in_care, 60):
        begun = at(some_day(max(child.spells[-1].first, A_YEAR_AGO), LAST, area.chance), 17)
        key = area.county.key("missing")
        back = begun + timedelta(hours=area.chance.uniform(1, 30))
        area.tell(child, MissingEpisodeStarted, begun, episode=key, category="A")
        area.tell(child, MissingEpisodeEnded, back, episode=key)
