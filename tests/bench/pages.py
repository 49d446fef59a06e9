"""How long a page takes while two hundred browsers hold a stream of events, and the view moves.

Beside it, in the same minute: the page's static shell alone, which is what the service shows while
there is no view. Both are asked by turns.
"""

import asyncio
import random
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from casepulse.agents.redis_view import RedisView
from casepulse.schemas.view import MeasureView, View, ViewMeta
from casepulse.state import open_catalogue
from casepulse.state.viewing import definitions_version
from casepulse.streams.redis_clients import connect
from casepulse.streams.settings import Settings
from tests.bench.figures import Figure, Figures, of, percentile, ratio, say
from tests.january.county import serving
from tests.report.conftest import made_january

#: Browsers that hold a stream of events.
STREAMS = 200

#: Pages asked for, a second.
PACE = 100

#: Measures that change with each new view, which is made once a second.
CHANGED = 20

#: What browsers ask for: whole pages, and parts after an event.
_PATHS = (
    "/",
    "/parts/",
    "/measures/cp_visits",
    "/parts/measures/cp_visits",
    "/localities/Stroud",
    "/demand",
    "/measures",
)


@dataclass
class _Taken:
    """What one round of asking found."""

    seconds: list[float] = field(default_factory=list)
    bytes: int = 0
    versions: int = 0
    """Events that all streams together were told."""


def pages(redis: str, folder: Path, seconds: float, rounds: int) -> Figures:
    """Milliseconds until a whole page is there, at a steady pace.

    Raises:
        httpx2.HTTPError: a page is not answered, or not well.
    """
    say("the county of January 2021, whose view is served")
    measures = made_january(open_catalogue()).measures
    told: list[_Taken] = []
    shell: list[_Taken] = []
    with ExitStack() as stack:
        shown, empty = (Settings(redis=redis, name=name) for name in ("bench-pages", "bench-shell"))
        address = stack.enter_context(serving(shown, folder))
        beside = stack.enter_context(serving(empty, folder))
        for number in range(rounds):
            say(f"pages: {STREAMS} streams, {PACE} pages/s, round {number + 1} of {rounds}")
            told.append(asyncio.run(_round(address, _PATHS, seconds, shown, measures)))
            shell.append(asyncio.run(_round(beside, ("/",), seconds, shown, measures)))
    p50, p95 = ([percentile(each.seconds, share) * 1000 for each in told] for share in (0.5, 0.95))
    shell_p95 = [percentile(each.seconds, 0.95) * 1000 for each in shell]
    asked = sum(len(each.seconds) for each in told)
    return {
        "pages_p50": of(p50, "ms"),
        "pages_p95": of(p95, "ms", most=200),
        "pages_shell_p95": of(shell_p95, "ms, the static shell alone"),
        "pages_to_shell_p95": ratio(p95, shell_p95),
        "pages_kilobytes": Figure(sum(each.bytes for each in told) / asked / 1000, "kB a page"),
        "pages_events": Figure(
            sum(each.versions for each in told) / STREAMS / rounds / seconds, "events/s a stream"
        ),
    }


async def _round(
    address: str,
    paths: tuple[str, ...],
    seconds: float,
    settings: Settings,
    measures: dict[str, MeasureView],
) -> _Taken:
    taken = _Taken()
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        moving = tasks.create_task(_move(settings, measures, stop))
        await asyncio.sleep(2)
        streams = [tasks.create_task(_stream(address, taken)) for _ in range(STREAMS)]
        await asyncio.sleep(2)
        await _ask(address, paths, seconds, taken)
        stop.set()
        for stream in streams:
            stream.cancel()
        await moving
    return taken


async def _move(settings: Settings, measures: dict[str, MeasureView], stop: asyncio.Event) -> None:
    """A new view a second, as a worker makes them."""
    redis = connect(settings)
    publisher = RedisView(redis, settings)
    catalogue = open_catalogue()
    definitions = definitions_version(catalogue)
    at, before = datetime(2021, 2, 1, tzinfo=UTC), None
    names = list(catalogue.part_of)
    moved = dict(measures)
    for number in count(time.time_ns() // 1_000_000):
        for name in random.sample(names, CHANGED):
            numerator = moved[name].numerator + 1
            moved[name] = moved[name].model_copy(update={"numerator": numerator})
        meta = ViewMeta(
            version=number,
            as_of=at + timedelta(seconds=number % 10_000),
            published=datetime.now(UTC),
            definitions=definitions,
            authority="bench",
            partitions=1,
            partitions_counted=1,
            read_to={},
        )
        view = View(meta=meta, measures=dict(moved))
        await publisher.publish(view, before)
        before = view
        try:
            await asyncio.wait_for(stop.wait(), 1)
        except TimeoutError:
            continue
        await redis.aclose()
        return


async def _stream(address: str, taken: _Taken) -> None:
    """A browser's stream of events. Spoken by hand: two hundred of a client library's would take
    the time that is measured."""
    where = urlsplit(address)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    with closing(writer):
        writer.write(f"GET /live HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode())
        async for line in reader:
            if line.startswith(b"event: version"):
                taken.versions += 1


async def _ask(address: str, paths: tuple[str, ...], seconds: float, taken: _Taken) -> None:
    """Ask at the pace, whether or not what was asked before is there."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=100)
    async with httpx2.AsyncClient(base_url=address, timeout=30, limits=limits) as client:

        async def ask(path: str) -> None:
            began = time.perf_counter()
            answer = await client.get(path)
            taken.seconds.append(time.perf_counter() - began)
            taken.bytes += int(answer.headers.get("content-length", 0))
            answer.raise_for_status()

        began = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for number in range(int(seconds * PACE)):
                await asyncio.sleep(max(0.0, began + number / PACE - time.perf_counter()))
                tasks.create_task(ask(paths[number % len(paths)]))
