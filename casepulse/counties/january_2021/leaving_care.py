"""Care leavers: who they are, when they qualified and ended; what they do and where they live.

When they were in touch and seen, and their pathway plans: leaving_care_contact.py.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    LAST,
    MONTH_ENDS,
    Child,
    County,
    Spell,
    Stay,
)
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.leaving_care_contact import aged, plan_contact
from casepulse.counties.january_2021.month_ends import (
    MONTHS,
    Owed,
    last_done,
    plan_late,
)
from casepulse.counties.january_2021.published import counted, share, whole
from casepulse.schemas.codes import Accommodation, Activity
from casepulse.schemas.events.care import CareLeaverRecorded
from casepulse.schemas.events.leaving import CareLeaverEnded, CareLeaverQualified
from casepulse.state.calendar import add_months

#: How many there are at each month's end. The report says 410 in April 2020 and a steady rise.
AT_MONTH_ENDS = (401, 404, 407, 410, 413, 416, 419, 422, 425, 428, 431, 435)

#: How many qualify in each of the twelve months from February 2020.
QUALIFY = 10

#: How many of them, in the year, are not 18 yet when January ends.
UNDER_18 = 16

#: How many of those aged 21 and over are 21.
AGED_21 = 45

SUITABLE: tuple[Accommodation, ...] = ("B1", "C1", "D1", "R1", "T1", "U1", "U1", "V1", "Y1", "Z1")
UNSUITABLE: tuple[Accommodation, ...] = ("G2", "S2", "U2", "W2", "X2", "Z2")
OCCUPIED: tuple[Activity, ...] = ("F2", "F4", "F4", "F5", "P2", "P4", "P4", "P5")
NOT_OCCUPIED: tuple[Activity, ...] = ("G4", "G5", "G5", "G5", "G6")

#: How many in a hundred were occupied, and suitably accommodated, at the ends of the months of
#: 2020: of the former there were fewer in January 2021, of the latter more.
OCCUPIED_BEFORE = (48, 49, 48, 48, 48, 48, 48, 49, 48, 49, 49, 50)
SUITABLE_BEFORE = (93, 93, 93, 92, 92, 92, 91, 91, 91, 90, 90, 90)

#: Of which part of those who never were, it is not on record.
NOT_RECORDED = 0.2

#: How many of those over 21 stopped being in education, employment or training in January.
LOST_LATELY = 8


def plan(county: County) -> None:
    """Put the care leavers into the county, and tell what is known of them."""
    area = Area.of(county, "leaving_care")
    young_people = list(_care_leavers(area))
    _ended(area, young_people)
    _february(area, young_people)
    _tell_stays(area)
    lost = plan_contact(area, young_people)
    _occupations(area, young_people, lost)
    _accommodation(area, young_people, lost)


def _born(age: int, chance: Random) -> date:
    """A day of birth of somebody who is of this age when January ends."""
    last = add_months(FEBRUARY, -12 * age) - timedelta(days=1)
    return some_day(add_months(last, -12) + timedelta(days=1), last, chance)


def _team(area: Area) -> str:
    return area.chance.choice(
        [team for team in area.county.teams["Other"] if "leaving-care" in team]
    )


def _care_leavers(area: Area) -> Iterator[Child]:
    """Those of the end of January. Most qualified on the day they were 18."""
    younger = whole("cl_in_touch", "younger")
    to_20 = whole("cl_younger_seen")
    from_21 = whole("cl_older_seen")
    lately = QUALIFY * 12 - UNDER_18
    for month in range(12):
        first = add_months(MONTH_ENDS[0] + timedelta(days=1), month)
        until = add_months(first, 1) - timedelta(days=1)
        grown_up = lately // 12 + (month < lately % 12)
        for number in range(QUALIFY):
            qualified = some_day(first, until - timedelta(days=1), area.chance)
            if number < grown_up:
                born = add_months(qualified, -12 * 18)
            else:
                born = some_day(date(2003, 2, 3), date(2004, 3, 1), area.chance)
                born = min(born, add_months(qualified, -12 * 16))
            yield _care_leaver(area, born, qualified)
    for _ in range(younger - QUALIFY * 12):
        born = some_day(date(2003, 2, 3), date(2003, 9, 30), area.chance)
        qualified = some_day(add_months(born, 12 * 16), date(2020, 1, 30), area.chance)
        yield _care_leaver(area, born, qualified)
    ages = [19] * ((to_20 - younger + 8) // 2) + [20] * ((to_20 - younger - 8 + 1) // 2)
    ages += [21] * AGED_21
    ages += [area.chance.choice((22, 22, 22, 23, 23, 24)) for _ in range(from_21 - AGED_21)]
    for age in ages:
        born = _born(age, area.chance)
        qualified = add_months(born, 12 * 18)
        if qualified > date(2020, 1, 30):
            qualified = some_day(add_months(born, 12 * 17), date(2020, 1, 30), area.chance)
        yield _care_leaver(area, born, qualified)


def _care_leaver(area: Area, born: date, qualified: date) -> Child:
    child = area.county.child(born, _team(area), qualified)
    child.spells.append(Spell(Stay.LEAVER, area.county.key("leaver"), qualified))
    return child


def _ended(area: Area, young_people: list[Child]) -> None:
    """Those whose support ended in the year: as many a month as the month ends want."""
    after = (*AT_MONTH_ENDS[1:], len(young_people))
    for month, (before, now) in enumerate(zip(AT_MONTH_ENDS, after, strict=True)):
        first = MONTH_ENDS[month] + timedelta(days=1)
        for _ in range(before + QUALIFY - now):
            ended = some_day(first, add_months(first, 1) - timedelta(days=2), area.chance)
            age = area.chance.choice((21, 21, 21, 22, 23, 25)) * 12 - area.chance.randint(0, 3)
            born = add_months(ended, -age) - timedelta(days=area.chance.randint(1, 27))
            child = _care_leaver(area, born, add_months(born, 12 * 18))
            child.spells[0].last = ended


def _february(area: Area, young_people: list[Child]) -> None:
    """In February and March some more turn 18, and some more end."""
    for _ in range(11):
        qualified = some_day(FEBRUARY, date(2021, 3, 4), area.chance)
        _care_leaver(area, add_months(qualified, -12 * 18), qualified)
    for child in area.chance.sample([each for each in young_people if aged(each, 21, 25)], 6):
        child.spells[0].last = some_day(FEBRUARY, date(2021, 3, 4), area.chance)


def _tell_stays(area: Area) -> None:
    for child in area.county.children:
        spell = child.latest(Stay.LEAVER)
        if spell:
            area.tell(child, CareLeaverQualified, spell.first, 9, leaver=spell.key)
            if spell.last:
                area.tell(child, CareLeaverEnded, spell.last, 16, leaver=spell.key)


def _record(
    area: Area,
    child: Child,
    day: date,
    *,
    activity: Activity | None = None,
    accommodation: Accommodation | None = None,
) -> None:
    area.tell(
        child,
        CareLeaverRecorded,
        day,
        in_touch="YES",
        activity=activity,
        accommodation=accommodation,
    )


class _Situations:
    """Whether care leavers are well placed at each month's end: at work or at school, suitably
    accommodated. For those who were out of touch it never changes."""

    def __init__(self, county: County, lost: set[Child]) -> None:
        self._owed = {
            child: Owed(child, spell.first, spell.first, spell.last, lambda day: day)
            for child in county.children
            if (spell := child.latest(Stay.LEAVER)) and spell.first <= LAST
        }
        self._lost = lost

    def plan(
        self, well: tuple[int, ...], badly: list[Child], lately: list[Child], chance: Random
    ) -> None:
        """So many in a hundred are well placed at the ends of the months of 2020.

        Args:
            well: how many in a hundred.
            badly: who is not when January ends.
            lately: who, of those, was so in December.
            chance: chances.
        """
        for child in self._lost:
            self._owed[child].spared = True
            if child in badly:
                self._owed[child].late_from(date.min)
        for child in lately:
            self._owed[child].late_from(LAST)
        now = [self._owed[child] for child in badly if not self._owed[child].late]
        plan_late(list(self._owed.values()), well, now, chance)

    def told(self, chance: Random) -> Iterator[tuple[Child, date, bool, bool]]:
        """When it is told of somebody how they are placed: the day, whether well, and whether that
        is the last that is told. That it was always badly is not told of all."""
        for child, one in self._owed.items():
            counted = [month for month in MONTHS if one.counted(month)]
            always = bool(one.late) and counted[0] in one.late
            changes = [(one.begins, not always)]
            if one.late and not always:
                changes.append((last_done(one, chance), False))
            after = one.late[-1] + 1 if one.late else 0
            if after in counted[1:] and one.late:
                first = MONTH_ENDS[after - 1] + timedelta(days=1)
                changes.append((some_day(first, MONTH_ENDS[after], chance), True))
            if always and not changes[1:] and chance.random() < NOT_RECORDED:
                continue
            for day, well in changes:
                yield child, day, well, day == changes[-1][0]


def _occupations(area: Area, young_people: list[Child], lost: set[Child]) -> None:
    """Education, employment and training: so many in each band of age."""
    bands = [
        [child for child in young_people if aged(child, *ages)]
        for ages in ((16, 18), (19, 21), (22, 25))
    ]
    middle = share(len(bands[1]), "cl_eet", "19-21")
    oldest = share(len(bands[2]), "cl_eet", "over 21")
    in_all = counted("cl_eet")
    occupied: list[Child] = []
    for band, many in zip(bands, (in_all - middle - oldest, middle, oldest), strict=True):
        area.chance.shuffle(band)
        occupied += band[:many]
    students = counted("cl_higher_education")
    studying = set(area.chance.sample([each for each in occupied if aged(each, 18, 22)], students))
    idle = [child for child in young_people if child not in occupied]
    losing = [each for each in bands[2] if each in idle and each not in lost][:LOST_LATELY]
    situations = _Situations(area.county, lost)
    situations.plan(OCCUPIED_BEFORE, idle, losing, area.chance)
    for child, day, well, last in situations.told(area.chance):
        activity = area.chance.choice(OCCUPIED if well else NOT_OCCUPIED)
        if last and child in studying:
            activity = "F1"
        _record(area, child, day, activity=activity)
    for child in area.chance.sample(young_people, 20):
        day = some_day(FEBRUARY, date(2021, 3, 3), area.chance)
        _record(area, child, day, activity=area.chance.choice(OCCUPIED + NOT_OCCUPIED))


def _accommodation(area: Area, young_people: list[Child], lost: set[Child]) -> None:
    """Where they live: so many suitably, in each band of age."""
    younger = [child for child in young_people if aged(child, 16, 18)]
    older = [child for child in young_people if not aged(child, 16, 18)]
    suitable = share(len(younger), "cl_accommodation", "younger")
    in_all = counted("cl_accommodation")
    unsuitably = area.chance.sample(younger, len(younger) - suitable)
    unsuitably += area.chance.sample(older, len(older) - (in_all - suitable))
    situations = _Situations(area.county, lost)
    situations.plan(SUITABLE_BEFORE, unsuitably, [], area.chance)
    for child, day, well, _ in situations.told(area.chance):
        where = area.chance.choice(SUITABLE if well else UNSUITABLE)
        _record(area, child, day, accommodation=where)
