"""Redis is killed, out of memory, refuses us, does not answer, or evicts what was written."""

import time
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from casepulse.access.reading import read_list
from casepulse.streams.settings import Settings
from tests import services
from tests.bad_days import FACTS, LAST_TICK, BadDay, ask, is_ready, kill, obstacles
from tests.running import (
    LONG,
    installation,
    keyed,
    lists_in_redis,
    oracle,
    oracle_of_lists,
    read_count,
    send,
    send_tick,
    wait_for,
    wait_until_read,
    workers,
)
from tests.waiting import quiet_clock, until

pytestmark = pytest.mark.broker


def test_a_redis_that_is_killed_and_comes_back_empty_has_the_view_again(
    kafka_address: str, tmp_path: Path, bad_day: BadDay
) -> None:
    """The stream goes on meanwhile, health says so, and ten seconds later all is back."""
    binary = services.redis_binary()
    if binary is None:
        services.missing("no redis-server")
    with services.redis_server(binary) as port:
        settings = installation(
            kafka_address,
            f"redis://127.0.0.1:{port}/0",
            "killed-redis",
            metrics_port=services.free_port(),
        )
        with workers(settings, tmp_path) as [worker]:
            messages = keyed(FACTS)
            half = len(messages) // 2
            sent = send(settings, messages[:half])
            wait_for(settings, lambda meta: read_count(meta) > half // 4)
            kill(int(Redis(port=port).info("server")["process_id"]))
            sent += send(settings, messages[half:]) + send_tick(settings, LAST_TICK)
            until(lambda: "view" in obstacles(settings), "says so")
            with services.redis_server(binary, port=port):
                back = time.monotonic()
                with quiet_clock() as seconds:
                    view = wait_until_read(settings, sent, LAST_TICK.time)
                    assert seconds() < 10
                took = time.monotonic() - back
                expected = oracle(FACTS, LAST_TICK.time)
                bad_day.same("Redis is killed, and comes back empty", view, expected, sent, took)
                until(lambda: is_ready(settings), "ready again")
                lists = oracle_of_lists(FACTS, LAST_TICK.time)
                until(lambda: lists_in_redis(settings, lists) == lists, "has the lists again")
                kill(int(Redis(port=port).info("server")["process_id"]))
            # Once more, and now nothing has changed: what is not told anew would be missing.
            with services.redis_server(binary, port=port), quiet_clock() as seconds:
                view = wait_until_read(settings, sent, LAST_TICK.time)
                assert view.cells() == expected
                until(lambda: lists_in_redis(settings, lists) == lists, "has the lists again")
                assert seconds() < 30
                assert worker.stop() == 0


_REFUSALS = {
    "out of memory": ("CONFIG SET maxmemory 1mb", "CONFIG SET maxmemory 0"),
    "refusing": ("ACL SETUSER default -@all +client +info +acl +ping", "ACL SETUSER default +@all"),
    "paused": ("CLIENT PAUSE 60000 WRITE", "CLIENT UNPAUSE"),
}


@pytest.mark.parametrize("fault", _REFUSALS if LONG else ["out of memory"])
def test_a_redis_that_takes_nothing_for_a_while_has_the_view_again(
    kafka_address: str, tmp_path: Path, bad_day: BadDay, fault: str
) -> None:
    binary = services.redis_binary()
    if binary is None:
        services.missing("no redis-server")
    begin, end = _REFUSALS[fault]
    with services.redis_server(binary) as port:
        redis = Redis(port=port, socket_timeout=30)
        settings = installation(
            kafka_address,
            f"redis://127.0.0.1:{port}/0",
            f"redis-{fault.replace(' ', '-')}",
            metrics_port=services.free_port(),
        )
        with workers(settings, tmp_path) as [worker]:
            messages = keyed(FACTS)
            half = len(messages) // 2
            sent = send(settings, messages[:half])
            view = wait_for(settings, lambda meta: read_count(meta) > half // 4)
            redis.execute_command(*begin.split())
            sent += send(settings, messages[half:]) + send_tick(settings, LAST_TICK)
            until(lambda: "view" in obstacles(settings), "says so")
            if fault == "out of memory":
                stale = wait_for(settings)
                assert stale.measures.keys() == view.measures.keys(), "the old view stays whole"
            redis.execute_command(*end.split())
            back = time.monotonic()
            view = wait_until_read(settings, sent, LAST_TICK.time)
            took = time.monotonic() - back
            bad_day.same(f"Redis is {fault}", view, oracle(FACTS, LAST_TICK.time), sent, took)
            until(lambda: is_ready(settings), "ready again")
            assert worker.stop() == 0


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-lru"] if LONG else ["allkeys-lru"])
def test_what_redis_evicts_is_missed_and_written_again(
    kafka_address: str, tmp_path: Path, bad_day: BadDay, policy: str
) -> None:
    """No list that has lost lines is ever taken for whole; within seconds all is there again."""
    binary = services.redis_binary()
    if binary is None:
        services.missing("no redis-server")
    with services.redis_server(binary) as port:
        redis: Any = Redis(port=port)
        settings = installation(
            kafka_address,
            f"redis://127.0.0.1:{port}/0",
            f"evicted-{policy}",
            metrics_port=services.free_port(),
        )
        expected = oracle_of_lists(FACTS, LAST_TICK.time)

        def incomplete() -> list[str]:
            """Those that say so; all others must be whole."""
            told = []
            for name, wanted in expected.items():
                read = read_list(settings, name, redis)
                if read.whole:
                    assert sorted(line.model_dump_json() for line in read.lines) == wanted
                else:
                    told.append(read.incomplete)
            return told

        with workers(settings, tmp_path) as [worker]:
            sent = send(settings, keyed(FACTS)) + send_tick(settings, LAST_TICK)
            wait_until_read(settings, sent, LAST_TICK.time)
            until(lambda: lists_in_redis(settings, expected) == expected, "has the lists")
            until(lambda: is_ready(settings), "ready")
            redis.config_set("maxmemory-policy", policy)
            until(lambda: policy in _warning(settings), "names the policy")
            # Some keys go and others stay: with less and less room, until some of a list are gone.
            room = redis.info("memory")["used_memory"]
            while not incomplete():
                room = int(room * 0.9)
                redis.config_set("maxmemory", room)
            redis.config_set("maxmemory", 0)
            began = time.monotonic()
            until(lambda: not incomplete(), "whole again")
            view = wait_until_read(settings, sent, LAST_TICK.time)
            took = time.monotonic() - began
            assert lists_in_redis(settings, expected) == expected
            cells = oracle(FACTS, LAST_TICK.time)
            bad_day.same(f"Redis evicts lists, {policy}", view, cells, sent, took)
            redis.config_set("maxmemory-policy", "noeviction")
            until(lambda: not _warning(settings), "warns no more")
            until(lambda: is_ready(settings), "ready again")
            assert worker.stop() == 0


def _warning(settings: Settings) -> str:
    """What a worker's health says of Redis that breaks a promise, and no figure yet."""
    return str(ask(settings, "/health/ready")[1].get("warnings", {}).get("redis", ""))
