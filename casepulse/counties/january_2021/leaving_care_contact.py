"""When care leavers were in touch and seen, and their pathway plans."""

from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.county import (
    FEBRUARY,
    MONTH_ENDS,
    Child,
    County,
    Stay,
    at,
)
from casepulse.counties.january_2021.published import figure
from casepulse.counties.january_2021.recording import some_day, tell
from casepulse.schemas.codes import VisitKind, VisitMethod
from casepulse.schemas.events.leaving import (
    CareLeaverContacted,
    PathwayPlanMade,
    PathwayPlanReviewed,
)
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.state.calendar import add_months

LAST = MONTH_ENDS[-1]

#: The last days that were two and six months before, so that it is late when January ends.
UNSEEN, OUT_OF_TOUCH = date(2020, 11, 30), date(2020, 7, 31)

#: Nobody was in touch before this day, as far as is told: some months before the thirteen.
BEGINNING = date(2019, 9, 2)


def aged(child: Child, first: int, last: int) -> bool:
    """Whether a young person is of an age, from the first to the last, when January ends."""
    youngest, oldest = add_months(FEBRUARY, -12 * first), add_months(FEBRUARY, -12 * (last + 1))
    return oldest <= child.born < youngest


def plan_contact(county: County, young_people: list[Child], chance: Random) -> set[Child]:
    """Tell visits, calls and pathway plans. Returns those out of touch when January ends."""
    younger = [child for child in young_people if aged(child, 16, 18)]
    older = [child for child in young_people if not aged(child, 16, 18)]
    touch, of_younger = figure("cl_in_touch"), figure("cl_in_touch", "younger")
    lost_younger = (of_younger.denominator or 0) - (of_younger.numerator or 0)
    lost_older = (touch.denominator or 0) - (touch.numerator or 0) - lost_younger
    long_known = [child for child in younger if _qualified(child) < OUT_OF_TOUCH]
    lost = set(chance.sample(long_known, lost_younger) + chance.sample(older, lost_older))
    unseen = lost.copy()
    for band, name, due_from in (
        ([child for child in young_people if aged(child, 16, 20)], "cl_younger_seen", UNSEEN),
        ([child for child in young_people if aged(child, 21, 25)], "cl_older_seen", OUT_OF_TOUCH),
    ):
        told = figure(name)
        late = (told.denominator or 0) - (told.numerator or 0) - len(lost.intersection(band))
        others = [each for each in band if each not in lost and _qualified(each) < due_from]
        unseen |= set(chance.sample(others, late))
    for child in young_people:
        late_since = UNSEEN if aged(child, 16, 20) else OUT_OF_TOUCH
        _visits(county, child, child in lost, late_since if child in unseen else None, chance)
    for child in county.children:
        spell = child.latest(Stay.LEAVER)
        if spell and spell.last and spell.last <= LAST:
            _visits(county, child, False, None, chance)
    _plans(county, young_people, chance)
    _february(county, young_people, chance)
    return lost


def _qualified(child: Child) -> date:
    return child.spells[0].first


def _visits(
    county: County, child: Child, lost: bool, unseen_since: date | None, chance: Random
) -> None:
    """Visits every seven weeks or so, calls between them, up to a last one of each.

    Args:
        county: to tell them to.
        child: whom they are to.
        lost: whether there was no touch at all in the last six months.
        unseen_since: the last day on which the young person may have been seen; None: the latest
            visit was in time.
        chance: chances.
    """
    first, until = max(_qualified(child), BEGINNING), child.spells[0].last or LAST
    until = min(until, LAST)
    if lost:
        latest = some_day(max(first, date(2020, 3, 2)), OUT_OF_TOUCH - timedelta(days=2), chance)
    elif unseen_since:
        back = unseen_since - timedelta(days=chance.randint(1, 110))
        latest = max(first, back)
    else:
        latest = some_day(max(first, until - timedelta(days=55)), until, chance)
    day = latest
    while day >= first:
        _visit(county, child, day, chance)
        if first <= day - timedelta(days=20):
            call = day - timedelta(days=chance.randint(8, 20))
            _call(county, child, call, chance)
        day -= timedelta(days=_interval(child, chance))
    if unseen_since and not lost:
        _call(county, child, some_day(max(first, date(2020, 8, 10)), LAST, chance), chance)


def _interval(child: Child, chance: Random) -> int:
    """Days from one visit to the next: at times more than the standard."""
    if aged(child, 16, 20):
        return chance.randint(35, 62) if chance.random() < 0.8 else chance.randint(70, 120)
    return chance.randint(60, 170) if chance.random() < 0.9 else chance.randint(190, 250)


def _visit(county: County, child: Child, day: date, chance: Random) -> None:
    pandemic = day >= date(2020, 3, 23)
    virtual = chance.random() < (0.5 if pandemic else 0.05)
    method = VisitMethod.VIRTUAL if virtual else VisitMethod.FACE_TO_FACE
    data = VisitRecorded(
        kind=VisitKind.CARE_LEAVER, method=method, child_seen=True, team=child.team
    )
    tell(county, child.subject, data, at(day, chance.uniform(9, 18)), chance)


def _call(county: County, child: Child, day: date, chance: Random) -> None:
    data = CareLeaverContacted(team=child.team)
    tell(county, child.subject, data, at(day, chance.uniform(9, 18)), chance)


def _plans(county: County, young_people: list[Child], chance: Random) -> None:
    """Pathway plans, reviewed every six months; so many have none, or are late with a review."""
    up_to_date = figure("cl_pathway_plan").numerator or 0
    late = chance.sample(young_people, len(young_people) - up_to_date)
    # Without any plan are those who qualified last: nearly a third of the late.
    late.sort(key=_qualified)
    without = set(late[len(late) * 7 // 10 :])
    for child in young_people:
        if child in without:
            continue
        overdue = child in late
        latest = _settled_on(child, overdue, chance)
        made = min(latest, _qualified(child) + timedelta(days=chance.randint(-240, 20)))
        key = county.key("pathway")
        first = PathwayPlanMade(plan=key, team=child.team)
        tell(county, child.subject, first, at(made, 15), chance)
        reviewed = PathwayPlanReviewed(plan=key, team=child.team)
        day = latest
        while day > max(made, BEGINNING):
            tell(county, child.subject, reviewed, at(day, 11), chance)
            day -= timedelta(days=chance.choice((150, 160, 170, 175, 180, 182, 200, 230)))


def _settled_on(child: Child, overdue: bool, chance: Random) -> date:
    """The day on which the plan was made or last reviewed."""
    if overdue:
        return some_day(date(2020, 1, 6), OUT_OF_TOUCH, chance)
    return some_day(OUT_OF_TOUCH + timedelta(days=1), date(2021, 1, 29), chance)


def _february(county: County, young_people: list[Child], chance: Random) -> None:
    """What goes on in February: visits, calls, reviews of late plans."""
    for child in chance.sample(young_people, 120):
        day = some_day(FEBRUARY, date(2021, 3, 3), chance)
        chance.choice((_visit, _visit, _call))(county, child, day, chance)
