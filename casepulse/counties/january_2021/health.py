"""The health assessments of children in care, told from a plan of who had which and when.

The plan: health_plan.py. Dental checks and questionnaires: wellbeing.py.
"""

from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.county import FEBRUARY, JANUARY, Child, County, Stay, at
from casepulse.counties.january_2021.health_plan import BEGINNING, Cared, plan_assessments
from casepulse.counties.january_2021.month_ends import LAST
from casepulse.counties.january_2021.published import figure
from casepulse.counties.january_2021.recording import some_day, tell
from casepulse.counties.january_2021.wellbeing import plan_wellbeing
from casepulse.schemas.codes import HealthAssessmentKind
from casepulse.schemas.events.health import (
    HealthAssessmentCompleted,
    HealthAssessmentPlanned,
    HealthAssessmentRequested,
)

INITIAL, REVIEW = HealthAssessmentKind.INITIAL, HealthAssessmentKind.REVIEW


def plan(county: County) -> None:
    """Plan the health of children in care, and of those who left in the year."""
    chance = county.chances("health")
    cared = plan_assessments(county, chance)
    for one in cared:
        _tell_assessments(county, one, chance)
    _entrants(county, [one for one in cared if one.entered >= JANUARY and not one.days], chance)
    _february(county, [one for one in cared if one.now], chance)
    plan_wellbeing(county, county.open_children(Stay.CARE, LAST), chance)


def _entrants(county: County, entrants: list[Cared], chance: Random) -> None:
    """January's entrants who were not assessed in it: a request, an appointment, or neither."""
    chance.shuffle(entrants)
    for name in ("requested_no_appointment", "no_request", "planned_in_time", "planned_late"):
        for _ in range(figure(f"iha_entrants_{name}").numerator or 0):
            one = entrants.pop()
            if name != "no_request":
                asked = min(one.entered + timedelta(days=1), date(2021, 1, 30))
                _request(county, one.child, asked, chance)
            if name == "planned_in_time":
                _appoint(county, one.child, LAST, some_day(FEBRUARY, one.due, chance), chance)
            elif name == "planned_late":
                late = one.due + timedelta(days=chance.randint(1, 12))
                _appoint(county, one.child, LAST, late, chance)


def _tell_assessments(county: County, one: Cared, chance: Random) -> None:
    """The initial assessment with its request and appointment, from December 2019, and reviews."""
    for number, day in enumerate(one.days):
        first = number == 0 and one.entered >= BEGINNING
        if first and one.entered >= date(2019, 12, 1):
            asked = some_day(one.entered, min(day, one.entered + timedelta(days=5)), chance)
            _request(county, one.child, asked, chance)
            _appoint(county, one.child, some_day(asked, day, chance), day, chance)
        _assess(county, one.child, INITIAL if first else REVIEW, day, chance)


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


def _february(county: County, cared: list[Cared], chance: Random) -> None:
    """In February some of those who are due or overdue are assessed."""
    for one in chance.sample(cared, len(cared))[:300]:
        until = min(one.stay.last or date(2021, 3, 5), date(2021, 3, 5))
        day = some_day(FEBRUARY, until, chance)
        if not one.days:
            _assess(county, one.child, INITIAL, day, chance)
        elif one.due_after(one.days[-1]) < date(2021, 3, 15):
            _assess(county, one.child, REVIEW, day, chance)
