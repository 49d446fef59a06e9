"""Faust, mended: each mend, without a broker."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.consumer.subscription_state import TopicPartitionState
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from casepulse.streams.fetches import WholeFetches
from casepulse.streams.mended import MendedConsumer


def test_what_a_stream_skips_is_not_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faust's streams acknowledge what they skip in a rebalance; its offset would be committed."""
    client = _Client(monkeypatch)
    assert not client.ack("skipped")
    assert list(client._filter_tps_with_pending_acks()) == []


def test_a_partition_never_committed_is_read_from_its_beginning_after_a_rebalance() -> None:
    """aiokafka leaves it where it is, although what was fetched before was thrown away."""
    events, never, zero = TP("events", 0), TP("events", 1), TP("events", 2)
    changelog, behind = TP("changelog", 1), TP("events", 3)
    committed = {events: 5, never: None, zero: 0, changelog: None, behind: 9}
    sought: list[tuple[str, int]] = []
    gone_back: dict[TP, int] = {}

    async def seek_to_committed() -> dict[TP, int | None]:
        return committed

    async def seek_to_beginning(*partitions: Any) -> None:
        sought.extend((tp.topic, tp.partition) for tp in partitions)

    async def seek_wait(partitions: dict[TP, int]) -> None:
        gone_back.update(partitions)

    consumer = object.__new__(MendedConsumer)
    consumer._next, consumer._positions = {}, {}
    consumer.app = SimpleNamespace(
        tables=SimpleNamespace(changelog_topics={"changelog"}),
        begin_at=lambda tp, at: 7 if tp == behind else at,
    )
    consumer._thread = SimpleNamespace(
        seek_to_committed=seek_to_committed,
        seek_to_beginning=seek_to_beginning,
        seek_wait=seek_wait,
    )
    assert asyncio.run(consumer.seek_to_committed()) == {**committed, behind: 7}
    assert gone_back == {behind: 7}, "less was kept there than was committed"
    assert sorted(sought) == [("events", 1), ("events", 2)]


def test_a_partition_that_has_no_position_yet_ends_no_worker() -> None:
    """Faust looks every so often whether streams stand still. Just after a rebalance aiokafka does
    not know yet where a partition is read from, and the look ends in an AssertionError, which ends
    the worker."""
    tp = TP("events", 0)

    async def look() -> None:
        state = TopicPartitionState(SimpleNamespace())
        state.highwater = 5
        thread = object.__new__(driver.AIOKafkaConsumerThread)
        assignment = SimpleNamespace(state_value=lambda tp: state)
        subscriptions = SimpleNamespace(subscription=SimpleNamespace(assignment=assignment))
        thread._consumer = SimpleNamespace(_fetcher=SimpleNamespace(_subscriptions=subscriptions))
        thread._verify_aiokafka_event_path = lambda now, tp: False
        thread.time_started = 0.0
        acknowledged = SimpleNamespace(acks_enabled_for=lambda topic: True)
        app = SimpleNamespace(monitor=object(), topics=acknowledged)
        thread.consumer = SimpleNamespace(app=app)
        consumer = object.__new__(MendedConsumer)
        consumer._thread = thread
        consumer.assignment = lambda: {tp}  # type: ignore[method-assign]
        consumer._stopped = consumer._crashed = SimpleNamespace(is_set=lambda: False)
        with pytest.raises(AssertionError):
            consumer.verify_event_path(0.0, tp)
        await consumer.verify_all_partitions_active()

    asyncio.run(look())


_EVENTS, _CHANGELOG = TP("events", 0), TP("changelog", 0)


class _Client(MendedConsumer):
    """A consumer whose Kafka is the test: ten messages a partition, given out three at a time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._next, self._taken, self._to_resume = {}, {}, set()
        self._positions, self._read_to = {}, {}
        self._committed_offset: dict[TP, int | None] = defaultdict(lambda: None)
        self.missing: set[int] = set()
        self.wanted = {_EVENTS, _CHANGELOG}
        self.position = {_EVENTS: 0, _CHANGELOG: 0}

        async def fetch(consumer: Any, active: Any, timeout: float) -> Any:
            given = {}
            for tp, at in self.position.items():
                given[tp] = [
                    SimpleNamespace(offset=at + more)
                    for more in range(3)
                    if at + more < 10 and at + more not in self.missing
                ]
                self.position[tp] = min(10, at + 3)
            return given

        async def deliver(consumer: Any, timeout: float) -> AsyncIterator[tuple[TP, Any]]:
            fetched = await consumer._getmany(None, timeout)
            for tp, records in WholeFetches().iterate(fetched):
                if tp in self.wanted:
                    yield tp, SimpleNamespace(offset=records[-1].offset, records=records)

        async def seek_wait(consumer: Any, offsets: dict[TP, int]) -> None:
            self.position.update(offsets)

        monkeypatch.setattr(driver.Consumer, "_getmany", fetch)
        monkeypatch.setattr(driver.Consumer, "getmany", deliver)
        monkeypatch.setattr(driver.Consumer, "seek_wait", seek_wait)

    def assignment(self) -> set[TP]:
        return {_EVENTS, _CHANGELOG}

    def _state(self, tp: TP) -> Any:
        return SimpleNamespace(has_valid_position=True, position=self.position[tp])

    def commit(self) -> int | None:
        """Commit what may be; the offset."""
        committed = self._new_offset(_EVENTS)
        self._committed_offset[_EVENTS] = committed or self._committed_offset[_EVENTS]
        return committed

    def fetch(self) -> list[tuple[str, int]]:
        """What one fetch delivers."""

        async def deliver() -> list[tuple[str, int]]:
            return [
                (tp.topic, record.offset)
                async for tp, fetch in self.getmany(1)
                for record in fetch.records
            ]

        return asyncio.run(deliver())


def test_what_was_fetched_and_dropped_is_fetched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faust drops what it gets of a paused partition, and would commit past it."""
    client = _Client(monkeypatch)
    asyncio.run(client.seek_wait({_EVENTS: 0, _CHANGELOG: 4}))
    client.wanted = {_CHANGELOG}
    assert client.fetch() == [("changelog", at) for at in (4, 5, 6)]
    client.wanted = {_EVENTS, _CHANGELOG}
    assert client.fetch() == [
        *(("events", at) for at in (0, 1, 2)),
        *(("changelog", at) for at in (7, 8, 9)),
    ]
    assert client.fetch() == [("events", at) for at in (3, 4, 5)]


def test_what_was_dropped_before_it_was_known_where_to_begin_is_fetched_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fetch may be under way while the partition is sent to where it begins."""
    client = _Client(monkeypatch)
    client.wanted = set()
    assert client.fetch() == []
    assert client.fetch() == []
    asyncio.run(client.seek_wait({_EVENTS: 2}))
    client.position[_EVENTS] = 6  # the fetch that was under way, and was given out after the seek
    client.wanted = {_EVENTS}
    assert client.fetch() == [("events", at) for at in (2, 3, 4)]


def test_offsets_that_are_missing_hold_up_no_commit_and_hide_no_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Faust took the message behind a gap for acknowledged, and saw none behind offset 0."""
    client = _Client(monkeypatch)
    client.missing = {1, 2, 4, 5, 8, 9}
    asyncio.run(client.seek_wait({_EVENTS: 0, _CHANGELOG: 9}))
    assert client.fetch() == [("events", 0)]
    client.acknowledge(_EVENTS, 0)
    assert client.commit() == 3, "the end of what was given out"
    assert client.fetch() == [("events", 3)]
    assert client.commit() is None, "3 is delivered, and not read"
    assert client.fetch() == [("events", 6), ("events", 7)]
    client.acknowledge(_EVENTS, 3)
    assert client.commit() == 4
    assert client.read_before(_EVENTS, 7) == 7
    client.acknowledge(_EVENTS, 6)
    assert client.commit() == 7
    client.acknowledge(_EVENTS, 7)
    assert client.commit() == 9
    assert client.fetch() == []
    assert client.read_before(_EVENTS, 8) == 10
    assert client.commit() == 10
    assert client.commit() is None


def test_what_is_acknowledged_again_or_late_takes_nothing_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows from before a rebalance may be acknowledged after it, when their events come again."""
    client = _Client(monkeypatch)
    asyncio.run(client.seek_wait({_EVENTS: 0}))
    client.fetch()
    client.fetch()
    client.acknowledge(_EVENTS, 4)
    client.acknowledge(_EVENTS, 2)
    assert client.commit() == 5
    client.acknowledge(_EVENTS, 3)
    assert client.commit() is None


def test_partitions_are_delivered_of_once_the_flow_is_resumed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Faust clears the agents' queues at that moment, after it has gone to where they begin."""
    client = _Client(monkeypatch)
    resumed: list[set[TP]] = []
    flows: list[bool] = []
    monkeypatch.setattr(driver.Consumer, "pause_partitions", lambda self, tps: None)
    monkeypatch.setattr(
        driver.Consumer, "resume_partitions", lambda self, tps: resumed.append(set(tps))
    )
    monkeypatch.setattr(driver.Consumer, "resume_flow", lambda self: flows.append(True))
    client.resume_partitions([_EVENTS])
    client.resume_partitions([_CHANGELOG])
    client.pause_partitions([_CHANGELOG])
    assert resumed == []
    client.resume_flow()
    client.resume_flow()
    assert (resumed, flows) == ([{_EVENTS}, set()], [True, True])
