"""Missing episodes and what came of their interviews."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.codes import InterviewOutcome
from schemas.events.missing import MissingEpisodeStarted, ReturnInterviewRecorded
from state.records.keys import one_a_record
from state.view import CaseView


@dataclass(frozen=True, slots=True)
class MissingEpisode:
    """An episode of a child missing (category M), with what came of its interviews."""

    started: datetime
    day: date
    interviews: frozenset[InterviewOutcome]
    team: str | None


def missing_episodes(case: CaseView) -> list[MissingEpisode]:
    """Each missing episode; being away without authorisation (A) is none."""
    outcomes: dict[str, set[InterviewOutcome]] = {}
    for fact in case.facts(ReturnInterviewRecorded):
        assert isinstance(fact.data, ReturnInterviewRecorded)
        outcomes.setdefault(fact.data.episode, set()).add(fact.data.outcome)
    found = []
    for fact in one_a_record(case, MissingEpisodeStarted, "episode"):
        data = fact.data
        assert isinstance(data, MissingEpisodeStarted)
        if data.category == "M":
            interviews = frozenset(outcomes.get(data.episode, ()))
            found.append(MissingEpisode(fact.time, fact.day, interviews, data.team))
    return found
