"""What is still to come in the simulated county, in the order in which it comes."""

from collections.abc import Callable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from typing import Any, NamedTuple

from casepulse.schemas.envelope import Data, Event
from casepulse.schemas.events import make_event

#: The `source` of every event of the scenario.
SOURCE = "casepulse-scenario"

#: Something that people will do, run when its instant comes.
Step = Callable[[], None]

_STEP, _ENTRY = 0, 1


class Entry(NamedTuple):
    """A fact as the case system has it: an event that is not validated before it is due.

    Lighter than an event by far, and there is one for all that happened and is not recorded yet.
    """

    id: str
    subject: str
    time: datetime
    recorded: datetime
    data: Data

    def event(self) -> Event[Any]:
        """The event that tells it."""
        return make_event(
            self.data,
            id=self.id,
            source=SOURCE,
            subject=self.subject,
            time=self.time,
            recorded=self.recorded,
        )


class Agenda:
    """Steps to be taken and facts to be recorded, by instant. What is not before `ends` is dropped.

    A step may plan further steps and enter facts, though none before `now`:
    that is why events leave in the order in which they were recorded, while no
    more of any journey is known than its next few steps.
    """

    def __init__(self, begins: datetime, ends: datetime) -> None:
        self.now = begins
        self.ends = ends
        self._coming: list[tuple[datetime, int, int, Step | Entry]] = []
        self._order = count()

    def plan(self, at: datetime, step: Step) -> None:
        """Take a step at an instant, or now if that has passed."""
        self._push(max(at, self.now), _STEP, step)

    def enter(self, entry: Entry) -> None:
        """Have a fact leave as an event when it is recorded."""
        self._push(entry.recorded, _ENTRY, entry)

    def _push(self, at: datetime, kind: int, what: Step | Entry) -> None:
        if at < self.ends:
            heappush(self._coming, (at, kind, next(self._order), what))

    def run(self) -> Iterator[Event[Any]]:
        """Let time pass to the end: every event, by recorded time."""
        while self._coming:
            self.now, _, _, what = heappop(self._coming)
            if isinstance(what, Entry):
                yield what.event()
            else:
                what()
