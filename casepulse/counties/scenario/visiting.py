"""Rounds of visits: each is planned when the one before is done, and some slip."""

from dataclasses import dataclass

from casepulse.counties.scenario.case import Course
from casepulse.counties.scenario.child import Child
from casepulse.schemas.codes import VisitKind, VisitMethod
from casepulse.schemas.events.referral import VisitRecorded

#: Visits on which the child turns out not to be there.
NOT_IN = 0.06

#: Of the visits that see a child old enough to be spoken to alone, those that do.
SEEN_ALONE = 0.7


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a worker visits. Spans are working days: the soonest and the latest that are planned."""

    kind: VisitKind
    first: tuple[int, int]
    every: tuple[int, int] | None
    """None: the visits end with the first that sees the child."""
    slip: float
    """How often a visit slips, when the worker is no more stretched than they should be."""
    by: tuple[int, int]
    """How far it slips."""
    virtual: float = 0.1


INITIAL = Rhythm(VisitKind.INITIAL, (1, 4), None, 0.1, (3, 12), 0.14)
URGENT = Rhythm(VisitKind.INITIAL, (0, 1), None, 0.08, (1, 5), 0.04)
CHILD_IN_NEED = Rhythm(VisitKind.CHILD_IN_NEED, (4, 15), (13, 20), 0.2, (3, 15), 0.2)
PROTECTION_PLAN = Rhythm(VisitKind.PROTECTION_PLAN, (2, 9), (5, 9), 0.1, (2, 8))
STATUTORY = Rhythm(VisitKind.STATUTORY, (1, 4), (19, 27), 0.1, (4, 15), 0.04)
STATUTORY_SETTLED = Rhythm(VisitKind.STATUTORY, (20, 40), (35, 58), 0.12, (4, 15), 0.04)


def visit(child: Child, rhythm: Rhythm) -> None:
    """From now on a child is visited in this rhythm; another one that went on stops."""
    child.stop_visits()
    child.visits = _Visiting(child, rhythm)


class _Visiting(Course):
    """One round of visits to a child."""

    def __init__(self, child: Child, rhythm: Rhythm) -> None:
        super().__init__(child)
        self.child = child
        self.rhythm = rhythm
        self._plan_next(rhythm.first)

    def _plan_next(self, span: tuple[int, int]) -> None:
        soonest, latest = span
        if self.child.slips(self.rhythm.slip):
            least, most = self.rhythm.by
            soonest, latest = latest + least, latest + most
        self.plan(self.child.in_days(soonest, latest), self._visit)

    def _visit(self) -> None:
        seen = not self.child.chance(NOT_IN)
        virtual = self.child.chance(self.rhythm.virtual)
        alone = seen and self.child.age >= 4 and self.child.chance(SEEN_ALONE)
        self.child.tell(
            VisitRecorded(
                kind=self.rhythm.kind,
                method=VisitMethod.VIRTUAL if virtual else VisitMethod.FACE_TO_FACE,
                child_seen=seen,
                seen_alone=alone,
            )
        )
        if not seen:
            self._plan_next((1, 3))
        elif self.rhythm.every:
            self._plan_next(self.rhythm.every)
