"""The watch: what Redis holds is shown, and what can't be trusted is never shown as live."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from redis import Redis
from starlette.testclient import TestClient

from casepulse.agents.redis_view import Keys, RedisView
from casepulse.schemas.envelope import EARLIEST
from casepulse.schemas.view import View
from casepulse.state import open_catalogue
from casepulse.streams.redis_clients import connect
from casepulse.streams.settings import Settings
from casepulse.web.application import application
from casepulse.web.live_view import Seen, Watch
from tests import waiting

pytestmark = pytest.mark.broker


@asynccontextmanager
async def watching(settings: Settings) -> AsyncIterator[Watch]:
    """A watch that runs."""
    watch = Watch(settings)
    task = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        watch.close()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], bool]) -> None:
    """Wait for it, while the watch goes on.

    Raises:
        TimeoutError: it never was.
    """
    async with asyncio.timeout(waiting.PATIENCE):
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
            with waiting.quiet_clock() as seconds:
                for version in range(1, 8):
                    view, told = await publisher.publish(version), seconds()
                    await until(lambda v=view: watch.seen is not None and watch.seen.meta == v.meta)
                    assert seconds() - told < 1
                    assert dict(shown(watch).measures) == view.measures
                    assert shown(watch).trusted

    asyncio.run(follow())


def test_a_view_of_no_moment_is_not_shown(settings: Settings, empty_view: View) -> None:
    """Before anything has come in, a replay's clock stands at the earliest instant: 1950."""

    async def follow() -> None:
        meta = empty_view.meta.model_copy(update={"as_of": EARLIEST})
        before = Publisher(settings, empty_view.model_copy(update={"meta": meta}))
        async with watching(settings) as watch:
            view = await before.publish(1)
            assert view.meta.as_of == EARLIEST
            await until(lambda: watch.reached)
            await asyncio.sleep(0.3)
            assert watch.seen is None
            after = await Publisher(settings, empty_view).publish(2)
            await until(lambda: watch.seen is not None)
            assert shown(watch).meta == after.meta
            await before.publish(3)  # another worker begins anew: what was seen stays, and is old
            await until(lambda: not shown(watch).live)
            assert shown(watch).meta == after.meta

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
            await until(lambda: not shown(watch).live)
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


def test_it_ends_though_a_client_loses_the_cancellation(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one does that is cancelled as its answer comes. Then `casepulse web` never ended."""

    async def waits(redis: Any, last: str) -> str:
        waiting_now.set()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(waiting.PATIENCE)
        return last

    async def cancelled() -> None:
        watch = Watch(settings)
        monkeypatch.setattr(watch, "_wait", waits)
        task = asyncio.create_task(watch.run())
        await waiting_now.wait()
        watch.close()
        task.cancel()
        await asyncio.wait({task}, timeout=waiting.PATIENCE)
        assert task.done()

    waiting_now = asyncio.Event()
    asyncio.run(cancelled())


def test_a_measure_that_can_not_be_read_is_left_out_and_read_again(
    settings: Settings, redis_client: Redis, empty_view: View
) -> None:
    """The others are shown; and once it was written again, so is it, under the same version."""
    keys = Keys.of(settings)

    async def follow() -> None:
        publisher = Publisher(settings, empty_view)
        async with watching(settings) as watch:
            view = await publisher.publish(1, measures=len(empty_view.measures))
            good = redis_client.hget(keys.view(1), "cp_visits")
            assert good is not None
            redis_client.hset(keys.view(1), "cp_visits", '{"numerator": "child:secret"')
            await until(lambda: watch.seen is not None)
            assert shown(watch).left_out == 0, "nobody has asked for it yet"
            app = application(watch, open_catalogue())
            app.router.lifespan_context = _nothing  # type: ignore[assignment]
            with TestClient(app, base_url="http://127.0.0.1") as client:
                page = client.get("/measures")
                assert page.status_code == 200
                assert 'data-notice="left-out"' in page.text
                assert "1 measure of this view can’t be read" in page.text
                assert view.measures["cin_visits"].title in page.text
                assert client.get("/measures/cp_visits").status_code == 503
                told = client.get("/api/v1/measures/cp_visits")
                assert told.status_code == 503
                listed = client.get("/api/v1/measures").json()
                assert listed["measures_left_out"] == 1
                assert len(listed["measures"]) == len(view.measures) - 1
                assert "secret" not in page.text + told.text
                stamp = shown(watch).stamp
                redis_client.hset(keys.view(1), "cp_visits", good)
                await until(lambda: shown(watch).stamp != stamp)
                assert dict(shown(watch).measures) == view.measures
                page = client.get("/measures")
                assert 'data-notice="left-out"' not in page.text
                assert client.get("/measures/cp_visits").status_code == 200

    asyncio.run(follow())


@asynccontextmanager
async def _nothing(_: object) -> AsyncIterator[None]:
    yield
