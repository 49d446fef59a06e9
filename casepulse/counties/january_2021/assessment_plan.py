"""The plan of single assessments: whose is authorised when, and whose is open at January's end.

First the figures that are published are filled: for each, a referral is found whose days allow it.
Where none is left, a child who is open already is assessed again, of no referral. Then what other
referrals led to is filled in as it comes.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.assessment_counts import (
    EARLIER,
    IN_NEED,
    OUT_OF_TIER_4,
    PUBLISHED,
    TO_45,
    Wanted,
    likely_outcome,
    wanted_in,
    wanted_in_january,
    wanted_open,
)
from casepulse.counties.january_2021.county import FEBRUARY, JANUARY, Child
from casepulse.counties.january_2021.days import back, working_days
from casepulse.counties.january_2021.referral_plan import Planned
from casepulse.counties.january_2021.referral_volumes import LOCALITIES
from casepulse.schemas.codes import AssessmentOutcome
from casepulse.state.calendar import add_months, add_working_days

#: Assessments are on record for referrals from this day on.
FIRST_DAY = date(2019, 10, 1)

#: The last working day that the figures of January count.
LAST_DAY = date(2021, 1, 29)

#: As many referrals are looked at for an assessment, before a child is assessed again instead.
_LOOKED_AT = 80

_WORKING_DAYS = working_days(date(2019, 1, 1), date(2021, 3, 31))


@dataclass(slots=True)
class Assessed:
    """A single assessment of the plan."""

    child: Child
    referral: str | None
    """The key of the referral that it is of; None for one of a child open already."""
    start: date
    """The day from which it counts: the referral's, or its own."""
    done: date | None
    outcome: AssessmentOutcome | None = None


@dataclass(slots=True)
class _Plan:
    chance: Random
    referrals: dict[str, list[Planned]]
    """Those that an assessment may be found for, by locality, oldest first."""
    assessed: list[Assessed] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    """The referrals that have their assessment."""
    busy: dict[str, list[tuple[date, date]]] = field(default_factory=dict)
    """When each child is being assessed."""


def plan_assessments(chance: Random, referrals: list[Planned]) -> list[Assessed]:
    """All single assessments that the county has on record up to the end of January 2021."""
    plan = _Plan(chance, {locality: [] for locality in LOCALITIES})
    for referral in sorted(referrals, key=lambda each: each.day):
        if not referral.visit.closed_unseen:
            plan.referrals[referral.locality].append(referral)
    on_saturday = _one_late_on_saturday(plan)
    wanted: list[tuple[date | None, Wanted]] = [(None, each) for each in wanted_open(chance)]
    wanted += [(JANUARY, each) for each in wanted_in_january(chance, on_saturday)]
    for month in (*PUBLISHED, *EARLIER):
        wanted += [(month, each) for each in wanted_in(month, chance)]
    # The published ones first; and those that take longest are the hardest to find a child for.
    for when, each in sorted(wanted, key=lambda one: (one[0] in EARLIER, -one[1].band[0])):
        if not _find(plan, each, when) and when not in EARLIER:
            raise ValueError(f"nobody to assess: {each}")
    _others(plan)
    return plan.assessed


# --- whose it is ------------------------------------------------------------------------------


def _find(plan: _Plan, wanted: Wanted, month: date | None) -> bool:
    """Find a child for an assessment that is authorised in a month, or open at January's end."""
    least, most = wanted.band
    first, last = (LAST_DAY, LAST_DAY) if month is None else _month(month)
    days = _WORKING_DAYS[bisect_left(_WORKING_DAYS, first) : bisect_right(_WORKING_DAYS, last)]
    earliest, latest = back(days[0], most), back(days[-1], least)
    here = plan.referrals[wanted.locality]
    low = bisect_left(here, earliest, key=lambda each: each.day)
    high = bisect_right(here, latest, key=lambda each: each.day)
    window = [each for each in here[low:high] if id(each) not in plan.taken]
    candidates = plan.chance.sample(window, min(len(window), _LOOKED_AT))
    for must_suit in (True, False):
        for referral in candidates:
            done = _days_done(referral, days, wanted)
            if done and (_suits(referral, wanted, done[-1]) or not must_suit):
                _assess(plan, referral, plan.chance.choice(done), wanted)
                return True
    return _assess_again(plan, wanted, days)


def _month(month: date) -> tuple[date, date]:
    return month, add_months(month, 1) - timedelta(days=1)


def _days_done(referral: Planned, days: list[date], wanted: Wanted) -> list[date]:
    """The days, of those given, on which an assessment of this referral may be authorised; where
    it is to stay open, the last day if it can be open then."""
    if wanted.outcome is None and referral.closed is not None:
        return []
    least, most = wanted.band
    first = max(add_working_days(referral.day, least), referral.visit.seen or referral.day)
    last = min(add_working_days(referral.day, most), referral.closed or LAST_DAY)
    return days[bisect_left(days, first) : bisect_right(days, last)]


def _suits(referral: Planned, wanted: Wanted, done: date) -> bool:
    """Whether what comes of the referral is what its assessment says."""
    if wanted.outcome in OUT_OF_TIER_4:
        return referral.closed is not None and (referral.closed - done).days <= 30
    return referral.closed is None or (referral.closed - done).days > 30


def _assess(plan: _Plan, referral: Planned, done: date, wanted: Wanted) -> None:
    plan.taken.add(id(referral))
    _add(plan, referral.child, referral.spell.key, referral.day, done, wanted.outcome)


def _add(
    plan: _Plan,
    child: Child,
    referral: str | None,
    start: date,
    done: date,
    outcome: AssessmentOutcome | None,
) -> None:
    plan.busy.setdefault(child.key, []).append((start, done))
    plan.assessed.append(Assessed(child, referral, start, done if outcome else None, outcome))


def _assess_again(plan: _Plan, wanted: Wanted, days: list[date]) -> bool:
    """Assess a child again whose referral has been open for a while, if there is one."""
    least, most = wanted.band
    here = plan.referrals[wanted.locality]
    latest = bisect_right(here, days[-1], key=lambda each: each.day)
    still = [each for each in here[:latest] if each.closed is None or each.closed > days[0]]
    plan.chance.shuffle(still)
    for referral in still:
        if referral.visit.seen is None:
            continue
        begun = add_working_days(referral.visit.seen, 1)
        last = referral.closed or FEBRUARY
        done_first = bisect_left(days, add_working_days(begun, least))
        possible = days[done_first : bisect_left(days, last)]
        for done in plan.chance.sample(possible, len(possible)):
            start = max(begun, back(done, plan.chance.randint(least, most)))
            busy = plan.busy.get(referral.child.key, ())
            if all(start > ended or done < began for began, ended in busy):
                plan.taken.add(id(referral))
                _add(plan, referral.child, None, start, done, wanted.outcome)
                return True
    return False


# --- the others -------------------------------------------------------------------------------


def _one_late_on_saturday(plan: _Plan) -> str:
    """Find a referral that was due on a Friday of January and authorised on the Saturday; in which
    locality it is."""
    for locality, here in plan.referrals.items():
        for friday in (date(2021, 1, 15), date(2021, 1, 22), date(2021, 1, 8)):
            saturday = friday + timedelta(days=1)
            for referral in here:
                stays = referral.closed is None or referral.closed > saturday
                if add_working_days(referral.day, 45) == friday and stays and referral.visit.seen:
                    _assess(plan, referral, saturday, Wanted(locality, TO_45, IN_NEED))
                    return locality
    raise ValueError("no referral is due on a Friday of January")


def _others(plan: _Plan) -> None:
    """What the referrals of 2019 led to: completed before the thirteen months begin."""
    for here in plan.referrals.values():
        for referral in here:
            if id(referral) in plan.taken or not FIRST_DAY <= referral.day < date(2019, 12, 1):
                continue
            took = plan.chance.randint(12, 45) if plan.chance.random() < 0.83 else 50
            done = add_working_days(referral.day, took)
            if referral.closed and referral.closed < done:
                done = max(_back_to(referral.closed), referral.visit.seen or referral.day)
            if done < date(2020, 1, 1):
                outcome = likely_outcome(plan.chance, took <= 20) if referral.closed else IN_NEED
                _assess(plan, referral, done, Wanted(referral.locality, TO_45, outcome))


def _back_to(day: date) -> date:
    """The working day before a day."""
    return _WORKING_DAYS[bisect_left(_WORKING_DAYS, day) - 1]
