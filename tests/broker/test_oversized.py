"""Messages larger than anything that could be an event: set aside, and nothing stops for them."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from kafka import KafkaConsumer, TopicPartition
from redis import Redis

from casepulse.agents.dead_letters import KEPT, WHOLE, DeadLetter, read_letters, replay
from casepulse.schemas.events import Reason, read_event, reading
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics, admin
from tests.bad_days import FACTS, LAST_TICK, BadDay
from tests.running import (
    configure,
    installation,
    keyed,
    limit_messages,
    oracle,
    send,
    send_tick,
    wait_for_letters,
    wait_until_read,
    workers,
)

pytestmark = [pytest.mark.broker, pytest.mark.timeout(900)]


_FACTS = FACTS[:300]
_MEBIBYTE = 1024 * 1024


def _send_large(settings: Settings, value: bytes, key: bytes, **options: Any) -> None:
    headers = options.pop("headers", None)
    producer = Producer(
        {
            "bootstrap.servers": settings.kafka,
            "message.max.bytes": 64 * _MEBIBYTE,
            "partitioner": "murmur2_random",
            **options,
        }
    )
    told: list[Any] = []
    producer.produce(
        Topics.of(settings).events.name,
        key=key,
        value=value,
        headers=headers,
        on_delivery=lambda error, _: told.append(error),
    )
    assert producer.flush(60) == 0
    assert told == [None]


def _incompressible(size: int) -> bytes:
    """The same each time."""
    found = bytearray()
    while len(found) < size:
        found += sha256(len(found).to_bytes(8, "big")).digest()
    return bytes(found[:size])


def test_an_oversized_message_is_set_aside_and_stops_nobody(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    settings = installation(kafka_address, redis_url, "oversized", partitions=2)
    topics = Topics.of(settings)
    # A topic that takes more than others, and letters that take what a broker does by default.
    limit_messages(settings, topics.events, 8 * _MEBIBYTE)
    configure(settings, topics.dead_letters, {"max.message.bytes": str(_MEBIBYTE)})
    large = {
        "gzipped": b"x" * (20 * _MEBIBYTE),
        "incompressible": _incompressible(3 * _MEBIBYTE),
        "padded": write_padded(2 * _MEBIBYTE),
        "whole": _incompressible(WHOLE - 100),
    }
    messages = keyed(_FACTS)
    sent = send(settings, messages[:100])
    _send_large(settings, large["gzipped"], b"child:gzipped", **{"compression.type": "gzip"})
    for name in ("incompressible", "padded", "whole"):
        _send_large(settings, large[name], f"child:{name}".encode())
    key = b"child:" + b"k" * _MEBIBYTE
    headers = [(f"h{number}", b"v" * 100) for number in range(10_000)]
    _send_large(settings, b"no event", key, headers=headers)
    sent += 5 + send(settings, messages[100:]) + send_tick(settings, LAST_TICK)
    expected = oracle(_FACTS, LAST_TICK.time)
    with workers(settings, tmp_path / "first") as [worker]:
        view = wait_until_read(settings, sent, LAST_TICK.time)
        bad_day.same("messages of 20 MiB, and of 3", view, expected, sent)
        letters = wait_for_letters(settings, 5)
        assert worker.stop() == 0
    redis_client.flushdb()  # what the second publishes is its own
    with workers(settings, tmp_path / "second") as [worker]:
        assert wait_until_read(settings, sent, LAST_TICK.time).cells() == expected
        assert worker.stop() == 0
    assert sorted(each.reason for each in letters) == [Reason.NOT_JSON] + [Reason.TOO_LARGE] * 4
    cut = {each.cut.sha256: each for each in letters if each.cut is not None}
    for name in ("gzipped", "incompressible", "padded"):
        letter = cut[sha256(large[name]).hexdigest()]
        assert letter.cut is not None
        assert letter.described()["cut"] == {
            "length": len(large[name]),
            "sha256": sha256(large[name]).hexdigest(),
        }
        assert letter.value == large[name][:KEPT]
        assert letter.cut.read(settings)[0] == large[name]
    assert len(cut) == 4, "and the one whose key is too large"
    assert [each.value for each in letters if each.cut is None] == [large["whole"]]


def write_padded(size: int) -> bytes:
    """An event, but for its size; the blanks behind it can't be compressed to nothing."""
    value = keyed(FACTS[300:301])[0][1]
    assert value is not None
    blanks = bytes.maketrans(bytes(range(256)), b" \t\n\r" * 64)
    return value + _incompressible(size - len(value)).translate(blanks)


def test_a_cut_letter_is_replayed_from_where_the_message_stands(
    kafka_address: str,
    redis_url: str,
    redis_client: Redis,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After a version that takes larger events, say: the whole of it, checked."""
    settings = installation(kafka_address, redis_url, "replayed-whole", partitions=1)
    topics = Topics.of(settings)
    limit_messages(settings, topics.events, 4 * _MEBIBYTE)
    # Smaller than it should be: the letter is sent even so, without the beginning.
    limit_messages(settings, topics.dead_letters, 10_000)
    value = write_padded(_MEBIBYTE)
    _send_large(settings, value, read_event(value[: reading.LARGEST]).subject.encode())
    _send_large(settings, write_padded(_MEBIBYTE + 1), b"child:x")
    with workers(settings, tmp_path) as [worker]:
        letters = wait_for_letters(settings, 2)
        assert worker.stop() == 0
    assert [each.value for each in letters] == [b" ", b" "]
    client = admin(settings)
    client.delete_records({TopicPartition(topics.events.name, 0): 1})
    client.close()
    assert replay(settings, [])[0] == 0
    monkeypatch.setattr(reading, "LARGEST", 2 * _MEBIBYTE)
    published, unread = replay(settings, letters)
    assert published == 1
    [gone] = unread
    assert gone.described()["original"] == (
        "replayed-whole.events/0, offset 0: the message is gone, by retention or deletion"
    )
    assert [each.position for each in read_letters(settings)] == [gone.position]
    consumer = KafkaConsumer(bootstrap_servers=settings.kafka)
    place = TopicPartition(topics.events.name, 0)
    consumer.assign([place])
    consumer.seek(place, 2)
    [told] = consumer.poll(timeout_ms=10_000)[place]
    consumer.close()
    assert told.value == write_padded(_MEBIBYTE + 1)
    assert json.dumps(gone.described())
    assert isinstance(gone, DeadLetter)
