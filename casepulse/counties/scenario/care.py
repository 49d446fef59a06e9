"""Periods of care: entering, placements, legal statuses, visits, reviews, leaving."""

from collections.abc import Callable
from datetime import date, timedelta

from casepulse.counties.scenario.case import Course
from casepulse.counties.scenario.child import Child
from casepulse.counties.scenario.diary import working_day
from casepulse.counties.scenario.missing import FROM_AGE, GoingMissing
from casepulse.counties.scenario.permanence import Adoption
from casepulse.counties.scenario.visiting import STATUTORY, STATUTORY_SETTLED, visit
from casepulse.schemas.codes import (
    CareEndReason,
    LegalStatusCode,
    NeedCategory,
    PlacementChangeReason,
    PlacementProvider,
    PlacementType,
    ReviewParticipation,
)
from casepulse.schemas.events.care import (
    CareOutcomesRecorded,
    CarePeriodEnded,
    CarePeriodStarted,
    CareReviewHeld,
    LegalStatusChanged,
    PlacementEnded,
    PlacementStarted,
)
from casepulse.schemas.events.child import AsylumSeekingRecorded, PreviousPermanenceRecorded
from casepulse.state.calendar import add_months

#: Children whose placements do not last, and the others who move once to a lasting one.
UNSETTLED, MOVES_TO_LAST = 0.22, 0.5

#: Weeks that a placement lasts: of an unsettled child, and before the move to a lasting one.
UNSETTLED_WEEKS, SETTLING_WEEKS = (3, 18), (6, 34)

#: Stays that are over in weeks, and the months that others last on average beyond the first six.
BRIEF, MONTHS_BEYOND = 0.15, 26.0

#: Young people who go missing from care; children who are adopted, up to an age.
GOES_MISSING, ADOPTED, ADOPTED_UP_TO = 0.35, 0.35, 4

#: Unaccompanied young people seeking asylum, of those who enter care from 15 on.
ASYLUM_SEEKING, RETURNED_FROM_PERMANENCE = 0.15, 0.04

_NEED: dict[NeedCategory, float] = {
    "N1": 64, "N2": 3, "N3": 3, "N4": 8, "N5": 14, "N6": 2, "N7": 1, "N8": 5,
}  # fmt: skip
_FIRST_STATUS: dict[LegalStatusCode, float] = {"V2": 0.32, "C1": 0.55, "L1": 0.13}
_FIRST_PLACEMENT: dict[PlacementType, float] = {
    "U6": 60, "U3": 16, "K2": 12, "P1": 6, "R1": 2, "U5": 4,
}  # fmt: skip
_LASTING_PLACEMENT: dict[PlacementType, float] = {"U4": 70, "U1": 24, "K2": 6}
_PROVIDER: dict[PlacementProvider, float] = {"PR1": 55, "PR4": 36, "PR5": 5, "PR2": 4}
_UNSETTLED: dict[PlacementChangeReason, float] = {
    "CREQB": 40, "CHILD": 25, "STAND": 5, "ALLEG": 4, "PLACE": 10, "OTHER": 16,
}  # fmt: skip
_LEAVES: dict[CareEndReason, float] = {"E4A": 55, "E45": 17, "E47": 10, "E8": 13, "E41": 5}
_LEAVES_AT_18: dict[CareEndReason, float] = {"E5": 60, "E6": 20, "E7": 12, "E8": 8}
_TAKES_PART: dict[ReviewParticipation, float] = {
    "PN1": 48, "PN2": 8, "PN3": 4, "PN5": 14, "PN6": 12, "PN7": 14,
}  # fmt: skip


class CarePeriod(Course):
    """One period of care of one child."""

    def __init__(self, child: Child, over: Callable[[CareEndReason], None]) -> None:
        super().__init__(child)
        self.child = child
        self.over = over
        self.key = child.new_key("ca")
        self._placement = ""
        self._reviews = 0
        self._status: LegalStatusCode = "V2"
        self._unsettled = child.chance(UNSETTLED)

    def enter(self) -> None:
        """The child enters care today."""
        child = self.child
        alone = child.age >= 15 and child.chance(ASYLUM_SEEKING)
        need: NeedCategory = "N8" if alone else child.pick(_NEED)
        child.tell(CarePeriodStarted(period=self.key, need=need))
        if alone:
            child.tell(AsylumSeekingRecorded(ceases=child.birthday(18)))
        elif child.chance(RETURNED_FROM_PERMANENCE):
            child.tell(PreviousPermanenceRecorded(arrangement="P2"))
        self._change_status("V2" if alone else child.pick(_FIRST_STATUS))
        self._place(child.pick(_FIRST_PLACEMENT))
        self.plan(child.in_days(3, 15), lambda: child.pass_to("permanence"))
        self._plan_review(child.day_in(13, 20), child.day_in(22, 40))
        self.plan(child.on(add_months(child.today, 12)), self._record_outcomes)
        if child.age >= FROM_AGE and not child.goes_missing and child.chance(GOES_MISSING):
            GoingMissing(child)
        self._plan_leaving()

    # The law

    def _change_status(self, status: LegalStatusCode) -> None:
        self._status = status
        self.child.tell(LegalStatusChanged(legal_status=status))
        match status:
            case "L1":  # police protection lasts 72 hours at most
                self.plan(self.child.in_days(1, 2), lambda: self._change_status("C1"))
            case "C1":
                self.plan(self.child.in_days(100, 150), self._final_hearing)
            case "V2" if self.child.chance(0.35):
                self.plan(self.child.in_days(20, 90), lambda: self._change_status("C1"))
            case _:
                pass

    def _final_hearing(self) -> None:
        if self._status == "C1":
            self._change_status("C2")
            if self.child.age <= ADOPTED_UP_TO and self.child.chance(ADOPTED):
                Adoption(self)

    def free_for_adoption(self) -> None:
        """The court makes a placement order."""
        self._change_status("E1")

    # Where the child lives

    def _place(
        self,
        placement_type: PlacementType,
        reason: PlacementChangeReason | None = None,
        lasting: bool = False,
    ) -> None:
        child = self.child
        self._placement = child.new_key("pl")
        near = child.chance(0.68)
        child.tell(
            PlacementStarted(
                placement=self._placement,
                placement_type=placement_type,
                provider="PR0" if placement_type == "P1" else child.pick(_PROVIDER),
                change_reason=reason,
                until_eighteen=lasting,
                in_county=near,
                miles_from_home=round(child.random.uniform(1, 22 if near else 90), 1),
            )
        )
        visit(child, STATUTORY)
        placement = self._placement
        if lasting:
            self.plan(child.on(add_months(child.today, 12)), lambda: self._settle(placement))
        elif self._unsettled:
            self._plan_move(UNSETTLED_WEEKS, self._move_on)
        elif child.chance(MOVES_TO_LAST):
            self._plan_move(SETTLING_WEEKS, self._move_to_last)

    def _plan_move(self, weeks: tuple[int, int], move: Callable[[str], None]) -> None:
        placement = self._placement
        day = self.child.today + timedelta(days=7 * self.child.random.randint(*weeks))
        self.plan(self.child.on(working_day(day)), lambda: move(placement))

    def _move_on(self, placement: str) -> None:
        if placement == self._placement:
            self._place(self.child.pick(_FIRST_PLACEMENT), self.child.pick(_UNSETTLED))

    def _move_to_last(self, placement: str) -> None:
        if placement == self._placement:
            self._place(self.child.pick(_LASTING_PLACEMENT), "CARPL", lasting=True)

    def _settle(self, placement: str) -> None:
        if placement == self._placement:
            visit(self.child, STATUTORY_SETTLED)

    def place_with_adopters(self) -> None:
        """The child moves to the adopters."""
        self._unsettled = False
        self._place("A6", "CARPL", lasting=True)

    # Reviews and outcomes

    def _plan_review(self, by: date, late: date) -> None:
        day = late if self.child.slips(0.035) else by
        self.plan(self.child.on(day), self._review)

    def _review(self) -> None:
        child = self.child
        participation = child.pick(_TAKES_PART) if child.age >= 4 else "PN0"
        child.tell(CareReviewHeld(participation=participation))
        self._reviews += 1
        due = add_months(child.today, 3 if self._reviews == 1 else 6)
        early, late = child.random.randint(5, 20), child.random.randint(2, 25)
        self._plan_review(
            working_day(due - timedelta(days=early)), working_day(due + timedelta(days=late))
        )

    def _record_outcomes(self) -> None:
        child = self.child
        done = child.chance(0.9)
        child.tell(
            CareOutcomesRecorded(
                sdq_score=child.random.randint(0, 32) if 4 <= child.age <= 16 and done else None,
                convicted=child.chance(0.03),
                health_check=done if child.age < 5 else None,
                immunisations=child.chance(0.88),
                teeth_check=child.chance(0.7),
                health_assessment=done,
                substance_misuse=child.chance(0.04),
            )
        )
        self.plan(child.on(add_months(child.today, 12)), self._record_outcomes)

    # Leaving

    def _plan_leaving(self) -> None:
        child = self.child
        if child.chance(BRIEF):
            days = float(child.random.randint(4, 60))
        else:
            days = 182 + child.random.expovariate(1 / (30.4 * MONTHS_BEYOND))
        day, grown_up = child.today + timedelta(days=round(days)), child.birthday(18)
        reason = child.pick(_LEAVES) if day < grown_up else child.pick(_LEAVES_AT_18)
        self.plan(child.on(working_day(min(day, grown_up))), lambda: self.leave(reason))

    def leave(self, reason: CareEndReason) -> None:
        """The child leaves care today."""
        self.child.stop_visits()
        self.child.tell(PlacementEnded(placement=self._placement))
        self.child.tell(CarePeriodEnded(period=self.key, reason=reason))
        self.under_way = False
        self.over(reason)


class ShortBreaks(Course):
    """A series of short breaks for a disabled child: care in name, and the child lives at home."""

    def __init__(self, child: Child) -> None:
        super().__init__(child)
        self.child = child
        self.key = child.new_key("ca")
        self.placement = child.new_key("pl")
        self._entered = False
        self.plan(child.in_days(5, 30), self._enter)

    def _enter(self) -> None:
        child = self.child
        self._entered = True
        child.tell(CarePeriodStarted(period=self.key, need="N2"))
        child.tell(LegalStatusChanged(legal_status="V4" if child.chance(0.75) else "V3"))
        child.tell(
            PlacementStarted(
                placement=self.placement,
                placement_type="K2" if child.chance(0.5) else "U6",
                provider="PR1",
                in_county=True,
                miles_from_home=round(child.random.uniform(1, 20), 1),
            )
        )
        self.plan(child.in_days(50, 62), self._review)
        self.plan(child.in_days(80, 400), self.leave)

    def _review(self) -> None:
        self.child.tell(CareReviewHeld(participation=self.child.pick(_TAKES_PART)))
        self.plan(self.child.in_days(105, 128), self._review)

    def leave(self) -> None:
        """The last break, or the end of the wait for a first one."""
        if self.under_way and self._entered:
            self.child.tell(PlacementEnded(placement=self.placement))
            self.child.tell(CarePeriodEnded(period=self.key, reason="E8"))
        self.under_way = False
