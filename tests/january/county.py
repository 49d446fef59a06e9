"""The county of January 2021, held by a real worker on real Kafka and Redis, and shown by the real
web service. Tests that look at it share one: its replay takes minutes."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
from redis import Redis

from casepulse.access.audit import AuditLog
from casepulse.access.reading import list_reader
from casepulse.agents.redis_view import read_meta
from casepulse.counties.january_2021 import january_2021
from casepulse.schemas.envelope import Event
from casepulse.schemas.events import write_event
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.view import View
from casepulse.state import open_catalogue
from casepulse.streams.publishing import Publisher
from casepulse.streams.settings import Settings
from casepulse.web.application import application
from casepulse.web.demo_identity import DemoSignIn
from casepulse.web.lists import OpenLists
from casepulse.web.live_view import Watch
from casepulse.web.serving import beside
from casepulse.web.settings import WebSettings
from tests import services
from tests.running import installation, read_count, wait_for, wait_until_read, workers
from tests.waiting import until

#: Other children than those that the batch is counted of: the figures are the same.
SEED = 8


@dataclass
class County:
    """Where it is, and what may be done to it. Whoever does something puts it right again."""

    settings: Settings
    address: str
    """The pages', as http://127.0.0.1:8080. Its lists are off."""
    lists: str
    """The same, with the lists of the demo: whoever comes chooses a made-up role."""
    view: View
    """As it was when the replay was done."""
    sent: int
    """How many messages, the replay's too."""
    _redis: ExitStack = field(default_factory=ExitStack)

    def send(self, events: Iterable[Event[Any]]) -> None:
        """Send events through Kafka, as the case system would."""
        with Publisher(self.settings) as publisher:
            for event in events:
                publisher.publish(event, write_event(event))
                self.sent += 1

    def until_shown(self) -> None:
        """Wait until a page that is asked for now shows all that was sent."""
        meta = wait_for(self.settings, lambda meta: read_count(meta) >= self.sent).meta
        measure = f"{self.address}/api/v1/measures/referrals"
        until(lambda: httpx2.get(measure).json()["version"] >= meta.version, "shown")

    def stop_redis(self) -> None:
        """Redis is gone, and all that is in it."""
        self._redis.close()

    def start_redis(self) -> None:
        """It is back, at the same address, and empty."""
        binary = services.redis_binary()
        assert binary is not None
        port = int(self.settings.redis.rpartition(":")[2].partition("/")[0])
        self._redis.enter_context(services.redis_server(binary, port=port))


@contextmanager
def county(kafka: str) -> Iterator[County]:
    """The county, replayed.

    Args:
        kafka: a broker's address.
    """
    if services.redis_binary() is None:
        services.missing("no redis-server")
    redis = f"redis://{services.HOST}:{services.free_port()}/0"
    settings = installation(
        kafka,
        redis,
        "january",
        clock="ticks",
        partitions=4,
        metrics_port=services.free_port(),
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="casepulse-january-")))
        made = County(settings, "", "", None, 0)  # type: ignore[arg-type]
        stack.callback(made.stop_redis)
        made.start_redis()
        stack.enter_context(workers(settings, folder))
        made.sent, ends = _publish(settings)
        _wait_until_replayed(settings, made.sent, ends)
        made.view = wait_until_read(settings, made.sent, ends)
        made.address = stack.enter_context(serving(settings, folder))
        made.lists = stack.enter_context(_with_lists(settings, folder))
        yield made


def _publish(settings: Settings) -> tuple[int, datetime]:
    """Publish all its facts, then its last tick: how many messages, and the instant of that tick.

    The days before it are left out: that the stream comes to the same with them is tested
    elsewhere, and it takes many times as long.
    """
    facts: list[Event[Any]] = []
    last: Event[Any] | None = None
    for event in january_2021(SEED):
        if event.type == ClockTicked.TYPE:
            last = event
        else:
            facts.append(event)
    assert last is not None
    with Publisher(settings) as publisher:
        for event in (*facts, last):
            publisher.publish(event, write_event(event))
    return settings.partitions + len(facts), last.time


def _wait_until_replayed(settings: Settings, count: int, ends: datetime) -> None:
    """As `wait_until_read`, but looking at little: the worker needs the time."""
    with closing(Redis.from_url(settings.redis)) as redis:

        def read() -> int:
            meta = read_meta(settings, redis)
            return 0 if meta is None else sum(offset + 1 for offset in meta.read_to.values())

        def done() -> bool:
            meta = read_meta(settings, redis)
            return meta is not None and read() == count and meta.as_of == ends

        until(done, "replayed", read)


@contextmanager
def serving(settings: Settings, folder: Path, **given: str) -> Iterator[str]:
    """`casepulse web` in a process of its own, at a free port; its log is shown if it fails.

    Args:
        settings: where Redis is.
        folder: for its log.
        given: more variables of its environment.
    """
    port = services.free_port()
    log = folder / f"web-{port}.log"
    environment = settings.environment() | {"CASEPULSE_WEB_PORT": str(port), **given}
    with log.open("ab") as file:
        process = Popen(
            [sys.executable, "-m", "casepulse", "web"], env=environment, stdout=file, stderr=file
        )
    address = f"http://{services.HOST}:{port}"
    try:
        _wait_until_up(address, process)
        yield address
    except BaseException:
        sys.stderr.write(f"--- {log.name}\n{log.read_text()[-3000:]}\n")
        raise
    finally:
        process.terminate()
        process.wait()


def _with_lists(settings: Settings, folder: Path) -> AbstractContextManager[str]:
    catalogue = open_catalogue(settings.profile)
    lists = OpenLists(
        DemoSignIn(catalogue), AuditLog(folder / "audit.jsonl"), list_reader(settings), catalogue
    )
    return beside(application(Watch(settings), catalogue, lists), WebSettings(port=0))


def _wait_until_up(address: str, process: "Popen[bytes]") -> None:
    def up() -> bool:
        try:
            return httpx2.get(f"{address}/health/live").status_code == 200
        except httpx2.TransportError:
            return False

    until(lambda: process.poll() is not None or up(), "casepulse web answers")
    if process.poll() is not None:
        raise RuntimeError(f"casepulse web ended (status {process.poll()})")
