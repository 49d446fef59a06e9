"""Dental checks of children in care, and their strengths and difficulties questionnaires."""

from datetime import date
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import rounded
from casepulse.counties.january_2021.county import FEBRUARY, LAST, Child, County, Stay
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.month_ends import (
    NOW,
    Owed,
    days_done,
    months_on,
    plan_late,
)
from casepulse.counties.january_2021.published import counted, figure, share
from casepulse.schemas.events.health import DentalCheckCompleted, StrengthsDifficultiesCompleted
from casepulse.state.calendar import add_months

#: How many in a hundred had their teeth checked, and a questionnaire completed or awaited, in time
#: at the ends of the months of 2020. The former fell all the time; the latter, 78% in July, fell in
#: January 2021 for the second month. That 41 more checks were overdue in December, as the report's
#: text has it, would make this month better than that one, which the text denies.
CHECKED = (84, 82, 79, 76, 72, 68, 64, 60, 56, 52, 49, 47)
COMPLETED = (85, 84, 83, 82, 81, 79, 78, 76, 75, 73, 73, 71)

#: Whatever was done on this day or later is no more than twelve months old when January ends.
A_YEAR_AGO = date(2020, 2, 1)

#: What is told begins here.
BEGINNING = date(2018, 11, 1)

#: Of those who have no questionnaire, so many in a hundred await the first; the others lack it.
AWAITING_IN_A_HUNDRED = 72

#: The highest score, and the least one of concern.
HIGHEST, CONCERN = 40, 17


def plan_wellbeing(area: Area, children: list[Child]) -> None:
    """Tell the checks and questionnaires of those in care when January ends, and of others."""
    _dental_checks(area, children)
    _questionnaires(area, children)
    _february(area, children)


def _owed(county: County, years: int) -> list[Owed[Child]]:
    """What is owed every year to children in care from an age on, or from entering care."""
    return [
        Owed(child, begins, begins, stay.last, months_on(12))
        for child in county.children
        for stay in child.spells
        if stay.kind is Stay.CARE
        and (begins := max(stay.first, add_months(child.born, 12 * years)))
        <= min(stay.last or LAST, LAST)
    ]


def _now(owed: list[Owed[Child]], chance: Random) -> list[Owed[Child]]:
    """What is owed when January ends, mixed."""
    now = [one for one in owed if one.counted(NOW)]
    chance.shuffle(now)
    return now


def _some_and_the_newest(owed: list[Owed[Child]], many: int) -> list[Owed[Child]]:
    """So many of those of whom it is not due yet, with all who began as January ended."""
    not_due = [one for one in owed if one.counts >= A_YEAR_AGO]
    not_due.sort(key=lambda one: one.counts < date(2021, 1, 22))
    return not_due[:many]


def _dental_checks(area: Area, children: list[Child]) -> None:
    """So many are up to date, so many overdue; the few others, of the newest, not due yet."""
    owed = _owed(area.county, 2)
    now = _now(owed, area.chance)
    overdue = counted("dental_overdue")
    up_to_date = share(len(now), "dental_check")
    waiting = _some_and_the_newest(now, len(now) - overdue - up_to_date)
    for one in waiting:
        one.miss(one.counts)
    could = [one for one in now if not one.never and one.can_be_late(NOW)]
    plan_late(owed, CHECKED, could[:overdue], area.chance)
    for one in owed:
        for day in days_done(one, BEGINNING, (2, 190), area.chance):
            _check(area, one.who, day)


def _check(area: Area, child: Child, day: date) -> None:
    area.tell(child, DentalCheckCompleted, day, (9, 16))


def _questionnaires(area: Area, children: list[Child]) -> None:
    """Who has a timely questionnaire, an old one or none; and the latest scores."""
    owed = _owed(area.county, 4)
    now = _now(owed, area.chance)
    concern = figure("sdq_concern")
    of_concern = concern.numerator or 0
    percentage = int(concern.published.rstrip("%"))
    scored = min(
        (n for n in range(of_concern, len(now)) if rounded(of_concern, n) == percentage),
        key=lambda n: abs(of_concern * 100 - n * percentage),
    )
    untimely = counted("sdq_missing")
    waiting = (len(now) - scored) * AWAITING_IN_A_HUNDRED // 100
    for one in _some_and_the_newest(now, waiting):
        one.never = True
    longer = [one for one in now if one.counts < A_YEAR_AGO]
    for one in longer[: len(now) - scored - waiting]:
        one.miss(one.lasts(one.counts))
    late = [one for one in longer if not one.never and one.can_be_late(NOW)]
    plan_late(owed, COMPLETED, late[: untimely - sum(one.never for one in longer)], area.chance)
    scores = _scores([one for one in now if not one.never], of_concern, area.chance)
    for one in owed:
        score = scores.get(one, area.chance.randint(2, 30))
        for day in reversed(days_done(one, BEGINNING, (2, 35), area.chance)):
            _score(area, one.who, day, score)
            score = min(HIGHEST, max(0, score + area.chance.randint(-5, 5)))


def _scores(owed: list[Owed[Child]], of_concern: int, chance: Random) -> dict[Owed[Child], int]:
    """A score for each: so many of concern, and on average what the report prints for those aged 4
    to 16 who have been in care for more than a year."""
    shuffled = chance.sample(owed, len(owed))
    scores = {
        one: chance.randint(CONCERN, 29) if number < of_concern else chance.randint(3, 16)
        for number, one in enumerate(shuffled)
    }
    counted = [
        one
        for one in owed
        if add_months(one.who.born, 12 * 17) >= FEBRUARY
        and (stay := one.who.latest(Stay.CARE))
        and stay.first < A_YEAR_AGO
    ]
    wanted = round(float(figure("sdq_average").published) * len(counted))
    while (missing := wanted - sum(scores[one] for one in counted)) != 0:
        one = chance.choice(counted)
        step = 1 if missing > 0 else -1
        least, most = (CONCERN, HIGHEST) if scores[one] >= CONCERN else (0, CONCERN - 1)
        scores[one] = min(most, max(least, scores[one] + step))
    return scores


def _score(area: Area, child: Child, day: date, score: int) -> None:
    area.tell(child, StrengthsDifficultiesCompleted, day, (9, 16), score=score)


def _february(area: Area, children: list[Child]) -> None:
    """What goes on in February."""
    for child in area.chance.sample(children, 60):
        stay = child.latest(Stay.CARE)
        assert stay is not None
        day = some_day(FEBRUARY, min(stay.last or date(2021, 3, 4), date(2021, 3, 4)), area.chance)
        if add_months(child.born, 24) < day:
            _check(area, child, day)
        if add_months(child.born, 48) < day and area.chance.random() < 0.5:
            _score(area, child, day, area.chance.randint(2, 30))
