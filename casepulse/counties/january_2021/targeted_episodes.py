"""What an episode of Targeted Support is told with: visits, assessments, what came before it."""

from datetime import date, timedelta

from casepulse.counties.january_2021.county import JANUARY, Child
from casepulse.counties.january_2021.telling import Telling
from casepulse.schemas.codes_early_help import AdviceHolder, EarlyHelpClosure, TargetedService
from casepulse.schemas.events.early_help import (
    AdviceEpisodeEnded,
    AdviceEpisodeStarted,
    TargetedAssessmentCompleted,
    TargetedAssessmentStarted,
    TargetedSupportEnded,
    TargetedSupportStarted,
    TargetedSupportVisited,
)
from casepulse.state.calendar import add_working_days

FAMILY_SUPPORT = TargetedService.FAMILY_SUPPORT_TEAM
CENTRE = TargetedService.CHILDREN_AND_FAMILY_CENTRE
DISABLED = TargetedService.DISABLED_CHILDREN

#: Of what was begun before January: first visits in time, and assessments (the report's text: the
#: share in time dropped by 35 points in January).
VISITED_IN_TIME = {FAMILY_SUPPORT: 0.3, CENTRE: 0.1, DISABLED: 0.3}
ASSESSED_IN_TIME = 0.92

REASONS = {
    EarlyHelpClosure.NEEDS_MET: 30, EarlyHelpClosure.NEEDS_PARTLY_MET: 20,
    EarlyHelpClosure.NOT_ENGAGED: 14, EarlyHelpClosure.CONSENT_WITHDRAWN: 9,
    EarlyHelpClosure.MET_ELSEWHERE: 10, EarlyHelpClosure.MOVED_AWAY: 4,
    EarlyHelpClosure.STEPPED_UP: 1, EarlyHelpClosure.OTHER: 12,
}  # fmt: skip


class Episodes(Telling):
    """What the episodes have in common, open and closed."""

    def begin(self, child: Child, service: TargetedService, first: date, team: str | None) -> str:
        key = self.county.key("ts")
        data = TargetedSupportStarted(episode=key, service=service, team=team)
        self.say(child.subject, data, self.working_hours(first))
        return key

    def visit(self, child: Child, key: str, day: date) -> None:
        if self.chance.random() < 0.1:
            earlier = TargetedSupportVisited(episode=key, child_seen=False)
            self.say(child.subject, earlier, self.working_hours(day) - timedelta(hours=20))
        data = TargetedSupportVisited(episode=key, child_seen=True)
        self.say(child.subject, data, self.working_hours(day))

    def visit_some_day(self, service: TargetedService, first: date) -> date | None:
        """The day of a first visit that no figure asks for."""
        if self.chance.random() < VISITED_IN_TIME[service]:
            return add_working_days(first, self.chance.randint(1, 10))
        late = add_working_days(first, self.chance.randint(11, 40))
        return late if self.chance.random() < 0.93 else None

    def assess(self, child: Child, episode: str, first: date, last: date | None) -> None:
        key = self.county.key("ta")
        began = TargetedAssessmentStarted(assessment=key, episode=episode)
        self.say(child.subject, began, self.working_hours(first))
        if last is not None:
            done = TargetedAssessmentCompleted(assessment=key)
            self.say(child.subject, done, self.working_hours(last))

    def assess_some_day(self, child: Child, episode: str, first: date, until: date) -> None:
        """An assessment that no figure of January asks for: over before it, or not begun."""
        begun = add_working_days(first, self.chance.randint(2, 8))
        in_time = self.chance.random() < ASSESSED_IN_TIME
        taken = self.chance.randint(12, 30) if in_time else self.chance.randint(31, 50)
        done = add_working_days(begun, taken)
        if done < min(until, JANUARY):
            self.assess(child, episode, begun, done)

    def tell_earlier(
        self, child: Child, before: date, first: date, team: str | None, *, since: date
    ) -> None:
        """An episode that closed before another began, since a day and before January."""
        soonest = max(first + timedelta(days=8), since)
        last = self.day(soonest, min(before, JANUARY) - timedelta(days=2))
        if self.chance.random() < 0.2:
            key = self.begin(child, FAMILY_SUPPORT, first, team)
            self.visit(child, key, first + timedelta(days=self.chance.randint(3, 7)))
            self.end(child, key, self.pick(REASONS), last)
            return
        key = self.county.key("ae")
        began = AdviceEpisodeStarted(
            episode=key, level=3, held_by=AdviceHolder.EARLY_HELP_COORDINATOR, team=team
        )
        self.say(child.subject, began, self.working_hours(first))
        ended = AdviceEpisodeEnded(episode=key, reason=self.pick(REASONS))
        self.say(child.subject, ended, self.working_hours(last))

    def end(self, child: Child, key: str, reason: EarlyHelpClosure, day: date) -> None:
        data = TargetedSupportEnded(episode=key, reason=reason)
        self.say(child.subject, data, self.working_hours(day))
