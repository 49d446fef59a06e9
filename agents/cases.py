"""The case agent: event in, fact kept, clock moved; what can't be read is set aside."""

from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import structlog

from casepulse.agents.dead_letters import DeadLetters
from casepulse.agents.holding import Held, Holding
from casepulse.agents.metrics import Metrics
from casepulse.agents.set_aside import SetAside
from casepulse.schemas.events import Reason, Unreadable, read_message
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.events.trace import trace_context
from casepulse.state import Fact
from casepulse.state.calendar import INSTANT
from casepulse.streams.app import Application
from casepulse.streams.fact_rows import CLOCK, MARK, row_key, row_value
from casepulse.streams.places import check_place
from casepulse.streams.settings import ClockKind, Settings

log = structlog.get_logger()


#: How far the clock of a case system may run ahead of ours. An event recorded later than that
#: would hold a replay's clock there for good, and live it would be known on that far day only.
AHEAD = timedelta(days=1)

#: Seconds between two rows that say how far was read where events leave no rows.
MARK_EVERY = 1.0


@dataclass(slots=True)
class _Waiting:
    """A message that was read and is not acknowledged yet."""

    message: Any
    queue: "deque[_Waiting]"
    done: bool = False


class CaseAgent:
    """Reads the events of this worker's partitions, one after another.

    What happens to one event, in this order:

    1. It is read. What is no event goes to the dead letters.
    2. Its fact joins its case. If it was known, nothing else happens.
    3. A row with the fact is written to the changelog.
    4. Once Kafka has that row (or the dead letter), and those of every event
       before it in the partition, the event is acknowledged; only then may its
       offset be committed. A crash at any point before repeats the event, and a
       repeated fact changes nothing.
    """

    def __init__(
        self,
        app: Application,
        settings: Settings,
        holding: Holding,
        letters: DeadLetters,
        metrics: Metrics,
        fail: Callable[[BaseException], None],
        now: Callable[[], datetime],
    ) -> None:
        self._app = app
        self._settings = settings
        self._holding = holding
        self._letters = letters
        self._metrics = metrics
        self._fail = fail
        self._now = now
        self._replay = settings.clock is not ClockKind.WALL
        self._facts_move_the_clock = settings.clock is ClockKind.EVENTS
        self.set_aside = SetAside()
        self._waiting: dict[int, deque[_Waiting]] = {}
        self._unmarked: dict[int, int] = {}
        """By partition, the offset of the last event, if it has left no row."""
        self._marked_at = 0.0

    async def read(self, messages: AsyncIterator[Any]) -> None:
        """The body of the Faust agent. It never raises: Faust would drop them and go on."""
        async for message in messages:
            if message.partition not in self._holding:
                continue  # it was revoked: whoever has it now reads this event
            try:
                self._take(message)
            except Unreadable as unreadable:
                self._set_aside(message, unreadable)
            except Exception as error:
                log.error("event failed", kind=type(error).__name__, offset=message.offset)
                self._set_aside(message, Unreadable(Reason.FAILED, type(error).__name__))

    def _take(self, message: Any) -> None:
        held = self._holding[message.partition]
        told, kept = read_message(message.value, message.headers or ())
        self._check_recorded(told.recordedtime)
        if isinstance(told.data, ClockTicked):
            self._tick(held, told.time, kept, message)
        else:
            check_place(message.key, told.subject, message.partition, self._settings.partitions)
            fact = Fact.of(told)
            if self._facts_move_the_clock:
                held.partition.advance(fact.recorded + INSTANT)
            if held.partition.apply(fact):
                row = row_value(message.offset, kept)
                key = row_key(told.subject, told.source, told.id)
                self._keep(held.number, key, row, message)
            else:
                self._metrics.repeated.inc()
                self._leave_no_row(message)
            self._metrics.taken(fact, self._now(), live=not self._replay)
            self.set_aside.read()
        held.read_to = max(held.read_to, message.offset)

    def _tick(self, held: Held, time: datetime, kept: bytes, message: Any) -> None:
        self._metrics.heard(held.number, self._now())
        now = held.partition.now
        if self._replay and time > now:
            held.partition.advance(time.astimezone(UTC))
            row = row_value(message.offset, kept)
            self._keep(held.number, CLOCK, row, message)
        else:
            self._leave_no_row(message)

    def _check_recorded(self, recorded: datetime) -> None:
        if recorded > self._now() + AHEAD:
            raise Unreadable(
                Reason.IN_THE_FUTURE, "recordedtime: lies more than a day ahead of our clock"
            )

    def _keep(self, partition: int, key: bytes, row: bytes, message: Any) -> None:
        assert self._app.facts is not None
        self._unmarked.pop(partition, None)
        waiting = self._wait(message)
        self._app.facts.keep(partition, key, row, lambda error: self._kept(error, waiting))

    def _leave_no_row(self, message: Any) -> None:
        """It was read, and there is nothing to keep."""
        self._unmarked[message.partition] = message.offset
        self._done(self._wait(message))

    def _set_aside(self, message: Any, unreadable: Unreadable) -> None:
        self._metrics.dead_lettered.labels(unreadable.reason.value).inc()
        self.set_aside.read(unreadable.reason)
        held = self._holding[message.partition]
        held.read_to = max(held.read_to, message.offset)
        self._unmarked[message.partition] = message.offset
        waiting = self._wait(message)
        trace = trace_context(message.value, message.headers or ())
        log.info(
            "event set aside",
            reason=unreadable.reason.value,
            partition=message.partition,
            offset=message.offset,
            trace=trace.get("traceparent"),
        )
        self._letters.send(message, unreadable, trace, lambda error: self._kept(error, waiting))

    def _kept(self, error: BaseException | None, waiting: "_Waiting") -> None:
        if error is None:
            self._done(waiting)
        else:
            self._fail(error)

    def _wait(self, message: Any) -> "_Waiting":
        """Put a message in the queue of its partition, to be acknowledged in its turn."""
        queue = self._waiting.setdefault(message.partition, deque())
        waiting = _Waiting(message, queue)
        queue.append(waiting)
        return waiting

    def _done(self, waiting: "_Waiting") -> None:
        """Acknowledge it, if nothing before it is still under way: what is acknowledged, is with
        all before it."""
        waiting.done = True
        queue = waiting.queue
        while queue and queue[0].done:
            self._app.acknowledge(queue.popleft().message)

    def forget(self, partition: int) -> None:
        """The partition is another worker's: nothing of it is to be kept or acknowledged."""
        self._waiting.pop(partition, deque()).clear()
        self._unmarked.pop(partition, None)
        self._metrics.forget(partition)
        if self._app.facts is not None:
            self._app.facts.forget(partition)

    async def send_rows(self) -> None:
        """Write the rows of the events read since the last time."""
        assert self._app.facts is not None
        self._pass_what_is_no_event()
        if monotonic() - self._marked_at >= MARK_EVERY:
            self._marked_at = monotonic()
            self._mark()
        await self._app.facts.send_rows()

    def _pass_what_is_no_event(self) -> None:
        """Markers of transactions, and what was aborted, are read when nothing was found there."""
        for held in self._holding:
            read_to = self._app.read_before(held.number, held.read_to + 1) - 1
            if read_to > held.read_to:
                held.read_to = self._unmarked[held.number] = read_to

    def _mark(self) -> None:
        """Keep how far was read where no row says so: an owner after us need not read it again."""
        assert self._app.facts is not None
        unmarked, self._unmarked = self._unmarked, {}
        for partition, offset in unmarked.items():
            self._app.facts.keep(partition, MARK, row_value(offset, b"read"), self._marked)

    def _marked(self, error: BaseException | None) -> None:
        if error is not None:
            self._fail(error)
