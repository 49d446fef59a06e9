"""Redis behind Sentinel, and Redis Cluster: servers die, freeze and change places while views and
lists are published. What was acknowledged may be lost then; nothing stays lost."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from casepulse.agents.redis_view import Keys, RedisView, read_meta, read_view
from casepulse.counties.scenario import scenario
from casepulse.schemas.view import CellView, View
from casepulse.streams.redis_clients import LOOK_EVERY, connect, connected
from casepulse.streams.redis_trouble import REDIS_ERRORS, why
from casepulse.streams.settings import Settings
from tests import services
from tests.bad_days import BadDay
from tests.publishing import Publishing, watching
from tests.redis_topologies import Cluster, Watched, cluster, wait, watched
from tests.running import (
    LONG,
    is_tick,
    lists_in_redis,
    oracle,
    oracle_of_lists,
)
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker

#: A month of a few children: what is tested is Redis.
_EVENTS = list(scenario(seed=14, children=12, months=1))
LAST_TICK = _EVENTS[-1]
FACTS = [event for event in _EVENTS if not is_tick(event)]

#: What a fault does, given how to begin. Back when it is over; a server may stay away.
Fault = Callable[[], None]

#: The slots of `{live}` and of `{children}`: CRC16 of what is in the braces.
LIVE, CHILDREN = 3558, 15499

#: Seconds until all is as the batch has it, after a fault's end. Most of it is the others' finding
#: out and agreeing, which takes some four; the rest is a busy machine's.
WITHIN = 80


@pytest.fixture(scope="module")
def _watched() -> Iterator[Watched]:
    with watched() as found:
        yield found


@pytest.fixture
def sentinels(_watched: Watched) -> Watched:
    """Three servers, three sentinels, all well."""
    _watched.settle()
    return _watched


@pytest.fixture(scope="module")
def _cluster() -> Iterator[Cluster]:
    with cluster() as found:
        yield found


@pytest.fixture
def nodes(_cluster: Cluster) -> Cluster:
    """Three masters with a replica each, all well."""
    _cluster.settle()
    return _cluster


def through(settings: Settings, bad_day: BadDay, fault: str, happens: Fault) -> Publishing:
    """Publish a county's month; half way the fault happens. In the end the view, every list and
    what the pages show are those of the batch."""
    expected, lists = _batch()

    def there() -> bool:
        try:
            with connected(settings) as redis:
                meta = read_meta(settings, redis)
                return (
                    meta is not None
                    and sum(offset + 1 for offset in meta.read_to.values()) == len(FACTS)
                    and meta.as_of == LAST_TICK.time
                    and lists_in_redis(settings, lists) == lists
                )
        except REDIS_ERRORS:
            return False

    async def run() -> Publishing:
        publishing = Publishing(settings, FACTS, LAST_TICK.time)
        async with watching(settings) as watch, publishing.running():
            async with asyncio.timeout(3 * WITHIN):
                while publishing.read < len(FACTS) // 2 or watch.seen is None:
                    await asyncio.sleep(0.05)
                await asyncio.to_thread(happens)
                while not publishing.done:
                    await asyncio.sleep(0.05)
                over = time.monotonic()
            await asyncio.to_thread(wait, there, "the view and the lists are the batch's")
            took = time.monotonic() - over
            view = read_view(settings)
            assert view is not None
            bad_day.same(fault, view, expected, len(FACTS), took)
            async with asyncio.timeout(WITHIN):
                while (
                    not watch.seen.trusted
                    or watch.seen.meta.read_to != view.meta.read_to
                    or publishing.board.obstacle()
                ):
                    await asyncio.sleep(0.05)
            assert watch.seen.measures["cp_visits"] == view.measures["cp_visits"]
        return publishing

    return asyncio.run(run())


@cache
def _batch() -> tuple[list[CellView], dict[str, list[str]]]:
    return oracle(FACTS, LAST_TICK.time), oracle_of_lists(FACTS, LAST_TICK.time)


def _settings(url: str, name: str, **given: Any) -> Settings:
    return Settings(redis=url, name=name, partitions=4, **given)


# Sentinel


def _killed(sentinels: Watched) -> None:
    master = sentinels.master()
    master.kill()
    sentinels.wait_for_another(master)


def _frozen(sentinels: Watched) -> None:
    master = sentinels.master()
    master.freeze()
    sentinels.wait_for_another(master)


def _planned(sentinels: Watched) -> None:
    sentinels.fail_over()


_SENTINEL = {
    "its master is killed": _killed,
    "another server is made the master, as planned": _planned,
    "its master is frozen": _frozen,
}


@pytest.mark.parametrize("fault", _SENTINEL if LONG else list(_SENTINEL)[:2])
def test_behind_sentinel_all_that_is_published_is_there_again_after(
    sentinels: Watched, bad_day: BadDay, fault: str
) -> None:
    settings = _settings(sentinels.url(), "sentinel")
    happens = _SENTINEL[fault]
    through(settings, bad_day, f"Redis behind Sentinel: {fault}", lambda: happens(sentinels))


def test_a_master_that_was_replaced_as_planned_is_left_within_seconds(sentinels: Watched) -> None:
    """It takes writes for ten seconds more, and all of them are lost."""
    settings = _settings(sentinels.url(), "left")

    async def run() -> None:
        redis = connect(settings)
        async with asyncio.timeout(PATIENCE):
            while True:
                await redis.set("left:told", "before")
                await asyncio.to_thread(sentinels.fail_over)
                await asyncio.sleep(LOOK_EVERY)
                try:
                    await redis.set("left:told", "after")
                except REDIS_ERRORS:  # a busy machine: it was a replica before it could be left
                    await asyncio.to_thread(sentinels.settle)
                else:
                    break
        assert sentinels.master().ask("GET", "left:told") == b"after"
        await redis.aclose()

    asyncio.run(run())


def test_pages_take_a_version_that_falls(sentinels: Watched, empty_view: View) -> None:
    """The new master may lack the last views."""
    settings = _settings(sentinels.url(), "falls")

    async def run() -> None:
        redis = connect(settings)
        view = RedisView(redis, settings)

        def numbered(version: int) -> View:
            told = {"version": version, "published": datetime.now(UTC)}
            return View(meta=empty_view.meta.model_copy(update=told), measures=empty_view.measures)

        async with watching(settings) as watch, asyncio.timeout(WITHIN):
            assert await view.publish(numbered(9))
            while watch.seen is None or watch.seen.meta.version != 9:
                await asyncio.sleep(0.05)
            keys = Keys.of(settings)
            await redis.delete(keys.current, keys.updates, keys.view(9), keys.meta(9))
            assert await view.publish(numbered(5))
            while watch.seen.meta.version != 5 or not watch.seen.live:
                await asyncio.sleep(0.05)
        await redis.aclose()

    asyncio.run(run())


# Cluster


def _loses(slot: int) -> Callable[[Cluster], None]:
    def lose(nodes: Cluster) -> None:
        master = nodes.of_slot(slot)
        master.kill()
        wait(lambda: nodes.of_slot(slot) is not master, "another has the slot")

    return lose


def _freezes(nodes: Cluster) -> None:
    master = nodes.of_slot(LIVE)
    master.freeze()
    wait(lambda: nodes.of_slot(LIVE) is not master, "another has the slot")


def _moves(nodes: Cluster) -> None:
    for slot in (CHILDREN, LIVE):
        with nodes.moving(slot):
            time.sleep(1.5)  # meanwhile nothing with these keys can be done
    assert nodes.of_slot(LIVE).ask("EXISTS", "cluster:{live}:current")


_CLUSTER = {
    "the master with the view is killed": _loses(LIVE),
    "the slots of view and lists are moved": _moves,
    "the master with the lists is killed": _loses(CHILDREN),
    "the master with the view is frozen": _freezes,
}


@pytest.mark.parametrize("fault", _CLUSTER if LONG else list(_CLUSTER)[:2])
def test_in_a_cluster_all_that_is_published_is_there_again_after(
    nodes: Cluster, bad_day: BadDay, fault: str
) -> None:
    settings = _settings(nodes.url(), "cluster")
    happens = _CLUSTER[fault]
    through(settings, bad_day, f"Redis Cluster: {fault}", lambda: happens(nodes))


def test_a_node_of_a_cluster_that_is_given_as_one_server_is_said_to_be_one(
    nodes: Cluster, empty_view: View
) -> None:
    [wrong, *_] = [each for each in nodes.nodes if each is not nodes.of_slot(LIVE)]
    settings = _settings(f"redis://{services.HOST}:{wrong.port}/0", "one")

    async def run() -> None:
        redis = connect(settings)
        with pytest.raises(REDIS_ERRORS) as raised:
            await RedisView(redis, settings).publish(empty_view)
        assert "write redis+cluster://" in why(raised.value)
        async with watching(settings) as watch, asyncio.timeout(WITHIN):
            while "write redis+cluster://" not in watch.trouble:
                await asyncio.sleep(0.05)
        await redis.aclose()

    asyncio.run(run())


_SOMETHING_ELSE = {
    "redis+cluster://127.0.0.1:{server}": "this is no cluster",
    "redis+sentinel://127.0.0.1:{server}/casepulse": "no sentinel is there",
    "redis://127.0.0.1:{sentinel}": "is it a sentinel?",
    "redis+sentinel://127.0.0.1:{sentinel}/other": "no sentinel that answers",
    "redis+cluster://127.0.0.1:1": "no node of the cluster",
    "redis+sentinel://127.0.0.1:1/other": "no sentinel that answers",
    "redis://127.0.0.1:1": "it can't be reached",
}


def test_a_redis_that_is_something_else_is_named(sentinels: Watched) -> None:
    ports = {"server": sentinels.master().port, "sentinel": sentinels.sentinels[0].port}

    async def ask(settings: Settings) -> None:
        redis = connect(settings)
        try:
            await redis.get("else")
        finally:
            await redis.aclose()

    told = {}
    for url in _SOMETHING_ELSE:
        settings = _settings(url.format(**ports), "else")
        with pytest.raises(REDIS_ERRORS) as at_once, connected(settings) as client:
            client.get("else")
        with pytest.raises(REDIS_ERRORS) as later:
            asyncio.run(ask(settings))
        told[url] = [why(each.value) for each in (at_once, later)]
    assert not {
        url: both
        for url, both in told.items()
        if not all(_SOMETHING_ELSE[url] in each for each in both)
    }
