"""The health assessments of children in care, told from a plan of who had which and when.

The plan: health_plan.py. Dental checks and questionnaires: wellbeing.py.
"""

from datetime import date, timedelta

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import FEBRUARY, JANUARY, LAST, Child, County, Stay
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.health_plan import BEGINNING, Cared, plan_assessments
from casepulse.counties.january_2021.published import counted
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
    area = Area.of(county, "health")
    cared = plan_assessments(area)
    for one in cared:
        _tell_assessments(area, one)
    _entrants(area, [one for one in cared if one.entered >= JANUARY and not one.days])
    _february(area, [one for one in cared if one.now])
    plan_wellbeing(area, county.open_children(Stay.CARE, LAST))


def _entrants(area: Area, entrants: list[Cared]) -> None:
    """January's entrants who were not assessed in it: a request, an appointment, or neither."""
    area.chance.shuffle(entrants)
    for name in ("requested_no_appointment", "no_request", "planned_in_time", "planned_late"):
        for _ in range(counted(f"iha_entrants_{name}")):
            one = entrants.pop()
            if name != "no_request":
                asked = min(one.entered + timedelta(days=1), date(2021, 1, 30))
                _request(area, one.child, asked)
            if name == "planned_in_time":
                _appoint(area, one.child, LAST, some_day(FEBRUARY, one.due, area.chance))
            elif name == "planned_late":
                late = one.due + timedelta(days=area.chance.randint(1, 12))
                _appoint(area, one.child, LAST, late)


def _tell_assessments(area: Area, one: Cared) -> None:
    """The initial assessment with its request and appointment, from December 2019, and reviews."""
    for number, day in enumerate(one.days):
        first = number == 0 and one.entered >= BEGINNING
        if first and one.entered >= date(2019, 12, 1):
            asked = some_day(one.entered, min(day, one.entered + timedelta(days=5)), area.chance)
            _request(area, one.child, asked)
            _appoint(area, one.child, some_day(asked, day, area.chance), day)
        _assess(area, one.child, INITIAL if first else REVIEW, day)


def _assess(area: Area, child: Child, kind: HealthAssessmentKind, day: date) -> None:
    area.tell(child, HealthAssessmentCompleted, day, (9, 16), kind=kind)


def _request(area: Area, child: Child, day: date) -> None:
    area.tell(child, HealthAssessmentRequested, day, 21.5, kind=INITIAL)


def _appoint(area: Area, child: Child, made: date, day: date) -> None:
    area.tell(child, HealthAssessmentPlanned, made, 22, kind=INITIAL, appointment=day)


def _february(area: Area, cared: list[Cared]) -> None:
    """In February some of those who are due or overdue are assessed."""
    for one in area.chance.sample(cared, len(cared))[:300]:
        until = min(one.stay.last or date(2021, 3, 5), date(2021, 3, 5))
        day = some_day(FEBRUARY, until, area.chance)
        if not one.days:
            _assess(area, one.child, INITIAL, day)
        elif one.due_after(one.days[-1]) < date(2021, 3, 15):
            _assess(area, one.child, REVIEW, day)
