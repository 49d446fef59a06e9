"""The partitions that this worker holds: their cases, and what was told of them."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic

from casepulse.schemas.envelope import EARLIEST
from casepulse.schemas.events import read_event
from casepulse.schemas.partial import Cells, Partial
from casepulse.state import Catalogue, Fact, Partition, Tally
from casepulse.state.calendar import INSTANT, add_months, local_date, month_of, reporting_month
from casepulse.state.viewing import definitions_version
from casepulse.streams.fact_rows import CLAIM, CLOCK, MARK

#: How many months of flows a partial tells: a series of thirteen, each of a sum of twelve.
MONTHS_TOLD = 25

#: Cases that are looked at before anything else gets its turn.
AT_ONCE = 50

#: A whole tally is told again after so many partials that only said "as before".
TELL_ALL_EVERY = 60


@dataclass(slots=True)
class Held:
    """One partition, from the moment it is assigned."""

    number: int
    partition: Partition
    claim: int | None = None
    """The offset of this owner's claim; None until it holds. Nothing is told before."""
    read_to: int = -1
    """The offset of the last event that is counted, read now or by an owner before; or of what
    stands behind it and is none, as a transaction's marker."""
    sequence: int = 0
    told_change: int = -1
    told_day: tuple[date, date] | None = None
    """The day from which what is awaited was told last, and the month of what was late."""
    told_sequence: int = -1


class Holding:
    """Every partition of this worker, by its number. A `FactKeeper`."""

    def __init__(
        self,
        catalogue: Catalogue,
        on_ready: Callable[[Held], None],
        on_dropped: Callable[[int], None] = lambda number: None,
        *,
        facts_move_the_clock: bool = True,
    ) -> None:
        self._catalogue = catalogue
        self._definitions = definitions_version(catalogue)
        self._on_ready = on_ready
        self._on_dropped = on_dropped
        self._facts_move_the_clock = facts_move_the_clock
        self._held: dict[int, Held] = {}
        self._clocks: dict[int, datetime] = {}
        self._restored_at = 0.0

    def __iter__(self) -> Iterator[Held]:
        return iter(self._held.values())

    @property
    def restored_at(self) -> float:
        """When a row came back last, or a restored case was looked at."""
        return self._restored_at

    def unclaimed(self) -> set[int]:
        """The partitions of which nothing is told yet."""
        return {held.number for held in list(self._held.values()) if held.claim is None}

    def __contains__(self, number: int) -> bool:
        return number in self._held

    def __getitem__(self, number: int) -> Held:
        """The partition of this number.

        Raises:
            KeyError: it is not held.
        """
        return self._held[number]

    def hold(self, partitions: set[int]) -> None:
        """Hold these partitions: begin those that are new, forget every other."""
        for number in self._held.keys() - partitions:
            del self._held[number]
            self._clocks.pop(number, None)
            self._on_dropped(number)
        for number in partitions - self._held.keys():
            self._held[number] = Held(number, Partition(self._catalogue))

    def restore(self, partition: int, key: bytes, offset: int, value: bytes) -> None:
        """Take back a row of the changelog."""
        self._restored_at = monotonic()
        if key == CLAIM:
            return
        held = self[partition]
        held.read_to = max(held.read_to, offset)
        if key == MARK:
            return
        event = read_event(value)
        clock = event.time
        if key != CLOCK:
            held.partition.apply(Fact.of(event))
            clock = event.recordedtime + INSTANT if self._facts_move_the_clock else EARLIEST
        self._clocks[partition] = max(clock, self._clocks.get(partition, EARLIEST))

    def kept_to(self, partition: int) -> int | None:
        """The offset of the last event that is counted; -1 if none is, None if not held."""
        held = self._held.get(partition)
        return None if held is None else held.read_to

    async def ready(self, partitions: set[int]) -> None:
        """Faust takes these to be rebuilt, and gives out their events."""
        for held in [each for each in self if each.number in partitions]:
            await self.take_up(held)
            if self._held.get(held.number) is held:
                self._on_ready(held)
        gc.freeze()  # what was restored stays: the collector need not look at it again

    async def take_up(self, held: Held) -> None:
        """Let the clock of a partition go where it had been when its last row was written, and look
        at its cases, a few at a time."""
        restored = self._clocks.pop(held.number, None)
        if restored is not None:
            held.partition.advance(restored)
            while self._held.get(held.number) is held and held.partition.look(AT_ONCE):
                self._restored_at = monotonic()
                await asyncio.sleep(0)

    async def look(self, held: Held) -> None:
        """Look at the cases of a partition that have changed, a few at a time. Those that change
        meanwhile are left."""
        for _ in range(0, held.partition.changed, AT_ONCE):
            held.partition.look(AT_ONCE)
            await asyncio.sleep(0)

    def partial(self, held: Held, *, time_too: bool) -> Partial | None:
        """What is to be told of a partition now; None if there is nothing new to tell.

        Args:
            held: the partition.
            time_too: whether it is worth telling that no count has changed: the instant, and
                how far was read.
        """
        if held.claim is None:
            return None
        tally = held.partition.tally()
        as_of = held.partition.now
        # What falls due in the days ahead is another thing each day, and what was late in the month
        # each month, though no count has changed.
        today = local_date(as_of), reporting_month(as_of)
        changed = tally.changed != held.told_change or today != held.told_day
        if not changed and not time_too:
            return None
        held.sequence += 1
        whole = changed or held.sequence - held.told_sequence >= TELL_ALL_EVERY
        if whole:
            held.told_change, held.told_day = tally.changed, today
            held.told_sequence = held.sequence
        # Not validated: it is our own, and as large as all that a partition counts.
        return Partial.model_construct(
            partition=held.number,
            claim=held.claim,
            sequence=held.sequence,
            definitions=self._definitions,
            as_of=as_of,
            read_to=held.read_to,
            cells=told_cells(tally, as_of) if whole else None,
            awaited=held.partition.awaited().views(as_of) if whole else None,
            same_as=None if whole else held.told_sequence,
        )


def told_cells(tally: Tally, as_of: datetime) -> Cells:
    """A tally as a partial tells it, without the months that no figure reaches back to."""
    first = month_of(add_months(reporting_month(as_of), 1 - MONTHS_TOLD))
    cells: Cells = {}
    for (measure, period, group, status), count in tally:
        if period >= first:  # "at" sorts after every month
            groups = cells.setdefault(measure, {}).setdefault(period, {})
            groups.setdefault(group, {})[status] = count
    return cells


def read_cells(cells: Cells) -> Tally:
    """The tally that a partial tells."""
    tally = Tally()
    for measure, periods in cells.items():
        for period, groups in periods.items():
            for group, statuses in groups.items():
                for status, count in statuses.items():
                    tally.add_count((measure, period, group, status), count)
    return tally
