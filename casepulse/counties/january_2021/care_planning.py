"""Planning for children in care: assessments, pathway plans, the reviewing officer's watch."""

from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021 import published
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    MONTH_ENDS,
    Child,
    County,
    Stay,
    at,
)
from casepulse.counties.january_2021.recording import some_day, tell
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.care_planning import (
    CareAssessmentCompleted,
    ReviewingOfficerNoted,
    ReviewingOfficerVisited,
)
from casepulse.schemas.events.leaving import PathwayPlanMade, PathwayPlanReviewed
from casepulse.state.calendar import add_months, add_working_days

LAST = MONTH_ENDS[-1]

#: What was done since then is still up to date when January ends: within six months, a year.
HALF_A_YEAR, YEAR = date(2020, 8, 5), date(2020, 2, 5)

#: The last day of January of which anything is told, and the last day of all.
DONE_BY, LAST_TOLD = date(2021, 1, 28), date(2021, 3, 5)

#: Of those whose assessment is late, how many never had one.
NEVER_ASSESSED = 20


def _percent(name: str, of: int) -> int:
    """How many of these a percentage stands for, where the report prints no more."""
    return round(int(published.figure(name).published.rstrip("%")) * of / 100)


def _in_care(children: list[Child]) -> list[Child]:
    return [child for child in children if Stay.CARE in child.open_at_the_end_of(LAST)]


def _tell(county: County, child: Child, days: list[date], data: Data, chance: Random) -> None:
    for day in days:
        tell(county, child.subject, data, at(day, chance.uniform(15.5, 18)), chance)


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
    chance = county.chances("care_assessments")
    up_to_date = published.figure("cic_assessment").numerator or 0
    in_care = _in_care(children)
    looked_for = [
        child for child in in_care if add_working_days(child.spells[-1].first, 45) <= LAST
    ]
    late = len(looked_for) - up_to_date
    chance.shuffle(looked_for)
    never = set(looked_for[:NEVER_ASSESSED])
    in_2019 = [child for child in looked_for if child.spells[-1].first < date(2019, 9, 1)]
    # Most of them fell due in the last four months.
    overdue = {
        child: date(2019, 10, 2) if number % 10 < 7 else date(2019, 4, 1)
        for number, child in enumerate(
            [child for child in in_2019 if child not in never][: late - NEVER_ASSESSED]
        )
    }
    for child in children:
        first, last = child.spells[-1].first, child.spells[-1].last
        soon = first + timedelta(days=8)
        if child in never:
            continue
        if child in overdue:
            latest = some_day(max(soon, overdue[child]), date(2020, 1, 24), chance)
        elif child in looked_for:
            latest = some_day(max(soon, YEAR), DONE_BY, chance)
        elif last and last < FEBRUARY:
            latest = some_day(max(soon, last - timedelta(days=300)), last, chance)
        else:
            latest = some_day(soon, soon + timedelta(days=50), chance)
        days = _course(first, latest, (20, 50), (290, 360), chance)
        if child in overdue and chance.random() < 0.3 and not last:
            # Some are made up for after January.
            days.append(some_day(FEBRUARY, LAST_TOLD, chance))
        days = [day for day in days if day <= min(last or LAST_TOLD, LAST_TOLD)]
        _tell(county, child, days, CareAssessmentCompleted(team=child.team), chance)


def watch(county: County, children: list[Child]) -> None:
    """Tell the case notes and visits of the independent reviewing officers."""
    chance = county.chances("care_watch")
    in_care = _in_care(children)
    noted = set(chance.sample(in_care, _percent("iro_footprint", len(in_care))))
    visited = set(chance.sample(in_care, _percent("iro_visit", len(in_care))))
    for child in children:
        first, last = child.spells[-1].first, child.spells[-1].last
        latest = None
        if child in noted:
            latest = some_day(max(HALF_A_YEAR, first + timedelta(days=1)), LAST, chance)
        elif last and last < FEBRUARY:
            latest = some_day(max(first, last - timedelta(days=200)), last, chance)
        elif first < date(2020, 6, 1):
            # These had their last note more than half a year ago.
            latest = date(2020, 7, 24) - timedelta(days=chance.randint(1, 60))
        if latest:
            days = _course(max(first, date(2019, 6, 1)), latest, (5, 25), (120, 250), chance)
            _tell(county, child, days, ReviewingOfficerNoted(team=child.team), chance)
        if child in visited:
            # More and more of them month by month.
            since = max(HALF_A_YEAR, first + timedelta(days=1))
            day = max(some_day(since, DONE_BY, chance) for _ in range(2))
            _tell(county, child, [day], ReviewingOfficerVisited(team=child.team), chance)


def make_pathway_plans(county: County, children: list[Child]) -> dict[Child, date]:
    """Tell the pathway plans of those of 16 and over.

    Returns:
        The day on which each plan was made.
    """
    chance = county.chances("care_pathway_plans")
    older = [
        child
        for child in children
        if add_months(child.born, 16 * 12) < min(child.spells[-1].last or LAST, LAST)
    ]
    due = [
        child
        for child in _in_care(older)
        if add_months(child.born, 16 * 12 + 3) <= LAST
        and add_months(child.spells[-1].first, 3) <= LAST
    ]
    without = published.figure("cic_no_pathway_plan").numerator or 0
    # Plans are lacking above all for those who entered care lately.
    due.sort(key=lambda child: child.spells[-1].first.toordinal() + chance.randint(0, 900))
    never = set(due[-without:])
    planned: dict[Child, date] = {}
    for child in older:
        spell = child.spells[-1]
        begins = max(add_months(child.born, 16 * 12), spell.first)
        made = begins + timedelta(days=chance.randint(5, 80))
        made = min(made, max(date(2020, 12, 18), begins + timedelta(days=5)))
        if child in never or made > min(spell.last or LAST, date(2020, 12, 20)):
            continue
        key = county.key("pp")
        planned[child] = made
        until = spell.last or LAST_TOLD
        days, day = [], made
        while True:
            gap = chance.randint(140, 175)
            if day < HALF_A_YEAR and day + timedelta(days=gap) > DONE_BY:
                break
            day += timedelta(days=gap)
            if day >= until:
                break
            days.append(day)
        _tell(county, child, [made], PathwayPlanMade(plan=key, team=child.team), chance)
        _tell(county, child, days, PathwayPlanReviewed(plan=key, team=child.team), chance)
    return planned
