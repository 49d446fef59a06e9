"""Facts of referrals and single assessments, for their specs."""

from typing import Any

from casepulse.schemas.codes import AssessmentOutcome
from casepulse.schemas.events.referral import AssessmentAuthorised
from casepulse.state import Fact
from tests.build import assessment, fact, referral


def found(at: str, outcome: str | None, *, key: str = "a1", **told: Any) -> Fact:
    """An assessment authorised, with what it led to."""
    data = AssessmentAuthorised(
        assessment=key,
        outcome=AssessmentOutcome(outcome) if outcome else None,
        team=told.pop("team", None),
    )
    return fact(data, at, **told)


def assessed(start: str, done: str, outcome: str | None, child: str) -> list[Fact]:
    """A child's referral with its assessment, and what that led to."""
    subject = f"child:{child}"
    return [
        referral(start, subject=subject),
        assessment(start, subject=subject),
        found(done, outcome, subject=subject),
    ]
