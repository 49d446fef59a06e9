"""Child protection: children who become subject of a plan again.

An earlier plan is one of this authority, however long ago.
"""

from collections.abc import Iterator

from casepulse.schemas.measure import Section
from casepulse.schemas.phrase import Phrase
from casepulse.state.measures.forms import share
from casepulse.state.records.protection import open_plan, protection_plans
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

FIRST, SECOND, THIRD_OR_MORE = "first", "second", "third_or_more"
NUMBERED = (FIRST, SECOND, THIRD_OR_MORE)
REPEATED = frozenset({SECOND, THIRD_OR_MORE})


def _numbered(before: int) -> str:
    return NUMBERED[min(before, 2)]


@MEASURES.measure(
    share(
        id="repeat_plans_started",
        title="Plans started in the month that are second or subsequent",
        section=Section.CHILD_PROTECTION,
        kind="flow",
        better="low",
        statuses=NUMBERED,
        numerator=REPEATED,
        denominator=frozenset(NUMBERED),
        definition="Of the protection plans that began in the month, those of children who had "
        "been subject of an earlier plan here.",
        source="CIN census (D)",
        phrase=Phrase(
            subject="The proportion of plans started that were second or subsequent plans",
            of=("plan", "plans"),
        ),
    )
)
def repeat_plans_started(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for before, plan in enumerate(case.records(protection_plans)):
        yield Sorted(plan.key, _numbered(before), plan.day, plan.team)


MEASURES.part(
    "repeat_plans_started",
    id="repeat_plans_fytd",
    title="Second or subsequent plans, year to date",
    section=Section.DEMAND,
    better="low",
    window="fytd",
    definition="As repeat_plans_started, since April.",
    phrase=Phrase(
        subject="The proportion of protection plans started in the financial year to date "
        "that were second or subsequent plans",
        of=("plan", "plans"),
    ),
)


@MEASURES.measure(
    share(
        id="repeat_plans_current",
        title="Children on a plan now who had a previous plan",
        section=Section.CHILD_PROTECTION,
        better="low",
        statuses=NUMBERED,
        numerator=REPEATED,
        denominator=frozenset(NUMBERED),
        definition="Of the children on a protection plan, those who had been subject of an earlier "
        "plan here.",
        source="CIN census (D)",
        phrase=Phrase(
            subject="The proportion of children on a plan who had a previous plan",
            of=("child", "children"),
            localities=True,
        ),
    )
)
def repeat_plans_current(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    plan = case.records(open_plan)
    if plan:
        before = [each for each in case.records(protection_plans) if each.started < plan.started]
        yield Sorted(plan.key, _numbered(len(before)))


MEASURES.part(
    "repeat_plans_current",
    id="three_or_more_plans",
    title="Children with 3 or more protection plans",
    better="low",
    numerator=frozenset({THIRD_OR_MORE}),
    definition="Of the children on a protection plan, those for whom it is the third or a later "
    "one.",
    phrase=Phrase(said="{child had|children had} had 3 or more protection plans"),
)
