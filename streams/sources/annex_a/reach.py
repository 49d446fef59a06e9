"""How far back each list is whole, and what it means that something is no longer on it.

Lists 1, 3 and 5 hold what began in six months; list 4 what was authorised in them, or is open;
lists 6, 7 and 8 of each child the latest that is open, or ended in them; list 10 a year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casepulse.schemas.envelope import Data, local_day
from casepulse.schemas.events.care import (
    AdoptionDecided,
    AdoptionPlacementEnded,
    AdoptionPlacementStarted,
    CareLeaverRecorded,
    CarePeriodEnded,
    CarePeriodStarted,
    CareReviewHeld,
    LegalStatusChanged,
    PlacementStarted,
)
from casepulse.schemas.events.care_planning import ReviewingOfficerNoted
from casepulse.schemas.events.child import AsylumSeekingRecorded, ChildRegistered
from casepulse.schemas.events.contact import ContactReceived
from casepulse.schemas.events.health import DentalCheckCompleted, HealthAssessmentCompleted
from casepulse.schemas.events.leaving import (
    CareLeaverContacted,
    CareLeaverEnded,
    CareLeaverQualified,
    PathwayPlanReviewed,
)
from casepulse.schemas.events.protection import (
    ConferenceHeld,
    ProtectionPlanEnded,
    ProtectionPlanReviewed,
    ProtectionPlanStarted,
    SectionFortySevenCompleted,
    SectionFortySevenStarted,
    StrategyDiscussionHeld,
)
from casepulse.schemas.events.referral import (
    AssessmentAuthorised,
    AssessmentStarted,
    ReferralClosed,
    ReferralStarted,
    VisitRecorded,
)
from casepulse.state.calendar import add_months
from casepulse.streams.sources.annex_a import lists
from casepulse.streams.sources.annex_a.known import Known
from casepulse.streams.sources.annex_a.row import SOURCE, record_of
from casepulse.streams.sources.annex_a.table import Table
from casepulse.streams.sources.extract import Ending, Lies, Said, Window
from casepulse.streams.sources.row import noon, stamped

Tables = Mapping[int, Table]

#: What has no window: it is gone if the child is.
WITH_THE_CHILD = frozenset(
    each.TYPE
    for each in (
        ChildRegistered,
        AsylumSeekingRecorded,
        VisitRecorded,
        ProtectionPlanReviewed,
        LegalStatusChanged,
        PlacementStarted,
        CareReviewHeld,
        ReviewingOfficerNoted,
        HealthAssessmentCompleted,
        DentalCheckCompleted,
        CareLeaverRecorded,
        CareLeaverContacted,
        PathwayPlanReviewed,
    )
)

_OF_CARE = (
    CarePeriodStarted.TYPE,
    CarePeriodEnded.TYPE,
    PlacementStarted.TYPE,
    LegalStatusChanged.TYPE,
    CareReviewHeld.TYPE,
    ReviewingOfficerNoted.TYPE,
    HealthAssessmentCompleted.TYPE,
    DentalCheckCompleted.TYPE,
    AsylumSeekingRecorded.TYPE,
    f"{VisitRecorded.TYPE}: kind=statutory",
)

#: A day that was corrected lies so near the one before; what begins later is another.
_CORRECTED = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class _Record:
    """What begins and ends, of each child the latest."""

    list_: int
    began: type[Data]
    ended: type[Data]
    end_column: str
    table: str
    key: str
    """The field of the end that names the record."""


_RECORDS = (
    _Record(6, ReferralStarted, ReferralClosed, lists.EPISODE_CLOSED, "referral", "referral"),
    _Record(7, ProtectionPlanStarted, ProtectionPlanEnded, lists.PLAN_ENDED, "plan", "plan"),
    _Record(8, CarePeriodStarted, CarePeriodEnded, lists.CARE_ENDED, "care", "period"),
)


def _whole(tables: Tables, *numbers: int) -> bool:
    """Whether some lists are there, and whose rows could not be read is known."""
    return all(number in tables and tables[number].account.whole for number in numbers)


def _has(tables: Tables, number: int, column: str) -> bool:
    return _whole(tables, number) and column in tables[number].found.columns


#: What each list tells that no other does, and which columns of it.
_TOLD_BY: tuple[tuple[int, str | None, tuple[str, ...]], ...] = (
    (1, None, (ContactReceived.TYPE,)),
    (4, None, (AssessmentStarted.TYPE,)),
    (4, lists.AUTHORISED, (AssessmentAuthorised.TYPE,)),
    (5, None, (StrategyDiscussionHeld.TYPE, SectionFortySevenStarted.TYPE)),
    (
        5,
        lists.CONFERENCE,
        (SectionFortySevenCompleted.TYPE,),
    ),
    (6, None, (ReferralClosed.TYPE, f"{VisitRecorded.TYPE}: kind=child_in_need")),
    (7, None, (ProtectionPlanStarted.TYPE, f"{VisitRecorded.TYPE}: kind=protection_plan")),
    (7, lists.PLAN_ENDED, (ProtectionPlanEnded.TYPE,)),
    (7, lists.PLAN_REVIEW, (ProtectionPlanReviewed.TYPE,)),
    (8, None, _OF_CARE),
    (9, None, (CareLeaverQualified.TYPE, CareLeaverEnded.TYPE, CareLeaverRecorded.TYPE)),
    (9, lists.LAST_CONTACT, (CareLeaverContacted.TYPE,)),
    (9, lists.PATHWAY_REVIEW, (PathwayPlanReviewed.TYPE,)),
    (10, None, (AdoptionDecided.TYPE, AdoptionPlacementStarted.TYPE, AdoptionPlacementEnded.TYPE)),
)


def untold(tables: Tables) -> set[str]:
    """What is not told, for a list or a column of it is not there."""
    found: set[str] = set()
    for number, column, told in _TOLD_BY:
        there = number in tables and (column is None or column in tables[number].found.columns)
        if not there:
            found.update(told)
    if not {3, 6} & tables.keys():
        found.add(ReferralStarted.TYPE)
    if not {5, 7} & tables.keys():
        found.add(ConferenceHeld.TYPE)
    return found


def windows_of(tables: Tables, taken: date) -> dict[str, Window]:
    """Of which days each type is told. None of a list that is not there, or lacks the column."""
    six, twelve = (Window(add_months(taken, -months) + timedelta(days=1)) for months in (6, 12))
    found: dict[type[Data], Window] = {}
    if _whole(tables, 1):
        found[ContactReceived] = six
    if _has(tables, 4, lists.AUTHORISED):
        found[AssessmentAuthorised] = Window(six.since, opened_by=AssessmentStarted.TYPE)
        found[AssessmentStarted] = Window(six.since, closed_by=AssessmentAuthorised.TYPE)
    if _whole(tables, 5):
        found[StrategyDiscussionHeld] = found[SectionFortySevenStarted] = six
        of_enquiry = Window(
            six.since, opened_by=SectionFortySevenStarted.TYPE, lies=Lies.AT_ITS_BEGINNING
        )
        if lists.CONFERENCE in tables[5].found.columns:
            found[ConferenceHeld] = found[SectionFortySevenCompleted] = of_enquiry
    for record in _RECORDS:
        if _has(tables, record.list_, record.end_column) and (
            record.list_ != 6 or _whole(tables, 3)
        ):
            found[record.ended] = Window(six.since, opened_by=record.began.TYPE)
            found[record.began] = Window(six.since, closed_by=record.ended.TYPE)
    if _whole(tables, 10):
        found[AdoptionDecided] = twelve
        of_decision = Window(
            twelve.since, opened_by=AdoptionDecided.TYPE, lies=Lies.AT_ITS_BEGINNING
        )
        if lists.ADOPTION_PLACED in tables[10].found.columns:
            found[AdoptionPlacementStarted] = of_decision
            if lists.NO_LONGER in tables[10].found.columns:
                found[AdoptionPlacementEnded] = of_decision
    return {kind.TYPE: window for kind, window in found.items()}


def endings_of(tables: Tables, known: Known) -> dict[str, Ending]:
    """What it means that something is no longer on a list of which each child has the latest."""
    endings = {
        record.began.TYPE: _replaced(record, tables[record.list_], known)
        for record in _RECORDS
        if _has(tables, record.list_, record.end_column)
    }
    if _whole(tables, 9) and tables[9].rows:
        endings[CareLeaverQualified.TYPE] = _left
    return endings


def _replaced(record: _Record, table: Table, known: Known) -> Ending:
    """One that a newer of the child's has replaced ended at the latest when that began."""
    starts: dict[str, list[date]] = {}
    for row in table.rows:
        starts.setdefault(f"child:{row.child}", []).append(row.need(table.found.layout.known_by))

    def ending(subject: str, name: str, time: datetime, taken: datetime) -> Said | None:
        began = local_day(time)
        days = starts.get(subject, [])
        later = [day for day in days if day > began + _CORRECTED]
        if began in days or not later:
            return None
        key = record_of(began)
        data = record.ended.model_validate({record.key: key})
        return Said(
            name.removesuffix(record.began.TYPE) + record.ended.TYPE,
            subject,
            noon(min(later)),
            data,
        )

    return ending


def _left(subject: str, name: str, time: datetime, taken: datetime) -> Said:
    """Who is no longer among the care leavers."""
    ended = CareLeaverEnded(leaver=SOURCE)
    at = name.removesuffix(CareLeaverQualified.TYPE) + CareLeaverEnded.TYPE
    return Said(at, subject, stamped(taken), ended)
