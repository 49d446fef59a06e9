"""Care leavers: from the day they qualify to the day their support ends, and their plans.

What a care leaver does and where they live is told by `care_leaver.recorded`; visits by
`visit.recorded`.
"""

from typing import ClassVar

from casepulse.schemas.envelope import Data, Key


class CareLeaverQualified(Data):
    """A young person qualified as a care leaver, aged 16 to 25 (Annex A list 8)."""

    TYPE: ClassVar[str] = "care_leaver.qualified"

    leaver: Key


class CareLeaverEnded(Data):
    """The young person's support as a care leaver ended."""

    TYPE: ClassVar[str] = "care_leaver.ended"

    leaver: Key


class CareLeaverContacted(Data):
    """A worker and a care leaver were in touch, in whatever way (SSD care leavers)."""

    TYPE: ClassVar[str] = "care_leaver.contacted"


class PathwayPlanMade(Data):
    """A young person's first pathway plan was made, in care or after it."""

    TYPE: ClassVar[str] = "pathway_plan.made"

    plan: Key


class PathwayPlanReviewed(Data):
    """A pathway plan was reviewed (SSD care leavers, pathway plan review date)."""

    TYPE: ClassVar[str] = "pathway_plan.reviewed"

    plan: Key
