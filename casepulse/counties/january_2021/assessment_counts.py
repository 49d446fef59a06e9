"""How many single assessments each published figure counts: by locality, days taken and outcome.

January's are published by all three, and those open at its end; of November and December the
percentage in time by locality; of the months before nothing but that they were late more often.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from casepulse.counties.january_2021.counts import apportion, fit
from casepulse.counties.january_2021.county import JANUARY, deal
from casepulse.counties.january_2021.published import counted, figure, percentage
from casepulse.counties.january_2021.referral_volumes import (
    DISABLED,
    LOCALITIES,
    OTHER,
    open_at_the_ends,
    volumes,
)
from casepulse.schemas.codes import AssessmentOutcome
from casepulse.state.calendar import add_months, month_of

NO_ACTION, EARLY_HELP = AssessmentOutcome.NO_FURTHER_ACTION, AssessmentOutcome.EARLY_HELP
OTHER_AGENCY, IN_NEED = AssessmentOutcome.OTHER_AGENCY, AssessmentOutcome.CHILD_IN_NEED
STRATEGY = AssessmentOutcome.STRATEGY_DISCUSSION
OUT_OF_TIER_4 = (NO_ACTION, EARLY_HELP, OTHER_AGENCY)

#: Working days that an assessment takes, at least and at most.
Band = tuple[int, int]
UP_TO_20, TO_30, TO_45, TO_59, TO_89, BEYOND = (
    (4, 20),
    (21, 30),
    (31, 45),
    (46, 59),
    (60, 89),
    (90, 105),
)

#: Disabled children assessed in November, December and January: the report's footnote.
_DISABLED_ASSESSED = {"2020-11": 6, "2020-12": 15, "2021-01": 8}

#: Assessments completed in November and in December, about; January's are published.
PUBLISHED = {date(2020, 11, 1): 700, date(2020, 12, 1): 650}

#: Assessments completed in the months before, and percent of them in time. Of these nothing is
#: published but that January 2021 was the first month above 85% since July.
EARLIER = {
    date(2020, 1, 1): (640, 86),
    date(2020, 2, 1): (640, 87),
    date(2020, 3, 1): (630, 86),
    date(2020, 4, 1): (620, 86),
    date(2020, 5, 1): (620, 87),
    date(2020, 6, 1): (630, 86),
    date(2020, 7, 1): (640, 87),
    date(2020, 8, 1): (650, 83),
    date(2020, 9, 1): (660, 82),
    date(2020, 10, 1): (690, 81),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An assessment that a published figure counts, before it is known whose it is."""

    locality: str
    band: Band
    outcome: AssessmentOutcome | None
    """None: it is open at the end of January."""


def _sizes(month: date, total: int) -> dict[str, list[int]]:
    """How many assessments of a month each locality may have, the likeliest first."""
    received = volumes()[add_months(month, -1)], volumes()[add_months(month, -2)]
    weights = {
        name: float(sum(each[name][0] for each in received))
        for name in LOCALITIES
        if name != DISABLED
    }
    # Fewer of theirs are completed than begin: else the county would be less timely.
    weights["Gloucester"] *= 0.8
    weights[OTHER] *= 0.8
    disabled = _DISABLED_ASSESSED[month_of(month)]
    likely = apportion(total - disabled, weights)
    sizes = {
        name: sorted(range(many - 5, many + 6), key=lambda n: abs(n - likely[name]))
        for name, many in likely.items()
    }
    return {**sizes, DISABLED: [disabled]}


def _percentages(month: date) -> dict[str, int]:
    period = month_of(month)
    return {name: percentage("single_assessment", name, period) for name in LOCALITIES}


#: The one that is authorised on the Saturday after the Friday on which it was due. It took 45
#: working days and is late: so 135 and 444 of up to 45 are published, and 578 in time.
_ON_SATURDAY = 1


def wanted_in_january(chance: Random, on_saturday: str) -> Iterator[Wanted]:
    """January's, but for the one on a Saturday, which is found apart, in a locality."""
    county = figure("single_assessment")
    in_time, assessed = county.numerator or 0, county.denominator or 0

    def fits(timely: int, done: int) -> bool:
        return (timely, done) == (in_time, assessed)

    by_locality = fit(_percentages(JANUARY), _sizes(JANUARY, assessed), fits)
    up_to_20 = counted("assessment_within_20")
    to_45 = counted("assessment_21_45")
    over_60 = counted("assessment_60_plus")
    over_90 = counted("assessment_90_plus")
    to_45_last = round(assessed * percentage("assessment_31_45") / 100)
    timely = deal(
        {"20": up_to_20, "30": to_45 - to_45_last, "45": to_45_last - _ON_SATURDAY}, chance
    )
    late = deal(
        {
            "59": assessed - up_to_20 - to_45 - over_60,
            "89": over_60 - over_90,
            "90": over_90,
        },
        chance,
    )
    bands = {"20": UP_TO_20, "30": TO_30, "45": TO_45, "59": TO_59, "89": TO_89, "90": BEYOND}
    found = []
    for name, (met, done) in by_locality.items():
        missed = done - met - (_ON_SATURDAY if name == on_saturday else 0)
        found += [(name, bands[timely.pop()]) for _ in range(met)]
        found += [(name, bands[late.pop()]) for _ in range(missed)]
    outcomes = _outcomes_in_january(chance, [band for _, band in found])
    for (name, band), outcome in zip(found, outcomes, strict=True):
        yield Wanted(name, band, outcome)


def _outcomes_in_january(chance: Random, bands: list[Band]) -> list[AssessmentOutcome]:
    """The outcome of each assessment, given its band; the one on a Saturday is in need."""
    out, out_over_20 = (
        counted(each) for each in ("assessment_out_of_tier4", "assessment_out_of_tier4_over_20")
    )
    no_action = counted("assessment_nfa")
    agencies = (out - no_action) // 4
    directed = deal(
        {NO_ACTION: no_action, OTHER_AGENCY: agencies, EARLY_HELP: out - no_action - agencies},
        chance,
    )
    prompt = bands.count(UP_TO_20)
    which = {
        True: deal({"out": out - out_over_20, "in": prompt - out + out_over_20}, chance),
        False: deal({"out": out_over_20, "in": len(bands) - prompt - out_over_20}, chance),
    }
    return [
        AssessmentOutcome(directed.pop())
        if which[band == UP_TO_20].pop() == "out"
        else _in_tier_4(chance)
        for band in bands
    ]


def _in_tier_4(chance: Random) -> AssessmentOutcome:
    return STRATEGY if chance.random() < 0.12 else IN_NEED


def wanted_in(month: date, chance: Random) -> Iterator[Wanted]:
    """Those of a month before January."""
    return _wanted_before(month, chance) if month in EARLIER else _wanted_by_locality(month, chance)


def _wanted_by_locality(month: date, chance: Random) -> Iterator[Wanted]:
    """November's and December's: what is published is the percentage in time by locality."""
    total = PUBLISHED[month]
    for name, (met, done) in fit(
        _percentages(month), _sizes(month, total), lambda timely, done: True
    ).items():
        for number in range(done):
            yield _likely(name, number < met, chance)


def _wanted_before(month: date, chance: Random) -> Iterator[Wanted]:
    total, percent = EARLIER[month]
    received = volumes()[month].items()
    weights = {name: float(many) for name, (many, _) in received if name != DISABLED}
    for place, name in enumerate(deal(apportion(total, weights), chance)):
        yield _likely(name, place < total * percent // 100, chance)


def _likely(name: str, in_time: bool, chance: Random) -> Wanted:
    if in_time:
        band = chance.choices((UP_TO_20, TO_30, TO_45), (20, 20, 50))[0]
    else:
        band = chance.choices((TO_59, TO_89), (85, 15))[0]
    return Wanted(name, band, likely_outcome(chance, band == UP_TO_20))


def likely_outcome(chance: Random, prompt: bool) -> AssessmentOutcome:
    """An outcome, as often as in January."""
    if chance.random() < (0.43 if prompt else 0.54):
        return chance.choices((NO_ACTION, EARLY_HELP, OTHER_AGENCY), (66, 25, 9))[0]
    return _in_tier_4(chance)


def wanted_open(chance: Random) -> Iterator[Wanted]:
    """Those open at the end of January, by working days so far; the longest first."""
    over_90 = counted("assessments_open_90")
    to_89 = counted("assessments_open_60_89")
    overdue = counted("assessments_open_overdue")
    in_time = counted("assessments_open_in_time")
    weights = {name: float(many) for name, many in open_at_the_ends()[JANUARY].items()}
    for band, many in (
        (BEYOND, over_90),
        (TO_89, to_89),
        (TO_59, overdue - to_89 - over_90),
        ((0, 45), in_time),
    ):
        for name in deal(apportion(many, weights), chance):
            yield Wanted(name, band, None)
