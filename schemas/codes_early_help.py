"""Code sets of contacts and Early Help.

No statutory collection has them: they are the words of the report of January 2021, and of the
levels of need that safeguarding partnerships publish.
"""

from enum import StrEnum
from typing import Literal

#: Why somebody contacted the front door; a contact may have several reasons.
PresentingReason = Literal[
    "neglect", "physical_abuse", "emotional_abuse", "sexual_abuse", "domestic_abuse",
    "parental_substance_misuse", "parental_mental_health", "child_mental_health", "exploitation",
    "missing", "behaviour", "disability", "family_breakdown", "other",
]  # fmt: skip

#: Levels of need, from universal services (1) to social care (4).
LevelOfNeed = Literal[1, 2, 3, 4]


class AdviceHolder(StrEnum):
    """Who gives a family advice, guidance and support."""

    FAMILY_INFORMATION_SERVICE = "family_information_service"
    EARLY_HELP_COORDINATOR = "early_help_coordinator"
    FAMILY_SUPPORT_TEAM = "family_support_team"
    CHILDREN_AND_FAMILY_CENTRE = "children_and_family_centre"
    OTHER = "other"


class EarlyHelpClosure(StrEnum):
    """Why an episode of Early Help closed."""

    NEEDS_MET = "needs_met"
    NEEDS_PARTLY_MET = "needs_partly_met"
    MET_ELSEWHERE = "met_elsewhere"
    """By another agency or service."""
    NOT_ENGAGED = "not_engaged"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    STEPPED_UP = "stepped_up"
    """To Tier 4, social care, because the risk had grown."""
    MOVED_AWAY = "moved_away"
    OTHER = "other"


class EarlyHelpPlanKind(StrEnum):
    """The plan of a child with additional needs; Plus, where several agencies share it."""

    MY_PLAN = "my_plan"
    MY_PLAN_PLUS = "my_plan_plus"


class LeadAgency(StrEnum):
    """Which agency an Early Help plan is allocated to."""

    EDUCATION = "education"
    HEALTH = "health"
    EARLY_HELP = "early_help"
    VOLUNTARY = "voluntary"
    OTHER = "other"


class TargetedService(StrEnum):
    """Who gives Targeted Support."""

    FAMILY_SUPPORT_TEAM = "family_support_team"
    CHILDREN_AND_FAMILY_CENTRE = "children_and_family_centre"
    DISABLED_CHILDREN = "disabled_children"
    """DCYPS Early Help."""
