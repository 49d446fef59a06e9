"""A child's life: birth, age, disability and death."""

from datetime import date, timedelta

from casepulse.schemas.envelope import Data
from casepulse.schemas.events.care import CareLeaverRecorded, CarePeriodEnded
from casepulse.schemas.events.child import ChildRegistered, DisabilityRecorded
from casepulse.schemas.events.referral import ReferralClosed
from casepulse.state.calendar import add_months
from casepulse.state.view import CaseView

#: What says that a child died: why care ended (SSDA903 REC), why a referral closed (CIN census),
#: whether a care leaver is in touch (SSDA903 OC3).
DIED_IN_CARE, DIED_AS_REFERRED, DIED_AS_LEAVER = "E2", "RC2", "DIED"

#: The birthdays on which a status in law ends, or can begin. In care: Children Act 1989, s. 105; on
#: a plan: Working Together; private fostering: Children Act 1989, s. 66; care leavers: s. 23A-C.
ADULT = 18
PRIVATELY_FOSTERED_BELOW, AND_DISABLED_BELOW = 16, 18
LEAVER_FROM, LEAVER_BELOW = 16, 26


def born(case: CaseView) -> date | None:
    """The day of birth; None where it is unknown, or the child is not born yet."""
    registered = case.facts(ChildRegistered)
    data = registered[-1].data if registered else None
    return data.born if data else None


def expected(case: CaseView) -> date | None:
    """The day on which a child is expected that is not born yet, as far as anybody has told."""
    registered = case.facts(ChildRegistered)
    data = registered[-1].data if registered else None
    return data.expected if data and data.born is None else None


def birthday(case: CaseView, years: int, months: int = 0) -> date | None:
    """The day on which the child reaches an age; born on 29 February, on the last of February."""
    day = case.records(born)
    return add_months(day, 12 * years + months) if day else None


def is_aged(case: CaseView, years: int, months: int = 0) -> bool:
    """Whether the child has reached an age; a child of unknown age has reached none."""
    day = birthday(case, years, months)
    return day is not None and case.clock.begun(day)


def is_below(case: CaseView, years: int) -> bool:
    """Whether the child is known to be younger than an age; a child of unknown age is not."""
    day = birthday(case, years)
    return day is not None and not case.clock.begun(day)


def is_disabled(case: CaseView) -> bool:
    """Whether the child has a disability, by what was recorded last."""
    recorded = case.facts(DisabilityRecorded)
    if not recorded:
        return False
    data = recorded[-1].data
    return any(code != "NONE" for code in data.disabilities)


def died(case: CaseView) -> date | None:
    """The day on which the child died, as far as it was told: by why care ended or a referral
    closed, or by what is recorded of a care leaver. None if it lives."""
    days = [fact.day for kind in _MAY_TELL_A_DEATH for fact in case.facts(kind) if _dies(fact.data)]
    return min(days, default=None)


_MAY_TELL_A_DEATH = (CarePeriodEnded, ReferralClosed, CareLeaverRecorded)


def _dies(data: Data) -> bool:
    if isinstance(data, CareLeaverRecorded):
        return data.in_touch == DIED_AS_LEAVER
    return getattr(data, "reason", None) in (DIED_IN_CARE, DIED_AS_REFERRED)


def last_day_below(case: CaseView, years: int | None) -> date | None:
    """The last day on which something could be so that ends with an age, or with the child's death:
    the eve of that birthday, once it has come, or the day of death. None: it can still be so."""
    birth = birthday(case, years) if years is not None else None
    eve = birth - timedelta(days=1) if birth and case.clock.begun(birth) else None
    return min((day for day in (eve, case.records(died)) if day), default=None)
