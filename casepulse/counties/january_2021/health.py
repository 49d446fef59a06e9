"""The health assessments of children in care, told from a plan of who had which and when.

The plan: health_plan.py. Dental checks and questionnaires: wellbeing.py.
"""

from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    Child,
    County,
    Spell,
    Stay,
    at,
)
from casepulse.counties.january_2021.health_plan import (
    BEGINNING,
    INITIAL_LATE,
    LAST,
    YEAR_END,
    Latest,
    due_after,
    entered,
    plan_assessments,
    stay_of,
)
from casepulse.counties.january_2021.published import figure
from casepulse.counties.january_2021.recording import some_day, tell
from casepulse.counties.january_2021.wellbeing import plan_wellbeing
from casepulse.schemas.codes import HealthAssessmentKind
from casepulse.schemas.events.health import (
    HealthAssessmentCompleted,
    HealthAssessmentPlanned,
    HealthAssessmentRequested,
)
from casepulse.state.calendar import add_months, add_working_days

INITIAL, REVIEW = HealthAssessmentKind.INITIAL, HealthAssessmentKind.REVIEW


def plan(county: County) -> None:
    """Plan the health of children in care, and of those who left in the year."""
    chance = county.chances("health")
    children = county.open_children(Stay.CARE, LAST)
    assessed = plan_assessments(children, chance)
    _entrants(county, [child for child in children if child not in assessed], chance)
    for child in children:
        if child in assessed:
            latest, before = assessed[child]
            _tell_assessments(county, child, stay_of(child), latest, before, chance)
    for child in county.children:
        _tell_earlier_stays(county, child, chance)
    _february(county, children, assessed, chance)
    plan_wellbeing(county, children, chance)


def _entrants(county: County, not_assessed: list[Child], chance: Random) -> None:
    """January's entrants who were not assessed in it: a request, an appointment, or neither."""
    entrants = [child for child in not_assessed if entered(child) >= JANUARY]
    chance.shuffle(entrants)
    for name in ("requested_no_appointment", "no_request", "planned_in_time", "planned_late"):
        for _ in range(figure(f"iha_entrants_{name}").numerator or 0):
            child = entrants.pop()
            due = add_working_days(entered(child), 20)
            if name != "no_request":
                asked = min(entered(child) + timedelta(days=1), date(2021, 1, 30))
                _request(county, child, asked, chance)
            if name == "planned_in_time":
                _appoint(county, child, LAST, some_day(FEBRUARY, due, chance), chance)
            elif name == "planned_late":
                _appoint(county, child, LAST, due + timedelta(days=chance.randint(1, 12)), chance)


def _tell_assessments(
    county: County, child: Child, stay: Spell, latest: date, before: date | None, chance: Random
) -> None:
    """Tell the latest assessment of a stay in care, and those before it back to the first."""
    initial = min(_initial_day(stay, chance), before or latest)
    if before is None and latest <= initial + timedelta(days=45):
        initial = latest
    days = [latest]
    if before:
        days.append(before)
    while days[-1] > initial:
        months = 6 if days[-1] < add_months(child.born, 60) else 12
        back = add_months(days[-1], -months) + timedelta(days=chance.randint(0, 20))
        days.append(back if back > initial + timedelta(days=60) else initial)
    for day in sorted(days):
        if day >= BEGINNING:
            if day == initial:
                _arrange(county, child, stay, day, chance)
            _assess(county, child, INITIAL if day == initial else REVIEW, day, chance)


def _initial_day(stay: Spell, chance: Random) -> date:
    """The day of a stay's first assessment: most in time."""
    late = chance.random() < INITIAL_LATE
    days = chance.randint(21, 40) if late else chance.randint(6, 20)
    return add_working_days(stay.first, days)


def _arrange(county: County, child: Child, stay: Spell, day: date, chance: Random) -> None:
    """The request and the appointment of an initial assessment, from December 2019."""
    if stay.first >= date(2019, 12, 1):
        asked = some_day(stay.first, min(day, stay.first + timedelta(days=5)), chance)
        _request(county, child, asked, chance)
        _appoint(county, child, some_day(asked, day, chance), day, chance)


def _assess(
    county: County, child: Child, kind: HealthAssessmentKind, day: date, chance: Random
) -> None:
    data = HealthAssessmentCompleted(kind=kind, team=child.team)
    tell(county, child.subject, data, at(day, chance.uniform(9, 16)), chance)


def _request(county: County, child: Child, day: date, chance: Random) -> None:
    data = HealthAssessmentRequested(kind=INITIAL, team=child.team)
    tell(county, child.subject, data, at(day, 21.5), chance)


def _appoint(county: County, child: Child, made: date, day: date, chance: Random) -> None:
    data = HealthAssessmentPlanned(kind=INITIAL, appointment=day, team=child.team)
    tell(county, child.subject, data, at(made, 22), chance)


def _tell_earlier_stays(county: County, child: Child, chance: Random) -> None:
    """The assessments of stays in care that are over, the last of them before January."""
    for stay in child.spells:
        if stay.kind is not Stay.CARE or stay.last is None or stay.last > LAST:
            continue
        day, kind = _initial_day(stay, chance), INITIAL
        while day <= min(stay.last, YEAR_END):
            if day >= BEGINNING:
                if kind is INITIAL:
                    _arrange(county, child, stay, day, chance)
                _assess(county, child, kind, day, chance)
            day = due_after(child, day) - timedelta(days=chance.randint(-20, 20))
            kind = REVIEW


def _february(
    county: County, children: list[Child], assessed: dict[Child, Latest], chance: Random
) -> None:
    """In February some of those who are due or overdue are assessed."""
    for child in chance.sample(children, len(children))[:300]:
        stay = stay_of(child)
        until = min(stay.last or date(2021, 3, 5), date(2021, 3, 5))
        day = some_day(FEBRUARY, until, chance)
        if child not in assessed:
            _assess(county, child, INITIAL, day, chance)
        elif due_after(child, assessed[child][0]) < date(2021, 3, 15):
            _assess(county, child, REVIEW, day, chance)
