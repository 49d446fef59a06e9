"""Planning for children in care: assessments, pathway plans, the reviewing officer's watch."""

from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import part
from casepulse.counties.january_2021.county import FEBRUARY, LAST, MONTH_ENDS, Child, County, Stay
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.month_ends import (
    BEFORE,
    NOW,
    Owed,
    days_done,
    months_on,
    plan_late,
)
from casepulse.counties.january_2021.published import counted, share
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.care_planning import (
    CareAssessmentCompleted,
    ReviewingOfficerNoted,
    ReviewingOfficerVisited,
)
from casepulse.schemas.events.leaving import PathwayPlanMade, PathwayPlanReviewed
from casepulse.state.calendar import add_months, add_working_days

#: What was done since then is still up to date when January ends: within six months.
HALF_A_YEAR = date(2020, 8, 5)

#: The last day of January of which anything is told, and the last day of all.
DONE_BY, LAST_TOLD = date(2021, 1, 28), date(2021, 3, 5)

#: How many in a hundred had an assessment in time at the ends of the months of 2020: the share fell
#: for four months, from 94% in September (the report's text).
ASSESSED = (98, 98, 97, 97, 96, 96, 95, 94, 94, 92, 90, 88)

#: How many in a hundred had a pathway plan of those for whom it was due: fewer in January 2021 for
#: the second month.
PLANNED = (95, 94, 93, 93, 92, 90, 89, 87, 86, 84, 84, 83)

#: No assessment before this day is told.
ASSESSED_FROM = date(2018, 6, 4)

#: Of those whose assessment is late, how many never had one.
NEVER_ASSESSED = 20


def _in_care(children: list[Child]) -> list[Child]:
    return [child for child in children if Stay.CARE in child.open_at_the_end_of(LAST)]


def _tell(area: Area, child: Child, days: list[date], data: type[Data], **said: str) -> None:
    for day in days:
        area.tell(child, data, day, (15.5, 18), **said)


def _course(
    entered: date, latest: date, soon: tuple[int, int], gap: tuple[int, int], chance: Random
) -> list[date]:
    """The first so many days after entering care, and then so many days apart up to the latest."""
    days = [latest]
    first = entered + timedelta(days=chance.randint(*soon))
    while (day := days[-1] - timedelta(days=chance.randint(*gap))) > first:
        days.append(day)
    return [*([first] if first < days[-1] else []), *days[::-1]]


def assess(county: County, children: list[Child]) -> None:
    """Tell the assessments of children in care: yearly, but for those that are late."""
    area = Area.of(county, "care_assessments")
    owed = [
        Owed(
            child,
            stay.first + timedelta(days=8),
            add_working_days(stay.first, 45),
            stay.last,
            months_on(12),
        )
        for child in children
        for stay in child.spells
        if stay.kind is Stay.CARE and stay.first <= LAST
    ]
    now = [one for one in owed if one.counted(NOW)]
    late = len(now) - (counted("cic_assessment"))
    for one in area.chance.sample(now, NEVER_ASSESSED):
        one.miss(one.counts)
    could = [one for one in now if not one.never and one.can_be_late(NOW)]
    plan_late(owed, ASSESSED, area.chance.sample(could, late - NEVER_ASSESSED), area.chance)
    for one in owed:
        days = days_done(one, ASSESSED_FROM, (5, 75), area.chance)
        if NOW in one.late and area.chance.random() < 0.3 and not one.until:
            # Some are made up for after January.
            days.append(some_day(FEBRUARY, LAST_TOLD, area.chance))
        _tell(area, one.who, days, CareAssessmentCompleted)


def watch(county: County, children: list[Child]) -> None:
    """Tell the case notes and visits of the independent reviewing officers."""
    area = Area.of(county, "care_watch")
    in_care = _in_care(children)
    noted = set(area.chance.sample(in_care, share(len(in_care), "iro_footprint")))
    visited = set(area.chance.sample(in_care, share(len(in_care), "iro_visit")))
    for child in children:
        first, last = child.spells[-1].first, child.spells[-1].last
        latest = None
        if child in noted:
            latest = some_day(max(HALF_A_YEAR, first + timedelta(days=1)), LAST, area.chance)
        elif last and last < FEBRUARY:
            latest = some_day(max(first, last - timedelta(days=200)), last, area.chance)
        elif first < date(2020, 6, 1):
            # These had their last note more than half a year ago.
            latest = date(2020, 7, 24) - timedelta(days=area.chance.randint(1, 60))
        if latest:
            days = _course(max(first, date(2019, 6, 1)), latest, (5, 25), (120, 250), area.chance)
            _tell(area, child, days, ReviewingOfficerNoted)
        if child in visited:
            # More and more of them month by month.
            since = max(HALF_A_YEAR, first + timedelta(days=1))
            day = max(some_day(since, DONE_BY, area.chance) for _ in range(2))
            _tell(area, child, [day], ReviewingOfficerVisited)


def _plan_is_due(child: Child, end: date) -> bool:
    """Whether a pathway plan is to be in place at the end of a month."""
    first = add_months(child.spells[-1].first, 3)
    of_age = add_months(child.born, 16 * 12 + 3)
    return child.spells[-1].lasts_at_the_end_of(end) and of_age <= end and first <= end


def _without_plan(december: list[Child], now: list[Child], chance: Random) -> set[Child]:
    """Who has none when January ends: as many as published, and so many of them for whom it was due
    by December already that the share was as planned then."""
    # Plans are lacking above all for those who entered care lately.
    now = sorted(now, key=lambda child: child.spells[-1].first.toordinal() + chance.randint(0, 900))
    before = [child for child in now if child in december]
    lately = [child for child in now if child not in december]
    many = len(december) - part(len(december), PLANNED[-1])
    return {*before[-many:], *lately[many - counted("cic_no_pathway_plan") :]}


def _planned_late(due: list[list[Child]], never: set[Child], chance: Random) -> dict[Child, date]:
    """Whose plan is made late, and when: so that as many lack one as planned at each end."""
    late: dict[Child, date] = {}
    for month in reversed(BEFORE[:-1]):
        lack = len(due[month]) - part(len(due[month]), PLANNED[month])
        without = [child for child in due[month] if child in never or child in late]
        others = [child for child in due[month + 1] if child in due[month]]
        others = [child for child in others if child not in without]
        for child in chance.sample(others, max(0, lack - len(without))):
            first = MONTH_ENDS[month] + timedelta(days=1)
            late[child] = some_day(first, first + timedelta(days=17), chance)
    return late


def make_pathway_plans(county: County, children: list[Child]) -> dict[Child, date]:
    """Tell the pathway plans of those of 16 and over.

    Returns:
        The day on which each plan was made.
    """
    area = Area.of(county, "care_pathway_plans")
    older = [
        child
        for child in children
        if add_months(child.born, 16 * 12) < min(child.spells[-1].last or LAST, LAST)
    ]
    due = [[child for child in older if _plan_is_due(child, end)] for end in MONTH_ENDS]
    never = _without_plan(due[-2], due[-1], area.chance)
    late = _planned_late(due, never, area.chance)
    planned: dict[Child, date] = {}
    for child in older:
        spell = child.spells[-1]
        begins = max(add_months(child.born, 16 * 12), spell.first)
        made = begins + timedelta(days=area.chance.randint(5, 80))
        made = min(made, max(date(2020, 12, 18), begins + timedelta(days=5)))
        made = late.get(child, made)
        if child in never or made > min(spell.last or LAST, date(2020, 12, 20)):
            continue
        key = county.key("pp")
        planned[child] = made
        until = spell.last or LAST_TOLD
        days, day = [], made
        while True:
            gap = area.chance.randint(140, 175)
            if day < HALF_A_YEAR and day + timedelta(days=gap) > DONE_BY:
                break
            day += timedelta(days=gap)
            if day >= until:
                break
            days.append(day)
        _tell(area, child, [made], PathwayPlanMade, plan=key)
        _tell(area, child, days, PathwayPlanReviewed, plan=key)
    return planned
