"""Visits to children in care: statutory ones, virtual ones, and visits of another kind."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    LAST,
    Child,
    County,
    Stay,
    deal,
)
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.placements import Place, Places
from casepulse.counties.january_2021.published import counted, figure
from casepulse.schemas.codes import VisitKind, VisitMethod
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.state.calendar import add_months

#: No visit before this day is told: it is long enough before the first month end.
SINCE = date(2019, 11, 18)

#: Visits end here for those who are late: six weeks on from it January is over.
LATE_AFTER = date(2020, 12, 17)

#: A placement that began since then has its first visit due after January.
JUST_PLACED = date(2021, 1, 25)

#: From here on a visit holds, for six weeks or for three months, beyond the end of January.
HOLDS_SIX_WEEKS, HOLDS_THREE_MONTHS = date(2020, 12, 22), date(2020, 11, 3)

#: Visits stood still while the measures against infection were looked at again.
PAUSE = date(2021, 1, 1), date(2021, 1, 7)

#: The last day of which visits are told.
LAST_TOLD = date(2021, 3, 5)

FACE_TO_FACE, VIRTUAL = VisitMethod.FACE_TO_FACE, VisitMethod.VIRTUAL


def visit(county: County, children: list[Child], places: Places) -> None:
    """Tell the visits to every child, in every placement."""
    area = Area.of(county, "care_visits")
    late = _late(children, places, area.chance)
    for child in children:
        for spell in child.spells:
            placed = places[spell.key]
            for place, following in zip(placed, [*placed[1:], None], strict=True):
                end = following.day if following else spell.last or LAST_TOLD
                stays = following is None and spell.lasts_at_the_end_of(LAST)
                days = list(_visits(place, end, area.chance))
                if stays and child in late:
                    days = [day for day in days if day <= LATE_AFTER or day >= FEBRUARY]
                    _other_visit(area, child, late[child])
                elif stays and place.day < JUST_PLACED and not _holds(place, days):
                    days.append(_january(place, area.chance))
                for day in days:
                    _tell(area, child, day, VisitKind.STATUTORY, FACE_TO_FACE)
                if stays and child not in late and area.chance.random() < 0.1:
                    day = some_day(max(place.day, FEBRUARY - timedelta(days=28)), LAST, area.chance)
                    _tell(area, child, day, VisitKind.STATUTORY, VIRTUAL)


def _late(children: list[Child], places: Places, chance: Random) -> dict[Child, str]:
    """Those who are late for a visit when January ends, and how else they were seen, if at all."""
    in_time = figure("statutory_visits")
    otherwise = counted("cic_seen_other_f2f")
    virtually = counted("cic_seen_virtually")
    many = (in_time.denominator or 0) - (in_time.numerator or 0)
    could = [
        child
        for child in children
        if Stay.CARE in child.open_at_the_end_of(LAST)
        and (place := places[child.spells[-1].key][-1]).day < date(2020, 12, 8)
        and not _every_three_months(place, LAST)
    ]
    unseen = many - otherwise - virtually
    how = deal({"other": otherwise, "virtual": virtually, "unseen": unseen}, chance)
    return dict(zip(chance.sample(could, many), how, strict=True))


def _every_three_months(place: Place, day: date) -> bool:
    """In a placement that is to last, after its first year; else it is every six weeks."""
    return place.until_eighteen and add_months(place.day, 12) <= day


def _visits(place: Place, end: date, chance: Random) -> Iterator[date]:
    """A first visit within a week, and so on; now and then one is late."""
    day = place.day + timedelta(days=chance.randint(1, 6))
    if day < SINCE:
        day = SINCE + timedelta(days=chance.randint(0, 40))
    while day < end:
        if not PAUSE[0] <= day <= PAUSE[1]:
            yield day
        most = 84 if _every_three_months(place, day) else 40
        day += timedelta(days=chance.randint(most - 14, most))
        if chance.random() < 0.12:
            day += timedelta(days=chance.randint(5, 20))


def _holds(place: Place, days: list[date]) -> bool:
    """Whether the last visit of January or before is up to date still when January ends."""
    so_far = [day for day in days if day <= LAST]
    if not so_far:
        return False
    three_months = _every_three_months(place, so_far[-1])
    return so_far[-1] >= (HOLDS_THREE_MONTHS if three_months else HOLDS_SIX_WEEKS)


def _january(place: Place, chance: Random) -> date:
    first = max(place.day + timedelta(days=1), PAUSE[1] + timedelta(days=1))
    return some_day(first, date(2021, 1, 29), chance)


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
