"""Placements of children in care: how often each moved, where to, and how far from home."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import part
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    LAST,
    Child,
    County,
    Stay,
    deal,
)
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.published import counted
from casepulse.schemas.codes import PlacementChangeReason, PlacementProvider, PlacementType
from casepulse.schemas.events.care import PlacementEnded, PlacementStarted
from casepulse.state.calendar import add_months

#: When those moved who moved within the twelve months up to the end of January 2021; none did in
#: January. Who moved before them did so by the end of 2019.
YEAR = date(2020, 2, 10), date(2020, 12, 22)
BEFORE_IT = date(2019, 12, 27)

#: Whoever has not moved since then has been in the same placement for two years.
SETTLED = date(2019, 1, 25)

#: The same when December ended, and how many in a hundred had settled so then: one point fewer.
SETTLED_THEN, STABLE_THEN = date(2018, 12, 31), 59


@dataclass(frozen=True, slots=True)
class Place:
    """A placement of a child: its first day, and whether it is meant to last until 18."""

    day: date
    until_eighteen: bool

    def visit_after(self, day: date) -> date:
        """When a visit is due after one on a day: in six weeks; in three months where the placement
        is to last and its first year is over."""
        if self.until_eighteen and add_months(self.day, 12) <= day:
            return add_months(day, 3)
        return day + timedelta(weeks=6)


#: The placements of each period of care, by its key.
Places = dict[str, list[Place]]


class Kind(NamedTuple):
    """A type of placement and who provides it. Relatives and friends have no provider."""

    placement_type: PlacementType
    provider: PlacementProvider | None


MOVED_BECAUSE: tuple[PlacementChangeReason, ...] = ("CARPL", "CREQB", "OTHER")

IN_HOUSE = (Kind("U4", "PR1"), Kind("U6", "PR1"), Kind("U6", "PR1"), Kind("U5", "PR1"))
BY_AGENCIES = (Kind("U4", "PR4"), Kind("U6", "PR4"))
BY_RELATIVES = (Kind("U1", None), Kind("U3", None), Kind("U3", None))
WITH_PARENTS, CHILDRENS_HOME = Kind("P1", "PR0"), Kind("K2", "PR4")
SUPPORTED, INDEPENDENT = Kind("H5", "PR4"), Kind("P2", "PR3")
FOR_ADOPTION = Kind("A5", "PR1")

#: How many more lived there when December ended; how many fewer, outside of the county and far from
#: home.
FEWER_IN_HOUSE, MORE_FAR_OUT = 2, 1

#: How many children in care live in foster homes of the authority when January ends: as many as
#: the report's foster carers look after.
FOSTERED_IN_HOUSE = counted("fc_capacity")


def place(county: County, children: list[Child]) -> Places:
    """Tell every placement of every child that is or was in care."""
    area = Area.of(county, "placements")
    staying = [child for child in children if Stay.CARE in child.open_at_the_end_of(LAST)]
    days = dict(_days(children, staying, area.chance))
    _settle_lately(children, days, area.chance)
    adopted = _placed_for_adoption(staying, days, area.chance)
    kinds = _kinds(staying, adopted, area.chance)
    whereabouts = _whereabouts(staying, kinds, area.chance)
    at_last = {child: (kinds[child], whereabouts[child]) for child in staying}
    at_last |= _of_leavers(children, at_last, area.chance)
    places: Places = {}
    for child in children:
        for spell in child.spells:
            starts = days[spell.key]
            for number, day in enumerate(starts):
                over = number < len(starts) - 1 or spell is not child.spells[-1]
                drawn = _any_kind(child, area.chance), _anywhere(area.chance)
                kind, (in_county, miles) = drawn if over else at_last.get(child, drawn)
                lasting = kind.placement_type == "U4"
                why = None if number == 0 else area.chance.choice(MOVED_BECAUSE)
                area.tell(
                    child,
                    PlacementStarted,
                    day,
                    21.2 if number == 0 else 14,
                    placement=county.key("pl"),
                    placement_type=kind.placement_type,
                    provider=kind.provider,
                    change_reason=why,
                    until_eighteen=lasting,
                    in_county=in_county,
                    miles_from_home=miles,
                )
                places.setdefault(spell.key, []).append(Place(day, lasting))
    _temporary(area, staying, days)
    return places


# --- when -------------------------------------------------------------------------------------


def _days(
    children: list[Child], staying: list[Child], chance: Random
) -> Iterator[tuple[str, list[date]]]:
    """The first days of the placements of each period of care, by its key."""
    settled, unsettled = _long_term(staying, chance)
    both_periods = [child for child in staying if _left_lately(child)]
    often = _move_often(staying, settled, both_periods, chance)
    for child in children:
        *earlier, current = child.spells
        for spell in earlier:
            moved = [some_day(YEAR[0], date(2020, 3, 1), chance)] if child in both_periods else []
            yield spell.key, [spell.first, *moved]
        if child in settled:
            moves = _some(current.first, SETTLED, 1, chance)
        elif child in often:
            moves = _some(current.first, BEFORE_IT, 3, chance)
            moves += _so_many(current.first, chance.choice((2, 2, 3, 4)), chance)
        elif child in unsettled:
            moves = _some(max(current.first, date(2018, 1, 5)), SETTLED, 2, chance)
            lately = chance.random() < 0.3
            moves.append(
                some_day(
                    YEAR[0] if lately else date(2019, 2, 10),
                    YEAR[1] if lately else BEFORE_IT,
                    chance,
                )
            )
        elif child in both_periods or current.last:
            moves = []
        else:
            # Some moved often in 2019, and have settled since.
            often_then = chance.random() < 0.45
            moves = _some(
                max(current.first, date(2019, 2, 10)) if often_then else current.first,
                BEFORE_IT,
                4 if often_then else 1,
                chance,
            )
            if current.first < date(2020, 12, 1) and chance.random() < 0.2:
                moves += _so_many(current.first, 1, chance)
        yield current.key, [current.first, *sorted(moves)]


def _long_term(staying: list[Child], chance: Random) -> tuple[set[Child], set[Child]]:
    """Those under 16 who have been in care for two and a half years: who stayed where they were for
    two years, and who moved."""
    long = [
        child
        for child in staying
        if add_months(child.born, 16 * 12) > LAST and add_months(child.spells[-1].first, 30) <= LAST
    ]
    chance.shuffle(long)
    stable = counted("long_term_stability")
    return set(long[:stable]), set(long[stable:])


def _left_lately(child: Child) -> bool:
    """Whether an earlier period of care reaches into the twelve months."""
    return any(spell.last and spell.last > YEAR[0] for spell in child.spells[:-1])


def _move_often(
    staying: list[Child], settled: set[Child], both_periods: list[Child], chance: Random
) -> set[Child]:
    """Those who had three placements or more in twelve months in their current period of care."""
    many = counted("short_term_stability_current")
    in_all = counted("short_term_stability")
    assert in_all - many == len(both_periods)
    could = [
        child
        for child in staying
        if child not in settled
        and child not in both_periods
        and child.spells[-1].first < date(2020, 12, 1)
    ]
    return set(chance.sample(could, many))


def _settle_lately(children: list[Child], days: dict[str, list[date]], chance: Random) -> None:
    """Some of those who have stayed where they are for two years when January ends had not when
    December ended: so that the share was a little lower then."""
    december = JANUARY - timedelta(days=1)
    long = [
        child
        for child in children
        if child.spells[-1].lasts_at_the_end_of(december)
        and add_months(child.born, 16 * 12) > december
        and add_months(child.spells[-1].first, 30) <= december
    ]
    stable = [child for child in long if days[child.spells[-1].key][-1] <= SETTLED_THEN]
    now = [child for child in stable if child.spells[-1].lasts_at_the_end_of(LAST)]
    many = len(stable) - part(len(long), STABLE_THEN)
    for child in chance.sample(now, max(0, many)):
        starts = days[child.spells[-1].key]
        starts.append(some_day(SETTLED_THEN + timedelta(days=3), SETTLED, chance))


def _some(first: date, last: date, most: int, chance: Random) -> list[date]:
    """Up to so many days between the day after entering care and another."""
    if first + timedelta(days=20) >= last:
        return []
    return sorted(
        some_day(first + timedelta(days=10), last, chance) for _ in range(chance.randint(0, most))
    )


def _so_many(entered: date, many: int, chance: Random) -> list[date]:
    """So many days of the twelve months, after the child entered care, no two alike."""
    first = max(entered + timedelta(days=5), YEAR[0])
    room = (YEAR[1] - first).days
    return [first + timedelta(days=each) for each in sorted(chance.sample(range(room), many))]


def _placed_for_adoption(
    staying: list[Child], days: dict[str, list[date]], chance: Random
) -> set[Child]:
    """Some of the youngest; a few of the settled among them have moved, but only to be adopted."""
    young = [child for child in staying if child.born > date(2014, 6, 1)]
    settled = [
        child
        for child in young
        if child.spells[-1].first < date(2018, 8, 1) and days[child.spells[-1].key][-1] <= SETTLED
    ][:8]
    for child in settled:
        days[child.spells[-1].key].append(some_day(*YEAR, chance))
    others = [
        child
        for child in young
        if child.spells[-1].first > date(2018, 8, 1) and len(days[child.spells[-1].key]) == 2
    ]
    return {*settled, *others[:12]}


# --- where ------------------------------------------------------------------------------------


def _kinds(staying: list[Child], adopted: set[Child], chance: Random) -> dict[Child, Kind]:
    """What kind of placement each is in when January ends."""
    kinds = dict.fromkeys(sorted(adopted, key=lambda child: child.key), FOR_ADOPTION)
    rest = [child for child in staying if child not in kinds]
    older = [child for child in rest if add_months(child.born, 16 * 12) <= LAST]
    for child in chance.sample(older, 70):
        kinds[child] = SUPPORTED if chance.random() < 0.85 else INDEPENDENT
    rest = [child for child in rest if child not in kinds]
    chance.shuffle(rest)
    for number, child in enumerate(rest):
        if number < FOSTERED_IN_HOUSE:
            kinds[child] = chance.choice(IN_HOUSE)
        elif number < FOSTERED_IN_HOUSE + 120:
            kinds[child] = chance.choice(BY_RELATIVES)
        elif number < FOSTERED_IN_HOUSE + 160:
            kinds[child] = WITH_PARENTS
        else:
            old = child.born < date(2009, 1, 1)
            home = old and chance.random() < 0.5
            kinds[child] = CHILDRENS_HOME if home else chance.choice(BY_AGENCIES)
    return kinds


def _any_kind(child: Child, chance: Random) -> Kind:
    """The kind of a placement that is over."""
    drawn = chance.random()
    if drawn < 0.4:
        return chance.choice(IN_HOUSE)
    if drawn < 0.7:
        return chance.choice(BY_AGENCIES)
    return chance.choice(BY_RELATIVES) if drawn < 0.9 else WITH_PARENTS


Whereabouts = tuple[bool, float | None]


def _whereabouts(
    staying: list[Child], kinds: dict[Child, Kind], chance: Random
) -> dict[Child, Whereabouts]:
    """In the county or not, and how many miles from home, when January ends."""
    outside = counted("cic_out_of_county")
    outside_far = counted("cic_out_of_county_20_miles")
    inside_far = counted("cic_in_county_20_miles")
    unknown = counted("cic_20_miles_unknown")
    # Agencies' homes are outside more often than the authority's own, and its own are not far.
    weights = {CHILDRENS_HOME: 4.0, **dict.fromkeys(BY_AGENCIES, 3.0)}
    by_chance = sorted(
        staying, key=lambda child: chance.random() ** (1 / weights.get(kinds[child], 1.0))
    )
    out, inside = by_chance[-outside:], by_chance[:-outside]
    unknown_out = unknown // 3
    found: dict[Child, Whereabouts] = {}
    for group, far, not_known in (
        (out, outside_far, unknown_out),
        (inside, inside_far, unknown - unknown_out),
    ):
        near = len(group) - far - not_known
        dealt = deal({"far": far, "near": near, "unknown": not_known}, chance)
        for child, how_far in zip(group, dealt, strict=True):
            miles = {
                "far": round(chance.uniform(20.5, 25 if group is inside else 140), 1),
                "near": round(chance.uniform(0.4, 19.8), 1),
                "unknown": None,
            }[how_far]
            found[child] = (group is inside, miles)
    return found


def _of_leavers(
    children: list[Child], now: dict[Child, tuple[Kind, Whereabouts]], chance: Random
) -> dict[Child, tuple[Kind, Whereabouts]]:
    """The last placements of those who left in January: so many with the authority's own foster
    carers, and so few out of the county and far from home, that in December there were a few more
    of the former than in January, and fewer of the latter."""
    left = [child for child in children if JANUARY <= (child.spells[-1].last or FEBRUARY) <= LAST]
    entered = [each for child, each in now.items() if child.spells[-1].first >= JANUARY]
    in_house = sum(kind in IN_HOUSE for kind, _ in entered) + FEWER_IN_HOUSE
    far = max(0, sum(_is_far_out(where) for _, where in entered) - MORE_FAR_OUT)
    kinds = [chance.choice(IN_HOUSE) for _ in range(in_house)]
    kinds += [chance.choice(BY_RELATIVES) for _ in left[in_house:]]
    places = [(False, round(chance.uniform(20.5, 90), 1)) for _ in range(far)]
    places += [(True, round(chance.uniform(0.4, 19.8), 1)) for _ in left[far:]]
    chance.shuffle(places)
    return dict(zip(left, zip(kinds, places, strict=True), strict=True))


def _is_far_out(where: Whereabouts) -> bool:
    """Whether a placement is out of the county and more than 20 miles from home."""
    in_county, miles = where
    return not in_county and miles is not None and miles > 20


def _anywhere(chance: Random) -> Whereabouts:
    """Where a placement was that is over."""
    in_county = chance.random() < 0.8
    far = chance.random() < (0.08 if in_county else 0.75)
    return in_county, round(chance.uniform(20.5, 90) if far else chance.uniform(0.4, 19.8), 1)


def _temporary(area: Area, staying: list[Child], days: dict[str, list[date]]) -> None:
    """A week in hospital or on holiday for some who have moved once: that is no placement more."""
    moved_once = [
        child
        for child in staying
        if len(days[child.spells[-1].key]) == 2
        and YEAR[0] <= days[child.spells[-1].key][-1] <= date(2020, 11, 30)
    ]
    for child in moved_once[:15]:
        day = days[child.spells[-1].key][-1] + timedelta(days=area.chance.randint(8, 40))
        key = area.county.key("pl")
        area.tell(
            child,
            PlacementStarted,
            day,
            10,
            placement=key,
            placement_type=area.chance.choice(("T1", "T2", "T4")),
        )
        end = day + timedelta(days=area.chance.randint(2, 7))
        area.tell(child, PlacementEnded, end, 17, placement=key)
