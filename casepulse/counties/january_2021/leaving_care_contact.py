"""When care leavers were in touch and seen, and their pathway plans."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import FEBRUARY, LAST, MONTH_ENDS, Child, Stay
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.month_ends import (
    NOW,
    Owed,
    days_done,
    last_done,
    months_on,
    plan_late,
    span,
)
from casepulse.counties.january_2021.published import figure
from casepulse.schemas.codes import VisitKind, VisitMethod
from casepulse.schemas.events.leaving import (
    CareLeaverContacted,
    PathwayPlanMade,
    PathwayPlanReviewed,
)
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.state.calendar import add_months

#: Nothing before this day is told: some months before the thirteen.
BEGINNING = date(2019, 3, 4)

#: How many in a hundred were in touch at the ends of the months of 2020; were seen, those aged up
#: to 20, and those aged 21 and over; and had a pathway plan up to date. In touch they were more in
#: January 2021, of the older a few less were seen; the visits to the younger declined for the third
#: month from 73% in October, the plans for the fourth from 88% in September: the report's text.
IN_TOUCH = (98, 98, 98, 97, 97, 97, 97, 96, 96, 96, 95, 95)
YOUNGER_SEEN = (78, 78, 77, 80, 81, 80, 78, 75, 72, 73, 69, 64)
OLDER_SEEN = (95, 95, 95, 94, 95, 94, 92, 91, 89, 88, 88, 88)
PLANNED = (72, 75, 77, 79, 81, 82, 84, 86, 88, 85, 81, 78)

#: Whoever has gone so many days without a visit may be out of touch.
SIX_MONTHS = 178


def aged(child: Child, first: int, last: int) -> bool:
    """Whether a young person is of an age, from the first to the last, when January ends."""
    youngest, oldest = add_months(FEBRUARY, -12 * first), add_months(FEBRUARY, -12 * (last + 1))
    return oldest <= child.born < youngest


def plan_contact(area: Area, young_people: list[Child]) -> set[Child]:
    """Tell visits, calls and pathway plans. Returns those who were out of touch for a while."""
    leavers = [
        child
        for child in area.county.children
        if (spell := child.latest(Stay.LEAVER)) and spell.first <= LAST
    ]
    touch = {child: _owed_to(child, 6) for child in leavers}
    for child, one in touch.items():
        one.spared = MONTH_ENDS[0] < _grown_up(child) <= LAST
    could = {child for child in young_people if touch[child].can_be_late(NOW)}
    younger = [child for child in young_people if child in could and aged(child, 16, 18)]
    older = [child for child in young_people if child in could and not aged(child, 16, 18)]
    lost_younger = _short_of("cl_in_touch", "younger")
    lost = area.chance.sample(younger, lost_younger)
    lost += area.chance.sample(older, _short_of("cl_in_touch") - lost_younger)
    plan_late(list(touch.values()), IN_TOUCH, [touch[child] for child in lost], area.chance)
    owed = [list(_owed_visits(child, touch[child], area.chance)) for child in leavers]
    for name, months, in_time in (
        ("cl_younger_seen", 2, YOUNGER_SEEN),
        ("cl_older_seen", 6, OLDER_SEEN),
    ):
        band = [visits for ones in owed for every, visits in ones if every == months]
        late = sum(NOW in one.late for one in band)
        could_be = [one for one in band if not one.late and one.can_be_late(NOW)]
        plan_late(band, in_time, area.chance.sample(could_be, _short_of(name) - late), area.chance)
    for child, ones in zip(leavers, owed, strict=True):
        for months, visits in ones:
            early = (2, 26) if months == 2 else (5, 90)
            _tell_visits(area, child, visits, early, bool(touch[child].late))
    _plans(area, leavers, young_people)
    _february(area, young_people)
    return {child for child, one in touch.items() if one.late}


def _owed_to(child: Child, months: int, begins: date = date.min) -> Owed[Child]:
    """What is owed to a care leaver every so many months, from qualifying or a later day on."""
    spell = child.spells[0]
    begins = max(spell.first, begins)
    return Owed(child, begins, begins, spell.last, months_on(months))


def _short_of(name: str, scope: str = "county") -> int:
    """How many are not counted in a published figure."""
    told = figure(name, scope)
    return (told.denominator or 0) - (told.numerator or 0)


def _grown_up(child: Child) -> date:
    """The 21st birthday: up to it visits are owed every two months, from it on every six."""
    return add_months(child.born, 12 * 21)


def _owed_visits(
    child: Child, touch: Owed[Child], chance: Random
) -> Iterator[tuple[int, Owed[Child]]]:
    """The visits owed every so many months. With somebody out of touch they are late, too."""
    spell, grown_up = child.spells[0], _grown_up(child)
    bands = []
    if spell.first < grown_up:
        bands.append((2, _owed_to(child, 2)))
        bands[0][1].until = min(spell.last or date.max, grown_up)
    if grown_up <= LAST:
        bands.append((6, _owed_to(child, 6, grown_up)))
    for months, visits in bands:
        if touch.late:
            visits.lapsed = last_done(touch, chance)
            visits.late_from(add_months(visits.lapsed, months))
            visits.late = span(month for month in visits.late if month <= touch.late[-1])
        yield months, visits


def _tell_visits(
    area: Area,
    child: Child,
    owed: Owed[Child],
    early: tuple[int, int],
    lost: bool,
) -> None:
    """Visits, calls between them, and calls to somebody in touch who was not seen."""
    days = days_done(owed, BEGINNING, early, area.chance)
    for before, day in pairwise([BEGINNING, *days]):
        _visit(area, child, day)
        call = day - timedelta(days=area.chance.randint(8, 20))
        if owed.begins < call and (day - before).days < SIX_MONTHS:
            _call(area, child, call)
    if owed.late and not lost:
        lapsed = last_done(owed, area.chance)
        again = [day for day in days if day > lapsed] + [owed.until or LAST, LAST]
        call = lapsed + timedelta(days=area.chance.randint(60, 150))
        while call < min(again):
            _call(area, child, call)
            call += timedelta(days=area.chance.randint(60, 150))


def _visit(area: Area, child: Child, day: date) -> None:
    pandemic = day >= date(2020, 3, 23)
    virtual = area.chance.random() < (0.5 if pandemic else 0.05)
    method = VisitMethod.VIRTUAL if virtual else VisitMethod.FACE_TO_FACE
    area.tell(
        child,
        VisitRecorded,
        day,
        (9, 18),
        kind=VisitKind.CARE_LEAVER,
        method=method,
        child_seen=True,
    )


def _call(area: Area, child: Child, day: date) -> None:
    area.tell(child, CareLeaverContacted, day, (9, 18))


def _plans(area: Area, leavers: list[Child], young_people: list[Child]) -> None:
    """Pathway plans, reviewed every six months; so many have none, or are late with a review."""
    plans = {child: _owed_to(child, 6) for child in leavers}
    for one in plans.values():
        one.begins -= timedelta(days=area.chance.randint(0, 240))
    late = area.chance.sample(young_people, _short_of("cl_pathway_plan"))
    # Without any plan are those who qualified last: nearly a third of the late.
    late.sort(key=lambda child: child.spells[0].first)
    without = late[len(late) * 7 // 10 :]
    for child in without:
        plans[child].miss(plans[child].counts)
    could = [
        plans[child]
        for child in young_people
        if child not in without and plans[child].can_be_late(NOW)
    ]
    now = area.chance.sample(could, len(late) - len(without))
    plan_late(list(plans.values()), PLANNED, now, area.chance)
    for child, one in plans.items():
        days = days_done(one, BEGINNING, (1, 33), area.chance)
        if not days:
            continue
        made = one.begins if one.begins < BEGINNING else days.pop(0)
        key = area.county.key("pathway")
        area.tell(child, PathwayPlanMade, made, 15, plan=key)
        for day in days:
            area.tell(child, PathwayPlanReviewed, day, 11, plan=key)


def _february(area: Area, young_people: list[Child]) -> None:
    """What goes on in February: visits, calls, reviews of late plans."""
    for child in area.chance.sample(young_people, 120):
        day = some_day(FEBRUARY, date(2021, 3, 3), area.chance)
        area.chance.choice((_visit, _visit, _call))(area, child, day)
