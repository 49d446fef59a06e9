"""Reads a child-level list from Redis, and how far it can be trusted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis import Redis

from agents.due_lists import KEPT, RENEW_EVERY, ListKeys, read_due_list
from schemas.due import Due
from streams.redis_clients import connected
from streams.settings import Settings

#: Seconds without a renewal after which a list is old: nobody keeps it up any more.
OLD_AFTER = RENEW_EVERY + 300


@dataclass(frozen=True, slots=True)
class ListRead:
    """A measure's list, and what it is as at."""

    lines: tuple[Due, ...]
    as_of: datetime | None
    """The instant that it is true of; the oldest, where partitions differ. None: there is none."""
    latest: datetime | None
    """The instant of the newest partition."""
    partitions: int
    missing: int
    """How many partitions have no list: their lines are not here."""
    age: float
    """Seconds since the partition that was written longest ago was written."""

    @property
    def now(self) -> datetime:
        """The instant to which days overdue are counted."""
        return self.latest or datetime.now(UTC)

    @property
    def old(self) -> bool:
        """Whether nobody keeps it up any more."""
        return self.age > OLD_AFTER


#: Reads the list of a measure. Raises one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
ReadList = Callable[[str], ListRead]


def list_reader(settings: Settings) -> ReadList:
    """What reads lists; several threads may use it.

    Args:
        settings: where Redis is, and who we are to it: somebody who may read lists.
    """

    def read(measure: str) -> ListRead:
        with connected(settings) as client:
            return read_list(settings, measure, client)

    return read


def read_list(settings: Settings, measure: str, redis: Redis) -> ListRead:
    """One measure's list, all partitions together, by due time.

    Raises:
        Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
    """
    keys = ListKeys.of(settings)
    owners = [keys.owner(partition) for partition in range(settings.partitions)]
    with redis.pipeline(transaction=False) as asked:
        for owner in owners:
            asked.hget(owner, "as_of")
            asked.ttl(owner)
        told: list[Any] = asked.execute()
    found = [(at, kept) for at, kept in zip(told[::2], told[1::2], strict=True) if at is not None]
    instants = [datetime.fromisoformat(at.decode()) for at, _ in found]
    return ListRead(
        lines=tuple(read_due_list(settings, measure, redis)),
        as_of=min(instants, default=None),
        latest=max(instants, default=None),
        partitions=len(owners),
        missing=len(owners) - len(found),
        age=max((KEPT - kept for _, kept in found), default=0.0),
    )
