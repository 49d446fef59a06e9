"""The wellbeing of children in care: dental checks, strengths and difficulties questionnaires."""

from collections.abc import Iterator

from casepulse.schemas.measure import Asked, Section, days, months
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day
from casepulse.state.measures.forms import LATE, MET, NEVER_DONE, NOT_DUE, OVERDUE, duty, recurring
from casepulse.state.records.health import in_care_since, latest_dental_check, latest_questionnaire
from casepulse.state.records.life import birthday, is_aged
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

_SECTION = Section.CHILDREN_IN_CARE


@MEASURES.measure(
    duty(
        id="dental_check",
        title="Children in care aged 2 and over with an up-to-date dental check",
        section=_SECTION,
        numerator=frozenset({MET}),
        standards={"checked": days("between dental checks; the first one from entering care")},
        definition="Children in care aged 2 and over whose teeth were checked within the standard, "
        "in this period of care. A first check is due so long after entering care or turning two; "
        "until then it is not due, which does not count as up to date.",
        source="Local standard, customary (A); the report leaves those not due out (L)",
        phrase=Phrase(
            subject="The proportion of children in care aged 2 and over with an up-to-date "
            "dental check",
            of=("child", "children"),
        ),
    )
)
def dental_check(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    since = case.records(in_care_since)
    if not since:
        return
    second_birthday = birthday(case, 2)
    if second_birthday and is_aged(case, 2):
        checked = case.records(latest_dental_check)
        if checked and checked < since:
            checked = None
        due_on = due_day(checked or max(since, second_birthday), standards["checked"])
        yield Sorted(case.key, recurring(case.clock, due_on, checked is not None), due=due_on)


MEASURES.part(
    "dental_check",
    id="dental_overdue",
    title="Children in care whose dental check is overdue",
    better="low",
    numerator=LATE,
    denominator=None,
    late=LATE,
    definition="Of the children of dental_check, how many have had none in time.",
    phrase=Phrase(said="a dental check was overdue for {child|children}"),
)

#: A questionnaire that was completed has a score of concern, or a lower one.
BELOW, CONCERN = "below", "concern"
MET_BELOW, MET_CONCERN = f"{MET}_{BELOW}", f"{MET}_{CONCERN}"
OVERDUE_BELOW, OVERDUE_CONCERN = f"{OVERDUE}_{BELOW}", f"{OVERDUE}_{CONCERN}"
NO_TIMELY_ONE = frozenset({OVERDUE_BELOW, OVERDUE_CONCERN, NEVER_DONE})


@MEASURES.measure(
    duty(
        id="sdq_up_to_date",
        title="Children in care aged 4-17 with an up-to-date SDQ or awaiting their first",
        section=_SECTION,
        statuses=(MET_BELOW, MET_CONCERN, NOT_DUE, OVERDUE_BELOW, OVERDUE_CONCERN, NEVER_DONE),
        numerator=frozenset({MET_BELOW, MET_CONCERN, NOT_DUE}),
        denominator=frozenset({MET_BELOW, MET_CONCERN, NOT_DUE, *NO_TIMELY_ONE}),
        late=NO_TIMELY_ONE,
        standards={
            "completed": days("between questionnaires"),
            "first": days("entering care, or turning four, to the first"),
            "concern": Asked("the least score of concern", ("points",)),
        },
        definition="Children in care aged 4 to 17 whose strengths and difficulties questionnaire "
        "of this period of care is no older than the standard, or whose first is not due yet.",
        source="DfE, SSDA903 (D); awaiting a first one as the report counts it (L)",
        phrase=Phrase(
            subject="The proportion of children in care aged 4 to 17 with an up-to-date "
            "Strengths and Difficulties Questionnaire, or awaiting their first,",
            of=("child", "children"),
        ),
    )
)
def sdq_up_to_date(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    since = case.records(in_care_since)
    if not since:
        return
    fourth_birthday = birthday(case, 4)
    if not fourth_birthday or not is_aged(case, 4) or is_aged(case, 18):
        return
    latest = case.records(latest_questionnaire)
    if latest and latest.day >= since:
        due_on = due_day(latest.day, standards["completed"])
        band = CONCERN if latest.score >= standards["concern"].count else BELOW
        status = f"{recurring(case.clock, due_on, done_before=True)}_{band}"
    else:
        due_on = due_day(max(since, fourth_birthday), standards["first"])
        status = recurring(case.clock, due_on, done_before=False)
    yield Sorted(case.key, status, due=due_on)


MEASURES.part(
    "sdq_up_to_date",
    id="sdq_missing",
    title="Children in care aged 4-17 without a timely SDQ",
    better="low",
    numerator=NO_TIMELY_ONE,
    late=NO_TIMELY_ONE,
    definition="Of the children of sdq_up_to_date, those whose questionnaire is overdue.",
    phrase=Phrase(said="{child|children} did not have a timely questionnaire"),
)
MEASURES.part(
    "sdq_up_to_date",
    id="sdq_concern",
    title="Children in care with an SDQ score of concern",
    better="low",
    numerator=frozenset({MET_CONCERN, OVERDUE_CONCERN}),
    denominator=frozenset({MET_BELOW, MET_CONCERN, OVERDUE_BELOW, OVERDUE_CONCERN}),
    definition="Of the children of sdq_up_to_date who have a questionnaire, however old, those "
    "whose latest score is as high as the standard.",
    phrase=Phrase(said="{child|children} had a score that is a cause for concern"),
)

POINTS, CHILD = "points", "child"


@MEASURES.measure(
    duty(
        id="sdq_average",
        title="Average SDQ score of children in care aged 4-16",
        section=_SECTION,
        better="low",
        scale="average",
        decimals=1,
        statuses=(POINTS, CHILD),
        numerator=frozenset({POINTS}),
        denominator=frozenset({CHILD}),
        late=frozenset(),
        standards={"in_care": months("how long a child is in care before its score counts")},
        definition="The average of the latest scores, in this period of care, of children aged 4 "
        "to 16 who have been in care longer than the standard.",
        source="DfE, outcomes of looked after children: average SDQ score (D)",
        phrase=Phrase(
            subject="The average Strengths and Difficulties score of children in care aged 4 to 16"
        ),
    )
)
def sdq_average(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    since = case.records(in_care_since)
    if not since:
        return
    latest = case.records(latest_questionnaire)
    if not latest or latest.day < since:
        return
    long_enough = case.clock.past(due_day(since, standards["in_care"]))
    if long_enough and is_aged(case, 4) and not is_aged(case, 17):
        yield Sorted(case.key, POINTS, weight=latest.score)
        yield Sorted(case.key, CHILD)
