"""Children in care: visits, reviews, legal status.

Definitions: MEASURES.md, "Seeing children", "Assessment, planning and review", "Stability and
permanence".
"""

from collections.abc import Iterator
from datetime import date

from schemas.codes import VisitKind
from schemas.measure import Section, days
from state.calendar import add_months, due_day
from state.measures.forms import MET, MISSED, cohort, duty, recurring, share, timed, yes_no
from state.records.care import (
    SHORT_BREAKS,
    care_periods,
    care_reviews,
    current_placement,
    entered_care,
    in_care,
    legal_status_in,
)
from state.records.referrals import visits
from state.rules import Sorted, Standards, measure
from state.view import CaseView


@measure(
    duty(
        id="statutory_visits",
        title="Children in care with an up-to-date statutory visit",
        section=Section.CHILDREN_IN_CARE,
        standards={
            "first": days("start of placement to first visit"),
            "first_year": days("between visits in the placement's first year"),
            "until_eighteen": days("between visits after it, if meant to last until 18"),
            "otherwise": days("between visits after it, if not"),
        },
        definition="Children in care whose latest statutory visit, face to face and with the child "
        "seen, is no older than the standard. The interval is that of the day of the latest visit.",
        source="Care Planning, Placement and Case Review Regulations 2010, reg. 28 (S)",
    )
)
def statutory_visits(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    period = case.records(in_care)
    if not period:
        return
    placement = case.records(current_placement)
    start = placement.day if placement else period.day
    seen = [
        visit.day
        for visit in case.records(visits)
        if visit.kind is VisitKind.STATUTORY
        and visit.child_seen
        and not visit.virtual
        and visit.day >= start
    ]
    if not seen:
        due_on = due_day(start, standards["first"])
    elif seen[-1] < add_months(start, 12):
        due_on = due_day(seen[-1], standards["first_year"])
    else:
        lasting = placement is not None and placement.until_eighteen
        due_on = due_day(seen[-1], standards["until_eighteen" if lasting else "otherwise"])
    yield Sorted(period.key, recurring(case.clock, due_on, bool(seen)), due=due_on)


OUTSIDE_CARE = "outside_care"


@measure(
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


@measure(
    share(
        id="cic_section20",
        title="Children in care accommodated under Section 20",
        section=Section.CHILDREN_IN_CARE,
        better="low",
        definition="Children in care whose legal status is V2.",
        source="SSDA903 legal status (D)",
    )
)
def cic_section20(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    period = case.records(in_care)
    if period:
        yield Sorted(case.key, yes_no(legal_status_in(case, period) == "V2"))
