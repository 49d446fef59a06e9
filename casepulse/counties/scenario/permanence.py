"""What follows care: adoption, and the years after eighteen."""

from datetime import datetime, timedelta
from typing import Protocol

from casepulse.counties.scenario.agenda import Step
from casepulse.counties.scenario.case import Course
from casepulse.counties.scenario.child import Child
from casepulse.counties.scenario.diary import working_day
from casepulse.schemas.codes import Accommodation, Activity, CareEndReason, InTouch
from casepulse.schemas.events.care import (
    AdoptionDecided,
    AdoptionPlacementEnded,
    AdoptionPlacementStarted,
    CareLeaverRecorded,
)

#: Placements for adoption that break down.
BREAKS_DOWN = 0.06

_IN_TOUCH: dict[InTouch, float] = {"YES": 0.93, "NO": 0.04, "REFU": 0.02, "NREQ": 0.01}
_ACTIVITY: dict[Activity, float] = {
    "F1": 0.06, "F2": 0.22, "F4": 0.14, "F5": 0.12, "P4": 0.06, "G4": 0.08, "G5": 0.22, "G6": 0.1,
}  # fmt: skip
_LIVES: dict[Accommodation, float] = {
    "B1": 0.12, "C1": 0.08, "D1": 0.14, "E1": 0.2, "U1": 0.32, "T1": 0.06, "X2": 0.05, "Y2": 0.03,
}  # fmt: skip


class InCare(Protocol):
    """The period of care of a child who may be adopted."""

    child: Child

    def plan(self, at: datetime, step: Step) -> None:
        """Take a step of it at an instant, unless it is over by then."""

    def free_for_adoption(self) -> None:
        """The court makes a placement order."""

    def place_with_adopters(self) -> None:
        """The child moves to the adopters."""

    def leave(self, reason: CareEndReason) -> None:
        """The child leaves care today."""


class Adoption(Course):
    """From the decision that a child should be adopted to the adoption order."""

    def __init__(self, care: InCare) -> None:
        super().__init__(care.child)
        self.care = care
        self.child = care.child
        self.child.tell(AdoptionDecided())
        care.free_for_adoption()
        care.plan(self.child.in_days(30, 110), self._place)

    def _place(self) -> None:
        self.child.tell(AdoptionPlacementStarted())
        self.care.place_with_adopters()
        over = self._break_down if self.child.chance(BREAKS_DOWN) else self._adopt
        self.care.plan(self.child.in_days(60, 140), over)

    def _break_down(self) -> None:
        self.child.tell(AdoptionPlacementEnded(reason="RD1"))

    def _adopt(self) -> None:
        self.care.leave("E12")


class LeavingCare(Course):
    """A care leaver, whose adviser keeps in touch until they are 25."""

    def __init__(self, child: Child) -> None:
        super().__init__(child)
        self.child = child
        self._keep_in_touch()

    def _keep_in_touch(self) -> None:
        child = self.child
        if child.age >= 25:
            child.release()
            return
        in_touch = child.pick(_IN_TOUCH)
        known = in_touch == "YES"
        child.tell(
            CareLeaverRecorded(
                in_touch=in_touch,
                activity=child.pick(_ACTIVITY) if known else None,
                accommodation=child.pick(_LIVES) if known else None,
            )
        )
        days = child.random.randint(60, 130) if child.slips(0.12) else child.random.randint(35, 58)
        self.plan(child.on(working_day(child.today + timedelta(days=days))), self._keep_in_touch)
