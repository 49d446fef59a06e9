"""Keeps up with the live view in Redis, for everybody who looks at it through us.

One connection, with the read-only user, however many people look. A page reads `Watch.seen`, which
is replaced whole and never changed, so that all that stands on it belongs together.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import structlog
from pydantic import ValidationError
from redis.asyncio import Redis

from casepulse.agents.redis_view import Keys
from casepulse.schemas.envelope import EARLIEST
from casepulse.schemas.view import MeasureView, ViewMeta, read_view_meta
from casepulse.streams.redis_clients import connect
from casepulse.streams.redis_trouble import REDIS_ERRORS, why
from casepulse.streams.settings import Settings
from casepulse.web.followed import NO_SOURCES, SourcesSeen, SourcesWatch

log = structlog.get_logger()

#: Seconds that Redis may keep us waiting for news; then the heartbeat is looked at all the same.
LOOK_EVERY = 1.0

#: Seconds between two looks at the least: no reader wants more than a few views a second.
REST = 0.1

#: Seconds between tries while Redis is away.
TRY_EVERY = 0.5

#: Seconds without an answer from Redis after which what we have is old.
PATIENCE = 3.0

#: Seconds that a look may take in all. More than the client's own for one answer: what is cut off
#: by us tells it nothing, and it would ask the same silent server again and again.
LOOK_WITHIN = 5.0


class Measures(Mapping[str, MeasureView]):
    """The measures of one view. Each is read when it is asked for, and once as long as it stays the
    same: in a replay views follow each other faster than anybody looks.

    Args:
        texts: by measure, its JSON.
        read: what was read of views before, which this one adds to.
    """

    def __init__(self, texts: dict[bytes, bytes], read: dict[str, tuple[bytes, MeasureView]]):
        self._texts = {name.decode(errors="replace"): text for name, text in texts.items()}
        self._read = read
        self.unreadable: set[str] = set()
        """Those that were asked for and can't be read."""

    def __getitem__(self, name: str) -> MeasureView:
        """A measure.

        Raises:
            KeyError: the view has no such one, or it can't be read.
        """
        if name in self.unreadable:
            raise KeyError(name)
        text = self._texts[name]
        known = self._read.get(name)
        if known is None or known[0] != text:
            # A worker that is newer than we are may tell more than we know of.
            try:
                view = MeasureView.model_validate_json(text, extra="ignore")
            except ValidationError as error:
                self.unreadable.add(name)
                log.error("a measure can't be read", field=name[:80], problems=error.error_count())
                raise KeyError(name) from None
            known = self._read[name] = text, view
        return known[1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Measures) and self._texts == other._texts

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


class UnreadableError(LookupError):
    """A measure of the view can't be read; the message says so."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to be shown: one consistent cut of the view, and whether it can be trusted."""

    meta: ViewMeta
    measures: Mapping[str, MeasureView]
    """In no order."""
    old_since: datetime | None
    """When the view was last renewed, if that is too long ago; None while it is live."""
    unreadable: Set[str] = frozenset()
    """Measures that were asked for and can't be read: they are not among the others."""
    readings: int = 0
    """How often this version was read again, since not all of it was there."""
    sources: SourcesSeen = NO_SOURCES
    """What the last nights brought."""

    def check(self, name: str) -> None:
        """A measure that was asked for was not found: is it for want of reading?

        Raises:
            UnreadableError: it is.
        """
        if name in self.unreadable:
            raise UnreadableError(
                "This measure can't be read in the view now. It is written again within minutes. "
                "If this stays, the worker is of another version than this page."
            )

    @property
    def left_out(self) -> int:
        """How many measures are not there, as far as is known."""
        return max(0, self.meta.measures - len(self.measures)) + len(self.unreadable)

    @property
    def live(self) -> bool:
        """Whether somebody still keeps it up."""
        return self.old_since is None

    @property
    def whole(self) -> bool:
        """Whether every partition is counted; if not, totals are too low."""
        return self.meta.partitions_counted == self.meta.partitions

    @property
    def moving(self) -> bool:
        """Whether every partition is told of; if not, some cases stand still."""
        return self.meta.partitions_silent == 0

    @property
    def trusted(self) -> bool:
        """Whether a colour may be given to the figures."""
        return self.live and self.whole and self.moving

    @property
    def stamp(self) -> str:
        """What changes whenever anything that a page shows does; short, for an ETag.

        The instant is told to the minute, so that pages need no renewal each second.
        """
        state = "live" if self.old_since is None else f"old{self.old_since:%Y%m%d%H%M}"
        return (
            f"{self.meta.version}-{self.meta.as_of:%Y%m%d%H%M}-{state}"
            f"-{self.meta.partitions_counted}-{self.meta.partitions_silent}"
            f"-{self.meta.definitions}{f'-{self.readings}' if self.readings else ''}"
            f"{'-' if self.sources.followed else ''}{self.sources.stamp}"
        )


class Watch:
    """Follows the view. `run` is to be a task for as long as anybody may ask.

    Args:
        settings: where Redis is, and who we are to it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys = Keys.of(settings)
        self._sources = SourcesWatch(settings)
        self._seen: Seen | None = None
        self._read: dict[str, tuple[bytes, MeasureView]] = {}
        self._news = asyncio.Event()
        self._closed = False
        self._reached_at = -PATIENCE
        self._trouble = ""
        self._ended = False

    @property
    def seen(self) -> Seen | None:
        """What is to be shown now; None before a view was ever found."""
        return self._seen

    @property
    def reached(self) -> bool:
        """Whether Redis answered when it was last asked."""
        return monotonic() - self._reached_at < PATIENCE

    @property
    def trouble(self) -> str:
        """Why the view can't be read, if it can't."""
        return self._trouble

    @property
    def ended(self) -> bool:
        """Whether nothing follows the view any more."""
        return self._ended

    async def changes(self) -> AsyncIterator[Seen]:
        """What is to be shown, now and whenever it changes, until `close`. Whoever is slow
        misses what came in between, and gets the latest."""
        told = None
        while not self._closed:
            news = self._news
            if self._seen is not None and self._seen.stamp != told:
                told = self._seen.stamp
                yield self._seen
                continue
            await news.wait()

    def close(self) -> None:
        """End everybody's `changes`, so that a server can stop."""
        self._closed = True
        self._tell()

    async def run(self) -> None:
        """Follow the view until closed or cancelled. Redis may go and come back meanwhile.

        A client may lose a cancellation that comes as an answer does: whoever cancels closes, too.
        """
        redis = connect(self._settings)
        last = "0"  # all that the stream still holds: from then on nothing is missed
        try:
            while not self._closed:
                try:
                    # Whatever it is that keeps us waiting, and where several servers make one Redis
                    # it may be several things: what is shown grows old in time.
                    async with asyncio.timeout(LOOK_WITHIN):
                        await self._look(redis)
                    self._answered()
                    await self._look_at_sources(redis)
                    async with asyncio.timeout(LOOK_WITHIN):
                        last = await self._wait(redis, last)
                    self._answered()
                # Whatever it is: a watch that ended would leave old figures standing as live.
                except Exception as error:
                    trouble = why(error)
                    if trouble != self._trouble:
                        log.warning(
                            "the view can't be read", kind=type(error).__name__, why=trouble
                        )
                    self._trouble = trouble
                    if not self.reached:
                        self._grow_old()
                    await asyncio.sleep(TRY_EVERY)
        finally:
            self._ended = True
            self._grow_old()
            with suppress(*REDIS_ERRORS):
                await redis.aclose()

    def _answered(self) -> None:
        self._reached_at = monotonic()
        if self._trouble:
            self._trouble = ""
            log.info("the view can be read again")

    async def _wait(self, redis: "Redis", last: str) -> str:
        """Until there is a new version, or it is time to look at the heartbeat."""
        await asyncio.sleep(REST)
        found: Any = await redis.xread({self._keys.updates: last}, block=int(LOOK_EVERY * 1000))
        if not found:
            return last
        entries = found[0][1] if isinstance(found, list) else next(iter(found.values()))[0]
        return str(entries[-1][0].decode())

    async def _look(self, redis: "Redis") -> None:
        keys = self._keys
        current: Any = await redis.get(keys.current)
        if current is None:
            self._grow_old()  # emptied: the last figures stay on the page, and are marked
            return
        version = current.decode()
        # Whatever is published in between, the version names the view that belongs to this meta.
        async with redis.pipeline(transaction=False) as pipe:
            pipe.get(keys.meta(version))
            pipe.exists(keys.heartbeat)
            seen = self._seen
            if seen is None or str(seen.meta.version) != version or seen.left_out:
                pipe.hgetall(keys.view(version))
            answers: list[Any] = await pipe.execute()
        meta, beats, *fields = answers
        if meta is None or (fields and not fields[0]):
            # Superseded meanwhile, long ago: the next look finds the newer one. Or taken away.
            if not beats:
                self._grow_old()
            return
        told = read_view_meta(meta)
        if told.as_of <= EARLIEST:
            self._grow_old()  # made before anything had come in: as at no moment, and of nobody
            return
        old_since = None if beats else told.published.astimezone(UTC)
        again = seen if seen is not None and str(seen.meta.version) == version else None
        read = Measures(fields[0], self._read) if fields else None
        if again is not None and (read is None or read == again.measures):
            self._show(replace(again, meta=told, old_since=old_since))
        elif read is not None:
            readings = 0 if again is None else again.readings + 1
            sources = NO_SOURCES if seen is None else seen.sources
            self._show(Seen(told, read, old_since, read.unreadable, readings, sources))

    async def _look_at_sources(self, redis: "Redis") -> None:
        sources, seen = await self._sources.look(redis), self._seen
        if seen is not None and seen.sources != sources:
            self._show(replace(seen, sources=sources))

    def _grow_old(self) -> None:
        seen = self._seen
        if seen is not None and seen.live:
            self._show(replace(seen, old_since=seen.meta.published.astimezone(UTC)))

    def _show(self, seen: Seen) -> None:
        before, self._seen = self._seen, seen
        if before is None or before.stamp != seen.stamp:
            if before is not None and before.live != seen.live:
                log.info("the view is live" if seen.live else "the view is old")
            self._tell()

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
