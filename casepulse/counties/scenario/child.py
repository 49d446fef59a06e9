"""A child known to the service: who they are, where they live and who holds their case."""

from datetime import date, timedelta
from typing import get_args

from casepulse.counties.scenario.agenda import Entry, Step
from casepulse.counties.scenario.case import Case, Course
from casepulse.counties.scenario.front_door import FrontDoor
from casepulse.counties.scenario.places import DISABLED, Places
from casepulse.counties.scenario.setting import Setting
from casepulse.counties.scenario.workforce import Team, Worker
from casepulse.schemas.codes import Ethnicity, Sex
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.child import ChildRegistered, RestrictionChanged
from casepulse.schemas.events.workforce import AllocationEnded, AllocationStarted

#: Ages at which children come to notice: more of them very young, and more in their teens.
AGES = {0: 8, 1: 6, 2: 6, 3: 6, 4: 6, 5: 6, 6: 5, 7: 5, 8: 5, 9: 5, 10: 5, 11: 5, 12: 6, 13: 7,
        14: 7, 15: 7, 16: 6, 17: 4}  # fmt: skip

#: Children on a plan whose record is closed to all but a few: relatives of workers, say.
RESTRICTED = 1 / 200

#: Not born yet when they come to notice.
UNBORN = 0.02

_ETHNICITY: dict[Ethnicity, float] = dict.fromkeys(get_args(Ethnicity), 1.0) | {"WBRI": 75.0}
_SEX: dict[Sex, float] = {"M": 52, "F": 47.5, "U": 0.5}


class Child(Case):
    """A child: the team and the worker who hold the case, and the round of visits that goes on.

    The team's name goes with every fact told of the child.
    """

    def __init__(
        self, setting: Setting, places: Places, front_door: FrontDoor, number: int
    ) -> None:
        super().__init__(setting, "child", f"c{number:06d}")
        self.number = number
        self.places = places
        self.front_door = front_door
        self.locality = self.pick(places.localities())
        age = timedelta(days=self.pick(AGES) * 365 + self.random.randint(0, 364))
        self.born: date = self.today - age
        if self.chance(UNBORN):
            self.born = self.today + timedelta(days=self.random.randint(20, 160))
        self.goes_missing = False
        self.stage = "assessment"
        self.team: Team = places.team_for(self.locality, self.stage, number)
        self.worker: Worker | None = None
        self._allocation = ""
        self.visits: Course | None = None
        self._registered = False
        self._restricted = False
        self._keys = 0

    @property
    def age(self) -> int:
        """Whole years; -1 before birth."""
        birthday = (self.born.month, self.born.day)
        return self.today.year - self.born.year - ((self.today.month, self.today.day) < birthday)

    def birthday(self, years: int) -> date:
        """The day on which the child turns so old; of 29 February, 1 March."""
        try:
            return self.born.replace(year=self.born.year + years)
        except ValueError:
            return date(self.born.year + years, 3, 1)

    def new_key(self, kind: str) -> str:
        """A key for one more record of this child, such as a plan's."""
        self._keys += 1
        return f"{kind}-{self.key}-{self._keys:03d}"

    def _said(self, data: Data) -> Data:
        return data.model_copy(update={"team": self.team.name})

    def register(self) -> None:
        """Enter the child, if nobody has; of one who is expected, the birth is added later."""
        if self._registered:
            return
        self._registered = True
        born = ChildRegistered(
            born=self.born,
            sex=self.pick(_SEX),
            ethnicity=self.pick(_ETHNICITY),
            team=self.team.name,
        )
        if self.born <= self.today:
            self.tell(born)
        else:
            told = self.tell(ChildRegistered(expected=self.born))
            self.agenda.plan(self.on(self.born), lambda: self.amend(told, born))

    def may_be_restricted(self) -> None:
        """Of a few children the record is closed, once.

        With a chance and an id of its own: what else is told stays as it is, to the byte.
        """
        chance = self.setting.chances(f"{self.key}:restriction").random()
        if chance < RESTRICTED and not self._restricted:
            self._restricted = True
            data = RestrictionChanged(restricted=True)
            self.agenda.enter(
                Entry(f"sc-{self.key}-restricted", self.subject, self.now, self.now, data)
            )

    # Who holds the case

    def hand_to(self, stage: str) -> None:
        """The team for this stage where the child lives has the case from now on."""
        self.stage = stage
        self.team = self.places.team_for(self.locality, stage, self.number)

    def pass_to(self, stage: str) -> None:
        """The case passes to the team for this stage, and to a worker of it."""
        self.hand_to(stage)
        self.allocate()

    def allocate(self) -> None:
        """A worker of the team takes the child on; whoever held the child before ends."""
        if self.worker is not None and self.worker.team is self.team:
            return
        self.release()
        self.worker = self.team.take(self)
        self._allocation = self.new_key("al")
        self.tell_at_once(AllocationStarted(allocation=self._allocation, worker=self.worker.key))

    def release(self) -> None:
        """Nobody holds the child any more."""
        if self.worker is not None:
            self.worker.team.release(self.worker, self)
            self.worker = None
            self.tell_at_once(AllocationEnded(allocation=self._allocation))

    def leaves(self, worker: Worker) -> Step:
        """The step by which a worker who leaves hands the child to another of the team."""

        def hand_over() -> None:
            if self.worker is worker:
                self.release()
                self.allocate()

        return hand_over

    @property
    def disabled(self) -> bool:
        """Whether the teams for disabled children hold the case, wherever the child lives."""
        return self.locality == DISABLED

    def move_away(self) -> None:
        """The family moves within the county, and the case with it, while somebody holds it."""
        if self.worker is not None:
            self.locality = self.pick(self.places.localities(self.locality, DISABLED))
            self.pass_to(self.stage)

    def slips(self, chance: float) -> bool:
        """Whether something is done late, by a worker as stretched as the child's is."""
        return self.chance(chance * (self.worker.strain() if self.worker else 1.0))

    def stop_visits(self) -> None:
        """No more visits."""
        if self.visits is not None:
            self.visits.under_way = False
