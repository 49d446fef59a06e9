"""Visits to children in care: statutory ones, virtual ones, and visits of another kind."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    LAST,
    Child,
    County,
    Spell,
    deal,
)
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.month_ends import NOW, Owed, days_done, plan_late
from casepulse.counties.january_2021.placements import Place, Places
from casepulse.counties.january_2021.published import counted, figure
from casepulse.schemas.codes import VisitKind, VisitMethod
from casepulse.schemas.events.referral import VisitRecorded

#: No visit before this day is told: it is long enough before the first month end.
SINCE = date(2019, 11, 18)

#: How many in a hundred had a visit in time at the ends of the months of 2020.
SEEN = (99, 99, 99, 99, 99, 98, 98, 98, 98, 98, 98, 98)

#: A visit is made so many days before it is due, at least and at most.
EARLY = (2, 14)

#: Visits stood still up to this day while the measures against infection were looked at again.
PAUSE = date(2021, 1, 7)

#: How many of those in care are visited in the days of which is told after January.
SEEN_LATER, LAST_TOLD = 0.8, date(2021, 3, 5)

FACE_TO_FACE, VIRTUAL = VisitMethod.FACE_TO_FACE, VisitMethod.VIRTUAL


def visit(county: County, children: list[Child], places: Places) -> None:
    """Tell the visits to every child, in every placement; in January so many are late as published,
    and so many of these were seen otherwise."""
    area = Area.of(county, "care_visits")
    chance = area.chance
    owed = [
        one
        for child in children
        for spell in child.spells
        for one in _owed(child, spell, places[spell.key], chance)
    ]
    otherwise, virtually = counted("cic_seen_other_f2f"), counted("cic_seen_virtually")
    told = figure("statutory_visits")
    many = (told.denominator or 0) - (told.numerator or 0)
    could = [one for one in owed if one.can_be_late(NOW)]
    late = chance.sample(could, many)
    how = deal({"other": otherwise, "virtual": virtually, "": many - otherwise - virtually}, chance)
    for one, seen in zip(late, how, strict=True):
        _other_visit(area, one.who, seen)
    plan_late(owed, SEEN, late, chance)
    for one in owed:
        for day in days_done(one, SINCE, EARLY, chance):
            if JANUARY <= day <= PAUSE:
                day = some_day(PAUSE + timedelta(days=1), date(2021, 1, 20), chance)
            if one.until is None or day < one.until:
                _tell(area, one.who, day, VisitKind.STATUTORY, FACE_TO_FACE)
        if one.counted(NOW) and NOW not in one.late and chance.random() < 0.1:
            day = some_day(max(one.begins, FEBRUARY - timedelta(days=28)), LAST, chance)
            _tell(area, one.who, day, VisitKind.STATUTORY, VIRTUAL)
        until = min(one.until or LAST_TOLD, LAST_TOLD) - timedelta(days=1)
        if until > max(one.begins, FEBRUARY) and chance.random() < SEEN_LATER:
            day = some_day(max(one.begins, FEBRUARY), until, chance)
            _tell(area, one.who, day, VisitKind.STATUTORY, FACE_TO_FACE)


def _owed(child: Child, spell: Spell, placed: list[Place], chance: Random) -> Iterator[Owed[Child]]:
    """The visits owed in each placement: the first within a week of its beginning."""
    for place, following in zip(placed, [*placed[1:], None], strict=True):
        until = following.day if following else spell.last
        first = place.day + timedelta(days=chance.randint(1, 6))
        yield Owed(child, first, place.day, until, place.visit_after, first)


def _other_visit(area: Area, child: Child, how: str) -> None:
    day = some_day(date(2021, 1, 4), date(2021, 1, 29), area.chance)
    if how == "virtual":
        _tell(area, child, day, VisitKind.STATUTORY, VIRTUAL)
    elif how == "other":
        _tell(area, child, day, VisitKind.OTHER, FACE_TO_FACE)
    elif area.chance.random() < 0.3:
        # A visit was tried, and the child was not there.
        _tell(area, child, day, VisitKind.STATUTORY, FACE_TO_FACE, seen=False)


def _tell(
    area: Area,
    child: Child,
    day: date,
    kind: VisitKind,
    method: VisitMethod,
    seen: bool = True,
) -> None:
    area.tell(
        child,
        VisitRecorded,
        day,
        (14.5, 18),
        kind=kind,
        method=method,
        child_seen=seen,
        seen_alone=seen and area.chance.random() < 0.6,
    )
