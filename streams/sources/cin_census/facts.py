"""From a row of the return to the facts that it tells. Each function is one kind of element."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from casepulse.schemas.codes import ConferenceKind, Pathway, ProceedingsStage
from casepulse.schemas.events.child import ChildRegistered
from casepulse.schemas.events.children_in_need import ChildInNeedPlanEnded, ChildInNeedPlanStarted
from casepulse.schemas.events.legal import ChildProceedingsEnded, ChildProceedingsStarted
from casepulse.schemas.events.protection import (
    ConferenceHeld,
    ProtectionPlanEnded,
    ProtectionPlanReviewed,
    ProtectionPlanStarted,
    SectionFortySevenStarted,
    StrategyDiscussionHeld,
)
from casepulse.schemas.events.referral import (
    AssessmentAuthorised,
    AssessmentStarted,
    ReferralClosed,
    ReferralStarted,
)
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.cin_census.row import Row
from casepulse.streams.sources.extract import Said

Facts = Iterator[Said]

#: From the last period to birth: nothing can be told of a child before.
_EXPECTING = timedelta(weeks=40)

#: Initial and review conferences in the ids of facts.
_CONFERENCES = {ConferenceKind.INITIAL: "conference", ConferenceKind.REVIEW: "reviewing"}


def registration(row: Row) -> Facts:
    """A child. The day is that of birth; of an unborn one, forty weeks before it is expected:
    nothing in the return comes before."""
    born, expected = row.day_or_none("PersonBirthDate"), row.day_or_none("ExpectedPersonBirthDate")
    sex = row.values["Sex"] or row.values["GenderCurrent"] or "U"
    columns = {"ethnicity": "Ethnicity"}
    if born is not None:
        yield row.of_child(ChildRegistered, born, {"born": "PersonBirthDate", **columns}, sex=sex)
        return
    if expected is None:
        raise RefusedError("PersonBirthDate", "is blank, and so is ExpectedPersonBirthDate")
    columns = {"expected": "ExpectedPersonBirthDate", **columns}
    yield row.of_child(ChildRegistered, expected - _EXPECTING, columns, sex=sex)


def referral(row: Row) -> Facts:
    """A referral, and its closure. One with no further action need have no date of that: it was
    closed on its day."""
    begins = row.day("CINreferralDate")
    ends = row.last_day("CINclosureDate", first="CINreferralDate")
    yield row.of_child(
        ReferralStarted,
        begins,
        {"source": "ReferralSource"},
        referral=row.key,
        pathway=Pathway.SECTION_17,
    )
    if ends is None and row.values["ReferralNFA"] == "true":
        ends = begins
    if ends is not None:
        reason = {"reason": "ReasonForClosure"}
        yield row.of_child(ReferralClosed, ends, reason, referral=row.key)


def assessment(row: Row, of: str | None) -> Facts:
    """A single assessment of a referral, and its authorisation."""
    begins = row.day("AssessmentActualStartDate")
    ends = row.last_day("AssessmentAuthorisationDate", first="AssessmentActualStartDate")
    yield row.of_child(AssessmentStarted, begins, assessment=row.key, referral=of)
    if ends is not None:
        yield row.of_child(AssessmentAuthorised, ends, assessment=row.key)


def enquiry(row: Row, of: str | None) -> Facts:
    """An enquiry under section 47, and the strategy discussion that began it, on its day. When an
    enquiry ended the return does not say."""
    begins = row.day("S47ActualStartDate")
    row.last_day("DateOfInitialCPC", first="S47ActualStartDate")
    yield row.of_child(StrategyDiscussionHeld, begins, discussion=row.key, referral=of)
    yield row.of_child(SectionFortySevenStarted, begins, enquiry=row.key, discussion=row.key)


def conference(row: Row, day: date, kind: ConferenceKind, enquiry: str | None = None) -> Said:
    """A conference. One a day: whichever rows name it, it is the same."""
    name = _CONFERENCES[kind]
    about = row.about(day, name=name)
    key = f"{about.key}-{name}" if kind is ConferenceKind.REVIEW else about.key
    return about.of_child(ConferenceHeld, day, conference=key, kind=kind, enquiry=enquiry)


def plan(row: Row, after: str | None) -> Facts:
    """A child in need plan, the assessment that led to it, and its end."""
    begins = row.day("CINPlanStartDate")
    ends = row.last_day("CINPlanEndDate", first="CINPlanStartDate")
    yield row.of_child(ChildInNeedPlanStarted, begins, plan=row.key, assessment=after)
    if ends is not None:
        yield row.of_child(ChildInNeedPlanEnded, ends, plan=row.key)


def protection(row: Row, decided_by: str | None) -> Facts:
    """A child protection plan, the conference that decided on it, and its end. The category is the
    latest: the return does not say when it changed."""
    begins, ends = row.day("CPPstartDate"), row.last_day("CPPendDate", first="CPPstartDate")
    latest = "LatestCategoryOfAbuse"
    category = {"category": latest if row.values[latest] else "InitialCategoryOfAbuse"}
    given = {"plan": row.key, "conference": decided_by}
    yield row.of_child(ProtectionPlanStarted, begins, category, **given)
    if ends is not None:
        yield row.of_child(ProtectionPlanEnded, ends, plan=row.key)


def review(row: Row, plan_begins: date | None, plan: str) -> Facts:
    """A review of a protection plan."""
    day = row.day("CPPreviewDate")
    if plan_begins is None:
        raise RefusedError(None, "lies in a plan whose CPPstartDate can't be read")
    if day < plan_begins:
        raise RefusedError("CPPreviewDate", "lies before CPPstartDate")
    yield row.of_child(ProtectionPlanReviewed, day, plan=plan)


def proceedings(row: Row) -> Facts:
    """Pre-proceedings, from their start or else the letter before them, and how they ended: at
    court, which is told as a stage of its own, or by a decision without that. A row that dates no
    stage, such as the offer of a family meeting alone, tells nothing."""
    begins = row.day_or_none("PPStartDate") or row.day_or_none("LBPSentDate")
    court, step = row.day_or_none("CourtAppDate"), row.day_or_none("StepDecisionDate")
    for column, later in (("CourtAppDate", court), ("StepDecisionDate", step)):
        if begins is not None and later is not None and later < begins:
            raise RefusedError(column, "lies before the proceedings")
    if begins is not None:
        stage = ProceedingsStage.PRE_PROCEEDINGS
        yield row.of_child(ChildProceedingsStarted, begins, proceedings=row.key, stage=stage)
    if court is not None:
        at_court = replace(row, name="court")
        stage = ProceedingsStage.COURT
        yield at_court.of_child(ChildProceedingsStarted, court, proceedings=row.key, stage=stage)
    elif begins is not None and step is not None:
        yield row.of_child(ChildProceedingsEnded, step, proceedings=row.key)
