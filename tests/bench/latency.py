"""From an event to the view in Redis that counts it, at a steady pace, by the wall clock."""

import threading
import time
from bisect import bisect_left
from collections import defaultdict
from datetime import UTC, datetime
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from kafka import KafkaProducer
from redis import Redis

from casepulse.agents.redis_view import Keys
from casepulse.schemas.events import make_event, read_event, write_event
from casepulse.schemas.events.clock import ClockTicked
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics
from tests.bench.engine import Message
from tests.bench.figures import Figure, Figures, percentile, say
from tests.bench.throughput import installed, read_to
from tests.running import wait_for, workers

#: Events a second.
PACE = 500

#: Seconds before the measured ones, in which everything gets going.
WARM_UP = 3.0

#: Seconds between two looks at the view.
LOOK_EVERY = 0.005


class Watch:
    """Looks at the view's `read_to` all the time, and keeps when it first said what."""

    def __init__(self, settings: Settings) -> None:
        self._client = Redis.from_url(settings.redis)
        self._keys = Keys.of(settings)
        self._seen: dict[int, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.looks = 0

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._client.close()

    def _look(self) -> None:
        while not self._stop.wait(LOOK_EVERY):
            seen = read_to(self._client, self._keys)
            self.looks += 1
            if seen is None:
                continue
            for number, offset in seen[1].items():
                offsets, times = self._seen[number]
                if not offsets or offset > offsets[-1]:
                    times.append(seen[0])
                    offsets.append(offset)

    def seen_at(self, partition: int, offset: int) -> float | None:
        """When the view first counted an event; None if it does not yet."""
        offsets, times = self._seen[partition]
        place = bisect_left(offsets, offset)
        return times[place] if place < len(times) else None


def latency(
    kafka: str, redis: str, messages: list[Message], folder: Path, seconds: float
) -> Figures:
    """Milliseconds from just before an event is sent to the view that counts it being readable.

    Beside it, in the same seconds: until Kafka itself has acknowledged the event.
    """
    settings = installed(kafka, redis, "bench-latency", clock="wall")
    say(f"latency: {PACE} events/s for {seconds:.0f} s")
    with workers(settings, folder):
        wait_for(settings, lambda meta: meta.partitions_counted == settings.partitions)
        with Watch(settings) as watch:
            sent = _send(settings, messages, WARM_UP + seconds)
            time.sleep(3)
    begins = sent[0][0] + WARM_UP
    measured = [each for each in sent if each[0] >= begins]
    waits = [_wait(watch, *each) for each in measured]
    known = [wait for wait in waits if wait is not None]
    acknowledged = [(acked - started) * 1000 for started, acked, *_ in measured]
    p99 = percentile(known, 0.99)
    return {
        "latency_p50_ms": Figure(percentile(known, 0.5), "ms"),
        "latency_p99_ms": Figure(p99, "ms", most=500),
        "latency_most_ms": Figure(max(known), "ms"),
        "latency_never_seen": Figure(len(waits) - len(known), "events", most=0),
        "latency_pace": Figure(len(measured) / (measured[-1][0] - begins), "events/s"),
        "kafka_acknowledged_p50_ms": Figure(percentile(acknowledged, 0.5), "ms"),
        "kafka_acknowledged_p99_ms": Figure(percentile(acknowledged, 0.99), "ms"),
        "latency_p99_to_kafka_p99": Figure(p99 / percentile(acknowledged, 0.99), "ratio"),
    }


def _wait(watch: Watch, started: float, acked: float, partition: int, offset: int) -> float | None:
    seen = watch.seen_at(partition, offset)
    return None if seen is None else (seen - started) * 1000


def _send(
    settings: Settings, messages: list[Message], seconds: float
) -> list[tuple[float, float, int, int]]:
    """Send events that happen now, at a steady pace; when, acknowledged when, where."""
    told = map(read_event, (value for _, value in messages))
    facts = cycle([event for event in told if not isinstance(event.data, ClockTicked)])
    producer = KafkaProducer(bootstrap_servers=settings.kafka, acks="all", linger_ms=0)
    topic = Topics.of(settings).events.name
    sent: list[tuple[float, float, int, int]] = []

    def keep(started: float, metadata: Any) -> None:
        sent.append((started, time.monotonic(), metadata.partition, metadata.offset))

    begun = time.monotonic()
    for number in range(int(seconds * PACE)):
        event, now = next(facts), datetime.now(UTC)
        happens = make_event(
            event.data, id=f"b-{number}", source="bench", subject=event.subject,
            time=now, recorded=now,
        )  # fmt: skip
        value = write_event(happens)
        time.sleep(max(0.0, begun + number / PACE - time.monotonic()))
        future = producer.send(topic, key=event.subject.encode(), value=value)
        future.add_callback(partial(keep, time.monotonic()))
    producer.flush()
    producer.close()
    return sorted(sent)
