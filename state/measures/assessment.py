"""Single assessments. Definitions: MEASURES.md, "Assessment, planning and review"."""

from collections.abc import Iterator
from datetime import date

from schemas.measure import Section, days
from state.calendar import add_working_days, due_day, midnight, working_days_taken
from state.clock import Clock
from state.measures.forms import MET, MISSED, UNTRACED, cohort, spread, timed
from state.records.referrals import assessments
from state.rules import Sorted, Standards, measure, part
from state.view import CaseView

ASSESSMENT = Section.CONTACT


@measure(
    cohort(
        id="single_assessment",
        title="Single assessments completed in timescale",
        section=ASSESSMENT,
        statuses=(MET, MISSED, UNTRACED),
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
    spread(
        BAND_NAMES,
        id="single_assessment_bands",
        title="Single assessments completed, by working days taken",
        section=ASSESSMENT,
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
        "single_assessment_bands",
        id=_id,
        title=f"Single assessments completed {_title}",
        numerator=frozenset(_numerator),
        denominator=frozenset(BAND_NAMES),
        definition="Of the assessments authorised in the month, those in this band.",
    )


@measure(
    spread(
        BAND_NAMES,
        id="assessments_open",
        title="Assessments open, by working days so far",
        section=ASSESSMENT,
        kind="stock",
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
