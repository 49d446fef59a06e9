"""Young people who go missing again and again, and the interviews offered when they are back."""

from datetime import timedelta

from casepulse.counties.scenario.case import Course
from casepulse.counties.scenario.child import Child
from casepulse.counties.scenario.diary import at_hour
from casepulse.schemas.codes import InterviewOutcome, MissingCategory
from casepulse.schemas.events.missing import (
    MissingEpisodeEnded,
    MissingEpisodeStarted,
    ReturnInterviewRecorded,
)

#: From this age on some young people go missing.
FROM_AGE = 10

#: Days between one episode and the next.
BETWEEN = (8, 70)

_CATEGORY: dict[MissingCategory, float] = {"M": 0.85, "A": 0.15}

#: What comes of the offer of an interview; None: nobody offered one.
_INTERVIEW: dict[InterviewOutcome | None, float] = {
    InterviewOutcome.HELD: 0.84,
    InterviewOutcome.REFUSED: 0.1,
    InterviewOutcome.NOT_HELD: 0.02,
    None: 0.04,
}


class GoingMissing(Course):
    """Episodes of one young person, one after the other, while somebody holds their case."""

    def __init__(self, child: Child) -> None:
        super().__init__(child)
        self.child = child
        self.child.goes_missing = True
        self._episode = ""
        self._plan_next()

    def _plan_next(self) -> None:
        day = self.child.today + timedelta(days=self.child.random.randint(*BETWEEN))
        self.plan(at_hour(day, self.child.random.uniform(16, 23.9)), self._go)

    def _go(self) -> None:
        if self.child.worker is None or self.child.age >= 18:
            self.child.goes_missing = self.under_way = False
            return
        category = self.child.pick(_CATEGORY)
        self._episode = self.child.new_key("me")
        self.child.tell(MissingEpisodeStarted(episode=self._episode, category=category))
        if category == "M":
            self.child.front_door.told_of_missing_child()
        # Most are back by the morning, few are away for days.
        away = self.child.random.lognormvariate(2.0, 1.0)
        self.plan(self.child.now + timedelta(seconds=round(min(away, 200) * 3600)), self._come_back)

    def _come_back(self) -> None:
        self.child.tell(MissingEpisodeEnded(episode=self._episode))
        outcome = self.child.pick(_INTERVIEW)
        if outcome is not None:
            span = (3, 9) if self.child.slips(0.15) else (0, 2)
            self.plan(self.child.in_days(*span), lambda: self._interview(outcome))
        else:
            self._plan_next()

    def _interview(self, outcome: InterviewOutcome) -> None:
        self.child.tell(ReturnInterviewRecorded(episode=self._episode, outcome=outcome))
        self._plan_next()
