"""Each trap of faust-streaming that was found by running it, and that ours does not fall into.

Each test fails if the remedy is taken away.
"""

import ast
import json
import logging
import re
import socket
import tomllib
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Producer
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from redis import Redis

from casepulse.agents.redis_view import read_view
from casepulse.agents.stopping import WRONG_SETTING
from casepulse.agents.worker import Worker
from casepulse.schemas.events import Reason, write_event
from casepulse.streams.fact_rows import ROW_FORMAT, row_value
from casepulse.streams.mended import MOST_WAITING_ROWS, MendedTransport
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics, TopicsError, check, create
from tests import services
from tests.bad_days import FACTS, LAST_TICK, is_ready, obstacles
from tests.running import (
    configure,
    installation,
    keyed,
    limit_messages,
    oracle,
    read_count,
    send,
    send_tick,
    wait_for,
    wait_for_letters,
    wait_until_read,
    workers,
)
from tests.waiting import until

pytestmark = pytest.mark.broker

ROOT = Path(__file__).resolve().parents[2]


def _committed(settings: Settings) -> int:
    """How many messages the group has committed as read."""
    consumer = KafkaConsumer(bootstrap_servers=settings.kafka, group_id=settings.name)
    topic = Topics.of(settings).events.name
    offsets = [
        consumer.committed(TopicPartition(topic, partition)) or 0
        for partition in range(settings.partitions)
    ]
    consumer.close()
    return sum(offsets)


def test_a_row_that_kafka_refuses_stops_the_worker_and_loses_nothing(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    """Faust's flush before a commit gives up after 100 ms, and a failed send is only logged."""
    settings = installation(kafka_address, redis_url, "refused-row")
    changelog = Topics.of(settings).changelog
    limit_messages(settings, changelog, 200)
    sent = send(settings, keyed(FACTS)) + send_tick(settings, LAST_TICK)
    with workers(settings, tmp_path / "first") as [worker]:
        assert worker.ended() == 1
    assert "kafka refused a message; stopping" in worker.log.read_text()
    assert _committed(settings) == 0, "an event whose row is not in Kafka must not be committed"
    limit_messages(settings, changelog, 1_000_000)
    with workers(settings, tmp_path):
        view = wait_until_read(settings, sent, LAST_TICK.time)
        assert view.cells() == oracle(FACTS, LAST_TICK.time)


def test_a_dead_letter_that_kafka_refuses_stops_the_worker_and_loses_nothing(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(kafka_address, redis_url, "refused-letter")
    limit_messages(settings, Topics.of(settings).dead_letters, 50)
    send(settings, [(b"child:k1", b"no event at all")])
    with workers(settings, tmp_path) as [worker]:
        assert worker.ended() == 1
    assert _committed(settings) == 0


def test_a_worker_stops_at_a_row_of_a_later_version_and_counts_nothing_without_it(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    """After a downgrade past a change of the format: to go on would be to leave facts out."""
    settings = installation(kafka_address, redis_url, "later-row", partitions=1)
    row = row_value(0, write_event(FACTS[0]))
    producer = KafkaProducer(bootstrap_servers=settings.kafka)
    later = bytes([ROW_FORMAT]) + row[1:]
    producer.send(Topics.of(settings).changelog.name, key=b"child:k1 s e", value=later).get()
    producer.close()
    with workers(settings, tmp_path) as [worker]:
        assert worker.ended() == WRONG_SETTING
    assert "a row of the changelog in format 2" in worker.log.read_text()
    assert read_view(settings) is None


def test_an_exception_inside_the_agent_loses_no_event(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    """Faust acknowledges the event and restarts the agent. Here: a fault of our own in the core."""
    settings = installation(kafka_address, redis_url, "exception")
    broken = tmp_path / "broken.py"
    broken.write_text(
        "import sys\n"
        "from casepulse.agents.worker import Worker\n"
        "from casepulse.state import Partition\n"
        "from casepulse.streams.settings import Settings\n"
        "apply = Partition.apply\n"
        "def faulty(self, fact):\n"
        "    if fact.type == 'contact.received':\n"
        "        raise ZeroDivisionError\n"
        "    return apply(self, fact)\n"
        "Partition.apply = faulty\n"
        "sys.exit(Worker(Settings.from_environment()).run())\n"
    )
    contacts = [event for event in FACTS if event.type == "contact.received"]
    others = [event for event in FACTS if not event.subject.startswith("contact:")]
    with workers(settings, tmp_path, main=broken):
        sent = send(settings, keyed(contacts + others)) + send_tick(settings, LAST_TICK)
        view = wait_until_read(settings, sent, LAST_TICK.time)
        assert view.cells() == oracle(others, LAST_TICK.time)
        letters = wait_for_letters(settings, len(contacts))
    assert [letter.reason for letter in letters] == [Reason.FAILED] * len(contacts)


def test_a_producer_with_another_partitioner_does_not_split_cases(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    """A case that stood in two partitions would be counted wrongly in both; what is set aside is in
    no figure, and that is to be said."""
    settings = installation(
        kafka_address, redis_url, "partitioner", metrics_port=services.free_port()
    )
    messages = keyed(FACTS)
    producer = Producer({"bootstrap.servers": kafka_address, "partitioner": "consistent"})
    for key, value in messages:
        producer.produce(Topics.of(settings).events.name, key=key, value=value)
    assert producer.flush(30) == 0
    with workers(settings, tmp_path):
        wait_for(settings, lambda meta: read_count(meta) == len(messages))
        until(lambda: "events" in obstacles(settings), "says so")
        said = obstacles(settings)["events"]
        told = re.match(rf"(\d+) of the {len(messages)} messages read in 10 minutes", said)
        assert told, said
        letters = wait_for_letters(settings, int(told[1]))  # those that are on their way, too
        assert len(letters) == int(told[1])
        assert "wrong_partition; the producer must choose partitions by murmur2" in said
        assert not is_ready(settings)
    assert {letter.reason for letter in letters} == {Reason.WRONG_PARTITION}
    assert 0 < len(letters) < len(messages)


def test_a_worker_listens_on_nothing_but_its_metrics_and_only_on_loopback(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    """Faust's web would show the rows of every table on 0.0.0.0:6066, without a password."""
    settings = installation(kafka_address, redis_url, "ports", metrics_port=39109)
    with workers(settings, tmp_path) as [worker]:
        wait_for(settings)
        process = psutil.Process(worker.process.pid)
        listening = {
            (each.laddr.ip, each.laddr.port)
            for each in process.net_connections("inet")
            if each.status == psutil.CONN_LISTEN
        }
        assert listening == {("127.0.0.1", 39109)}
        with socket.socket() as caller:
            assert caller.connect_ex(("127.0.0.1", 6066)) != 0


def test_topics_are_made_as_they_must_be_and_checked(kafka_address: str, redis_url: str) -> None:
    settings = installation(kafka_address, redis_url, "topics")
    assert create(settings) == [], "creating twice does nothing"
    admin = KafkaAdminClient(bootstrap_servers=kafka_address)
    topics = Topics.of(settings)
    for topic in topics.all():
        [described] = admin.describe_topics([topic.name])
        assert len(described["partitions"]) == topic.partitions
    admin.close()
    assert topics.changelog.settings["cleanup.policy"] == "compact", (
        "Faust can't recover from a changelog that retention has emptied"
    )
    with pytest.raises(TopicsError, match=r"topics\.events: has 4 partitions, must have 6"):
        check(settings.model_copy(update={"partitions": 6}))
    with pytest.raises(TopicsError, match=r"absent\.events: is missing; create it with"):
        check(settings.model_copy(update={"name": "absent"}))
    assert topics.changelog.partitions == topics.events.partitions, (
        "Faust refuses a table whose changelog has another count than its source"
    )
    configure(settings, topics.changelog, {"cleanup.policy": "delete"})
    with pytest.raises(
        TopicsError, match=r"facts-changelog: has cleanup\.policy delete, must have compact"
    ):
        check(settings)


def test_the_application_is_set_as_it_must_be() -> None:
    worker = Worker(Settings.from_environment(kafka="127.0.0.1:1", redis="redis://127.0.0.1:1"))
    app = worker.app.faust
    conf = app.conf
    assert [agent.concurrency for agent in app.agents.values()] == [1, 1]
    assert conf.processing_guarantee.name == "AT_LEAST_ONCE"
    assert conf.table_standby_replicas == 0
    web = conf.web_enabled, conf.web_tables_enabled, conf.web_router_enabled
    assert web == (False, False, False)
    assert (conf.web_host, conf.web_bind) == ("127.0.0.1", "127.0.0.1")
    assert not conf.topic_allow_declare
    assert conf.topic_disable_leader
    assert (conf.key_serializer, conf.value_serializer) == ("raw", "raw")
    assert conf.producer_linger > 0
    assert isinstance(app.transport, MendedTransport)
    assert {address.scheme for address in conf.broker} == {"kafka"}, "not the confluent driver"
    assert app.producer.buffer.max_messages == MOST_WAITING_ROWS
    assert logging.getLogger("aiokafka").level == logging.WARNING
    assert {table.window for table in app.tables.values()} == {None}


def test_a_send_that_failed_is_remembered() -> None:
    """Faust only logs it, and tells its sensors."""
    app = Worker(Settings.from_environment(kafka="127.0.0.1:1", redis="redis://127.0.0.1:1")).app
    sensors, sends = app.faust.sensors, app.faust.sends

    def send(topic: str) -> object:
        return sensors.on_send_initiated(app.faust.producer, topic, None, 0, 0)

    sensors.on_send_error(app.faust.producer, OSError(), send("letters"))
    assert (sends.failures, sends.refused()) == (1, ["letters"])
    under_way = send("letters")
    sensors.on_send_completed(app.faust.producer, send("rows"), None)
    assert (sends.failures, sends.refused()) == (1, ["letters"]), (
        "another topic's took nothing back"
    )
    assert sends.silent_for().keys() == {"letters"}
    sensors.on_send_completed(app.faust.producer, under_way, None)
    assert (sends.failures, sends.refused(), sends.silent_for()) == (1, [], {})


@pytest.mark.parametrize(
    ("package", "lowest"), [("faust-streaming", (0, 15, 3)), ("aiokafka", (0, 14))]
)
def test_what_is_installed_and_what_may_be_is_new_enough(
    package: str, lowest: tuple[int, ...]
) -> None:
    def numbers(told: str) -> tuple[int, ...]:
        return tuple(int(part) for part in told.split(".")[:3])

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [pinned] = [
        match[1]
        for each in project["dependencies"]
        if (match := re.fullmatch(rf"{package}>=([\d.]+)", each))
    ]
    assert numbers(version(package)) >= lowest
    assert numbers(pinned) >= lowest


def test_no_agent_takes_batches_or_uses_windows() -> None:
    """`take` acknowledges what its body failed on; windowed tables lose and double on recovery."""
    forbidden = {"take", "take_events", "tumbling", "hopping", "using_window"}
    for folder in ("agents", "streams"):
        for path in (ROOT / folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    assert node.func.attr not in forbidden, f"{path}:{node.lineno}"


def test_logs_are_json_lines_without_any_subject(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(kafka_address, redis_url, "logs", log_level="debug")
    with workers(settings, tmp_path) as [worker]:
        sent = send(settings, [*keyed(FACTS[:200]), (b"child:secret-key", b"{}")])
        wait_for(settings, lambda meta: read_count(meta) == sent)
        assert worker.stop() == 0
        lines = [line for line in worker.log.read_text().splitlines() if line.strip()]
    ours = [json.loads(line) for line in lines]
    assert any(line["event"] == "worker starts" for line in ours)
    text = "\n".join(lines)
    for event in FACTS[:200]:
        assert event.subject not in text
    assert "secret-key" not in text
