"""The engine alone, without Kafka: its time an event beside pydantic's, and time that passes."""

import gc
import time
from datetime import UTC, date, datetime, timedelta
from functools import partial

from casepulse.agents.worker import COLLECTOR
from casepulse.schemas.codes import VisitKind, VisitMethod
from casepulse.schemas.events import read_event
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.events.protection import ProtectionPlanStarted
from casepulse.schemas.events.reading import _ADAPTER
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.schemas.profile import load_profile
from casepulse.state import Catalogue, Fact, Partition, catalogue_for
from casepulse.state.calendar import INSTANT, due_day, end_of
from casepulse.streams.fact_rows import CLOCK, row_key, row_value
from tests.bench.figures import Figure, Figures, of, only_its_own_garbage, ratio, say, timed

#: Seconds between two looks of the worker at what has changed (`partial_interval`).
SETTLE_EVERY = 0.2

Message = tuple[bytes, bytes]


def engine(
    messages: list[Message], rounds: int, *, ticks_alone: bool = False, short: bool = False
) -> Figures:
    """Microseconds an event: reading it, and the engine with it.

    Args:
        messages: the events, by the time they were recorded.
        rounds: how many times all are run.
        ticks_alone: whether ticks alone move the clock (`CASEPULSE_CLOCK=ticks`), else facts too.
        short: leave out what is only to explain the rest.
    """
    values = [value for _, value in messages]
    events = [read_event(value) for value in values]
    told = [(Fact.of(event), isinstance(event.data, ClockTicked)) for event in events]
    catalogue = catalogue_for(load_profile())
    taken: dict[str, list[float]] = {}
    run = partial(_run, catalogue, told, ticks_alone=ticks_alone)
    competitors = {
        "pydantic": lambda: [None for value in values if _ADAPTER.validate_json(value) is None],
        "read_event": lambda: [None for value in values if read_event(value) is None],
        "engine": run,
        "uncollected": partial(_uncollected, run),
        "settled": partial(run, each=True),
    }
    if short:
        del competitors["uncollected"], competitors["settled"]
    _run(catalogue, told[:500], ticks_alone=ticks_alone)  # bank holidays, caches
    gc.set_threshold(*COLLECTOR)  # as the worker sets it
    with only_its_own_garbage():
        for number in range(rounds):
            say(f"engine, round {number + 1} of {rounds}: {len(values):,} events")
            for name, work in competitors.items():
                taken.setdefault(name, []).append(timed(work) / len(values) * 1e6)
                gc.collect()
    us = "µs an event"
    figures = {
        "pydantic_us": of(taken["pydantic"], us),
        "read_event_us": of(taken["read_event"], us),
        "engine_us": of(taken["engine"], us, most=60),
        "engine_to_pydantic": ratio(taken["engine"], taken["pydantic"]),
        "engine_to_read_event": ratio(taken["engine"], taken["read_event"]),
    }
    if not short:
        figures["engine_without_garbage_collector_us"] = of(taken["uncollected"], us)
        figures["engine_settled_at_each_event_us"] = of(taken["settled"], us)
    return figures


def _run(
    catalogue: Catalogue,
    told: list[tuple[Fact, bool]],
    *,
    ticks_alone: bool,
    each: bool = False,
) -> None:
    """All events as the worker takes them in a replay, settled as often as it does."""
    partition = Partition(catalogue)
    settled = time.perf_counter()
    for fact, tick in told:
        if tick:
            partition.advance(fact.time)
        else:
            if not ticks_alone:
                partition.advance(fact.recorded + INSTANT)
            partition.apply(fact)
        now = time.perf_counter()
        if each or now - settled >= SETTLE_EVERY:
            partition.tally()
            settled = now
    partition.tally()


def _uncollected(work: partial[None]) -> None:
    gc.disable()
    try:
        work()
    finally:
        gc.enable()


#: Cases that fall due at each of the midnights.
DUE = 3000

#: The days of the latest visits: Monday to Wednesday for those that fall due.
_VISITED = [date(2021, 1, 11), date(2021, 1, 12), date(2021, 1, 13)]


def advance() -> Figures:
    """What a midnight costs where few cases are held and where many are, for as many due."""
    catalogue = catalogue_for(load_profile())
    standard = catalogue.profile.settings("cp_visits").standards["seen"]
    sizes = 10_000, 100_000
    say(f"advance: making {sizes[0]:,} and {sizes[1]:,} cases")
    partitions = [_visited(catalogue, size) for size in sizes]
    taken: list[list[float]] = [[], []]
    items = 0
    with only_its_own_garbage():
        for day in _VISITED:
            midnight = end_of(due_day(day, standard))
            for number, partition in enumerate(partitions):
                partition.advance(midnight - timedelta(hours=1))
                partition.tally()
                items = sum(1 for until, *_ in partition._due if until <= midnight)
                passing = timed(partial(_pass, partition, midnight))
                taken[number].append(passing / items * 1e6)
    few, many = taken
    return {
        "advance_due_items": Figure(items, "due at a midnight"),
        "advance_5000_due_ms": of([each * 5000 / 1000 for each in many], "ms", most=500),
        "advance_10k_us": of(few, "µs a due item"),
        "advance_100k_us": of(many, "µs a due item"),
        "advance_100k_to_10k": ratio(many, few, most=1.5),
    }


def _pass(partition: Partition, now: datetime) -> None:
    partition.advance(now)
    partition.tally()


def _visited(catalogue: Catalogue, cases: int) -> Partition:
    partition = Partition(catalogue, datetime(2021, 1, 18, 9, tzinfo=UTC))
    plan = datetime(2021, 1, 4, 10, tzinfo=UTC)
    for number in range(cases):
        wave, child = number // DUE, f"child:a{number}"
        day = _VISITED[wave] if wave < len(_VISITED) else date(2021, 1, 15)
        visited = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
        visit = VisitRecorded(
            kind=VisitKind.PROTECTION_PLAN, method=VisitMethod.FACE_TO_FACE, child_seen=True
        )
        began = ProtectionPlanStarted(plan=f"p{number}")
        partition.apply(Fact(f"p{number}", "bench", child, plan, plan, began))
        partition.apply(Fact(f"v{number}", "bench", child, visited, visited, visit))
    partition.tally()
    return partition


def changelog(messages: list[Message]) -> Figures:
    """How much the changelog's rows hold, beside the events that they are made of."""
    read = written = ticks = 0
    for offset, (key, value) in enumerate(messages):
        read += len(key) + len(value)
        event = read_event(value)
        tick = isinstance(event.data, ClockTicked)
        ticks += tick
        row = CLOCK if tick else row_key(event.subject, event.source, event.id)
        written += len(row) + len(row_value(offset, value))
    return {
        "event_bytes": Figure(read / len(messages), "bytes an event"),
        "changelog_to_events": Figure(written / read, "ratio of bytes", most=1.5),
    }
