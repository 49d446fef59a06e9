"""What a payload holds: of each kind of element its properties, and what it tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from casepulse.schemas.codes import (
    Activity,
    CareEndReason,
    ClosureReason,
    Ethnicity,
    PlacementChangeReason,
    PlacementType,
    ReferralSource,
    Sex,
)
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.care import (
    AdoptionDecided,
    AdoptionPlacementStarted,
    CareLeaverRecorded,
    CarePeriodEnded,
    CarePeriodStarted,
    PlacementEnded,
    PlacementStarted,
)
from casepulse.schemas.events.child import AsylumSeekingRecorded, ChildRegistered
from casepulse.schemas.events.children_in_need import ChildInNeedPlanEnded, ChildInNeedPlanStarted
from casepulse.schemas.events.health import StrengthsDifficultiesCompleted
from casepulse.schemas.events.leaving import CareLeaverContacted
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
from casepulse.streams.sources.codes import Codes
from casepulse.streams.sources.dfe_payload.values import day, flag, number, text
from casepulse.streams.sources.row import Value

SOURCE = "dfe-payload"

Reader = Callable[[object], Value]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of element."""

    name: str
    """The property of the payload that holds it."""
    table: str
    """Its name in the ids of facts."""
    identity: tuple[str, ...]
    """The properties that say which one of a child it is."""
    reads: Mapping[str, Reader | Codes]
    """The properties that are read. A code that is none is left out; another value that can't be
    read is what the element is refused for."""
    left_alone: frozenset[str] = frozenset()
    """The others that the payload has: names, postcodes, what no event says, and what is an element
    of its own."""
    tells: tuple[type[Data], ...] = ()
    types: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "types", frozenset(each.TYPE for each in self.tells))


def _codes(literal: Any, **also: str) -> Codes:
    known = Codes.of(get_args(literal))
    return replace(known, codes={**known.codes, **also})


#: A reason that ends an episode of care, and not the care.
GOES_ON = "X1"

#: Special guardianship orders, before they were told apart by who has them (2018-19).
_END_REASON = _codes(CareEndReason, x1=GOES_ON, e43="E45", e44="E48")

#: Why an episode of care began (SSDA903 RNE).
_START_REASON = Codes.of("SPLTUB")

CHILD = Kind(
    "children", "child", ("la_child_id", "mis_child_id"),
    {"la_child_id": text, "mis_child_id": text, "purge": flag},
    frozenset({"child_details", "health_and_wellbeing", "social_care_episodes"}),
)  # fmt: skip

DETAILS = Kind(
    "child_details", "child", (),
    {
        "date_of_birth": day, "expected_date_of_birth": day, "sex": _codes(Sex),
        "ethnicity": _codes(Ethnicity), "uasc_flag": flag, "uasc_end_date": day, "purge": flag,
    },
    frozenset(
        {
            "unique_pupil_number", "former_unique_pupil_number", "first_name", "surname",
            "unique_pupil_number_unknown_reason", "disabilities", "postcode",
        }
    ),
    (ChildRegistered, AsylumSeekingRecorded),
)  # fmt: skip

HEALTH = Kind(
    "health_and_wellbeing", "sdq", (), {"purge": flag}, frozenset({"sdq_assessments"}),
)  # fmt: skip

QUESTIONNAIRE = Kind(
    "sdq_assessments", "sdq", ("date",), {"date": day, "score": number},
    tells=(StrengthsDifficultiesCompleted,),
)  # fmt: skip

WORKER = Kind(
    "care_worker_details", "worker", ("worker_id", "start_date"),
    {"worker_id": text, "start_date": day, "end_date": day},
    tells=(AllocationStarted, AllocationEnded),
)  # fmt: skip

ASSESSMENT = Kind(
    "child_and_family_assessments", "assessment", ("child_and_family_assessment_id",),
    {
        "child_and_family_assessment_id": text, "start_date": day, "authorisation_date": day,
        "purge": flag,
    },
    frozenset({"factors"}),
    (AssessmentStarted, AssessmentAuthorised),
)  # fmt: skip

NEED_PLAN = Kind(
    "child_in_need_plans", "need_plan", ("child_in_need_plan_id",),
    {"child_in_need_plan_id": text, "start_date": day, "end_date": day, "purge": flag},
    tells=(ChildInNeedPlanStarted, ChildInNeedPlanEnded),
)  # fmt: skip

PROTECTION_PLAN = Kind(
    "child_protection_plans", "protection_plan", ("child_protection_plan_id",),
    {"child_protection_plan_id": text, "start_date": day, "end_date": day, "purge": flag},
    tells=(ProtectionPlanStarted, ProtectionPlanEnded),
)  # fmt: skip

ENQUIRY = Kind(
    "section_47_assessments", "enquiry", ("section_47_assessment_id",),
    {
        "section_47_assessment_id": text, "start_date": day, "icpc_date": day, "end_date": day,
        "purge": flag,
    },
    frozenset({"icpc_required_flag"}),
    (
        StrategyDiscussionHeld, SectionFortySevenStarted, SectionFortySevenCompleted,
        ConferenceHeld,
    ),
)  # fmt: skip

PLACEMENT = Kind(
    "child_looked_after_placements", "placement", ("child_looked_after_placement_id",),
    {
        "child_looked_after_placement_id": text, "start_date": day, "start_reason": _START_REASON,
        "placement_type": _codes(PlacementType), "end_date": day, "end_reason": _END_REASON,
        "change_reason": _codes(PlacementChangeReason), "purge": flag,
    },
    frozenset({"postcode"}),
    (CarePeriodStarted, CarePeriodEnded, PlacementStarted, PlacementEnded),
)  # fmt: skip

ADOPTION = Kind(
    "adoption", "adoption", (),
    {"initial_decision_date": day, "matched_date": day, "placed_date": day, "purge": flag},
    tells=(AdoptionDecided, AdoptionPlacementStarted),
)  # fmt: skip

#: Where a leaver lives is one letter: whether that is suitable, the second one says elsewhere.
LEAVER = Kind(
    "care_leavers", "leaver", ("contact_date",),
    {"contact_date": day, "activity": _codes(Activity), "purge": flag},
    frozenset({"accommodation"}),
    (CareLeaverContacted, CareLeaverRecorded),
)  # fmt: skip

#: What an episode holds that is a record of its own; and what stands the same in each of a child.
OF_AN_EPISODE = (WORKER, ASSESSMENT, NEED_PLAN, ENQUIRY, PROTECTION_PLAN, PLACEMENT)
OF_EVERY_EPISODE = (ADOPTION, LEAVER)

EPISODE = Kind(
    "social_care_episodes", "episode", ("social_care_episode_id",),
    {
        "social_care_episode_id": text, "referral_date": day,
        "referral_source": _codes(ReferralSource), "closure_date": day,
        "closure_reason": _codes(ClosureReason), "purge": flag,
    },
    frozenset({"referral_no_further_action_flag"}).union(
        each.name for each in (*OF_AN_EPISODE, *OF_EVERY_EPISODE)
    ),
    (ReferralStarted, ReferralClosed),
)  # fmt: skip

KINDS = (CHILD, DETAILS, HEALTH, QUESTIONNAIRE, EPISODE, *OF_AN_EPISODE, *OF_EVERY_EPISODE)
