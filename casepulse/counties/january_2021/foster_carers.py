"""Foster carer households: who is approved, for how many children, and what is up to date."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import ClassVar

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import part
from casepulse.counties.january_2021.county import FEBRUARY, LAST, MONTH_ENDS, County, Lasting, deal
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.month_ends import (
    Owed,
    days_done,
    months_on,
    plan_late,
)
from casepulse.counties.january_2021.published import counted, share, whole
from casepulse.schemas.codes import FosteringApproval
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.fostering import (
    FosterMedicalCompleted,
    FosterRecordsChecked,
    FosterReviewHeld,
    FosterSupervisionHeld,
    FosterUnannouncedVisitHeld,
    HouseholdApprovalEnded,
    HouseholdApproved,
)

#: Beside the general ones: carers of a child of their own kin, and those who offer short breaks.
CONNECTED, SHORT_BREAKS = 58, 23

#: Households that gave up in the year before, and in February.
GAVE_UP, GIVE_UP = 24, 2

#: Of those approved now, approved for less than a year: no yearly duty of theirs is due yet.
NEW = 9

#: Nothing but approvals, and checks before them, is told from before this day.
FIRST_TOLD = date(2016, 1, 4)


@dataclass(frozen=True, slots=True)
class Duty:
    """What is done again and again, and how many in a hundred had it in time at the ends of the
    months of 2020; how many when January ended is published."""

    figure: str
    done: type[Data]
    months: int
    before_approval: bool
    early: tuple[int, int]
    in_time: tuple[int, ...]


#: The months running are the report's: checks declined for the second month, unannounced visits for
#: the third, from 95%; reviews improved, and medicals declined.
DUTIES = (
    Duty(
        "fc_annual_review", FosterReviewHeld, 12, False, (2, 35),
        (84, 85, 85, 86, 87, 87, 88, 88, 89, 89, 90, 90),
    ),
    Duty(
        "fc_unannounced", FosterUnannouncedVisitHeld, 12, False, (2, 35),
        (94, 95, 95, 94, 95, 95, 94, 94, 95, 95, 90, 85),
    ),
    Duty(
        "fc_dbs", FosterRecordsChecked, 36, True, (5, 95),
        (97, 97, 98, 98, 98, 97, 98, 98, 97, 98, 98, 97),
    ),
    Duty(
        "fc_medical", FosterMedicalCompleted, 36, True, (5, 95),
        (97, 97, 98, 98, 97, 98, 98, 98, 98, 97, 98, 98),
    ),
)  # fmt: skip

#: How many in a hundred were supervised in each month of 2020: ever more at first, and much the
#: same over the last five months.
SUPERVISED = (42, 45, 48, 50, 53, 55, 58, 61, 62, 63, 62, 63)


@dataclass(slots=True, eq=False)
class Household(Lasting):
    """A household: its key, the day of its approval, and the last one, if it gave up."""

    team: ClassVar[str] = "fostering"

    key: str
    first: date
    last: date | None = None

    @property
    def subject(self) -> str:
        """The subject of its events."""
        return f"household:{self.key}"


def plan(county: County) -> None:
    """Households, their approvals, and what the fostering team does with them."""
    area = Area.of(county, "foster_carers")
    households = _households(area)
    for duty in DUTIES:
        _fulfil(area, duty, households)
    _supervise(area, households)
    for household in area.chance.sample([each for each in households if not each.last], GIVE_UP):
        household.last = some_day(FEBRUARY + timedelta(days=2), date(2021, 3, 3), area.chance)
    for household in households:
        if household.last:
            area.tell(household, HouseholdApprovalEnded, household.last, 16)


def _households(area: Area) -> list[Household]:
    """Those approved when January ends, and those that gave up in the year before."""
    found = []
    for number, (approval, places) in enumerate(_approvals(area.chance)):
        first, last = date(2009, 1, 5), date(2017, 3, 31)
        if number < NEW:
            first, last = date(2020, 3, 2), date(2020, 11, 20)
        found.append(Household(area.county.key("h"), some_day(first, last, area.chance)))
        _approve(area, found[-1], approval, places)
    for _ in range(GAVE_UP):
        approved = some_day(date(2009, 1, 5), date(2017, 3, 31), area.chance)
        until = some_day(date(2020, 2, 10), date(2020, 12, 18), area.chance)
        found.append(Household(area.county.key("h"), approved, until))
        _approve(area, found[-1], FosteringApproval.GENERAL, 2)
    return found


def _approvals(chance: Random) -> list[tuple[FosteringApproval, int]]:
    """What each household is approved for, and for how many children; mixed."""
    general = counted("fc_households")
    places = whole("fc_capacity")
    more_than_one = [0] * general
    for _ in range(places - general):
        fewest = [n for n, more in enumerate(more_than_one) if more < 2]
        more_than_one[chance.choice(fewest)] += 1
    found = [(FosteringApproval.GENERAL, 1 + more) for more in more_than_one]
    found += [(FosteringApproval.CONNECTED_PERSON, 1)] * CONNECTED
    found += [(FosteringApproval.SHORT_BREAKS, 1)] * SHORT_BREAKS
    chance.shuffle(found)
    return found


def _approve(
    area: Area,
    household: Household,
    approval: FosteringApproval,
    places: int,
) -> None:
    said = {"approval": approval, "places": places}
    area.tell(household, HouseholdApproved, household.first, (10, 16), **said)


def _fulfil(area: Area, duty: Duty, households: list[Household]) -> None:
    """A duty: as many are late with it as published, and as were late in the months before."""
    owed = []
    for household in households:
        approved, begins = household.first, household.first + timedelta(days=300)
        if duty.before_approval:
            begins = approved - timedelta(days=area.chance.randint(20, 120))
        owed.append(Owed(household, begins, approved, household.last, months_on(duty.months)))
    here = [one for one in owed if one.counted(len(MONTH_ENDS) - 1)]
    many = len(here) - share(len(here), duty.figure)
    could = [one for one in here if one.can_be_late(len(MONTH_ENDS) - 1)]
    plan_late(owed, duty.in_time, area.chance.sample(could, many), area.chance)
    for one in owed:
        days = days_done(one, FIRST_TOLD, duty.early, area.chance)
        again = bool(one.late) and one.until is None
        _tell(area, one.who, duty.done, days, again)


def _supervise(area: Area, households: list[Household]) -> None:
    """A supervision in January, in December and not since, or in neither, for as many as published;
    in the months before for as many as planned."""
    supervised: dict[Household, list[date]] = {household: [] for household in households}
    now = [each for each in households if each.last is None]
    in_month = share(len(now), "fc_supervision_month")
    in_two = share(len(now), "fc_supervision_2m")
    latest = deal({"month": in_month, "two": in_two - in_month, "": len(now) - in_two}, area.chance)
    in_january = [each for each, when in zip(now, latest, strict=True) if when == "month"]
    not_since = [each for each, when in zip(now, latest, strict=True) if when == "two"]
    for end, percent in zip(MONTH_ENDS[:-1], SUPERVISED, strict=True):
        here = [each for each in households if each.lasts_at_the_end_of(end)]
        many = part(len(here), percent)
        chosen = area.chance.sample(
            [each for each in here if each.first < end.replace(day=1)], many
        )
        if end == MONTH_ENDS[-2]:
            chosen = not_since + area.chance.sample(in_january, many - len(not_since))
        for household in chosen:
            supervised[household].append(some_day(end.replace(day=2), end, area.chance))
    for household in in_january:
        supervised[household].append(some_day(LAST.replace(day=2), LAST, area.chance))
    for household, days in supervised.items():
        wanted = area.chance.random() < 0.8
        _tell(area, household, FosterSupervisionHeld, days, wanted)


def _tell(
    area: Area, household: Household, done: type[Data], days: list[date], again: bool
) -> None:
    """Tell what was done, and for half of those who are late that it was made up for in
    February."""
    if again and area.chance.random() < 0.5:
        days = [*days, some_day(FEBRUARY + timedelta(days=1), date(2021, 3, 2), area.chance)]
    for day in days:
        area.tell(household, done, day)
