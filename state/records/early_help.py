"""Early Help of a child: advice episodes, My Plans, and episodes of Targeted Support."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.codes_early_help import TargetedService
from schemas.events.early_help import (
    AdviceEpisodeEnded,
    AdviceEpisodeStarted,
    EarlyHelpPlanEnded,
    EarlyHelpPlanStarted,
    TargetedAssessmentCompleted,
    TargetedAssessmentStarted,
    TargetedSupportEnded,
    TargetedSupportStarted,
    TargetedSupportVisited,
)
from state.facts import Fact
from state.records.keys import by_key, one_a_record
from state.view import CaseView


def open_advice(case: CaseView) -> list[AdviceEpisodeStarted]:
    """What began each open episode of advice, guidance and support, oldest first."""
    ended = by_key(case.facts(AdviceEpisodeEnded), "episode")
    found = []
    for key, fact in by_key(case.facts(AdviceEpisodeStarted), "episode").items():
        assert isinstance(fact.data, AdviceEpisodeStarted)
        if key not in ended:
            found.append(fact.data)
    return found


def open_plans(case: CaseView) -> list[Fact]:
    """What began each open My Plan and My Plan Plus, oldest first."""
    ended = by_key(case.facts(EarlyHelpPlanEnded), "plan")
    started = by_key(case.facts(EarlyHelpPlanStarted), "plan")
    return [fact for key, fact in started.items() if key not in ended]


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode of Targeted Support."""

    key: str
    service: TargetedService
    review_only: bool
    started: datetime
    day: date
    ended: datetime | None
    ended_day: date | None
    team: str | None


def targeted_episodes(case: CaseView) -> list[Episode]:
    """Each episode of Targeted Support, those that are open to review alone included."""
    ended = by_key(case.facts(TargetedSupportEnded), "episode")
    found = []
    for key, fact in by_key(case.facts(TargetedSupportStarted), "episode").items():
        data, end = fact.data, ended.get(key)
        assert isinstance(data, TargetedSupportStarted)
        found.append(
            Episode(
                key,
                data.service,
                data.review_only,
                fact.time,
                fact.day,
                end.time if end else None,
                end.day if end else None,
                data.team,
            )
        )
    return found


def delivered_episodes(case: CaseView) -> list[Episode]:
    """Each episode in which support is or was delivered, oldest first."""
    return [each for each in case.records(targeted_episodes) if not each.review_only]


def open_episodes(case: CaseView) -> list[Episode]:
    """Those of them that are open."""
    return [each for each in case.records(delivered_episodes) if each.ended is None]


def ends_of_support(case: CaseView) -> list[Fact]:
    """What ended each episode in which support was delivered, oldest first; where only the end of
    an episode is on record, that too."""
    reviewed = {each.key for each in case.records(targeted_episodes) if each.review_only}
    ended = by_key(case.facts(TargetedSupportEnded), "episode")
    return [fact for key, fact in ended.items() if key not in reviewed]


def first_visits(case: CaseView) -> dict[str, date]:
    """The day on which the child was first seen in each episode."""
    first: dict[str, date] = {}
    for fact in case.facts(TargetedSupportVisited):
        assert isinstance(fact.data, TargetedSupportVisited)
        if fact.data.child_seen:
            first.setdefault(fact.data.episode, fact.day)
    return first


@dataclass(frozen=True, slots=True)
class Past:
    """An episode of Early Help that is over: when it began and when it closed."""

    started: datetime
    ended: datetime


def past_episodes(case: CaseView) -> list[Past]:
    """Each episode of advice or of Targeted Support that has closed."""
    found = [
        Past(each.started, each.ended)
        for each in case.records(delivered_episodes)
        if each.ended is not None
    ]
    ended = by_key(case.facts(AdviceEpisodeEnded), "episode")
    for key, fact in by_key(case.facts(AdviceEpisodeStarted), "episode").items():
        if key in ended:
            found.append(Past(fact.time, ended[key].time))
    return found


@dataclass(frozen=True, slots=True)
class TargetedAssessment:
    """An assessment within an episode of Targeted Support."""

    key: str
    episode: str
    day: date
    completed_day: date | None
    completed_team: str | None
    team: str | None


def targeted_assessments(case: CaseView) -> list[TargetedAssessment]:
    """Each assessment within Targeted Support that has begun, oldest first."""
    completed = by_key(case.facts(TargetedAssessmentCompleted), "assessment")
    found = []
    for fact in one_a_record(case, TargetedAssessmentStarted, "assessment"):
        data = fact.data
        assert isinstance(data, TargetedAssessmentStarted)
        end = completed.get(data.assessment)
        found.append(
            TargetedAssessment(
                data.assessment,
                data.episode,
                fact.day,
                end.day if end else None,
                end.data.team if end else None,
                data.team,
            )
        )
    return found
