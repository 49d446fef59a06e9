"""How fast a partition is rebuilt from its changelog, by a worker that has just started."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from confluent_kafka import Producer

from casepulse.counties.scenario import scenario
from casepulse.schemas.events import read_event, write_event
from casepulse.streams.fact_rows import read_row, row_key, row_value
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics
from tests.bench.figures import Figure, Figures, only_its_own_garbage, say, timed
from tests.bench.throughput import installed
from tests.running import is_tick, wait_for, workers

#: Facts a child of the scenario has, about; and months of it.
_FACTS_A_CHILD, _MONTHS = 36, 6

#: Rows that pydantic alone reads, to set beside.
_SAMPLE = 50_000

_Row = tuple[bytes, bytes]


def recovery(kafka: str, redis: str, facts: int, folder: Path) -> Figures:
    """Facts a second, from the worker's first line of code until a view counts all of them.

    Beside it, in the same minutes: a bare aiokafka consumer that reads the same changelog and does
    nothing, and pydantic reading the same events.
    """
    settings = installed(kafka, redis, "bench-recovery", partitions=1)
    say(f"recovery: writing a changelog of {facts:,} facts")
    sample = _write(settings, facts)
    say("recovery: reading it, and nothing else")
    bare = timed(lambda: asyncio.run(_read(settings, facts)))
    with only_its_own_garbage():
        reading = timed(lambda: deque((read_event(read_row(row)[1]) for _, row in sample), 0))
    say("recovery: a worker")
    started = time.monotonic()
    with workers(settings, folder):
        wait_for(settings, lambda meta: meta.read_to == {"0": facts - 1})
        took = time.monotonic() - started
    return {
        "recovery_facts": Figure(facts, "facts"),
        "recovery_s": Figure(took, "s"),
        "recovery_facts_per_s": Figure(facts / took, "facts/s", least=100_000),
        "recovery_bare_per_s": Figure(facts / bare, "facts/s, only fetched"),
        "recovery_to_bare": Figure(bare / took, "ratio"),
        "recovery_us": Figure(1e6 * took / facts, "µs a fact"),
        "recovery_pydantic_us": Figure(1e6 * reading / len(sample), "µs a fact"),
    }


def _rows(facts: int) -> Iterator[_Row]:
    county = scenario(seed=3, children=facts // _FACTS_A_CHILD + 100, months=_MONTHS)
    told = (event for event in county if not is_tick(event))
    for number, event in enumerate(islice(told, facts)):
        key = row_key(event.subject, event.source, event.id)
        yield key, row_value(number, write_event(event))


def _write(settings: Settings, facts: int) -> list[_Row]:
    """Write the changelog; the first rows of it."""
    topic = Topics.of(settings).changelog.name
    producer = Producer({"bootstrap.servers": settings.kafka, "linger.ms": 50, "acks": "all"})
    sample = []
    written = 0
    for key, value in _rows(facts):
        if written < _SAMPLE:
            sample.append((key, value))
        while True:
            try:
                producer.produce(topic, key=key, value=value, partition=0)
                break
            except BufferError:
                producer.poll(0.1)
        written += 1
    if producer.flush(120) or written != facts:
        raise RuntimeError(f"wrote {written:,} of {facts:,} rows")
    return sample


async def _read(settings: Settings, facts: int) -> None:
    tp = TopicPartition(Topics.of(settings).changelog.name, 0)
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka, enable_auto_commit=False)
    await consumer.start()
    consumer.assign([tp])
    await consumer.seek_to_beginning(tp)
    read = 0
    while read < facts:
        read += sum(map(len, (await consumer.getmany(timeout_ms=1000)).values()))
    await consumer.stop()
