"""The real parts themselves: Kafka keeps what it acknowledges, Redis guards what it holds."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import UnknownTopicOrPartitionError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError
from redis.retry import Retry

from casepulse.agents.redis_view import RedisView, read_view
from casepulse.schemas.view import View
from casepulse.streams.redis_clients import connect
from casepulse.streams.settings import Settings
from tests import services
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker


# Kafka


def create_topic(address: str, partitions: int = 2) -> str:
    name = f"services-{uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics({name: {"num_partitions": partitions, "replication_factor": 1}})
    admin.close()
    return name


def send(address: str, topic: str, values: list[bytes]) -> None:
    producer = KafkaProducer(bootstrap_servers=address, acks="all")
    for sent in [producer.send(topic, value, key=value) for value in values]:
        sent.get(timeout=PATIENCE)
    producer.close()


def receive(address: str, topic: str, count: int) -> list[bytes]:
    """So many messages, by a group of its own, with its offsets committed."""
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=address,
        group_id=f"{topic}-readers",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        consumer_timeout_ms=1000 * PATIENCE,
    )
    received: list[bytes] = []
    for message in consumer:
        received.append(message.value)
        if len(received) == count:
            break
    consumer.commit()
    consumer.close()
    return received


def test_kafka_delivers_what_it_acknowledged(kafka_address: str) -> None:
    topic = create_topic(kafka_address)
    values = [str(number).encode() for number in range(100)]

    send(kafka_address, topic, values)

    assert sorted(receive(kafka_address, topic, 100)) == sorted(values)


def test_kafka_makes_no_topic_out_of_a_mistyped_name(kafka_address: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka_address)
    [described] = admin.describe_topics(["mistyped"])
    assert described["error_code"] == UnknownTopicOrPartitionError.errno
    assert "mistyped" not in admin.list_topics()
    admin.close()


def test_a_killed_broker_comes_back_where_it_was_with_what_it_acknowledged(tmp_path: Path) -> None:
    kafka = services.script("deploy/kafka/kafka.py")
    server = kafka.KafkaServer(tmp_path)
    try:
        address = server.start()
    except kafka.KafkaMissingError as error:
        services.missing(str(error))
    try:
        topic = create_topic(address)
        send(address, topic, [b"a", b"b", b"c"])

        assert server.kill()
        assert server.pid is None
        assert not kafka.answers(int(address.partition(":")[2]))
        assert server.start() == address

        assert sorted(receive(address, topic, 3)) == [b"a", b"b", b"c"]
    finally:
        server.stop()
    assert not server.stop(), "it was stopped already"


def test_a_port_in_use_is_named(tmp_path: Path, kafka_address: str) -> None:
    kafka = services.script("deploy/kafka/kafka.py")
    port = int(kafka_address.rpartition(":")[2])
    try:
        with pytest.raises(kafka.KafkaError, match=f"Port {port} is in use"):
            kafka.KafkaServer(tmp_path, port).start()
    except kafka.KafkaMissingError as error:
        services.missing(str(error))


# Redis


def test_redis_is_new_enough_and_empty(redis_client: Redis) -> None:
    version = redis_client.info("server")["redis_version"]

    assert tuple(int(part) for part in version.split(".")[:2]) >= (6, 2)
    assert redis_client.dbsize() == 0
    redis_client.set("left-behind", 1)  # the next test's client must not find it


def test_redis_is_emptied_before_each_test(redis_client: Redis) -> None:
    assert redis_client.dbsize() == 0


# Redis with the ACL file of the deployment


@dataclass(frozen=True)
class Guarded:
    """A Redis server that runs with the produced ACL file."""

    port: int
    worker_password: str
    reader_password: str
    lists_password: str

    @property
    def settings(self) -> Settings:
        """As the worker has them: the name in the URL, the password beside it."""
        url = f"redis://worker@{services.HOST}:{self.port}/0"
        return Settings(redis=url, redis_password=self.worker_password)

    def client(self, user: str | None, password: str | None = None) -> Redis:
        """With the user's own password, unless another is given. Without redis-py's retries:
        a wrong password is tried ten times over, for eight seconds."""
        own = {
            "worker": self.worker_password,
            "reader": self.reader_password,
            "lists": self.lists_password,
        }
        return Redis(
            host=services.HOST,
            port=self.port,
            username=user,
            password=password or own.get(user or ""),
            retry=Retry(NoBackoff(), 0),
        )


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    binary = services.redis_binary()
    if binary is None or services.redis_version(binary) < (7, 0):
        services.missing(
            "No redis-server 7.0 or newer. On Debian and Ubuntu: apt install redis-server"
        )
    folder = tmp_path_factory.mktemp("acl")
    passwords = {user: uuid4().hex for user in ("worker", "reader", "lists")}
    for user, password in passwords.items():
        (folder / user).write_text(f"{password}\n")
    make = [
        sys.executable,
        "deploy/redis/make-acl.py",
        str(folder / "worker"),
        str(folder / "reader"),
        str(folder / "lists"),
    ]
    made = subprocess.run(
        make, capture_output=True, text=True, check=True, cwd=services.ROOT
    ).stdout
    assert not any(password in made for password in passwords.values())
    (folder / "users.acl").write_text(made)
    with services.redis_server(binary, "--aclfile", str(folder / "users.acl")) as port:
        yield Guarded(port, *passwords.values())


async def publish(settings: Settings, view: View) -> list[bool]:
    """What the worker does: publish, touch, publish the next, publish the old one again."""
    redis = connect(settings)
    try:
        publisher = RedisView(redis, settings)
        later = view.model_copy(update={"meta": view.meta.model_copy(update={"version": 2})})
        return [
            await publisher.publish(view),
            await publisher.touch(view.meta),
            await publisher.publish(later),
            await publisher.publish(view),
        ]
    finally:
        await redis.aclose()


@pytest.fixture
def published(guarded: Guarded, empty_view: View) -> Guarded:
    """The guarded Redis with a view in it, published by the worker's own code."""
    worker = guarded.client("worker")
    worker.delete("casepulse:{live}:current")
    worker.zadd("casepulse:{children}:due:0:lines:cp_visits", {"child:K7": 1.0})
    worker.close()
    assert asyncio.run(publish(guarded.settings, empty_view)) == [True, True, True, False]
    return guarded


def test_the_reader_reads_the_whole_view(published: Guarded, empty_view: View) -> None:
    reader = published.client("reader")

    view = read_view(published.settings, reader)

    assert view is not None
    assert view.meta.version == 2
    assert view.measures == empty_view.measures
    assert reader.exists("casepulse:{live}:heartbeat")
    assert reader.ttl("casepulse:{live}:view:1") > 0
    assert reader.hmget("casepulse:{live}:view:2", list(view.measures)[:2])
    [(_, newest)] = reader.xrevrange("casepulse:{live}:updates", count=1) or []
    assert newest == {b"version": b"2"}
    assert reader.xread({"casepulse:{live}:updates": "0"})
    reader.close()


def test_the_reader_hears_of_a_new_version(published: Guarded, empty_view: View) -> None:
    reader = published.client("reader")
    channel: Any = reader.pubsub()  # type: ignore[no-untyped-call]
    channel.subscribe("casepulse:{live}:updates")
    assert channel.get_message(timeout=PATIENCE)["type"] == "subscribe"

    published.client("worker").delete("casepulse:{live}:current")
    asyncio.run(publish(published.settings, empty_view))

    assert channel.get_message(timeout=PATIENCE)["data"] == b"1"
    channel.unsubscribe()
    channel.close()
    reader.close()


@pytest.mark.parametrize(
    "command",
    [
        "SET casepulse:{live}:current 9",
        "DEL casepulse:{live}:current",
        "HSET casepulse:{live}:view:2 measure {}",
        "EXPIRE casepulse:{live}:view:2 1",
        "XADD casepulse:{live}:updates * version 9",
        "PUBLISH casepulse:{live}:updates 9",
        "EVAL return(1) 0",
        "GET other:key",
        "GET casepulse:{children}:due:0:lines:cp_visits",
        "ZRANGE casepulse:{children}:due:0:lines:cp_visits 0 -1",
        "ZADD casepulse:{releases}:names 1 2021-01/9-final",
        "SUBSCRIBE other",
        "KEYS *",
        "SCAN 0",
        "MONITOR",
        "CONFIG GET *",
        "ACL LIST",
        "FLUSHALL",
    ],
)
def test_the_reader_can_do_nothing_else(published: Guarded, command: str) -> None:
    reader = published.client("reader")
    with pytest.raises(NoPermissionError):
        reader.execute_command(*command.split())  # type: ignore[no-untyped-call]
    reader.close()


@pytest.mark.parametrize(
    "command",
    ["SET other:key 1", "PUBLISH other 1", "FLUSHALL", "KEYS *", "CONFIG GET *", "ACL LIST"],
)
def test_the_worker_keeps_to_its_own_keys(guarded: Guarded, command: str) -> None:
    worker = guarded.client("worker")
    with pytest.raises(NoPermissionError):
        worker.execute_command(*command.split())  # type: ignore[no-untyped-call]
    worker.close()


def test_a_script_may_do_no_more_than_its_user(guarded: Guarded) -> None:
    worker = guarded.client("worker")
    with pytest.raises(ResponseError, match="can't access at least one of the keys"):
        worker.eval("return redis.call('SET', 'other:key', 1)", 0)
    worker.close()


@pytest.mark.parametrize("user", [None, "default", "worker", "reader"])
def test_nobody_gets_in_without_the_password(guarded: Guarded, user: str | None) -> None:
    guesser = guarded.client(user, password="guess" if user else None)
    with pytest.raises(AuthenticationError):
        guesser.ping()
    guesser.close()
