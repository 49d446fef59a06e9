"""Which health assessments children in care have had when January ends, and which they lack."""

from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    MONTH_ENDS,
    Child,
    Spell,
    Stay,
)
from casepulse.counties.january_2021.fitting import rounded
from casepulse.counties.january_2021.published import figure
from casepulse.counties.january_2021.recording import some_day
from casepulse.state.calendar import add_months, add_working_days

LAST = MONTH_ENDS[-1]
YEAR_END = JANUARY - timedelta(days=1)

#: What is told of a child's health begins here, however long it has been in care.
BEGINNING = date(2018, 11, 1)

#: Of the overdue assessments, so many are initial ones (the report's body).
INITIAL_OVERDUE = 7

#: Which part of the initial ones were late before January (82% in time in November).
INITIAL_LATE = 0.18

#: A child's latest assessment, and the one before it where that is planned, too.
Latest = tuple[date, date | None]


def stay_of(child: Child) -> Spell:
    spell = child.latest(Stay.CARE)
    assert spell is not None
    return spell


def entered(child: Child) -> date:
    return stay_of(child).first


def due_after(child: Child, assessed: date) -> date:
    """When the next is due: after six months if they end before the fifth birthday, else twelve."""
    six_months = add_months(assessed, 6)
    return six_months if six_months < add_months(child.born, 60) else add_months(assessed, 12)


def plan_assessments(children: list[Child], chance: Random) -> dict[Child, Latest]:
    """The latest assessment of each child. Those who have had none are left out."""
    assessed: dict[Child, Latest] = {}
    entrants = [child for child in children if entered(child) >= JANUARY]
    _plan_entrants(entrants, assessed, chance)
    earlier = [child for child in children if entered(child) < JANUARY]
    earlier.sort(key=lambda child: (entered(child), child.key))
    initial = figure("iha_timely")
    in_time = (initial.numerator or 0) - len(assessed)
    late = (initial.denominator or 0) - (initial.numerator or 0)
    # Whoever entered last before January has had none, or had the first in January.
    newest = [earlier.pop() for _ in range(in_time + INITIAL_OVERDUE + late)]
    for number, child in enumerate(newest):
        due = add_working_days(entered(child), 20)
        if number < in_time:
            assessed[child] = some_day(date(2021, 1, 4), due, chance), None
        elif number >= in_time + INITIAL_OVERDUE:
            first = max(due + timedelta(days=1), date(2021, 1, 4))
            assessed[child] = some_day(first, date(2021, 1, 29), chance), None
    never = newest[in_time : in_time + INITIAL_OVERDUE]
    reviewed = _plan_reviews_of_january(earlier, assessed, chance)
    rest = [child for child in earlier if child not in reviewed]
    overdue = _overdue(children, never, rest, chance)
    for child in rest:
        if child in overdue:
            assessed[child] = _before(child, LAST, chance), None
        else:
            assessed[child] = _up_to_date(child, chance), None
    return assessed


def _plan_entrants(entrants: list[Child], assessed: dict[Child, Latest], chance: Random) -> None:
    """January's entrants: those who entered first are assessed in time."""
    entrants.sort(key=lambda child: (entered(child), child.key))
    for child in entrants[: figure("iha_entrants_in_time").numerator or 0]:
        day = some_day(entered(child) + timedelta(days=1), date(2021, 1, 30), chance)
        assessed[child] = min(day, add_working_days(entered(child), 20)), None


def _plan_reviews_of_january(
    children: list[Child], assessed: dict[Child, Latest], chance: Random
) -> set[Child]:
    """So many have a review in January; of them so many in time."""
    told = figure("rha_timely")
    in_time, reviewed = told.numerator or 0, set[Child]()
    for child in chance.sample(children, len(children)):
        day = some_day(date(2021, 1, 4), date(2021, 1, 29), chance)
        if len(reviewed) == told.denominator:
            break
        before = _before(child, day, chance)
        if len(reviewed) < in_time:
            before = _after(before, child, day, chance)
            fits = before >= _first_day(child) and due_after(child, before) >= day
        else:
            fits = before >= _first_day(child) and due_after(child, before) < day
        if fits:
            assessed[child] = day, before
            reviewed.add(child)
    return reviewed


def _first_day(child: Child) -> date:
    """The first day on which an initial assessment could have been, as far as is told."""
    return max(entered(child) + timedelta(days=8), BEGINNING)


def _before(child: Child, day: date, chance: Random) -> date:
    """A day such that the review after it was due before `day`."""
    latest = add_months(day, -6) - timedelta(days=1)
    while due_after(child, latest) >= day:
        latest -= timedelta(days=1)
    return latest - timedelta(days=chance.randint(0, 50))


def _after(before: date, child: Child, day: date, chance: Random) -> date:
    """A day later than `before`, such that the review after it was not due before `day`."""
    while due_after(child, before) < day:
        before += timedelta(days=1)
    return before + timedelta(days=chance.randint(0, 25))


def _overdue(
    children: list[Child], never: list[Child], rest: list[Child], chance: Random
) -> set[Child]:
    """Whose review is overdue when January ends: so many under 5, so many older."""
    told = figure("cic_health_assessment")
    young, old = [[each for each in children if is_young is _is_young(each)]
                  for is_young in (True, False)]  # fmt: skip
    late = len(children) - (told.numerator or 0)
    under_5, from_5 = (
        int(figure("cic_health_assessment", scope).published.rstrip("%"))
        for scope in ("under 5", "5 and over")
    )
    late_young = next(
        many
        for many in range(late + 1)
        if rounded(len(young) - many, len(young)) == under_5
        and rounded(len(old) - late + many, len(old)) == from_5
    )
    found = set[Child]()
    for band, many in ((young, late_young), (old, late - late_young)):
        can_be = [each for each in rest if each in band and _long_enough(each)]
        found.update(chance.sample(can_be, many - len([each for each in never if each in band])))
    return found


def _is_young(child: Child) -> bool:
    """Whether a child is under 5 when January ends."""
    return add_months(child.born, 60) >= FEBRUARY


def _long_enough(child: Child) -> bool:
    """Whether a child has been in care long enough for a review to be overdue."""
    first = _first_day(child) + timedelta(days=52)
    return due_after(child, first) < LAST


def _up_to_date(child: Child, chance: Random) -> date:
    """A day before January after which the next review is not due before February."""
    first = _first_day(child)
    while due_after(child, first) < FEBRUARY:
        first += timedelta(days=1)
    if first == _first_day(child) and entered(child) > date(2020, 2, 1):
        # The initial one, if no review is due yet; else the review.
        late = chance.random() < INITIAL_LATE
        initial = some_day(first, add_working_days(entered(child), 34 if late else 20), chance)
        return min(initial, YEAR_END)
    return some_day(first, YEAR_END, chance)
