"""Referrals, the visits that follow, and the assessments they lead to."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.codes import AssessmentOutcome, Pathway, VisitKind, VisitMethod
from schemas.events.referral import (
    AssessmentAuthorised,
    AssessmentStarted,
    ReferralClosed,
    ReferralStarted,
    VisitRecorded,
)
from state.facts import Fact
from state.records.keys import by_key, one_a_record
from state.view import CaseView


@dataclass(frozen=True, slots=True)
class Referral:
    """A referral, from start to closure."""

    key: str
    started: datetime
    day: date
    pathway: Pathway
    closed_day: date | None
    team: str | None
    closed_team: str | None = None


def referrals(case: CaseView) -> list[Referral]:
    """Each referral of the child, oldest first."""
    closed = by_key(case.facts(ReferralClosed), "referral")
    found = []
    for fact in one_a_record(case, ReferralStarted, "referral"):
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
                end.data.team if end else None,
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
class FirstVisit:
    """A referral, and the first visit that saw the child while it was open."""

    referral: Referral
    visit: Visit | None


def first_visits(case: CaseView) -> list[FirstVisit]:
    """Each referral with its initial visit, oldest first."""
    saw = [visit for visit in case.records(visits) if visit.child_seen]
    found = []
    for referral in case.records(referrals):
        first = next((visit for visit in saw if visit.day >= referral.day), None)
        if first and referral.closed_day and first.day > referral.closed_day:
            first = None
        found.append(FirstVisit(referral, first))
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
    outcome: AssessmentOutcome | None


def assessments(case: CaseView) -> list[Assessment]:
    """Each single assessment, by key. One whose referral is unknown counts from its own start."""
    referral_days = {referral.key: referral.day for referral in case.records(referrals)}
    authorised = by_key(case.facts(AssessmentAuthorised), "assessment")
    found = []
    for fact in one_a_record(case, AssessmentStarted, "assessment"):
        data = fact.data
        assert isinstance(data, AssessmentStarted)
        start = referral_days.get(data.referral or "", fact.day)
        found.append(_assessment(data.assessment, start, authorised, data.team))
    for key in authorised.keys() - {assessment.key for assessment in found}:
        found.append(_assessment(key, None, authorised, authorised[key].data.team))
    return sorted(found, key=lambda assessment: assessment.key)


def _assessment(
    key: str, start: date | None, authorised: dict[str, Fact], team: str | None
) -> Assessment:
    end = authorised.get(key)
    if end is None:
        return Assessment(key, start, None, None, team, None)
    assert isinstance(end.data, AssessmentAuthorised)
    return Assessment(key, start, end.day, end.data.team, team, end.data.outcome)
