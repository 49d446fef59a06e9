"""Notices a worker that stands still, says what it waits in, and for how long; then ends it.

A worker that waits for ever looks like one that has nothing to do: its loop turns, its session is
kept, and its partitions go to nobody. So whatever it waits in has a name and a mark that moves
while it gets on. If the mark stands still for longer than any wait that ends by itself, the process
ends, and is started again by whoever watches over it.

A Kafka that is away is waited for, however long: time counts only while it answers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import NamedTuple

import structlog

log = structlog.get_logger()

#: Seconds between two looks.
LOOK_EVERY = 2.0

#: Seconds between two lines that say what is waited in.
SAY_EVERY = 30.0


class Step(NamedTuple):
    """Something that a worker waits in."""

    words: str
    """What it does: "joining the group"."""
    mark: object
    """What is another one as soon as it gets on."""


class Standstill:
    """Measures for how long each of a worker's steps has not got on.

    Args:
        bound: seconds after which a worker is taken to stand still for good.
    """

    def __init__(self, bound: float) -> None:
        self.bound = bound
        self._waiting: dict[str, tuple[Step, float]] = {}

    def look(self, steps: Mapping[str, Step], seconds: float, *, counts: bool) -> None:
        """Take what the worker waits in at the moment.

        Args:
            steps: by what tells one from the other.
            seconds: since the last look.
            counts: whether that time counts: while Kafka is away it does not.
        """
        waiting = {}
        for name, step in steps.items():
            before = self._waiting.get(name)
            same = before is not None and before[0].mark == step.mark
            waiting[name] = step, (before[1] + seconds * counts) if before and same else 0.0
        self._waiting = waiting

    def longest(self) -> tuple[str, float]:
        """What has not got on for longest, and the seconds. For any thread."""
        waiting = list(self._waiting.values())
        if not waiting:
            return "", 0.0
        step, waited = max(waiting, key=lambda each: each[1])
        return step.words, waited

    def over(self) -> bool:
        """Whether it has stood still for longer than any wait that ends by itself."""
        return self.longest()[1] >= self.bound


async def watch(
    standstill: Standstill,
    steps: Callable[[], Awaitable[Mapping[str, Step] | None]],
    should_stop: Callable[[], bool],
    end: Callable[[str], None],
) -> None:
    """Look again and again; say what is waited in, and end the worker in time.

    Args:
        standstill: what measures.
        steps: what the worker waits in; None while Kafka does not answer.
        should_stop: whether the worker is stopping.
        end: ends the worker; is told why.
    """
    known: Mapping[str, Step] = {}
    said = 0.0
    while not should_stop():
        before = monotonic()
        await asyncio.sleep(LOOK_EVERY)
        found = await steps()
        known = known if found is None else found
        # A process that was frozen has not waited; nor has a look that took its time.
        seconds = min(monotonic() - before, 2 * LOOK_EVERY)
        standstill.look(known, seconds, counts=found is not None)
        words, waited = standstill.longest()
        if standstill.over():
            why = f"{words}, without getting on for {waited:.0f} s"
            log.error("stands still; stopping, to be started again", step=words, seconds=waited)
            end(why)
            return
        if waited < SAY_EVERY:
            said = 0.0
        elif waited - said >= SAY_EVERY:
            said = waited
            log.warning("waits", step=words, seconds=round(waited), ends_at=standstill.bound)
