"""Kafka is killed, out of reach, or slow; and what it has is not what it said it had."""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata
from redis import Redis

from casepulse.agents.dead_letters import read_letters
from casepulse.agents.redis_view import Keys
from casepulse.schemas.events import Reason
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics, admin, create
from tests import services
from tests.bad_days import (
    FACTS,
    LAST_TICK,
    BadDay,
    Load,
    is_ready,
    kill,
    obstacles,
)
from tests.proxy import Proxy
from tests.running import (
    LONG,
    installation,
    keyed,
    limit_messages,
    oracle,
    read_count,
    send,
    send_tick,
    wait_for,
    wait_until_read,
    workers,
)
from tests.waiting import until

pytestmark = pytest.mark.broker

_MESSAGES = keyed(FACTS)
_HALF = len(_MESSAGES) // 2
_MINUTE = 60 if LONG else 12


def test_a_broker_that_is_killed_under_load_and_comes_back_loses_nothing(
    own_kafka: Any, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """The worker waits, says so, and goes on; nobody starts it anew."""
    settings = installation(
        own_kafka.address, redis_url, "killed-broker", metrics_port=services.free_port()
    )
    with (
        workers(settings, tmp_path) as [worker],
        Load(settings, _MESSAGES, rate=len(_MESSAGES) / 20) as load,
    ):
        wait_for(settings, lambda meta: read_count(meta) > len(_MESSAGES) // 8)
        kill(own_kafka.pid)
        until(lambda: "kafka" in obstacles(settings), "says so")
        time.sleep(_MINUTE / 2)
        assert worker.process.poll() is None, "it has not waited"
        count = load.sent
        own_kafka.start()
        back = time.monotonic()
        wait_for(settings, lambda meta: read_count(meta) > min(count, len(_MESSAGES) - 1))
        took = time.monotonic() - back
        sent = load.finish() + send_tick(settings, LAST_TICK)
        view = wait_until_read(settings, sent, LAST_TICK.time)
        expected = oracle(FACTS, LAST_TICK.time)
        bad_day.same("the broker is killed under load, and started", view, expected, sent, took)
        until(lambda: is_ready(settings), "ready again")
        assert worker.stop() == 0


@pytest.fixture
def far_kafka(tmp_path: Path) -> Iterator[tuple[str, Proxy]]:
    """The address of a broker behind a network that may be hurt."""
    with Proxy() as proxy:
        known_as = f"advertised.listeners=PLAINTEXT://{services.HOST}:{proxy.port}"

        def behind(properties: str) -> str:
            lines = properties.splitlines()
            return "\n".join(
                known_as if line.startswith("advertised.listeners=") else line for line in lines
            )

        with services.kafka_of_its_own(tmp_path / "far", behind) as server:
            proxy.target = int(server.address.partition(":")[2])
            yield f"{services.HOST}:{proxy.port}", proxy


def test_a_broker_that_is_slow_delays_and_loses_nothing(
    far_kafka: tuple[str, Proxy],
    redis_url: str,
    redis_client: Redis,
    tmp_path: Path,
    bad_day: BadDay,
) -> None:
    """A tenth of a second for each answer; and it stays ready."""
    address, proxy = far_kafka
    settings = installation(address, redis_url, "slow", metrics_port=services.free_port())
    proxy.delay = 0.1
    with (
        workers(settings, tmp_path) as [worker],
        Load(settings, _MESSAGES, rate=len(_MESSAGES) / _MINUTE) as load,
    ):
        wait_for(settings, lambda meta: read_count(meta) > _HALF)
        assert is_ready(settings)
        sent = load.finish() + send_tick(settings, LAST_TICK)
        ended = time.monotonic()
        view = wait_until_read(settings, sent, LAST_TICK.time)
        expected = oracle(FACTS, LAST_TICK.time)
        took = time.monotonic() - ended
        bad_day.same("the broker takes 100 ms for an answer", view, expected, sent, took)
        assert worker.stop() == 0


def test_a_broker_that_is_out_of_reach_for_a_while_loses_nothing(
    far_kafka: tuple[str, Proxy],
    redis_url: str,
    redis_client: Redis,
    tmp_path: Path,
    bad_day: BadDay,
) -> None:
    """No connection ends, and nothing comes: longer than a session, at full length."""
    address, proxy = far_kafka
    settings = installation(
        address, redis_url, "far", metrics_port=services.free_port(), session_timeout=10
    )
    with (
        workers(settings, tmp_path) as [worker],
        Load(settings, _MESSAGES, rate=len(_MESSAGES) / 20) as load,
    ):
        wait_for(settings, lambda meta: read_count(meta) > len(_MESSAGES) // 8)
        proxy.cut = True
        until(lambda: "kafka" in obstacles(settings), "says so")
        time.sleep(_MINUTE - 5)
        assert worker.process.poll() is None, "it has not waited"
        count = load.sent
        proxy.cut = False
        back = time.monotonic()
        wait_for(settings, lambda meta: read_count(meta) > min(count, len(_MESSAGES) - 1))
        took = time.monotonic() - back
        sent = load.finish() + send_tick(settings, LAST_TICK)
        view = wait_until_read(settings, sent, LAST_TICK.time)
        expected = oracle(FACTS, LAST_TICK.time)
        fault = f"the broker is out of reach for {_MINUTE} s"
        bad_day.same(fault, view, expected, sent, took)
        until(lambda: is_ready(settings), "ready again")
        assert worker.stop() == 0


def _commit_all(settings: Settings) -> None:
    """Commit, for the workers' group, everything as read."""
    consumer = KafkaConsumer(
        bootstrap_servers=settings.kafka, group_id=settings.name, enable_auto_commit=False
    )
    topic = Topics.of(settings).events.name
    partitions = [TopicPartition(topic, number) for number in range(settings.partitions)]
    consumer.assign(partitions)
    consumer.commit(
        {tp: OffsetAndMetadata(end, "", -1) for tp, end in consumer.end_offsets(partitions).items()}
    )
    consumer.close()


def test_offsets_that_were_committed_before_their_facts_were_kept_are_read_again(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """As after a crash between Faust's commit and the changelog's write: its flush gives up."""
    settings = installation(kafka_address, redis_url, "gap")
    with workers(settings, tmp_path / "first") as [worker]:
        sent = send(settings, _MESSAGES[:_HALF])
        wait_for(settings, lambda meta: read_count(meta) == sent)
        assert worker.stop() == 0
    sent += send(settings, _MESSAGES[_HALF:])
    _commit_all(settings)
    started = time.monotonic()
    with workers(settings, tmp_path / "second") as [worker]:
        sent += send_tick(settings, LAST_TICK)
        view = wait_until_read(settings, sent, LAST_TICK.time)
        expected = oracle(FACTS, LAST_TICK.time)
        took = time.monotonic() - started
        fault = "offsets committed whose facts were not written"
        bad_day.same(fault, view, expected, sent, took)
        assert "reading events again, for rows are missing" in worker.log.read_text()
        assert worker.stop() == 0
    # What leaves no row of its own, as ticks, must not be read again each time.
    with workers(settings, tmp_path / "third") as [worker]:
        for _ in range(5):  # once they were told, they leave no rows
            sent += send_tick(settings, LAST_TICK)
        wait_until_read(settings, sent, LAST_TICK.time)
        time.sleep(2.5)
        assert worker.stop() == 0
    with workers(settings, tmp_path / "fourth") as [worker]:
        until(
            lambda: worker.log.read_text().count("partition claimed") == settings.partitions,
            "claimed",
        )
        assert "reading events again" not in worker.log.read_text()


def _delete(settings: Settings, topics: set[str]) -> None:
    client = admin(settings)
    client.delete_topics(sorted(topics))
    client.close()


_TOPICS = ["dead_letters", "partials", "changelog"]


@pytest.mark.parametrize("which", _TOPICS if LONG else _TOPICS[:1])
def test_a_topic_that_is_deleted_stops_the_worker_and_loses_nothing(
    kafka_address: str,
    redis_url: str,
    redis_client: Redis,
    tmp_path: Path,
    bad_day: BadDay,
    which: str,
) -> None:
    """Clients wait for a missing topic without end, and without a word."""
    name = f"deleted-{which.replace('_', '-')}"
    settings = installation(kafka_address, redis_url, name)
    topic = getattr(Topics.of(settings), which).name
    with workers(settings, tmp_path / "first") as [worker]:
        sent = send(settings, _MESSAGES[:_HALF])
        wait_for(settings, lambda meta: read_count(meta) == sent)
        _delete(settings, {topic})
        sent += send(settings, [*_MESSAGES[_HALF:], (b"child:x", b"no event")])
        assert worker.ended() == 1
    stops = [line for line in worker.log.read_text().splitlines() if "a topic is gone" in line]
    assert len(stops) == 1
    assert topic in stops[0]
    if which == "changelog":  # as docs/reliability.md says: the order of claims begins again
        _delete(settings, {Topics.of(settings).partials.name})
    if which != "dead_letters":  # and so does that of views
        redis_client.delete(Keys.of(settings).current)
    assert topic in create(settings)
    started = time.monotonic()
    with workers(settings, tmp_path / "second"):
        sent += send_tick(settings, LAST_TICK)
        view = wait_until_read(settings, sent, LAST_TICK.time)
        took = time.monotonic() - started
        bad_day.same(
            f"the topic of the {which.replace('_', ' ')} is deleted, and made anew",
            view,
            oracle(FACTS, LAST_TICK.time),
            sent,
            took,
        )
    assert [letter.reason for letter in read_letters(settings)] == [Reason.NOT_JSON]


def test_partials_that_kafka_refuses_are_said_until_it_takes_them(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """The rest goes on, and no fact is lost; but the view stands still."""
    settings = installation(
        kafka_address, redis_url, "unwritable", metrics_port=services.free_port()
    )
    partials = Topics.of(settings).partials
    with workers(settings, tmp_path) as [worker]:
        sent = send(settings, _MESSAGES[:_HALF])
        wait_for(settings, lambda meta: read_count(meta) == sent)
        limit_messages(settings, partials, 50)
        said = f"refused the last message, on {partials.name}"
        rest = iter(_MESSAGES[_HALF:])
        sent += send(settings, islice(rest, 20))
        until(lambda: obstacles(settings).get("kafka") == said, "says so")
        for message in islice(rest, 20):  # their rows are taken, and that is no excuse
            sent += send(settings, [message])
            for _ in range(3):
                assert obstacles(settings).get("kafka") == said
                time.sleep(0.03)
        sent += send(settings, rest)
        limit_messages(settings, partials, 2**24)
        back = time.monotonic()
        sent += send_tick(settings, LAST_TICK)
        view = wait_until_read(settings, sent, LAST_TICK.time)
        took = time.monotonic() - back
        expected = oracle(FACTS, LAST_TICK.time)
        bad_day.same("Kafka refuses the partials for a while", view, expected, sent, took)
        until(lambda: is_ready(settings), "ready again")
        assert worker.stop() == 0
