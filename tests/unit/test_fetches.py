"""Whole fetches through Faust, and what becomes of one that a rebalance breaks off."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.structs import ConsumerRecord
from faust.types import TP

from casepulse.streams import fetches
from casepulse.streams.fetches import Fetch, WholeFetches, messages

_FIRST, _SECOND, _THIRD = (TP("events", number) for number in range(3))


def _record(tp: TP, offset: int) -> ConsumerRecord:
    return ConsumerRecord(
        tp.topic, tp.partition, offset, 1_700_000_000_000, 0, b"key", b"value", None, 3, 5, ()
    )


class _App:
    """What an agent's stream looks at of Faust."""

    def __init__(self) -> None:
        self.consumer_generation_id = 7
        self.flowing = True
        self.flow_control = SimpleNamespace(is_active=lambda: self.flowing)


def _stream(*given: Fetch) -> Any:
    async def events() -> AsyncIterator[Any]:
        for fetch in given:
            yield SimpleNamespace(message=fetch)

    return SimpleNamespace(noack=lambda: SimpleNamespace(events=events))


def _fetch(tp: TP, *offsets: int) -> Fetch:
    return Fetch.of(tp, [_record(tp, offset) for offset in offsets], 7)


def test_each_partition_is_one_message_with_all_that_was_fetched_of_it() -> None:
    first, third = [_record(_FIRST, 4), _record(_FIRST, 6)], [_record(_THIRD, 9)]
    given = {_FIRST: first, _SECOND: [], _THIRD: third}
    assert list(WholeFetches().iterate(given)) == [(_FIRST, first), (_THIRD, third)]
    fetch = Fetch.of(_FIRST, first, 7)
    assert (fetch.tp, fetch.offset, fetch.generation_id) == (_FIRST, 6, 7)
    assert fetch.records == first


@pytest.mark.parametrize("what", ["another generation", "the flow is suspended"])
def test_what_is_left_of_a_fetch_is_not_read_once_a_rebalance_has_begun(what: str) -> None:
    app = _App()

    async def read() -> list[int]:
        offsets = []
        async for message in messages(app, _stream(_fetch(_FIRST, 0, 1, 2), _fetch(_SECOND, 8))):
            offsets.append(message.offset)
            if message.offset == 1:
                app.flowing = what != "the flow is suspended"
                app.consumer_generation_id += what == "another generation"
        return offsets

    assert asyncio.run(read()) == [0, 1]


def test_others_get_their_turn_while_a_fetch_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetches, "TURN", 0.0)
    turns = []

    async def read() -> None:
        async def other() -> None:
            while True:
                turns.append(len(read_so_far))
                await asyncio.sleep(0)

        read_so_far: list[int] = []
        task = asyncio.ensure_future(other())
        async for message in messages(_App(), _stream(_fetch(_FIRST, *range(50)))):
            read_so_far.append(message.offset)
        task.cancel()

    asyncio.run(read())
    assert turns == list(range(50))
