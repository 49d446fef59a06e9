"""Keeping people out: SCRAM over TLS to Kafka, TLS and ACL users to Redis, on real servers."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from kafka import KafkaAdminClient
from kafka.admin import ScramMechanism, UserScramCredentialUpsertion
from kafka.errors import KafkaError
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from casepulse.agents.figures_table import figures_table
from casepulse.agents.redis_view import read_view
from casepulse.agents.release_news import ReleaseKeys, show
from casepulse.agents.release_store import Kept, ReleaseStore
from casepulse.counties.scenario import scenario
from casepulse.schemas.profile import load_profile
from casepulse.schemas.release import Kind, Reading
from casepulse.state import Figures, Tally, catalogue_for
from casepulse.state.calendar import month_end
from casepulse.state.release import Cut, make_release
from casepulse.streams.redis_clients import connected
from casepulse.streams.settings import Settings, SettingsError
from casepulse.streams.topics import TopicsError, admin, create
from tests import services
from tests.running import (
    LONG,
    WorkerProcess,
    is_tick,
    keyed,
    oracle,
    send,
    send_tick,
    wait_until_read,
    workers,
)

pytestmark = pytest.mark.broker

_EVENTS = list(scenario(seed=12, children=40, months=1))
_LAST_TICK = _EVENTS[-1]
_FACTS = [event for event in _EVENTS if not is_tick(event)]
_USER, _PASSWORD = "casepulse", "kafka-3f9a61c2d4b85e7096"
_WORKER, _READER, _LISTS = "worker-51d0c2b6e8f94a7380", "reader-9b0e7d", "lists-c4418f"


@dataclass(frozen=True)
class _Servers:
    """Kafka and Redis, with certificates of one authority; and one that nobody trusts."""

    kafka: str
    redis: str
    ca: Path
    other_ca: Path
    expired_kafka: str

    def settings(self, name: str, **given: Any) -> Settings:
        """Those with which all is right, but for what is given."""
        right = {
            "kafka": self.kafka,
            "kafka_security": "sasl-tls",
            "kafka_ca": self.ca,
            "kafka_user": _USER,
            "kafka_password": _PASSWORD,
            "redis": self.redis,
            "redis_ca": self.ca,
            "redis_user": "worker",
            "redis_password": _WORKER,
            "name": name,
            "partitions": 2,
            "clock": "events",
            "metrics_port": 0,
        }
        return Settings.from_environment(**(right | given))


def _listener(name: str, port: int, certificate: Path) -> tuple[str, str, str]:
    """An address, a protocol and the settings of one more listener."""
    prefix = f"listener.name.{name.lower()}"
    settings = f"""
{prefix}.ssl.keystore.type=PEM
{prefix}.ssl.keystore.location={certificate}
{prefix}.sasl.enabled.mechanisms=SCRAM-SHA-512
{prefix}.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule \
required;
"""
    return f"{name}://127.0.0.1:{port}", f"{name}:SASL_SSL", settings


def _certificate(authority: trustme.CA, path: Path, **told: Any) -> Path:
    """A certificate for 127.0.0.1 in one PEM with its key, which Kafka wants as PKCS 8."""
    leaf = authority.issue_cert("127.0.0.1", "localhost", key_type=trustme.KeyType.RSA, **told)
    key = load_pem_private_key(leaf.private_key_pem.bytes(), None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    path.write_bytes(key + b"".join(each.bytes() for each in leaf.cert_chain_pems))
    return path


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Servers]:
    folder = tmp_path_factory.mktemp("servers")
    authority = trustme.CA(key_type=trustme.KeyType.RSA)
    ca, other_ca = folder / "ca.pem", folder / "other.pem"
    authority.cert_pem.write_to_path(str(ca))
    trustme.CA().cert_pem.write_to_path(str(other_ca))
    good = _certificate(authority, folder / "good.pem")
    expired = _certificate(
        authority,
        folder / "expired.pem",
        not_before=datetime.now(UTC) - timedelta(days=9),
        not_after=datetime.now(UTC) - timedelta(days=1),
    )
    ports = services.free_port(), services.free_port()
    more = [_listener("SECURE", ports[0], good), _listener("EXPIRED", ports[1], expired)]
    binary = services.redis_binary()
    if binary is None:
        services.missing("no redis-server")
    acl = folder / "users.acl"
    acl.write_text(services.script("deploy/redis/make-acl.py").acl(_WORKER, _READER, _LISTS))
    tls_port = services.free_port()
    tls = {"cert": good, "key": good, "ca-cert": ca}
    options = [part for what, path in tls.items() for part in (f"--tls-{what}-file", str(path))]
    with (
        services.kafka_of_its_own(folder, lambda settings: _with(settings, more)) as kafka,
        services.redis_server(
            binary,
            *("--tls-port", str(tls_port), "--tls-auth-clients", "no", "--aclfile", str(acl)),
            *options,
        ),
    ):
        _add_user(kafka.address)
        yield _Servers(
            f"127.0.0.1:{ports[0]}",
            f"rediss://127.0.0.1:{tls_port}/0",
            ca,
            other_ca,
            f"127.0.0.1:{ports[1]}",
        )


def _with(settings: str, listeners: list[tuple[str, str, str]]) -> str:
    lines = []
    for line in settings.splitlines():
        name = line.partition("=")[0]
        if name in ("listeners", "advertised.listeners"):
            line = ",".join([line, *(address for address, _, _ in listeners)])
        elif name == "listener.security.protocol.map":
            line = ",".join([line, *(protocol for _, protocol, _ in listeners)])
        lines.append(line)
    return "\n".join([*lines, *(more for _, _, more in listeners)])


def _add_user(address: str) -> None:
    client = KafkaAdminClient(bootstrap_servers=address)
    client.alter_user_scram_credentials(
        [UserScramCredentialUpsertion(_USER, ScramMechanism.SCRAM_SHA_512, _PASSWORD)]
    )
    client.close()


def test_events_become_figures_over_tls_and_nobody_is_named_on_the_way(
    servers: _Servers, tmp_path: Path
) -> None:
    settings = servers.settings("casepulse")
    create(settings)
    with workers(settings, tmp_path) as [worker]:
        sent = send(settings, [*keyed(_FACTS), (b"child:k1", b"no event")])
        sent += send_tick(settings, _LAST_TICK)
        reader = servers.settings("casepulse", redis_user="reader", redis_password=_READER)
        view = wait_until_read(reader, sent, _LAST_TICK.time)
        assert view.cells() == oracle(_FACTS, _LAST_TICK.time)
        command_line = " ".join(_arguments(worker))
        assert worker.stop() == 0
    log = worker.log.read_text()
    told = view.model_dump_json()
    subjects = {event.subject for event in _FACTS}
    for text in (log, command_line, told):
        assert not any(secret in text for secret in (_PASSWORD, _WORKER, _READER, _LISTS))
        assert not any(subject in text for subject in subjects)


def _arguments(worker: WorkerProcess) -> list[str]:
    return Path(f"/proc/{worker.process.pid}/cmdline").read_text().split("\0")


_WRONG: dict[str, dict[str, Any]] = {
    "password": {"kafka_password": "wrong"},
    "untrusted": {"kafka_ca": "other"},
    "plaintext": {
        "kafka_security": "plaintext",
        "kafka_user": None,
        "kafka_password": None,
        "kafka_ca": None,
    },
    "user": {"kafka_user": "nobody"},
    "no-password": {"kafka_security": "tls", "kafka_user": None, "kafka_password": None},
    "expired": {"kafka": "expired"},
}


@pytest.mark.parametrize("why", list(_WRONG)[: None if LONG else 3])
def test_kafka_is_not_spoken_to_where_anything_is_wrong(
    servers: _Servers, tmp_path: Path, why: str
) -> None:
    """By no client of ours: kafka-python's for topics and publishing, Faust's in the worker."""
    named = {"other": servers.other_ca, "expired": servers.expired_kafka}
    settings = servers.settings(
        "refused", **{name: named.get(value, value) for name, value in _WRONG[why].items()}
    )
    with pytest.raises((KafkaError, TopicsError, ssl.SSLError)):
        admin(settings).list_topics()
    worker = WorkerProcess(settings, tmp_path / "worker.log")
    try:
        assert worker.ended() == 1
    finally:
        worker.kill()
    log = worker.log.read_text()
    assert _PASSWORD not in log
    assert "Worker ready" not in log


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"redis_password": "wrong"}, AuthenticationError),
        ({"redis_user": "default", "redis_password": None}, RedisError),
        ({"redis_ca": "other"}, RedisError),
    ],
    ids=["password", "nobody", "untrusted"],
)
def test_redis_is_not_read_where_anything_is_wrong(
    servers: _Servers, wrong: dict[str, Any], error: type[Exception]
) -> None:
    given = {"redis_user": "reader", "redis_password": _READER, **wrong}
    if given.get("redis_ca") == "other":
        given["redis_ca"] = servers.other_ca
    with pytest.raises(error):
        read_view(servers.settings("casepulse", **given))


def test_the_reader_reads_views_and_nothing_else(servers: _Servers) -> None:
    settings = servers.settings("casepulse", redis_user="reader", redis_password=_READER)
    with connected(settings) as client:
        client.get("casepulse:{live}:current")
        for forbidden in (
            ("SET", "casepulse:{live}:current", "9"),
            ("HGETALL", "casepulse:{children}:due:1"),
            ("GET", "other"),
            ("KEYS", "*"),
            ("CONFIG", "GET", "*"),
            ("ACL", "LIST"),
            ("EVAL", "return 1", "0"),
            ("CLUSTER", "RESET"),
        ):
            with pytest.raises(NoPermissionError):
                client.execute_command(*forbidden)


def test_the_worker_writes_releases_and_the_reader_reads_them(
    servers: _Servers, tmp_path: Path
) -> None:
    writer = servers.settings("casepulse", redis_user="worker", redis_password=_WORKER)
    catalogue = catalogue_for(load_profile())
    cut = Cut(date(2021, 1, 1), Kind.FLASH, 1, month_end(date(2021, 1, 1)))
    release = make_release(cut, Tally(), {}, catalogue)
    reading = Reading(read_to={}, messages=0, repeated=0, unreadable=0, unknown_yet=0)
    store = ReleaseStore(str(tmp_path))
    manifest = store.write(release, figures_table(Figures(Tally(), catalogue, cut.at)), reading)
    show(Kept(release, reading, manifest), writer)
    reader = servers.settings("casepulse", redis_user="reader", redis_password=_READER)
    keys = ReleaseKeys.of(reader)
    with connected(reader) as client:
        [name] = client.zrange(keys.names, 0, -1)
        assert name == release.name.encode()
        assert client.hget(keys.figures(release.name), "cp_visits")
        assert client.get(keys.meta(release.name))
        with pytest.raises(NoPermissionError):
            client.zadd(keys.names, {"2021-01/2-final": 1})


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"kafka_password": "x"}, "KAFKA_SECURITY: with a user or a password it must be sasl-tls"),
        ({"kafka_security": "tls", "kafka_user": "x"}, "must be sasl-tls"),
        ({"kafka_security": "sasl-tls", "kafka_user": "x"}, "wants CASEPULSE_KAFKA_USER and"),
        ({"kafka_ca": Path(__file__), "kafka_security": "tls"}, "KAFKA_CA: holds no certificates"),
        ({"redis_ca": Path("/nowhere")}, "REDIS_CA: holds no certificates"),
    ],
)
def test_settings_that_would_show_a_password_are_refused(given: dict[str, Any], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        Settings.from_environment(**given)
