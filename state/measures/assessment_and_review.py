"""Assessment, planning and review. Definitions: MEASURES.md, section of that name."""

from collections.abc import Iterator
from datetime import date

from schemas.measure import Measure, Section, days
from state.calendar import add_working_days, due_day, midnight, working_days_taken
from state.clock import Clock
from state.measures.forms import DONE_OR_DUE, MET, MISSED, UNTRACED, timed
from state.records import (
    SHORT_BREAKS,
    assessments,
    care_periods,
    care_reviews,
    entered_care,
    legal_status_in,
)
from state.rules import Sorted, Standards, measure, part
from state.view import CaseView

ASSESSMENT = Section.ASSESSMENT


@measure(
    Measure(
        id="single_assessment",
        title="Single assessments completed in timescale",
        section=ASSESSMENT,
        kind="flow",
        better="high",
        statuses=(MET, MISSED, UNTRACED),
        numerator=frozenset({MET}),
        denominator=DONE_OR_DUE,
        late=frozenset({MISSED}),
        standards={"authorised": days("referral to assessment authorised")},
        definition="Assessments authorised in the month within the standard. One whose start is "
        "not on record is untraced and left out.",
        source="Working Together 2018 (S)",
    )
)
def single_assessment(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for assessment in case.records(assessments):
        done, start = assessment.authorised_day, assessment.clock_start
        team = assessment.authorised_team or assessment.team
        if done and start is None:
            yield Sorted(assessment.key, UNTRACED, done, team)
        elif done and start:
            due_on = due_day(start, standards["authorised"])
            status = timed(case.clock, due_on, done)
            yield Sorted(assessment.key, status, done, team, due_on)


#: Bands of working days taken: the most that still belongs to each, and its name.
BANDS = ((20, "up_to_20"), (45, "21_to_45"), (59, "46_to_59"), (89, "60_to_89"))
BEYOND = "90_and_over"
BAND_NAMES = (*(name for _, name in BANDS), BEYOND)


def _band_of_days(days: int) -> str:
    return next((name for most, name in BANDS if days <= most), BEYOND)


def _band_so_far(clock: Clock, start: date) -> str:
    """The band of an assessment that is open: working days up to the last that has begun by now."""
    return next(
        (
            name
            for most, name in BANDS
            if not clock.happened(midnight(add_working_days(start, most + 1)))
        ),
        BEYOND,
    )


@measure(
    Measure(
        id="single_assessment_bands",
        title="Single assessments completed, by working days taken",
        section=ASSESSMENT,
        kind="flow",
        statuses=BAND_NAMES,
        numerator=frozenset(BAND_NAMES),
        denominator=None,
        definition="Assessments authorised in the month, by working days from the referral.",
        source="CIN census duration of assessment (D)",
    )
)
def single_assessment_bands(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for assessment in case.records(assessments):
        done, start = assessment.authorised_day, assessment.clock_start
        if done and start:
            band = _band_of_days(working_days_taken(start, done))
            team = assessment.authorised_team or assessment.team
            yield Sorted(assessment.key, band, done, team)


for _id, _title, _numerator in (
    ("assessment_within_20", "within 20 working days", {"up_to_20"}),
    ("assessment_21_45", "in 21 to 45 working days", {"21_to_45"}),
    ("assessment_46_59", "in 46 to 59 working days", {"46_to_59"}),
    ("assessment_60_plus", "in 60 working days or more", {"60_to_89", BEYOND}),
    ("assessment_90_plus", "in 90 working days or more", {BEYOND}),
):
    part(
        Measure(
            id=_id,
            of="single_assessment_bands",
            title=f"Single assessments completed {_title}",
            section=ASSESSMENT,
            kind="flow",
            statuses=BAND_NAMES,
            numerator=frozenset(_numerator),
            denominator=frozenset(BAND_NAMES),
            definition="Of the assessments authorised in the month, those in this band.",
            source="As single_assessment_bands",
        )
    )


@measure(
    Measure(
        id="assessments_open",
        title="Assessments open, by working days so far",
        section=ASSESSMENT,
        kind="stock",
        statuses=BAND_NAMES,
        numerator=frozenset(BAND_NAMES),
        denominator=None,
        standards={"authorised": days("referral to assessment authorised, for its due day")},
        definition="Assessments begun and not authorised, by working days since the referral.",
        source="As single_assessment_bands",
    )
)
def assessments_open(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for assessment in case.records(assessments):
        start = assessment.clock_start
        if start and not assessment.authorised_day:
            band = _band_so_far(case.clock, start)
            due_on = due_day(start, standards["authorised"])
            yield Sorted(assessment.key, band, team=assessment.team, due=due_on)


OUTSIDE_CARE = "outside_care"


@measure(
    Measure(
        id="cic_reviews_timely",
        title="Reviews of children in care held in time",
        section=ASSESSMENT,
        kind="flow",
        better="high",
        statuses=(MET, MISSED, OUTSIDE_CARE),
        numerator=frozenset({MET}),
        denominator=DONE_OR_DUE,
        late=frozenset({MISSED}),
        standards={
            "first": days("entering care to first review"),
            "second": days("first review to second"),
            "later": days("each later review"),
        },
        definition="Reviews held in the month by their due day, counted from entering care. A "
        "review on a day when the child was not in care, or in short breaks only, is left out.",
        source="Care Planning, Placement and Case Review Regulations 2010, reg. 33 (S)",
    )
)
def cic_reviews_timely(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    reviews = case.records(care_reviews)
    if not reviews:
        return
    periods = case.records(care_periods)
    held: dict[str, list[date]] = {}
    for review in reviews:
        period = next((each for each in reversed(periods) if each.covers(review.day)), None)
        if period is None or legal_status_in(case, period, review.day) in SHORT_BREAKS:
            yield Sorted(review.id, OUTSIDE_CARE, review.day, review.data.team)
            continue
        earlier = held.setdefault(period.key, [])
        which = ("first", "second", "later")[min(len(earlier), 2)]
        due_on = due_day(earlier[-1] if earlier else entered_care(case, period), standards[which])
        status = timed(case.clock, due_on, review.day)
        earlier.append(review.day)
        yield Sorted(review.id, status, review.day, review.data.team, due_on)
