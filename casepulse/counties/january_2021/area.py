"""One area of practice of the county: its chances, and how it tells what happened."""

from datetime import date
from random import Random
from typing import Any, Protocol

from casepulse.counties.january_2021.county import County, at
from casepulse.counties.january_2021.recording import recorded
from casepulse.schemas.envelope import Data, Event

#: Hours of the local day between which most is done.
OFFICE_HOURS = 9, 17


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
        day: date,
        hours: float | tuple[float, float] = OFFICE_HOURS,
        **said: Any,
    ) -> Event[Any]:
        """Tell a fact of a day, as its team does: it is recorded soon, or late.

        Args:
            who: whom it is about.
            data: what kind of fact it is.
            day: on which it was.
            hours: into the day, or between which hours.
            said: what it says, beside the team.
        """
        hour = self.chance.uniform(*hours) if isinstance(hours, tuple) else hours
        time, fact = at(day, hour), data(team=who.team, **said)
        return self.county.tell(who.subject, fact, time, recorded(time, self.chance))
