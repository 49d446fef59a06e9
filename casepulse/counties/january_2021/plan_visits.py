"""Visits to children on a protection plan: who was seen in time at each month's end, and how."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import fit
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    LAST,
    MONTH_ENDS,
    Child,
    County,
    at,
)
from casepulse.counties.january_2021.days import working_days
from casepulse.counties.january_2021.plan_stays import PRINTED, PlanStay
from casepulse.counties.january_2021.published import counted, figure, percentage, share
from casepulse.schemas.codes import VisitKind, VisitMethod
from casepulse.schemas.events.correction import RecordVoided
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.state.calendar import add_months, add_working_days, month_of

#: Visits are told from here on, to the eve of the report.
FIRST_DAY, LAST_DAY = date(2019, 12, 9), date(2021, 3, 5)
_DAYS = working_days(FIRST_DAY, LAST_DAY)

#: A child is seen every ten working days; one not seen in twenty is counted apart.
EVERY, LONG = 10, 20

#: In how many of a hundred cases, where the report does not say.
LATE, DELAYED = (9, 13), 0.05
ALONE = defaultdict(lambda: 0.73, {"2020-11": 0.7, "2020-12": 0.67, "2021-01": 0.62})

#: The week without face to face visits.
PAUSE = (date(2021, 1, 4), date(2021, 1, 8))


def too_old(end: date, standard: int = EVERY) -> date:
    """The last day on which a visit is too old to be in time when a month has ended."""
    return next(d for d in reversed(_DAYS) if d <= end and add_working_days(d, standard) <= end)


EDGES = [too_old(end) for end in MONTH_ENDS]
LONG_EDGE = too_old(LAST, LONG)


@dataclass(slots=True, eq=False)
class Visited:
    """The visits to one child on one plan."""

    child: Child
    stay: PlanStay
    gaps: list[tuple[date, date]] = field(default_factory=list)
    """From when to when the child is not seen: after the first day, up to and with the last."""
    days: list[date] = field(default_factory=list)
    virtual: set[date] = field(default_factory=set)
    alone: set[date] = field(default_factory=set)

    def last_before(self, day: date) -> date | None:
        """The day of the last visit before a day."""
        place = bisect_left(self.days, day)
        return self.days[place - 1] if place else None


def tell_visits(county: County, children: list[tuple[Child, PlanStay]]) -> None:
    """Plan all visits to children on a plan, and tell them."""
    area = Area.of(county, "plan_visits")
    visited = [Visited(child, stay) for child, stay in children]
    for month, end in enumerate(MONTH_ENDS):
        here = [one for one in visited if one.stay.lasts_at_the_end_of(end)]
        for one in _late(area, here, month):
            one.gaps.append((EDGES[month], end))
    now = [one for one in visited if one.stay.lasts_at_the_end_of(LAST)]
    late = [one for one in now if one.gaps and one.gaps[-1][1] == LAST]
    long = [one for one in late if one.stay.first < LONG_EDGE]
    for one in area.chance.sample(long, counted("cp_not_seen_20")):
        one.gaps[-1] = (LONG_EDGE, LAST)
    for one in visited:
        one.days = _days(one, area.chance)
        one.virtual = {day for day in one.days if area.chance.random() < _virtual(day)}
        seen = [day for day in one.days if day not in one.virtual]
        one.alone = {day for day in seen if area.chance.random() < ALONE[month_of(day)]}
    _seen_virtually([one for one in now if one not in late], area.chance)
    _seen_alone(now, area.chance)
    _tell(area, visited)


def _late(area: Area, here: list[Visited], month: int) -> list[Visited]:
    """Who is not seen in time as a month ends: as many as the report has, by locality."""
    can = [one for one in here if one.stay.first < EDGES[month]]
    if month not in PRINTED:
        return area.chance.sample(can, round(area.chance.uniform(*LATE) * len(here) / 100))
    sizes = {
        place: sum(one.stay.cell.locality == place for one in here)
        for place in area.county.localities
    }
    percentages = {place: _printed(place, month) for place in sizes}
    seen = {place: (round(percentages[place] * size / 100), size) for place, size in sizes.items()}
    if month == max(PRINTED):
        wanted = figure("cp_visits").numerator
        fixed = {place: [size] for place, size in sizes.items()}
        seen = fit(percentages, fixed, lambda in_time, _: in_time == wanted)
    return [
        one
        for place, (in_time, size) in seen.items()
        for one in area.chance.sample(
            [one for one in can if one.stay.cell.locality == place], size - in_time
        )
    ]


def _printed(place: str, month: int) -> int:
    try:
        return percentage("cp_visits", place, PRINTED[month])
    except KeyError:
        return 100


def _days(one: Visited, chance: Random) -> list[date]:
    """The days of the visits: one in every ten working days, but for the gaps."""
    stay = one.stay
    last = min(stay.last or LAST_DAY, LAST_DAY)
    start = max(stay.first, FIRST_DAY)
    found: list[date] = []
    since = start
    while True:
        if found or stay.first < FIRST_DAY:
            after = chance.randint(5, EVERY)
        else:
            after = chance.choice((0, 1, 2, 3, 4, 5, 7, EVERY))
        day = add_working_days(since, after)
        slipped = add_working_days(day, chance.randint(1, 4))
        if chance.random() < 0.05 and not any(since <= end < slipped for end in MONTH_ENDS):
            day = slipped
        for begins, ends in one.gaps:
            if begins < day <= ends:
                day = add_working_days(ends, chance.randint(1, 4))
        if day > last:
            return found
        found.append(day)
        since = day


def _virtual(day: date) -> float:
    if PAUSE[0] <= day <= PAUSE[1]:
        return 0.8
    return 0.25 if date(2020, 3, 23) <= day <= date(2020, 6, 30) else 0.03


def _seen_virtually(in_time: list[Visited], chance: Random) -> None:
    """Of those seen in time at the end of January, who was so virtually."""
    seen = [one for one in in_time if one.last_before(FEBRUARY)]
    many = counted("cp_seen_virtually")
    virtually = set(chance.sample(seen, many))
    for one in seen:
        last = one.last_before(FEBRUARY)
        assert last is not None
        one.virtual.discard(last)
        if one in virtually:
            one.virtual.add(last)
            one.alone.discard(last)


def _seen_alone(now: list[Visited], chance: Random) -> None:
    """Who of those aged 5 and over was seen alone as January ends."""
    aged = [one for one in now if add_months(one.child.born, 60) < FEBRUARY]
    lately = {
        one: [d for d in one.days if EDGES[-1] < d < FEBRUARY and d not in one.virtual]
        for one in aged
    }
    many = share(len(aged), "cp_seen_alone")
    chosen = set(chance.sample([one for one in aged if lately[one]], many))
    for one in aged:
        one.alone = {day for day in one.alone if not EDGES[-1] < day < FEBRUARY}
        if one in chosen:
            one.alone.add(lately[one][-1])


def _tell(area: Area, visited: list[Visited]) -> None:
    """Tell the visits; in January so many are recorded late as the report has."""
    told = [(one, day, True) for one in visited for day in one.days]
    # Now and then somebody went, and the child was not seen; more days in, the child was.
    told += [
        (one, day, False)
        for one in visited
        for day in (add_working_days(seen, 2) for seen in one.days)
        if day not in one.days
        and day <= (one.stay.last or LAST_DAY)
        and area.chance.random() < 0.02
    ]
    told.sort(key=lambda each: (each[1], each[0].child.key, each[2]))
    january = [n for n, (_, day, _) in enumerate(told) if JANUARY <= day < FEBRUARY]
    delayed = set(area.chance.sample(january, share(len(january), "cp_visit_recording_delay")))
    inside = set(january)
    for number, (one, day, seen) in enumerate(told):
        time = at(day, 9.5 + 7 * area.chance.random())
        late = number in delayed or (number not in inside and area.chance.random() < DELAYED)
        after = area.chance.randint(6, 20) if late else area.chance.choice((0, 0, 0, 1, 1, 2, 3, 4))
        recorded = max(at(add_working_days(day, after), 17.5), time + timedelta(minutes=30))
        visit = VisitRecorded(
            kind=VisitKind.PROTECTION_PLAN,
            method=VisitMethod.VIRTUAL if day in one.virtual else VisitMethod.FACE_TO_FACE,
            child_seen=seen,
            seen_alone=seen and day in one.alone,
            team=one.child.team,
        )
        event = area.county.tell(one.child.subject, visit, time, recorded)
        if area.chance.random() < 0.002 and number not in inside:
            again = area.county.tell(
                one.child.subject, visit, time, recorded + timedelta(minutes=5)
            )
            void = RecordVoided(voids=again.id)
            area.county.tell(one.child.subject, void, event.recordedtime + timedelta(days=1))
