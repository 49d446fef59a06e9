"""What an extract says, put down in buckets of some subjects each, to be compared one at a time.

What is little stays in memory all the same.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from tempfile import SpooledTemporaryFile

import orjson

from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.told import BUCKETS, bucket_of
from casepulse.streams.sources.weighed import Weighed, instant, microseconds, weigh

#: Bytes of a bucket that stay in memory.
_IN_MEMORY = 1 << 20


#: Where those fields of a fact begin that are kept as they are.
_HINTS = Weighed._fields.index("unless_known")


class Spilled:
    """Facts in buckets. Where they lie on the disk, nobody else can open them."""

    def __init__(self, stack: ExitStack) -> None:
        self._files = [
            stack.enter_context(SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115
            for _ in range(BUCKETS)
        ]

    def put(self, fact: Weighed) -> None:
        """Put one down."""
        said = (
            *(fact.subject, fact.id, fact.type, microseconds(fact.time)),
            *(fact.digest.hex(), fact.data.decode(), [each.hex() for each in fact.or_else]),
            *fact[_HINTS:],
        )
        file = self._files[bucket_of(fact.subject)]
        file.write(orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE))

    def bucket(self, number: int) -> Iterator[Weighed]:
        """All that was put into one."""
        self._files[number].seek(0)
        for line in self._files[number]:
            subject, name, kind, time, digest, data, or_else, *hints = orjson.loads(line)
            yield Weighed(
                *(subject, name, kind, instant(time), bytes.fromhex(digest), data.encode()),
                tuple(map(bytes.fromhex, or_else)),
                *hints,
            )


@contextmanager
def spilled(says: Iterable[Said]) -> Iterator[Spilled]:
    """What an extract says, read to its end."""
    with ExitStack() as stack:
        facts = Spilled(stack)
        for said in says:
            facts.put(weigh(said))
        yield facts
