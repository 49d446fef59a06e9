"""Child-level lists in Redis, written by a real worker; who may read them, and who no longer may
write them."""

import asyncio
from pathlib import Path

import pytest
from redis import Redis

from casepulse.access.reading import list_reader
from casepulse.agents.due_lists import DueLists, ListKeys
from casepulse.agents.holding import Held
from casepulse.counties.scenario import scenario
from casepulse.state import Fact, Partition, open_catalogue
from casepulse.state.due import due_time
from casepulse.streams.redis_clients import connect
from casepulse.streams.settings import Settings
from tests.build import plan, restriction, visit, when
from tests.running import (
    installation,
    is_tick,
    keyed,
    lists_in_redis,
    oracle_of_lists,
    send,
    send_tick,
    wait_until_read,
    workers,
)
from tests.waiting import until

pytestmark = pytest.mark.broker

_EVENTS = list(scenario(seed=14, children=60, months=2))
_LAST_TICK = _EVENTS[-1]
_FACTS = [event for event in _EVENTS if not is_tick(event)]
_CATALOGUE = open_catalogue()


def test_two_workers_write_the_whole_list_of_each_measure(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(kafka_address, redis_url, "lists")
    expected = oracle_of_lists(_FACTS, _LAST_TICK.time)
    assert len(expected) > 3
    with workers(settings, tmp_path, count=2):
        sent = send(settings, keyed(_FACTS)) + send_tick(settings, _LAST_TICK)
        wait_until_read(settings, sent, _LAST_TICK.time)
        until(lambda: lists_in_redis(settings, expected) == expected, "has the lists")
    for name in expected:
        dues = [due_time(line) for line in list_reader(settings)(name).lines]
        assert dues == sorted(dues), name
    assert 0 < redis_client.ttl(ListKeys.of(settings).owner(0)) <= 24 * 3600


def test_a_list_is_written_again_when_only_a_record_was_restricted(
    redis_url: str, redis_client: Redis
) -> None:
    settings = Settings(redis=redis_url, name="restricted")
    partition = Partition(_CATALOGUE, when("2021-01-20"))
    for fact in (plan("2021-01-04"), visit("2021-01-11 10:00")):
        partition.apply(fact)
    held = Held(0, partition, claim=7)

    async def write() -> list[list[bool]]:
        redis, found = connect(settings), []
        lists = DueLists(redis, settings, _CATALOGUE)
        for told in (None, restriction("2021-01-12"), restriction("2021-01-13", False)):
            if told is not None:
                partition.apply(told)
            await lists.write(held, 0.0)
            found.append([line.restricted for line in list_reader(settings)("cp_visits").lines])
        await redis.aclose()
        return found

    assert asyncio.run(write()) == [[False], [True], [False]]


def test_a_list_that_redis_has_lost_or_has_as_it_was_is_written_again(
    redis_url: str, redis_client: Redis
) -> None:
    """It came back empty, or from an older snapshot; and nothing else has changed."""
    settings = Settings(redis=redis_url, name="lost")
    partition = Partition(_CATALOGUE, when("2021-01-20"))
    held = Held(0, partition, claim=7)
    keys = ListKeys.of(settings)
    places = [keys.owner(0), keys.measures(0), keys.lines(0, "cp_visits")]

    async def write() -> None:
        redis = connect(settings)
        lists = DueLists(redis, settings, _CATALOGUE)
        partition.apply(plan("2021-01-04"))
        await lists.write(held, 0.0)
        snapshot = {place: redis_client.dump(place) for place in places}
        partition.apply(visit("2021-01-11 10:00"))
        await lists.write(held, 0.0)
        wanted = list_reader(settings)("cp_visits").lines
        assert len(wanted) == 1
        redis_client.delete(*places)
        await lists.write(held, 0.0)
        assert list_reader(settings)("cp_visits").lines == wanted
        for place, dumped in snapshot.items():
            redis_client.restore(place, 0, dumped, replace=True)  # type: ignore[arg-type]
        assert list_reader(settings)("cp_visits").lines != wanted
        await lists.write(held, 0.0)
        assert list_reader(settings)("cp_visits").lines == wanted
        await redis.aclose()

    asyncio.run(write())


def test_an_owner_that_lost_a_partition_does_not_overwrite_the_next_ones_list(
    redis_url: str, redis_client: Redis
) -> None:
    settings = Settings(redis=redis_url, name="fenced")

    def held(claim: int, facts: int) -> Held:
        partition = Partition(_CATALOGUE, _LAST_TICK.time)
        for event in _FACTS[:facts]:
            partition.apply(Fact.of(event))
        return Held(0, partition, claim=claim)

    async def write(*owners: Held) -> None:
        redis = connect(settings)
        for owner in owners:
            await DueLists(redis, settings, _CATALOGUE).write(owner, 0.0)
        await redis.aclose()

    asyncio.run(write(held(7, len(_FACTS)), held(3, 50)))
    expected = oracle_of_lists(_FACTS, _LAST_TICK.time)
    assert {name: len(list_reader(settings)(name).lines) for name in expected} == {
        name: len(lines) for name, lines in expected.items()
    }
    asyncio.run(write(held(8, 0)))
    assert not any(list_reader(settings)(name).lines for name in expected), "a later owner has none"
