"""The case agent without a broker: what is kept, what is set aside, and what is acknowledged when.

Kafka's answers come when a test says so, and in the order it says.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from casepulse.agents.cases import AHEAD, CaseAgent
from casepulse.agents.holding import Holding
from casepulse.agents.metrics import Metrics
from casepulse.counties.scenario import scenario
from casepulse.schemas.envelope import Event
from casepulse.schemas.events import Reason, Unreadable, write_event
from casepulse.state import Partition
from casepulse.streams.fact_table import Sent
from casepulse.streams.places import partition_of
from casepulse.streams.settings import ClockKind, Settings
from casepulse.streams.ticks import ticks
from tests.build import CATALOGUE
from tests.running import is_tick

_PARTITIONS = 4
_EVENTS = [event for event in scenario(seed=2, children=20, months=1) if not is_tick(event)]
_NOW = max(event.recordedtime for event in _EVENTS)


def _home(event: Event[Any]) -> int:
    return partition_of(event.subject.encode(), _PARTITIONS)


#: Facts that all belong into partition 0.
_FACTS = [event for event in _EVENTS if _home(event) == 0]


@dataclass
class _Message:
    offset: int
    key: bytes | None
    value: bytes
    partition: int = 0
    topic: str = "events"
    headers: tuple[tuple[str, bytes | None], ...] = ()


@dataclass
class _Bench:
    """A case agent whose Kafka is the test."""

    clock: ClockKind = ClockKind.EVENTS
    acknowledged: list[int] = field(default_factory=list)
    kept: list[Sent] = field(default_factory=list)
    letters: list[tuple[Reason, Sent]] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        facts = SimpleNamespace(
            keep=lambda partition, key, value, then: self.kept.append(then),
            forget=lambda partition: None,
        )
        app = SimpleNamespace(
            facts=facts, acknowledge=lambda message: self.acknowledged.append(message.offset)
        )
        letters = SimpleNamespace(send=self._send_letter)
        self.holding = Holding(CATALOGUE, lambda held: None, self._dropped)
        self.holding.hold({0})
        self.metrics = Metrics(CATALOGUE)
        self.agent = CaseAgent(
            cast(Any, app),
            Settings(partitions=_PARTITIONS, clock=self.clock),
            self.holding,
            cast(Any, letters),
            self.metrics,
            self.failures.append,
            lambda: _NOW,
        )

    def _dropped(self, number: int) -> None:
        self.agent.forget(number)

    def _send_letter(
        self, message: _Message, why: Unreadable, trace: dict[str, str], then: Sent
    ) -> None:
        self.letters.append((why.reason, then))

    def read(self, *messages: _Message) -> None:
        """Let the agent read these as its stream."""

        async def events() -> AsyncIterator[Any]:
            for message in messages:
                yield message

        asyncio.run(self.agent.read(events()))


def _message(offset: int, event: Event[Any]) -> _Message:
    return _Message(offset, event.subject.encode(), write_event(event))


@pytest.fixture
def bench() -> _Bench:
    return _Bench()


def test_nothing_is_acknowledged_before_what_stands_before_it(bench: _Bench) -> None:
    """Faust commits past the first message of a partition if only the second is acknowledged."""
    first, second = _FACTS[:2]
    bench.read(
        _message(0, first),
        _Message(1, b"child:k1", b"no event"),
        _message(2, first),  # known already: nothing is written for it
        _message(3, second),
    )
    [first_kept, second_kept] = bench.kept
    [(_, letter_sent)] = bench.letters
    second_kept(None)
    letter_sent(None)
    assert bench.acknowledged == []
    first_kept(None)
    assert bench.acknowledged == [0, 1, 2, 3]


@pytest.mark.parametrize("refused", ["row", "letter"])
def test_what_kafka_refuses_is_a_failure_and_nothing_after_it_is_acknowledged(
    bench: _Bench, refused: str
) -> None:
    first, second = _FACTS[:2]
    bad = _Message(0, b"child:k1", b"no event")
    bench.read(_message(0, first) if refused == "row" else bad, _message(1, second))
    *_, (_, letter_sent) = bench.letters or [(None, None)]
    answer = letter_sent or bench.kept.pop(0)
    error = ValueError("refused")
    answer(error)
    bench.kept.pop()(None)
    assert bench.failures == [error]
    assert bench.acknowledged == []


def test_an_exception_sets_the_event_aside_and_the_next_is_read(
    bench: _Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = Partition.apply

    def faulty(self: Partition, fact: Any) -> bool:
        if fact.id == _FACTS[0].id:
            raise ZeroDivisionError
        return apply(self, fact)

    monkeypatch.setattr(Partition, "apply", faulty)
    bench.read(_message(0, _FACTS[0]), _message(1, _FACTS[1]))
    assert [reason for reason, _ in bench.letters] == [Reason.FAILED]
    assert len(bench.kept) == 1


def test_an_event_in_another_place_than_its_subjects_is_set_aside(bench: _Bench) -> None:
    """A case that stood in two partitions would be counted twice, and wrongly both times."""
    elsewhere = next(event for event in _EVENTS if _home(event) != 0)
    other_key = next(
        event.subject.encode()
        for event in _FACTS
        if event.subject != _FACTS[0].subject  # of the same partition
    )
    bench.read(
        _message(0, elsewhere),
        _Message(1, other_key, write_event(_FACTS[0])),
        _Message(2, None, write_event(_FACTS[0])),
    )
    assert [reason for reason, _ in bench.letters] == [
        Reason.WRONG_PARTITION,
        Reason.WRONG_KEY,
        Reason.WRONG_KEY,
    ]
    assert list(bench.holding[0].partition.facts()) == []


def test_an_event_of_the_future_is_set_aside_and_moves_no_clock(bench: _Bench) -> None:
    ahead, allowed = (
        _FACTS[0].model_copy(update={"recordedtime": _NOW + AHEAD + over})
        for over in (timedelta(seconds=1), timedelta())
    )
    bench.read(_message(0, ahead))
    assert [reason for reason, _ in bench.letters] == [Reason.IN_THE_FUTURE]
    assert bench.holding[0].partition.now < _NOW
    bench.read(_message(1, allowed))
    assert len(bench.letters) == 1
    assert len(bench.kept) == 1


def test_of_a_partition_that_is_gone_nothing_is_acknowledged_later(bench: _Bench) -> None:
    bench.read(_message(0, _FACTS[0]), _message(1, _FACTS[1]))
    bench.holding.hold(set())
    for kept in bench.kept:
        kept(None)
    assert bench.acknowledged == []


def test_an_event_of_a_partition_that_is_not_held_is_left_to_its_owner(bench: _Bench) -> None:
    [event] = [event for event in _EVENTS if _home(event) == 1][:1]
    message = _message(0, event)
    message.partition = 1
    bench.read(message, _message(0, _FACTS[0]))
    assert [held.number for held in bench.holding] == [0]
    assert (len(bench.kept), bench.letters) == (1, [])


def _heard(bench: _Bench) -> float | None:
    name = "casepulse_heartbeat_event_timestamp_seconds"
    return bench.metrics.registry.get_sample_value(name, {"partition": "0"})


def test_a_tick_under_the_wall_clock_is_heard_and_changes_nothing() -> None:
    """The heartbeat: nobody's clock is moved by it, it leaves no row, and no letter."""
    bench = _Bench(ClockKind.WALL)
    bench.holding[0].partition.advance(_NOW)
    [tick] = ticks([_NOW + timedelta(hours=5)], "test", "heartbeat")
    assert _heard(bench) is None
    bench.read(_Message(0, b"clock", write_event(tick)))
    assert _heard(bench) == _NOW.timestamp(), "when it was read, by our clock"
    assert bench.holding[0].partition.now == _NOW
    assert (bench.acknowledged, bench.kept, bench.letters) == ([0], [], [])
    assert bench.holding[0].read_to == 0


def test_the_heartbeat_of_a_partition_that_was_revoked_is_told_no_more() -> None:
    bench = _Bench(ClockKind.WALL)
    [tick] = ticks([_NOW], "test", "heartbeat")
    bench.read(_Message(0, b"clock", write_event(tick)))
    bench.holding.hold(set())
    assert _heard(bench) is None
