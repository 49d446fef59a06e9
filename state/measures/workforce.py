"""The workforce. Definitions: MEASURES.md, "Management oversight"."""

from collections.abc import Callable, Iterator, Mapping

from schemas.measure import Asked, Measure, Section
from state.records.workforce import allocated_workers, post
from state.rules import Counts, Sorted, Standards, measure
from state.view import CaseView

#: What one worker's count is made of: children, the post in millionths of a full one, its team.
CHILD, FTE_MILLIONTHS, IN_TEAM = "child", "fte_millionths", "in:"

MILLION = 1_000_000

WITHIN, ABOVE, POST_UNKNOWN = "within", "above", "post_unknown"


def sort_workers(
    workers: Mapping[str, Counts],
    standards: Standards,
    locality_of: Callable[[str | None], str],
) -> dict[str, dict[str, int]]:
    """How many workers there are by locality and status, given each one's own counts."""
    most = standards["caseload"].count
    found: dict[str, dict[str, int]] = {}
    for counts in workers.values():
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


@measure(
    Measure(
        id="caseload_18",
        about=("child", "worker"),
        title="Social workers with 18 children or fewer per fte",
        section=Section.WORKFORCE,
        kind="stock",
        better="high",
        statuses=(WITHIN, ABOVE, POST_UNKNOWN),
        numerator=frozenset({WITHIN}),
        denominator=frozenset({WITHIN, ABOVE}),
        standards={"caseload": Asked("children per full-time post", ("children",))},
        definition="Workers who hold at least one child, with no more children for each full-time "
        "post than the standard. A worker whose post is not on record is left out.",
        source="Local standard, stated in the report (L)",
    ),
    regroup=sort_workers,
)
def caseload_18(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for worker in case.records(allocated_workers):
        yield Sorted(worker, CHILD, group=worker)
    held = case.records(post)
    if held:
        yield Sorted(case.key, FTE_MILLIONTHS, group=case.key, weight=round(held.fte * MILLION))
        yield Sorted(case.key, f"{IN_TEAM}{held.team or ''}", group=case.key)
