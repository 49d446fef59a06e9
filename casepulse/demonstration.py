"""The demonstration: everything at once, on embedded parts."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any, TextIO

import typer
from fastapi import FastAPI
from rich.console import Group
from rich.live import Live
from rich.text import Text

from casepulse.access.audit import AuditLog
from casepulse.access.reading import list_reader
from casepulse.agents.redis_view import Keys, read_meta, read_view
from casepulse.counties.comparison import Verdict, compare, of_measures
from casepulse.logs import log_to, log_to_stderr
from casepulse.schemas.envelope import EARLIEST, Event
from casepulse.schemas.errors import FailedError
from casepulse.schemas.events import write_event
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.view import View, ViewMeta
from casepulse.state import open_catalogue
from casepulse.state.calendar import LONDON
from casepulse.streams.embedded import Embedded
from casepulse.streams.publishing import Publisher
from casepulse.streams.redis_clients import connected
from casepulse.streams.settings import Settings
from casepulse.streams.whole_files import replace_whole
from casepulse.terminal.measures_table import GIVE_UP, measures_table
from casepulse.terminal.screen import output
from casepulse.terminal.table_width import fitted
from casepulse.web.application import application
from casepulse.web.demo_identity import DemoSignIn
from casepulse.web.lists import OpenLists
from casepulse.web.live_view import Watch
from casepulse.web.serving import beside
from casepulse.web.settings import WebSettings

#: The embedded broker keeps little, 5 MB a partition: no more than so many events may wait to be
#: read. They are sent compressed, at some 50 bytes each.
MOST_WAITING = 100_000

#: Seconds between two looks at the whole view. How far was read is looked at more often.
SHOWN_EVERY = 1.0

#: Seconds without anything new after which something must be wrong.
PATIENCE = 90

#: Seconds between two lines that say how far it is, where no terminal shows the table.
TOLD_EVERY = 5.0


class DemoError(FailedError):
    """The demonstration could not go on; the message says why."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What is replayed."""

    events: Callable[[], Iterator[Event[Any]]]
    again: str
    """The command that prints the same events."""
    made_up: bool = True
    published: bool = False
    """Whether a report of it was published, to be compared with."""


class Demonstration:
    """A county's events, replayed through a real worker."""

    def __init__(self, replay: Replay, profile: Path | None) -> None:
        self._replay = replay
        self._profile = profile
        self._published = 0
        self._ends: datetime | None = None
        self._failed: BaseException | None = None
        self._stopping = Flag()
        self._read = 0
        self._console = output()

    def run(self, *, stay: bool, json_file: Path | None) -> None:
        """Replay; then stay until Ctrl-C, or write the final view and stop.

        Raises:
            DemoError: the worker stopped, or nothing moved for a long time.
            casepulse.streams.embedded.EmbeddedError: an embedded part is missing.
        """
        signal.signal(signal.SIGTERM, _stop)
        self._tell("an embedded Kafka and Redis are started, and a worker")
        with _libraries_aside(), Embedded() as embedded:
            settings = embedded.settings(profile=self._profile)
            with (
                tempfile.TemporaryDirectory(prefix="casepulse-") as folder,
                _worker(settings) as worker,
                beside(self._pages(settings, Path(folder)), WebSettings(port=0)) as address,
            ):
                self._console.print(_addresses(settings, address), highlight=False)
                self._console.file.flush()  # whoever waits for the rest may look there meanwhile
                publisher = Thread(target=self._publish, args=(settings,), daemon=True)
                publisher.start()
                try:
                    view = self._watch(settings, worker)
                    if json_file is not None:
                        lines = (cell.model_dump_json() + "\n" for cell in view.cells())
                        replace_whole(json_file, "".join(lines).encode())
                    self._console.print(self._page(view))
                    self._console.print(self._afterwards(view), highlight=False)
                    if stay:
                        self._console.print("The worker goes on; Ctrl-C ends it.")
                        _wait_for_ctrl_c(worker)
                finally:
                    self._stopping.set()
                    publisher.join(timeout=10)

    def _pages(self, settings: Settings, folder: Path) -> FastAPI:
        """The pages, with lists for whoever chooses a made-up role."""
        catalogue = open_catalogue(self._profile)
        lists = OpenLists(
            DemoSignIn(catalogue, made_up=self._replay.made_up),
            AuditLog(folder / "audit.jsonl"),
            list_reader(settings),
            catalogue,
        )
        return application(Watch(settings), catalogue, lists)

    def _publish(self, settings: Settings) -> None:
        """Publish the county's events, never far ahead of the worker."""
        try:
            with Publisher(settings) as publisher:
                ends = None
                for event in self._replay.events():
                    while self._published - self._read > MOST_WAITING:
                        if self._stopping.wait(0.05):
                            return
                    publisher.publish(event, write_event(event))
                    if event.type == ClockTicked.TYPE:
                        self._published += settings.partitions
                        ends = event.time
                    else:
                        self._published += 1
                publisher.flush()
                self._ends = ends
        except BaseException as error:
            self._failed = error

    def _watch(self, settings: Settings, worker: "subprocess.Popen[bytes]") -> View:
        """Show the view in Redis until it is that of the last tick."""
        moved, seen, shown, told = time.monotonic(), (-1, -1), 0.0, time.monotonic()
        with (
            connected(settings) as redis,
            Live(console=self._console, refresh_per_second=4, transient=True) as live,
        ):
            while True:
                if self._failed is not None:
                    raise DemoError(f"publishing failed: {self._failed}")
                if worker.poll() is not None:
                    raise DemoError(f"the worker stopped with status {worker.returncode}")
                meta = read_meta(settings, redis)
                if meta is not None:
                    self._read = sum(offset + 1 for offset in meta.read_to.values())
                if time.monotonic() - shown > SHOWN_EVERY or self._complete(meta):
                    view, shown = read_view(settings, redis), time.monotonic()
                    if view is not None:
                        live.update(self._page(view))
                        if self._complete(view.meta):
                            return view
                if time.monotonic() - told > TOLD_EVERY:
                    self._tell(self._so_far(meta))
                    told = time.monotonic()
                if (self._published, self._read) != seen:
                    moved, seen = time.monotonic(), (self._published, self._read)
                elif time.monotonic() - moved > PATIENCE:
                    raise DemoError(f"nothing moved for {PATIENCE} seconds")
                time.sleep(0.2)

    def _tell(self, words: str) -> None:
        """A line beside the output, where no table shows how far it is."""
        if not self._console.is_terminal:
            typer.echo(f"casepulse demo: {words}", err=True)

    def _so_far(self, meta: ViewMeta | None) -> str:
        begun = meta is not None and meta.as_of > EARLIEST
        at = (
            ""
            if meta is None or not begun
            else f"; as at {meta.as_of.astimezone(LONDON):%d %b %Y %H:%M}"
        )
        whole = "" if self._ends is None else ", which is all of them"
        return f"{self._read:,} events read, {self._published:,} published{whole}{at}"

    def _complete(self, meta: ViewMeta | None) -> bool:
        return (
            meta is not None
            and self._ends is not None
            and sum(offset + 1 for offset in meta.read_to.values()) == self._published
            and meta.as_of == self._ends
            and meta.partitions_counted == meta.partitions
        )

    def _afterwards(self, view: View) -> str:
        words = (
            "The same figures, in one go and without Kafka:\n"
            f"  {self._replay.again} | "
            f"casepulse evaluate - --at {view.meta.as_of.isoformat()}{self._by_profile()}\n"
        )
        if self._replay.published:
            compared = list(compare(open_catalogue(self._profile), of_measures(view.measures)))
            equal = sum(each.verdict is Verdict.EQUAL for each in compared)
            words += (
                f"\n{equal} of the {len(compared)} figures that the report of January 2021 "
                "publishes came out of the events.\n"
                "  casepulse compare --which unequal    says why the others did not\n"
            )
        return words

    def _by_profile(self) -> str:
        return "" if self._profile is None else f" --profile {self._profile}"

    def _page(self, view: View) -> Group:
        as_of = view.meta.as_of.astimezone(LONDON)
        made_up = ", made up" if self._replay.made_up else ""
        title = f"{view.meta.authority}{made_up}, as at {as_of:%a %d %b %Y %H:%M}"
        state = f"version {view.meta.version} of the view in Redis; {self._read} events read"
        table = fitted(measures_table(title, view.measures.values()), self._console, *GIVE_UP)
        return Group(table, Text(state, style="dim"))


def _stop(number: int, frame: object) -> None:
    """End as Ctrl-C does, so that the embedded parts and the worker end, too."""
    raise KeyboardInterrupt


@contextmanager
def _libraries_aside() -> Iterator[None]:
    """What libraries say stays off the screen, where it would stand in the table; the last of it is
    shown if something fails."""
    with tempfile.TemporaryFile("w+", prefix="casepulse-demo-", encoding="utf-8") as said:
        log_to(said, "error")
        try:
            yield
        except DemoError as error:
            raise DemoError("\n".join([str(error), *_last_lines(said)])) from None
        finally:
            log_to_stderr("error")


def _last_lines(said: TextIO) -> list[str]:
    said.seek(0)
    return said.read().splitlines()[-5:]


@contextmanager
def _worker(settings: Settings) -> "Iterator[subprocess.Popen[bytes]]":
    """A worker process; its logs are shown if it fails."""
    with tempfile.TemporaryFile(prefix="casepulse-worker-") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "casepulse", "worker"],
            env=settings.environment(),
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        try:
            yield process
        except DemoError as error:
            log.seek(0)
            tail = log.read().decode(errors="replace").splitlines()[-5:]
            raise DemoError("\n".join([str(error), *tail])) from None
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _addresses(settings: Settings, pages: str) -> str:
    port = settings.redis.rpartition(":")[2].partition("/")[0]
    keys = Keys.of(settings)
    return (
        f"Pages     {pages}/\n"
        f"Kafka     {settings.kafka}\n"
        f"Redis     {settings.redis}    (redis-cli -p {port} get '{keys.current}')\n"
        f"Metrics   http://{settings.metrics_host}:{settings.metrics_port}/metrics\n"
    )


def _wait_for_ctrl_c(worker: "subprocess.Popen[bytes]") -> None:
    try:
        while worker.poll() is None:
            time.sleep(0.5)
    except KeyboardInterrupt:
        return
    raise DemoError(f"the worker stopped with status {worker.returncode}")
