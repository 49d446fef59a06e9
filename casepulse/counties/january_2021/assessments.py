"""Single assessments: they start with a referral or of a child who is open, and are authorised."""

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.assessment_plan import (
    LAST_DAY,
    plan_assessments,
)
from casepulse.counties.january_2021.county import FEBRUARY, County
from casepulse.counties.january_2021.referral_plan import Planned
from casepulse.schemas.codes import AssessmentOutcome
from casepulse.schemas.events.referral import AssessmentAuthorised, AssessmentStarted
from casepulse.state.calendar import add_working_days

#: Of those open when January ends, so many are authorised in February.
AUTHORISED_IN_FEBRUARY = 0.15


def tell_assessments(county: County, referrals: list[Planned]) -> set[str]:
    """Tell every single assessment of these referrals' children; who is being assessed still."""
    area, being_assessed = Area.of(county, "assessments"), set()
    for each in sorted(plan_assessments(area.chance, referrals), key=lambda each: each.start):
        key, begun, done = county.key("a"), each.start, each.done
        if each.referral:
            # It counts from the referral's day, and begins within a day or two of it.
            begun = min(add_working_days(begun, area.chance.randrange(3)), done or LAST_DAY)
        started = {"assessment": key, "referral": each.referral}
        area.tell(each.child, AssessmentStarted, begun, (13, 14), **started)
        if done is None:
            being_assessed.add(each.child.key)
            if area.chance.random() < AUTHORISED_IN_FEBRUARY:
                done = add_working_days(FEBRUARY, area.chance.randrange(18))
        if done is not None:
            outcome = each.outcome or AssessmentOutcome.CHILD_IN_NEED
            said = {"assessment": key, "outcome": outcome}
            area.tell(each.child, AssessmentAuthorised, done, (15, 17), **said)
    return being_assessed
