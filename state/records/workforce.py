"""Who holds a child, and what post a worker holds."""

from dataclasses import dataclass

from schemas.events.workforce import AllocationEnded, AllocationStarted, WorkerLeft, WorkerRecorded
from state.records.keys import by_key, one_a_record
from state.view import CaseView


def allocated_workers(case: CaseView) -> list[str]:
    """The workers who hold the child now, each once, by key."""
    ended = by_key(case.facts(AllocationEnded), "allocation")
    held = set()
    for fact in one_a_record(case, AllocationStarted, "allocation"):
        data = fact.data
        assert isinstance(data, AllocationStarted)
        if data.allocation not in ended:
            held.add(data.worker)
    return sorted(held)


@dataclass(frozen=True, slots=True)
class Post:
    """The post a worker holds now."""

    fte: float
    team: str | None


def post(case: CaseView) -> Post | None:
    """The worker's post; None once they have left."""
    posts, left = case.facts(WorkerRecorded), case.facts(WorkerLeft)
    if not posts or (left and left[-1].time >= posts[-1].time):
        return None
    data = posts[-1].data
    assert isinstance(data, WorkerRecorded)
    return Post(data.fte, data.team)
