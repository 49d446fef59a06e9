"""Who is on a protection plan, and from when to when: thirteen months, told backwards.

From the children on a plan at the end of January 2021, back month by month: those whose plan began
in a month leave, those whose plan ended in it join.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from random import Random
from typing import NamedTuple

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import apportion, rounded
from casepulse.counties.january_2021.county import FEBRUARY, MONTH_ENDS, County, Lasting
from casepulse.counties.january_2021.days import working_days
from casepulse.counties.january_2021.published import counted, figure, whole
from casepulse.state.calendar import add_months, working_days_taken

#: Months by their place in MONTH_ENDS: the last three are printed by locality.
NOVEMBER, DECEMBER, JANUARY = 10, 11, 12
PRINTED = {NOVEMBER: "2020-11", DECEMBER: "2020-12", JANUARY: "2021-01"}

#: Children on a plan at the ends of the three months: so many that every percentage that the report
#: prints of a locality can be met, and that with the plans begun the ends are none below nought.
ON_A_PLAN = {
    "Cheltenham": (130, 129, 132),
    "Cotswolds": (65, 66, 63),
    "FoD": (116, 109, 110),
    "Gloucester": (204, 210, 208),
    "Stroud": (69, 70, 84),
    "Tewkesbury": (119, 110, 118),
    "DCYPS": (6, 6, 6),
    "Other": (4, 3, 3),
}

#: Children on a plan at the end of December 2019, and at the ends of the ten months after.
BEFORE = (728, 731, 724, 717, 702, 694, 690, 697, 704, 708, 712)

#: Plans that began in January to October 2020: with those printed, 202 of 697 since April were
#: second or subsequent ones (29%).
BEGAN = (68, 70, 66, 48, 58, 66, 84, 66, 80, 85)
APRIL = 3

#: Of the plans that began from January to March 2020, those that were second or subsequent ones.
REPEATED_BEFORE = (22, 24, 21)

#: Plans open for two years or more: four years and five months, and between that and two years.
LONGEST, LONG_FROM, LONG_TO = date(2016, 8, 30), date(2017, 3, 1), date(2019, 1, 25)
HOW_MANY_LONGEST = 3

#: How many such plans ended in January, so that fewer are left, and in each month before.
LONG_ENDED_IN_JANUARY, LONG_ENDED = 5, 1

#: How likely a plan is to have lasted so many months when it ends: most end at a review.
_LASTED = (0.0, 0.2, 0.4, 1.6, 1.5, 0.8, 0.7, 0.8, 1.2, 2.0, 1.8, 1.4, 2.0, 3.0)


class Cell(NamedTuple):
    """A locality's children on a first plan, or on a repeated one."""

    locality: str
    repeated: bool


Counts = dict[Cell, int]


@dataclass(slots=True, eq=False)
class PlanStay(Lasting):
    """One plan: its first day, and its last, if it has one."""

    cell: Cell
    ended: int | None
    """The month in which it ends, as its place in MONTH_ENDS."""
    first: date = LONGEST
    last: date | None = None
    began: int | None = None
    """The month in which it began; None before January 2020."""
    long: bool = False


def plan_stays(area: Area) -> list[PlanStay]:
    """Every plan that was open at some time from the end of 2019 on, without earlier plans."""
    began, stock, ended = _flows(area.county)
    there = [PlanStay(cell, None) for cell, many in stock[JANUARY].items() for _ in range(many)]
    stays = list(there)
    area.chance.shuffle(there)
    for stay in there[: figure("cp_over_2y").numerator]:
        stay.long = True
    brief = _brief()
    for month in range(JANUARY, -1, -1):
        for stay in _starters(there, began[month], month, brief.get(month, 0), area.chance):
            stay.began = month
            there.remove(stay)
        left = [PlanStay(cell, month) for cell, many in ended[month].items() for _ in range(many)]
        for stay in area.chance.sample(
            left, LONG_ENDED_IN_JANUARY if month == JANUARY else LONG_ENDED
        ):
            stay.long = True
        stays += left
        there += left
    _set_days(stays, area.chance)
    return stays


def _flows(county: County) -> tuple[list[Counts], list[Counts], list[Counts]]:
    """Plans that began in each month, were open at its end, and ended in it."""
    repeats = _repeats_now(county)
    stock: list[Counts] = [{} for _ in MONTH_ENDS]
    began: list[Counts] = [{} for _ in MONTH_ENDS]
    ended: list[Counts] = [{} for _ in MONTH_ENDS]
    for locality in county.localities:
        first, second = Cell(locality, False), Cell(locality, True)
        counts = zip(PRINTED.items(), ON_A_PLAN[locality], repeats[locality], strict=True)
        for (month, name), size, again in counts:
            all_new, again_new = _started(locality, name)
            stock[month] |= {first: size - again, second: again}
            began[month] |= {first: all_new - again_new, second: again_new}
    shares = stock[NOVEMBER]
    second_or_more = [*REPEATED_BEFORE, *_repeats_since_april(began)]
    for month in range(NOVEMBER):
        for repeated, many in (
            (True, second_or_more[month]),
            (False, BEGAN[month] - second_or_more[month]),
        ):
            began[month] |= _parts(
                many, {c: n for c, n in shares.items() if c.repeated == repeated}
            )
    for month in range(JANUARY, -1, -1):
        now = stock[month]
        if month > NOVEMBER:
            before = stock[month - 1]
            ended[month] = {cell: before[cell] + began[month][cell] - now[cell] for cell in now}
            continue
        many = BEFORE[month] + sum(began[month].values()) - sum(now.values())
        ended[month] = _parts(many, now)
        if month:
            stock[month - 1] = {c: now[c] - began[month][c] + ended[month][c] for c in now}
    return began, stock, ended


def _started(locality: str, month: str) -> tuple[int, int]:
    """Plans that the report has as begun in a month, and those of them that were not the first."""
    told = figure("repeat_plans_started", locality, month)
    return told.denominator or 0, told.numerator or 0


def _parts(total: int, weights: Counts) -> Counts:
    names = {f"{cell.locality}:{cell.repeated}": cell for cell in weights}
    parts = apportion(total, {name: weights[cell] for name, cell in names.items()})
    return {names[name]: many for name, many in parts.items()}


def _repeats_since_april(began: list[Counts]) -> list[int]:
    """Second or subsequent plans of April to October, which the year to date leaves."""
    told = figure("repeat_plans_fytd", period="FYtD 2020-21").numerator
    assert told is not None
    rest = told - sum(many for month in PRINTED for c, many in began[month].items() if c.repeated)
    return list(apportion(rest, {f"{n:02}": BEGAN[n] for n in range(APRIL, NOVEMBER)}).values())


def _repeats_now(county: County) -> dict[str, tuple[int, int, int]]:
    """Children on a repeated plan at the ends of the three months, by locality: as printed, with no
    more begun or ended than there can be, and as many in January's county."""
    wanted = figure("repeat_plans_current").numerator
    reached: dict[int, dict[str, tuple[int, int, int]]] = {0: {}}
    for locality in county.localities:
        further: dict[int, dict[str, tuple[int, int, int]]] = {}
        for so_far, chosen in reached.items():
            for counts in _possible(locality):
                further.setdefault(so_far + counts[-1], {**chosen, locality: counts})
        reached = further
    return reached[wanted or 0]


def _possible(locality: str) -> Iterator[tuple[int, int, int]]:
    sizes = ON_A_PLAN[locality]
    fitting = []
    for month, size in zip(PRINTED.values(), sizes, strict=True):
        printed = figure("repeat_plans_current", locality, month).published
        fitting.append([n for n in range(size + 1) if f"{rounded(n, size)}%" == printed])
    new = [_started(locality, month) for month in PRINTED.values()]
    for counts in product(*fitting):
        ends = []
        for n in (1, 2):
            again = counts[n - 1] + new[n][1] - counts[n]
            ends += [again, sizes[n - 1] + new[n][0] - sizes[n] - again]
        if min(ends) >= 0:
            yield counts[0], counts[1], counts[2]


def _brief() -> dict[int, int]:
    """Plans begun in November and December that ended before January did: as many as leave the
    report's number of children on a plan for more than three months."""
    now = counted("cp_children")
    longer = whole("cp_review_up_to_date")
    begun = sum(_started(place, month)[0] for month in PRINTED.values() for place in ON_A_PLAN)
    brief = begun - (now - longer)
    return {DECEMBER: brief // 4, NOVEMBER: brief - brief // 4}


def _starters(
    there: list[PlanStay], began: Counts, month: int, brief: int, chance: Random
) -> list[PlanStay]:
    """Those of the children there at a month's end whose plan began in the month; from November on,
    so many of them are such as leave again before January ends."""
    by_cell = {cell: [s for s in there if s.cell == cell and not s.long] for cell in began}
    if month < NOVEMBER:
        return [
            stay
            for cell, many in began.items()
            for stay in _likely(by_cell[cell], many, month, chance)
        ]
    leaving = {cell: [s for s in some if s.ended is not None] for cell, some in by_cell.items()}
    staying = {cell: [s for s in some if s.ended is None] for cell, some in by_cell.items()}
    gone = {cell: max(0, many - len(staying[cell])) for cell, many in began.items()}
    turns = [
        cell
        for cell, many in began.items()
        for _ in range(gone[cell], min(many, len(leaving[cell])))
    ]
    chance.shuffle(turns)
    for cell in turns[: brief - sum(gone.values())]:
        gone[cell] += 1
    return [
        stay
        for cell, many in began.items()
        for some, count in ((leaving[cell], gone[cell]), (staying[cell], many - gone[cell]))
        for stay in chance.sample(some, count)
    ]


def _likely(some: list[PlanStay], many: int, month: int, chance: Random) -> list[PlanStay]:
    """So many of them, rather those for whom a plan begun now would last as long as most do."""

    def order(stay: PlanStay) -> float:
        ends = stay.ended if stay.ended is not None else JANUARY + chance.randrange(10)
        likely = _LASTED[min(ends - month, len(_LASTED) - 1)]
        return chance.random() ** (1 / likely) if likely else 0.0

    return sorted(some, key=order, reverse=True)[:many]


def _set_days(stays: list[PlanStay], chance: Random) -> None:
    long = [stay for stay in stays if stay.long]
    for stay in stays:
        if stay.began is not None:
            stay.first = chance.choice(days_of(stay.began))
        elif not stay.long:
            ago = 8 + round(chance.triangular(0, 320, 90))
            if stay.ended is not None and chance.random() < 0.02:
                ago += 400
            stay.first = working_day(date(2019, 12, 31) - timedelta(days=ago))
        elif stay not in long[:HOW_MANY_LONGEST]:
            span = (LONG_TO - LONG_FROM).days
            stay.first = working_day(LONG_FROM + timedelta(days=chance.randint(0, span)))
        if stay.ended is not None:
            earliest = stay.first + timedelta(days=14)
            days = days_of(stay.ended)
            stay.last = chance.choice([day for day in days if day >= earliest] or days[-1:])


def working_day(day: date) -> date:
    """The day itself, or the last working day before it."""
    while not working_days_taken(day - timedelta(days=1), day):
        day -= timedelta(days=1)
    return day


def days_of(month: int) -> list[date]:
    """The working days of a month."""
    return working_days(MONTH_ENDS[month].replace(day=1), MONTH_ENDS[month])


def february(stays: list[PlanStay], chance: Random) -> list[PlanStay]:
    """Plans that begin after January, up to the report; and some of those open end."""
    days = working_days(FEBRUARY, add_months(FEBRUARY, 1) + timedelta(days=4))
    cells = [stay.cell for stay in stays if stay.last is None]
    older = [stay for stay in stays if stay.last is None and stay.first < date(2020, 11, 1)]
    for stay in chance.sample(older, 40):
        stay.last = chance.choice(days)
    return [
        PlanStay(cell, None, chance.choice(days), began=JANUARY + 1)
        for cell in chance.sample(cells, 34)
    ]
