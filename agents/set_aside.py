"""How much of what was read lately had to be set aside, and for which reason most of it.

One message that can't be read is somebody's mistake, and waits among the dead letters. Many, for
one reason, are a fault of whoever publishes: figures then lack what they tell, and go on looking
right.
"""

from collections import Counter, deque
from collections.abc import Callable
from time import monotonic

from casepulse.schemas.events import Reason

#: Seconds that are looked back.
LATELY = 600.0

#: Seconds of what is counted together.
TOGETHER = 10.0

#: So many set aside for one reason, and such a share of all that was read, are many.
MANY, MANY_SHARE = 3, 0.1

#: What to do, by reason.
REMEDIES = {
    Reason.WRONG_PARTITION: "the producer must choose partitions by murmur2 of the key, Kafka's "
    "default (librdkafka: partitioner=murmur2_random)",
    Reason.WRONG_KEY: "the producer must give each message its event's subject as key",
    Reason.IN_THE_FUTURE: "the clock of whoever publishes, or ours, is wrong",
    Reason.FAILED: "a fault of ours: the log has it; report it",
}
_REMEDY = "the producer and this version do not agree on events"


class SetAside:
    """Counts what is read and what is set aside. One to a worker, in its loop."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._lately: deque[tuple[float, Counter[Reason | None]]] = deque()

    def read(self, reason: Reason | None = None) -> None:
        """A message was read; set aside for this reason, if there is one."""
        at = self._now() // TOGETHER * TOGETHER
        if not self._lately or self._lately[-1][0] != at:
            self._lately.append((at, Counter()))
            while self._lately[0][0] <= at - LATELY:
                self._lately.popleft()
        self._lately[-1][1][reason] += 1

    def obstacle(self) -> str:
        """What is set aside too often, and what to do; empty if nothing is. For any thread."""
        since = self._now() - LATELY
        counts: Counter[Reason | None] = Counter()
        for at, some in list(self._lately):
            if at > since:
                counts.update(dict(some))
        read = counts.total()
        return "; ".join(
            f"{count} of the {read} messages read in {LATELY / 60:.0f} minutes are set aside: "
            f"{reason.value}; {REMEDIES.get(reason, _REMEDY)}. casepulse dead-letters list says "
            "which"
            for reason, count in counts.most_common()
            if reason is not None and count >= MANY and count >= MANY_SHARE * read
        )
