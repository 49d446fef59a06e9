"""The watch: what Redis holds is shown, and what can't be trusted is never shown as live."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from redis import Redis

from agents.redis_view import Keys, RedisView
from casepulse.web.watching import PATIENCE, Seen, Watch
from schemas.view import View
from streams.redis_clients import connect
from streams.settings import Settings

pytestmark = pytest.mark.broker


@asynccontextmanager
async def watching(settings: Settings) -> AsyncIterator[Watch]:
    """A watch that runs."""
    watch = Watch(settings)
    task = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], bool], seconds: float = 8) -> None:
    """Wait for it.

    Raises:
        TimeoutError: it never was.
    """
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


def shown(watch: Watch) -> Seen:
    """What is shown; there must be something."""
    assert watch.seen is not None
    return watch.seen


class Publisher:
    """Publishes one view after another, as the board does."""

    def __init__(self, settings: Settings, view: View) -> None:
        self._redis = connect(settings)
        self._view = RedisView(self._redis, settings)
        self._of = view
        self._before: View | None = None

    async def publish(self, version: int, **changed: Any) -> View:
        """The view under another version, with another count of visits."""
        measures = dict(self._of.measures)
        measures["cp_visits"] = measures["cp_visits"].model_copy(update={"numerator": version})
        told = {"version": version, "published": datetime.now(UTC), **changed}
        meta = self._of.meta.model_copy(update=told)
        view = View(meta=meta, measures=measures)
        assert await self._view.publish(view, self._before)
        self._before = view
        return view


@pytest.fixture
def settings(redis_client: Redis, redis_url: str) -> Settings:
    """Those of an emptied Redis."""
    return Settings(redis=redis_url, name="watching")


def test_a_new_view_is_shown_within_a_second_and_whole(
    settings: Settings, empty_view: View
) -> None:
    async def follow() -> None:
        publisher = Publisher(settings, empty_view)
        async with watching(settings) as watch:
            await asyncio.sleep(0.3)
            assert watch.seen is None
            for version in range(1, 8):
                view = await publisher.publish(version)
                await until(lambda v=view: watch.seen is not None and watch.seen.meta == v.meta, 1)
                assert dict(shown(watch).measures) == view.measures
                assert shown(watch).trusted

    asyncio.run(follow())


def test_whoever_is_slow_gets_the_latest(settings: Settings, empty_view: View) -> None:
    async def follow() -> None:
        publisher = Publisher(settings, empty_view)
        async with watching(settings) as watch:
            await publisher.publish(1)
            changes = watch.changes()
            assert (await anext(changes)).meta.version == 1
            for version in range(2, 30):
                await publisher.publish(version)
            await until(lambda: shown(watch).meta.version == 29)
            assert (await anext(changes)).meta.version == 29
            watch.close()
            with pytest.raises(StopAsyncIteration):
                await anext(changes)

    asyncio.run(follow())


def _drop(*names: str) -> Callable[[Redis, Keys], None]:
    def drop(redis: Redis, keys: Keys) -> None:
        for name in names:
            redis.delete(
                {"current": keys.current, "beat": keys.heartbeat}.get(name) or keys.meta(1)
            )

    return drop


@pytest.mark.parametrize(
    "spoil",
    [
        _drop("beat"),
        _drop("current"),
        _drop("beat", "meta"),
        lambda redis, keys: redis.flushdb(),
        lambda redis, keys: redis.set(keys.current, b"\xff"),
        lambda redis, keys: redis.set(keys.meta(1), b"{}"),
    ],
    ids=["no heartbeat", "no version", "no meta", "emptied", "no number", "no sense"],
)
def test_what_is_not_kept_up_or_not_understood_is_old_until_it_is_again(
    settings: Settings,
    empty_view: View,
    redis_client: Redis,
    spoil: Callable[[Redis, Keys], None],
) -> None:
    async def follow() -> None:
        publisher = Publisher(settings, empty_view)
        async with watching(settings) as watch:
            first = await publisher.publish(1)
            await until(lambda: watch.seen is not None and watch.seen.live)
            spoil(redis_client, Keys.of(settings))
            await until(lambda: not shown(watch).live, PATIENCE + 4)
            assert shown(watch).old_since == first.meta.published
            assert not shown(watch).trusted
            assert shown(watch).measures["cp_visits"].numerator == 1  # the last figures stay
            redis_client.flushdb()
            publisher._before = None
            await publisher.publish(2)
            await until(lambda: shown(watch).live)
            assert shown(watch).meta.version == 2
            assert not watch.ended

    asyncio.run(follow())


@pytest.mark.parametrize("changed", [{"partitions_counted": 0}, {"partitions_silent": 1}])
def test_figures_without_all_cases_are_not_trusted(
    settings: Settings, empty_view: View, changed: dict[str, int]
) -> None:
    async def follow() -> None:
        publisher = Publisher(settings, empty_view)
        async with watching(settings) as watch:
            await publisher.publish(1)
            await until(lambda: watch.seen is not None and watch.seen.trusted)
            await publisher.publish(2, **changed)
            await until(lambda: not shown(watch).trusted)
            assert shown(watch).live

    asyncio.run(follow())


def test_a_watch_that_has_ended_shows_nothing_as_live(settings: Settings, empty_view: View) -> None:
    async def follow() -> None:
        publisher = Publisher(settings, empty_view)
        async with watching(settings) as watch:
            await publisher.publish(1)
            await until(lambda: watch.seen is not None and watch.seen.live)
        assert watch.ended
        assert not shown(watch).live

    asyncio.run(follow())
