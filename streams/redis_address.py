"""Where Redis is, as CASEPULSE_REDIS says it: one server, one behind Sentinel, or a cluster.

The forms are those that other software knows, too; with `rediss` all of it is over TLS:

    redis://host:6379/0                              one server
    unix:///path                                     one on this machine
    redis+sentinel://host:26379,host:26379/name/0    the master that sentinels call by this name
    redis+cluster://host:6379,host:6379              a cluster, found by any of these nodes

Each may hold `user:password@` before its hosts: who we are to Redis itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

from redis.connection import parse_url

#: What may be written, in words for whoever wrote something else. No value is repeated to them: it
#: may hold a password.
FORMS = (
    "write redis://host:port/0 for one server, unix:///path for one on this machine, "
    "redis+sentinel://host:port,host:port/NAME for the master that sentinels call NAME, or "
    "redis+cluster://host:port,host:port for a cluster; rediss for redis is over TLS"
)

_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:\[\]@]+)(?::(?P<port>[0-9]{1,5}))?")


class Topology(StrEnum):
    """How many servers Redis is made of, and who says which of them to ask."""

    SERVER = "server"
    SENTINEL = "sentinel"
    CLUSTER = "cluster"


#: The port of a host that is named without one.
_PORTS = {Topology.SENTINEL: 26379, Topology.CLUSTER: 6379}


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """A URL, taken apart."""

    topology: Topology
    tls: bool
    hosts: tuple[tuple[str, int], ...] = ()
    """The sentinels, or nodes of the cluster; none for one server."""
    service: str | None = None
    """What sentinels call the master."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """`username`, `password` and `db`, where the URL says so, and where one server is."""

    @property
    def place(self) -> str:
        """Where it is, in words for people: hosts and ports, and no password."""
        if self.topology is not Topology.SERVER:
            named = f" ({self.service})" if self.service else ""
            return ", ".join(f"{host}:{port}" for host, port in self.hosts) + named
        if "unix_socket_path" in self.options:
            return str(self.options["unix_socket_path"])
        return f"{self.options.get('host', 'localhost')}:{self.options.get('port', 6379)}"

    @classmethod
    def read(cls, url: str) -> "RedisAddress":
        """Take a URL apart.

        Raises:
            ValueError: there is no such form; the message says which there are.
        """
        scheme, there, rest = url.partition("://")
        kind, _, topology = scheme.partition("+")
        tls = kind == "rediss"
        if not there or kind not in ("redis", "rediss", "unix"):
            raise ValueError(FORMS)
        if scheme == kind:
            return cls._one_server(url, tls, rest)
        if kind == "unix" or topology not in (Topology.SENTINEL, Topology.CLUSTER):
            raise ValueError(FORMS)
        if "?" in rest or "#" in rest:
            raise ValueError(f"redis+{topology}:// takes nothing after a ? or a #")
        return cls._several(Topology(topology), tls, rest)

    @classmethod
    def _one_server(cls, url: str, tls: bool, rest: str) -> "RedisAddress":
        if not url.startswith("unix:") and "," in rest.partition("/")[0].rpartition("@")[2]:
            raise ValueError(f"redis:// names one server; {FORMS}")
        try:
            read: dict[str, Any] = {**parse_url(url)}
        except (ValueError, TypeError):
            raise ValueError(FORMS) from None  # redis-py's own words may repeat the value
        read.pop("connection_class", None)
        if unknown := read.keys() - {"host", "port", "path", "db", "username", "password"}:
            raise ValueError(f"takes ?db= and no other option: {', '.join(sorted(unknown))}")
        if "path" in read:
            read["unix_socket_path"] = read.pop("path")
        return cls(Topology.SERVER, tls, options=read)

    @classmethod
    def _several(cls, topology: Topology, tls: bool, rest: str) -> "RedisAddress":
        authority, _, path = rest.partition("/")
        credentials, _, hosts = authority.rpartition("@")
        user, _, password = credentials.partition(":")
        options: dict[str, Any] = {
            name: unquote(value)
            for name, value in (("username", user), ("password", password))
            if value
        }
        service, db = None, path
        if topology is Topology.SENTINEL:
            service, _, db = path.partition("/")
            if not service:
                raise ValueError(
                    "name the master after the sentinels, as they do: "
                    "redis+sentinel://host:port,host:port/NAME"
                )
        if db and not db.isdecimal():
            raise ValueError(f"the database must be a number. Otherwise {FORMS}")
        if topology is Topology.CLUSTER and int(db or 0):
            raise ValueError("a cluster has database 0 alone: leave the number out")
        if db:
            options["db"] = int(db)
        where = tuple(_host(host, _PORTS[topology]) for host in hosts.split(","))
        return cls(topology, tls, where, unquote(service) if service else None, options)


def _host(text: str, port: int) -> tuple[str, int]:
    found = _HOST.fullmatch(text.strip())
    if found is None or not 0 < int(found["port"] or port) < 65536:
        raise ValueError(f"each host must be host:port, with commas between. {FORMS}")
    return found["host"].strip("[]"), int(found["port"] or port)
