"""How the front door and Early Help tell facts: of contacts, and of families.

Early Help has families of its own, most of whom social care never comes to know.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TypeVar

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import Child, at
from casepulse.schemas.envelope import Data

Word = TypeVar("Word")

#: What is told of February and March ends with this day.
LAST_DAY = date(2021, 3, 7)

#: Where the families of Early Help live, by weight.
FAMILIES = {
    "Gloucester": 31, "Cheltenham": 18, "Stroud": 16, "FoD": 15, "Tewkesbury": 11, "Cotswolds": 9,
}  # fmt: skip


class Telling(Area):
    """An area that tells of contacts and families of its own, up to a last day."""

    def say(self, subject: str, data: Data, time: datetime) -> None:
        """Tell a fact; nothing that happens after the last day."""
        time = time.replace(microsecond=0)
        if time < at(LAST_DAY + timedelta(days=1), 0):
            self.county.tell(subject, data, time, self.recorded(time))

    def pick(self, weights: Mapping[Word, float]) -> Word:
        """One of these, by weight."""
        return self.chance.choices(list(weights), weights=list(weights.values()))[0]

    def day(self, first: date, last: date) -> date:
        """A working day between two, if there is one near: Monday to Friday."""
        day = first + timedelta(days=self.chance.randint(0, (last - first).days))
        for step in (0, -1, -2, 1, 2):
            moved = day + timedelta(days=step)
            if first <= moved <= last and moved.weekday() < 5:
                return moved
        return day

    def working_hours(self, day: date) -> datetime:
        """An instant of a working day."""
        return at(day, self.chance.uniform(9, 17))

    def child(self, known: date, locality: str | None = None) -> Child:
        """A child that Early Help comes to know on a day."""
        place = locality or self.pick(FAMILIES)
        born = known - timedelta(days=self.chance.randint(300, 16 * 365))
        return self.county.child(born, self.county.teams[place][0], known)
