"""The sources that are followed, in Redis: where the pages read what came of the last nights.

The contract is `docs/redis.md`. It is a copy: each follower keeps its own beside its state, and
writes it here again each minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from casepulse.schemas.followed import FOLLOWED, Followed
from casepulse.schemas.stored import StoredError
from casepulse.streams.redis_clients import connected
from casepulse.streams.settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class FollowedKeys:
    """The names of the keys."""

    prefix: str

    @classmethod
    def of(cls, settings: Settings) -> "FollowedKeys":
        """Those of an installation: `casepulse:{sources}:…`."""
        return cls(f"{settings.name}:{{sources}}")

    @property
    def written(self) -> str:
        """A hash: source to the instant at which it was last written."""
        return f"{self.prefix}:written"

    @property
    def followed(self) -> str:
        """A hash: source to JSON."""
        return f"{self.prefix}:followed"


def show_followed(followed: Followed, settings: Settings, now: datetime) -> None:
    """Put what came of a source's extracts into Redis.

    Raises:
        Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
    """
    keys = FollowedKeys.of(settings)
    told = FOLLOWED.write(followed.model_dump_json())
    with connected(settings) as redis, redis.pipeline(transaction=True) as together:
        together.hset(keys.followed, followed.source, told)
        together.hset(keys.written, followed.source, now.isoformat())
        together.execute()


def read_followed(told: Mapping[Any, bytes]) -> tuple[Followed, ...]:
    """What stands in `FollowedKeys.followed`, by source. What can't be read is left out: a later
    version may have written it."""
    found = []
    for name, text in sorted(told.items()):
        try:
            found.append(FOLLOWED.read(text))
        except StoredError as error:
            log.error("a followed source can't be read", field=name[:80], why=str(error))
    return tuple(found)
