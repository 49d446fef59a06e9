"""The records of practice that rules speak of, put together from a case's facts.

A referral is a fact that it started and, perhaps, one that it closed; a period
of care likewise. Each function here is read through `CaseView.records`, so that
it runs once a look at a case and its reads are noted for every rule that asks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest

from schemas.codes import (
    ConferenceKind,
    ContactRating,
    InterviewOutcome,
    Pathway,
    VisitKind,
    VisitMethod,
)
from schemas.envelope import Data
from schemas.events.care import (
    CarePeriodEnded,
    CarePeriodStarted,
    CareReviewHeld,
    LegalStatusChanged,
    PlacementEnded,
    PlacementStarted,
)
from schemas.events.contact import ContactDecided, ContactReceived
from schemas.events.missing import (
    MissingEpisodeStarted,
    ReturnInterviewRecorded,
)
from schemas.events.protection import (
    ConferenceHeld,
    ProtectionPlanEnded,
    ProtectionPlanStarted,
    SectionFortySevenStarted,
    StrategyDiscussionHeld,
)
from schemas.events.referral import (
    AssessmentAuthorised,
    AssessmentStarted,
    ReferralClosed,
    ReferralStarted,
    VisitRecorded,
)
from schemas.events.workforce import AllocationEnded, AllocationStarted, WorkerLeft, WorkerRecorded
from state.facts import Fact
from state.view import CaseView

#: Short breaks: legal statuses that do not count as being in care (SSDA903 V3, V4).
SHORT_BREAKS = frozenset({"V3", "V4"})


def _by_key(facts: Iterable[Fact], field: str) -> dict[str, Fact]:
    """The first fact of each record, by the record's key, oldest first.

    A record may be told under two ids of events, by a live feed and by a nightly extract, say.
    It is one record still.
    """
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(getattr(fact.data, field), fact)
    return first


def _records(case: CaseView, data: type[Data], field: str) -> Iterable[Fact]:
    """The facts of a type, one a record, oldest first."""
    return _by_key(case.facts(data), field).values()


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact at the front door. One case of its own: a subject `contact:…` is one contact."""

    received: datetime
    day: date
    red: bool
    missing_notification: bool
    decided: datetime | None
    team: str | None


def contact_of(case: CaseView) -> Contact | None:
    """The contact that the case is, with its initial decision."""
    received = case.facts(ContactReceived)
    if not received:
        return None
    first = received[0]
    assert isinstance(first.data, ContactReceived)
    decisions = case.facts(ContactDecided)
    return Contact(
        first.time,
        first.day,
        first.data.rating is ContactRating.RED,
        first.data.missing_notification,
        decisions[0].time if decisions else None,
        first.data.team,
    )


@dataclass(frozen=True, slots=True)
class Referral:
    """A referral, from start to closure."""

    key: str
    started: datetime
    day: date
    pathway: Pathway
    closed_day: date | None
    team: str | None


def referrals(case: CaseView) -> list[Referral]:
    """Each referral of the child, oldest first."""
    closed = _by_key(case.facts(ReferralClosed), "referral")
    found = []
    for fact in _records(case, ReferralStarted, "referral"):
        data = fact.data
        assert isinstance(data, ReferralStarted)
        end = closed.get(data.referral)
        found.append(
            Referral(
                data.referral,
                fact.time,
                fact.day,
                data.pathway,
                end.day if end else None,
                data.team,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to a child."""

    key: str
    day: date
    recorded: datetime
    kind: VisitKind
    virtual: bool
    child_seen: bool
    team: str | None


def visits(case: CaseView) -> list[Visit]:
    """Each visit, whether it saw the child or not, oldest first."""
    found = []
    for fact in case.facts(VisitRecorded):
        data = fact.data
        assert isinstance(data, VisitRecorded)
        virtual = data.method is VisitMethod.VIRTUAL
        found.append(
            Visit(fact.id, fact.day, fact.recorded, data.kind, virtual, data.child_seen, data.team)
        )
    return found


@dataclass(frozen=True, slots=True)
class Assessment:
    """A single assessment; its clock runs from the referral's day."""

    key: str
    clock_start: date | None
    """None where only its authorisation is on record."""
    authorised_day: date | None
    authorised_team: str | None
    team: str | None


def assessments(case: CaseView) -> list[Assessment]:
    """Each single assessment, by key. One whose referral is unknown counts from its own start."""
    referral_days = {referral.key: referral.day for referral in case.records(referrals)}
    authorised = _by_key(case.facts(AssessmentAuthorised), "assessment")
    found = []
    for fact in _records(case, AssessmentStarted, "assessment"):
        data = fact.data
        assert isinstance(data, AssessmentStarted)
        end = authorised.get(data.assessment)
        found.append(
            Assessment(
                data.assessment,
                referral_days.get(data.referral or "", fact.day),
                end.day if end else None,
                end.data.team if end else None,
                data.team,
            )
        )
    for key in authorised.keys() - {assessment.key for assessment in found}:
        end = authorised[key]
        found.append(Assessment(key, None, end.day, end.data.team, end.data.team))
    return sorted(found, key=lambda assessment: assessment.key)


@dataclass(frozen=True, slots=True)
class InitialConference:
    """An initial child protection conference, and the day of the discussion behind it."""

    key: str
    day: date
    discussion_day: date | None
    team: str | None


def initial_conferences(case: CaseView) -> list[InitialConference]:
    """Each initial conference, traced through its enquiry to the strategy discussion."""
    discussions: dict[str, date] = {}
    for fact in _records(case, StrategyDiscussionHeld, "discussion"):
        assert isinstance(fact.data, StrategyDiscussionHeld)
        discussions.setdefault(fact.data.discussion, fact.day)
    began: dict[str, date | None] = {}
    for fact in _records(case, SectionFortySevenStarted, "enquiry"):
        assert isinstance(fact.data, SectionFortySevenStarted)
        began.setdefault(fact.data.enquiry, discussions.get(fact.data.discussion or ""))
    found = []
    for fact in _records(case, ConferenceHeld, "conference"):
        data = fact.data
        assert isinstance(data, ConferenceHeld)
        if data.kind is ConferenceKind.INITIAL:
            discussed = began.get(data.enquiry or "")
            found.append(InitialConference(data.conference, fact.day, discussed, data.team))
    return found


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of days: a protection plan, a period of care. `ended` is its last day."""

    key: str
    started: datetime
    day: date
    ended_at: datetime | None
    ended: date | None

    def covers(self, day: date) -> bool:
        """Whether a day lies within it, its first and last included."""
        return self.day <= day and (self.ended is None or day <= self.ended)


def _spells(starts: list[Fact], ends: list[Fact], field: str) -> list[Spell]:
    ended = _by_key(ends, field)
    found = []
    for key, fact in _by_key(starts, field).items():
        end = ended.get(key)
        found.append(
            Spell(key, fact.time, fact.day, end.time if end else None, end.day if end else None)
        )
    return found


def protection_plans(case: CaseView) -> list[Spell]:
    """Each child protection plan, oldest first."""
    return _spells(case.facts(ProtectionPlanStarted), case.facts(ProtectionPlanEnded), "plan")


def open_plan(case: CaseView) -> Spell | None:
    """The plan that the child is subject of now."""
    return next((plan for plan in case.records(protection_plans) if plan.ended is None), None)


def care_periods(case: CaseView) -> list[Spell]:
    """Each period of care, oldest first, short breaks included."""
    return _spells(case.facts(CarePeriodStarted), case.facts(CarePeriodEnded), "period")


def in_care(case: CaseView) -> Spell | None:
    """The open period of care of a child in care; short breaks (V3, V4) are not care."""
    period = next((each for each in case.records(care_periods) if each.ended is None), None)
    if period is None or legal_status_in(case, period) in SHORT_BREAKS:
        return None
    return period


def legal_status_in(case: CaseView, period: Spell, day: date | None = None) -> str | None:
    """The child's legal status in a period of care: at the end of a day that is past, or now.

    What held in an earlier period says nothing of this one.
    """
    held = [
        status for since, status in _legal_statuses(case, period) if day is None or since <= day
    ]
    return held[-1] if held else None


def entered_care(case: CaseView, period: Spell) -> date:
    """The day on which a period of care became care: where it began with short breaks, the day
    they gave way to another legal status."""
    statuses = _legal_statuses(case, period)
    if not statuses or statuses[0][1] not in SHORT_BREAKS:
        return period.day
    return next((since for since, status in statuses if status not in SHORT_BREAKS), period.day)


def _legal_statuses(case: CaseView, period: Spell) -> list[tuple[date, str]]:
    """Each legal status that came to hold in a period, and since which day."""
    found: list[tuple[date, str]] = []
    for fact in case.facts(LegalStatusChanged):
        assert isinstance(fact.data, LegalStatusChanged)
        if period.covers(fact.day):
            found.append((fact.day, fact.data.legal_status))
    return found


@dataclass(frozen=True, slots=True)
class Placement:
    """A placement; it lasts until the next begins, or until it or the period of care ends."""

    key: str
    started: datetime
    day: date
    ended_at: datetime | None
    until_eighteen: bool


def placements(case: CaseView) -> list[Placement]:
    """Each placement, oldest first."""
    ended = _by_key(case.facts(PlacementEnded), "placement")
    left = [period.ended_at for period in case.records(care_periods) if period.ended_at]
    starts = list(_records(case, PlacementStarted, "placement"))
    found = []
    for fact, following in zip_longest(starts, starts[1:]):
        data = fact.data
        assert isinstance(data, PlacementStarted)
        own_end = ended.get(data.placement)
        ends = [time for time in left if time > fact.time]
        if own_end is not None:
            ends.append(own_end.time)
        if following is not None:
            ends.append(following.time)
        found.append(
            Placement(
                data.placement, fact.time, fact.day, min(ends, default=None), data.until_eighteen
            )
        )
    return found


def current_placement(case: CaseView) -> Placement | None:
    """The placement that the child is in now."""
    latest = case.records(placements)[-1:]
    return latest[0] if latest and latest[0].ended_at is None else None


def care_reviews(case: CaseView) -> list[Fact]:
    """Each review of a child in care, oldest first."""
    return case.facts(CareReviewHeld)


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
    for fact in _records(case, MissingEpisodeStarted, "episode"):
        data = fact.data
        assert isinstance(data, MissingEpisodeStarted)
        if data.category == "M":
            interviews = frozenset(outcomes.get(data.episode, ()))
            found.append(MissingEpisode(fact.time, fact.day, interviews, data.team))
    return found


def allocated_workers(case: CaseView) -> list[str]:
    """The workers who hold the child now, each once, by key."""
    ended = _by_key(case.facts(AllocationEnded), "allocation")
    held = set()
    for fact in _records(case, AllocationStarted, "allocation"):
        data = fact.data
        assert isinstance(data, AllocationStarted)
        if data.allocation not in ended:
            held.add(data.worker)
    return sorted(held)


@dataclass(frozen=True, slots=True)
class Post:
    """The post a worker holds now."""

    fte: float
    team: str | None


def post(case: CaseView) -> Post | None:
    """The worker's post; None once they have left."""
    posts, left = case.facts(WorkerRecorded), case.facts(WorkerLeft)
    if not posts or (left and left[-1].time >= posts[-1].time):
        return None
    data = posts[-1].data
    assert isinstance(data, WorkerRecorded)
    return Post(data.fte, data.team)
