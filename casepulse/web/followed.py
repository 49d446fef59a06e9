"""The sources that are followed, as Redis has them: looked up beside the view, which goes on
without them."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any

import structlog
from redis.asyncio import Redis

from casepulse.agents.followed_sources import FollowedKeys, read_followed
from casepulse.schemas.followed import Followed
from casepulse.streams.redis_trouble import REDIS_ERRORS, why
from casepulse.streams.settings import Settings

log = structlog.get_logger()

#: Seconds between two looks, and how long one may take.
LOOK_EVERY, LOOK_WITHIN = 1.0, 1.0

#: After how long nobody looks after a source any more; and where an extract is being told.
SILENT, SILENT_WHILE_TELLING = timedelta(minutes=15), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class SourcesSeen:
    """What there is to be shown of them."""

    followed: tuple[Followed, ...] = ()
    silent: frozenset[str] = frozenset()
    """Sources that nobody looks after just now."""

    stamp: str = ""
    """What changes whenever anything does that a page shows: nothing, where no source is."""


NO_SOURCES = SourcesSeen()


def sources_seen(followed: tuple[Followed, ...], now: datetime) -> SourcesSeen:
    """What there is to be shown at an instant."""
    silent = frozenset(each.source for each in followed if now - each.looked > _patience(each))
    told = "".join(each.model_dump_json(exclude={"looked"}) for each in followed)
    stamp = sha256(f"{told}{sorted(silent)}".encode()).hexdigest()[:12] if followed else ""
    return SourcesSeen(followed, silent, stamp)


def _patience(followed: Followed) -> timedelta:
    return SILENT_WHILE_TELLING if followed.telling else SILENT


class SourcesWatch:
    """Keeps up with them."""

    def __init__(self, settings: Settings) -> None:
        self._keys = FollowedKeys.of(settings)
        self._followed: tuple[Followed, ...] = ()
        self._seen = NO_SOURCES
        self._written: Any = None
        self._next = 0.0
        self._trouble = ""

    async def look(self, redis: "Redis") -> SourcesSeen:
        """What is so now; what was so last, where Redis does not tell. It is asked once a second,
        and first whether more was written."""
        if monotonic() >= self._next:
            self._next = monotonic() + LOOK_EVERY
            try:
                async with asyncio.timeout(LOOK_WITHIN):
                    await self._read(redis)
                self._trouble = ""
            except REDIS_ERRORS as error:
                if why(error) != self._trouble:
                    log.warning("the followed sources can't be read", why=why(error))
                self._trouble = why(error)
            self._seen = sources_seen(self._followed, datetime.now(UTC))
        return self._seen

    async def _read(self, redis: "Redis") -> None:
        written: Any = await redis.hgetall(self._keys.written)
        if written != self._written:
            told: Any = await redis.hgetall(self._keys.followed) if written else {}
            self._followed, self._written = read_followed(told), written
