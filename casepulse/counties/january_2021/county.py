"""The county that the January 2021 report is about: its children, and how facts are told of them.

Every module of this package plans one area of practice from the published counts: who is late, and
how many. It puts its children into the county, says what stays they have (a referral open, on a
plan, in care, a care leaver), and tells ordinary events. None knows how a measure counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import count
from random import Random
from typing import Any

from casepulse.schemas.envelope import Data, Event
from casepulse.schemas.events import make_event
from casepulse.schemas.events.child import ChildRegistered
from casepulse.schemas.profile import load_profile
from casepulse.state.calendar import add_months, midnight

#: The instant that the report's figures are as at: the midnight that ends January 2021.
AS_AT = midnight(date(2021, 2, 1))

#: The instant that they are as known at: the end of the day of the report.
KNOWN = midnight(date(2021, 3, 9))

#: The first day of the month reported on, and of the next.
JANUARY, FEBRUARY = date(2021, 1, 1), date(2021, 2, 1)

#: The last days of the thirteen months of a series, oldest first: January 2020 to January 2021.
MONTH_ENDS = [add_months(date(2020, 2, 1), n) - timedelta(days=1) for n in range(13)]

#: The last day of January 2021.
LAST = MONTH_ENDS[-1]

#: Teams that hold no children of their own: 43 of the 47 do.
WITHOUT_CHILDREN = {"fostering", "leaving-care-3", "dcyps-west", "cotswolds-permanence"}

SOURCE = "urn:casepulse:january-2021"


class Stay(StrEnum):
    """What makes a child open to social care."""

    REFERRAL = "referral"
    PLAN = "plan"
    CARE = "care"
    LEAVER = "leaver"


class Lasting:
    """What has a first day, and a last one unless it lasts still."""

    __slots__ = ()

    first: date
    last: date | None

    def lasts_at_the_end_of(self, day: date) -> bool:
        """Whether it lasts at the midnight that ends a day."""
        return self.first <= day and (self.last is None or self.last > day)


@dataclass(slots=True)
class Spell(Lasting):
    """One such stay: its record's key, its first day, and its last; None while it lasts."""

    kind: Stay
    key: str
    first: date
    last: date | None = None


@dataclass(slots=True, eq=False)
class Child:
    """A child, or a young person, who is or was known to the county."""

    key: str
    born: date
    team: str
    spells: list[Spell] = field(default_factory=list)

    @property
    def subject(self) -> str:
        """The subject of the child's events."""
        return f"child:{self.key}"

    def open_at_the_end_of(self, day: date) -> set[Stay]:
        """What makes the child open then; nothing, if it isn't."""
        return {spell.kind for spell in self.spells if spell.lasts_at_the_end_of(day)}

    def latest(self, kind: Stay) -> Spell | None:
        """The child's last spell of a kind."""
        return next((spell for spell in reversed(self.spells) if spell.kind is kind), None)


class County:
    """All children, and all that is told. Each area has chances of its own, from the seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.children: list[Child] = []
        self._told: list[tuple[datetime, int, Event[Any]]] = []
        self._told_of: dict[str, list[Event[Any]]] = {}
        self._numbers = count(1)
        self._keys: dict[str, Iterator[int]] = {}
        profile = load_profile()
        self.localities = profile.localities
        self.teams = {
            locality: [
                team
                for team, place in profile.teams.items()
                if place == locality and team not in WITHOUT_CHILDREN
            ]
            for locality in profile.localities
        }

    def chances(self, area: str) -> Random:
        """The chances of one area: what another area draws does not change them."""
        return Random(f"{self.seed}:{area}")

    def key(self, kind: str) -> str:
        """The next key of a kind of record, as r000001 for kind "r"."""
        return f"{kind}{next(self._keys.setdefault(kind, count(1))):06d}"

    def child(self, born: date, team: str, known: date) -> Child:
        """A new child, registered on the day on which it becomes known."""
        child = Child(self.key("k"), born, team)
        self.children.append(child)
        self.tell(child.subject, ChildRegistered(born=born, team=team), at(known, 8.5))
        return child

    def open_children(self, kind: Stay, day: date) -> list[Child]:
        """The children with a stay of this kind at the end of a day."""
        return [child for child in self.children if kind in child.open_at_the_end_of(day)]

    def tell(
        self, subject: str, data: Data, time: datetime, recorded: datetime | None = None
    ) -> Event[Any]:
        """Tell a fact.

        Args:
            subject: what it is about, as child:k000001.
            data: what happened.
            time: when.
            recorded: when the case system knew; None: an hour later.
        """
        number = next(self._numbers)
        event = make_event(
            data,
            id=f"jan-{number:07d}",
            source=SOURCE,
            subject=subject,
            time=time,
            recorded=recorded or time + timedelta(hours=1),
        )
        self._told.append((event.recordedtime, number, event))
        self._told_of.setdefault(subject, []).append(event)
        return event

    def told_of(self, child: Child) -> list[Event[Any]]:
        """What was told of a child so far, in the order in which it was told."""
        return self._told_of.get(child.subject, [])

    def events(self) -> Iterator[Event[Any]]:
        """Everything told, by the time it was recorded."""
        for _, _, event in sorted(self._told, key=lambda each: each[:2]):
            yield event


#: Asked half a million times, of a few thousand days.
_midnight = cache(midnight)


def at(day: date, hour: float) -> datetime:
    """The instant so many hours into a local day."""
    return _midnight(day) + timedelta(seconds=round(hour * 3600))


def deal(counts: dict[str, int], chance: Random) -> list[str]:
    """So many of each name, shuffled: a plan of how many, turned into who."""
    dealt = [name for name, many in counts.items() for _ in range(many)]
    chance.shuffle(dealt)
    return dealt
