"""Single assessments: they start with a referral or of a child who is open, and are authorised."""

from datetime import timedelta

from casepulse.counties.january_2021.assessment_plan import (
    LAST_DAY,
    Assessed,
    plan_assessments,
)
from casepulse.counties.january_2021.county import FEBRUARY, JANUARY, County, at
from casepulse.counties.january_2021.referral_plan import Planned
from casepulse.schemas.codes import AssessmentOutcome
from casepulse.schemas.events.referral import AssessmentAuthorised, AssessmentStarted
from casepulse.state.calendar import add_working_days


def tell_assessments(county: County, referrals: list[Planned]) -> set[str]:
    """Tell every single assessment of these referrals' children; who is being assessed still."""
    chance, being_assessed = county.chances("assessments"), set()
    for each in sorted(plan_assessments(chance, referrals), key=lambda each: each.start):
        key = county.key("a")
        begun = each.start
        if each.referral:
            # It counts from the referral's day, and begins within a day or two of it.
            begun = min(add_working_days(each.start, chance.randrange(3)), each.done or LAST_DAY)
        team = each.child.team
        started = AssessmentStarted(assessment=key, referral=each.referral, team=team)
        county.tell(each.child.subject, started, at(begun, 13 + chance.random()))
        if each.done:
            _authorise(county, each, key, chance.random() < 1 / 30, chance.randrange(18))
            continue
        being_assessed.add(each.child.key)
        if chance.random() < 0.15:
            _authorise_in_february(county, each, key, chance.randrange(18))
    return being_assessed


def _authorise(county: County, each: Assessed, key: str, late: bool, wait: int) -> None:
    assert each.done
    done = AssessmentAuthorised(assessment=key, outcome=each.outcome, team=each.child.team)
    recorded = None
    if late and each.done >= JANUARY + timedelta(days=10):
        recorded = at(add_working_days(FEBRUARY, wait), 11)
    county.tell(each.child.subject, done, at(each.done, 15 + wait / 9), recorded)


def _authorise_in_february(county: County, each: Assessed, key: str, wait: int) -> None:
    done = AssessmentAuthorised(
        assessment=key, outcome=AssessmentOutcome.CHILD_IN_NEED, team=each.child.team
    )
    county.tell(each.child.subject, done, at(add_working_days(FEBRUARY, wait), 16))
