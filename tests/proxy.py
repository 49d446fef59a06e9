"""A network that can be made slow, or taken away, between clients and a server of 127.0.0.1."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from threading import Event as Flag
from threading import Thread
from types import TracebackType
from typing import Any, Self

from tests.services import HOST, free_port

_CHUNK = 65536


class Proxy:
    """Hands on what passes, in order and unchanged.

    `delay` keeps each answer back for so many seconds. While `cut` is set nothing passes in
    either direction, and nobody is told: as where a cable is pulled, what was sent arrives when
    it is back.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.target = 0
        """The port that is handed on to; to be set before the first connection."""
        self.delay = 0.0
        self.cut = False
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, name="proxy", daemon=True)
        self._listening = Flag()
        self._pumps: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._listening.wait(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, HOST, self.port))
        self._listening.set()
        self._loop.run_forever()
        server.close()
        pumps = list(self._pumps)
        for pump in pumps:
            pump.cancel()
        self._loop.run_until_complete(asyncio.gather(*pumps, return_exceptions=True))
        self._loop.close()

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        await self._passable()
        try:
            server, to_server = await asyncio.open_connection(HOST, self.target)
        except OSError:
            to_client.close()
            return
        self._start(self._pump(client, to_server, answers=False))
        self._start(self._pump(server, to_client, answers=True))

    def _start(self, pump: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(pump)
        self._pumps.add(task)
        task.add_done_callback(self._pumps.discard)

    async def _pump(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        self._start(self._hand_on(waiting, to))
        with suppress(OSError):
            while chunk := await source.read(_CHUNK):
                due = self._loop.time() + (self.delay if answers else 0)
                waiting.put_nowait((due, chunk))
        waiting.put_nowait((0, b""))

    async def _hand_on(
        self, waiting: "asyncio.Queue[tuple[float, bytes]]", to: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while True:
                due, chunk = await waiting.get()
                await asyncio.sleep(max(0.0, due - self._loop.time()))
                await self._passable()
                if not chunk:
                    break
                to.write(chunk)
                await to.drain()
        to.close()

    async def _passable(self) -> None:
        while self.cut:
            await asyncio.sleep(0.05)
