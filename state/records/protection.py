"""Child protection: conferences and plans."""

from dataclasses import dataclass
from datetime import date

from schemas.codes import ConferenceKind
from schemas.events.protection import (
    ConferenceHeld,
    ProtectionPlanEnded,
    ProtectionPlanStarted,
    SectionFortySevenStarted,
    StrategyDiscussionHeld,
)
from state.records.keys import one_a_record
from state.records.spells import Spell, spells
from state.view import CaseView


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
    for fact in one_a_record(case, StrategyDiscussionHeld, "discussion"):
        assert isinstance(fact.data, StrategyDiscussionHeld)
        discussions.setdefault(fact.data.discussion, fact.day)
    began: dict[str, date | None] = {}
    for fact in one_a_record(case, SectionFortySevenStarted, "enquiry"):
        assert isinstance(fact.data, SectionFortySevenStarted)
        began.setdefault(fact.data.enquiry, discussions.get(fact.data.discussion or ""))
    found = []
    for fact in one_a_record(case, ConferenceHeld, "conference"):
        data = fact.data
        assert isinstance(data, ConferenceHeld)
        if data.kind is ConferenceKind.INITIAL:
            discussed = began.get(data.enquiry or "")
            found.append(InitialConference(data.conference, fact.day, discussed, data.team))
    return found


def protection_plans(case: CaseView) -> list[Spell]:
    """Each child protection plan, oldest first."""
    return spells(case.facts(ProtectionPlanStarted), case.facts(ProtectionPlanEnded), "plan")


def open_plan(case: CaseView) -> Spell | None:
    """The plan that the child is subject of now."""
    return next((plan for plan in case.records(protection_plans) if plan.ended is None), None)
