"""Which health assessments children in care had, and when: in January 2021 as the report has it,
and in each month before as its directions of travel say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import rounded
from casepulse.counties.january_2021.county import JANUARY, LAST, MONTH_ENDS, Child, Spell, Stay
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.month_ends import (
    BEFORE,
    NOW,
    Owed,
    days_done,
    plan_late,
)
from casepulse.counties.january_2021.published import counted, figure, percentage
from casepulse.state.calendar import add_months, add_working_days

YEAR_END = JANUARY - timedelta(days=1)

#: What is told of a child's health begins here, however long it has been in care.
BEGINNING = date(2018, 11, 1)

#: Of the overdue assessments, so many are initial ones (the report's body).
INITIAL_OVERDUE = 7

#: Which part of the initial ones were late before the thirteen months.
INITIAL_LATE = 0.18

#: How many in a hundred of the initial ones of each month of 2020 were in time: 82% in November,
#: and over 30 points less in January 2021 (the report's text).
INITIAL_IN_TIME = (80, 79, 81, 85, 84, 80, 85, 82, 80, 78, 82, 67)

#: How many in a hundred were up to date at the ends of the months of 2020. Of those under five more
#: were so for the second month in January 2021, from 79% in November; of the older fewer for the
#: third, from 95% in October; of all together as many as in December.
UNDER_5 = (92, 91, 90, 89, 88, 87, 86, 84, 82, 80, 79, 81)
FROM_5 = (97, 97, 97, 97, 97, 96, 96, 96, 95, 95, 93, 92)

#: The next review is due so many days after it was held, at least and at most.
EARLY = (1, 20)


@dataclass(slots=True, eq=False)
class Cared:
    """A child in one period of care, and the days of its health assessments, the initial first."""

    child: Child
    stay: Spell
    days: list[date] = field(default_factory=list)

    @property
    def entered(self) -> date:
        """The first day of the period."""
        return self.stay.first

    @property
    def due(self) -> date:
        """When the initial assessment is due."""
        return add_working_days(self.entered, 20)

    @property
    def now(self) -> bool:
        """Whether the child is in care when January ends."""
        return self.stay.lasts_at_the_end_of(LAST)

    @property
    def young(self) -> bool:
        """Whether the child is under 5 when January ends."""
        return add_months(self.child.born, 60) > LAST

    def due_after(self, day: date) -> date:
        """When the next is due: after six months if they end before the fifth birthday, else
        twelve."""
        six_months = add_months(day, 6)
        return six_months if six_months < add_months(self.child.born, 60) else add_months(day, 12)


def plan_assessments(area: Area) -> list[Cared]:
    """Every period of care of every child, with its assessments up to the end of January."""
    cared = [
        Cared(child, stay)
        for child in area.county.children
        for stay in child.spells
        if stay.kind is Stay.CARE and stay.first <= LAST
    ]
    newest = _plan_initial_of_january([one for one in cared if one.now], area.chance)
    others = [one for one in cared if one not in newest]
    for one in others:
        one.days = [day for day in (_initial(one, area.chance),) if day <= (one.stay.last or LAST)]
    for month in BEFORE:
        _fit_initial(others, month, area.chance)
    _plan_reviews(cared, area.chance)
    return cared


# --- the initial ones -------------------------------------------------------------------------


def _plan_initial_of_january(now: list[Cared], chance: Random) -> set[Cared]:
    """Who entered last has had none by the end of January, or had the first in it: so many of them
    in time, and so many late."""
    now = sorted(now, key=lambda one: (one.entered, one.child.key))
    entrants = [one for one in now if one.entered >= JANUARY]
    for one in entrants[: counted("iha_entrants_in_time")]:
        day = some_day(one.entered + timedelta(days=1), date(2021, 1, 30), chance)
        one.days = [min(day, one.due)]
    told = figure("iha_timely")
    in_time = (told.numerator or 0) - sum(bool(one.days) for one in entrants)
    late = (told.denominator or 0) - (told.numerator or 0)
    before = [one for one in now if one.entered < JANUARY][::-1]
    newest = before[: in_time + INITIAL_OVERDUE + late]
    for number, one in enumerate(newest):
        first, last = date(2021, 1, 4), one.due
        if number >= in_time + INITIAL_OVERDUE:
            first, last = max(first, one.due + timedelta(days=1)), date(2021, 1, 29)
        if number < in_time or number >= in_time + INITIAL_OVERDUE:
            one.days = [some_day(first, last, chance)]
    return {*entrants, *newest}


def _initial(one: Cared, chance: Random) -> date:
    """The day of an initial assessment before January: most in time."""
    late = chance.random() < INITIAL_LATE
    day = add_working_days(one.entered, chance.randint(21, 40) if late else chance.randint(6, 20))
    return day if day <= YEAR_END else max(one.entered, min(one.due, YEAR_END))


def _fit_initial(cared: list[Cared], month: int, chance: Random) -> None:
    """Have so many of a month's initial ones in time: some are held earlier or later in it."""
    end = MONTH_ENDS[month]
    first = end.replace(day=1)
    here = [one for one in cared if one.days and first <= one.days[0] <= end]
    surplus = sum(one.days[0] <= one.due for one in here)
    surplus -= round(len(here) * INITIAL_IN_TIME[month] / 100)
    for one in chance.sample(here, len(here)):
        last = min(one.stay.last or end, end)
        if surplus > 0 and one.days[0] <= one.due < last:
            one.days = [some_day(max(first, one.due + timedelta(days=1)), last, chance)]
            surplus -= 1
        elif surplus < 0 and one.days[0] > one.due >= first:
            one.days = [some_day(max(first, one.entered), one.due, chance)]
            surplus += 1


# --- the reviews ------------------------------------------------------------------------------


def _plan_reviews(cared: list[Cared], chance: Random) -> None:
    """The reviews after the initial ones: in January so many in time and so many late."""
    reviews = {
        one: Owed(one, one.days[0], one.days[0], one.stay.last, one.due_after, one.days[0])
        for one in cared
        if one.days
    }
    told = figure("rha_timely")
    in_time, late = told.numerator or 0, (told.denominator or 0) - (told.numerator or 0)
    for young, percentages, held_late in (
        (True, UNDER_5, late // 2),
        (False, FROM_5, late - late // 2),
    ):
        band = [one for one in cared if one.young is young]
        could = [reviews[one] for one in band if one.now and one in reviews]
        could = [owed for owed in could if owed.can_be_late(NOW - 1)]
        for owed in chance.sample(could, held_late):
            owed.late = range(NOW - 1, NOW)
        _plan_band(band, reviews, percentages, _late_now(cared, young), chance)
    for one, owed in reviews.items():
        days = days_done(owed, BEGINNING, EARLY, chance)
        # Whoever leaves in January has had no review in it.
        one.days = [day for day in days if one.now or day < JANUARY]
    on_time = [one for one, owed in reviews.items() if one.now and not owed.late]
    _review_in_january(on_time, in_time, chance)


def _plan_band(
    band: list[Cared],
    reviews: dict[Cared, Owed[Cared]],
    percentages: Sequence[int],
    late: int,
    chance: Random,
) -> None:
    """Who of a band of age is late at each month's end: with the initial one as planned, and so
    many with a review."""
    owed = []
    for one in band:
        done = one.days[0] if one.days else None
        initial = Owed(one, one.entered, one.entered, done or one.stay.last, one.due_after)
        initial.spared = True
        initial.late_from(one.due)
        owed += [initial, reviews[one]] if done else [initial]
    late -= sum(NOW in each.late for each in owed)
    could = [each for each in owed if not each.late and each.can_be_late(NOW)]
    plan_late(owed, percentages, chance.sample(could, late), chance)


def _late_now(cared: list[Cared], young: bool) -> int:
    """How many of a band are late when January ends, so that each and both are as published."""
    sizes = {
        is_young: sum(one.now and one.young is is_young for one in cared)
        for is_young in (True, False)
    }
    late = sum(sizes.values()) - (counted("cic_health_assessment"))
    under_5, from_5 = (
        percentage("cic_health_assessment", scope) for scope in ("under 5", "5 and over")
    )
    late_young = next(
        many
        for many in range(late + 1)
        if rounded(sizes[True] - many, sizes[True]) == under_5
        and rounded(sizes[False] - late + many, sizes[False]) == from_5
    )
    return late_young if young else late - late_young


def _review_in_january(on_time: list[Cared], many: int, chance: Random) -> None:
    """So many have a review in January, in time; the others no later than December, and in time
    until February."""
    for one in chance.sample(on_time, len(on_time)):
        before = [day for day in one.days if day < JANUARY]
        reviewed = len(before) < len(one.days)
        one.days = before or one.days
        if reviewed and before and many:
            due = min(one.due_after(before[-1]), LAST)
            one.days.append(some_day(min(date(2021, 1, 4), due), due, chance))
            many -= 1
        elif before and one.due_after(before[-1]) <= LAST:
            day = before[-1]
            while one.due_after(day) <= LAST:
                day += timedelta(days=1)
            one.days.append(some_day(day, YEAR_END, chance))
    if many:
        raise ValueError(f"{many} more reviews are wanted in January")
