"""A referral: the assessment, whatever the child turns out to need, and the closure."""

from enum import Enum

from casepulse.counties.scenario.agenda import Entry, Step
from casepulse.counties.scenario.care import CarePeriod, ShortBreaks
from casepulse.counties.scenario.case import Course
from casepulse.counties.scenario.child import Child
from casepulse.counties.scenario.missing import FROM_AGE, GoingMissing
from casepulse.counties.scenario.permanence import LeavingCare
from casepulse.counties.scenario.protection import Enquiry
from casepulse.counties.scenario.visiting import CHILD_IN_NEED, INITIAL, URGENT, visit
from casepulse.schemas.codes import (
    AssessmentOutcome,
    CareEndReason,
    ClosureReason,
    Pathway,
    ReferralSource,
)
from casepulse.schemas.events.referral import (
    AssessmentAuthorised,
    AssessmentStarted,
    ReferralClosed,
    ReferralStarted,
)


class Need(Enum):
    """What a child turns out to need: the least, to the most."""

    ASSESSMENT = "assessment"
    SUPPORT = "support"
    PROTECTION = "protection"
    CARE = "care"


#: Of all children referred, those who need so much; and the months for which such a case is open.
NEEDS = {
    Need.ASSESSMENT: (0.46, 2.0),
    Need.SUPPORT: (0.25, 6.0),
    Need.PROTECTION: (0.2, 11.0),
    Need.CARE: (0.09, 30.0),
}

#: Referrals that are worked under section 47 from the first day.
URGENT_SHARE = {Need.ASSESSMENT: 0.08, Need.SUPPORT: 0.1, Need.PROTECTION: 0.6, Need.CARE: 0.5}

#: Cases closed before anybody saw the child, of those that come to nothing more.
CLOSED_UNSEEN = 0.2

#: Children who are referred again within the year.
COMES_BACK = 0.5

#: Supported families for whom it becomes worse; disabled children who have short breaks.
ESCALATES, SHORT_BREAKS = 0.1, 0.7

#: Young people at home, known for more than an assessment, who go missing.
GOES_MISSING = 0.12


class Referral(Course):
    """One referral of one child. It closes when nothing of what it led to is under way.

    `comes_back` is run when somebody is worried about the child again.
    """

    def __init__(self, child: Child, need: Need, comes_back: Step) -> None:
        super().__init__(child)
        self.comes_back = comes_back
        self.child = child
        self.need = need
        self.urgent = child.chance(URGENT_SHARE[need])
        self.key = child.new_key("r")
        self._started: Entry
        self._assessment = ""
        self._assessed = False
        self._courses = 0
        self._enquiry: Enquiry | None = None
        self._breaks: ShortBreaks | None = None
        self._in_care = False

    def begin(self, source: ReferralSource) -> None:
        """The referral starts, and what has to be done in its first days is planned."""
        child = self.child
        pathway = Pathway.SECTION_47 if self.urgent else Pathway.SECTION_17
        child.hand_to("assessment")
        self._started = child.tell(
            ReferralStarted(referral=self.key, pathway=pathway, source=source)
        )
        self.plan(child.in_days(0, 0 if self.urgent else 2), child.allocate)
        if self.need is Need.ASSESSMENT and not self.urgent and child.chance(CLOSED_UNSEEN):
            self.plan(child.in_days(3, 14), lambda: self.close("RC8"))
            return
        visit(child, URGENT if self.urgent else INITIAL)
        self.plan(child.in_days(0, 2), self._start_assessment)
        self._may_go_missing()
        if self.need is Need.PROTECTION or self.urgent:
            self._plan_enquiry((0, 1) if self.urgent else (4, 30))
        if self.need is Need.CARE:
            self._plan_care((0, 4) if self.urgent else (5, 40))

    def _may_go_missing(self) -> None:
        child = self.child
        old_enough = child.age >= FROM_AGE and self.need is not Need.ASSESSMENT
        if old_enough and not child.goes_missing and child.chance(GOES_MISSING):
            GoingMissing(child)

    # The assessment

    def _start_assessment(self) -> None:
        child = self.child
        self._assessment = child.new_key("as")
        child.tell(AssessmentStarted(assessment=self._assessment, referral=self.key))
        span = (44, 72) if child.slips(0.16) else (11, 43)
        self.plan(child.in_days(*span), self._authorise)

    def _authorise(self) -> None:
        self._complete_assessment()
        self._go_on()

    def _complete_assessment(self) -> None:
        outcome = self._assessed_as()
        self.child.tell(AssessmentAuthorised(assessment=self._assessment, outcome=outcome))
        self._assessed = True

    def _assessed_as(self) -> AssessmentOutcome:
        if self._in_care:
            return AssessmentOutcome.CHILD_IN_CARE
        if self._courses:
            return AssessmentOutcome.STRATEGY_DISCUSSION
        if self.need is Need.SUPPORT:
            return AssessmentOutcome.CHILD_IN_NEED
        early_help = self.child.chance(0.35)
        return AssessmentOutcome.EARLY_HELP if early_help else AssessmentOutcome.NO_FURTHER_ACTION

    def _go_on(self) -> None:
        """What comes next, when the assessment or a course that it led to is over."""
        if self.under_way and self._assessed and not self._courses:
            if self.need is Need.SUPPORT:
                self._support()
            else:
                reason: ClosureReason = "RC8" if self.child.chance(0.6) else "RC9"
                self.plan(self.child.in_days(1, 9), lambda: self.close(reason))

    # Support as a child in need

    def _support(self) -> None:
        child = self.child
        self._courses += 1
        self.plan(child.in_days(1, 6), lambda: child.pass_to("safeguarding"))
        visit(child, CHILD_IN_NEED)
        if child.disabled and not self._breaks and child.chance(SHORT_BREAKS):
            self._breaks = ShortBreaks(child)
        if child.chance(ESCALATES):
            self._plan_enquiry((10, 80))
        self.plan(child.in_days(50, 190), self._end_support)

    def _end_support(self) -> None:
        self.need = Need.ASSESSMENT
        self._course_over()

    def _course_over(self) -> None:
        self._courses -= 1
        self._go_on()

    def _end_short_breaks(self) -> None:
        if self._breaks is not None:
            self._breaks.leave()

    # Protection

    def _plan_enquiry(self, span: tuple[int, int]) -> None:
        self._courses += 1
        enquiry = self._enquiry = Enquiry(self.child, self.key, self._protected, self._escalate)
        self.plan(self.child.in_days(*span), lambda: self._enquire(enquiry))

    def _enquire(self, enquiry: Enquiry) -> None:
        if self._in_care:
            enquiry.enters_care()
            return
        if not self.urgent and self.child.chance(0.3):
            self.urgent = True
            data = self._started.data.model_copy(update={"pathway": Pathway.SECTION_47})
            self.child.amend(self._started, data)
        enquiry.discuss()

    def _protected(self) -> None:
        """The enquiry, or the plan that came of it, is over: most families are still supported."""
        if not self._in_care:
            visit(self.child, CHILD_IN_NEED)
            if self.need is Need.PROTECTION:
                self.need = Need.SUPPORT if self.child.chance(0.75) else Need.ASSESSMENT
        self._course_over()

    def _escalate(self) -> None:
        if not self._in_care:
            self._plan_care((0, 2))

    # Care

    def _plan_care(self, span: tuple[int, int]) -> None:
        self._courses += 1
        self.plan(self.child.in_days(*span), self._enter_care)

    def _enter_care(self) -> None:
        if self._in_care:
            self._course_over()
            return
        self._in_care = True
        self._end_short_breaks()
        CarePeriod(self.child, self._leave_care).enter()
        if self._enquiry is not None:
            self._enquiry.no_conference()
            self.plan(self.child.in_days(1, 12), self._enquiry.enters_care)

    def _leave_care(self, reason: CareEndReason) -> None:
        self._in_care = False
        home = reason in ("E4A", "E8")
        self.need = Need.SUPPORT if home and self.child.age < 17 else Need.ASSESSMENT
        if self.child.age >= 18:
            self.close("RC7", comes_back=False)
            self.child.allocate()
            LeavingCare(self.child)
        elif reason in ("E11", "E12"):
            self.close("RC1", comes_back=False)
        else:
            self._course_over()

    # Closure

    def close(self, reason: ClosureReason, comes_back: bool = True) -> None:
        """The case closes. Some children are referred again."""
        child = self.child
        self.under_way = False
        if self._assessment and not self._assessed:
            self._complete_assessment()
        self._end_short_breaks()
        child.stop_visits()
        child.tell(ReferralClosed(referral=self.key, reason=reason))
        child.release()
        if comes_back and child.age < 17 and child.chance(COMES_BACK):
            child.agenda.plan(child.in_days(5, 150), self.comes_back)
