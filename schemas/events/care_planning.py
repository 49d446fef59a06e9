"""Planning for a child in care: the assessment, and the independent reviewing officer's watch.

Reviews are told by `care_review.held`, pathway plans by `pathway_plan.made` and `.reviewed`.
"""

from typing import ClassVar

from casepulse.schemas.envelope import Data


class CareAssessmentCompleted(Data):
    """The assessment of a child in care was completed, the first or a new one.

    It is no single assessment: no referral leads to it, and it has no 45 working days.
    """

    TYPE: ClassVar[str] = "care_assessment.completed"


class ReviewingOfficerNoted(Data):
    """The independent reviewing officer left a case note: a footprint on the child's record."""

    TYPE: ClassVar[str] = "reviewing_officer.noted"


class ReviewingOfficerVisited(Data):
    """The independent reviewing officer visited the child, between reviews or before one."""

    TYPE: ClassVar[str] = "reviewing_officer.visited"
