"""Workers, their posts and teams: who holds the children, and how stretched they are."""

from datetime import timedelta
from itertools import count
from random import Random
from typing import Protocol

from casepulse.counties.scenario.agenda import Step
from casepulse.counties.scenario.case import Case
from casepulse.counties.scenario.diary import working_day
from casepulse.counties.scenario.setting import Setting
from casepulse.schemas.events.workforce import WorkerLeft, WorkerRecorded
from casepulse.state.calendar import month_of

#: Children for each full-time post: a team that holds half a post's worth more grows.
COMFORTABLE = 13

#: The sizes of posts and their shares. The first of a team is a small one.
POSTS = {1.0: 0.55, 0.8: 0.15, 0.6: 0.15, 0.5: 0.15}
SMALL_POST = 0.5

#: How long a post stays empty, in working days.
TO_RECRUIT = (10, 30)

#: How long people stay, in days: at least, and on average beyond that.
STAYS_AT_LEAST, STAYS_BEYOND = 120, 900


class Held(Protocol):
    """A child, as far as whoever holds it knows."""

    key: str

    def leaves(self, worker: "Worker") -> Step:
        """The step by which the child passes to another worker of the team."""


class Worker(Case):
    """A social worker in one team. The children held are kept in the order in which they came."""

    def __init__(self, setting: Setting, key: str, team: "Team", fte: float) -> None:
        super().__init__(setting, "worker", key)
        self.team = team
        self.fte = fte
        self.holds: dict[str, Held] = {}
        self._month = ""
        self._other_duties = 1.0

    @property
    def load(self) -> float:
        """Children held for each full-time post."""
        return len(self.holds) / self.fte

    def strain(self) -> float:
        """How far work slips: 1 is as it should be. It rises with the load and from month to
        month with leave, sickness, court and duty weeks."""
        month = month_of(self.today)
        if month != self._month:
            self._month, self._other_duties = month, self.random.uniform(0.5, 1.5)
        return min(max(self.load / COMFORTABLE, 0.6), 1.6) * self._other_duties * self.team.habit

    def join(self) -> None:
        """Take up the post, and leave it one day."""
        self.tell_at_once(WorkerRecorded(team=self.team.name, fte=self.fte))
        days = STAYS_AT_LEAST + self.random.expovariate(1 / STAYS_BEYOND)
        last = working_day(self.today + timedelta(days=round(days)))
        self.agenda.plan(self.on(last), self.hand_over)

    def hand_over(self) -> None:
        """Leave, once a successor is there and each child has passed to another worker."""
        self.team.replace(self)
        for child in list(self.holds.values()):
            self.agenda.plan(self.in_days(0, 4), child.leaves(self))
        self.agenda.plan(self.in_days(6, 8), self.leave)

    def leave(self) -> None:
        """The last day."""
        self.tell_at_once(WorkerLeft(team=self.team.name))


class Team:
    """A team: its workers now, and the posts it is filling. Workers of all teams are numbered as
    they are appointed."""

    def __init__(self, setting: Setting, name: str, numbers: "count[int]") -> None:
        self.setting = setting
        self.name = name
        self.numbers = numbers
        self.random: Random = setting.chances(name)
        self.habit = self.random.uniform(0.65, 1.35)
        self.workers: list[Worker] = []
        self._fte = 0.0
        self._held = 0
        self._next_post = self._size_of_post()

    def appoint_at_first(self, needed: float) -> None:
        """The workers with whom the scenario begins: so many full-time posts, at least one."""
        self._welcome(self._appoint(SMALL_POST))
        while self._fte < needed:
            self._welcome(self._appoint(self._size_of_post()))

    def _size_of_post(self) -> float:
        return self.random.choices(list(POSTS), list(POSTS.values()))[0]

    def _appoint(self, fte: float) -> Worker:
        self._fte += fte
        return Worker(self.setting, f"w{next(self.numbers):03d}", self, fte)

    def _welcome(self, worker: Worker) -> None:
        self.workers.append(worker)
        worker.join()

    def replace(self, worker: Worker) -> None:
        """Somebody leaves: the post is filled the same day, so that a team is never empty."""
        self._fte -= worker.fte
        self._welcome(self._appoint(worker.fte))
        self.workers.remove(worker)

    def take(self, child: Held) -> Worker:
        """The worker who takes a child on: of two who were asked, the one with more room."""
        one, other = self.random.choice(self.workers), self.random.choice(self.workers)
        worker = one if one.load <= other.load else other
        worker.holds[child.key] = child
        self._held += 1
        self._grow()
        return worker

    def _grow(self) -> None:
        """Look for somebody more, where half their post would be filled at once."""
        if self._held > COMFORTABLE * (self._fte + self._next_post / 2):
            joins = self._appoint(self._next_post)
            self._next_post = self._size_of_post()
            self.setting.agenda.plan(joins.in_days(*TO_RECRUIT), lambda: self._welcome(joins))

    def release(self, worker: Worker, child: Held) -> None:
        """A worker holds a child no more."""
        del worker.holds[child.key]
        self._held -= 1
