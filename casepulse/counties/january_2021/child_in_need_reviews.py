"""The reviews of child in need plans: how many are late when December and January end."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.counts import apportion, rounded
from casepulse.counties.january_2021.county import MONTH_ENDS, Child, Spell
from casepulse.counties.january_2021.days import some_day, working_days
from casepulse.counties.january_2021.published import counted, figure, percentage

_DECEMBER, _LAST = MONTH_ENDS[-2:]

#: Plans that began, and reviews that were held, on these days or before are late at a month's end:
#: the first review is due after 6 weeks, each later one after 3 months.
_STARTED_LONG_AGO = {end: end - timedelta(weeks=6) for end in (_DECEMBER, _LAST)}
_REVIEWED_LONG_AGO = {_DECEMBER: date(2020, 9, 30), _LAST: date(2020, 10, 31)}

#: A plan that began by this day may have been reviewed once and be overdue for the next review.
_REVIEWED_ONCE = date(2020, 10, 10)

#: The localities of which it is published how many reviews are up to date.
_PRINTED = ("FoD", "DCYPS")

#: How much likelier than elsewhere a review is late. In two localities few are, says the report.
_LATE = {"Stroud": 0.4, "Cotswolds": 0.4}

#: Percent of the plans ended in January that were reviewed in time.
_REVIEWED_BEFORE_THE_END = 35


@dataclass(slots=True, eq=False)
class Case:
    """A child with an open referral, its plan, if it has one, and the plan's reviews."""

    child: Child
    locality: str
    spell: Spell
    assessments: list[tuple[date, str]]
    """Those that found the child in need by the end of January: the day, and the key."""
    plan: str = ""
    began: date | None = None
    assessment: str | None = None
    reviewed: date | None = None
    reviews: list[date] = field(default_factory=list)
    short_breaks: bool = False

    @property
    def start(self) -> date:
        """The first day of the plan."""
        assert self.began is not None
        return self.began

    @property
    def assessed(self) -> date | None:
        """The day of the latest assessment that found the child in need."""
        return self.assessments[-1][0] if self.assessments else None


class Reviews:
    """Gives plans their reviews."""

    def __init__(self, chance: Random, localities: list[str]) -> None:
        self.chance = chance
        self.localities = localities

    def usual(self, case: Case, until: date) -> None:
        """The first after five or six weeks, then about every three months, up to a day."""
        day = case.start + timedelta(days=self.chance.randint(28, 45))
        while day <= until:
            case.reviews.append(day)
            day += timedelta(days=self.chance.randint(70, 95))

    def up_to_january(self, planned: list[Case], ended: list[Case]) -> None:
        """Reviews as the figures of December and January have them."""
        late = self._late_in_january(planned)
        overdue = sample(
            self.chance,
            [case for case in late if case.start <= _REVIEWED_ONCE],
            counted("cin_next_review_overdue"),
        )
        for case in overdue:
            latest = some_day(
                max(case.start + timedelta(days=15), date(2020, 7, 1)),
                _REVIEWED_LONG_AGO[_LAST],
                self.chance,
            )
            self.usual(case, latest - timedelta(days=20))
            case.reviews.append(latest)
        too_late = set(late)
        in_time = [
            case
            for case in planned
            if case not in too_late and case.start <= _STARTED_LONG_AGO[_LAST]
        ]
        for case in ended:
            if self.chance.randrange(100) < _REVIEWED_BEFORE_THE_END:
                self._reviewed_in_time(case)
        then = [case for case in planned + ended if case.start <= _DECEMBER]
        published = percentage("cin_review_up_to_date", period="2020-12")
        up_to_date = next(n for n in range(len(then)) if rounded(n, len(then)) == published)
        late_then = sum(_late_in_december(case) for case in late + ended)
        reviewed_in_january = set(
            sample(
                self.chance,
                [case for case in in_time if case.start <= _STARTED_LONG_AGO[_DECEMBER]],
                len(then) - up_to_date - late_then,
            )
        )
        for case in in_time:
            if case in reviewed_in_january:
                self.usual(case, _REVIEWED_LONG_AGO[_DECEMBER] - timedelta(days=1))
                if self.chance.random() < 0.4:
                    case.reviews.clear()
                case.reviews.append(self.chance.choice(working_days(date(2021, 1, 4), _LAST)))
            else:
                self._reviewed_in_time(case)

    def _reviewed_in_time(self, case: Case) -> None:
        """So that it is up to date at the ends of December and January."""
        november = date(2020, 11, 2)
        first = max(case.start + timedelta(days=6), november)
        day = some_day(first, max(first, date(2020, 12, 23)), self.chance)
        if case.start > _STARTED_LONG_AGO[_DECEMBER]:
            day = some_day(first, max(first, date(2021, 1, 29)), self.chance)
        self.usual(case, min(day, november) - timedelta(days=20))
        case.reviews.append(min(day, case.spell.last or day))

    def _late_in_january(self, planned: list[Case]) -> list[Case]:
        """Whose review is late at the end of January: as many as published, by locality where that
        is published."""
        figures = figure("cin_review_up_to_date")
        assert figures.numerator is not None
        assert figures.denominator is not None
        left = figures.denominator - figures.numerator
        places: dict[str, list[Case]] = {place: [] for place in self.localities}
        for case in planned:
            places[case.locality].append(case)
        late: dict[str, int] = {}
        for place in _PRINTED:
            late[place] = len(places[place]) - _up_to_date(place, len(places[place]))
        weights = {
            place: len(here) * _LATE.get(place, 1)
            for place, here in places.items()
            if place not in late
        }
        late |= apportion(left - sum(late.values()), weights)
        found = []
        for place, here in places.items():
            able = [case for case in here if case.start <= _STARTED_LONG_AGO[_LAST]]
            # The older a plan, the likelier.
            able.sort(key=lambda case: case.start + timedelta(days=self.chance.randrange(100)))
            found += able[: late[place]]
        return found


def sample(chance: Random, cases: list[Case], many: int) -> list[Case]:
    """So many of the cases.

    Raises:
        ValueError: there are fewer, or fewer than none are wanted.
    """
    if not 0 <= many <= len(cases):
        raise ValueError(f"{many} are wanted of {len(cases)} children in need")
    return chance.sample(cases, many)


def _up_to_date(place: str, many: int) -> int:
    """How many of so many plans are up to date in a locality, by the percentage published of it;
    -1 if none are that percentage."""
    published = percentage("cin_review_up_to_date", place)
    return next((n for n in range(many) if rounded(n, many) == published), -1)


def printable(sure: list[Case], others: list[Case], many: int) -> list[Case]:
    """So many of the others, the first as far as possible, that the plans of each locality can be
    the percentage up to date that is published of it."""
    chosen, spare = others[:many], others[many:]
    spare = [case for case in spare if case.locality not in _PRINTED]
    for place in _PRINTED:
        while True:
            here = [case for case in chosen if case.locality == place]
            if _up_to_date(place, sum(case.locality == place for case in sure) + len(here)) >= 0:
                break
            chosen.remove(here[-1])
            chosen.append(spare.pop(0))
    return chosen


def _late_in_december(case: Case) -> bool:
    """Whether the plan's review is late at the end of December."""
    if case.start > _DECEMBER:
        return False
    reviews = [day for day in case.reviews if day <= _DECEMBER]
    if reviews:
        return max(reviews) <= _REVIEWED_LONG_AGO[_DECEMBER]
    return case.start <= _STARTED_LONG_AGO[_DECEMBER]
