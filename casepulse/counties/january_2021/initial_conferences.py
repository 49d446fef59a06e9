"""Initial child protection conferences: when they were held, and when discussed before.

And the child's part in conferences, initial and review: My Views forms and advocacy.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import apportion
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    LAST,
    Child,
    County,
    Spell,
    Stay,
)
from casepulse.counties.january_2021.days import back, working_days
from casepulse.counties.january_2021.published import counted, figure, percentage, share, whole
from casepulse.schemas.codes import ConferenceKind
from casepulse.schemas.events.protection import AdvocacyReferred, ConferenceHeld, MyViewsCompleted
from casepulse.state.calendar import add_months, add_working_days, month_of, working_days_taken

#: Working days that a discussion may be held on: long enough before the first conference.
DAYS = working_days(date(2019, 9, 2), date(2021, 3, 5))

APRIL = date(2020, 4, 1)

#: Conferences of January whose enquiry was completed in December, with the year's end; the rest of
#: the enquiries that January completed for a conference are for those of February.
COMPLETED_IN_JANUARY = 50

#: In how many of a hundred cases, where the report does not say.
IN_TIME, WITHOUT_PLAN, ADVOCACY = 92, 17, 13
VIEWS = defaultdict(lambda: 57, {"2020-10": 58, "2020-11": 55, "2020-12": 50})


@dataclass(slots=True, eq=False)
class Conference:
    """An initial conference, from the strategy discussion that began the enquiry."""

    key: str
    child: Child
    day: date
    made_plan: bool
    referral: Spell | None = None
    discussed: date = date.min
    completed: date = date.min
    """When the enquiry was completed that it ends."""
    enquiry: str = ""


class Referred:
    """The referrals of children in need: each is taken once."""

    def __init__(self, county: County, chance: Random) -> None:
        self._chance = chance
        self._open = sorted(
            (
                (spell.first, child.key, child, spell)
                for child in county.children
                if all(spell.kind is Stay.REFERRAL for spell in child.spells)
                for spell in child.spells
            ),
            key=lambda each: each[:2],
        )
        self._taken: set[str] = set()

    def take(self, first: date, last: date) -> tuple[Child, Spell]:
        """A child and a referral that was open from one day to another; rather a young one."""
        end = bisect_left(self._open, first, key=lambda each: each[0])
        start = bisect_left(self._open, first - timedelta(days=60), key=lambda each: each[0])
        for attempt in range(20_000):
            place = self._chance.randrange(start if attempt < 50 and start < end else 0, end)
            _, _, child, spell = self._open[place]
            if spell.key not in self._taken and (spell.last is None or spell.last > last):
                self._taken.add(spell.key)
                return child, spell
        raise ValueError(f"no referral is open from {first} to {last}")


def plan_conferences(
    made: list[Conference], referred: Referred, chance: Random
) -> list[Conference]:
    """All initial conferences: those that made a plan, and as many more, without one, as the report
    has; each with the day of its discussion."""
    found = sorted(made, key=lambda each: (each.day, each.child.key))
    plans = Counter(month_of(each.day) for each in found)
    for month, many in _without_plan(plans).items():
        first = date.fromisoformat(f"{month}-01")
        days = working_days(first, min(add_months(first, 1) - timedelta(days=1), DAYS[-1]))
        for _ in range(many):
            day = chance.choice(days)
            child, spell = referred.take(back(day, 30), day)
            found.append(Conference("", child, day, False, spell))
    by_month = defaultdict(list)
    for each in sorted(found, key=lambda each: each.day):
        by_month[month_of(each.day)].append(each)
    for month, held in by_month.items():
        late = set(chance.sample(held, len(held) - _in_time(month, len(held))))
        for number, each in enumerate(held):
            _discuss(each, each in late, number, len(held), chance)
    return found


def _without_plan(plans: Counter[str]) -> dict[str, int]:
    """How many conferences of each month made no plan."""
    january, printed = month_of(JANUARY), counted("icpc_no_plan")
    year = {m: n for m, n in plans.items() if month_of(APRIL) <= m < january}
    led = sum(year.values()) + plans[january]
    rest = round(led * 100 / percentage("icpc_to_plan_fytd", period="FYtD 2020-21")) - led - printed
    before = {m: n for m, n in plans.items() if m not in year and m != january}
    without = {m: round(n * WITHOUT_PLAN / (100 - WITHOUT_PLAN)) for m, n in before.items()}
    return {**without, **apportion(rest, year), january: printed}


def _in_time(month: str, held: int) -> int:
    try:
        told = figure("icpc_timely", period=month)
    except KeyError:
        return round(IN_TIME * held / 100)
    if told.numerator is not None:
        return told.numerator
    return round(int(told.published.rstrip("%")) * held / 100)


def _discuss(each: Conference, late: bool, number: int, held: int, chance: Random) -> None:
    """Set the days of a conference's discussion and of the end of its enquiry, given its place
    among those of its month."""
    least, most = (16, 22) if late else (8, 15)
    first, last = date.min, each.day
    if month_of(each.day) == month_of(JANUARY):
        if number < held - COMPLETED_IN_JANUARY:
            last = date(2020, 12, 31)
            least = max(least, working_days_taken(date(2020, 12, 24), each.day))
        else:
            first = add_working_days(JANUARY, 1)
    elif each.day >= FEBRUARY:
        many = share(whole("s47_to_icpc"), "s47_to_icpc")
        if number < many - COMPLETED_IN_JANUARY and each.day < date(2021, 3, 1):
            last, least = LAST, 10
        else:
            first = FEBRUARY
    each.discussed = back(each.day, chance.randint(least, max(least, most)))
    days = working_days(
        max(first, add_working_days(each.discussed, 2)),
        min(last, add_working_days(each.discussed, 15)),
    )
    each.completed = chance.choice(days)


def tell_views(county: County, held: list[tuple[str, Child, date]]) -> None:
    """Tell the My Views forms and the referrals to advocacy: in January of as many children as the
    report has, and in the other months of about as many."""
    area = Area.of(county, "views")
    by_month: dict[str, dict[Child, tuple[str, date]]] = defaultdict(dict)
    for key, child, day in held:
        by_month[month_of(day)][child] = key, day
    for month, children in sorted(by_month.items()):
        views, advocacy = VIEWS[month], ADVOCACY
        if month == month_of(JANUARY):
            views, advocacy = (
                percentage("my_views"),
                percentage("advocacy_referral"),
            )
        older = [c for c, (_, day) in children.items() if add_months(c.born, 48) <= day]
        for many, data, most in (
            (round(views * len(children) / 100), MyViewsCompleted, 4),
            (round(advocacy * len(children) / 100), AdvocacyReferred, 12),
        ):
            for child in area.chance.sample(older, min(many, len(older))):
                key, day = children[child]
                before = day - timedelta(days=area.chance.randint(1, most))
                area.tell(child, data, before, 16, conference=key)


def tell_conference(area: Area, each: Conference) -> None:
    """Tell an initial conference."""
    area.tell(
        each.child,
        ConferenceHeld,
        each.day,
        13,
        conference=each.key,
        kind=ConferenceKind.INITIAL,
        enquiry=each.enquiry,
    )
