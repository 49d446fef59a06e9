"""Private fostering: children who live with others by an arrangement of their parents."""

from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import Child, County
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.published import counted
from casepulse.schemas.events.private_fostering import (
    PrivateFosteringEnded,
    PrivateFosteringStarted,
    PrivateFosteringVisited,
)

#: From here on a visit holds for six weeks beyond the end of January.
HOLDS = date(2020, 12, 22)

#: Arrangements that were over before January ended, and those that began after it.
OVER, AFTER = 5, 2


def plan(county: County) -> None:
    """Twelve arrangements are open when January ends; half of them are visited in time."""
    area = Area.of(county, "private_fostering")
    many = counted("private_fostering")
    in_time = counted("private_fostering_visits")
    for number in range(many):
        first = some_day(date(2019, 6, 3), date(2020, 10, 30), area.chance)
        if number == 0:
            # Begun so lately that the first visit is not due yet.
            _arrange(area, date(2021, 1, 27), [])
        elif number < in_time:
            days = _visits(first, some_day(HOLDS, date(2021, 1, 29), area.chance), area.chance)
            _arrange(area, first, days)
        elif number < in_time + 2:
            # Never visited.
            _arrange(area, some_day(date(2020, 12, 1), date(2021, 1, 18), area.chance), [])
        else:
            late = _visits(
                first, some_day(date(2020, 10, 20), date(2020, 11, 5), area.chance), area.chance
            )
            _arrange(area, first, late)
    for _ in range(OVER):
        first = some_day(date(2019, 3, 4), date(2020, 8, 31), area.chance)
        last = first + timedelta(days=area.chance.randint(40, 130))
        child, key = _arrange(area, first, _visits(first, last, area.chance))
        area.tell(child, PrivateFosteringEnded, last + timedelta(days=3), 12, arrangement=key)
    for _ in range(AFTER):
        first = some_day(date(2021, 2, 2), date(2021, 2, 24), area.chance)
        _arrange(area, first, [first + timedelta(days=area.chance.randint(1, 7))])


def _arrange(area: Area, first: date, visits: list[date]) -> tuple[Child, str]:
    """A child for whom an arrangement begins on a day, and its key."""
    locality = area.chance.choice(("Gloucester", "Cheltenham", "Stroud", "FoD", "Tewkesbury"))
    team = area.chance.choice(
        [each for each in area.county.teams[locality] if "assessment" in each]
    )
    born = first - timedelta(days=area.chance.randint(2500, 5000))  # under 16 all along
    child = area.county.child(born, team, first - timedelta(days=1))
    key = area.county.key("pf")
    area.tell(child, PrivateFosteringStarted, first, 10, arrangement=key)
    for day in visits:
        area.tell(child, PrivateFosteringVisited, day, (14, 18), arrangement=key)
    return child, key


def _visits(first: date, last: date, chance: Random) -> list[date]:
    """A first visit within a week, the last on its day, and others about every five weeks."""
    days = [first + timedelta(days=chance.randint(1, 7))]
    while (day := days[-1] + timedelta(days=chance.randint(28, 41))) < last - timedelta(days=7):
        days.append(day)
    return [*days, last]
