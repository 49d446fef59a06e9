"""Of which days a payload is all.

A sender's cohort goes back to the 1 April on or before the day 24 months back: so its window moves
on once a year.
"""

from collections.abc import Mapping
from datetime import date, datetime

from casepulse.schemas.envelope import Data, local_day
from casepulse.schemas.events.care import (
    AdoptionDecided,
    AdoptionPlacementStarted,
    CarePeriodEnded,
    CarePeriodStarted,
    PlacementEnded,
    PlacementStarted,
)
from casepulse.schemas.events.child import AsylumSeekingRecorded
from casepulse.schemas.events.children_in_need import ChildInNeedPlanEnded, ChildInNeedPlanStarted
from casepulse.schemas.events.health import StrengthsDifficultiesCompleted
from casepulse.schemas.events.protection import (
    ConferenceHeld,
    ProtectionPlanEnded,
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
)
from casepulse.schemas.events.workforce import AllocationEnded, AllocationStarted
from casepulse.state.calendar import add_months
from casepulse.streams.sources.extract import Window

#: Months that a payload goes back, at least.
_BACK = 24

_EVER = date(1900, 1, 1)

#: What a record tells besides its end, by what that is.
_CLOSED_BY: Mapping[type[Data], tuple[type[Data], ...]] = {
    ReferralClosed: (ReferralStarted,),
    AssessmentAuthorised: (AssessmentStarted,),
    ChildInNeedPlanEnded: (ChildInNeedPlanStarted,),
    ProtectionPlanEnded: (ProtectionPlanStarted,),
    SectionFortySevenCompleted: (
        StrategyDiscussionHeld,
        SectionFortySevenStarted,
        ConferenceHeld,
    ),
    CarePeriodEnded: (CarePeriodStarted, PlacementStarted),
    AllocationEnded: (AllocationStarted,),
}

#: What lies where it happened.
_OF_A_DAY: tuple[type[Data], ...] = (
    StrengthsDifficultiesCompleted,
    PlacementEnded,
    AdoptionDecided,
    AdoptionPlacementStarted,
)


def window_start(taken: datetime) -> date:
    """The first day of a payload's window."""
    back = add_months(local_day(taken), -_BACK)
    return date(back.year - (back.month < 4), 4, 1)


def windows(taken: datetime) -> dict[str, Window]:
    """By type, what a payload is sure to hold of a child whose lists are whole.

    Who a child is, and when a care leaver was in touch, is never gone for being unsaid.
    """
    since = window_start(taken)
    found = {AsylumSeekingRecorded.TYPE: Window(_EVER)}  # which has no day of its own
    for closing, others in _CLOSED_BY.items():
        found[closing.TYPE] = Window(since)
        found |= {each.TYPE: Window(since, closed_by=closing.TYPE) for each in others}
    found |= {each.TYPE: Window(since) for each in _OF_A_DAY}
    return found
