"""Child protection: enquiries that are not completed yet, and conferences not held yet.

What is done is timed by `s47_timely` and `icpc_timely`, in the month in which it is done. What is
not done is in neither; it is here, with the same due day.
"""

from collections.abc import Iterator
from datetime import date

from casepulse.schemas.measure import Section, days
from casepulse.schemas.phrase import Phrase
from casepulse.schemas.standard import Standard
from casepulse.state.calendar import due_day
from casepulse.state.clock import Clock
from casepulse.state.measures.forms import OVERDUE, PENDING, UNTRACED, spread
from casepulse.state.records.oversight import closed_since
from casepulse.state.records.protection import (
    StrategyDiscussion,
    enquiries_awaiting_conference,
    enquiries_under_way,
)
from casepulse.state.records.stays import stays
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

#: To be done: in time as yet, late, or from no day on record.
TO_BE_DONE = (PENDING, OVERDUE, UNTRACED)

#: Nobody waits for it any more, though nobody ended it: the case was closed; care took its place.
CLOSED, IN_CARE = "closed", "in_care"


@MEASURES.measure(
    spread(
        (*TO_BE_DONE, CLOSED),
        id="s47_under_way",
        title="S47 enquiries under way",
        section=Section.CHILD_PROTECTION,
        kind="stock",
        numerator=frozenset(TO_BE_DONE),
        late=frozenset({OVERDUE}),
        standards={"completed": days("strategy discussion that began the enquiry to completed")},
        definition="Section 47 enquiries begun and neither completed nor ended by an initial "
        "conference. One whose strategy discussion is not on record is untraced: it counts, and "
        "has no due day. One left open when the case was closed, on the very day too, is not "
        "counted, but shown as closed, even if the child was referred again.",
        source="Working Together 2018 (S)",
        phrase=Phrase(said="{S47 enquiry was|S47 enquiries were} under way"),
    )
)
def s47_under_way(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for enquiry in case.records(enquiries_under_way):
        if enquiry.started_day and closed_since(case, enquiry.started_day):
            yield Sorted(enquiry.key, CLOSED)
        else:
            due_on = _due(enquiry.discussion, standards["completed"])
            yield Sorted(enquiry.key, _status(case.clock, due_on), due=due_on)


MEASURES.part(
    "s47_under_way",
    id="s47_overdue",
    title="S47 enquiries overdue",
    better="low",
    numerator=frozenset({OVERDUE}),
    late=frozenset({OVERDUE}),
    definition="Of the section 47 enquiries under way, how many have been so for longer than the "
    "standard.",
    phrase=Phrase(said="{of these was|of these were} overdue"),
)


@MEASURES.measure(
    spread(
        (*TO_BE_DONE, IN_CARE, CLOSED),
        id="icpc_awaited",
        title="Initial child protection conferences awaited",
        section=Section.CHILD_PROTECTION,
        kind="stock",
        numerator=frozenset(TO_BE_DONE),
        late=frozenset({OVERDUE}),
        standards={"held": days("strategy discussion that began the S47 enquiry to conference")},
        definition="Section 47 enquiries completed for an initial conference, where none that "
        "names the enquiry, and none since it was completed, has been held. One whose strategy "
        "discussion is not on record is untraced: it counts, and has no due day. Not counted, but "
        "shown, are those of children who have come into care since, and those of cases closed "
        "since.",
        source="Working Together 2018 (S)",
        phrase=Phrase(
            said="{initial child protection conference was|initial child protection "
            "conferences were} awaited"
        ),
    )
)
def icpc_awaited(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for enquiry in case.records(enquiries_awaiting_conference):
        assert enquiry.completed_day
        if closed_since(case, enquiry.completed_day):
            yield Sorted(enquiry.key, CLOSED)
        elif _came_into_care_since(case, enquiry.completed_day):
            yield Sorted(enquiry.key, IN_CARE)
        else:
            due_on = _due(enquiry.discussion, standards["held"])
            yield Sorted(enquiry.key, _status(case.clock, due_on), due=due_on)


MEASURES.part(
    "icpc_awaited",
    id="icpc_overdue",
    title="Initial child protection conferences overdue",
    better="low",
    numerator=frozenset({OVERDUE}),
    late=frozenset({OVERDUE}),
    definition="Of the initial conferences awaited, how many should have been held by now.",
    phrase=Phrase(said="{of these was|of these were} overdue"),
)


def _due(discussion: StrategyDiscussion | None, standard: Standard) -> date | None:
    return due_day(discussion.day, standard) if discussion else None


def _status(clock: Clock, due_on: date | None) -> str:
    if due_on is None:
        return UNTRACED
    return OVERDUE if clock.past(due_on) else PENDING


def _came_into_care_since(case: CaseView, day: date) -> bool:
    return any(stay.day >= day for stay in case.records(stays))
