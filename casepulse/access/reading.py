"""Reads a child-level list from Redis, and how far it can be trusted.

What the owners of the partitions say of a list is held against what stands there. A list that is
not as they wrote it is never taken for a whole one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from time import sleep
from typing import Any

from pydantic import ValidationError
from redis import Redis
from redis.exceptions import ResponseError

from casepulse.agents.due_lists import KEPT, RENEW_EVERY, ListKeys, digest, said_of
from casepulse.schemas.due import Due
from casepulse.state.calendar import falls_on
from casepulse.state.due import due_time
from casepulse.streams.redis_clients import connected
from casepulse.streams.settings import Settings

#: Seconds without a renewal after which a list is old: nobody keeps it up any more.
OLD_AFTER = RENEW_EVERY + 300

#: How often a partition is read that is not as it was said to be, and seconds between: it may just
#: have been written while it was read.
TRIES, BETWEEN_TRIES = 4, 0.05

#: No installation has more partitions: whoever says so is not believed.
MOST_PARTITIONS = 1000


@dataclass(frozen=True, slots=True)
class ListRead:
    """A list, and what it is as at."""

    lines: tuple[Due, ...]
    as_of: datetime | None
    """The instant that it is true of; the oldest, where partitions differ. None: there is none."""
    latest: datetime | None
    """The instant of the newest partition."""
    partitions: int
    missing: int
    """Of how many partitions nothing is said: their lines are not here."""
    age: float
    """Seconds since the partition that was written longest ago was written."""
    said: int | None = None
    """How many lines there are by what is said of the others; None: as many as are here."""
    astray: int = 0
    """How many partitions have other lines than is said."""
    left_out: tuple[str, ...] = ()
    """Where lines stand that can't be read, and so are not here: key and rank."""

    @property
    def now(self) -> datetime:
        """The instant to which days overdue are counted."""
        return self.latest or datetime.now(UTC)

    @property
    def old(self) -> bool:
        """Whether nobody keeps it up any more."""
        return self.age > OLD_AFTER

    @property
    def whole(self) -> bool:
        """Whether it has every line that there is, and no other."""
        return not (self.missing or self.astray or self.left_out)

    @property
    def counted(self) -> str:
        """How many lines of how many are here: "23 of 43 lines"; or more if a part is missing."""
        said = len(self.lines) if self.said is None else self.said
        more = " or more" if self.missing else ""
        return f"{len(self.lines):,} of {said:,}{more} {'line' if said == 1 else 'lines'}"

    @property
    def incomplete(self) -> str:
        """In what the list is not whole, in words; empty if it is."""
        if self.whole:
            return ""
        told = [self.counted] if self.missing < self.partitions else []
        if self.astray:
            told.append(f"{self._parts(self.astray)} not as written")
        if self.left_out:
            told.append(f"{len(self.left_out):,} can't be read")
        if self.missing:
            told.append(f"{self._parts(self.missing)} missing")
        return "; ".join(told)

    def _parts(self, number: int) -> str:
        return f"{number} of {self.partitions} parts {'is' if number == 1 else 'are'}"


#: Reads the list of a name. Raises one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
ReadList = Callable[[str], ListRead]


def list_reader(settings: Settings) -> ReadList:
    """What reads lists; several threads may use it.

    Args:
        settings: where Redis is, and who we are to it: somebody who may read lists.
    """

    def read(name: str) -> ListRead:
        with connected(settings) as client:
            return read_list(settings, name, client)

    return read


def read_list(settings: Settings, name: str, redis: Redis) -> ListRead:
    """One list, all partitions together, by due time.

    Args:
        settings: where it is kept.
        name: as `casepulse.schemas.due.list_name` says.
        redis: somebody who may read it.

    Raises:
        Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
    """
    keys = ListKeys.of(settings)
    parts: list[_Part] = []
    # An owner knows how many partitions there are: whoever looks may have been told of fewer.
    while len(parts) < max([settings.partitions, *(part.partitions for part in parts)]):
        parts.append(_read_part(keys, len(parts), name, redis))
    told = [part for part in parts if part.said is not None]
    instants = [part.as_of for part in told if part.as_of is not None]
    lines = [line for part in told for line in part.lines]
    lines.sort(key=lambda line: (due_time(line), line.subject, line.occurrence))
    return ListRead(
        lines=tuple(lines),
        as_of=min(instants, default=None),
        latest=max(instants, default=None),
        partitions=len(parts),
        missing=len(parts) - len(told),
        age=max((KEPT - part.kept for part in told), default=0.0),
        said=sum(part.said or 0 for part in told),
        astray=sum(part.astray for part in told),
        left_out=tuple(place for part in told for place in part.left_out),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A list in one partition."""

    said: int | None = None
    """How many lines its owner says that it has; None: nothing is said."""
    as_of: datetime | None = None
    partitions: int = 0
    """How many there are, by its owner."""
    kept: float = 0.0
    """Seconds until it is gone."""
    lines: tuple[Due, ...] = ()
    left_out: tuple[str, ...] = ()
    astray: bool = False
    """Whether these are other lines than is said."""


def _read_part(keys: ListKeys, partition: int, name: str, redis: Redis) -> _Part:
    for rest in range(TRIES - 1, -1, -1):
        part = _read_once(keys, partition, name, redis)
        if not (part.astray and rest):
            break
        sleep(BETWEEN_TRIES)
    return part


def _read_once(keys: ListKeys, partition: int, name: str, redis: Redis) -> _Part:
    owner, place = keys.owner(partition), keys.lines(partition, name)
    with redis.pipeline(transaction=False) as asked:
        for field in ("as_of", "partitions", said_of(name)):
            asked.hget(owner, field)
        asked.ttl(owner)
        asked.zrange(place, 0, -1, withscores=True)
        answers: list[Any] = asked.execute(raise_on_error=False)
    *told, kept, found = (_unless_of_another_type(answer) for answer in answers)
    try:
        instant, partitions, words = (each.decode() for each in told)
        as_of = datetime.fromisoformat(instant).astimezone(UTC)
        count, said = words.split(" ")
        part = _Part(int(count), as_of, min(int(partitions), MOST_PARTITIONS), float(kept))
    except (TypeError, AttributeError, ValueError):
        return _Part()  # nothing is said of this list, or nothing that we understand
    members = [(line, float(score)) for line, score in found or ()]
    lines, left_out = [], []
    for rank, line in enumerate(_lines(members, name)):
        if line is None:
            left_out.append(f"{place}, rank {rank}")
        else:
            lines.append(line)
    astray = found is None or (len(members), digest(members)) != (part.said, said)
    return _Part(
        part.said, as_of, part.partitions, part.kept, tuple(lines), tuple(left_out), astray
    )


def _lines(members: list[tuple[bytes, float]], name: str) -> Iterator[Due | None]:
    """Each line, or None for one that is no line of this list."""
    for member, _ in members:
        try:
            # A worker that is newer than we are may tell more than we know of.
            line = Due.model_validate_json(member, extra="ignore")
            due_time(line), line.due and falls_on(line.due)
        except (ValidationError, OverflowError):
            yield None
        else:
            yield line if line.list == name else None


def _unless_of_another_type(answer: Any) -> Any:
    """What Redis answered; None where a key is of another type than ours are.

    Raises:
        Exception: one of `REDIS_ERRORS`: Redis refuses.
    """
    if isinstance(answer, ResponseError) and str(answer).startswith("WRONGTYPE"):
        return None
    if isinstance(answer, Exception):
        raise answer
    return answer
