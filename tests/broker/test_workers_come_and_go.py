"""Workers are killed, join, leave and are started anew, while events come in.

Not only the last view must be right: each one that could be seen on the way must be the batch of
exactly the events that it says it has read.
"""

import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition
from redis import Redis

from casepulse.streams.fact_rows import CLAIM
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics
from tests.bad_days import FACTS, LAST_TICK, VIEWS, BadDay, Load, check_every_view, watched
from tests.running import (
    LONG,
    WorkerProcess,
    configure,
    installation,
    keyed,
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
_KILLS = 20 if LONG else 3


class _Crew:
    """Workers that come and go; whoever is left is killed at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.workers: list[WorkerProcess] = []

    def join(self, settings: Settings) -> WorkerProcess:
        worker = WorkerProcess(settings, self._folder / f"{len(self.workers)}.log")
        self.workers.append(worker)
        return worker


@contextmanager
def _crew(folder: Path) -> Iterator[_Crew]:
    crew = _Crew(folder)
    try:
        yield crew
    finally:
        for worker in crew.workers:
            worker.kill()


def _read(settings: Settings, count: int) -> bool:
    return read_count(wait_for(settings).meta) >= count


def _claims(settings: Settings) -> dict[int, int]:
    """How often each partition was claimed: once for each time it was assigned."""
    topic = Topics.of(settings).changelog.name
    consumer = KafkaConsumer(bootstrap_servers=settings.kafka, auto_offset_reset="earliest")
    partitions = [TopicPartition(topic, number) for number in range(settings.partitions)]
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    claims = dict.fromkeys(range(settings.partitions), 0)
    while any(consumer.position(tp) < ends[tp] for tp in partitions):
        for tp, rows in consumer.poll(timeout_ms=1000).items():
            claims[tp.partition] += sum(row.key == CLAIM for row in rows)
    consumer.close()
    return claims


def _claims_at_rest(settings: Settings) -> dict[int, int]:
    """The same, once they are what they were at each of the four looks before."""
    looks = [_claims(settings)]
    while len(looks) < 5 or any(each != looks[-1] for each in looks[-5:]):
        time.sleep(1)
        looks.append(_claims(settings))
    return looks[-1]


def test_workers_killed_again_and_again_under_load_lose_nothing(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """Of two workers one is killed, at a random moment, and another comes in its place."""
    settings = installation(kafka_address, redis_url, "killed", session_timeout=6)
    chance = random.Random(5)
    took = 0.0
    with (
        _crew(tmp_path) as crew,
        watched(settings) as views,
        Load(settings, _MESSAGES, rate=len(_MESSAGES) / (6 * _KILLS), views=views) as load,
    ):
        at_work = [crew.join(settings), crew.join(settings)]
        for _ in range(_KILLS):
            time.sleep(chance.uniform(1, 6))
            hurt = chance.randrange(2)
            at_work[hurt].kill()
            count = load.sent
            at_work[hurt] = crew.join(settings)
            took = max(took, until(lambda count=count: _read(settings, count), "read on"))
        sent = load.finish() + send_tick(settings, LAST_TICK)
        view = wait_until_read(settings, sent, LAST_TICK.time)
        fault = f"of two workers one is killed under load, {_KILLS} times"
        bad_day.same(fault, view, oracle(FACTS, LAST_TICK.time), sent, took)
        assert [worker.stop() for worker in at_work] == [0, 0]
    assert check_every_view(settings, views) >= VIEWS


def test_two_three_then_one_worker_lose_nothing_and_count_nothing_twice(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """Rows of revoked partitions must go, those of assigned ones come, whoever had them before."""
    settings = installation(kafka_address, redis_url, "moves")
    with (
        _crew(tmp_path) as crew,
        watched(settings) as views,
        Load(settings, _MESSAGES, rate=len(_MESSAGES) / (20 if LONG else 12), views=views) as load,
    ):
        first, second = crew.join(settings), crew.join(settings)
        wait_for(settings, lambda meta: read_count(meta) > len(_MESSAGES) // 4)
        claimed = sum(_claims_at_rest(settings).values())
        third = crew.join(settings)
        until(lambda: sum(_claims(settings).values()) > claimed, "joined")
        wait_for(settings, lambda meta: read_count(meta) > len(_MESSAGES) // 2)
        assert first.stop() == 0
        assert third.stop() == 0
        sent = load.finish() + send_tick(settings, LAST_TICK)
        left = time.monotonic()
        view = wait_until_read(settings, sent, LAST_TICK.time)
        fault = "two, three, then one worker"
        took = time.monotonic() - left
        bad_day.same(fault, view, oracle(FACTS, LAST_TICK.time), sent, took)
        assert second.stop() == 0
    assert check_every_view(settings, views) >= VIEWS


def test_a_rolling_restart_of_workers_with_names_disturbs_no_other(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """Static membership: a worker that is back within its session has what it had before."""
    settings = installation(kafka_address, redis_url, "rolling", session_timeout=120)
    named = [settings.model_copy(update={"instance": f"worker-{number}"}) for number in range(2)]
    with (
        _crew(tmp_path) as crew,
        watched(settings) as views,
        Load(settings, _MESSAGES, rate=len(_MESSAGES) / 25, views=views) as load,
    ):
        at_work = [crew.join(named[0])]
        wait_for(settings, lambda meta: meta.partitions_counted == settings.partitions)
        at_work.append(crew.join(named[1]))
        until(lambda: sum(_claims(settings).values()) > settings.partitions, "shared")
        before = _claims_at_rest(settings)
        took = 0.0
        for number, each in enumerate(named):
            assert at_work[number].stop() == 0
            stopped, count = time.monotonic(), load.sent
            at_work[number] = crew.join(each)
            until(lambda count=count: _read(settings, count), "read on")
            took = max(took, time.monotonic() - stopped)
        sent = load.finish() + send_tick(settings, LAST_TICK)
        view = wait_until_read(settings, sent, LAST_TICK.time)
        fault = "a rolling restart, static membership"
        bad_day.same(fault, view, oracle(FACTS, LAST_TICK.time), sent, took)
        after = _claims(settings)
        assert [after[number] - before[number] for number in after] == [1] * len(after)
        assert [worker.stop() for worker in at_work] == [0, 0]
    assert check_every_view(settings, views) >= VIEWS


def test_another_profile_after_a_restart_counts_everything_anew(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """The view names the definitions it was counted by."""
    settings = installation(kafka_address, redis_url, "profile")
    sent = send(settings, _MESSAGES) + send_tick(settings, LAST_TICK)
    with workers(settings, tmp_path / "first") as [worker]:
        before = wait_until_read(settings, sent, LAST_TICK.time)
        assert worker.stop() == 0
    profile = tmp_path / "other.toml"
    profile.write_text(
        'base = "january-2021"\n[measures.cp_visits.standards]\nseen = "3 working days"\n'
        '[measures.cin_visits.standards]\nseen = "5 working days"\n'
    )
    changed = settings.model_copy(update={"profile": profile})
    expected = oracle(FACTS, LAST_TICK.time, profile)
    assert expected != before.cells()
    started = time.monotonic()
    with workers(changed, tmp_path / "second"):
        view = wait_for(settings, lambda meta: meta.definitions != before.meta.definitions)
        view = wait_until_read(settings, sent, LAST_TICK.time)
        bad_day.same(
            "another profile after a restart", view, expected, sent, time.monotonic() - started
        )


def _slow_worker(folder: Path, more: str = "") -> Path:
    """The program of a worker that takes 20 ms for each event."""
    program = folder / "slow.py"
    program.write_text(
        "import sys, time\n"
        "from casepulse.agents.cases import CaseAgent\n"
        "from casepulse.agents.worker import Worker\n"
        "from casepulse.state import Partition\n"
        "from casepulse.streams.settings import Settings\n"
        "apply = Partition.apply\n"
        "def slowly(self, fact):\n"
        "    time.sleep(0.02)\n"
        "    return apply(self, fact)\n"
        "Partition.apply = slowly\n"
        f"{more}"
        "sys.exit(Worker(Settings.from_environment()).run())\n"
    )
    return program


def test_what_was_fetched_and_not_read_before_a_rebalance_is_read_after_it(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    """Faust throws it away; where nothing was committed yet, aiokafka does not go back to it.
    Here: a worker so slow that most of what it has fetched waits, and that commits nothing."""
    settings = installation(kafka_address, redis_url, "fetched")
    slow = _slow_worker(tmp_path, "CaseAgent._done = lambda self, waiting: None\n")
    facts = FACTS[: 800 if LONG else 500]
    sent = send(settings, keyed(facts)) + send_tick(settings, LAST_TICK)
    with workers(settings, tmp_path, main=slow):
        wait_for(settings, lambda meta: read_count(meta) > 0)
        with workers(settings, tmp_path / "second"):
            view = wait_until_read(settings, sent, LAST_TICK.time)
            assert view.cells() == oracle(facts, LAST_TICK.time)


@pytest.mark.parametrize("time_of_many", range(5 if LONG else 1))
def test_a_worker_frozen_past_its_session_returns_and_nothing_is_lost(
    kafka_address: str,
    redis_url: str,
    redis_client: Redis,
    tmp_path: Path,
    bad_day: BadDay,
    time_of_many: int,
) -> None:
    """Its partitions have moved meanwhile. Faust lost what it had fetched for the new owner before
    it went to the committed offsets (one time in three), and the returned one took what it still
    wrote to a changelog for all that there was (as often)."""
    settings = installation(kafka_address, redis_url, f"frozen-{time_of_many}", session_timeout=6)
    facts = FACTS[: 800 if LONG else 500]
    expected = oracle(facts, LAST_TICK.time)
    sent = send(settings, keyed(facts)) + send_tick(settings, LAST_TICK)
    with workers(settings, tmp_path, main=_slow_worker(tmp_path)) as [frozen]:
        wait_for(settings, lambda meta: read_count(meta) > 100)
        frozen.process.send_signal(signal.SIGSTOP)
        stopped = time.monotonic()
        with workers(settings, tmp_path / "second") as [second]:
            view = wait_until_read(settings, sent, LAST_TICK.time)
            took = time.monotonic() - stopped
            assert view.cells() == expected
            frozen.process.send_signal(signal.SIGCONT)
            for _ in range(100):  # 10 s: it writes, is told that it is late, and joins again
                view = wait_for(settings)
                assert view.cells() == expected
                time.sleep(0.1)
            assert second.stop() == 0
        view = wait_until_read(settings, sent, LAST_TICK.time)
        fault = "a worker is frozen past its session, and returns"
        bad_day.same(fault, view, expected, sent, took)


def _rows_left(settings: Settings) -> tuple[int, int]:
    """How many rows the changelog has, and how many it had."""
    consumer = KafkaConsumer(bootstrap_servers=settings.kafka, auto_offset_reset="earliest")
    topic = Topics.of(settings).changelog.name
    partitions = [TopicPartition(topic, number) for number in range(settings.partitions)]
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    left = 0
    while any(consumer.position(tp) < ends[tp] for tp in partitions):
        left += sum(map(len, consumer.poll(timeout_ms=1000).values()))
    consumer.close()
    return left, sum(ends.values())


@pytest.mark.skipif(not LONG, reason="Kafka's cleaner takes its time; `make chaos` waits for it")
def test_a_compacted_changelog_is_restored_whole(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """Batches of which the last row has gone, or all rows, are no holes."""
    settings = installation(kafka_address, redis_url, "compacted")
    at_once = {"cleanup.policy": "compact", "segment.ms": "200", "delete.retention.ms": "100"}
    configure(
        settings, Topics.of(settings).changelog, {**at_once, "min.cleanable.dirty.ratio": "0.001"}
    )
    messages = keyed(FACTS)
    sent = 0
    with workers(settings, tmp_path / "first") as [worker]:
        for start in range(0, len(messages), 200):
            # Once more what was told already: it leaves only the row that says how far was read.
            sent += send(settings, messages[start : start + 200] + messages[:start][-50:])
            time.sleep(1.2)
        sent += send_tick(settings, LAST_TICK)
        wait_until_read(settings, sent, LAST_TICK.time)
        assert worker.stop() == 0
    until = time.monotonic() + 90
    left, had = _rows_left(settings)
    while left == had and time.monotonic() < until:
        time.sleep(1)
        left, had = _rows_left(settings)
    assert left < had, "nothing was compacted"
    redis_client.flushdb()
    started = time.monotonic()
    with workers(settings, tmp_path) as [worker]:
        view = wait_until_read(settings, sent, LAST_TICK.time)
        took = time.monotonic() - started
        fault = "a worker starts on a compacted changelog"
        bad_day.same(fault, view, oracle(FACTS, LAST_TICK.time), sent, took)
        assert "reading events again" not in worker.log.read_text()
