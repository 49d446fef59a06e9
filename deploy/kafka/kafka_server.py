"""A broker as a process of this machine, on loopback only, with its folder."""

import base64
import contextlib
import os
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path
from typing import Self

from kafka_jars import CACHE, HERE, KafkaError, explained, fetch_jars, find_java, run

HOST = "127.0.0.1"
DATA = HERE / ".run"
SETTINGS = HERE / "server.properties"

STARTED = b"Kafka Server started"  # KafkaRaftServer's last word when it starts
START_SECONDS = 120.0
STOP_SECONDS = 20.0

SERVER_OPTIONS = [
    "-Xmx512m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    # Else it prints every setting it has, 2,400 lines, before it says a word.
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn",
]
FORMAT_OPTIONS = [
    "-Xmx256m",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
]


class KafkaServer:
    """One broker with its data folder. As a context manager it is started and stopped.

    Args:
        data: folder of the broker's records, log, pid and port. Kept when the broker stops;
            a later start goes on from it.
        port: where clients connect; else the one this folder had last, else a free one.
        partitions: of a topic that is created without saying how many.
        cache: where the jars are kept.
        settings: template of its server.properties; what stands in braces is filled in.
        options: more of Java's; later ones win.
        cluster: the identity of the cluster that its storage is formatted for; else one of its own.
    """

    def __init__(
        self,
        data: Path = DATA,
        port: int | None = None,
        partitions: int = 8,
        cache: Path = CACHE,
        settings: Path = SETTINGS,
        options: tuple[str, ...] = (),
        cluster: str | None = None,
    ) -> None:
        self.data = data.resolve()
        self.log = self.data / "kafka.log"
        self._port = port
        self._partitions = partitions
        self._cache = cache
        self._settings = settings
        self._options = options
        self._cluster = cluster
        self._begins_at = 0
        self._properties = self.data / "server.properties"
        self._pid_file = self.data / "kafka.pid"
        self._port_file = self.data / "kafka.port"
        self._process: subprocess.Popen[bytes] | None = None  # where this object started it

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """host:port for clients, once it has been started."""
        return f"{HOST}:{_number_in(self._port_file)}"

    @property
    def pid(self) -> int | None:
        """The process id of this folder's broker, or None where it isn't running."""
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        pid = _number_in(self._pid_file)
        # Process ids are used again: ours is the one that was given our settings.
        return pid if pid is not None and str(self._properties) in _command_line(pid) else None

    def start(self) -> str:
        """Start the broker and wait until it answers; its address.

        A broker that is running is left as it is.

        Raises:
            KafkaMissingError: Java, Maven or the jars are not to be had.
            KafkaError: it doesn't start.
        """
        if self.pid is not None:
            if self._port not in (None, _number_in(self._port_file)):
                raise KafkaError(f"It is running at {self.address} already; stop that one first.")
            return self.address
        self.launch()
        self.until_it_answers()
        return self.address

    def launch(self) -> None:
        """Start the broker, and do not wait for it: one of several begins once most are there.

        In order: find Java, fetch the jars, choose ports, write the settings, format the storage,
        start.

        Raises:
            KafkaMissingError: Java, Maven or the jars are not to be had.
            KafkaError: its port is taken, or its storage can't be formatted.
        """
        java = find_java()
        jars = fetch_jars(self._cache)
        self.data.mkdir(parents=True, exist_ok=True)
        self._port = self._choose_port()
        settings = self._settings.read_text(encoding="utf-8").format(
            host=HOST,
            port=self._port,
            controller_port=free_port(but_not=self._port),
            log_dirs=self.data / "data",
            partitions=self._partitions,
        )
        self._properties.write_text(settings, encoding="utf-8")
        self._format(java, jars)
        self._begins_at = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(java, *SERVER_OPTIONS, *self._options, "-cp", f"{jars}/*"),
                    *("kafka.Kafka", str(self._properties)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that Ctrl-C in this terminal reaches us alone
            )
        self._pid_file.write_text(f"{self._process.pid}\n", encoding="utf-8")
        self._port_file.write_text(f"{self._port}\n", encoding="utf-8")

    def until_it_answers(self) -> None:
        """Wait for a broker that was launched. One that does not come is ended.

        Raises:
            KafkaError: it does not answer in time, or has ended; with the end of its log.
        """
        assert self._port is not None
        try:
            self._wait_until_it_answers(self._port, self._begins_at)
        except BaseException:
            self.kill()
            raise

    def wait(self) -> int:
        """Wait until the broker that this object started ends; its exit status."""
        return self._process.wait() if self._process is not None else 0

    def stop(self) -> bool:
        """Stop it, in good order if it can. Whether there was one to stop."""
        return self._end((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 10.0))

    def kill(self) -> bool:
        """End it at once, as `kill -9` does. Whether there was one to end."""
        return self._end((signal.SIGKILL, 10.0))

    def _end(self, *attempts: tuple[signal.Signals, float]) -> bool:
        was_running = self.pid is not None
        for number, seconds in attempts:
            deadline = time.monotonic() + seconds
            if (pid := self.pid) is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            while self.pid is not None and time.monotonic() < deadline:
                time.sleep(0.02)
        if self.pid is not None:
            raise KafkaError(f"Process {self.pid} does not end, not even by SIGKILL.")
        # An ending process loses its command line before its sockets: the next start wants the
        # port. Not for long: another program may have taken it.
        port, deadline = _number_in(self._port_file), time.monotonic() + 2.0
        while was_running and port and not is_free(port) and time.monotonic() < deadline:
            time.sleep(0.02)
        self._pid_file.unlink(missing_ok=True)
        return was_running

    def _choose_port(self) -> int:
        wanted, last = self._port, _number_in(self._port_file)
        if wanted is not None:
            if not is_free(wanted):
                who = f"ss -ltnp 'sport = :{wanted}'"
                raise KafkaError(f"Port {wanted} is in use ({who} says by whom): give another.")
            return wanted
        return last if last is not None and is_free(last) else free_port()

    def _format(self, java: str, jars: Path) -> None:
        """Give the storage its identity, unless it has one: this file is what formatting makes."""
        if (self.data / "data" / "meta.properties").exists():
            return
        cluster = self._cluster or new_cluster()
        tool = [java, *FORMAT_OPTIONS, "-cp", f"{jars}/*", "kafka.tools.StorageTool", "format"]
        status, output = run([*tool, "-t", cluster, "-c", str(self._properties)])
        if status != 0:
            raise KafkaError(f"The storage {self.data} can't be formatted:\n{explained(output)}")

    def _wait_until_it_answers(self, port: int, offset: int) -> None:
        """The log line says that the broker is let into the cluster; the answer, that it serves."""
        log, deadline = b"", time.monotonic() + START_SECONDS
        why = f"did not answer at {HOST}:{port}, and said nothing for {START_SECONDS:.0f} s"
        while time.monotonic() < deadline:
            before, log = log, self.log.read_bytes()[offset:]
            if STARTED in log and answers(port):
                return
            if log != before:  # on a busy machine it takes its time, and goes on
                deadline = time.monotonic() + START_SECONDS
            if self.pid is None:
                why = f"ended while it started (exit status {self.wait()})"
                break
            time.sleep(0.05)
        told = self.log.read_bytes()[offset:].decode(errors="replace")
        raise KafkaError(f"Kafka {why}. The end of {self.log}:\n{explained(told)}")


def new_cluster() -> str:
    """An identity, as Kafka's own random-uuid makes it, without starting Java once more. Never with
    a hyphen first: the tool would take it for an option."""
    return base64.urlsafe_b64encode(b"case" + os.urandom(12)).decode().rstrip("=")


def answers(port: int) -> bool:
    """Whether a Kafka broker answers on this port: it is asked which versions it speaks."""
    request = struct.pack(">hhih", 18, 0, 1, -1)  # ApiVersions, version 0, number 1, no client id
    try:
        with socket.create_connection((HOST, port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            with connection.makefile("rb") as stream:
                reply = stream.read(10)
    except OSError:
        return False
    # Length, the number of the request, error code.
    return len(reply) == 10 and struct.unpack(">iih", reply)[1:] == (1, 0)


def is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        # As Java does it: the last second's closed connections don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        return True
    return False


def free_port(but_not: int = 0) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port: int = probe.getsockname()[1]
        if port != but_not:
            return port


def _number_in(file: Path) -> int | None:
    with contextlib.suppress(FileNotFoundError, ValueError):
        return int(file.read_text(encoding="utf-8"))
    return None


def _command_line(pid: int) -> str:
    """The command line of a process; empty where there is none, or it has ended."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return ""
    return run(["ps", "-ww", "-o", "command=", "-p", str(pid)])[1]
