"""The live worker's events a second on a real broker, beside a Faust agent that does nothing."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from redis import Redis

from casepulse.agents.redis_view import Keys
from casepulse.streams.publishing import Publisher
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics, TopicsError
from tests.bench.engine import Message
from tests.bench.figures import Figures, of, ratio, say
from tests.running import installation, workers

#: Seconds between two looks at how far a competitor has come.
LOOK_EVERY = 0.05

#: Seconds after which a competitor has failed.
PATIENCE = 120.0

#: Events that it has read before it is halted.
FIRST = 200

Sighting = tuple[float, int]
Look = Callable[[], Sighting]
Started = tuple[subprocess.Popen[Any], Look]


def throughput(
    kafka: str, redis: str, messages: list[Message], folder: Path, rounds: int
) -> Figures:
    """Events a second of all three, one after another in each round, on the same events.

    Fair to each: it has started, has its partitions and has read the first few events when it
    is halted (SIGSTOP). Then the others are published. The time runs from the signal that lets
    it go on until it has told that all are read: the no-op agents in a line every 50 ms, the
    worker in the view that it publishes, looked at every 50 ms. So the worker's time has
    the whole way to Redis in it, and what it read ahead counts for none.
    """
    rates: dict[str, list[float]] = {"noop": [], "mended": [], "worker": []}
    for number in range(rounds):
        for name, seen in rates.items():
            settings = installed(kafka, redis, f"bench-{name}-{number}")
            start = _worker if name == "worker" else partial(_noop, mended=name == "mended")
            with start(settings, folder) as (process, look):
                rate = _rate(settings, messages, process, look)
            say(f"throughput, round {number + 1} of {rounds}: {name} {rate:,.0f} events/s")
            seen.append(rate)
    noop, mended, worker = rates.values()
    figures = {
        "noop_events_per_s": of(noop, "events/s"),
        "mended_noop_events_per_s": of(mended, "events/s"),
        "worker_events_per_s": of(worker, "events/s"),
        "worker_to_noop": ratio(worker, noop, least=0.6),
        "worker_to_mended_noop": ratio(worker, mended),
    }
    return figures


def installed(kafka: str, redis: str, name: str, **given: object) -> Settings:
    """An installation of its own, tried again while the broker does not tell of its new topics."""
    until = time.monotonic() + 20
    while True:
        try:
            return installation(kafka, redis, name, **given)
        except TopicsError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _publish(settings: Settings, messages: list[Message]) -> None:
    topic = Topics.of(settings).events.name
    with Publisher(settings) as publisher:
        for key, value in messages:
            publisher.send(topic, key, value)


def _rate(
    settings: Settings, messages: list[Message], process: subprocess.Popen[Any], look: Look
) -> float:
    first, rest = messages[:FIRST], messages[FIRST:]
    _publish(settings, first)
    _until(process, look, len(first))
    process.send_signal(signal.SIGSTOP)
    _publish(settings, rest)
    started = time.monotonic()
    process.send_signal(signal.SIGCONT)
    return len(rest) / (_until(process, look, len(messages)) - started)


def _until(process: subprocess.Popen[Any], look: Look, count: int) -> float:
    """When so many have been read."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        when, read = look()
        if read >= count:
            return when
        if process.poll() is not None:
            raise RuntimeError(f"{process.args} ended ({process.returncode})")
    raise TimeoutError(f"{count:,} events were not read within {PATIENCE:.0f} s")


@contextmanager
def _noop(settings: Settings, folder: Path, *, mended: bool) -> Iterator[Started]:
    topic = Topics.of(settings).events.name
    command = [sys.executable, "-m", "tests.bench.noop", "--kafka", settings.kafka]
    command += ["--topic", topic, "--group", f"{topic}-noop", *(["--mended"] if mended else [])]
    with (folder / "noop.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    # Faust also writes there: its spinner
    lines = (line for line in process.stdout if line.startswith("read "))

    def look() -> Sighting:
        _, when, read = next(lines, "read 0 0").split()
        return float(when), int(read)

    try:
        yield process, look
    finally:
        process.kill()
        process.communicate()


@contextmanager
def _worker(settings: Settings, folder: Path) -> Iterator[Started]:
    client = Redis.from_url(settings.redis)
    keys = Keys.of(settings)

    def look() -> Sighting:
        time.sleep(LOOK_EVERY)
        seen = read_to(client, keys)
        return (0.0, 0) if seen is None else (seen[0], sum(n + 1 for n in seen[1].values()))

    try:
        with workers(settings, folder) as [worker]:
            yield worker.process, look
    finally:
        client.close()


def read_to(client: Redis, keys: Keys) -> tuple[float, dict[int, int]] | None:
    """When it was looked, and the last offset that the published view counts, by partition."""
    version = client.get(keys.current)
    meta = None if version is None else client.get(keys.meta(version.decode()))
    if meta is None:
        return None
    told = orjson.loads(meta)["read_to"]
    return time.monotonic(), {int(number): offset for number, offset in told.items()}
