"""Referrals, the visits that follow, and the assessments they lead to."""

from dataclasses import dataclass
from datetime import date, datetime

from casepulse.schemas.codes import AssessmentOutcome, Pathway, VisitKind, VisitMethod
from casepulse.schemas.events.referral import (
    AssessmentAuthorised,
    AssessmentStarted,
    ReferralClosed,
    ReferralStarted,
    VisitRecorded,
)
from casepulse.state.facts import Fact
from casepulse.state.records.keys import by_key, one_a_day, team_of_completion, team_of_tellings
from casepulse.state.records.life import last_day_below
from casepulse.state.records.spells import Spell, Unbroken, lasts, spells, unbroken, up_to
from casepulse.state.view import CaseView


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
    """Each referral of the child, oldest first. The child's death closes those that are open."""
    closed = by_key(case.facts(ReferralClosed), "referral")
    told = case.records(referral_spells)
    started = by_key(case.facts(ReferralStarted), "referral") if told else {}
    found = []
    for spell in told:
        data = started[spell.key].data
        end = closed.get(spell.key)
        found.append(
            Referral(
                spell.key,
                spell.started,
                spell.day,
                data.pathway,
                spell.ended,
                data.team,
                team_of_completion(case, end) if end else None,
            )
        )
    return found


def referral_spells(case: CaseView) -> list[Spell]:
    """The days of each referral, oldest first, up to the child's death."""
    told = spells(case.facts(ReferralStarted), case.facts(ReferralClosed), "referral")
    return up_to(told, last_day_below(case, None)) if told else []


def open_referrals(case: CaseView) -> Unbroken | None:
    """The unbroken time in which a referral has been open, of a child of whom one is open now."""
    return next(
        (each for each in unbroken(case.records(referral_spells)) if each.ended is None), None
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to a child."""

    key: str
    time: datetime
    day: date
    recorded: datetime
    kind: VisitKind
    virtual: bool
    child_seen: bool
    team: str | None


def visits(case: CaseView) -> list[Visit]:
    """Each visit, whether it saw the child or not, oldest first: of one kind one a day.

    Told several times it saw the child if any telling says so, face to face if any of those does;
    and it was recorded when it was first told.
    """
    by_kind: dict[VisitKind, list[Fact[VisitRecorded]]] = {}
    for fact in case.facts(VisitRecorded):
        by_kind.setdefault(fact.data.kind, []).append(fact)
    found = [_visit(case, kind, told) for kind in by_kind for told in one_a_day(by_kind[kind])]
    return sorted(found, key=lambda visit: (visit.time, visit.key))


def _visit(case: CaseView, kind: VisitKind, told: list[Fact[VisitRecorded]]) -> Visit:
    seen = [fact for fact in told if fact.data.child_seen]
    virtual = all(fact.data.method is VisitMethod.VIRTUAL for fact in seen or told)
    return Visit(
        told[0].id,
        told[0].time,
        told[0].day,
        min(fact.recorded for fact in told),
        kind,
        virtual,
        bool(seen),
        team_of_tellings(case, told),
    )


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
    started: date | None
    """None where only its authorisation is on record."""
    clock_start: date | None
    """None there, too."""
    authorised_day: date | None
    authorised_team: str | None
    """The team that completed it."""
    outcome: AssessmentOutcome | None


def assessments(case: CaseView) -> list[Assessment]:
    """Each single assessment, by key. One whose referral is unknown counts from its own start."""
    referral_days = {referral.key: referral.day for referral in case.records(referrals)}
    authorised = by_key(case.facts(AssessmentAuthorised), "assessment")
    started = by_key(case.facts(AssessmentStarted), "assessment")
    found = []
    for key in sorted(started.keys() | authorised.keys()):
        start, end = started.get(key), authorised.get(key)
        if start is not None and not lasts(start, end):
            continue
        told, done = start.data if start else None, end.data if end else None
        assert told is None or isinstance(told, AssessmentStarted)
        assert done is None or isinstance(done, AssessmentAuthorised)
        found.append(
            Assessment(
                key,
                start.day if start else None,
                referral_days.get((told and told.referral) or "", start.day) if start else None,
                end.day if end else None,
                team_of_completion(case, end) if end else None,
                done.outcome if done else None,
            )
        )
    return found
