"""An earlier version and this one on the same topics: up, down, and side by side.

Where definitions changed on purpose between the two, each view is held to its own version's batch.
`make chaos` only: each view and each batch is a process of its own version.
"""

import json
import time
from pathlib import Path

import pytest
from kafka import KafkaProducer
from redis import Redis

from casepulse.schemas.events import Reason, write_event
from casepulse.streams.security import kafka_python_options
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics
from tests.bad_days import FACTS, LAST_TICK, BadDay, Load
from tests.running import LONG, keyed, read_count, send, send_tick, wait_for
from tests.versions import BEFORE, Crew, Version
from tests.waiting import until

pytestmark = [
    pytest.mark.broker,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not LONG, reason="two versions take minutes; `make chaos` runs them"),
]

_AT = LAST_TICK.time
_THIRD = len(FACTS) // 3


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return Version.of_commit(BEFORE, tmp_path_factory.mktemp("version") / "before")


def _settings(kafka: str, redis: str, name: str) -> Settings:
    return Settings.from_environment(
        kafka=kafka,
        redis=redis,
        name=name,
        partitions=4,
        clock="events",
        metrics_port=0,
        session_timeout=10,
    )


def _send_binary(settings: Settings, count: int) -> int:
    """The first facts of the second third as a version before does not read them: binary mode, with
    a trace."""
    producer = KafkaProducer(**kafka_python_options(settings), acks="all")
    topic = Topics.of(settings).events.name
    for event in FACTS[_THIRD : _THIRD + count]:
        told = json.loads(write_event(event))
        data = json.dumps(told.pop("data")).encode()
        told["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        headers = [(f"ce_{name}", value.encode()) for name, value in told.items()]
        producer.send(topic, key=event.subject.encode(), value=data, headers=headers)
    producer.flush()
    producer.close()
    return count


def test_up_to_this_version_and_down_again(
    kafka_address: str,
    redis_url: str,
    redis_client: Redis,
    tmp_path: Path,
    bad_day: BadDay,
    before: Version,
) -> None:
    """What the new one wrote, the old one reads: rows of the changelog, letters, what is in Redis.
    Facts that came in a form which the old one does not know stay counted."""
    settings = _settings(kafka_address, redis_url, "versions")
    ours = Version.ours()
    sent, took = 0, 0.0
    with Crew(tmp_path) as crew:
        for number, version in enumerate((before, ours, before)):
            version.command(settings, "topics", "--create")
            started = time.monotonic()
            worker = crew.join(version, settings)
            facts = FACTS[: _THIRD * (number + 1)] if number < 2 else FACTS
            new = facts[_THIRD * number :]
            if version is ours:
                sent += _send_binary(settings, 50)
                new = new[50:]
            sent += send(settings, [*keyed(new), (b"child:x", b"no event")])
            sent += send_tick(settings, LAST_TICK)
            cells = version.view(settings, sent, _AT)
            took = max(took, time.monotonic() - started)
            if number == 2:
                fault = f"up from {BEFORE} to this version, and down again"
                expected = version.batch(settings, facts, _AT)
                bad_day.same_cells(fault, cells, expected, sent, sent, took)
            else:
                assert cells == version.batch(settings, facts, _AT), version.name
            assert worker.stop() == 0, worker.log.read_text()[-2000:]
        letters = before.command(settings, "dead-letters", "list").splitlines()
        assert [json.loads(line)["reason"] for line in letters] == [Reason.NOT_JSON] * 3


def test_workers_of_both_versions_side_by_side_under_load(
    kafka_address: str,
    redis_url: str,
    redis_client: Redis,
    tmp_path: Path,
    bad_day: BadDay,
    before: Version,
) -> None:
    """Two workers, renewed one by one while events come in, and put back one by one."""
    settings = _settings(kafka_address, redis_url, "versions-rolling")
    ours = Version.ours()
    before.command(settings, "topics", "--create")
    half = len(FACTS) // 2
    sent, took = 0, 0.0
    with Crew(tmp_path) as crew:
        at_work = [crew.join(before, settings) for _ in range(2)]
        for version, facts in ((ours, FACTS[:half]), (before, FACTS[half:])):
            with Load(settings, keyed(facts), rate=len(facts) / 45) as load:
                _until_read(settings, sent + len(facts) // 8)
                for number in range(2):
                    assert at_work[number].stop() == 0, at_work[number].log.read_text()[-2000:]
                    stopped, count = time.monotonic(), sent + load.sent
                    at_work[number] = crew.join(version, settings)
                    _until_read(settings, count)
                    took = max(took, time.monotonic() - stopped)
                sent += load.finish() + send_tick(settings, LAST_TICK)
            cells = version.view(settings, sent, _AT)
            told = FACTS[:half] if version is ours else FACTS
            expected = version.batch(settings, told, _AT)
            way = "to this version" if version is ours else "back from it"
            fault = f"workers of {BEFORE} and of this version side by side, {way}"
            bad_day.same_cells(fault, cells, expected, sent, sent, took)
        assert [worker.stop() for worker in at_work] == [0, 0]


def _until_read(settings: Settings, count: int) -> None:
    """Until a view, whoever made it and of whichever partitions, has so many messages."""
    until(lambda: read_count(wait_for(settings).meta) >= count, "read on")
