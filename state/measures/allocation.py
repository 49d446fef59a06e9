"""Allocation: whether a child has a social worker, and how often the worker changes."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from casepulse.schemas.measure import Asked, Measure, Section, days, months
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day
from casepulse.state.measures.forms import share, yes_no
from casepulse.state.records.oversight import open_since
from casepulse.state.records.populations import is_open
from casepulse.state.records.stays import in_care
from casepulse.state.records.workforce import allocated_worker_now, allocations, has_left
from casepulse.state.rules import Counts, Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

ALLOCATED, WORKER_LEFT = "allocated", "worker_left"
DELAYED, LONG_DELAYED = "delayed", "long_delayed"

#: Before they are counted: what there is to say of a worker, and where children without one are.
LEFT, NO_WORKER = "left", "-"

#: Between the worker and the team by whom children are counted first.
_AND = ":"


def sort_children(
    workers: Mapping[str, Counts],
    standards: Standards,
    locality_of: Callable[[str | None], str],
) -> dict[str, dict[str, int]]:
    """How many children there are by locality and status, given those of each worker and team."""
    left = {worker for worker, counts in workers.items() if counts.get(LEFT)}
    found: dict[str, dict[str, int]] = {}
    for worker_and_team, counts in workers.items():
        worker, _, team = worker_and_team.partition(_AND)
        for status, count in counts.items():
            if status != LEFT:
                now = WORKER_LEFT if status == ALLOCATED and worker in left else status
                here = found.setdefault(locality_of(team), {})
                here[now] = here.get(now, 0) + count
    return found


@MEASURES.measure(
    Measure(
        id="allocated_worker",
        about=("child", "worker"),
        title="Children with an allocated social worker",
        section=Section.WORKFORCE,
        kind="stock",
        better="high",
        decimals=1,
        statuses=(ALLOCATED, WORKER_LEFT, DELAYED, LONG_DELAYED),
        numerator=frozenset({ALLOCATED, WORKER_LEFT}),
        denominator=frozenset({ALLOCATED, WORKER_LEFT, DELAYED, LONG_DELAYED}),
        late=frozenset({DELAYED, LONG_DELAYED}),
        standards={"long": days("without a worker before the delay is long")},
        definition="Children open to social care whose case is allocated to a social worker, one "
        "who has left by now included. A manager who holds a case meanwhile is none. Of several "
        "workers the one who took the case last counts.",
        source="Local measure of the report (L)",
        phrase=Phrase(
            subject="The proportion of children with an allocated social worker",
            of=("child", "children"),
            summary=True,
        ),
    ),
    regroup=sort_children,
)
def allocated_worker(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(has_left):
        yield Sorted(case.key, LEFT, group=case.key)
    since = case.records(open_since)
    if since:
        team, worker = case.team(), case.records(allocated_worker_now)
        if worker:
            group = f"{worker}{_AND}{team or ''}"
            yield Sorted(case.key, ALLOCATED, team=team, group=group)
        else:
            # A worker is due at once: on the list the child stands from the day without one.
            without = _without_since(case, since)
            long = case.clock.past(due_day(without, standards["long"]))
            status, group = LONG_DELAYED if long else DELAYED, f"{NO_WORKER}{_AND}{team or ''}"
            yield Sorted(case.key, status, team=team, due=without, group=group)


def _without_since(case: CaseView, opened: date) -> date:
    return max([opened, *(each.ended for each in case.records(allocations) if each.ended)])


MEASURES.part(
    "allocated_worker",
    id="allocation_delayed",
    title="Children experiencing a delay in allocation",
    better="low",
    numerator=frozenset({DELAYED, LONG_DELAYED}),
    denominator=None,
    late=frozenset({DELAYED, LONG_DELAYED}),
    definition="Children open to social care whose case is not allocated to a social worker.",
    phrase=Phrase(said="{child was|children were} experiencing a delay in allocation"),
)
MEASURES.part(
    "allocated_worker",
    id="allocation_long_delayed",
    title="Children experiencing a long delay in allocation",
    better="low",
    numerator=frozenset({LONG_DELAYED}),
    denominator=None,
    late=frozenset({LONG_DELAYED}),
    definition="Of the children of allocation_delayed, those without a social worker for longer "
    "than the standard.",
    phrase=Phrase(said="for {of these|of these} the delay was longer than the standard allows"),
)
MEASURES.part(
    "allocated_worker",
    id="allocated_to_leavers",
    title="Children still allocated to workers who have left",
    better="low",
    numerator=frozenset({WORKER_LEFT}),
    denominator=None,
    definition="Children open to social care whose case is still allocated to a social worker who "
    "has left, in the month or before. They stand on no list: that the worker has left is known "
    "only once all cases are counted together.",
    phrase=Phrase(said="{child was|children were} still allocated to workers who had left"),
)
MEASURES.part(
    "allocated_worker",
    id="without_allocated_worker",
    title="Children without an allocated social worker, in total",
    better="low",
    numerator=frozenset({WORKER_LEFT, DELAYED, LONG_DELAYED}),
    denominator=None,
    late=frozenset({DELAYED, LONG_DELAYED}),
    definition="The children of allocation_delayed and of allocated_to_leavers together. Late are "
    "those without any worker.",
    phrase=Phrase(said="in total, {child was|children were} without an allocated social worker"),
)

_TOO_MANY = Asked("as many as these, and the case is not stable", ("workers",))


def _stable(case: CaseView, standards: Standards) -> str:
    """Whether fewer social workers than too many have held the child in the look-back."""
    months = standards["look_back"].count
    held = {
        each.worker
        for each in case.records(allocations)
        if each.ended_at is None or case.clock.within_last(months, each.ended_at)
    }
    return yes_no(len(held) < standards["too_many"].count)


@MEASURES.measure(
    share(
        id="sw_stability_6m",
        title="Children with fewer than 3 social workers in the last 6 months",
        section=Section.WORKFORCE,
        better="high",
        standards={"look_back": months("how long a worker counts"), "too_many": _TOO_MANY},
        definition="Children open to social care who were allocated to fewer different social "
        "workers in the look-back than are too many. One who held the case as it began counts.",
        source="Local measure of the report (L)",
        phrase=Phrase(
            subject="The proportion of children with fewer than 3 social workers in the last 6 "
            "months",
            of=("child", "children"),
        ),
    )
)
def sw_stability_6m(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(is_open):
        yield Sorted(case.key, _stable(case, standards))


@MEASURES.measure(
    share(
        id="sw_stability_cic_12m",
        title="Children in care with fewer than 3 social workers in the last 12 months",
        section=Section.WORKFORCE,
        better="high",
        standards={"look_back": months("how long a worker counts"), "too_many": _TOO_MANY},
        definition="As sw_stability_6m, of children in care, with a longer look-back.",
        source="Local measure of the report (L)",
        phrase=Phrase(
            subject="The proportion of children in care with fewer than 3 social workers in the "
            "last 12 months",
            of=("child", "children"),
        ),
    )
)
def sw_stability_cic_12m(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    period = case.records(in_care)
    if period:
        yield Sorted(period.key, _stable(case, standards))
