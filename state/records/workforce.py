"""Who holds a child, and what post a worker holds."""

from dataclasses import dataclass
from datetime import date, datetime

from casepulse.schemas.events.workforce import (
    AllocationEnded,
    AllocationStarted,
    WorkerLeft,
    WorkerRecorded,
)
from casepulse.state.calendar import midnight
from casepulse.state.records.keys import by_key
from casepulse.state.records.life import last_day_below
from casepulse.state.records.spells import spells, up_to
from casepulse.state.view import CaseView


@dataclass(frozen=True, slots=True)
class Allocation:
    """A social worker's responsibility for a child, from a day to a day."""

    worker: str
    ended_at: datetime | None
    ended: date | None


def allocations(case: CaseView) -> list[Allocation]:
    """Each allocation to a social worker, oldest first, up to the child's death. A manager who
    holds the case until one takes it is none."""
    started = by_key(case.facts(AllocationStarted), "allocation")
    if not started:
        return []
    told = spells(case.facts(AllocationStarted), case.facts(AllocationEnded), "allocation")
    found = []
    for spell in up_to(told, last_day_below(case, None)):
        data = started[spell.key].data
        if not data.to_manager:
            ended_at = spell.ended_at or (midnight(spell.ended) if spell.ended else None)
            found.append(Allocation(data.worker, ended_at, spell.ended))
    return found


def allocated_workers(case: CaseView) -> list[str]:
    """The social workers who hold the child now, each once, by key."""
    return sorted({each.worker for each in case.records(allocations) if each.ended is None})


def allocated_worker_now(case: CaseView) -> str | None:
    """The child's social worker: of several who hold the child, the one who took it last."""
    held = [each.worker for each in case.records(allocations) if each.ended is None]
    return held[-1] if held else None


@dataclass(frozen=True, slots=True)
class Post:
    """The post a worker holds now."""

    fte: float
    team: str | None


def post(case: CaseView) -> Post | None:
    """The worker's post; None once they have left."""
    posts = case.facts(WorkerRecorded)
    if not posts or case.records(has_left):
        return None
    data = posts[-1].data
    return Post(data.fte, data.team)


def has_left(case: CaseView) -> bool:
    """Whether the worker has left the service, and has not come back."""
    posts, left = case.facts(WorkerRecorded), case.facts(WorkerLeft)
    return bool(left) and (not posts or left[-1].time >= posts[-1].time)
