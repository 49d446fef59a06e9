"""Reviews of children in care, each in time, and how the children took part in January's."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import (
    JANUARY,
    LAST,
    Child,
    County,
    Spell,
)
from casepulse.counties.january_2021.published import counted
from casepulse.schemas.codes import ReviewParticipation
from casepulse.schemas.events.care import CareReviewHeld
from casepulse.state.calendar import add_months, add_working_days

#: The last month in which some reviews were late: all were in time in the ten since.
MARCH, LATE_IN_MARCH = (date(2020, 3, 1), date(2020, 3, 31)), 4

#: The last day of which reviews are told.
LAST_TOLD = date(2021, 3, 5)

#: Of January's reviews, those of young people with a pathway plan, as the report has it.
PLANNED = 24

#: How children take part who are neither under four nor have a pathway plan.
HEARD: tuple[ReviewParticipation, ...] = ("PN1", "PN1", "PN2", "PN3", "PN5", "PN6")

#: By whose views count in January: under 4, with a pathway plan, all others; or a child who turned
#: four in the month.
YOUNG, WITH_PLAN, OTHER, EITHER = "young", "with plan", "other", "either"


def review(county: County, children: list[Child], planned: dict[Child, date]) -> None:
    """Tell every review of every child.

    Args:
        area: whose it is.
        children: all who are or were in care.
        planned: the day on which each first had a pathway plan, who has one.
    """
    area = Area.of(county, "care_reviews")
    held = {
        spell.key: (child, spell, _days(spell, area.chance))
        for child in children
        for spell in child.spells
    }
    many = counted("cic_reviews_timely")
    heard = counted("cic_views_represented")
    wanted = {YOUNG: many - heard - PLANNED, WITH_PLAN: PLANNED, OTHER: heard}
    by_group: dict[str, list[str]] = {}
    for key, (child, *_) in held.items():
        by_group.setdefault(_group(child, planned), []).append(key)
    turning_four = by_group.pop(EITHER, [])
    _fit(held, turning_four, 0, area.chance)
    for child, _, days in (held[key] for key in turning_four):
        # Whose review could not be put off counts by the age on its day.
        for day in days:
            if JANUARY <= day <= LAST:
                wanted[YOUNG if add_months(child.born, 48) > day else OTHER] -= 1
    for group, so_many in wanted.items():
        _fit(held, by_group[group], so_many, area.chance)
    _late_in_march(held, area.chance)
    for child, _, days in held.values():
        for day in days:
            part = _participation(child, day, planned, area.chance)
            area.tell(child, CareReviewHeld, day, (10, 14), participation=part)


Held = dict[str, tuple[Child, Spell, list[date]]]


def _days(spell: Spell, chance: Random) -> list[date]:
    """The first within 20 working days of entering care, the second within three months of it, and
    each later one within six months."""
    days = []
    day = add_working_days(spell.first, chance.randint(11, 20))
    while day < (spell.last or LAST_TOLD):
        days.append(day)
        later = (70, 88) if len(days) == 1 else (140, 180)
        day += timedelta(days=chance.randint(*later))
        # On a Friday rather than at the weekend.
        day -= timedelta(days=max(0, day.weekday() - 4))
    return days


def _group(child: Child, planned: dict[Child, date]) -> str:
    if child in planned and planned[child] < JANUARY:
        return WITH_PLAN
    fourth = add_months(child.born, 48)
    if JANUARY < fourth <= LAST:
        return EITHER
    return YOUNG if fourth > LAST else OTHER


def _in_january(days: list[date]) -> bool:
    return any(JANUARY <= day <= LAST for day in days)


def _fit(held: Held, keys: list[str], wanted: int, chance: Random) -> None:
    """Draw some children's reviews anew, until as many have one in January as wanted."""
    chance.shuffle(keys)
    many = sum(_in_january(held[key][2]) for key in keys)
    for key in keys:
        child, spell, days = held[key]
        have = _in_january(days)
        if many == wanted:
            return
        if have != (many > wanted):
            continue
        for _ in range(40):
            days = _days(spell, chance)
            if _in_january(days) != have:
                held[key] = (child, spell, days)
                many += -1 if have else 1
                break


def _late_in_march(held: Held, chance: Random) -> None:
    """Some reviews of March 2020 are held a few days after they were due."""
    could = []
    for _, spell, days in held.values():
        for number, (before, day) in enumerate(pairwise(days), 1):
            due = add_months(before, 3 if number == 1 else 6)
            stays = spell.last is None or spell.last > MARCH[1]
            if stays and MARCH[0] <= day <= due < MARCH[1]:
                could.append((days, number, due))
    for days, number, due in chance.sample(could, LATE_IN_MARCH):
        days[number] = min(due + timedelta(days=chance.randint(1, 6)), MARCH[1])


def _participation(
    child: Child, day: date, planned: dict[Child, date], chance: Random
) -> ReviewParticipation | None:
    if add_months(child.born, 48) > day:
        return "PN0"
    if child in planned and planned[child] <= day:
        return None
    if day < JANUARY and chance.random() < 0.04:
        return chance.choice(("PN4", "PN7"))
    return chance.choice(HEARD)
