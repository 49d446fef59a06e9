"""Health over HTTP: whether the worker lives, and whether what it publishes can be relied on.

`/health/live` says 200 while the worker's loop turns: restart it if it does not. `/health/ready`
says 200 while nothing stands in the way of right and fresh figures, and else 503 with what does;
what breaks a promise, and no figure yet, it tells as warnings, which change nothing else.
`/metrics` is Prometheus'. Nothing here names a subject.
"""

import socket
from collections.abc import Callable, Iterable, Mapping
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import orjson
from prometheus_client import CollectorRegistry, make_wsgi_app

#: What stands in the way, in words, by the part that it is about; empty if nothing does.
Obstacles = Callable[[], Mapping[str, str]]

_Start = Callable[[str, list[tuple[str, str]]], object]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Silent(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """One line a scrape would drown what matters."""


def serve(
    host: str,
    port: int,
    registry: CollectorRegistry,
    live: Obstacles,
    ready: Obstacles,
    warnings: Obstacles = dict,
) -> None:
    """Answer in the background, from now on, for as long as the process lives.

    Raises:
        OSError: nobody may listen there, or somebody does.
    """
    metrics = make_wsgi_app(registry)

    def answer(environment: dict[str, Any], start: _Start) -> Iterable[bytes]:
        path = environment["PATH_INFO"]
        if path == "/metrics":
            said: Iterable[bytes] = metrics(environment, start)
            return said
        if path == "/health/live":
            return _say("live", live(), start)
        if path == "/health/ready":
            return _say("ready", ready(), start, warnings())
        start("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"There are /health/live, /health/ready and /metrics.\n"]

    family = _Server6 if ":" in host else _Server
    server = make_server(host, port, answer, family, handler_class=_Silent)
    Thread(target=server.serve_forever, name="health", daemon=True).start()


def _say(
    what: str,
    obstacles: Mapping[str, str],
    start: _Start,
    warnings: Mapping[str, str] | None = None,
) -> Iterable[bytes]:
    start(
        "503 Service Unavailable" if obstacles else "200 OK",
        [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
    )
    said: dict[str, object] = {what: not obstacles, "because": dict(obstacles)}
    if warnings:
        said["warnings"] = dict(warnings)
    return [orjson.dumps(said) + b"\n"]
