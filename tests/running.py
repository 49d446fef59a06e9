"""Workers as processes, for tests that speak of real Kafka and Redis."""

import os
import random
import re
import signal
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

from casepulse.access.reading import list_reader
from casepulse.agents.dead_letters import DeadLetter, read_letters
from casepulse.agents.redis_view import read_meta, read_view
from casepulse.schemas.envelope import Event
from casepulse.schemas.events import read_event, write_event
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.view import CellView, View, ViewMeta
from casepulse.state import Fact, Figures, Partition, evaluate, open_catalogue
from casepulse.state.due import due_list
from casepulse.state.viewing import cell_view
from casepulse.streams.redis_clients import connected
from casepulse.streams.security import kafka_python_options
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topic, Topics, admin, create
from tests.waiting import PATIENCE, until

#: A message of Kafka: its key and its value.
Message = tuple[bytes | None, bytes | None]

#: Whether there is time for all variants and repetitions: more than a quarter of an hour.
LONG = bool(os.environ.get("CASEPULSE_LONG"))

_MAIN = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from casepulse.agents.worker import Worker
from casepulse.logs import log_to_stderr
from casepulse.streams.settings import Settings

moved = Path(sys.argv[1]) if sys.argv[1:] else None

def now():
    by = timedelta(seconds=float(moved.read_text())) if moved else timedelta()
    return datetime.now(UTC) + by

settings = Settings.from_environment()
log_to_stderr(settings.log_level)
releasing = [(sys.executable, "-m", "casepulse", "release", "make")] if settings.releases else []
sys.exit(Worker(settings, now, *releasing).run())  # an earlier version knows of none
"""


class MovedClock:
    """The clock of workers, which a test moves while they run.

    Args:
        folder: for the file that they look it up in.
        by: how far it is from the machine's own, to begin with.
    """

    def __init__(self, folder: Path, by: timedelta = timedelta()) -> None:
        self.file = folder / "moved"
        self.move(by)

    def move(self, by: timedelta) -> None:
        """From now on it is so far from the machine's own clock."""
        part = self.file.with_suffix(".part")
        part.write_text(str(by.total_seconds()))
        part.replace(self.file)


def environment_of(settings: Settings, tree: Path | None = None) -> dict[str, str]:
    """The environment of a process with these settings, and of the program that lies in `tree`,
    where that is not this one. It has to run there, too."""
    return settings.environment() | ({"PYTHONPATH": str(tree)} if tree else {})


def program_for(tree: Path | None, program: str) -> str:
    """A program as the version that lies in `tree` knows it: once, four packages stood beside
    casepulse that are in it now."""
    if tree is None or (tree / "casepulse" / "state").exists():
        return program
    return re.sub(r"\bcasepulse\.(agents|schemas|state|streams)\b", r"\1", program)


class WorkerProcess:
    """A worker in a process of its own; `tree` is where its program lies, else it is this one."""

    def __init__(
        self,
        settings: Settings,
        log: Path,
        clock: MovedClock | None = None,
        main: Path | None = None,
        tree: Path | None = None,
    ) -> None:
        self.log = log
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    *([str(main)] if main else ["-c", program_for(tree, _MAIN)]),
                    *([str(clock.file)] if clock else []),
                ],
                env=environment_of(settings, tree),
                cwd=tree,
                stdout=subprocess.DEVNULL,
                stderr=file,
            )

    def stop(self) -> int:
        """Ask it to stop, once it listens: before, it would be killed by that. Its exit status."""
        until(lambda: self.process.poll() is not None or self._listens(), "the worker's beginning")
        if self.process.poll() is None:
            self.process.terminate()
        return self.ended()

    def _listens(self) -> bool:
        """Whether it has a handler of SIGTERM; where there is no /proc, nobody knows."""
        status = Path(f"/proc/{self.process.pid}/status")
        caught = (
            re.search(r"^SigCgt:\s*(\w+)", status.read_text(), re.M) if status.exists() else None
        )
        return caught is None or bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)

    def ended(self) -> int:
        """Wait until it has ended by itself; its exit status."""
        until(lambda: self.process.poll() is not None, "the worker's end")
        return self.process.wait()

    def kill(self) -> None:
        """End it at once, without a chance to put anything in order."""
        self.process.kill()
        self.process.wait()


@contextmanager
def workers(
    settings: Settings,
    folder: Path,
    count: int = 1,
    clock: MovedClock | None = None,
    main: Path | None = None,
) -> Iterator[list[WorkerProcess]]:
    """Start some workers; their logs are shown if the test fails, and they are stopped after it."""
    folder.mkdir(exist_ok=True)
    started = [
        WorkerProcess(settings, folder / f"worker-{number}.log", clock, main)
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
        future.get(timeout=PATIENCE)
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
    """The lines of the child-level lists of the same events, by list, in alphabetical order."""
    catalogue = open_catalogue()
    partition = Partition(catalogue, at)
    for event in events:
        if not is_tick(event):
            partition.apply(Fact.of(event))
    found: dict[str, list[str]] = {}
    for line in due_list(partition, catalogue):
        found.setdefault(line.list, []).append(line.model_dump_json())
    return {name: sorted(lines) for name, lines in found.items()}


def lists_in_redis(settings: Settings, measures: Iterable[str]) -> dict[str, list[str]]:
    """As `oracle_of_lists`, what stands in Redis, and is as it was written."""
    lists = {name: list_reader(settings)(name) for name in measures}
    return {
        name: sorted(line.model_dump_json() for line in read.lines)
        for name, read in lists.items()
        if read.whole
    }


def read_count(meta: ViewMeta) -> int:
    """How many messages the partitions of a view have read."""
    return sum(offset + 1 for offset in meta.read_to.values())


def wait_for(
    settings: Settings,
    wanted: Callable[[ViewMeta], bool] = lambda meta: True,
    shows: Callable[[View], bool] = lambda view: True,
) -> View:
    """The first view that is as wanted. What is read on the way counts as moving.

    Args:
        settings: whose it is.
        wanted: what it is to be as at, and to have read. The view itself is read where that is so:
            it takes its time.
        shows: what it is to show.

    Raises:
        TimeoutError: none was, and nothing is read any more; with how far the last one had read.
    """
    known: ViewMeta | None = None
    found: View | None = None

    def looked() -> bool:
        nonlocal known, found
        with connected(settings) as redis:
            meta = read_meta(settings, redis)
            if meta is None or meta == known:
                return False
            known = meta
            view = read_view(settings, redis) if wanted(meta) else None
        if view is None or not wanted(view.meta) or not shows(view):
            return False  # of the one that came between, if any, too
        found = view
        return True

    def moving() -> object:
        return known and (known.partitions_counted, known.read_to)

    until(looked, "a view as wanted", moving)
    assert found is not None
    return found


def wait_until_read(settings: Settings, count: int, at: datetime) -> View:
    """The view once every partition has read everything and its clock stands at `at`."""
    return wait_for(
        settings,
        lambda meta: (
            meta.partitions_counted == settings.partitions
            and read_count(meta) == count
            and meta.as_of == at
        ),
    )


def wait_for_letters(settings: Settings, count: int) -> list[DeadLetter]:
    """The dead letters once there are so many.

    A view may say that an event was read before its letter is in Kafka: a worker that is killed
    just then reads the event again.
    """
    letters: list[DeadLetter] = []

    def enough() -> bool:
        letters[:] = read_letters(settings)
        return len(letters) >= count

    until(enough, f"{count} dead letters", lambda: len(letters))
    return letters
