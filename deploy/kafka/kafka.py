#!/usr/bin/env python3
"""A real Apache Kafka on this machine without Docker: one node, on loopback only.

Needs Java 17 or newer, and Maven once, to fetch Kafka's own jars (45 MB). Nothing is
installed: the jars go to a cache folder, the broker's records to a data folder.

This is for development and tests. It has one copy of everything and no passwords.
"""

import argparse
import base64
import contextlib
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

HERE = Path(__file__).resolve().parent
POM = HERE / "pom.xml"
SETTINGS = HERE / "server.properties"
VERSION = re.findall(r"<kafka\.version>(.+?)</kafka\.version>", POM.read_text("utf-8"))[0]
HOST = "127.0.0.1"
DATA = HERE / ".run"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "casepulse"

STARTED = b"Kafka Server started"  # KafkaRaftServer's last word when it starts
START_SECONDS = 60.0
STOP_SECONDS = 20.0

SERVER_OPTIONS = [
    "-Xmx512m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    # Else it prints every setting it has, 2,400 lines, before it says a word.
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn",
]
FORMAT_OPTIONS = ["-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]


class KafkaError(Exception):
    """Kafka can't be started or stopped; the message says what is wrong and what to do."""


class KafkaMissingError(KafkaError):
    """Something that Kafka needs is not on this machine: Java, Maven, or the jars."""


class KafkaServer:
    """One broker with its data folder. As a context manager it is started and stopped.

    Args:
        data: folder of the broker's records, log, pid and port. Kept when the broker stops;
            a later start goes on from it.
        port: where clients connect; else the one this folder had last, else a free one.
        partitions: of a topic that is created without saying how many.
        cache: where the jars are kept.
        settings: template of its server.properties; what stands in braces is filled in.
    """

    def __init__(
        self,
        data: Path = DATA,
        port: int | None = None,
        partitions: int = 8,
        cache: Path = CACHE,
        settings: Path = SETTINGS,
    ) -> None:
        self.data = data.resolve()
        self.log = self.data / "kafka.log"
        self._port = port
        self._partitions = partitions
        self._cache = cache
        self._settings = settings
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

        A broker that is running is left as it is. In order: find Java, fetch the jars, choose
        ports, write the settings, format the storage, start, wait.

        Raises:
            KafkaMissingError: Java, Maven or the jars are not to be had.
            KafkaError: it doesn't start.
        """
        if self.pid is not None:
            if self._port not in (None, _number_in(self._port_file)):
                raise KafkaError(f"It is running at {self.address} already; stop that one first.")
            return self.address
        java = _java()
        jars = fetch_jars(self._cache)
        self.data.mkdir(parents=True, exist_ok=True)
        self._port = self._choose_port()
        settings = self._settings.read_text(encoding="utf-8").format(
            host=HOST,
            port=self._port,
            controller_port=_free_port(but_not=self._port),
            log_dirs=self.data / "data",
            partitions=self._partitions,
        )
        self._properties.write_text(settings, encoding="utf-8")
        self._format(java, jars)
        offset = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [java, *SERVER_OPTIONS, "-cp", f"{jars}/*", "kafka.Kafka", str(self._properties)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that Ctrl-C in this terminal reaches us alone
            )
        self._pid_file.write_text(f"{self._process.pid}\n", encoding="utf-8")
        self._port_file.write_text(f"{self._port}\n", encoding="utf-8")
        try:
            self._wait_until_it_answers(self._port, offset)
        except BaseException:
            self.kill()
            raise
        return self.address

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
        while was_running and port and not _is_free(port) and time.monotonic() < deadline:
            time.sleep(0.02)
        self._pid_file.unlink(missing_ok=True)
        return was_running

    def _choose_port(self) -> int:
        wanted, last = self._port, _number_in(self._port_file)
        if wanted is not None:
            if not _is_free(wanted):
                who = f"ss -ltnp 'sport = :{wanted}'"
                raise KafkaError(f"Port {wanted} is in use ({who} says by whom): give another.")
            return wanted
        return last if last is not None and _is_free(last) else _free_port()

    def _format(self, java: str, jars: Path) -> None:
        """Give the storage its identity, unless it has one: this file is what formatting makes."""
        if (self.data / "data" / "meta.properties").exists():
            return
        # As Kafka's own random-uuid makes it, without starting Java once more. Never with a hyphen
        # first: the tool would take it for an option.
        cluster = base64.urlsafe_b64encode(b"case" + os.urandom(12)).decode().rstrip("=")
        tool = [java, *FORMAT_OPTIONS, "-cp", f"{jars}/*", "kafka.tools.StorageTool", "format"]
        status, output = _run([*tool, "-t", cluster, "-c", str(self._properties)])
        if status != 0:
            raise KafkaError(f"The storage {self.data} can't be formatted:\n{_explained(output)}")

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
        raise KafkaError(f"Kafka {why}. The end of {self.log}:\n{_explained(told)}")


def fetch_jars(cache: Path = CACHE) -> Path:
    """The folder with Kafka's jars, fetched by Maven where they aren't there yet.

    They are fetched beside the folder and moved there whole, so what an interrupted
    download leaves is never taken for them.

    Raises:
        KafkaMissingError: there is no Maven, or it can't fetch them.
    """
    jars = cache / f"kafka-{VERSION}"
    if jars.is_dir():
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaMissingError(
            f"Kafka's jars are not in {jars}, and there is no mvn on the PATH to fetch them. "
            "On Debian and Ubuntu: apt install maven"
        )
    sys.stderr.write(f"Fetching Apache Kafka {VERSION} (45 MB, once) into {jars}\n")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{jars.name}.part-", dir=cache) as folder:
        part = Path(folder) / "jars"
        # -C: a jar whose checksum is wrong is an error, not a warning.
        copy = [maven, "-q", "-B", "-C", "-f", str(POM), "dependency:copy-dependencies"]
        status, output = _run([*copy, "-DincludeScope=runtime", f"-DoutputDirectory={part}"])
        if status != 0:
            raise KafkaMissingError(
                "Maven can't fetch Kafka's jars; it needs Maven Central, or a mirror of it in "
                f"~/.m2/settings.xml:\n{_explained(output)}"
            )
        try:
            part.rename(jars)
        except OSError:
            if not jars.is_dir():  # there: another was quicker, with the same jars
                raise
    return jars


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


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if java is None:
        where = f"in JAVA_HOME ({home})" if home else "on the PATH"
        raise KafkaMissingError(
            f"There is no java {where}; Kafka {VERSION} needs Java 17 or newer. "
            "On Debian and Ubuntu: apt install openjdk-17-jre-headless"
        )
    return java


def _explained(output: str) -> str:
    """The end of what a program printed, with what to do where that is known."""
    end = "\n".join(f"  {line[:300]}" for line in output.rstrip().splitlines()[-30:])
    if "UnsupportedClassVersionError" in output:
        end += f"\nThis java is too old: Kafka {VERSION} needs Java 17 or newer (see JAVA_HOME)."
    if "Address already in use" in output:
        end += "\nAnother program took the port meanwhile: start again, or give --port."
    return end


def _is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        # As Java does it: the last second's closed connections don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        return True
    return False


def _free_port(but_not: int = 0) -> int:
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
    return _run(["ps", "-ww", "-o", "command=", "-p", str(pid)])[1]


def _run(command: list[str]) -> tuple[int, str]:
    """Exit status of a command, and what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


EXAMPLES = f"""\
examples:
  python deploy/kafka/kafka.py start               in the background; prints 127.0.0.1:PORT
  python deploy/kafka/kafka.py start --port 9092   where the worker looks by itself
  python deploy/kafka/kafka.py status              whether it runs, and where (exit status 1: no)
  python deploy/kafka/kafka.py stop                its records stay
  python deploy/kafka/kafka.py run                 in the foreground, until Ctrl-C

then:
  export CASEPULSE_KAFKA=$(python deploy/kafka/kafka.py start)
  casepulse topics --create

To begin afresh, stop it and delete the data folder ({os.path.relpath(DATA)}).
Topics are not created by themselves: a mistyped name is an error.
"""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    option = parser.add_argument
    option("command", choices=["start", "stop", "status", "run"])
    option("--data", type=Path, default=DATA, metavar="DIR", help="records, log, pid and port")
    option("--port", type=int, help="for clients; else the last of this data folder, or a free one")
    option("--partitions", type=int, default=8, help="of a topic created without a count (8)")
    option("--cache", type=Path, default=CACHE, metavar="DIR", help=f"of the jars ({CACHE})")
    return parser.parse_args()


def _foreground(server: KafkaServer) -> int:
    if server.pid is not None:
        raise KafkaError(f"It is running at {server.address} already; stop that one first.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    try:
        print(server.start(), flush=True)
        sys.stderr.write(f"Kafka {VERSION}, log in {server.log}; Ctrl-C stops it.\n")
        status = server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.stop()
    raise KafkaError(f"Kafka ended (exit status {status}), not by Ctrl-C; see {server.log}")


def _status(server: KafkaServer) -> int:
    if (pid := server.pid) is None:
        print(f"not running (data in {server.data})")
        return 1
    serves = answers(int(server.address.partition(":")[2]))
    state = "running at" if serves else "does not answer at"
    print(f"{state} {server.address}, process {pid}, data in {server.data}, log in {server.log}")
    return 0 if serves else 1


def main() -> int:
    """The command line; its exit status."""
    given = _arguments()
    server = KafkaServer(given.data, given.port, given.partitions, given.cache)
    try:
        match given.command:
            case "start":
                print(server.start())
            case "stop":
                print("stopped" if server.stop() else "was not running")
            case "run":
                return _foreground(server)
            case _:
                return _status(server)
    except KafkaError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
