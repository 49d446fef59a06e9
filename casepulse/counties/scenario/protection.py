"""Child protection: strategy discussion, section 47 enquiry, conferences, plan."""

from datetime import date, timedelta

from casepulse.counties.scenario.agenda import Step
from casepulse.counties.scenario.case import Course
from casepulse.counties.scenario.child import Child
from casepulse.counties.scenario.diary import working_day
from casepulse.counties.scenario.visiting import PROTECTION_PLAN, visit
from casepulse.schemas.codes import AbuseCategory, ConferenceKind, EnquiryOutcome
from casepulse.schemas.events.protection import (
    ConferenceHeld,
    ProtectionPlanEnded,
    ProtectionPlanReviewed,
    ProtectionPlanStarted,
    SectionFortySevenCompleted,
    SectionFortySevenStarted,
    StrategyDiscussionHeld,
)
from casepulse.state.calendar import add_months, add_working_days

#: Strategy discussions that begin an enquiry; initial conferences that make a plan.
BEGINS_ENQUIRY, MAKES_PLAN = 0.86, 0.88

#: Plans that end at the first review, and at each later one.
ENDS_AT_FIRST, ENDS_LATER = 0.22, 0.55

_OUTCOME: dict[EnquiryOutcome, float] = {
    EnquiryOutcome.CONFERENCE: 0.62,
    EnquiryOutcome.CHILD_IN_NEED: 0.23,
    EnquiryOutcome.NO_FURTHER_ACTION: 0.15,
}
_CATEGORY: dict[AbuseCategory, float] = {"NEG": 50, "EMO": 33, "PHY": 8, "SAB": 6, "MUL": 3}


class Enquiry(Course):
    """From a strategy discussion to the conference, or to where the enquiry ends without one.

    `over` is run when it, or the plan that comes of it, has ended; `escalates`
    when the child on the plan has to come into care.
    """

    def __init__(self, child: Child, referral: str, over: Step, escalates: Step) -> None:
        super().__init__(child)
        self.child = child
        self.referral = referral
        self.over = over
        self.escalates = escalates
        self.plan_made: ProtectionPlan | None = None
        self._key = ""
        self._completed = False
        self._in_care = False
        self._discussed: date = child.today

    def discuss(self) -> None:
        """The strategy discussion is held."""
        child = self.child
        self._discussed = child.today
        discussion = child.new_key("sd")
        hours = child.random.uniform(20, 90) if child.slips(0.15) else child.random.uniform(1, 20)
        decided = child.now - timedelta(seconds=round(hours * 3600))
        child.tell(
            StrategyDiscussionHeld(discussion=discussion, referral=self.referral, decided=decided)
        )
        if child.chance(BEGINS_ENQUIRY):
            self.plan(child.now + child.minutes(10, 180), lambda: self._begin(discussion))
        else:
            self._end()

    def _begin(self, discussion: str) -> None:
        self._key = self.child.new_key("s47")
        self.child.tell(SectionFortySevenStarted(enquiry=self._key, discussion=discussion))
        span = (15, 24) if self.child.slips(0.1) else (4, 12)
        self.plan(self.child.in_days(*span), self._complete)

    def _complete(self) -> None:
        outcome = self.child.pick(_OUTCOME)
        if self._in_care and outcome is EnquiryOutcome.CONFERENCE:
            outcome = EnquiryOutcome.NO_FURTHER_ACTION
        self._tell_completed(outcome)
        if outcome is EnquiryOutcome.CONFERENCE:
            span = (16, 30) if self.child.slips(0.16) else (10, 15)
            day = add_working_days(self._discussed, self.child.random.randint(*span))
            # Invitations take a day or two, however late the enquiry.
            self.plan(max(self.child.on(day), self.child.in_days(1, 3)), self._confer)
        else:
            self._end()

    def _tell_completed(self, outcome: EnquiryOutcome) -> None:
        self._completed = True
        self.child.tell(SectionFortySevenCompleted(enquiry=self._key, outcome=outcome))

    def _confer(self) -> None:
        child = self.child
        child.tell(
            ConferenceHeld(
                conference=child.new_key("cf"), kind=ConferenceKind.INITIAL, enquiry=self._key
            )
        )
        if child.chance(MAKES_PLAN):
            self.plan_made = ProtectionPlan(child, self._end, self.escalates)
            self.plan_made.begin()
        else:
            self._end()

    def no_conference(self) -> None:
        """The child has come into care: whatever the enquiry finds, it leads to no conference."""
        self._in_care = True

    def enters_care(self) -> None:
        """Care has taken the place of protection: what is under way ends."""
        if self.under_way and self._key and not self._completed:
            self._tell_completed(EnquiryOutcome.NO_FURTHER_ACTION)
        if self.plan_made is not None:
            self.plan_made.end()
        self._end()

    def _end(self) -> None:
        if self.under_way:
            self.under_way = False
            self.over()


class ProtectionPlan(Course):
    """A child protection plan, until a review conference ends it."""

    def __init__(self, child: Child, over: Step, escalates: Step) -> None:
        super().__init__(child)
        self.child = child
        self.over = over
        self.escalates = escalates
        self.key = child.new_key("pp")
        self._reviews = 0

    def begin(self) -> None:
        """The conference makes the plan; the case passes to the team that works it."""
        child = self.child
        child.tell(ProtectionPlanStarted(plan=self.key, category=child.pick(_CATEGORY)))
        child.may_be_restricted()
        visit(child, PROTECTION_PLAN)
        self.plan(child.in_days(1, 4), lambda: child.pass_to("safeguarding"))
        self._plan_review(3)
        if child.chance(0.12):
            self.plan(child.in_days(15, 180), self.escalates)

    def _plan_review(self, months: int) -> None:
        child = self.child
        due = add_months(child.today, months)
        early = child.random.randint(4, 18)
        day = due + timedelta(days=early) if child.slips(0.035) else due - timedelta(days=early)
        self.plan(child.on(working_day(day)), self._review)

    def _review(self) -> None:
        child = self.child
        child.tell(ConferenceHeld(conference=child.new_key("cf"), kind=ConferenceKind.REVIEW))
        child.tell(ProtectionPlanReviewed(plan=self.key))
        self._reviews += 1
        if child.chance(ENDS_AT_FIRST if self._reviews == 1 else ENDS_LATER):
            self.end()
        else:
            self._plan_review(6)

    def end(self) -> None:
        """The child is no longer subject of the plan."""
        if self.under_way:
            self.under_way = False
            self.child.tell(ProtectionPlanEnded(plan=self.key))
            self.over()
