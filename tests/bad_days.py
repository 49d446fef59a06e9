"""What the tests of bad days have in common: load, watching, comparing, and a record of it all.

make chaos    # every fault at full length; writes the table in docs/reliability.md
"""

import json
import re
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any
from xml.etree import ElementTree

import psutil
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from casepulse.agents.redis_view import read_view
from casepulse.counties.scenario import scenario
from casepulse.schemas.envelope import EARLIEST, Event
from casepulse.schemas.events import read_event
from casepulse.schemas.view import CellView, View
from casepulse.state import Catalogue, Fact, Figures, Tally, evaluate, open_catalogue
from casepulse.state.calendar import INSTANT
from casepulse.state.viewing import cell_view
from casepulse.streams.security import kafka_python_options
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics
from tests.running import Message, is_tick, read_count
from tests.waiting import PATIENCE, pause_after, until

#: Two months of a small county, for tests that shall be short.
EVENTS = list(scenario(seed=12, children=60, months=2))
LAST_TICK = EVENTS[-1]
FACTS = [event for event in EVENTS if not is_tick(event)]

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "reliability.md"
BEGIN, END = "<!-- made by make chaos -->", "<!-- end -->"

_PROPERTY = "bad_day"


class BadDay:
    """Compares a view with what it must be, and notes that for the table. A fixture."""

    def __init__(self, note: Callable[[str, object], None]) -> None:
        self._note = note

    def same(
        self,
        fault: str,
        view: View,
        expected: list[CellView],
        sent: int,
        recovered: float | None = None,
    ) -> None:
        """The view must have every cell as expected.

        Args:
            fault: the row of the table.
            view: the last one.
            expected: every cell of the batch.
            sent: how many messages were sent.
            recovered: seconds from the fault's end until the view was whole again.
        """
        read = sum(offset + 1 for offset in view.meta.read_to.values())
        self.same_cells(fault, view.cells(), expected, sent, read, recovered)

    def same_cells(
        self,
        fault: str,
        cells: Sequence[object],
        expected: Sequence[object],
        sent: int,
        read: int,
        recovered: float | None = None,
    ) -> None:
        """As `same`, of cells as another version tells them; `read` messages are in the view."""
        different = [
            (got, wanted) for got, wanted in zip(cells, expected, strict=False) if got != wanted
        ]
        wrong = len(different) + abs(len(cells) - len(expected))
        self._note(
            _PROPERTY, json.dumps(_Run(fault, sent, read, len(expected), wrong, recovered).__dict__)
        )
        assert not wrong, f"{wrong} of {len(expected)} cells differ, such as {different[:3]}"


@dataclass(frozen=True)
class _Run:
    fault: str
    sent: int
    read: int
    compared: int
    different: int
    recovered: float | None


def ask(settings: Settings, path: str) -> tuple[int, dict[str, Any]]:
    """The status and the answer of a worker's health; 0 if nobody answers."""
    address = f"http://127.0.0.1:{settings.metrics_port}{path}"
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
    except OSError:
        return 0, {}


def is_ready(settings: Settings) -> bool:
    """Whether a worker says that its figures can be relied on."""
    return ask(settings, "/health/ready")[0] == 200


def obstacles(settings: Settings) -> dict[str, str]:
    """What stands in a worker's way, as it says; empty too where nobody answers."""
    because: dict[str, str] = ask(settings, "/health/ready")[1].get("because", {})
    return because


def metric(settings: Settings, name: str) -> dict[str, float]:
    """The series of a worker's metric, by their labels as they are written."""
    address = f"http://127.0.0.1:{settings.metrics_port}/metrics"
    with urllib.request.urlopen(address, timeout=20) as answer:
        text = answer.read().decode()
    series = re.findall(rf"^{name}({{.*}})? (\S+)$", text, re.MULTILINE)
    return {labels: float(value) for labels, value in series}


def kill(pid: int) -> None:
    """End a process at once, and wait until it is gone."""
    found = psutil.Process(pid)
    found.send_signal(signal.SIGKILL)
    found.wait(PATIENCE)


#: How many views are to be seen on the way, and after how many messages each, at the latest.
VIEWS, _BETWEEN_VIEWS = 6, 40


class Load:
    """Messages that are sent at a steady rate, in the background, while something breaks.

    Args:
        settings: where to.
        messages: what each is.
        rate: messages a second.
        views: those that are seen meanwhile. How many can be seen says something of the machine:
            with less than `VIEWS`, the last messages wait now and then until all before them are
            in a view that was seen.
    """

    def __init__(
        self,
        settings: Settings,
        messages: Sequence[Message],
        rate: float,
        views: Sequence[View] | None = None,
    ) -> None:
        self._settings = settings
        self._messages = messages
        self._rate = rate
        self._views = views
        self._stop = Flag()
        self._failed: BaseException | None = None
        self._thread = Thread(target=self._run, name="load", daemon=True)
        self.sent = 0
        """How many messages Kafka has acknowledged."""

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(120)

    @property
    def running(self) -> bool:
        """Whether there is more to send."""
        return self._thread.is_alive()

    def finish(self) -> int:
        """Wait until all is sent and acknowledged; how many messages that was."""
        until(lambda: not self.running, "the load is sent", lambda: self.sent)
        if self._failed is not None:
            raise self._failed
        return self.sent

    def _run(self) -> None:
        topic = Topics.of(self._settings).events.name
        # A producer in order and without loss, through a broker that is away for two minutes.
        producer = KafkaProducer(
            **kafka_python_options(self._settings),
            acks="all",
            linger_ms=20,
            delivery_timeout_ms=300_000,
            max_block_ms=300_000,
        )
        started = time.monotonic()
        try:
            for number, (key, value) in enumerate(self._messages):
                if self._must_be_seen(len(self._messages) - number):
                    producer.flush(timeout=300)
                    while not self._all_seen() and not self._stop.wait(0.05):
                        pass
                producer.send(topic, key=key, value=value).add_callback(self._acknowledged)
                ahead = number / self._rate - (time.monotonic() - started)
                if ahead > 0.01 and self._stop.wait(ahead):
                    break
            producer.flush(timeout=300)
        except BaseException as error:
            self._failed = error
        finally:
            producer.close()

    def _must_be_seen(self, left: int) -> bool:
        wait = left % _BETWEEN_VIEWS == 0 and left <= VIEWS * _BETWEEN_VIEWS
        return wait and self._views is not None and len(_versions(self._views)) < VIEWS

    def _all_seen(self) -> bool:
        views = self._views or ()
        return bool(views) and read_count(views[-1].meta) >= self.sent

    def _acknowledged(self, _: object) -> None:
        self.sent += 1


def _versions(views: Iterable[View]) -> set[int]:
    return {view.meta.version for view in views}


def _which(view: View) -> tuple[int, dict[str, int]]:
    return view.meta.version, view.meta.read_to


@contextmanager
def watched(settings: Settings) -> Iterator[list[View]]:
    """Views that could be seen meanwhile, in the order in which they were seen."""
    seen: list[View] = []
    stop = Flag()

    def look() -> None:
        took = 0.0
        while not stop.wait(pause_after(took)):
            began = time.monotonic()
            view = read_view(settings)
            # What changes no figure is read without another version: `read_to` alone says so.
            if view is not None and (not seen or _which(view) != _which(seen[-1])):
                seen.append(view)
            took = time.monotonic() - began

    thread = Thread(target=look, name="watch", daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join(10)


def messages_of(settings: Settings) -> dict[int, list[Event[Any]]]:
    """Every event of the topic, by partition, in order. All must be good ones."""
    topic = Topics.of(settings).events.name
    consumer = KafkaConsumer(**kafka_python_options(settings), auto_offset_reset="earliest")
    partitions = [TopicPartition(topic, number) for number in range(settings.partitions)]
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    found: dict[int, list[Event[Any]]] = {tp.partition: [] for tp in partitions}
    while any(consumer.position(tp) < ends[tp] for tp in partitions):
        for tp, records in consumer.poll(timeout_ms=1000).items():
            found[tp.partition].extend(read_event(record.value) for record in records)
    consumer.close()
    return found


def check_every_view(settings: Settings, views: list[View], most: int = 12) -> int:
    """Each view, also one in the middle of a fault, must be what the batch makes of exactly the
    events that the view says it has read: no child counted twice, and none left out.

    Args:
        settings: whose views they are; the clock must be moved by events.
        views: in the order in which they were seen.
        most: how many of them are compared, evenly spread; a comparison takes a second.

    Returns:
        how many were compared, those whose figures are those of the one before left out.
    """
    catalogue = open_catalogue(settings.profile)
    events = messages_of(settings)
    versions = [view.meta.version for view in views]
    assert versions == sorted(versions), "a view went back to an older one"
    chosen = views[:: max(1, len(views) // most)]
    for view in chosen:
        at, cells = _batch_of(view, events, catalogue)
        assert (view.meta.as_of, view.cells()) == (at, cells), f"version {view.meta.version}"
    return min(len(chosen), len(_versions(views)))


def _batch_of(
    view: View, events: dict[int, list[Event[Any]]], catalogue: Catalogue
) -> tuple[datetime, list[CellView]]:
    tallies, clocks = [], []
    for partition, last in view.meta.read_to.items():
        read = events[int(partition)][: last + 1]
        clock = max(
            (event.time if is_tick(event) else event.recordedtime + INSTANT for event in read),
            default=EARLIEST,
        )
        facts = (Fact.of(event) for event in read if not is_tick(event))
        tallies.append(evaluate(facts, catalogue, clock))
        clocks.append(clock)
    at = min(clocks)
    figures = Figures(Tally.merged(tallies), catalogue, at)
    return at, [cell_view(figure) for figure in figures.cells()]


def table(report: Path, before: str = "") -> str:
    """The table of what a run of pytest has noted.

    Args:
        report: its JUnit XML.
        before: the table as it was: rows of faults that this run did not bring about stay.
    """
    runs: dict[str, list[_Run]] = {}
    for found in ElementTree.parse(report).iter("property"):  # noqa: S314 - our own report
        if found.get("name") == _PROPERTY:
            run = _Run(**json.loads(found.get("value", "")))
            runs.setdefault(run.fault, []).append(run)
    lines = [
        "| fault | runs | messages sent | read by the final view | cells compared | different "
        "| recovered after, seconds |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    rows = {row.split(" | ")[0].removeprefix("| "): row for row in before.splitlines()[2:]}
    for fault, all_of_it in runs.items():
        took = [run.recovered for run in all_of_it if run.recovered is not None]
        sums = [
            f"{sum(getattr(run, name) for run in all_of_it):,}"
            for name in ("sent", "read", "compared", "different")
        ]
        seconds = _range(took)
        rows[fault] = f"| {fault} | {len(all_of_it)} | {' | '.join(sums)} | {seconds} |"
    return "\n".join([*lines, *rows.values()])


def _range(took: list[float]) -> str:
    if not took:
        return ""
    least, most = f"{min(took):.1f}", f"{max(took):.1f}"
    return least if least == most else f"{least} to {most}"


def main() -> int:
    """Put the table of a JUnit XML into docs/reliability.md, and print it."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    there, after = rest.split(END)
    made = table(Path(sys.argv[1]), there.strip())
    print(made)  # noqa: T201 - for whoever runs `make chaos`
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{made}\n\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
