"""The plan of initial visits: of each month's referrals, who is seen in time, late or not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from random import Random

from casepulse.counties.january_2021.counts import fit, rounded
from casepulse.counties.january_2021.county import FEBRUARY, JANUARY, deal
from casepulse.counties.january_2021.days import working_days
from casepulse.counties.january_2021.published import counted, figure, percentage
from casepulse.counties.january_2021.referral_volumes import DISABLED, months, volumes
from casepulse.schemas.codes import Pathway
from casepulse.state.calendar import add_months, add_working_days, month_of

#: Working days within which a child is seen, under section 17 and under section 47.
IN_DAYS = {Pathway.SECTION_17: 5, Pathway.SECTION_47: 1}

#: Working days within which it is decided to close a referral unseen.
PROMPT_CLOSURE = 5

#: Of the referrals of January, those under section 47 that were seen or due, and in time: 74%.
_SECTION_47_IN_TIME, _SECTION_47_LATE, _SECTION_47_NOT_SEEN = 29, 8, 2

#: Percent of those under section 47 before January, of the ones seen in time and of the ones late.
#: In December they were a little less timely than in January.
_SECTION_47, _SECTION_47_LATE_IN_DECEMBER = 9, 10

#: Percent of referrals closed unseen, and of those, percent decided slowly, where not published.
_CLOSED_UNSEEN, _DECIDED_SLOWLY = 7.5, {"2020-12": 21, "2021-01": 48}


class Outcome(StrEnum):
    """What came of the initial visit of a referral."""

    IN_TIME = "in_time"
    LATE = "late"
    NOT_SEEN = "not_seen"
    CLOSED_UNSEEN = "closed_unseen"
    CLOSED_UNSEEN_SLOWLY = "closed_unseen_slowly"


CLOSED = (Outcome.CLOSED_UNSEEN, Outcome.CLOSED_UNSEEN_SLOWLY)


@dataclass(frozen=True, slots=True)
class FirstVisit:
    """A referral as far as its first visit goes."""

    outcome: Outcome
    pathway: Pathway
    started: date
    seen: date | None
    virtual: bool
    closed_unseen: date | None = None


def first_visits(chance: Random) -> dict[date, dict[str, list[FirstVisit]]]:
    """The referrals of each month and locality, with what comes of their first visits."""
    found: dict[date, dict[str, list[FirstVisit]]] = {}
    for month in months():
        outcomes = _outcomes(month, chance)
        pathways = _pathways(month, outcomes, chance)
        virtual = _virtual(month, outcomes, chance)
        found[month] = {
            locality: [
                _dated(chance, month, outcome, next(pathways[outcome]), virtual) for outcome in here
            ]
            for locality, here in outcomes.items()
        }
    return found


def _outcomes(month: date, chance: Random) -> dict[str, list[Outcome]]:
    """What comes of each referral of a month, by locality."""
    received = {locality: many for locality, (many, _) in volumes()[month].items()}
    in_time = _seen_in_time(month, received)
    not_in_time = sum(due - timely for timely, due in in_time.values())
    closed = sum(received.values()) - sum(due for _, due in in_time.values())
    not_seen = {
        "2020-12": counted("initial_visits_outstanding_prior", period="2020-12"),
        "2021-01": counted("initial_visits_not_seen"),
    }.get(month_of(month), 0)
    missed = deal({Outcome.NOT_SEEN: not_seen, Outcome.LATE: not_in_time - not_seen}, chance)
    slowly = round(closed * _DECIDED_SLOWLY.get(month_of(month), 25) / 100)
    unseen = deal(
        {Outcome.CLOSED_UNSEEN_SLOWLY: slowly, Outcome.CLOSED_UNSEEN: closed - slowly}, chance
    )
    found = {}
    for locality, (timely, due) in in_time.items():
        here = [Outcome.IN_TIME] * timely
        here += [Outcome(missed.pop()) for _ in range(due - timely)]
        here += [Outcome(unseen.pop()) for _ in range(received[locality] - due)]
        chance.shuffle(here)
        found[locality] = here
    return found


def _seen_in_time(month: date, received: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Those seen in time, of those seen or due, by locality."""
    period = month_of(month)
    told = {}
    for locality, many in received.items():
        try:
            told[locality] = percentage("initial_visits_all", locality, period)
        except KeyError:
            told[locality] = percentage("initial_visits_all", locality, "2020-11")
        if locality == DISABLED and many > 2:
            told[locality] = 80
    sizes = {}
    for locality, many in received.items():
        likely = many if locality == DISABLED else round(many * (1 - _CLOSED_UNSEEN / 100))
        around = sorted(range(max(likely - 6, 0), many + 1), key=lambda n: abs(n - likely))
        sizes[locality] = [likely] if locality == DISABLED else around
    county = figure("initial_visits_all") if month == JANUARY else None
    december = month == add_months(JANUARY, -1)

    def fits(timely: int, due: int) -> bool:
        if county:
            return (timely, due) == (county.numerator, county.denominator)
        of_december = percentage("initial_visits_all", period="2020-12")
        return rounded(timely, due) == of_december if december else True

    if month >= date(2020, 11, 1):
        return fit(told, sizes, fits)
    return {name: (round(sizes[name][0] * told[name] / 100), sizes[name][0]) for name in received}


def _pathways(
    month: date, outcomes: dict[str, list[Outcome]], chance: Random
) -> dict[Outcome, Iterator[Pathway]]:
    """The pathways of the referrals with each outcome, in order."""
    planned = {
        Outcome.IN_TIME: _SECTION_47_IN_TIME,
        Outcome.LATE: _SECTION_47_LATE,
        Outcome.NOT_SEEN: _SECTION_47_NOT_SEEN,
    }
    found = {}
    for outcome in Outcome:
        many = sum(here.count(outcome) for here in outcomes.values())
        under_47 = planned.get(outcome, 0)
        if month != JANUARY:
            late_in_december = outcome is Outcome.LATE and month == add_months(JANUARY, -1)
            percent = _SECTION_47_LATE_IN_DECEMBER if late_in_december else _SECTION_47
            seen = outcome in (Outcome.IN_TIME, Outcome.LATE)
            under_47 = round(many * percent / 100) if seen else 0
        dealt = deal({Pathway.SECTION_47: under_47, Pathway.SECTION_17: many - under_47}, chance)
        found[outcome] = iter([Pathway(each) for each in dealt])
    return found


def _virtual(month: date, outcomes: dict[str, list[Outcome]], chance: Random) -> Iterator[bool]:
    """Whether each visit of a month is virtual, in order."""
    made = sum(
        outcome in (Outcome.IN_TIME, Outcome.LATE) for here in outcomes.values() for outcome in here
    )
    if month == JANUARY:
        virtual = counted("initial_visits_virtual")
    else:
        virtual = made * 12 // 100 if month >= date(2020, 4, 1) else 0
    dealt = [True] * virtual + [False] * (made - virtual)
    chance.shuffle(dealt)
    return iter(dealt)


def _dated(
    chance: Random, month: date, outcome: Outcome, pathway: Pathway, virtual: Iterator[bool]
) -> FirstVisit:
    """A referral's days: it starts in the month, and what comes of it is so by the end of it, or
    for earlier months by the end of January."""
    possible = _possible_days(month, outcome, pathway)
    # A day first and then how long it took, so that late starts are as likely as early ones.
    started = chance.choice(list(possible))
    done = chance.choice(possible[started])
    if outcome in CLOSED:
        return FirstVisit(outcome, pathway, started, None, False, done)
    if outcome is Outcome.NOT_SEEN:
        return FirstVisit(outcome, pathway, started, None, False)
    return FirstVisit(outcome, pathway, started, done, next(virtual))


@cache
def _possible_days(month: date, outcome: Outcome, pathway: Pathway) -> dict[date, list[date]]:
    """The days of a month on which a referral may start, and then be seen, close, or fall due."""
    limit = IN_DAYS[pathway]
    took: Sequence[int]
    match outcome:
        case Outcome.IN_TIME:
            took, latest = range(limit + 1), FEBRUARY
        case Outcome.LATE:
            took, latest = range(limit + 1, limit + 9), FEBRUARY
        case Outcome.NOT_SEEN:
            took, latest = [limit], FEBRUARY
        case Outcome.CLOSED_UNSEEN:
            took, latest = range(PROMPT_CLOSURE + 1), add_months(month, 1)
        case Outcome.CLOSED_UNSEEN_SLOWLY:
            took, latest = range(PROMPT_CLOSURE + 1, PROMPT_CLOSURE + 6), add_months(month, 1)
    found: dict[date, list[date]] = {}
    for day in working_days(month, add_months(month, 1) - timedelta(days=1)):
        for days_taken in took:
            done = add_working_days(day, days_taken)
            if done < latest:
                found.setdefault(day, []).append(done)
    return found
