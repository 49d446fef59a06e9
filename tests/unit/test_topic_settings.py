"""What is found of a topic's settings, held to what promises rest on."""

import pytest

from casepulse.streams.settings import Settings
from casepulse.streams.topic_settings import copies_problem, partitions_problem, setting_problems
from casepulse.streams.topics import Topic, Topics


def _topics(replication: int = 1) -> Topics:
    given = {"kafka": "127.0.0.1:1", "redis": "redis://127.0.0.1:1", "replication": replication}
    return Topics.of(Settings.from_environment(**given))


def _wrong(topic: Topic, copies: int = 1, **found: str) -> list[str]:
    there = {**topic.settings, "min.insync.replicas": "1"} | {
        name.replace("_", "."): value for name, value in found.items()
    }
    return [each.setting for each in setting_problems(topic.name, topic.settings, there, copies)]


def test_a_topic_as_it_is_created_is_well() -> None:
    for topic in _topics().all():
        assert _wrong(topic) == []
    for topic in _topics(3).all():
        assert _wrong(topic, 3, min_insync_replicas="2") == []


@pytest.mark.parametrize(
    ("which", "setting", "value"),
    [
        ("events", "retention_ms", "86400000"),
        ("events", "retention_bytes", "1000000"),
        ("events", "cleanup_policy", "compact"),
        ("events", "cleanup_policy", "compact,delete"),
        ("events", "unclean_leader_election_enable", "true"),
        ("changelog", "cleanup_policy", "delete"),
        ("changelog", "cleanup_policy", "compact,delete"),
        ("changelog", "unclean_leader_election_enable", "true"),
        ("dead_letters", "cleanup_policy", "delete"),
        ("releases", "cleanup_policy", "delete"),
        ("partials", "cleanup_policy", "compact"),
        ("partials", "retention_ms", "599999"),
        ("partials", "segment_ms", "604800000"),
        ("partials", "max_message_bytes", "1048588"),
    ],
)
def test_what_loses_something_is_named(which: str, setting: str, value: str) -> None:
    topic = getattr(_topics(), which)
    assert _wrong(topic, **{setting: value}) == [setting.replace("_", ".")]


@pytest.mark.parametrize(
    ("which", "setting", "value"),
    [
        ("partials", "retention_ms", "-1"),
        ("partials", "retention_ms", "3600000"),
        ("partials", "max_message_bytes", "33554432"),
        ("events", "compression_type", "zstd"),
    ],
)
def test_what_keeps_more_is_as_good(which: str, setting: str, value: str) -> None:
    assert _wrong(getattr(_topics(), which), **{setting: value}) == []


@pytest.mark.parametrize(
    ("copies", "needed", "wrong"),
    [(3, "1", True), (3, "2", False), (3, "3", True), (5, "3", False), (1, "2", True)],
)
def test_how_many_copies_must_acknowledge(copies: int, needed: str, wrong: bool) -> None:
    found = _wrong(_topics(3).events, copies, min_insync_replicas=needed)
    assert found == (["min.insync.replicas"] if wrong else [])


def test_it_is_not_mended_so_that_nothing_could_be_written() -> None:
    topic = _topics(3).events
    there = {**topic.settings, "min.insync.replicas": "1"}
    [one] = setting_problems(topic.name, topic.settings, there, copies=1)
    [three] = setting_problems(topic.name, topic.settings, there, copies=3)
    assert (one.mend, three.mend) == (None, "2")


def test_what_kafka_does_not_tell_is_said_and_is_no_fault() -> None:
    [problem] = setting_problems("t", {"retention.ms": "-1"}, {}, 1)
    assert not problem.known
    assert "DescribeConfigs" in str(problem)


def test_numbers_of_partitions_and_copies() -> None:
    assert partitions_problem("t", 4, 4, keyed=True) is None
    assert copies_problem("t", 3, 3) is copies_problem("t", 3, 1) is None
    grown, fewer = (partitions_problem("t", there, 4, keyed=True) for there in (6, 2))
    assert "has 6 partitions, must have 4 (CASEPULSE_PARTITIONS)" in str(grown)
    assert "CasepulseTopicPartitions" in str(grown)
    assert "set CASEPULSE_PARTITIONS" in str(fewer)
    assert "delete and create" in str(partitions_problem("t", 2, 1, keyed=False))
