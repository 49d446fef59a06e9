"""Child in need plans: when they began, were reviewed and ended, and what came after."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from casepulse.schemas.codes import StepDown
from casepulse.schemas.envelope import Data, Day, Key, local_day


class ChildInNeedPlanStarted(Data):
    """A plan for a child in need was put in place (SSD cin_plans)."""

    TYPE: ClassVar[str] = "child_in_need_plan.started"

    plan: Key
    assessment: Key | None = Field(
        default=None, description="The single assessment that led to the plan."
    )
    reviewed: Day | None = Field(
        default=None,
        description="Day of the child protection conference, or of the review by the independent "
        "reviewing officer, that led to the plan instead.",
    )
    short_breaks: bool = Field(default=False, description="The plan is for short breaks alone.")

    def check_order(self, time: datetime, told: datetime) -> None:
        if self.reviewed is not None and self.reviewed > local_day(time):
            raise ValueError("reviewed: the plan was put in place (time) before that review")


class ChildInNeedPlanReviewed(Data):
    """A child in need plan was reviewed."""

    TYPE: ClassVar[str] = "child_in_need_plan.reviewed"

    plan: Key


class ChildInNeedPlanEnded(Data):
    """A child in need plan ended."""

    TYPE: ClassVar[str] = "child_in_need_plan.ended"

    plan: Key
    step_down: StepDown | None = Field(
        default=None, description="Where in early help the child was stepped down to, if so."
    )
