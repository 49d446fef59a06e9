"""Entering care and leaving it."""

from collections.abc import Iterator

from casepulse.schemas.measure import Section, days
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day, local_date
from casepulse.state.measures.forms import share, spread
from casepulse.state.records.admissions import admissions, discharges
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

AGAIN, FIRST = "again", "first"


@MEASURES.measure(
    share(
        id="readmissions",
        title="Readmissions to care in the month",
        section=Section.DEMAND,
        kind="flow",
        better="low",
        statuses=(AGAIN, FIRST),
        numerator=frozenset({AGAIN}),
        denominator=frozenset({AGAIN, FIRST}),
        definition="Admissions to care in the month of a child who had been in care in an earlier "
        "period, however long ago. Short breaks (V3, V4) are not care.",
        source="Customary (A)",
        phrase=Phrase(
            subject="The proportion of admissions to care that were readmissions",
            of=("admission", "admissions"),
        ),
    )
)
def readmissions(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for each in case.records(admissions):
        yield Sorted(each.key, AGAIN if each.again else FIRST, each.day, each.team)


MEASURES.part(
    "readmissions",
    id="readmissions_fytd",
    title="Readmissions to care, year to date",
    better="low",
    window="fytd",
    definition="readmissions, summed from April. A child counts as often as it entered care.",
    phrase=Phrase(
        subject="The proportion of admissions to care in the financial year to date that "
        "were readmissions",
        of=("admission", "admissions"),
    ),
)
MEASURES.part(
    "readmissions",
    id="admissions_to_care",
    title="Admissions to care, year to date",
    window="fytd",
    numerator=frozenset({AGAIN, FIRST}),
    denominator=None,
    definition="Admissions to care since April. A child counts as often as it entered care.",
    phrase=Phrase(said="there [was|were] {admission|admissions} to care"),
)

DELAYED, PROMPT = "delayed", "prompt"


@MEASURES.measure(
    share(
        id="admission_recording_delay",
        title="Recording of admission to care delayed",
        section=Section.CHILDREN_IN_CARE,
        kind="flow",
        better="low",
        statuses=(DELAYED, PROMPT),
        numerator=frozenset({DELAYED}),
        denominator=frozenset({DELAYED, PROMPT}),
        standards={"recorded": days("entering care to its record")},
        definition="Admissions to care recorded in the month, those that were recorded later than "
        "the standard after the child entered. By the month of the record, so that no later one "
        "changes the figure, and none is missed that was still unrecorded when its month ended.",
        source="Local standard, customary (A)",
        phrase=Phrase(
            subject="The proportion of admissions to care that were recorded late",
            of=("admission", "admissions"),
        ),
    )
)
def admission_recording_delay(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for each in case.records(admissions):
        due_on, recorded = due_day(each.day, standards["recorded"]), local_date(each.recorded)
        yield Sorted(each.key, DELAYED if recorded > due_on else PROMPT, recorded, each.team)


#: Returned to parents or others with parental responsibility, as planned or not; or to relatives
#: or others without it (SSDA903 REC).
HOME_CODES = frozenset({"E4A", "E4B", "E13"})

HOME, ELSEWHERE = "home", "elsewhere"


@MEASURES.measure(
    spread(
        (HOME, ELSEWHERE),
        id="discharges_from_care",
        title="Discharges from care, year to date",
        section=Section.DEMAND,
        window="fytd",
        definition="Times since April that a child left care, going over to short breaks included.",
        source="SSDA903 (D)",
        phrase=Phrase(said="there [was|were] {discharge|discharges} from care"),
    )
)
def discharges_from_care(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for each in case.records(discharges):
        yield Sorted(
            each.key, HOME if each.reason in HOME_CODES else ELSEWHERE, each.day, each.team
        )


MEASURES.part(
    "discharges_from_care",
    id="discharged_home",
    title="Discharged to parents or relatives",
    section=Section.CHILDREN_IN_CARE,
    window="month",
    numerator=frozenset({HOME}),
    denominator=frozenset({HOME, ELSEWHERE}),
    definition="Of the discharges from care in the month, those to parents or relatives (E4A, E4B, "
    "E13).",
    phrase=Phrase(said="{child|children} leaving care went home to parents or relatives"),
)
