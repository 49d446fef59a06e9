"""Child-level lists in Redis: who is overdue and who falls due soon, and who was late in the month,
for those who may see it.

A sorted set a list and partition, under a prefix of its own; the score is the instant after which a
line is late, in seconds since 1970, and the member its JSON (`casepulse.schemas.due.Due`). Each
case agent writes those of its partitions. An owner that lost a partition can't overwrite the next
one's: the script refuses an older claim.

Redis may lose one key and keep another. So the owner's hash says of each list how many lines it has
and their digest: a reader that finds other ones knows, and the owner writes them again. Contract:
`docs/redis.md`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha1

from redis.asyncio import Redis as AsyncRedis

from casepulse.agents.holding import Held
from casepulse.agents.redis_view import script
from casepulse.schemas.due import Due
from casepulse.state import Catalogue
from casepulse.state.due import due_list, due_time
from casepulse.streams.settings import Settings

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
        """A hash: what the owner of the partition says of its lists."""
        return f"{self.prefix}:{partition}"

    def measures(self, partition: int) -> str:
        """A set: the lists that have lines of this partition."""
        return f"{self.prefix}:{partition}:measures"

    def lines(self, partition: int, name: str) -> str:
        """A sorted set: the lines of the list of a name (`casepulse.schemas.due.list_name`)."""
        return f"{self.prefix}:{partition}:lines:{name}"


def said_of(name: str) -> str:
    """The field of an owner's hash that says how many lines a list has, and their digest:
    "43 ", and what `digest` gives."""
    return f"lines:{name}"


def digest(lines: Iterable[tuple[bytes, float]]) -> str:
    """A list in forty hexadecimal digits.

    Args:
        lines: members and scores in Redis' order.
    """
    parts = (part for line, score in lines for part in (line, f"{score:.17g}".encode()))
    return sha1(b"\n".join(parts), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class PartitionLists:
    """All lists of a partition, and what is said of them."""

    claim: int
    as_of: str
    """The instant that they are as at."""
    said: Mapping[str, str]
    """By list, those without lines too: how many lines, and their digest."""
    lines: Mapping[str, list[tuple[bytes, float]]]
    """By list: members and scores in Redis' order."""

    @classmethod
    def of(
        cls, claim: int, as_of: str, lines: Iterable[Due], names: Iterable[str]
    ) -> "PartitionLists":
        """The lists of these lines.

        Args:
            claim: the owner's.
            as_of: the instant that they are as at.
            lines: in any order.
            names: every list that there is: of each it is said how many lines it has.
        """
        by_list: dict[str, dict[bytes, float]] = {name: {} for name in names}
        for line in lines:
            score = float(f"{due_time(line).timestamp():.0f}")
            by_list.setdefault(line.list, {})[line.model_dump_json().encode()] = score
        ordered = {
            name: sorted(found.items(), key=lambda line: (line[1], line[0]))
            for name, found in by_list.items()
        }
        said = {name: f"{len(found)} {digest(found)}" for name, found in ordered.items()}
        return cls(claim, as_of, said, ordered)

    def is_as(self, other: "PartitionLists") -> bool:
        """Whether both say the same, be it as at another instant."""
        return (self.claim, self.said) == (other.claim, other.said)

    def fields(self, partitions: int) -> list[str]:
        """The owner's hash, field and value in turn."""
        fields = {"claim": str(self.claim), "as_of": self.as_of, "partitions": str(partitions)}
        fields |= {said_of(name): said for name, said in self.said.items()}
        return [part for field in fields.items() for part in field]


class DueLists:
    """Writes the lists of the partitions that this worker holds."""

    def __init__(self, redis: "AsyncRedis", settings: Settings, catalogue: Catalogue) -> None:
        self._keys = ListKeys.of(settings)
        self._partitions = settings.partitions
        self._catalogue = catalogue
        self.names = [name for each in catalogue.listed for name in each.lists]
        """Every list that there is: a part's lines stand on that of its whole, or on its own."""
        self._replace = redis.register_script(script("due_lists.lua"))
        self._stand = redis.register_script(script("due_lists_stand.lua"))
        self._written: dict[int, tuple[float, PartitionLists]] = {}
        """By partition, what was written last, and when, in seconds of that clock."""

    async def write(self, held: Held, now: float) -> bool:
        """Write the lists of a partition, if they are not those that stand in Redis or are due to
        be renewed. Redis itself is asked: it may have come back empty, or as it was an hour ago, or
        have lost a single key.

        Args:
            held: the partition, of which something may be told.
            now: seconds of a clock that only goes forward.

        Returns:
            whether they stand there now; False if a later owner's do.

        Raises:
            Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
        """
        assert held.claim is not None
        lines = due_list(held.partition, self._catalogue)
        as_of = held.partition.now.isoformat()
        lists = PartitionLists.of(held.claim, as_of, lines, self.names)
        written, before = self._written.get(held.number, (now, None))
        if before is not None and before.is_as(lists) and now - written < RENEW_EVERY:
            return await self.keep_up(held.number, closely=True)
        if not await self.put(held.number, lists):
            return False
        self._written[held.number] = now, lists
        return True

    async def keep_up(self, partition: int, *, closely: bool) -> bool:
        """See that what was written last stands, and write it again if it does not.

        Args:
            partition: whose lists.
            closely: whether the lines are read, which takes Redis some 4 ms a thousand. Else they
                are counted: a list that is gone is missed, a line that was changed is not.

        Returns:
            whether it stands now; False if a later owner's does, or nothing was written yet.

        Raises:
            Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
        """
        if partition not in self._written:
            return False
        _, lists = self._written[partition]
        said = [part for each in lists.said.items() for part in each]
        stand = await self._stand(
            keys=self._all_keys(partition, lists),
            args=[int(closely), *said, *lists.fields(self._partitions)],
        )
        return bool(stand) or await self.put(partition, lists)

    def forget(self, partition: int) -> None:
        """The partition is another worker's."""
        self._written.pop(partition, None)

    async def put(self, partition: int, lists: PartitionLists) -> bool:
        """Write all lists of a partition; False if those of a later owner stand there.

        Raises:
            Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
        """
        fields = lists.fields(self._partitions)
        args: list[str | bytes | int] = [lists.claim, KEPT, self._keys.lines(partition, "")]
        args += [len(fields) // 2, *fields]
        for name, lines in lists.lines.items():
            args += [name, len(lines)]
            args += [part for line, score in lines for part in (f"{score:.0f}", line)]
        return bool(await self._replace(keys=self._all_keys(partition, lists), args=args))

    def _all_keys(self, partition: int, lists: PartitionLists) -> list[str]:
        keys = self._keys
        lines = [keys.lines(partition, name) for name in lists.lines]
        return [keys.owner(partition), keys.measures(partition), *lines]
