"""Every codec that Kafka allows is read by every reader, from producers of either kind."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from confluent_kafka import Producer
from kafka import KafkaProducer
from redis import Redis

from casepulse.agents.dead_letters import read_letters
from casepulse.batch.archiving import archive
from casepulse.batch.counting import count
from casepulse.batch.explanations import explain
from casepulse.batch.sources import source_parts
from casepulse.schemas.view import CellView
from casepulse.state import COUNTY, Figures, open_catalogue
from casepulse.state.calendar import month_of, reporting_month
from casepulse.state.explanation import Cell
from casepulse.state.viewing import cell_view
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics
from tests.bad_days import FACTS, LAST_TICK, BadDay
from tests.running import (
    Message,
    configure,
    installation,
    keyed,
    oracle,
    send_tick,
    wait_for_letters,
    wait_until_read,
    workers,
)

pytestmark = [pytest.mark.broker, pytest.mark.timeout(900)]


_FACTS = FACTS[:300]
_AT, _EVER = LAST_TICK.time, datetime.max.replace(tzinfo=UTC)
_NO_EVENT: Message = (b"child:x", b"no event")
_CODECS = ("none", "gzip", "snappy", "lz4", "zstd")


def _send(settings: Settings, topic: str, messages: list[Message], codec: str) -> int:
    """By librdkafka, and by kafka-python, which frames snappy as Java's client does."""
    half = len(messages) // 2
    librdkafka = Producer(
        {
            "bootstrap.servers": settings.kafka,
            "compression.type": codec,
            "partitioner": "murmur2_random",
            "linger.ms": 50,
        }
    )
    for key, value in messages[:half]:
        librdkafka.produce(topic, key=key, value=value)
    assert librdkafka.flush(60) == 0
    python = KafkaProducer(
        bootstrap_servers=settings.kafka,
        compression_type=None if codec == "none" else codec,
        linger_ms=50,
    )
    for key, value in messages[half:]:
        python.send(topic, key=key, value=value)
    python.close()
    return len(messages)


def _batch(settings: Settings, source: str | None = None) -> list[CellView]:
    """What a release is made of: every cell of the topic, or of an archive."""
    catalogue = open_catalogue()
    parts = source_parts(source, settings)
    counted = count(parts, catalogue.profile, _AT, _EVER, lambda _: None)
    return [cell_view(each) for each in Figures(counted.tally, catalogue, _AT).cells()]


@pytest.mark.parametrize("codec", _CODECS)
def test_the_batch_reads_every_compression(
    kafka_address: str, redis_url: str, tmp_path: Path, codec: str
) -> None:
    """Archive, release, explain, and the letters."""
    settings = installation(kafka_address, redis_url, f"codec-{codec}", partitions=2)
    _send(settings, Topics.of(settings).events.name, [*keyed(_FACTS), _NO_EVENT], codec)
    _send(settings, Topics.of(settings).dead_letters.name, [_NO_EVENT, (b"child:y", b"{")], codec)
    expected = oracle(_FACTS, _AT)
    assert _batch(settings) == expected
    kept = str(tmp_path / "archive")
    read = archive(source_parts(None, settings), kept, None, lambda _: None)
    assert (read.messages, read.unreadable) == (len(_FACTS) + 1, 1)
    assert _batch(settings, kept) == expected
    assert len(read_letters(settings)) == 2
    catalogue = open_catalogue()
    figure = next(each for each in expected if each.locality == COUNTY and each.numerator > 5)
    month = figure.period if figure.period != "at" else month_of(reporting_month(_AT))
    cell = Cell(catalogue.measures[figure.measure], month)
    parts = source_parts(None, settings)
    found = explain(parts, catalogue.profile, cell, _AT, _EVER, lambda _: None)
    assert len(found) >= figure.numerator


def test_a_worker_reads_every_compression(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """Also of its own topics, which a broker may compress anew as their settings say."""
    settings = installation(kafka_address, redis_url, "codecs")
    topics = Topics.of(settings)
    for topic, codec in (
        (topics.changelog, "zstd"),
        (topics.partials, "snappy"),
        (topics.dead_letters, "gzip"),
    ):
        configure(settings, topic, {"compression.type": codec})
    sent, messages = 0, keyed(_FACTS)
    for number, codec in enumerate(_CODECS):
        chunk = [*messages[number :: len(_CODECS)], (_NO_EVENT[0], f"no {codec}".encode())]
        sent += _send(settings, topics.events.name, chunk, codec)
    expected = oracle(_FACTS, _AT)
    with workers(settings, tmp_path / "first") as [worker]:
        sent += send_tick(settings, LAST_TICK)
        view = wait_until_read(settings, sent, _AT)
        bad_day.same("batches of every codec", view, expected, sent)
        assert len(wait_for_letters(settings, len(_CODECS))) == len(_CODECS)
        assert worker.stop() == 0
    redis_client.flushdb()
    with workers(settings, tmp_path / "second"):
        assert wait_until_read(settings, sent, _AT).cells() == expected
