"""Child-level lists in Redis: who is overdue and who falls due soon, for those who may see it.

A sorted set a measure and partition, under a prefix of its own; the score is the instant after
which a line is late, in seconds since 1970, and the member its JSON (`schemas.due.Due`). Each case
agent writes those of its partitions. An owner that lost a partition can't overwrite the next one's:
the script refuses an older claim. Contract: `docs/redis.md`.
"""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
import structlog
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from agents.holding import Held
from agents.redis_view import script
from schemas.due import Due
from state import Catalogue
from state.calendar import falls_due
from state.due import due_list
from streams.redis_clients import connected
from streams.settings import Settings

log = structlog.get_logger()

#: Seconds after which lists are gone that nobody renews: child-level data must not lie about.
KEPT = 24 * 3600

#: Seconds after which lists are renewed although nothing has changed.
RENEW_EVERY = 600.0


@dataclass(frozen=True, slots=True)
class ListKeys:
    """The names of the lists' keys."""

    prefix: str

    @classmethod
    def of(cls, settings: Settings) -> "ListKeys":
        """Those of an installation: `casepulse:{children}:due:…`."""
        return cls(f"{settings.name}:{{children}}:due")

    def owner(self, partition: int) -> str:
        """A hash: the claim of the owner, what instant its lists are as at, and their digest."""
        return f"{self.prefix}:{partition}"

    def measures(self, partition: int) -> str:
        """A set: the measures that have a list of this partition."""
        return f"{self.prefix}:{partition}:measures"

    def lines(self, partition: int, measure: str) -> str:
        """A sorted set: the lines of one measure."""
        return f"{self.prefix}:{partition}:lines:{measure}"


class DueLists:
    """Writes the lists of the partitions that this worker holds."""

    def __init__(self, redis: "AsyncRedis", settings: Settings, catalogue: Catalogue) -> None:
        self._keys = ListKeys.of(settings)
        self._catalogue = catalogue
        self._redis = redis
        self._replace = redis.register_script(script("due_lists.lua"))
        self._renewed: dict[int, float] = {}
        """By partition, when its lists were written last, in seconds of that clock."""

    async def write(self, held: Held, now: float) -> None:
        """Write the lists of a partition, if they are not those that stand in Redis or are due to
        be renewed. Redis itself is asked: it may have come back empty, or as it was an hour ago.

        Args:
            held: the partition.
            now: seconds of a clock that only goes forward.

        Raises:
            Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
        """
        if held.claim is None:
            return
        told = list(_told(due_list(held.partition, self._catalogue)))
        digest = sha256(orjson.dumps([held.claim, told])).hexdigest()
        keys, number = self._keys, held.number
        renewed = self._renewed.get(number)
        if renewed is not None and now - renewed < RENEW_EVERY:
            standing: Any = await self._redis.hget(keys.owner(number), "digest")
            if standing == digest.encode():
                return
        as_of = held.partition.now.isoformat()
        done = await self._replace(
            keys=[keys.owner(number), keys.measures(number)],
            args=[held.claim, as_of, digest, KEPT, keys.lines(number, ""), *told],
        )
        if not done:
            log.warning("lists refused: another owner wrote them", partition=number)
            return
        self._renewed[number] = now

    def forget(self, partition: int) -> None:
        """The partition is another worker's."""
        self._renewed.pop(partition, None)


def _told(lines: Iterable[Due]) -> Iterable[str]:
    for line in lines:
        yield line.measure
        yield f"{falls_due(line.due).timestamp():.0f}"
        yield line.model_dump_json()


def read_due_list(settings: Settings, measure: str, redis: "Redis | None" = None) -> list[Due]:
    """One measure's list, all partitions together, by due time.

    Raises:
        Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
    """
    keys = ListKeys.of(settings)
    with nullcontext(redis) if redis is not None else connected(settings) as client:
        found: Any = [
            line
            for partition in range(settings.partitions)
            for line in client.zrange(keys.lines(partition, measure), 0, -1, withscores=True)
        ]
    found.sort(key=lambda line: (line[1], line[0]))
    return [Due.model_validate_json(member) for member, _ in found]
