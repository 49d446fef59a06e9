"""Every key of the view, lost or spoilt alone, is told again: at the board's next look; what was
changed in a key that stands, within `WHOLE_EVERY`."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from redis import Redis

from casepulse.agents.board import RENEW_EVERY, Board, BoardAgent
from casepulse.agents.metrics import Metrics
from casepulse.agents.redis_view import WHOLE_EVERY, Keys, RedisView, read_view
from casepulse.schemas.partial import Partial
from casepulse.schemas.view import View
from casepulse.state import open_catalogue
from casepulse.state.viewing import definitions_version
from casepulse.streams.redis_clients import connect
from casepulse.streams.settings import Settings
from tests.publishing import as_messages

pytestmark = pytest.mark.broker

_CATALOGUE = open_catalogue()
_KEYS = Keys("casepulse:{live}")
_VIEW, _META = _KEYS.view(1), _KEYS.meta(1)

LOSSES: dict[str, Callable[[Any], object]] = {
    "pointer": lambda redis: redis.delete(_KEYS.current),
    "view": lambda redis: redis.delete(_VIEW),
    "meta": lambda redis: redis.delete(_META),
    "heartbeat": lambda redis: redis.delete(_KEYS.heartbeat),
    "a measure": lambda redis: redis.hdel(_VIEW, "cp_visits"),
    "pointer of another type": lambda redis: (
        redis.delete(_KEYS.current),
        redis.hset(_KEYS.current, "a", "b"),
    ),
    "pointer is no number": lambda redis: redis.set(_KEYS.current, "the latest"),
    "view of another type": lambda redis: redis.set(_VIEW, "x"),
    "meta of another type": lambda redis: (redis.delete(_META), redis.sadd(_META, "x")),
    "meta is no JSON": lambda redis: redis.set(_META, "{"),
    "updates of another type, and the view": lambda redis: (
        redis.set(_KEYS.updates, "x"),
        redis.delete(_VIEW),
    ),
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the board and its publisher take for the time, in seconds."""
    now = [1000.0]
    monkeypatch.setattr("casepulse.agents.board.monotonic", lambda: now[0])
    monkeypatch.setattr("casepulse.agents.redis_view.monotonic", lambda: now[0])
    return now


def _with_board(
    settings: Settings, at: Any, do: Callable[[BoardAgent, Callable[[], Any]], Any]
) -> None:
    first = Partial(
        partition=0,
        claim=0,
        sequence=0,
        definitions=definitions_version(_CATALOGUE),
        as_of=at,
        read_to=-1,
        cells={},
    )
    told = [0]

    async def run() -> None:
        redis = connect(settings)
        agent = BoardAgent(Board(_CATALOGUE, 1), RedisView(redis, settings), Metrics(_CATALOGUE))
        await agent.read(as_messages((0, first)))
        await agent.publish()

        async def more() -> None:
            """Time passes, and nothing else."""
            told[0] += 1
            later = {"sequence": told[0], "as_of": at + timedelta(seconds=told[0])}
            same = {"cells": None, "same_as": 0}
            await agent.read(as_messages((told[0], first.model_copy(update={**later, **same}))))
            await agent.publish()

        await do(agent, more)
        await redis.aclose()

    asyncio.run(run())


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES.keys())
def test_what_is_lost_alone_is_told_again(
    redis_url: str,
    redis_client: Redis,
    empty_view: View,
    clock: list[float],
    lose: Callable[[Any], object],
) -> None:
    settings = Settings(redis=redis_url)

    async def lose_and_go_on(agent: BoardAgent, more: Callable[[], Any]) -> None:
        before = read_view(settings, redis_client)
        assert before is not None
        assert before.meta.measures == len(before.measures) > 200
        lose(redis_client)
        clock[0] += RENEW_EVERY
        await more()
        await agent.publish()  # what was refused is tried again at once
        view = read_view(settings, redis_client)
        assert view is not None
        assert view.measures == before.measures
        assert view.meta.as_of > before.meta.as_of
        assert redis_client.exists(_KEYS.heartbeat)
        assert redis_client.type(_KEYS.updates) == b"stream"

    _with_board(settings, empty_view.meta.as_of, lose_and_go_on)


def test_what_was_changed_in_the_view_is_told_again_and_no_news(
    redis_url: str, redis_client: Redis, empty_view: View, clock: list[float]
) -> None:
    settings = Settings(redis=redis_url)

    async def change_and_go_on(agent: BoardAgent, more: Callable[[], Any]) -> None:
        whole = redis_client.hgetall(_VIEW)
        redis_client.hset(_VIEW, "cp_visits", "{")
        clock[0] += WHOLE_EVERY + 1
        await more()
        assert redis_client.hgetall(_VIEW) == whole
        assert redis_client.get(_KEYS.current) == b"1"
        assert redis_client.xlen(_KEYS.updates) == 1, "the figures are the same"
        assert redis_client.ttl(_VIEW) == redis_client.ttl(_META) == -1

    _with_board(settings, empty_view.meta.as_of, change_and_go_on)
