"""How far back the dataset's tables go: six years, each counted in its own way."""

from collections.abc import Mapping, Sequence
from datetime import date

from casepulse.schemas.envelope import Data
from casepulse.schemas.events.care import (
    AdoptionDecided,
    AdoptionPlacementEnded,
    AdoptionPlacementStarted,
    CarePeriodEnded,
    CarePeriodStarted,
    CareReviewHeld,
    LegalStatusChanged,
    PlacementEnded,
    PlacementStarted,
)
from casepulse.schemas.events.children_in_need import ChildInNeedPlanEnded, ChildInNeedPlanStarted
from casepulse.schemas.events.contact import ContactReceived
from casepulse.schemas.events.early_help import EarlyHelpPlanEnded, EarlyHelpPlanStarted
from casepulse.schemas.events.health import (
    DentalCheckCompleted,
    HealthAssessmentCompleted,
    StrengthsDifficultiesCompleted,
)
from casepulse.schemas.events.legal import ChildProceedingsStarted
from casepulse.schemas.events.missing import (
    MissingEpisodeEnded,
    MissingEpisodeStarted,
    ReturnInterviewRecorded,
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
from casepulse.schemas.events.workforce import AllocationEnded, AllocationStarted
from casepulse.streams.sources.extract import Lies, Window

_Type = type[Data]

#: What leaves the tables when it lies back too far, by the day on which it happened. A legal
#: status leaves later, once it has ended; but when that was, no event tells.
_BY_ITS_DAY: Sequence[tuple[str, _Type]] = (
    ("ssd_contacts", ContactReceived),
    ("ssd_cp_visits", VisitRecorded),
    ("ssd_cla_visits", VisitRecorded),
    ("ssd_cin_visits", VisitRecorded),
    ("ssd_initial_cp_conference", ConferenceHeld),
    ("ssd_cp_reviews", ConferenceHeld),
    ("ssd_cp_reviews", ProtectionPlanReviewed),
    ("ssd_legal_status", LegalStatusChanged),
    ("ssd_cla_reviews", CareReviewHeld),
    ("ssd_cla_health", HealthAssessmentCompleted),
    ("ssd_cla_health", DentalCheckCompleted),
    ("ssd_sdq_scores", StrengthsDifficultiesCompleted),
    ("ssd_permanence", AdoptionDecided),
    ("ssd_permanence", AdoptionPlacementStarted),
    ("ssd_permanence", AdoptionPlacementEnded),
    ("ssd_pre_proceedings", ChildProceedingsStarted),
)

#: What leaves them once it is over, and that lies back too far: what begins it, what closes it,
#: and what comes with either.
_WHEN_CLOSED: Sequence[tuple[str, Sequence[_Type], _Type, Sequence[_Type], Lies]] = (
    ("ssd_cin_episodes", (ReferralStarted,), ReferralClosed, (), Lies.AT_ITS_BEGINNING),
    ("ssd_cin_assessments", (AssessmentStarted,), AssessmentAuthorised, (), Lies.AT_ITS_END),
    ("ssd_cin_plans", (ChildInNeedPlanStarted,), ChildInNeedPlanEnded, (), Lies.AT_ITS_END),
    (
        "ssd_s47_enquiry",
        (SectionFortySevenStarted, StrategyDiscussionHeld),
        SectionFortySevenCompleted,
        (),
        Lies.AT_ITS_END,
    ),
    ("ssd_cp_plans", (ProtectionPlanStarted,), ProtectionPlanEnded, (), Lies.AT_ITS_END),
    ("ssd_cla_episodes", (CarePeriodStarted,), CarePeriodEnded, (), Lies.AT_ITS_END),
    ("ssd_cla_placement", (PlacementStarted,), PlacementEnded, (), Lies.AT_ITS_END),
    (
        "ssd_missing",
        (MissingEpisodeStarted,),
        MissingEpisodeEnded,
        (ReturnInterviewRecorded,),
        Lies.AT_ITS_END,
    ),
    ("ssd_involvements", (AllocationStarted,), AllocationEnded, (), Lies.AT_ITS_END),
    ("ssd_early_help_episodes", (EarlyHelpPlanStarted,), EarlyHelpPlanEnded, (), Lies.AT_ITS_END),
)


def windows(since: date, whole: Mapping[str, bool]) -> dict[str, Window]:
    """Of which facts it is sure that the extract would hold them.

    Args:
        since: the first day of which nothing has left.
        whole: by table, whether all of it could be read. One that is not there, or in which
            somebody's row is bad and nobody knows whose, takes nothing back.
    """
    found: dict[str, Window] = {}
    doubtful = {kind.TYPE for table, kind in _BY_ITS_DAY if not whole.get(table)}
    for _, kind in _BY_ITS_DAY:
        if kind.TYPE not in doubtful:
            found[kind.TYPE] = Window(since)
    for table, begins, closes, with_it, lies in _WHEN_CLOSED:
        if whole.get(table):
            for kind in begins:
                found[kind.TYPE] = Window(since, closed_by=closes.TYPE, lies=lies)
            for kind in (closes, *with_it):
                found[kind.TYPE] = Window(since, opened_by=begins[0].TYPE, lies=lies)
    return found
