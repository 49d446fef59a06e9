"""What an extract says, put down in buckets of some subjects each, to be compared one at a time.

What is little stays in memory all the same.
"""

import marshal
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from tempfile import SpooledTemporaryFile
from typing import Any

from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.told import BUCKETS, bucket_of
from casepulse.streams.sources.weighed import Weighed, instant, microseconds, weigh

#: Bytes of a bucket that stay in memory.
_IN_MEMORY = 1 << 20

#: Facts of a bucket that are written at a time, and in how many bytes their length is.
_AT_A_TIME, _LENGTH = 256, 4

#: Where the time is among the fields of a fact.
_TIME = Weighed._fields.index("time")


class Spilled:
    """Facts in buckets. Where they lie on the disk, nobody else can open them."""

    def __init__(self, stack: ExitStack) -> None:
        self._files = [
            stack.enter_context(SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115
            for _ in range(BUCKETS)
        ]
        self._waiting: list[list[tuple[Any, ...]]] = [[] for _ in range(BUCKETS)]

    def put(self, fact: Weighed) -> None:
        """Put one down."""
        number = bucket_of(fact.subject)
        waiting = self._waiting[number]
        waiting.append((*fact[:_TIME], microseconds(fact.time), *fact[_TIME + 1 :]))
        if len(waiting) == _AT_A_TIME:
            self._write(number)

    def bucket(self, number: int) -> Iterator[Weighed]:
        """All that was put into one."""
        self._write(number)
        file = self._files[number]
        file.seek(0)
        while length := file.read(_LENGTH):
            written = file.read(int.from_bytes(length))
            for fact in marshal.loads(written):  # noqa: S302  we wrote it, and nobody else can
                yield Weighed._make((*fact[:_TIME], instant(fact[_TIME]), *fact[_TIME + 1 :]))

    def _write(self, number: int) -> None:
        if not self._waiting[number]:
            return
        written = marshal.dumps(self._waiting[number])
        self._files[number].write(len(written).to_bytes(_LENGTH) + written)
        self._waiting[number].clear()


@contextmanager
def spilled(says: Iterable[Said]) -> Iterator[Spilled]:
    """What an extract says, read to its end."""
    with ExitStack() as stack:
        facts = Spilled(stack)
        for said in says:
            facts.put(weigh(said))
        yield facts
