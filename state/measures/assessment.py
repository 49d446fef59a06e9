"""Single assessments."""

from collections.abc import Iterator
from datetime import date

from casepulse.schemas.codes import AssessmentOutcome
from casepulse.schemas.measure import Section, days
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import add_working_days, due_day, midnight, working_days_taken
from casepulse.state.clock import Clock
from casepulse.state.measures.forms import MET, MISSED, UNTRACED, cohort, spread, timed
from casepulse.state.records.oversight import closed_since
from casepulse.state.records.referrals import assessments
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

ASSESSMENT = Section.CONTACT


@MEASURES.measure(
    cohort(
        id="single_assessment",
        title="Single assessments completed in timescale",
        section=ASSESSMENT,
        statuses=(MET, MISSED, UNTRACED),
        standards={"authorised": days("referral to assessment authorised")},
        definition="Assessments authorised in the month within the standard. One whose start is "
        "not on record is untraced and left out.",
        source="Working Together 2018 (S)",
        phrase=Phrase(subject="Timeliness of single assessments", of=("assessment", "assessments")),
    )
)
def single_assessment(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for assessment in case.records(assessments):
        done, start = assessment.authorised_day, assessment.clock_start
        team = assessment.authorised_team
        if done and start is None:
            yield Sorted(assessment.key, UNTRACED, done, team)
        elif done and start:
            due_on = due_day(start, standards["authorised"])
            status = timed(case.clock, due_on, done)
            yield Sorted(assessment.key, status, done, team)


MEASURES.part(
    "single_assessment",
    id="single_assessment_late",
    title="Single assessments completed overdue",
    better="low",
    numerator=frozenset({MISSED}),
    late=frozenset({MISSED}),
    definition="Of the assessments of single_assessment, those authorised after the due day.",
    phrase=Phrase(said="{assessment was|assessments were} overdue when completed"),
)


#: Bands of working days taken: the most that still belongs to each, and its name.
BANDS = (
    (20, "up_to_20"),
    (30, "21_to_30"),
    (45, "31_to_45"),
    (59, "46_to_59"),
    (89, "60_to_89"),
)
BEYOND = "90_and_over"
BAND_NAMES = (*(name for _, name in BANDS), BEYOND)
UP_TO_45 = frozenset({"up_to_20", "21_to_30", "31_to_45"})
OVER_45 = frozenset(BAND_NAMES) - UP_TO_45


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


@MEASURES.measure(
    spread(
        BAND_NAMES,
        id="single_assessment_bands",
        title="Single assessments completed, by working days taken",
        section=ASSESSMENT,
        definition="Assessments authorised in the month, by working days from the referral.",
        source="CIN census duration of assessment (D)",
        phrase=Phrase(said="{single assessment was|single assessments were} completed"),
    )
)
def single_assessment_bands(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for assessment in case.records(assessments):
        done, start = assessment.authorised_day, assessment.clock_start
        if done and start:
            band = _band_of_days(working_days_taken(start, done))
            yield Sorted(assessment.key, band, done, assessment.authorised_team)


for _id, _title, _numerator, _phrase in (
    (
        "assessment_within_20",
        "within 20 working days",
        {"up_to_20"},
        Phrase(said="{assessment was|assessments were} completed within 20 working days"),
    ),
    (
        "assessment_21_45",
        "in 21 to 45 working days",
        {"21_to_30", "31_to_45"},
        Phrase(said="{assessment|assessments} took 21 to 45 working days"),
    ),
    (
        "assessment_31_45",
        "in 31 to 45 working days",
        {"31_to_45"},
        Phrase(said="{assessment|assessments} took 31 to 45 working days"),
    ),
    (
        "assessment_46_59",
        "in 46 to 59 working days",
        {"46_to_59"},
        Phrase(said="{assessment|assessments} took 46 to 59 working days"),
    ),
):
    MEASURES.part(
        "single_assessment_bands",
        id=_id,
        title=f"Single assessments completed {_title}",
        numerator=frozenset(_numerator),
        denominator=frozenset(BAND_NAMES),
        definition="Of the assessments authorised in the month, those in this band.",
        phrase=_phrase,
    )

for _id, _title, _numerator, _phrase in (
    (
        "assessment_60_plus",
        "in 60 working days or more",
        {"60_to_89", BEYOND},
        Phrase(said="{assessment|assessments} took 60 working days or more"),
    ),
    (
        "assessment_90_plus",
        "in 90 working days or more",
        {BEYOND},
        Phrase(said="{assessment|assessments} took 90 working days or more"),
    ),
):
    MEASURES.part(
        "single_assessment_bands",
        id=_id,
        title=f"Single assessments completed {_title}",
        better="low",
        numerator=frozenset(_numerator),
        definition="How many of the assessments authorised in the month are in this band.",
        phrase=_phrase,
    )


#: What a completed assessment led to: a service of tier 4 (social care), or out of it.
TIER_4, OUTCOME_UNKNOWN = "tier_4", "outcome_unknown"
NO_ACTION, ELSEWHERE = "no_further_action", "early_help_or_agency"
OVER = "_over"
OUT_OF_TIER_4 = (NO_ACTION, NO_ACTION + OVER, ELSEWHERE, ELSEWHERE + OVER)
DIRECTED = frozenset({*OUT_OF_TIER_4, TIER_4, OUTCOME_UNKNOWN})

_DIRECTED_OUT = {
    AssessmentOutcome.NO_FURTHER_ACTION: NO_ACTION,
    AssessmentOutcome.EARLY_HELP: ELSEWHERE,
    AssessmentOutcome.OTHER_AGENCY: ELSEWHERE,
}


@MEASURES.measure(
    spread(
        (*OUT_OF_TIER_4, TIER_4, OUTCOME_UNKNOWN),
        id="assessment_out_of_tier4",
        title="Single assessments directed out of tier 4",
        section=ASSESSMENT,
        numerator=frozenset(OUT_OF_TIER_4),
        denominator=DIRECTED,
        standards={"prompt": days("referral to assessment authorised, directed out of tier 4")},
        definition="Of the assessments authorised in the month, those after which no service of "
        "social care follows: no further action, early help or another agency.",
        source="Local measure (L)",
        phrase=Phrase(
            said="{completed assessment was|completed assessments were} directed out of Tier 4",
            alone="{single assessment was|single assessments were} directed out of Tier 4 "
            "when completed",
            summary=True,
        ),
    )
)
def assessment_out_of_tier4(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for assessment in case.records(assessments):
        done, start = assessment.authorised_day, assessment.clock_start
        if done and start:
            if assessment.outcome is None:
                status = OUTCOME_UNKNOWN
            else:
                status = _DIRECTED_OUT.get(assessment.outcome, TIER_4)
            if status in OUT_OF_TIER_4 and done > due_day(start, standards["prompt"]):
                status += OVER
            yield Sorted(assessment.key, status, done, assessment.authorised_team)


MEASURES.part(
    "assessment_out_of_tier4",
    id="assessment_nfa",
    title="Single assessments resulting in no further action",
    better="low",
    numerator=frozenset({NO_ACTION, NO_ACTION + OVER}),
    definition="Of the assessments authorised in the month, those with no further action.",
    phrase=Phrase(said="{assessment|assessments} resulted in no further action"),
)
MEASURES.part(
    "assessment_out_of_tier4",
    id="assessment_to_early_help",
    title="Single assessments referred to early help or another agency",
    numerator=frozenset({ELSEWHERE, ELSEWHERE + OVER}),
    definition="Of the assessments authorised in the month, those referred on to early help or "
    "another agency.",
    phrase=Phrase(
        said="{assessment was|assessments were} referred to Early Help or another agency"
    ),
)
MEASURES.part(
    "assessment_out_of_tier4",
    id="assessment_out_of_tier4_over_20",
    title="Single assessments directed out of tier 4 that took longer than 20 working days",
    better="low",
    numerator=frozenset({NO_ACTION + OVER, ELSEWHERE + OVER}),
    denominator=None,
    definition="Of those of assessment_out_of_tier4, how many took longer than the standard.",
    phrase=Phrase(
        said="{assessment|assessments} directed out of Tier 4 took longer than 20 working days"
    ),
)


#: Nobody waits for it any more, though nobody authorised it: the case was closed.
CLOSED = "closed"

#: After a band: past the due day.
OVERDUE = "_overdue"
OPEN_BANDS = (*BAND_NAMES, *(name + OVERDUE for name in BAND_NAMES))


def _open_bands(names: frozenset[str]) -> frozenset[str]:
    return names | {name + OVERDUE for name in names}


def _overdue(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name + OVERDUE for name in names)


@MEASURES.measure(
    spread(
        (*OPEN_BANDS, CLOSED),
        id="assessments_open",
        title="Assessments open, by working days so far",
        section=ASSESSMENT,
        kind="stock",
        numerator=frozenset(OPEN_BANDS),
        late=_overdue(frozenset(BAND_NAMES)),
        standards={"authorised": days("referral to assessment authorised, for its due day")},
        definition="Assessments begun and not authorised, by working days since the referral. "
        "Overdue is one whose due day is over. Until the next working day begins, over a weekend "
        "say, it stands in the band of its due day still. One left open when the case was closed "
        "is not counted, but shown as closed.",
        source="As single_assessment_bands",
        phrase=Phrase(said="{single assessment was|single assessments were} open"),
    )
)
def assessments_open(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for assessment in case.records(assessments):
        start = assessment.clock_start
        if start is None or assessment.started is None or assessment.authorised_day:
            continue
        if closed_since(case, assessment.started):
            yield Sorted(assessment.key, CLOSED)
        else:
            band = _band_so_far(case.clock, start)
            due_on = due_day(start, standards["authorised"])
            late = OVERDUE if case.clock.past(due_on) else ""
            yield Sorted(assessment.key, band + late, due=due_on)


MEASURES.part(
    "assessments_open",
    id="assessments_open_in_time",
    title="Assessments open within timescale",
    better="high",
    numerator=_open_bands(UP_TO_45),
    denominator=frozenset(OPEN_BANDS),
    definition="Of the assessments open, those of up to 45 working days so far.",
    phrase=Phrase(said="{of these was|of these were} within timescale"),
)
for _id, _title, _bands, _phrase in (
    (
        "assessments_open_overdue",
        "more than 45 working days",
        OVER_45,
        Phrase(said="{of these had|of these had} been open for more than 45 working days"),
    ),
    (
        "assessments_open_60_89",
        "60 to 89 working days",
        frozenset({"60_to_89"}),
        Phrase(said="{of these had|of these had} been open for 60 to 89 working days"),
    ),
    (
        "assessments_open_90",
        "90 working days or more",
        frozenset({BEYOND}),
        Phrase(said="{of these had|of these had} been open for 90 working days or more"),
    ),
):
    MEASURES.part(
        "assessments_open",
        id=_id,
        title=f"Assessments open for {_title}",
        better="low",
        numerator=_open_bands(_bands),
        late=_overdue(_bands),
        definition="How many of the assessments open have taken so long.",
        phrase=_phrase,
    )
