"""Who is in care, and when each child entered and left: the stays that all else builds on."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    Child,
    County,
    Spell,
    Stay,
    at,
)
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.published import counted
from casepulse.schemas.codes import CareEndReason, NeedCategory
from casepulse.schemas.events.care import CarePeriodEnded, CarePeriodStarted
from casepulse.state.calendar import add_months

#: The last day after January of which anything is told.
LAST_TOLD = date(2021, 3, 5)

#: How many entered care in each month of the year to date. Those of November are told in two, as
#: from the 25th on a child has been in care for less than 45 working days when January ends.
ENTERED = {
    "2020-04": 27, "2020-05": 29, "2020-06": 30, "2020-07": 33, "2020-08": 30, "2020-09": 33,
    "2020-10": 34, "2020-11": 25, "2020-11-25": 7, "2020-12": 36, "2021-01": 20,
}  # fmt: skip

#: How many left care in each.
LEFT = {
    "2020-04": 22, "2020-05": 23, "2020-06": 25, "2020-07": 26, "2020-08": 24, "2020-09": 27,
    "2020-10": 28, "2020-11": 27, "2020-12": 26, "2021-01": 22,
}  # fmt: skip

#: How many left in February and March 2020, before that year began.
LEFT_BEFORE = {"2020-02": 25, "2020-03": 24}

#: When those who are in care at the end of January 2021 entered: the first and last day of each
#: stretch. The last day of the first makes two and a half years; children who entered in the third
#: or before it have been in care for more than three months.
STRETCHES = (
    (date(2009, 1, 1), date(2018, 7, 31)),
    (date(2018, 8, 6), date(2020, 3, 31)),
    (date(2020, 4, 1), date(2020, 10, 31)),
    (date(2020, 11, 1), date(2020, 11, 24)),
    (date(2020, 11, 25), date(2020, 12, 31)),
    (date(2021, 1, 1), date(2021, 1, 31)),
)


class Ages(NamedTuple):
    """Children in care at the end of January 2021 born from one day to another, and how many of
    them entered in each stretch."""

    first: date
    last: date
    entered: tuple[int, ...]


#: Under 2; aged 2; aged 3; aged 4 and not at school; at school and aged 4; to 15; to 16 years and
#: 3 months; older and in Year 11; older than that.
IN_CARE = (
    Ages(date(2019, 2, 2), date(2021, 1, 20), (0, 5, 16, 3, 4, 3)),
    Ages(date(2018, 1, 1), date(2019, 1, 30), (2, 28, 24, 2, 5, 2)),
    Ages(date(2017, 2, 2), date(2017, 12, 31), (8, 13, 6, 1, 1, 1)),
    Ages(date(2016, 9, 1), date(2017, 1, 30), (3, 2, 2, 0, 0, 0)),
    Ages(date(2016, 2, 2), date(2016, 8, 31), (6, 7, 5, 0, 1, 1)),
    Ages(date(2005, 2, 2), date(2016, 1, 30), (194, 95, 81, 14, 24, 10)),
    Ages(date(2004, 11, 2), date(2005, 1, 30), (4, 4, 2, 0, 1, 0)),
    Ages(date(2004, 9, 1), date(2004, 10, 30), (10, 10, 3, 0, 1, 1)),
    Ages(date(2003, 2, 10), date(2004, 8, 31), (70, 62, 40, 3, 5, 2)),
)

#: In how many of a hundred children each locality's teams hold the case.
LOCALITIES = {
    "Gloucester": 36, "Cheltenham": 18, "Stroud": 13, "FoD": 12, "Tewkesbury": 9, "Cotswolds": 6,
    "DCYPS": 4, "Other": 2,
}  # fmt: skip

HOME: tuple[CareEndReason, ...] = ("E4A", "E4A", "E4B", "E13")
ELSEWHERE: tuple[CareEndReason, ...] = ("E12", "E45", "E46", "E48", "E5", "E8")

#: How many in a hundred admissions of the months before were recorded late.
LATE_IN_A_HUNDRED = 22

#: Why a child needs care, and for how many in a hundred that is so.
NEEDS: dict[NeedCategory, int] = {"N1": 62, "N2": 3, "N3": 2, "N4": 7, "N5": 15, "N6": 4, "N8": 7}


def stays(area: Area) -> list[Child]:
    """Put into the county whoever is in care, or was in the year before, and tell their stays."""
    entries = {stretch: _entries(stretch, area.chance) for stretch in STRETCHES[2:]}
    children = list(_staying(area, entries))
    left_again = [day for days in entries.values() for day in days]
    children += _gone(area, left_again)
    entrants = [child for child in children if child.spells[0].first >= date(2020, 4, 1)]
    _readmit(area, entrants)
    _tell_stays(area, children)
    return children


def _entries(stretch: tuple[date, date], chance: Random) -> list[date]:
    """A day for each who entered in a stretch, shuffled."""
    first, last = stretch
    days = []
    for said, many in ENTERED.items():
        begins = date.fromisoformat(said if len(said) == 10 else f"{said}-01")
        if first <= begins <= last:
            ends = add_months(begins.replace(day=1), 1) - timedelta(days=4)
            if said == "2020-11":
                ends = last
            days += [some_day(begins, max(begins, min(ends, last)), chance) for _ in range(many)]
    chance.shuffle(days)
    return days


def _team(area: Area, born: date) -> str:
    """A team that holds children in care: of the locality, and for those of 11 and over if any."""
    (locality,) = area.chance.choices(list(LOCALITIES), list(LOCALITIES.values()))
    teams = area.county.teams[locality]
    eleven = [team for team in teams if "eleven-plus" in team]
    if locality == "Other":
        return "unaccompanied" if born < date(2007, 1, 1) else "adoption"
    if born < date(2009, 9, 1) and eleven:
        return area.chance.choice(eleven)
    holding = [team for team in teams if "assessment" not in team and team not in eleven]
    return area.chance.choice(holding)


def _enter(area: Area, born: date, first: date, last: date | None) -> Child:
    child = area.county.child(born, _team(area, born), max(born, first - timedelta(days=2)))
    child.spells.append(Spell(Stay.CARE, area.county.key("care"), first, last))
    return child


def _staying(area: Area, entries: dict[tuple[date, date], list[date]]) -> Iterator[Child]:
    """Those in care when January ends. Takes the days on which they entered out of `entries`."""
    for ages in IN_CARE:
        for stretch, many in zip(STRETCHES, ages.entered, strict=True):
            for _ in range(many):
                if stretch in entries:
                    first = entries[stretch].pop()
                    born = some_day(
                        ages.first, min(ages.last, first - timedelta(days=3)), area.chance
                    )
                else:
                    born = some_day(
                        ages.first, min(ages.last, stretch[1] - timedelta(days=9)), area.chance
                    )
                    earliest = max(stretch[0], born + timedelta(days=3))
                    # Most entered in the later part of a long stretch.
                    first = max(some_day(earliest, stretch[1], area.chance) for _ in range(2))
                yield _enter(area, born, first, None)


def _gone(area: Area, entered_lately: list[date]) -> Iterator[Child]:
    """Those who left since February 2020: some who had entered in the year, and all others."""
    days = [
        some_day(date.fromisoformat(f"{month}-01"), date.fromisoformat(f"{month}-27"), area.chance)
        for month, many in LEFT.items()
        for _ in range(many)
    ]
    for first in sorted(entered_lately, reverse=True):
        last = area.chance.choice([day for day in days if day > first + timedelta(days=4)])
        days.remove(last)
        yield _left(area, first, last)
    for month, many in LEFT_BEFORE.items():
        begins = date.fromisoformat(f"{month}-01")
        days += [some_day(begins, begins + timedelta(days=26), area.chance) for _ in range(many)]
    for last in days:
        until = min(last, date(2020, 4, 1)) - timedelta(days=6)
        first = max(some_day(date(2013, 1, 1), until, area.chance) for _ in range(3))
        yield _left(area, first, last)


def _left(area: Area, first: date, last: date) -> Child:
    eighteen_years_before = add_months(last, -216)
    born = some_day(eighteen_years_before, first - timedelta(days=3), area.chance)
    return _enter(area, born, first, last)


def _readmit(area: Area, entrants: list[Child]) -> None:
    """Give some of those who entered in the year to date an earlier period of care."""
    again = counted("readmissions_fytd", period="FYtD 2020-21")
    # The report prints 10% of January's admissions.
    january = round(0.1 * sum(each.spells[0].first >= JANUARY for each in entrants))
    old_enough = [
        child for child in entrants if child.born < child.spells[0].first - timedelta(days=1500)
    ]
    area.chance.shuffle(old_enough)
    of_january = [child for child in old_enough if child.spells[0].first >= JANUARY]
    # Three had left shortly before the year began: placements of both periods count for them.
    lately = [
        child
        for child in old_enough
        if child.spells[-1].last is None and date(2020, 8, 1) < child.spells[0].first < JANUARY
    ][:3]
    others = [
        child for child in old_enough if child.spells[0].first < JANUARY and child not in lately
    ]
    for child in lately:
        _earlier(
            area.county,
            child,
            date(2019, 10, 7),
            some_day(date(2020, 3, 9), date(2020, 3, 24), area.chance),
        )
    for child in of_january[:january] + others[: again - january - len(lately)]:
        last = some_day(date(2019, 4, 1), date(2019, 12, 20), area.chance)
        first = some_day(child.born + timedelta(days=30), last - timedelta(days=14), area.chance)
        _earlier(area.county, child, first, last)


def _earlier(county: County, child: Child, first: date, last: date) -> None:
    child.spells.insert(0, Spell(Stay.CARE, county.key("care"), first, last))


def _tell_stays(area: Area, children: list[Child]) -> None:
    recorded = _recorded(children, area.chance)
    home = counted("discharged_home")
    left_in_january = [
        child for child in children if child.spells[-1].last and child.spells[-1].last >= JANUARY
    ]
    went_home = set(area.chance.sample(left_in_january, home))
    for child in children:
        for spell in child.spells:
            enters(area, child, spell, recorded.get(spell.key))
            if spell.last:
                in_january = spell.last >= JANUARY
                goes_home = child in went_home if in_january else area.chance.random() < 0.45
                leaves(area, child, spell, area.chance.choice(HOME if goes_home else ELSEWHERE))


def enters(area: Area, child: Child, spell: Spell, recorded: datetime | None = None) -> None:
    """Tell that a child enters care."""
    (need,) = area.chance.choices(list(NEEDS), list(NEEDS.values()))
    data = CarePeriodStarted(period=spell.key, need=need, team=child.team)
    area.county.tell(child.subject, data, at(spell.first, area.chance.uniform(9, 20)), recorded)


def leaves(area: Area, child: Child, spell: Spell, reason: CareEndReason) -> None:
    """Tell that a child leaves care, on the last day of the stay."""
    assert spell.last is not None
    area.tell(child, CarePeriodEnded, spell.last, 15, period=spell.key, reason=reason)


def _recorded(children: list[Child], chance: Random) -> dict[str, datetime]:
    """When those admissions were recorded that were not recorded at once, by the period's key.

    Of the admissions recorded in January 23% were late: five out of 22. They are five of December;
    three of January were not recorded before February.
    """
    first = {
        child.spells[-1].key: child.spells[-1].first
        for child in children
        if child.spells[-1].first >= date(2020, 4, 1)
    }
    keys = sorted(first)
    chance.shuffle(keys)
    december = [key for key in keys if date(2020, 12, 3) <= first[key] <= date(2020, 12, 22)]
    january = [key for key in keys if JANUARY <= first[key] <= date(2021, 1, 20)]
    said = {
        key: at(some_day(date(2021, 1, 5), date(2021, 1, 29), chance), 11) for key in december[:5]
    }
    said |= {key: at(some_day(FEBRUARY, date(2021, 2, 19), chance), 11) for key in january[:3]}
    for key in keys:
        # In the months before, a delayed record comes within the month after the admission.
        if first[key] < date(2020, 11, 20) and chance.randrange(100) < LATE_IN_A_HUNDRED:
            said[key] = at(first[key] + timedelta(days=chance.randint(9, 30)), 10)
    return said


def after_january(area: Area, children: list[Child]) -> list[Child]:
    """Some enter and some leave after January; whoever turns 18 leaves on that day.

    Returns:
        Those who entered.
    """
    staying = [child for child in children if child.spells[-1].last is None]
    grown_up = [child for child in staying if add_months(child.born, 18 * 12) < LAST_TOLD]
    for child in grown_up:
        child.spells[-1].last = add_months(child.born, 18 * 12)
        leaves(area, child, child.spells[-1], "E8")
    for child in area.chance.sample([each for each in staying if each not in grown_up], 9):
        child.spells[-1].last = some_day(FEBRUARY, LAST_TOLD, area.chance)
        leaves(area, child, child.spells[-1], area.chance.choice(HOME + ELSEWHERE))
    entered = []
    for _ in range(11):
        born = some_day(date(2004, 1, 1), date(2020, 12, 1), area.chance)
        child = _enter(area, born, some_day(FEBRUARY, LAST_TOLD, area.chance), None)
        enters(area, child, child.spells[0])
        entered.append(child)
    return entered
