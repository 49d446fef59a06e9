"""The store of the table of facts: not a dictionary of rows but whoever keeps the facts of a
partition (`FactKeeper`). Rows live once, as cases, and only for the partitions that this worker
has.
"""

from collections.abc import Iterable
from typing import Any, Protocol

from faust.stores.base import Store
from faust.types import TP

from casepulse.streams.fact_rows import BEGUN, read_row


class FactKeeper(Protocol):
    """Whoever keeps the facts of the partitions that this worker has."""

    def hold(self, partitions: set[int]) -> None:
        """Hold these partitions: begin those that are new, forget every other."""

    def restore(self, partition: int, key: bytes, offset: int, value: bytes) -> None:
        """Take back a row that was kept before; `offset` is where its event stood."""

    def kept_to(self, partition: int) -> int | None:
        """The offset of the last event that is kept; -1 if none is, None if not held."""

    async def ready(self, partitions: set[int]) -> None:
        """Faust has restored these, or takes them to be restored: see `FactTable.read_back`."""


class FactStore(Store[bytes, bytes]):
    """Hands the changelog's rows to the keeper, and knows how far each partition was read.

    Unlike Faust's own memory store it keeps nothing of a partition that was revoked, and takes
    nothing for one: a row or an answer of Kafka that comes late must not make it believe, when the
    partition returns, that everything before was read.
    """

    def __init__(self, *args: Any, keeper: FactKeeper, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keeper = keeper
        self._read: dict[TP, int] = {}
        """For each partition that is ours, the last row which the keeper has, with all before."""
        self._own: dict[TP, list[tuple[int, int]]] = {}
        """First and last of our own rows further on: between them stand some of another owner."""
        self.whole: set[TP] = set()
        """The partitions of which all was restored that stood there when they were assigned."""
        self.begun: set[TP] = set()
        """Those that have their first row."""

    def persisted_offset(self, tp: TP) -> int | None:
        """The last row up to which the keeper has all; recovery goes on after it."""
        read = self.restored(tp)
        return None if read < 0 else read

    def set_persisted_offset(self, tp: TP, offset: int) -> None:
        """A row of our own stands at this offset."""
        self.set_own(tp, offset, offset)

    def set_own(self, tp: TP, first: int, last: int) -> None:
        """Rows of our own, which the keeper has, stand from `first` to `last`.

        They are not taken to be all that there is: rows of somebody who took the partition for
        his may stand before them, and recovery has to read those.
        """
        if tp not in self._read:
            return
        own = self._own[tp]
        if own and own[-1][1] + 1 == first:
            own[-1] = own[-1][0], last
        else:
            own.append((first, last))
        self._join_own(tp)

    def _join_own(self, tp: TP) -> None:
        own = self._own[tp]
        while own and own[0][0] <= self._read[tp] + 1:
            self._read[tp] = max(self._read[tp], own.pop(0)[1])

    def apply_changelog_batch(self, *args: Any) -> None:
        """Faust restores nothing.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("rows are restored by FactTable.restore_rows")

    def restore(self, tp: TP, first: int, rows: Iterable[Any], last: int) -> None:
        """Restore the rows of one partition that stand from the offset `first` to `last`, none
        left out but those that were compacted away.

        Nothing, if the partition is not ours, or what stands before is not restored: it was
        revoked and assigned anew meanwhile, and is restored from its beginning.
        """
        if tp not in self._read or first > self._read[tp] + 1:
            return
        for row in rows:
            if row.key == BEGUN:
                self.begun.add(tp)
            elif row.key and row.value:
                offset, value = read_row(row.value)
                self._keeper.restore(tp.partition, row.key, offset, value)
        self._read[tp] = max(last, self._read[tp])
        self._join_own(tp)

    def restored(self, tp: TP) -> int:
        """The last row up to which the keeper has all; -1 if none."""
        return self._read.get(tp, -1)

    async def on_rebalance(
        self,
        assigned: set[TP],
        revoked: set[TP],
        newly_assigned: set[TP],
        generation_id: int = 0,
    ) -> None:
        """Forget the partitions that are no longer ours, and begin those that are new."""
        changelog = self.table.changelog_topic.get_topic_name()
        ours = {tp for tp in assigned if tp.topic == changelog}
        self._read = {tp: self._read.get(tp, -1) for tp in ours}
        self._own = {tp: self._own.get(tp, []) for tp in ours}
        self.whole &= ours
        self.begun &= ours
        self._keeper.hold({tp.partition for tp in ours})

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """The table has been restored; see `FactTable.restore_rows`."""
        try:
            await self._keeper.ready({tp.partition for tp in active_tps})
        except Exception as error:  # Faust would not even look at it
            await self.app.crash(error)

    def reset_state(self) -> None:
        """Nothing is kept on disk."""

    async def backup_partition(self, tp: Any, *args: Any, **options: Any) -> None:
        """Nothing is kept on disk: the changelog is the backup."""

    def restore_backup(self, tp: Any, *args: Any, **options: Any) -> None:
        """Nothing is kept on disk: the changelog is the backup."""
