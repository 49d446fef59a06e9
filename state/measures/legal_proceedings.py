"""Legal proceedings: how many cases, for how long, and who conducts them.

A legal case is one family's.
"""

from collections.abc import Callable, Iterator, Mapping

from casepulse.schemas.envelope import Data
from casepulse.schemas.events.legal import (
    CourtProceedingsEnded,
    CourtProceedingsStarted,
    LegalPlanningMeetingHeld,
    PreProceedingsEnded,
    PreProceedingsStarted,
)
from casepulse.schemas.measure import Measure, Section, days
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day
from casepulse.state.measures.forms import MET, MISSED, UNTRACED, YES, cohort, count, spread, timed
from casepulse.state.records.keys import by_key, team_of_completion
from casepulse.state.records.legal import completed, court_proceedings, pre_proceedings, solicitor
from casepulse.state.rules import Counts, Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

PRE, PRE_LONG, COURT, COURT_LONG = "pre", "pre_long", "court", "court_long"
IN_PRE, IN_COURT = frozenset({PRE, PRE_LONG}), frozenset({COURT, COURT_LONG})


@MEASURES.measure(
    spread(
        (PRE, PRE_LONG, COURT, COURT_LONG),
        id="proceedings",
        about=("legal_case",),
        title="Legal cases in proceedings",
        section=Section.LEGAL,
        kind="stock",
        late=frozenset({PRE_LONG, COURT_LONG}),
        standards={
            "pre_proceedings": days("pre-proceedings started to completed"),
            "court": days("court proceedings issued to completed"),
        },
        definition="Legal cases in court proceedings, or else in pre-proceedings.",
        source="Children and Families Act 2014, s. 14: 26 weeks in court (S); the same before (L)",
        phrase=Phrase(said="{legal case was|legal cases were} in proceedings"),
    )
)
def proceedings(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    court = case.records(court_proceedings)
    ongoing = court or case.records(pre_proceedings)
    if ongoing:
        due_on = due_day(ongoing.day, standards["court" if court else "pre_proceedings"])
        status = COURT if court else PRE
        if case.clock.past(due_on):
            status = COURT_LONG if court else PRE_LONG
        yield Sorted(case.key, status, due=due_on)


MEASURES.part(
    "proceedings",
    id="pre_proceedings",
    title="Legal cases in pre-proceedings",
    numerator=IN_PRE,
    denominator=IN_PRE | IN_COURT,
    definition="Of the legal cases in proceedings, those in pre-proceedings.",
    phrase=Phrase(said="{of these was|of these were} in pre-proceedings"),
)
MEASURES.part(
    "proceedings",
    id="court_proceedings",
    title="Legal cases in court proceedings",
    numerator=IN_COURT,
    denominator=IN_PRE | IN_COURT,
    definition="Of the legal cases in proceedings, those in court.",
    phrase=Phrase(said="{of these was|of these were} in court proceedings"),
)
MEASURES.part(
    "proceedings",
    id="pre_proceedings_over_26w",
    title="Pre-proceedings open longer than 26 weeks",
    better="low",
    numerator=frozenset({PRE_LONG}),
    denominator=IN_PRE,
    late=frozenset({PRE_LONG}),
    definition="Of the legal cases in pre-proceedings, those open longer than the standard.",
    phrase=Phrase(
        subject="The proportion of cases in pre-proceedings open for longer than 26 weeks",
        of=("case", "cases"),
        localities=True,
    ),
)
MEASURES.part(
    "proceedings",
    id="court_over_26w",
    title="Court proceedings open longer than 26 weeks",
    better="low",
    numerator=frozenset({COURT_LONG}),
    denominator=IN_COURT,
    late=frozenset({COURT_LONG}),
    definition="Of the legal cases in court, those open longer than the standard.",
    phrase=Phrase(
        subject="The proportion of cases in court proceedings open for longer than 26 weeks",
        of=("case", "cases"),
        localities=True,
    ),
)


def _timely(
    *,
    id: str,  # noqa: A002  the measure's
    title: str,
    definition: str,
    source: str,
    phrase: Phrase,
) -> Measure:
    return cohort(
        id=id,
        title=title,
        definition=definition,
        source=source,
        phrase=phrase,
        about=("legal_case",),
        section=Section.LEGAL,
        statuses=(MET, MISSED, UNTRACED),
        standards={"completed": days("started to completed")},
    )


def _completed(
    case: CaseView, standards: Standards, start: type[Data], end: type[Data]
) -> Iterator[Sorted]:
    for each in completed(case, start, end):
        status = UNTRACED
        if each.started:
            status = timed(case.clock, due_day(each.started, standards["completed"]), each.day)
        yield Sorted(each.key, status, each.day, each.team)


@MEASURES.measure(
    _timely(
        id="pre_proceedings_completed_timely",
        title="Pre-proceedings completed in time",
        definition="Pre-proceedings completed in the month within the standard. Those whose start "
        "is not on record are untraced and left out.",
        source="Local standard, stated in the report (L)",
        phrase=Phrase(
            subject="Timeliness of completing pre-proceedings", of=("case", "cases"), summary=True
        ),
    )
)
def pre_proceedings_completed_timely(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    return _completed(case, standards, PreProceedingsStarted, PreProceedingsEnded)


@MEASURES.measure(
    _timely(
        id="court_completed_timely",
        title="Court proceedings completed in time",
        definition="Court proceedings completed in the month within the standard. Those whose "
        "start is not on record are untraced and left out.",
        source="Children and Families Act 2014, s. 14 (S)",
        phrase=Phrase(
            subject="Timeliness of completing court proceedings", of=("case", "cases"), summary=True
        ),
    )
)
def court_completed_timely(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    return _completed(case, standards, CourtProceedingsStarted, CourtProceedingsEnded)


@MEASURES.measure(
    count(
        id="legal_planning_meetings",
        about=("legal_case",),
        title="Legal planning meetings held",
        section=Section.LEGAL,
        kind="flow",
        definition="Legal planning meetings held in the month.",
        source="Local measure of the report (L)",
        phrase=Phrase(said="{legal planning meeting was|legal planning meetings were} held"),
    )
)
def legal_planning_meetings(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for key, fact in by_key(case.facts(LegalPlanningMeetingHeld), "meeting").items():
        yield Sorted(key, YES, fact.day, team_of_completion(case, fact))


CASES, SOLICITORS = "cases", "solicitors"


def count_solicitors(
    solicitors: Mapping[str, Counts],
    standards: Standards,
    locality_of: Callable[[str | None], str],
) -> dict[str, dict[str, int]]:
    """How many cases and solicitors there are. They work for the county, not for a locality."""
    cases = sum(counts[CASES] for counts in solicitors.values())
    return {locality_of(None): {CASES: cases, SOLICITORS: len(solicitors)}}


@MEASURES.measure(
    Measure(
        id="solicitor_caseload",
        about=("legal_case",),
        title="Average caseload per solicitor",
        section=Section.LEGAL,
        kind="stock",
        better="low",
        scale="average",
        statuses=(CASES, SOLICITORS),
        numerator=frozenset({CASES}),
        denominator=frozenset({SOLICITORS}),
        definition="Legal cases in proceedings for each solicitor who holds at least one. A case "
        "without a solicitor on record is left out.",
        source="Local measure of the report (L)",
        phrase=Phrase(subject="The average caseload per solicitor"),
    ),
    regroup=count_solicitors,
)
def solicitor_caseload(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    held_by = case.records(solicitor)
    if held_by and (case.records(court_proceedings) or case.records(pre_proceedings)):
        yield Sorted(case.key, CASES, group=held_by)
