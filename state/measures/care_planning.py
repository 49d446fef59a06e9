"""Planning for children in care: assessments, reviews, the reviewing officer, pathway plans."""

from collections.abc import Iterator

from casepulse.schemas.measure import Section, days, months
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day
from casepulse.state.measures.forms import (
    LATE,
    MET,
    MISSED,
    NEVER_DONE,
    OVERDUE,
    cohort,
    duty,
    recurring,
    share,
    timed,
)
from casepulse.state.records.care_planning import (
    assessed_in_care,
    pathway_plan_made,
    reviewing_officer_noted,
    reviewing_officer_visited,
    reviews,
)
from casepulse.state.records.leaving import pathway_plan_settled
from casepulse.state.records.life import birthday, is_below
from casepulse.state.records.stays import in_care
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()


@MEASURES.measure(
    duty(
        id="cic_assessment",
        title="Children in care with an up-to-date assessment",
        section=Section.CHILDREN_IN_CARE,
        statuses=(MET, OVERDUE, NEVER_DONE),
        numerator=frozenset({MET}),
        denominator=frozenset({MET, OVERDUE, NEVER_DONE}),
        standards={
            "in_care": days("how long in care before one is looked for"),
            "assessed": days("how long an assessment holds"),
        },
        definition="Children known to be under 18 who have been in care for the standard or "
        "longer, assessed in this stay in care and no longer ago than the standard.",
        source="Local standard, customary (A)",
        phrase=Phrase(
            subject="The proportion of children in care with an up-to-date assessment",
            of=("child", "children"),
        ),
    )
)
def cic_assessment(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    stay = case.records(in_care)
    if stay is None or not is_below(case, 18):
        return
    entered = stay.day
    first_due = due_day(entered, standards["in_care"])
    if case.clock.begun(first_due):
        assessed = case.records(assessed_in_care)
        if assessed is None or assessed < entered:
            yield Sorted(stay.key, NEVER_DONE, due=first_due)
        else:
            due_on = due_day(assessed, standards["assessed"])
            yield Sorted(stay.key, recurring(case.clock, due_on, True), due=due_on)


MEASURES.part(
    "cic_assessment",
    id="cic_assessment_overdue",
    title="Children in care whose assessment is overdue",
    better="low",
    numerator=LATE,
    denominator=None,
    late=LATE,
    definition="Children of cic_assessment whose assessment is older than its standard, or who "
    "have none.",
    phrase=Phrase(said="an assessment was overdue for {child|children}"),
)

OUTSIDE_CARE = "outside_care"


@MEASURES.measure(
    cohort(
        id="cic_reviews_timely",
        title="Reviews of children in care held in time",
        section=Section.CHILDREN_IN_CARE,
        statuses=(MET, MISSED, OUTSIDE_CARE),
        standards={
            "first": days("entering care to first review"),
            "second": days("first review to second"),
            "later": days("each later review"),
        },
        definition="Reviews held in the month by their due day, counted from entering care. A "
        "review on a day when the child was not in care, or in short breaks only, is left out.",
        source="Care Planning, Placement and Case Review Regulations 2010, reg. 33 (S)",
        phrase=Phrase(
            subject="Timeliness of reviews of children in care", of=("review", "reviews")
        ),
    )
)
def cic_reviews_timely(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for review in case.records(reviews):
        if review.stay is None:
            yield Sorted(review.key, OUTSIDE_CARE, review.day, review.team)
            continue
        which = ("first", "second", "later")[min(review.which, 2)]
        due_on = due_day(review.before or review.stay.day, standards[which])
        status = timed(case.clock, due_on, review.day)
        yield Sorted(review.key, status, review.day, review.team)


#: The child attended and spoke, or an advocate did, or views came across in another way (SSDA903
#: REVIEW_CODE). Attending without (PN4) and being absent without (PN7) are not that.
REPRESENTED_CODES = frozenset({"PN1", "PN2", "PN3", "PN5", "PN6"})

REPRESENTED, UNHEARD = "represented", "unheard"


@MEASURES.measure(
    share(
        id="cic_views_represented",
        title="Views represented in the review",
        section=Section.CHILDREN_IN_CARE,
        kind="flow",
        better="high",
        statuses=(REPRESENTED, UNHEARD),
        numerator=frozenset({REPRESENTED}),
        denominator=frozenset({REPRESENTED, UNHEARD}),
        definition="Reviews of children in care in the month in which their views were represented:"
        " by themselves, an advocate or another medium. Left out: children under 4, or whose age "
        "is unknown, and those who have a pathway plan, whose part in it is recorded elsewhere.",
        source="SSDA903 review participation (D); stated in the report (L)",
        phrase=Phrase(
            subject="The proportion of reviews at which the child's views were represented",
            of=("review", "reviews"),
            summary=True,
        ),
    )
)
def cic_views_represented(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    held = case.records(reviews)
    if held:
        fourth, planned = birthday(case, 4), case.records(pathway_plan_made)
        for review in held:
            if review.stay is None or fourth is None or review.day < fourth:
                continue
            if planned and planned <= review.day:
                continue
            represented = review.participation in REPRESENTED_CODES
            status = REPRESENTED if represented else UNHEARD
            yield Sorted(review.key, status, review.day, review.team)


NOTE, VISIT, NOTE_AND_VISIT, NEITHER = "note", "visit", "note_and_visit", "neither"


@MEASURES.measure(
    share(
        id="iro_footprint",
        title="Footprint of the reviewing officer on case notes",
        section=Section.CHILDREN_IN_CARE,
        better="high",
        statuses=(NOTE, VISIT, NOTE_AND_VISIT, NEITHER),
        numerator=frozenset({NOTE, NOTE_AND_VISIT}),
        denominator=frozenset({NOTE, VISIT, NOTE_AND_VISIT, NEITHER}),
        standards={"look_back": months("how far back a note or a visit counts")},
        definition="Children in care with a case note by their independent reviewing officer in "
        "the look-back.",
        source="Stated in the report (L)",
        phrase=Phrase(
            subject="The proportion of children in care whose case notes show the reviewing "
            "officer's footprint",
            of=("child", "children"),
            summary=True,
        ),
    )
)
def iro_footprint(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(in_care):
        back = standards["look_back"].count
        note, visit = case.records(reviewing_officer_noted), case.records(reviewing_officer_visited)
        has_note = note is not None and case.clock.within_last(back, note)
        has_visit = visit is not None and case.clock.within_last(back, visit)
        if has_note:
            yield Sorted(case.key, NOTE_AND_VISIT if has_visit else NOTE)
        else:
            yield Sorted(case.key, VISIT if has_visit else NEITHER)


MEASURES.part(
    "iro_footprint",
    id="iro_visit",
    title="Visited by the reviewing officer",
    better="high",
    numerator=frozenset({VISIT, NOTE_AND_VISIT}),
    definition="Children in care whom their independent reviewing officer visited in the look-back "
    "of iro_footprint.",
    phrase=Phrase(
        subject="The proportion of children in care visited by their reviewing officer",
        of=("child", "children"),
        summary=True,
    ),
)


@MEASURES.measure(
    duty(
        id="cic_pathway_plan",
        title="Children in care with an up-to-date pathway plan",
        section=Section.CHILDREN_IN_CARE,
        standards={
            "first": months("from the 16th birthday, and from entering care, to a plan"),
            "reviewed": days("since the plan was made or last reviewed"),
        },
        definition="Children in care for longer than the standard for a first plan, and aged 16 "
        "and as much: those whose plan was made or reviewed within the standard.",
        source="Care Leavers (England) Regulations 2010; Children Act 1989, schedule 2 (S)",
        phrase=Phrase(
            subject="The proportion of children in care with an up-to-date pathway plan",
            of=("child", "children"),
        ),
    )
)
def cic_pathway_plan(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    stay = case.records(in_care)
    of_age = birthday(case, 16, standards["first"].count) if stay else None
    if stay is None or of_age is None or not case.clock.begun(of_age):
        return
    first_due = due_day(stay.day, standards["first"])
    if case.clock.past(first_due):
        settled = case.records(pathway_plan_settled)
        due_on = due_day(settled, standards["reviewed"]) if settled else max(of_age, first_due)
        yield Sorted(stay.key, recurring(case.clock, due_on, settled is not None), due=due_on)


MEASURES.part(
    "cic_pathway_plan",
    id="cic_no_pathway_plan",
    title="No pathway plan in place",
    better="low",
    numerator=frozenset({NEVER_DONE}),
    denominator=None,
    late=frozenset({NEVER_DONE}),
    definition="Children of cic_pathway_plan who have no plan.",
    phrase=Phrase(said="{young person had|young people had} no pathway plan in place"),
)
