"""The batch over a source: its parts side by side, each in a process of its own.

No worker, no Redis: the parts are read, their cases counted, and the tallies added.
"""

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from casepulse.batch.source_parts import Part, Telling, together
from casepulse.schemas.profile import Profile
from casepulse.schemas.release import Reading
from casepulse.state import Case, Catalogue, Fact, Tally, catalogue_for
from casepulse.state.batch import Batch

Progress = Callable[[int], None]
"""Is told of so many messages more that were read."""

T = TypeVar("T")

#: So few messages are read sooner than a process starts.
FEW = 20_000

#: Messages between two words about progress.
_STEP = 1000


class Counted(NamedTuple):
    """What a source comes to."""

    tally: Tally
    facts: Counter[str]
    """How many facts of each type were known, each counted once."""
    reading: Reading

    @classmethod
    def together(cls, several: "Sequence[Counted]") -> "Counted":
        """The sum of several parts."""
        facts: Counter[str] = Counter()
        for each in several:
            facts.update(each.facts)
        tally = Tally.merged(each.tally for each in several)
        return cls(tally, facts, together([each.reading for each in several]))


@dataclass(slots=True)
class PartRead:
    """Reads a part, and counts what it reads."""

    part: Part
    progress: Progress
    messages: int = 0
    unreadable: int = 0
    end: int = 0

    def subjects(self) -> Iterator[list[tuple[int, Fact]]]:
        """The facts of each subject, in no particular order, each with its place in the part.

        Of a part that is sorted by subject, no more than one subject's are held at a time.
        """
        placed = (
            (each.offset, Fact.of(each.event))
            for each in self._tellings()
            if each.event is not None
        )
        if self.part.by_subject:
            for _, together_ in groupby(placed, key=lambda each: each[1].subject):
                yield list(together_)
            return
        subjects: dict[str, list[tuple[int, Fact]]] = {}
        for offset, fact in placed:
            subjects.setdefault(fact.subject, []).append((offset, fact))
        while subjects:
            yield subjects.popitem()[1]

    def _tellings(self) -> Iterator[Telling]:
        for telling in self.part.tellings():
            self.messages += 1
            self.end = max(self.end, telling.offset + 1)
            self.unreadable += telling.unreadable
            if self.messages % _STEP == 0:
                self.progress(_STEP)
            yield telling
        self.progress(self.messages % _STEP)

    def reading(self, repeated: int, unknown_yet: int) -> Reading:
        """What was read, once all was. Of an archive: what was read to make it."""
        already = self.part.already()
        return Reading(
            read_to=already.read_to or {self.part.name: self.end},
            messages=already.messages or self.messages,
            repeated=already.repeated + repeated,
            unreadable=already.unreadable + self.unreadable,
            unknown_yet=unknown_yet,
        )


def count_part(
    part: Part, catalogue: Catalogue, at: datetime, known: datetime, progress: Progress
) -> Counted:
    """What one part comes to, as at one instant and as known at another."""
    read, batch, facts = PartRead(part, progress), Batch(catalogue, at), Counter[str]()
    repeated = unknown_yet = 0
    for placed in read.subjects():
        case = Case(placed[0][1].subject)
        for _, fact in placed:
            if fact.recorded >= known:
                unknown_yet += 1
            elif case.add(fact) is None:
                repeated += 1
        facts.update(fact.type for fact in case.told())
        batch.add(case)
    return Counted(batch.tally, facts, read.reading(repeated, unknown_yet))


def count(
    parts: Sequence[Part], profile: Profile, at: datetime, known: datetime, progress: Progress
) -> Counted:
    """What a source comes to.

    Args:
        parts: all of it.
        profile: whose standards.
        at: what happened before it counts.
        known: what was recorded before it counts.
        progress: is told of messages read.

    Raises:
        casepulse.streams.committed.SourceError: a part can't be read to its end.
    """
    return Counted.together(
        side_by_side(_count_part, [(part, profile, at, known) for part in parts], progress)
    )


def _count_part(part: Part, profile: Profile, at: datetime, known: datetime) -> Counted:
    return count_part(part, catalogue_for(profile), at, known, report)


_read: Any = None
"""While `side_by_side` works: how many messages all of its processes have read."""


def report(count: int) -> None:
    """Say from within a process that so many messages more were read."""
    with _read.get_lock():
        _read.value += count


def _begin(read: Any) -> None:
    global _read  # noqa: PLW0603  one piece of work at a time
    _read = read


def side_by_side(
    work: Callable[..., T], arguments: Sequence[tuple[Part, *tuple[Any, ...]]], progress: Progress
) -> list[T]:
    """What `work` gives for each of the arguments, in their order, a process a core.

    Args:
        work: a function of a module; it calls `report`.
        arguments: a part and what else `work` is to know; they can be pickled.
        progress: is told what was reported, here.
    """
    context = multiprocessing.get_context("spawn")
    read, told = context.Value("q", 0), 0
    if sum(part.size for part, *_ in arguments) < FEW:
        _begin(read)
        done_here = [work(*each) for each in arguments]
        progress(int(read.value))
        return done_here
    workers = max(1, min(len(arguments), os.cpu_count() or 1))
    with ProcessPoolExecutor(workers, context, _begin, (read,)) as pool:
        waiting: set[Future[T]] = set()
        futures = [pool.submit(work, *each) for each in arguments]
        waiting.update(futures)
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                so_far = int(read.value)
                progress(so_far - told)
                told = so_far
                for future in done:
                    future.result()  # raises what went wrong there, at once
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]
