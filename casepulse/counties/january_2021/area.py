"""One area of practice of the county: its chances, and how it tells what happened."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Protocol

from casepulse.counties.january_2021.county import FEBRUARY, County, at
from casepulse.schemas.envelope import Data, Event

#: Hours of the local day between which most is done.
OFFICE_HOURS = 9, 17

#: One in so many of the facts of December and January is not recorded before February.
ONE_LATE_IN = 30
LATE_FROM, LATE_TO = at(date(2020, 12, 1), 0), at(FEBRUARY, 0)

#: How long after it happened anything else is recorded.
SOON = tuple(timedelta(hours=hours) for hours in (1, 2, 3, 20, 24, 48, 70))

#: The last instant at which anything is recorded that happened before it.
LATEST = at(date(2021, 3, 8), 18)


class Told(Protocol):
    """A child, a household or a case of which something is told."""

    @property
    def subject(self) -> str:
        """The subject of its events."""

    @property
    def team(self) -> str:
        """The team that holds it."""


class Area:
    """Where one area of practice draws its chances from, and what it tells its facts to."""

    def __init__(self, county: County, chance: Random) -> None:
        self.county = county
        self.chance = chance

    @classmethod
    def of(cls, county: County, name: str) -> "Area":
        """The area of a name, with the chances that are its own."""
        return cls(county, county.chances(name))

    def tell(
        self,
        who: Told,
        data: type[Data],
        when: date | datetime,
        hours: float | tuple[float, float] = OFFICE_HOURS,
        **said: Any,
    ) -> Event[Any]:
        """Tell a fact, as the team does: it is recorded soon, or late.

        Args:
            who: whom it is about.
            data: what kind of fact it is.
            when: the day on which it was, or the instant.
            hours: of a day, how many into it, or between which.
            said: what it says, beside the team.
        """
        if not isinstance(when, datetime):
            when = at(when, self.chance.uniform(*hours) if isinstance(hours, tuple) else hours)
        fact = data(team=who.team, **said)
        return self.county.tell(who.subject, fact, when, self.recorded(when))

    def recorded(self, time: datetime) -> datetime:
        """When what happened then is recorded: up to three days later; late ones of December and
        January in February; all of it by the day before the report."""
        chance = self.chance
        if LATE_FROM <= time < LATE_TO and not chance.randrange(ONE_LATE_IN):
            return at(FEBRUARY + timedelta(days=chance.randint(1, 32)), chance.uniform(9, 17))
        return min(time + chance.choice(SOON), max(LATEST, time))
