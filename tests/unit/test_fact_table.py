"""The store and the acknowledgement behind the table of facts, without a broker."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import faust
import pytest
from faust.types import TP

from agents.holding import Held, Holding
from schemas.events import write_event
from schemas.profile import load_profile
from state import Catalogue
from streams.fact_table import FactTable, read_row, row_key, row_value
from streams.mended import MendedConsumer
from streams.sources.scenario import scenario
from tests.running import is_tick

_FACTS = [event for event in scenario(seed=2, children=5, months=1) if not is_tick(event)]


@dataclass
class _Message:
    partition: int
    offset: int
    key: bytes
    value: bytes | None
    topic: str = "changelog"

    @property
    def tp(self) -> TP:
        return TP(self.topic, self.partition)


@dataclass
class _Row:
    message: _Message
    key: bytes = b""
    value: bytes | None = None


@dataclass
class _Table:
    holding: Holding
    table: FactTable
    ready: list[int] = field(default_factory=list)


@pytest.fixture
def kept() -> _Table:
    ready: list[int] = []

    def note(held: Held) -> None:
        ready.append(held.number)

    holding = Holding(Catalogue(load_profile()), note)
    app = faust.App("test", broker="kafka://127.0.0.1:1", web_enabled=False, autodiscover=False)
    topic = app.topic("changelog", key_type=bytes, value_type=bytes, partitions=4)
    table = FactTable(
        app, keeper=holding, name="facts", key_type=bytes, value_type=bytes, changelog_topic=topic
    )
    return _Table(holding, table, ready)


def _rows(partition: int, events: list[Any]) -> list[Any]:
    return [
        _Row(
            _Message(
                partition,
                offset,
                row_key(event.subject, event.source, event.id),
                row_value(offset, write_event(event)),
            )
        )
        for offset, event in enumerate(events)
    ]


def test_a_row_is_never_falsy_and_reads_back() -> None:
    assert row_value(0, b"")
    assert read_row(row_value(77, b"event")) == (77, b"event")


def test_a_row_after_a_tombstone_of_its_key_in_one_batch_stays(kept: _Table) -> None:
    [row] = _rows(0, _FACTS[:1])
    gone = _Row(_Message(0, 0, row.message.key, None))
    row.message.offset = 1
    kept.table.data.apply_changelog_batch([gone, row], bytes, bytes)
    assert len(list(kept.holding[0].partition.facts())) == 1


def test_revoked_partitions_are_forgotten_and_kept_ones_are_not_read_again(kept: _Table) -> None:
    store = kept.table.data
    for partition in (0, 1):
        store.apply_changelog_batch(_rows(partition, _FACTS[:20]), bytes, bytes)
    asyncio.run(store.on_recovery_completed({TP("changelog", 0), TP("changelog", 1)}, set()))
    assert sorted(kept.ready) == [0, 1]
    asyncio.run(store.on_rebalance({TP("changelog", 1), TP("other", 0)}, set(), set()))
    assert [held.number for held in kept.holding] == [1]
    assert store.persisted_offset(TP("changelog", 0)) is None
    assert store.persisted_offset(TP("changelog", 1)) == 19


def test_a_rebuilt_partition_goes_on_from_the_clock_it_had(kept: _Table) -> None:
    store = kept.table.data
    store.apply_changelog_batch(_rows(2, _FACTS), bytes, bytes)
    asyncio.run(store.on_recovery_completed({TP("changelog", 2)}, set()))
    assert kept.holding[2].partition.now > max(event.recordedtime for event in _FACTS)


def test_a_delivery_costs_no_tasks_while_the_flow_is_not_suspended() -> None:
    """Faust makes four for each message, which is half of what its worker costs."""

    async def deliver() -> int:
        made = 0

        def count(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
            nonlocal made
            made += 1
            return asyncio.Task(coroutine, loop=loop, **options)

        asyncio.get_running_loop().set_task_factory(count)
        consumer = object.__new__(MendedConsumer)
        consumer.suspend_flow = asyncio.Event()
        delivered = []

        async def delivery() -> None:
            delivered.append(1)

        await consumer.wait_first(delivery(), consumer.suspend_flow.wait())
        assert delivered == [1]
        return made

    assert asyncio.run(deliver()) == 0


def test_a_partition_never_committed_is_read_from_its_beginning_after_a_rebalance() -> None:
    """aiokafka leaves it where it is, although what was fetched before was thrown away."""
    events, never, zero = TP("events", 0), TP("events", 1), TP("events", 2)
    changelog = TP("changelog", 1)
    committed = {events: 5, never: None, zero: 0, changelog: None}
    sought: list[tuple[str, int]] = []

    async def seek_to_committed() -> dict[TP, int | None]:
        return committed

    async def seek_to_beginning(*partitions: Any) -> None:
        sought.extend((tp.topic, tp.partition) for tp in partitions)

    consumer = object.__new__(MendedConsumer)
    consumer.app = SimpleNamespace(tables=SimpleNamespace(changelog_topics={"changelog"}))
    consumer._thread = SimpleNamespace(
        seek_to_committed=seek_to_committed, seek_to_beginning=seek_to_beginning
    )
    assert asyncio.run(consumer.seek_to_committed()) == committed
    assert sorted(sought) == [("events", 1), ("events", 2)]
