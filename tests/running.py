"""Workers as processes, for tests that speak of real Kafka and Redis."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kafka import KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType
from pydantic import SecretStr

from agents.dead_letters import DeadLetter, read_letters
from agents.due_lists import read_due_list
from agents.redis_view import read_view
from schemas.envelope import Event
from schemas.events import read_event, write_event
from schemas.events.clock import ClockTicked
from schemas.view import CellView, View
from state import Fact, Figures, Partition, evaluate, open_catalogue
from state.due import due_list
from state.viewing import cell_view
from streams.security import kafka_python_options
from streams.settings import PREFIX, Settings
from streams.topics import Topic, Topics, admin, create

#: A message of Kafka: its key and its value.
Message = tuple[bytes | None, bytes | None]

#: Whether there is time for all variants and repetitions: more than a quarter of an hour.
LONG = bool(os.environ.get("CASEPULSE_LONG"))

_MAIN = """
import sys
from datetime import UTC, datetime, timedelta
from agents.worker import Worker
from casepulse.logs import log_to_stderr
from streams.settings import Settings

moved = timedelta(seconds=float(sys.argv[1]))
settings = Settings.from_environment()
log_to_stderr(settings.log_level)
sys.exit(Worker(settings, lambda: datetime.now(UTC) + moved).run())
"""


def _plain(value: Any) -> str:
    """A setting as the environment holds it."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(getattr(value, "value", value))


def environment_of(settings: Settings, tree: Path | None = None) -> dict[str, str]:
    """The environment of a process with these settings, and of the program that lies in `tree`,
    where that is not this one. It has to run there, too."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(PREFIX)},
        **{
            f"{PREFIX}{name.upper()}": _plain(value)
            for name, value in settings
            if value is not None
        },
        **({"PYTHONPATH": str(tree)} if tree else {}),
    }


class WorkerProcess:
    """A worker in a process of its own; `tree` is where its program lies, else it is this one."""

    def __init__(
        self,
        settings: Settings,
        log: Path,
        moved: timedelta = timedelta(),
        main: Path | None = None,
        tree: Path | None = None,
    ) -> None:
        self.log = log
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    *([str(main)] if main else ["-c", _MAIN, str(moved.total_seconds())]),
                ],
                env=environment_of(settings, tree),
                cwd=tree,
                stdout=subprocess.DEVNULL,
                stderr=file,
            )

    def stop(self) -> int:
        """Ask it to stop; its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(timeout=120)

    def kill(self) -> None:
        """End it at once, without a chance to put anything in order."""
        self.process.kill()
        self.process.wait()


@contextmanager
def workers(
    settings: Settings,
    folder: Path,
    count: int = 1,
    moved: timedelta = timedelta(),
    main: Path | None = None,
) -> Iterator[list[WorkerProcess]]:
    """Start some workers; their logs are shown if the test fails, and they are stopped after it."""
    folder.mkdir(exist_ok=True)
    started = [
        WorkerProcess(settings, folder / f"worker-{number}.log", moved, main)
        for number in range(count)
    ]
    try:
        yield started
    except BaseException:
        for worker in started:
            sys.stderr.write(f"--- {worker.log.name}\n{worker.log.read_text()[-3000:]}\n")
        raise
    finally:
        for worker in started:
            worker.kill()


def installation(kafka: str, redis: str, name: str, **given: object) -> Settings:
    """The settings of an installation of its own, with its topics created."""
    settings = Settings.from_environment(
        kafka=kafka,
        redis=redis,
        name=name,
        **{"partitions": 4, "clock": "events", "metrics_port": 0, **given},
    )
    create(settings)
    return settings


def send(settings: Settings, messages: Iterable[Message]) -> int:
    """Send messages by key and value, as somebody else's producer would; how many were sent."""
    producer = KafkaProducer(
        **kafka_python_options(settings), acks="all", linger_ms=20, max_request_size=2**22
    )
    topic = Topics.of(settings).events.name
    sent = [producer.send(topic, key=key, value=value) for key, value in messages]
    producer.flush()
    for future in sent:
        future.get(timeout=10)
    producer.close()
    return len(sent)


def send_tick(settings: Settings, tick: Event[Any]) -> int:
    """Send a tick to every partition; how many messages that is."""
    producer = KafkaProducer(**kafka_python_options(settings), acks="all")
    topic = Topics.of(settings).events.name
    for partition in range(settings.partitions):
        producer.send(topic, key=b"clock", value=write_event(tick), partition=partition)
    producer.flush()
    producer.close()
    return settings.partitions


def configure(settings: Settings, topic: Topic, configs: dict[str, str]) -> None:
    """Alter a topic behind the worker's back."""
    client = admin(settings)
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=configs)])
    client.close()
    time.sleep(0.5)  # the broker takes what is new in a moment after it has answered


def limit_messages(settings: Settings, topic: Topic, most_bytes: int) -> None:
    """Let a topic refuse every message larger than this."""
    configure(settings, topic, {"max.message.bytes": str(most_bytes)})


def keyed(events: Iterable[Event[Any]]) -> list[Message]:
    """Events as messages: their subject is the key."""
    return [(event.subject.encode(), write_event(event)) for event in events]


def shuffled(items: list[Any], seed: int) -> list[Any]:
    """The same in another order."""
    mixed = list(items)
    random.Random(seed).shuffle(mixed)
    return mixed


def is_tick(event: Event[Any]) -> bool:
    """Whether this moves the clock and is no fact."""
    return isinstance(event.data, ClockTicked)


def oracle(
    events: Iterable[Event[Any]], at: datetime, profile: Path | None = None
) -> list[CellView]:
    """What the batch makes of the same events."""
    catalogue = open_catalogue(profile)
    facts = (Fact.of(read_event(write_event(event))) for event in events if not is_tick(event))
    return [
        cell_view(figure)
        for figure in Figures(evaluate(facts, catalogue, at), catalogue, at).cells()
    ]


def oracle_of_lists(events: Iterable[Event[Any]], at: datetime) -> dict[str, list[str]]:
    """The lines of the child-level lists of the same events, by measure, in alphabetical order."""
    catalogue = open_catalogue()
    partition = Partition(catalogue, at)
    for event in events:
        if not is_tick(event):
            partition.apply(Fact.of(event))
    found: dict[str, list[str]] = {}
    for line in due_list(partition, catalogue):
        found.setdefault(line.measure, []).append(line.model_dump_json())
    return {name: sorted(lines) for name, lines in found.items()}


def lists_in_redis(settings: Settings, measures: Iterable[str]) -> dict[str, list[str]]:
    """As `oracle_of_lists`, what stands in Redis."""
    return {
        name: sorted(line.model_dump_json() for line in read_due_list(settings, name))
        for name in measures
    }


def read_count(view: View) -> int:
    """How many messages the view's partitions have read."""
    return sum(offset + 1 for offset in view.meta.read_to.values())


def wait_for(settings: Settings, wanted: Callable[[View], bool], seconds: float = 60) -> View:
    """The first view that is as wanted.

    Raises:
        TimeoutError: none was, with what the last one was as at.
    """
    until = time.monotonic() + seconds
    view = None
    while time.monotonic() < until:
        view = read_view(settings)
        if view is not None and wanted(view):
            return view
        time.sleep(0.05)
    raise TimeoutError(f"the last view: {view.meta if view else None}")


def wait_until_read(settings: Settings, count: int, at: datetime, seconds: float = 120) -> View:
    """The view once every partition has read everything and its clock stands at `at`."""
    return wait_for(
        settings,
        lambda view: (
            view.meta.partitions_counted == settings.partitions
            and read_count(view) == count
            and view.meta.as_of == at
        ),
        seconds,
    )


def wait_for_letters(settings: Settings, count: int, seconds: float = 120) -> list[DeadLetter]:
    """The dead letters once there are so many, or those that there are by then.

    A view may say that an event was read before its letter is in Kafka: a worker that is killed
    just then reads the event again.
    """
    until = time.monotonic() + seconds
    while len(letters := read_letters(settings)) < count and time.monotonic() < until:
        time.sleep(0.2)
    return letters
