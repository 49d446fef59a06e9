"""Where a command's events go: to Kafka, or to standard output as JSON lines."""

import io
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from rich.progress import Progress

from casepulse.streams.publishing import Publisher
from casepulse.streams.settings import Settings
from casepulse.terminal.screen import aside

#: Sends events, as lines of JSON, and returns when they are where they were to go.
Send = Callable[[Iterable[bytes]], None]


@contextmanager
def sending(*, to_kafka: bool, bar: Progress) -> Iterator[Send]:
    """Send events to Kafka, or else to standard output. Whether Kafka is there is known at once.

    Args:
        to_kafka: whether they are published.
        bar: shows how many Kafka has acknowledged.

    Raises:
        casepulse.streams.publishing.PublishError: when sending: Kafka did not take one.
        kafka.errors.KafkaError: it is not there.
    """
    if not to_kafka:
        yield print_events
        return
    task = bar.add_task("events published", total=None)
    with Publisher(Settings.from_environment(), lambda: bar.advance(task)) as publisher:
        yield publisher.publish_all


def print_events(lines: Iterable[bytes]) -> None:
    """A line an event; and if it is a file, they are on the disk then.

    Raises:
        OSError: they can't be written.
    """
    for line in lines:
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.flush()
    with suppress(io.UnsupportedOperation):  # it is kept in memory, as by a test
        file = sys.stdout.fileno()
        if stat.S_ISREG(os.fstat(file).st_mode):
            os.fsync(file)


def send_nowhere(lines: Iterable[bytes]) -> None:
    """What was told before is not told again."""
    for _ in lines:
        pass


def say_published(count: int) -> None:
    """That Kafka has so many events."""
    aside.print(f"{count} events published and acknowledged", highlight=False)
