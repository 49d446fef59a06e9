"""Early Help of a child: advice episodes, My Plans, and episodes of Targeted Support."""

from dataclasses import dataclass
from datetime import date, datetime

from casepulse.schemas.codes_early_help import TargetedService
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.early_help import (
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
from casepulse.state.facts import Fact
from casepulse.state.records.keys import by_key, one_a_record, team_of_completion
from casepulse.state.records.life import last_day_below
from casepulse.state.records.spells import Spell, lasts, spells, up_to
from casepulse.state.view import CaseView


def open_advice(case: CaseView) -> list[AdviceEpisodeStarted]:
    """What began each open episode of advice, guidance and support, oldest first."""
    started = by_key(case.facts(AdviceEpisodeStarted), "episode")
    found = []
    for spell in case.records(advice_spells):
        data = started[spell.key].data
        if spell.ended is None:
            found.append(data)
    return found


def advice_spells(case: CaseView) -> list[Spell]:
    """The days of each episode of advice, guidance and support, oldest first."""
    return _alive(case, AdviceEpisodeStarted, AdviceEpisodeEnded, "episode")


def open_plans(case: CaseView) -> list[Fact[EarlyHelpPlanStarted]]:
    """What began each open My Plan and My Plan Plus, oldest first."""
    started = by_key(case.facts(EarlyHelpPlanStarted), "plan")
    lasting = _alive(case, EarlyHelpPlanStarted, EarlyHelpPlanEnded, "plan")
    return [started[spell.key] for spell in lasting if spell.ended is None]


def _alive(case: CaseView, start: type[Data], end: type[Data], field: str) -> list[Spell]:
    """Spells of a kind, up to the child's death."""
    told = spells(case.facts(start), case.facts(end), field)
    return up_to(told, last_day_below(case, None)) if told else []


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode of Targeted Support."""

    key: str
    service: TargetedService
    review_only: bool
    started: datetime
    day: date
    ended: date | None
    """Its last day."""
    team: str | None


def targeted_episodes(case: CaseView) -> list[Episode]:
    """Each episode of Targeted Support, those that are open to review alone included."""
    started = by_key(case.facts(TargetedSupportStarted), "episode")
    found = []
    for spell in _alive(case, TargetedSupportStarted, TargetedSupportEnded, "episode"):
        data = started[spell.key].data
        found.append(
            Episode(
                spell.key,
                data.service,
                data.review_only,
                spell.started,
                spell.day,
                spell.ended,
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


def ends_of_support(case: CaseView) -> list[Fact[TargetedSupportEnded]]:
    """What ended each episode in which support was delivered, oldest first; where only the end of
    an episode is on record, that too."""
    started = by_key(case.facts(TargetedSupportStarted), "episode")
    delivered = {each.key for each in case.records(delivered_episodes)}
    ended = by_key(case.facts(TargetedSupportEnded), "episode")
    return [fact for key, fact in ended.items() if key in delivered or key not in started]


def first_visits(case: CaseView) -> dict[str, date]:
    """The day on which the child was first seen in each episode, since it began."""
    began = {each.key: each.day for each in case.records(targeted_episodes)}
    first: dict[str, date] = {}
    for fact in case.facts(TargetedSupportVisited):
        if fact.data.child_seen and fact.day >= began.get(fact.data.episode, fact.day):
            first.setdefault(fact.data.episode, fact.day)
    return first


@dataclass(frozen=True, slots=True)
class Past:
    """An episode of Early Help that is over: when it began and when it closed."""

    started: datetime
    ended: datetime


def past_episodes(case: CaseView) -> list[Past]:
    """Each episode of advice or of Targeted Support that has closed."""
    delivered = {each.key for each in case.records(delivered_episodes)}
    targeted = _alive(case, TargetedSupportStarted, TargetedSupportEnded, "episode")
    return [
        Past(spell.started, spell.ended_at)
        for spell in [
            *(each for each in targeted if each.key in delivered),
            *case.records(advice_spells),
        ]
        if spell.ended_at is not None
    ]


@dataclass(frozen=True, slots=True)
class TargetedAssessment:
    """An assessment within an episode of Targeted Support."""

    key: str
    episode: str
    day: date
    completed_day: date | None
    completed_team: str | None


def targeted_assessments(case: CaseView) -> list[TargetedAssessment]:
    """Each assessment within Targeted Support that has begun, oldest first."""
    completed = by_key(case.facts(TargetedAssessmentCompleted), "assessment")
    found = []
    for fact in one_a_record(case, TargetedAssessmentStarted, "assessment"):
        data = fact.data
        end = completed.get(data.assessment)
        if lasts(fact, end):
            found.append(
                TargetedAssessment(
                    data.assessment,
                    data.episode,
                    fact.day,
                    end.day if end else None,
                    team_of_completion(case, end) if end else None,
                )
            )
    return found
