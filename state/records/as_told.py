"""Spells as they were told, whatever is wrong with them: what data quality looks at.

The ordinary records leave out what cannot be: a spell that ends before it begins, whatever goes on
after a birthday or a death. Here it is still to be seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from casepulse.schemas.envelope import Data
from casepulse.schemas.events.care import (
    CarePeriodEnded,
    CarePeriodStarted,
    PlacementEnded,
    PlacementStarted,
)
from casepulse.schemas.events.children_in_need import ChildInNeedPlanEnded, ChildInNeedPlanStarted
from casepulse.schemas.events.contact import (
    ContactConcluded,
    ContactDecided,
    ContactReceived,
    MashEnquiryCompleted,
    MashEnquiryStarted,
)
from casepulse.schemas.events.early_help import (
    AdviceEpisodeEnded,
    AdviceEpisodeStarted,
    EarlyHelpDecided,
    EarlyHelpPlanEnded,
    EarlyHelpPlanStarted,
    EarlyHelpRequested,
    TargetedAssessmentCompleted,
    TargetedAssessmentStarted,
    TargetedSupportEnded,
    TargetedSupportStarted,
)
from casepulse.schemas.events.education import SchoolPlaceEnded, SchoolPlaceStarted
from casepulse.schemas.events.leaving import CareLeaverEnded, CareLeaverQualified
from casepulse.schemas.events.legal import (
    ChildProceedingsEnded,
    ChildProceedingsStarted,
    CourtProceedingsEnded,
    CourtProceedingsStarted,
    PreProceedingsEnded,
    PreProceedingsStarted,
)
from casepulse.schemas.events.missing import MissingEpisodeEnded, MissingEpisodeStarted
from casepulse.schemas.events.private_fostering import (
    PrivateFosteringEnded,
    PrivateFosteringStarted,
)
from casepulse.schemas.events.protection import (
    ProtectionPlanEnded,
    ProtectionPlanStarted,
    SectionFortySevenCompleted,
    SectionFortySevenStarted,
)
from casepulse.schemas.events.referral import (
    AssessmentAuthorised,
    AssessmentStarted,
    ReferralClosed,
    ReferralStarted,
)
from casepulse.schemas.events.workforce import AllocationEnded, AllocationStarted
from casepulse.state.facts import Fact
from casepulse.state.records.keys import by_key
from casepulse.state.records.spells import lasts
from casepulse.state.view import CaseView


class Told(NamedTuple):
    """A spell as it was told: what began it, and what ended it."""

    key: str
    start: Fact
    end: Fact | None
    to_the_hour: bool
    """Whether it is counted in hours, and so may not end at an earlier hour either."""

    @property
    def day(self) -> date:
        """The day on which it began."""
        return self.start.day

    @property
    def open(self) -> bool:
        """Whether nobody has ended it."""
        return self.end is None

    @property
    def backwards(self) -> bool:
        """Whether it ends before it begins: on an earlier day or, if hours count, at an earlier
        time."""
        if self.to_the_hour and self.end is not None:
            return self.end.time < self.start.time
        return not lasts(self.start, self.end)

    def covers(self, day: date) -> bool:
        """Whether a day lies within it, its first and last included. Of one that ends before it
        begins nobody knows the end: it goes on, so that one wrong day is one line."""
        over = self.end is not None and not self.backwards and self.end.day < day
        return self.day <= day and not over


@dataclass(frozen=True, slots=True, eq=False)
class SpellKind:
    """A kind of spell: by which facts it begins and ends, and by which field they belong together.

    It is what `CaseView.records` asks for its spells.
    """

    name: str
    """As statuses have it."""
    starts: type[Data]
    ends: type[Data]
    key: str | None
    """None where a case holds one alone, as a contact's does. Such are counted in hours."""

    def __call__(self, case: CaseView) -> list[Told]:
        """Each of them, oldest first; one of which the end alone is on record is none."""
        started = case.facts(self.starts)
        if not started:
            return []
        ended = case.facts(self.ends)
        if self.key is None:
            return [Told(case.key, started[0], ended[0] if ended else None, to_the_hour=True)]
        ends = by_key(ended, self.key)
        return [
            Told(key, fact, ends.get(key), to_the_hour=False)
            for key, fact in by_key(started, self.key).items()
        ]

    def open(self, case: CaseView) -> list[Told]:
        """Those that nobody has ended, oldest first."""
        return [each for each in case.records(self) if each.open]

    def beside_another(self, case: CaseView) -> list[Told]:
        """Those that are open beside an earlier one that is open too."""
        return self.open(case)[1:] if len(case.facts(self.starts)) > 1 else []


REFERRAL = SpellKind("referral", ReferralStarted, ReferralClosed, "referral")
ASSESSMENT = SpellKind("assessment", AssessmentStarted, AssessmentAuthorised, "assessment")
ENQUIRY = SpellKind("enquiry", SectionFortySevenStarted, SectionFortySevenCompleted, "enquiry")
PROTECTION_PLAN = SpellKind("protection_plan", ProtectionPlanStarted, ProtectionPlanEnded, "plan")
CHILD_IN_NEED_PLAN = SpellKind(
    "child_in_need_plan", ChildInNeedPlanStarted, ChildInNeedPlanEnded, "plan"
)
CARE_PERIOD = SpellKind("care_period", CarePeriodStarted, CarePeriodEnded, "period")
PLACEMENT = SpellKind("placement", PlacementStarted, PlacementEnded, "placement")
PROCEEDINGS = SpellKind(
    "child_proceedings", ChildProceedingsStarted, ChildProceedingsEnded, "proceedings"
)
CARE_LEAVER = SpellKind("care_leaver", CareLeaverQualified, CareLeaverEnded, "leaver")
PRIVATE_FOSTERING = SpellKind(
    "private_fostering_arrangement", PrivateFosteringStarted, PrivateFosteringEnded, "arrangement"
)
MISSING_EPISODE = SpellKind(
    "missing_episode", MissingEpisodeStarted, MissingEpisodeEnded, "episode"
)
ALLOCATION = SpellKind("allocation", AllocationStarted, AllocationEnded, "allocation")
ADVICE_EPISODE = SpellKind("advice_episode", AdviceEpisodeStarted, AdviceEpisodeEnded, "episode")
EARLY_HELP_PLAN = SpellKind("early_help_plan", EarlyHelpPlanStarted, EarlyHelpPlanEnded, "plan")
TARGETED_SUPPORT = SpellKind(
    "targeted_support", TargetedSupportStarted, TargetedSupportEnded, "episode"
)
TARGETED_ASSESSMENT = SpellKind(
    "targeted_assessment", TargetedAssessmentStarted, TargetedAssessmentCompleted, "assessment"
)
SCHOOL_PLACE = SpellKind("school_place", SchoolPlaceStarted, SchoolPlaceEnded, "place")
PRE_PROCEEDINGS = SpellKind(
    "pre_proceedings", PreProceedingsStarted, PreProceedingsEnded, "proceedings"
)
COURT_PROCEEDINGS = SpellKind(
    "court_proceedings", CourtProceedingsStarted, CourtProceedingsEnded, "proceedings"
)

CONTACT_DECISION = SpellKind("contact_decision", ContactReceived, ContactDecided, None)
CONTACT_OUTCOME = SpellKind("contact_outcome", ContactReceived, ContactConcluded, None)
MASH_ENQUIRY = SpellKind("mash_enquiry", MashEnquiryStarted, MashEnquiryCompleted, None)
EARLY_HELP_REQUEST = SpellKind("early_help_request", EarlyHelpRequested, EarlyHelpDecided, None)

#: Every kind of spell: of a child, of a legal case, of a contact.
KINDS = (
    REFERRAL,
    ASSESSMENT,
    ENQUIRY,
    PROTECTION_PLAN,
    CHILD_IN_NEED_PLAN,
    CARE_PERIOD,
    PLACEMENT,
    PROCEEDINGS,
    CARE_LEAVER,
    PRIVATE_FOSTERING,
    MISSING_EPISODE,
    ALLOCATION,
    ADVICE_EPISODE,
    EARLY_HELP_PLAN,
    TARGETED_SUPPORT,
    TARGETED_ASSESSMENT,
    SCHOOL_PLACE,
    PRE_PROCEEDINGS,
    COURT_PROCEEDINGS,
    CONTACT_DECISION,
    CONTACT_OUTCOME,
    MASH_ENQUIRY,
    EARLY_HELP_REQUEST,
)

#: Those by which a child is open to social care.
OPEN_BY = (REFERRAL, PROTECTION_PLAN, CARE_PERIOD, CARE_LEAVER)

#: Those of which a child can have but one at a time.
ONE_AT_A_TIME = (
    REFERRAL,
    PROTECTION_PLAN,
    CHILD_IN_NEED_PLAN,
    CARE_PERIOD,
    CARE_LEAVER,
    PRIVATE_FOSTERING,
    MISSING_EPISODE,
)

#: Those that somebody has to end when a child has died. What waits under a referral ends with it,
#: a placement with the period of care.
ENDED_BY_DEATH = (
    *ONE_AT_A_TIME,
    PROCEEDINGS,
    ALLOCATION,
    ADVICE_EPISODE,
    EARLY_HELP_PLAN,
    TARGETED_SUPPORT,
)

_ENDS = frozenset(kind.ends.TYPE for kind in KINDS)


def backwards(case: CaseView) -> Iterator[tuple[SpellKind, Told]]:
    """Each spell that ends before it begins, with its kind. The ends are read first: no case has
    many kinds of them."""
    ended = case.any_of(_ENDS)
    for kind in KINDS if ended else ():
        if kind.ends.TYPE in ended and _may_be_backwards(case, kind):
            for each in case.records(kind):
                if each.backwards:
                    yield kind, each


def _may_be_backwards(case: CaseView, kind: SpellKind) -> bool:
    """Whether any end of a kind comes before any start."""
    ends, starts = case.facts(kind.ends), case.facts(kind.starts)
    return bool(ends and starts) and ends[0].time < starts[-1].time
