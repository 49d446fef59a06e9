"""Missing episodes, what came of their interviews, and what a month of them comes to."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from casepulse.schemas.codes import InterviewOutcome
from casepulse.schemas.events.missing import (
    MissingEpisodeEnded,
    MissingEpisodeStarted,
    ReturnInterviewRecorded,
)
from casepulse.state.calendar import month_of
from casepulse.state.records.keys import by_key, one_a_record
from casepulse.state.records.spells import lasts
from casepulse.state.records.stays import in_care_on
from casepulse.state.view import CaseView


@dataclass(frozen=True, slots=True)
class MissingEpisode:
    """An episode of a child missing (category M), with what came of its interviews."""

    key: str
    started: datetime
    day: date
    found: datetime | None
    """When the child was found or came back; None while it is missing."""
    interviews: frozenset[InterviewOutcome]
    """What came of the interviews offered once the child was found: one before that is none."""
    interviewed: datetime | None
    """When the first return interview was held."""
    in_care: bool
    """Whether the child was in care when the episode began."""
    team: str | None


def missing_episodes(case: CaseView) -> list[MissingEpisode]:
    """Each missing episode, oldest first; being away without authorisation (A) is none."""
    starts = list(one_a_record(case, MissingEpisodeStarted, "episode"))
    if not starts:
        return []
    ended = by_key(case.facts(MissingEpisodeEnded), "episode")
    outcomes: dict[str, set[InterviewOutcome]] = {}
    held: dict[str, datetime] = {}
    for interview in case.facts(ReturnInterviewRecorded):
        back = ended.get(interview.data.episode)
        if back is None or interview.time < back.time:
            continue
        outcomes.setdefault(interview.data.episode, set()).add(interview.data.outcome)
        if interview.data.outcome is InterviewOutcome.HELD:
            held.setdefault(interview.data.episode, interview.time)
    found = []
    for fact in starts:
        data = fact.data
        end = ended.get(data.episode)
        if data.category == "M" and lasts(fact, end):
            found.append(
                MissingEpisode(
                    data.episode,
                    fact.time,
                    fact.day,
                    end.time if end else None,
                    frozenset(outcomes.get(data.episode, ())),
                    held.get(data.episode),
                    in_care_on(case, fact.day) is not None,
                    data.team,
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class MissingMonth:
    """The missing episodes of a child that began in one month, oldest first."""

    month: str
    episodes: tuple[MissingEpisode, ...]

    @property
    def day(self) -> date:
        """The day of the first: it places the child in its month."""
        return self.episodes[0].day

    @property
    def team(self) -> str | None:
        """The team that the child counts for: that of the first."""
        return self.episodes[0].team


def missing_months(case: CaseView) -> list[MissingMonth]:
    """Each month in which the child went missing."""
    episodes = groupby(case.records(missing_episodes), key=lambda episode: month_of(episode.day))
    return [MissingMonth(month, tuple(begun)) for month, begun in episodes]
