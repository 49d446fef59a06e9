"""Targeted Support in time: first visits and assessments. Definitions: the report's body."""

from collections.abc import Iterator
from itertools import product

from casepulse.schemas.codes_early_help import TargetedService
from casepulse.schemas.measure import Section, days
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day
from casepulse.state.measures.forms import MET, MISSED, NO, PENDING, cohort, share, timed, yes_no
from casepulse.state.records.early_help import (
    Episode,
    delivered_episodes,
    first_visits,
    open_episodes,
    targeted_assessments,
)
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

# --- initial visits ---------------------------------------------------------------------------

CENTRE, ELSEWHERE = "centre", "elsewhere"
CLOSED_UNSEEN = "closed_unseen"
INITIAL_VISIT = tuple(
    f"{place}_{status}"
    for place, status in product((CENTRE, ELSEWHERE), (MET, MISSED, PENDING, CLOSED_UNSEEN))
)


def _visits(status: str) -> frozenset[str]:
    return frozenset({f"{CENTRE}_{status}", f"{ELSEWHERE}_{status}"})


@MEASURES.measure(
    cohort(
        id="ts_initial_visit",
        title="Targeted Support initial visits in time",
        section=Section.EARLY_HELP,
        statuses=INITIAL_VISIT,
        numerator=_visits(MET),
        denominator=_visits(MET) | _visits(MISSED),
        late=_visits(MISSED),
        standards={"seen": days("episode started to child first seen")},
        definition="Episodes of Targeted Support begun in the month whose child was first seen "
        "within the standard, of those seen or past due. One that closed with the child unseen "
        "counts in closed_unseen.",
        source="Local standard, stated in the report (L)",
        phrase=Phrase(
            subject="Timeliness of initial visits in Targeted Support",
            of=("episode", "episodes"),
            summary=True,
        ),
    )
)
def ts_initial_visit(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    seen_on = case.records(first_visits)
    for episode in case.records(delivered_episodes):
        due_on = due_day(episode.day, standards["seen"])
        seen = seen_on.get(episode.key)
        if seen is not None and episode.ended is not None and seen > episode.ended:
            seen = None  # by then it had closed with the child unseen
        if seen is None and episode.ended is not None:
            status = CLOSED_UNSEEN
        else:
            status = timed(case.clock, due_on, seen)
        due = due_on if seen is None and episode.ended is None else None
        yield Sorted(episode.key, f"{_place(episode)}_{status}", episode.day, episode.team, due)


def _place(episode: Episode) -> str:
    at_a_centre = episode.service is TargetedService.CHILDREN_AND_FAMILY_CENTRE
    return CENTRE if at_a_centre else ELSEWHERE


MEASURES.part(
    "ts_initial_visit",
    id="ts_initial_visit_children_and_family_centres",
    title="Targeted Support initial visits in time, Children and Family Centres",
    better="high",
    numerator=frozenset({f"{CENTRE}_{MET}"}),
    denominator=frozenset({f"{CENTRE}_{MET}", f"{CENTRE}_{MISSED}"}),
    late=frozenset({f"{CENTRE}_{MISSED}"}),
    definition="Of the episodes of ts_initial_visit, those that a Children and Family Centre "
    "holds.",
    phrase=Phrase(
        subject="Timeliness of initial visits by Children and Family Centres",
        of=("episode", "episodes"),
    ),
)

# --- assessments ------------------------------------------------------------------------------


@MEASURES.measure(
    cohort(
        id="ts_assessment",
        title="Targeted Support assessments completed in time",
        section=Section.EARLY_HELP,
        statuses=(MET, MISSED),
        standards={"completed": days("assessment started to completed")},
        definition="Assessments within Targeted Support completed in the month, within the "
        "standard of their start, of all that were.",
        source="Local standard, stated in the report (L)",
        phrase=Phrase(
            subject="Timeliness of completed Targeted Support assessments",
            of=("assessment", "assessments"),
            summary=True,
        ),
    )
)
def ts_assessment(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for assessment in case.records(targeted_assessments):
        done = assessment.completed_day
        if done is not None:
            due_on = due_day(assessment.day, standards["completed"])
            status = MET if done <= due_on else MISSED
            yield Sorted(assessment.key, status, done, assessment.completed_team)


@MEASURES.measure(
    share(
        id="ts_assessment_open_in_time",
        title="Targeted Support assessments ongoing in time",
        section=Section.EARLY_HELP,
        better="high",
        late=frozenset({NO}),
        standards={"completed": days("assessment started to completed")},
        definition="Of the assessments within an open episode of Targeted Support that are not "
        "completed, those that are not past due.",
        source="Local standard, stated in the report (L)",
        phrase=Phrase(
            subject="The proportion of ongoing Targeted Support assessments that were in time",
            of=("assessment", "assessments"),
        ),
    )
)
def ts_assessment_open_in_time(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    still_open = {episode.key for episode in case.records(open_episodes)}
    for assessment in case.records(targeted_assessments):
        if assessment.completed_day is None and assessment.episode in still_open:
            due_on = due_day(assessment.day, standards["completed"])
            yield Sorted(assessment.key, yes_no(not case.clock.past(due_on)), due=due_on)
