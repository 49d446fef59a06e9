"""Redis of several servers, for tests that hurt them: three sentinels, and a cluster.

All of them are this machine's own redis-server, on free ports of 127.0.0.1, and keep nothing.
"""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from tests import services

#: What the sentinels call the master.
SERVICE = "casepulse"

#: A line of an ACL file: who may do all, for the tests themselves.
ALMIGHTY = "user tests on nopass ~* &* +@all\n"

#: Milliseconds without an answer after which a server is taken for dead.
DOWN_AFTER = 2000

#: How each server runs: nothing is kept, and a replica is filled at once.
_ALWAYS = ["--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0"]


@dataclass(frozen=True)
class Secured:
    """Servers that are spoken to over TLS, and by users with passwords."""

    certificate: Path
    """With its key."""
    authority: Path
    users: Path
    """The ACL file of the servers."""
    sentinels_users: Path
    """That of the sentinels."""

    @property
    def tls(self) -> list[str]:
        """Options of servers and sentinels alike."""
        own = str(self.certificate)
        files = {"cert-file": own, "key-file": own, "ca-cert-file": str(self.authority)}
        told = {**files, "auth-clients": "no", "replication": "yes", "cluster": "yes"}
        return [part for name, value in told.items() for part in (f"--tls-{name}", value)]

    def of_server(self, replica: str) -> list[str]:
        """Options of a server, given the password as which servers follow each other."""
        who = ["--masteruser", "replica", "--masterauth", replica]
        return [*self.tls, "--aclfile", str(self.users), *who]


class Server:
    """A redis-server that may be killed, frozen and started again."""

    def __init__(
        self, folder: Path, options: Sequence[str] = (), secured: Secured | None = None
    ) -> None:
        self.port = services.free_port()
        self.client_port = self.port
        """Where clients and other servers come: over TLS, where it is secured."""
        self.folder = folder
        self._options = list(options)
        self._login: dict[str, Any] = {}
        if secured is not None:
            self.client_port = services.free_port()
            self._options += ["--tls-port", str(self.client_port)]
            self._login = {"username": "tests", "password": "-"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, first: Sequence[str] = ()) -> None:
        """Start it, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        where = ["--port", str(self.port), "--bind", services.HOST, "--dir", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [_binary(), *first, *where, *self._options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait(self.answers, f"a server of {self.folder.name} starts")

    def answers(self) -> bool:
        """Whether it does; who asks without a password is answered, too."""
        return services.redis_answers(self.port)

    def ask(self, *command: str | int | bytes) -> Any:
        """What it answers to a command, asked directly."""
        once = Retry(NoBackoff(), 0)
        with Redis(port=self.port, socket_timeout=10, retry=once, **self._login) as client:
            return client.execute_command(*command)

    def role(self) -> str:
        """`master` or `slave`, as it sees itself; empty if it does not answer."""
        try:
            return str(self.ask("ROLE")[0].decode())
        except (RedisError, OSError):
            return ""

    def freeze(self) -> None:
        """Let it stand still: connections stay, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def revive(self) -> None:
        """Have it run, whatever was done to it."""
        assert self._process is not None
        self.thaw()
        if self._process.poll() is not None:
            self.start()

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)


def wait(wanted: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait for it.

    Raises:
        TimeoutError: it was not so in time.
    """
    until = time.monotonic() + seconds
    while not wanted():
        if time.monotonic() > until:
            raise TimeoutError(what)
        time.sleep(0.1)


class Watched:
    """A master and two replicas, and the sentinels that watch over them."""

    def __init__(self, servers: list[Server], sentinels: list[Server]) -> None:
        self.servers = servers
        self.sentinels = sentinels

    def url(self, scheme: str = "redis+sentinel") -> str:
        """As CASEPULSE_REDIS names it."""
        hosts = ",".join(f"{services.HOST}:{each.client_port}" for each in self.sentinels)
        return f"{scheme}://{hosts}/{SERVICE}/0"

    def master(self) -> Server:
        """Who the first sentinel says it is."""
        told = self._state()
        return next(each for each in self.servers if each.client_port == int(told["port"]))

    def fail_over(self) -> None:
        """Have another become the master, as planned; back once the sentinels say who."""
        before = self.master()
        self.sentinels[0].ask("SENTINEL", "FAILOVER", SERVICE)
        self.wait_for_another(before)

    def wait_for_another(self, before: Server) -> None:
        """Wait until the sentinels say that another is the master."""
        wait(lambda: self.master() is not before, "another is the master")

    def settle(self) -> None:
        """Wait until all is well: two replicas that follow, and three sentinels that agree."""
        for server in self.servers:
            server.revive()
            if server is not (master := self.master()) and server.role() == "master":
                # As the sentinels would, some ten seconds later.
                server.ask("REPLICAOF", services.HOST, master.client_port)
        wait(self._settled, "the sentinels find each other and the replicas follow")

    def _settled(self) -> bool:
        try:
            told = [self._state(number) for number in range(len(self.sentinels))]
            role, _, follows = self.master().ask("ROLE")[:3]
        except (RedisError, OSError):
            return False
        # Whom the sentinels name may have been made a replica this moment.
        return (
            role == b"master"
            and len(follows) == 2
            and all(
                each["port"] == told[0]["port"]
                and (each["num-slaves"], each["num-other-sentinels"], each["flags"])
                == ("2", "2", "master")
                for each in told
            )
        )

    def _state(self, number: int = 0) -> dict[str, str]:
        told = self.sentinels[number].ask("SENTINEL", "MASTER", SERVICE)
        return {name.decode(): value.decode() for name, value in told.items()}


@contextmanager
def watched(
    secured: Secured | None = None, replica: str = "", sentinel: str = ""
) -> Iterator[Watched]:
    """Three servers and three sentinels, which have found each other.

    Args:
        secured: how they are kept from others; None: not at all.
        replica: the password as which servers follow each other.
        sentinel: that of the sentinels.
    """
    options = [*_ALWAYS, *(secured.of_server(replica) if secured else [])]
    with _folder() as folder, ExitStack() as ending:
        servers = []
        for number in range(3):
            server = Server(folder / f"server-{number}", options, secured)
            ending.callback(server.kill)
            server.start()
            if servers:
                server.ask("REPLICAOF", services.HOST, servers[0].client_port)
            servers.append(server)
        sentinels = [
            _sentinel(folder / f"sentinel-{number}", servers[0].client_port, secured, sentinel)
            for number in range(3)
        ]
        for sentinel in sentinels:
            ending.callback(sentinel.kill)
            sentinel.start(first=[str(sentinel.folder / "sentinel.conf"), "--sentinel"])
        found = Watched(servers, sentinels)
        found.settle()
        yield found


def _sentinel(folder: Path, master: int, secured: Secured | None, password: str) -> Server:
    folder.mkdir()
    lines = [
        f"sentinel monitor {SERVICE} {services.HOST} {master} 2",
        f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER}",
        f"sentinel failover-timeout {SERVICE} 10000",
        f"sentinel parallel-syncs {SERVICE} 2",
    ]
    options: list[str] = []
    if secured is not None:
        lines += [
            f"sentinel auth-user {SERVICE} sentinel",
            f"sentinel auth-pass {SERVICE} {password}",
        ]
        lines += ["sentinel sentinel-user tests", "sentinel sentinel-pass -"]
        options = [*secured.tls, "--aclfile", str(secured.sentinels_users)]
    (folder / "sentinel.conf").write_text("\n".join(lines) + "\n")
    return Server(folder, options, secured)


def _binary() -> str:
    binary = services.redis_binary()
    if binary is None or services.redis_version(binary) < (7, 0) or not shutil.which("redis-cli"):
        services.missing(
            "No redis-server 7.0 and redis-cli. On Debian and Ubuntu: apt install redis-server"
        )
    return binary


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="casepulse-redis-") as folder:
        yield Path(folder)


class Cluster:
    """Three masters, each with a replica."""

    def __init__(self, nodes: list[Server]) -> None:
        self.nodes = nodes

    def url(self, scheme: str = "redis+cluster") -> str:
        """As CASEPULSE_REDIS names it."""
        hosts = ",".join(f"{services.HOST}:{each.client_port}" for each in self.nodes[:3])
        return f"{scheme}://{hosts}"

    def masters(self) -> list[tuple[Server, str, list[tuple[int, int]]]]:
        """Those that have slots: the server, its id, and the slots, first and last."""
        asked = next(each for each in self.nodes if each.answers())
        ports = {port: each for each in self.nodes for port in (each.port, each.client_port)}
        found: dict[str, tuple[Server, str, list[tuple[int, int]]]] = {}
        for first, last, (_, port, name, *_), *_ in asked.ask("CLUSTER", "SLOTS"):
            told = found.setdefault(name.decode(), (ports[port], name.decode(), []))
            told[2].append((first, last))
        return list(found.values())

    def of_slot(self, slot: int) -> Server:
        """The master that has it."""
        return next(
            server
            for server, _, ranges in self.masters()
            if any(first <= slot <= last for first, last in ranges)
        )

    @contextmanager
    def moving(self, slot: int) -> Iterator[None]:
        """Move a slot to another master: some of its keys now, the others at the end."""
        source = self.of_slot(slot)
        names = {server: name for server, name, _ in self.masters()}
        target = next(server for server in names if server is not source)
        target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", names[source])
        source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", names[target])
        self._migrate(slot, source, target, 1)
        yield
        while self._migrate(slot, source, target, 100):
            pass
        for server in (target, source, *(names.keys() - {target, source})):
            server.ask("CLUSTER", "SETSLOT", slot, "NODE", names[target])

    def _migrate(self, slot: int, source: Server, target: Server, count: int) -> int:
        keys = source.ask("CLUSTER", "GETKEYSINSLOT", slot, count)
        if keys:
            where = services.HOST, target.port
            source.ask("MIGRATE", *where, "", 0, 5000, "REPLACE", "KEYS", *keys)
        return len(keys)

    def settle(self) -> None:
        """Wait until all is well: every slot has a master, every master a replica."""
        for node in self.nodes:
            node.revive()
        wait(self._settled, "the cluster is whole")

    def _settled(self) -> bool:
        try:
            return (
                all(b"cluster_state:ok" in each.ask("CLUSTER", "INFO") for each in self.nodes)
                and len(self.masters()) == 3
                and all(len(server.ask("ROLE")[2]) == 1 for server, _, _ in self.masters())
            )
        except (RedisError, OSError):
            return False


@contextmanager
def cluster(secured: Secured | None = None, replica: str = "") -> Iterator[Cluster]:
    """Six servers that have become a cluster.

    Args:
        secured: how they are kept from others; None: not at all.
        replica: the password as which they follow each other.
    """
    with _folder() as folder, ExitStack() as ending:
        nodes = []
        for number in range(6):
            options = [*_ALWAYS, *(secured.of_server(replica) if secured else [])]
            options += ["--cluster-enabled", "yes", "--cluster-port", str(services.free_port())]
            options += ["--cluster-node-timeout", str(DOWN_AFTER)]
            node = Server(folder / f"node-{number}", options, secured)
            ending.callback(node.kill)
            node.start()
            nodes.append(node)
        way = ["--tls", "--cacert", str(secured.authority)] if secured else []
        who = ["--user", "tests", "--pass", "-"] if secured else []
        made = subprocess.run(
            [
                *("redis-cli", *way, *who, "--cluster", "create"),
                *(f"{services.HOST}:{node.client_port}" for node in nodes),
                *("--cluster-replicas", "1", "--cluster-yes"),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        found = Cluster(nodes)
        found.settle()
        yield found
