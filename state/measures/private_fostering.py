"""Private fostering."""

from collections.abc import Iterator

from casepulse.schemas.measure import Section, days
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import add_months, due_day
from casepulse.state.measures.forms import RECURRING, duty, recurring
from casepulse.state.records.private_fostering import private_fostering
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()


@MEASURES.measure(
    duty(
        id="private_fostering_visits",
        title="Private fostering statutory visits in time",
        section=Section.CHILDREN_IN_CARE,
        standards={
            "first": days("start of arrangement to first visit"),
            "first_year": days("between visits in its first year"),
            "later": days("between visits after it"),
        },
        definition="Privately fostered children whose latest visit is no older than the standard, "
        "or whose first is not due yet. The interval is that of the day of the latest visit.",
        source="Children (Private Arrangements for Fostering) Regulations 2005, reg. 8 (S)",
        phrase=Phrase(
            subject="Timeliness of statutory visits to privately fostered children",
            of=("arrangement", "arrangements"),
        ),
    )
)
def private_fostering_visits(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    arrangement = case.records(private_fostering)
    if arrangement:
        start, visited = arrangement.day, arrangement.visited
        if visited is None:
            due_on = due_day(start, standards["first"])
        else:
            first_year = visited < add_months(start, 12)
            due_on = due_day(visited, standards["first_year" if first_year else "later"])
        status = recurring(case.clock, due_on, visited is not None)
        yield Sorted(arrangement.key, status, due=due_on)


MEASURES.part(
    "private_fostering_visits",
    id="private_fostering",
    title="Private fostering arrangements",
    numerator=frozenset(RECURRING),
    denominator=None,
    definition="Children in a private fostering arrangement; they are not in care.",
    phrase=Phrase(
        said="{private fostering arrangement was|private fostering arrangements were} in place"
    ),
)
