"""What is told of child in need plans."""

from datetime import date
from typing import Any

from casepulse.schemas.codes import AssessmentOutcome, StepDown
from casepulse.schemas.events.children_in_need import (
    ChildInNeedPlanEnded,
    ChildInNeedPlanReviewed,
    ChildInNeedPlanStarted,
)
from casepulse.schemas.events.referral import AssessmentAuthorised
from casepulse.state import Fact
from tests.build import fact


def assessed(at: str, outcome: str = "child_in_need", *, key: str = "a1", **told: Any) -> Fact:
    """An assessment was authorised with an outcome."""
    return fact(
        AssessmentAuthorised(assessment=key, outcome=AssessmentOutcome(outcome)), at, **told
    )


def in_need_plan(
    at: str,
    *,
    after: str | None = None,
    reviewed: str | None = None,
    short_breaks: bool = False,
    key: str = "n1",
    **told: Any,
) -> Fact:
    """A plan was put in place, after an assessment (its key) or a review (its day)."""
    data = ChildInNeedPlanStarted(
        plan=key,
        assessment=after,
        reviewed=date.fromisoformat(reviewed) if reviewed else None,
        short_breaks=short_breaks,
        team=told.pop("team", None),
    )
    return fact(data, at, **told)


def plan_reviewed(at: str, *, key: str = "n1", **told: Any) -> Fact:
    return fact(ChildInNeedPlanReviewed(plan=key), at, **told)


def in_need_plan_ended(at: str, to: str | None = None, *, key: str = "n1", **told: Any) -> Fact:
    """A plan ended; `to`: where the child was stepped down to."""
    data = ChildInNeedPlanEnded(
        plan=key, step_down=StepDown(to) if to else None, team=told.pop("team", None)
    )
    return fact(data, at, **told)
