"""Management oversight and workforce. Definitions: MEASURES.md, "Management oversight"."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from schemas.measure import Asked, Measure, Section, days
from state.calendar import due_day, local_date
from state.records import allocated_workers, post, protection_plans, visits
from state.rules import Sorted, Standards, measure
from state.view import CaseView

DELAYED, PROMPT = "delayed", "prompt"


@measure(
    Measure(
        id="cp_visit_recording_delay",
        title="Recording of visits to children on a plan delayed",
        section=Section.OVERSIGHT,
        kind="flow",
        better="low",
        statuses=(DELAYED, PROMPT),
        numerator=frozenset({DELAYED}),
        denominator=frozenset({DELAYED, PROMPT}),
        standards={"recorded": days("visit to its record")},
        definition="Visits in the month to children on a protection plan that were recorded later "
        "than the standard.",
        source="Local standard, customary (A)",
    )
)
def cp_visit_recording_delay(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    plans = case.records(protection_plans)
    if plans:
        for visit in case.records(visits):
            if any(plan.covers(visit.day) for plan in plans):
                due_on = due_day(visit.day, standards["recorded"])
                late = local_date(visit.recorded) > due_on
                yield Sorted(visit.key, DELAYED if late else PROMPT, visit.day, visit.team)


#: What one worker's count is made of: children, the post in millionths of a full one, its team.
CHILD, FTE_MILLIONTHS, IN_TEAM = "child", "fte_millionths", "in:"

MILLION = 1_000_000

WITHIN, ABOVE, POST_UNKNOWN = "within", "above", "post_unknown"


@measure(
    Measure(
        id="caseload_18",
        title="Social workers with 18 children or fewer per fte",
        section=Section.OVERSIGHT,
        kind="stock",
        better="high",
        statuses=(WITHIN, ABOVE, POST_UNKNOWN),
        numerator=frozenset({WITHIN}),
        denominator=frozenset({WITHIN, ABOVE}),
        standards={"caseload": Asked("children per full-time post", ("children",))},
        by_worker=True,
        definition="Workers who hold at least one child, with no more children for each full-time "
        "post than the standard. A worker whose post is not on record is left out.",
        source="Local standard, stated in the report (L)",
    )
)
def caseload_18(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for worker in case.records(allocated_workers):
        yield Sorted(worker, CHILD, worker=worker)
    held = case.records(post)
    if held:
        yield Sorted(case.key, FTE_MILLIONTHS, worker=case.key, weight=round(held.fte * MILLION))
        yield Sorted(case.key, f"{IN_TEAM}{held.team or ''}", worker=case.key)


def sort_workers(
    workers: Iterable[Mapping[str, int]],
    standards: Standards,
    locality_of: Callable[[str | None], str],
) -> dict[str, dict[str, int]]:
    """How many workers there are by locality and status, given each one's own counts."""
    most = standards["caseload"].count
    found: dict[str, dict[str, int]] = {}
    for counts in workers:
        children, millionths = counts.get(CHILD, 0), counts.get(FTE_MILLIONTHS, 0)
        if children:
            team = next((each[len(IN_TEAM) :] for each in counts if each.startswith(IN_TEAM)), None)
            if not millionths:
                status = POST_UNKNOWN
            else:
                status = WITHIN if children * MILLION <= most * millionths else ABOVE
            here = found.setdefault(locality_of(team), {})
            here[status] = here.get(status, 0) + 1
    return found
