"""Topics that are not as they must be: grown, or set so that they lose what was promised."""

import time
import urllib.request
from pathlib import Path

import pytest
from redis import Redis

from casepulse.batch.source_parts import SourceError, topic_parts
from casepulse.commands.events import _move
from casepulse.streams.places import partition_of
from casepulse.streams.settings import PREFIX, Settings
from casepulse.streams.topics import Topics, TopicsError, admin, check, create, look
from tests import services
from tests.bad_days import FACTS, LAST_TICK, BadDay, ask, is_ready, obstacles
from tests.running import (
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
_HALF = len(_MESSAGES) // 2


def _grow(settings: Settings, topic: str, partitions: int) -> None:
    client = admin(settings)
    client.create_partitions({topic: partitions})
    client.close()


def _metrics(settings: Settings) -> str:
    address = f"http://127.0.0.1:{settings.metrics_port}/metrics"
    with urllib.request.urlopen(address, timeout=30) as answer:
        text: str = answer.read().decode()
        return text


@pytest.mark.timeout(1800)
def test_events_that_were_given_more_partitions_are_said_to_be_missing_until_moved(
    kafka_address: str,
    redis_url: str,
    redis_client: Redis,
    tmp_path: Path,
    bad_day: BadDay,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody reads the new ones, keys lead elsewhere, and there is no lag to be seen."""
    settings = installation(kafka_address, redis_url, "grown", metrics_port=services.free_port())
    events = Topics.of(settings).events
    configure(settings, events, {"retention.ms": "86400000"})
    with workers(settings, tmp_path / "running") as [worker]:
        sent = send(settings, _MESSAGES[:_HALF])
        wait_for(settings, lambda meta: read_count(meta) == sent)
        until(lambda: is_ready(settings), "ready")

        # Kafka will delete events; the figures are right as yet.
        until(lambda: ask(settings, "/health/ready")[1].get("warnings"), "warned")
        status, said = ask(settings, "/health/ready")
        assert (status, said["ready"]) == (200, True)
        assert (
            f"{events.name}: has retention.ms 86400000, must have -1" in said["warnings"]["topics"]
        )
        wrong = f'casepulse_topic_problems{{setting="retention.ms",topic="{events.name}"}} 1.0'
        assert wrong in _metrics(settings)

        _grow(settings, events.name, 6)
        took = until(lambda: "topics" in obstacles(settings), "seen")
        assert took < 60
        said_of_it = obstacles(settings)["topics"]
        assert f"{events.name}: has 6 partitions, must have 4" in said_of_it
        assert "CasepulseTopicPartitions" in said_of_it
        assert not is_ready(settings)
        wrong = f'casepulse_topic_problems{{setting="partitions",topic="{events.name}"}} 1.0'
        assert wrong in _metrics(settings)
        # Whoever looks sees that it is not whole.
        send(settings, _MESSAGES[_HALF:])
        view = wait_for(settings, lambda meta: meta.partitions == 6)
        assert view.meta.partitions_counted == 4
        worker.stop()
    with workers(settings, tmp_path / "again"):
        until(lambda: "has 6 partitions" in obstacles(settings).get("topics", ""), "seen")
        assert not is_ready(settings)
        with pytest.raises(SourceError, match=r"has 6 partitions, must have 4.*was it grown"):
            topic_parts(settings)
        # As who believed what `casepulse topics` used to advise.
        with pytest.raises(
            SourceError, match=r"has 6 partitions, and .*changelog 4: one was grown"
        ):
            topic_parts(settings.model_copy(update={"partitions": 6}))
        with pytest.raises(TopicsError, match="has 6 partitions, must have 4"):
            check(settings)
    # As the runbook says: another name, and all events published there.
    moved = installation(kafka_address, redis_url, "grown-2", partitions=6)
    monkeypatch.setenv(f"{PREFIX}KAFKA", kafka_address)
    monkeypatch.setenv(f"{PREFIX}NAME", moved.name)
    monkeypatch.setenv(f"{PREFIX}PARTITIONS", "6")
    started = time.monotonic()
    _move(settings.name)
    with workers(moved, tmp_path / "moved"):
        sent = len(_MESSAGES) + send_tick(moved, LAST_TICK)
        view = wait_until_read(moved, sent, LAST_TICK.time)
        took = time.monotonic() - started
        expected = oracle(FACTS, LAST_TICK.time)
        bad_day.same("grown partitions, and moved to a new name", view, expected, sent, took)
    assert {partition_of(key or b"", 6) for key, _ in _MESSAGES} == set(range(6))


def _named(settings: Settings) -> set[tuple[str, str]]:
    return {(each.topic.rpartition(".")[2], each.setting) for each in look(settings)}


@pytest.mark.parametrize("which", ["changelog", "partials", "dead_letters"])
def test_other_topics_that_were_grown_are_named_too(
    kafka_address: str, redis_url: str, which: str
) -> None:
    settings = installation(kafka_address, redis_url, f"grown-{which.replace('_', '-')}")
    topic = getattr(Topics.of(settings), which)
    _grow(settings, topic.name, 6)
    must = topic.partitions
    with pytest.raises(TopicsError, match=f"{topic.name}: has 6 partitions, must have {must}"):
        check(settings)
    with pytest.raises(TopicsError, match=f"{topic.name}: has 6 partitions, must have {must}"):
        create(settings)


def test_every_setting_that_loses_something_is_named_and_put_right(
    kafka_address: str, redis_url: str
) -> None:
    settings = installation(kafka_address, redis_url, "loses")
    topics = Topics.of(settings)
    configure(
        settings,
        topics.events,
        {"retention.ms": "86400000", "retention.bytes": "1048576", "cleanup.policy": "compact"},
    )
    configure(settings, topics.changelog, {"cleanup.policy": "compact,delete"})
    configure(settings, topics.dead_letters, {"cleanup.policy": "delete"})
    configure(settings, topics.partials, {"retention.ms": "1000", "max.message.bytes": "1000"})
    configure(settings, topics.releases, {"unclean.leader.election.enable": "true"})
    wrong = {
        ("events", "retention.ms"),
        ("events", "retention.bytes"),
        ("events", "cleanup.policy"),
        ("facts-changelog", "cleanup.policy"),
        ("dead-letters", "cleanup.policy"),
        ("partials", "retention.ms"),
        ("partials", "max.message.bytes"),
        ("releases", "unclean.leader.election.enable"),
    }
    until(lambda: _named(settings) == wrong, "every broker has taken it")
    with pytest.raises(
        TopicsError, match=r"loses\.events: has retention\.ms 86400000, must have -1"
    ):
        check(settings)
    changed: list[str] = []
    assert create(settings, changed.append) == []
    assert len(changed) == len(wrong)
    assert "loses.events: retention.ms is set to -1" in changed
    check(settings)


def test_fewer_copies_than_asked_for_are_named_and_nothing_is_made_unwritable(
    kafka_address: str, redis_url: str
) -> None:
    """`min.insync.replicas` of two on one copy would stop every writer."""
    settings = installation(kafka_address, redis_url, "copies")
    three = settings.model_copy(update={"replication": 3})
    changed: list[str] = []
    with pytest.raises(TopicsError) as found:
        create(three, changed.append)
    assert changed == []
    copies = [each for each in found.value.problems if each.setting == "replication.factor"]
    assert len(copies) == len(Topics.of(settings).all())
    assert "has one copy of a partition, must have 3 (CASEPULSE_REPLICATION)" in str(copies[0])
    assert send(settings, _MESSAGES[:10]) == 10
    configure(settings, Topics.of(settings).events, {"min.insync.replicas": "2"})
    until(lambda: "nothing can be written" in "".join(map(str, look(settings))), "said")
