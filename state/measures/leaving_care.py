"""Care leavers: in touch, seen, with a pathway plan. Where they live and what they do:
leaving_care_outcomes.py.
"""

from collections.abc import Iterator

from casepulse.schemas.measure import Section, days
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day
from casepulse.state.measures.forms import (
    LATE,
    MET,
    NEVER_DONE,
    OVERDUE,
    RECURRING,
    UP_TO_DATE,
    YES,
    count,
    duty,
    recurring,
)
from casepulse.state.records.leaving import last_in_touch, last_seen, pathway_plan_settled
from casepulse.state.records.life import born, is_aged
from casepulse.state.records.populations import care_leaver
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

_SECTION = Section.LEAVING_CARE

#: The report's bands of age: "younger" is 16 to 18; for visits it is 16 to 20.
UNDER_19, FROM_19, AGE_UNKNOWN = "16_to_18", "19_and_over", "age_unknown"
UNDER_21, FROM_21 = "16_to_20", "21_and_over"


def _aged(statuses: frozenset[str] | tuple[str, ...], *bands: str) -> frozenset[str]:
    return frozenset(f"{status}_{band}" for status in statuses for band in bands)


def _by_age(statuses: tuple[str, ...], *bands: str) -> tuple[str, ...]:
    return tuple(f"{status}_{band}" for band in bands for status in statuses)


@MEASURES.measure(
    count(
        id="care_leavers",
        title="Care leavers",
        section=Section.DEMAND,
        definition="Young people who qualified as care leavers and whose support has not ended.",
        source="Ofsted Annex A, list 8 (D)",
        phrase=Phrase(said="the authority supported {care leaver|care leavers}"),
    )
)
def care_leavers(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    leaver = case.records(care_leaver)
    if leaver:
        yield Sorted(leaver.key, YES)


def band_of_age(case: CaseView) -> str:
    """The report's band of a care leaver's age."""
    if case.records(born) is None:
        return AGE_UNKNOWN
    return FROM_19 if is_aged(case, 19) else UNDER_19


@MEASURES.measure(
    duty(
        id="cl_in_touch",
        title="Care leavers in touch",
        section=_SECTION,
        statuses=_by_age(RECURRING, UNDER_19, FROM_19, AGE_UNKNOWN),
        numerator=_aged(UP_TO_DATE, UNDER_19, FROM_19, AGE_UNKNOWN),
        denominator=_aged(RECURRING, UNDER_19, FROM_19, AGE_UNKNOWN),
        late=_aged(LATE, UNDER_19, FROM_19, AGE_UNKNOWN),
        standards={"in_touch": days("since last in touch, or since qualifying")},
        definition="Care leavers with whom a worker was in touch, in whatever way, within the "
        "standard, or who qualified within it.",
        source="Stated in the report (L)",
        phrase=Phrase(
            subject="The proportion of care leavers with whom the authority was in touch",
            of=("care leaver", "care leavers"),
        ),
    )
)
def cl_in_touch(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    leaver = case.records(care_leaver)
    if leaver:
        last = case.records(last_in_touch)
        done = last is not None and last >= leaver.day
        due_on = due_day(last if last and done else leaver.day, standards["in_touch"])
        band = case.records(band_of_age)
        yield Sorted(leaver.key, f"{recurring(case.clock, due_on, done)}_{band}", due=due_on)


MEASURES.part(
    "cl_in_touch",
    id="cl_in_touch_younger",
    title="Younger care leavers in touch",
    better="high",
    numerator=_aged(UP_TO_DATE, UNDER_19),
    denominator=_aged(RECURRING, UNDER_19),
    late=_aged(LATE, UNDER_19),
    definition="Of the care leavers of cl_in_touch, those aged 16 to 18.",
    phrase=Phrase(
        subject="The proportion of younger care leavers with whom the authority was in touch",
        of=("care leaver", "care leavers"),
    ),
)


@MEASURES.measure(
    duty(
        id="cl_younger_seen",
        title="Care leavers aged 16-20 seen in time",
        section=_SECTION,
        statuses=_by_age(RECURRING, UNDER_21, FROM_21),
        numerator=_aged(UP_TO_DATE, UNDER_21),
        denominator=_aged(RECURRING, UNDER_21),
        late=_aged(LATE, UNDER_21),
        standards={
            "younger": days("since last seen, or since qualifying, aged 16 to 20"),
            "older": days("since last seen, or since qualifying, aged 21 and over"),
        },
        definition="Care leavers aged 16 to 20 who were seen, virtually or face to face, within "
        "the standard, or who qualified within it. One of unknown age is left out.",
        source="Local standards: stated in the report for the younger (L), customary else (A)",
        phrase=Phrase(
            subject="The proportion of care leavers aged 16 to 20 who were seen in time",
            of=("care leaver", "care leavers"),
        ),
    )
)
def cl_younger_seen(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    leaver = case.records(care_leaver)
    if leaver and case.records(born):
        seen = case.records(last_seen)
        done = seen is not None and seen >= leaver.day
        older = is_aged(case, 21)
        standard = standards["older" if older else "younger"]
        due_on = due_day(seen if seen and done else leaver.day, standard)
        band = FROM_21 if older else UNDER_21
        yield Sorted(leaver.key, f"{recurring(case.clock, due_on, done)}_{band}", due=due_on)


MEASURES.part(
    "cl_younger_seen",
    id="cl_older_seen",
    title="Care leavers aged 21 and over seen in time",
    better="high",
    numerator=_aged(UP_TO_DATE, FROM_21),
    denominator=_aged(RECURRING, FROM_21),
    late=_aged(LATE, FROM_21),
    definition="As cl_younger_seen, of those aged 21 and over.",
    phrase=Phrase(
        subject="The proportion of care leavers aged 21 and over who were seen in time",
        of=("care leaver", "care leavers"),
    ),
)


@MEASURES.measure(
    duty(
        id="cl_pathway_plan",
        title="Care leavers with an up-to-date pathway plan",
        section=_SECTION,
        statuses=(MET, OVERDUE, NEVER_DONE),
        denominator=frozenset({MET, OVERDUE, NEVER_DONE}),
        numerator=frozenset({MET}),
        standards={"reviewed": days("a plan made or reviewed to its next review")},
        definition="Care leavers with a pathway plan, in care or since, that was made or reviewed "
        "within the standard. One without a plan is never up to date.",
        source="Care Leavers (England) Regulations 2010, reg. 7 (S)",
        phrase=Phrase(
            subject="The proportion of care leavers with an up-to-date pathway plan",
            of=("care leaver", "care leavers"),
        ),
    )
)
def cl_pathway_plan(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    leaver = case.records(care_leaver)
    if leaver:
        settled = case.records(pathway_plan_settled)
        if settled is None:
            yield Sorted(leaver.key, NEVER_DONE)
        else:
            due_on = due_day(settled, standards["reviewed"])
            yield Sorted(leaver.key, recurring(case.clock, due_on, True), due=due_on)


MEASURES.part(
    "cl_pathway_plan",
    id="cl_no_pathway_plan",
    title="Care leavers without a pathway plan, or its review overdue",
    better="low",
    numerator=LATE,
    denominator=None,
    late=LATE,
    definition="Of the care leavers of cl_pathway_plan, how many have no plan or a late review.",
    phrase=Phrase(said="{care leaver|care leavers} had no pathway plan, or its review was overdue"),
)
