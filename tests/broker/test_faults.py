"""Bad days: after any of these faults the view equals the batch of the same events, unaided.

Each worker is a process of its own; a broker or a Redis that is hurt here is the test's own.
"""

import json
import random
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from redis import Redis

from streams.settings import Settings
from streams.sources.scenario import scenario
from tests import services
from tests.running import (
    LONG,
    WorkerProcess,
    installation,
    is_tick,
    keyed,
    oracle,
    read_count,
    send,
    send_tick,
    wait_for,
    wait_until_read,
    workers,
)

pytestmark = pytest.mark.broker

_EVENTS = list(scenario(seed=12, children=60, months=2))
_LAST_TICK = _EVENTS[-1]
_FACTS = [event for event in _EVENTS if not is_tick(event)]


@pytest.fixture
def own_kafka(tmp_path: Path) -> Any:
    """A broker that the test may kill. Needs Java and Maven's jars, not just any broker."""
    jars = services.script("deploy/kafka/kafka.py")
    server = jars.KafkaServer(tmp_path / "kafka")
    try:
        server.start()
    except jars.KafkaMissingError as error:
        services.missing(str(error))
    yield server
    server.stop()


def _ask(settings: Settings, path: str) -> tuple[int, dict[str, Any]]:
    """The status and the answer of a worker's health; 0 if nobody answers."""
    address = f"http://127.0.0.1:{settings.metrics_port}{path}"
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
    except OSError:
        return 0, {}


def _until(wanted: Callable[[], bool], what: str, seconds: float = 60) -> float:
    """Wait; how long it took."""
    started = time.monotonic()
    while not wanted():
        if time.monotonic() - started > seconds:
            raise TimeoutError(what)
        time.sleep(0.1)
    return time.monotonic() - started


def _is_ready(settings: Settings) -> bool:
    return _ask(settings, "/health/ready")[0] == 200


def _kill(pid: int) -> None:
    found = psutil.Process(pid)
    found.send_signal(signal.SIGKILL)
    found.wait(10)


def test_health_says_when_a_worker_lives_and_when_it_is_ready(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(kafka_address, redis_url, "health", metrics_port=services.free_port())
    with workers(settings, tmp_path) as [worker]:
        _until(lambda: _ask(settings, "/health/live")[0] == 200, "alive")
        _until(lambda: _is_ready(settings), "ready")
        assert _ask(settings, "/health/ready") == (200, {"ready": True, "because": {}})
        for path in ("/", "/table/facts/", "/health/ready/child:k1", "/router/facts/k1/"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"http://127.0.0.1:{settings.metrics_port}{path}", timeout=5)
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(timeout=10) == 0


def test_a_broker_that_is_killed_under_load_and_comes_back_loses_nothing(
    own_kafka: Any, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    """The worker waits, says so, and goes on; nobody starts it anew."""
    settings = installation(
        own_kafka.address, redis_url, "killed-broker", metrics_port=services.free_port()
    )
    messages = keyed(_FACTS)
    half = len(messages) // 2
    with workers(settings, tmp_path) as [worker]:
        sent = send(settings, messages[:half])
        wait_for(settings, lambda view: read_count(view) > half // 4)
        _kill(own_kafka.pid)
        _until(lambda: "kafka" in _ask(settings, "/health/ready")[1]["because"], "says so", 30)
        time.sleep(15)
        assert worker.process.poll() is None, "it has not waited"
        own_kafka.start()
        sent += send(settings, messages[half:]) + send_tick(settings, _LAST_TICK)
        view = wait_until_read(settings, sent, _LAST_TICK.time)
        assert view.cells() == oracle(_FACTS, _LAST_TICK.time)
        _until(lambda: _is_ready(settings), "ready again")
        assert worker.stop() == 0


def test_a_worker_without_a_broker_ends_within_ten_seconds(
    own_kafka: Any, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(
        own_kafka.address, redis_url, "no-broker", metrics_port=services.free_port()
    )
    with workers(settings, tmp_path) as [worker]:
        _until(lambda: _is_ready(settings), "ready")
        _kill(own_kafka.pid)
        time.sleep(3)
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(timeout=10) in (0, 1)


def test_a_redis_that_is_killed_and_comes_back_empty_has_the_view_again(
    kafka_address: str, tmp_path: Path
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
            messages = keyed(_FACTS)
            half = len(messages) // 2
            sent = send(settings, messages[:half])
            wait_for(settings, lambda view: read_count(view) > half // 4)
            _kill(int(Redis(port=port).info("server")["process_id"]))
            sent += send(settings, messages[half:]) + send_tick(settings, _LAST_TICK)
            _until(lambda: "view" in _ask(settings, "/health/ready")[1]["because"], "says so", 30)
            with services.redis_server(binary, port=port):
                back = time.monotonic()
                view = wait_until_read(settings, sent, _LAST_TICK.time, 10)
                assert time.monotonic() - back < 10
                assert view.cells() == oracle(_FACTS, _LAST_TICK.time)
                _until(lambda: _is_ready(settings), "ready again", 10)
                assert worker.stop() == 0


_REFUSALS = {
    "out-of-memory": ("CONFIG SET maxmemory 1mb", "CONFIG SET maxmemory 0"),
    "refused": ("ACL SETUSER default -@all +client +info +acl +ping", "ACL SETUSER default +@all"),
    "paused": ("CLIENT PAUSE 60000 WRITE", "CLIENT UNPAUSE"),
}


@pytest.mark.parametrize("fault", _REFUSALS if LONG else ["out-of-memory"])
def test_a_redis_that_takes_nothing_for_a_while_has_the_view_again(
    kafka_address: str, tmp_path: Path, fault: str
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
            f"redis-{fault}",
            metrics_port=services.free_port(),
        )
        with workers(settings, tmp_path) as [worker]:
            messages = keyed(_FACTS)
            half = len(messages) // 2
            sent = send(settings, messages[:half])
            view = wait_for(settings, lambda view: read_count(view) > half // 4)
            redis.execute_command(*begin.split())
            sent += send(settings, messages[half:]) + send_tick(settings, _LAST_TICK)
            _until(lambda: "view" in _ask(settings, "/health/ready")[1]["because"], "says so", 30)
            if fault == "out-of-memory":
                stale = wait_for(settings, lambda view: True)
                assert stale.measures.keys() == view.measures.keys(), "the old view stays whole"
            redis.execute_command(*end.split())
            view = wait_until_read(settings, sent, _LAST_TICK.time, 10)
            assert view.cells() == oracle(_FACTS, _LAST_TICK.time)
            _until(lambda: _is_ready(settings), "ready again", 10)
            assert worker.stop() == 0


_KILLS = 20 if LONG else 4


def test_a_worker_killed_again_and_again_under_load_loses_nothing(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    """And no view on the way counts a child twice: never more in the county than there are."""
    settings = installation(kafka_address, redis_url, "killed", session_timeout=6)
    expected = oracle(_FACTS, _LAST_TICK.time)
    most = len({event.subject for event in _FACTS})
    chance = random.Random(5)
    messages = keyed(_FACTS)
    slice_size = len(messages) // _KILLS + 1
    sent = 0
    steady = WorkerProcess(settings, tmp_path / "steady.log")
    try:
        for number in range(_KILLS):
            hurt = WorkerProcess(settings, tmp_path / f"hurt-{number}.log")
            try:
                sent += send(settings, messages[slice_size * number :][:slice_size])
                time.sleep(chance.uniform(1, 6))
            finally:
                hurt.kill()
            view = wait_for(settings, lambda view: True)
            stocks = [cell for cell in view.cells() if cell.period == "at"]
            assert all(sum(cell.statuses.values()) <= most for cell in stocks)
        sent += send_tick(settings, _LAST_TICK)
        view = wait_until_read(settings, sent, _LAST_TICK.time)
        assert view.cells() == expected
        assert steady.stop() == 0
    finally:
        steady.kill()


def test_another_profile_after_a_restart_counts_everything_anew(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    """The view names the definitions it was counted by."""
    settings = installation(kafka_address, redis_url, "profile")
    sent = send(settings, keyed(_FACTS)) + send_tick(settings, _LAST_TICK)
    with workers(settings, tmp_path / "first") as [worker]:
        before = wait_until_read(settings, sent, _LAST_TICK.time)
        assert worker.stop() == 0
    profile = tmp_path / "other.toml"
    profile.write_text(
        '[measures.cp_visits.standards]\nseen = "3 working days"\n'
        '[measures.cin_visits.standards]\nseen = "5 working days"\n'
    )
    changed = settings.model_copy(update={"profile": profile})
    expected = oracle(_FACTS, _LAST_TICK.time, profile)
    assert expected != before.cells()
    with workers(changed, tmp_path / "second"):
        view = wait_for(settings, lambda view: view.meta.definitions != before.meta.definitions)
        view = wait_until_read(settings, sent, _LAST_TICK.time)
        assert view.cells() == expected
        assert view.meta.definitions != before.meta.definitions
