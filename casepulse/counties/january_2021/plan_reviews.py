"""Review conferences of protection plans: three months after the first, then every six."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import FEBRUARY, JANUARY, Child, County
from casepulse.counties.january_2021.days import working_days
from casepulse.counties.january_2021.plan_stays import PlanStay, working_day
from casepulse.counties.january_2021.published import whole
from casepulse.schemas.codes import ConferenceKind
from casepulse.schemas.events.protection import ConferenceHeld
from casepulse.state.calendar import add_months, add_working_days

#: Reviews were late now and then between these days. Some of November's were held in December, up
#: to a day; none is late at the end of that month, nor of January, the report's second month.
LATE_FROM, LATE_TO = date(2020, 2, 1), date(2020, 10, 31)
LATE_IN_NOVEMBER, LATE_BY = 6, date(2020, 12, 11)

#: How many of a hundred reviews were so; how many plans end at a review.
LATE, ENDED_BY_REVIEW = 0.02, 0.85

#: The eve of the report.
LAST_DAY = date(2021, 3, 5)


@dataclass(slots=True, eq=False)
class Reviewed:
    """The reviews of one plan."""

    child: Child
    stay: PlanStay
    days: list[date] = field(default_factory=list)

    @property
    def due(self) -> date:
        """When the next one is due."""
        if self.days:
            return add_months(self.days[-1], 6)
        return add_months(self.stay.first, 3)

    @property
    def since(self) -> date:
        """The last review, or the beginning."""
        return self.days[-1] if self.days else self.stay.first

    @property
    def ends_next(self) -> bool:
        """Whether the plan ends before another review is due."""
        return self.stay.last is not None and self.stay.last <= self.due

    @property
    def could_end(self) -> bool:
        """Whether its last day lies far enough from the last review to be a review itself."""
        return self.since + timedelta(days=35) < self.last

    @property
    def last(self) -> date:
        """The plan's last day, or the eve of the report."""
        return min(self.stay.last or LAST_DAY, LAST_DAY)


def tell_reviews(
    county: County, children: list[tuple[Child, PlanStay]]
) -> list[tuple[str, Child, date]]:
    """Plan and tell all review conferences.

    Returns:
        each one's key, child and day.
    """
    area = Area.of(county, "plan_reviews")
    reviewed = [Reviewed(child, stay) for child, stay in children]
    for one in reviewed:
        _review(one, date.min, JANUARY, area.chance)
    _late_in_november(reviewed, area.chance)
    _january(reviewed, area.chance)
    for one in reviewed:
        if one.last >= FEBRUARY:
            _review(one, FEBRUARY, LAST_DAY, area.chance)
    told = []
    for one in reviewed:
        for day in one.days:
            key = county.key("cf")
            said = {"conference": key, "kind": ConferenceKind.REVIEW}
            area.tell(one.child, ConferenceHeld, day, 11, **said)
            told.append((key, one.child, day))
    return told


def _review(one: Reviewed, first: date, before: date, chance: Random) -> None:
    """The reviews from one day on and before another; the last of them ends the plan, as a rule."""
    while one.since < before:
        if one.ends_next:
            if one.last < before and one.could_end and chance.random() < ENDED_BY_REVIEW:
                one.days.append(one.last)
            return
        early = chance.randint(0, 40 if one.days else 10)
        day = max(first, working_day(one.due - timedelta(days=early)))
        if LATE_FROM < one.due < LATE_TO and chance.random() < LATE:
            day = add_working_days(one.due, chance.randint(1, 6))
        if day >= before or day > one.last:
            return
        one.days.append(day)


def _late_in_november(reviewed: list[Reviewed], chance: Random) -> None:
    """Some reviews that were due in November are held in December."""
    november = date(2020, 11, 1), date(2020, 11, 30)
    could = []
    for one in reviewed:
        *before, latest = one.days or [date.min]
        due = add_months(before[-1], 6) if before else add_months(one.stay.first, 3)
        if november[0] <= latest <= due <= november[1] and one.last > LATE_BY:
            could.append(one)
    for one in chance.sample(could, LATE_IN_NOVEMBER):
        one.days[-1] = chance.choice(working_days(november[1] + timedelta(days=1), LATE_BY))


def _january(reviewed: list[Reviewed], chance: Random) -> None:
    """January's reviews: those that were due, those that ended a plan, and as many more, brought
    forward, as the report has."""
    chosen: list[tuple[Reviewed, date]] = []
    ending: list[tuple[Reviewed, date]] = []
    more: list[tuple[Reviewed, date]] = []
    first = add_working_days(JANUARY, 1)
    for one in reviewed:
        if one.last < JANUARY or one.stay.first >= JANUARY:
            continue
        if one.ends_next and one.last < FEBRUARY:
            if one.could_end:
                ending.append((one, one.last))
        elif one.due < FEBRUARY:
            chosen.append((one, chance.choice(working_days(first, one.due))))
        elif one.since < JANUARY - timedelta(days=40):
            more.append((one, chance.choice(working_days(first, FEBRUARY - timedelta(days=1)))))
    rest = (whole("cp_review_conferences")) - len(chosen)
    chosen += chance.sample(ending, min(round(ENDED_BY_REVIEW * len(ending)), rest))
    rest = (whole("cp_review_conferences")) - len(chosen)
    more.sort(key=lambda each: (each[0].due, each[0].child.key))
    for one, day in chosen + more[:rest]:
        one.days.append(day)
