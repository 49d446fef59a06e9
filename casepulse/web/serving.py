"""Runs the service: in a process of its own, or beside others in a thread."""

import gc
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from fastapi import FastAPI

from casepulse.web.settings import WebSettings

#: Seconds that answers may still take when it is told to stop.
GRACE = 3


class Server(uvicorn.Server):
    """uvicorn's, which ends the streams of versions first: they would never end by themselves."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start."""
        gc.collect()
        gc.freeze()  # what was imported stays: the collector need not look at it while people wait
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        self.config.app.state.watch.close()  # type: ignore[union-attr]
        await super().shutdown(sockets)


def server(app: FastAPI, web: WebSettings) -> Server:
    """A server that does not run yet. It logs as everything here does, and nobody's requests."""
    config = uvicorn.Config(
        app,
        host=web.host,
        port=web.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    return Server(config)


@contextmanager
def beside(app: FastAPI, web: WebSettings) -> Iterator[str]:
    """The service in a thread, for as long as the `with` block lasts.

    Yields:
        its address, as http://127.0.0.1:8080.

    Raises:
        OSError: it can't listen there.
    """
    listening = socket.create_server((web.host, web.port))
    running = server(app, web)
    thread = Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    host, port = listening.getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        running.should_exit = True
        thread.join(timeout=GRACE + 5)
        listening.close()
