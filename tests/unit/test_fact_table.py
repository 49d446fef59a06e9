"""The store and the acknowledgement behind the table of facts, without a broker."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import faust
import pytest
from faust.types import TP

from casepulse.agents.holding import Held, Holding
from casepulse.counties.scenario import scenario
from casepulse.schemas.events import write_event
from casepulse.schemas.profile import load_profile
from casepulse.state import catalogue_for
from casepulse.streams.fact_rows import BEGUN, CLAIM, read_row, row_key, row_value
from casepulse.streams.fact_store import FactStore
from casepulse.streams.fact_table import FactTable
from casepulse.streams.mended import MendedConsumer
from tests.build import row
from tests.running import is_tick

_FACTS = [event for event in scenario(seed=2, children=5, months=1) if not is_tick(event)]


@dataclass
class _Message:
    partition: int
    offset: int
    key: bytes
    value: bytes | None
    topic: str = "changelog"

    @property
    def tp(self) -> TP:
        return TP(self.topic, self.partition)


@dataclass
class _Table:
    holding: Holding
    table: FactTable
    ready: list[int] = field(default_factory=list)


@pytest.fixture
def kept() -> _Table:
    ready: list[int] = []

    def note(held: Held) -> None:
        ready.append(held.number)

    holding = Holding(catalogue_for(load_profile()), note)
    app = faust.App("test", broker="kafka://127.0.0.1:1", web_enabled=False, autodiscover=False)
    topic = app.topic("changelog", key_type=bytes, value_type=bytes, partitions=4)
    table = FactTable(
        app, keeper=holding, name="facts", key_type=bytes, value_type=bytes, changelog_topic=topic
    )
    asyncio.run(table.data.on_rebalance(_assigned(*range(4)), set(), set()))
    return _Table(holding, table, ready)


def _assigned(*partitions: int) -> set[TP]:
    return {TP("changelog", number) for number in partitions}


def _rows(partition: int, events: list[Any]) -> list[Any]:
    return [
        _Message(
            partition,
            offset,
            row_key(event.subject, event.source, event.id),
            row_value(offset, write_event(event)),
        )
        for offset, event in enumerate(events)
    ]


def _restore(store: FactStore, rows: list[Any]) -> None:
    store.restore(rows[0].tp, rows[0].offset, rows, rows[-1].offset)


def test_a_row_is_never_falsy_and_reads_back() -> None:
    assert row_value(0, b"")
    assert read_row(row_value(77, b"event")) == (77, b"event")


def test_a_row_after_a_tombstone_of_its_key_in_one_batch_stays(kept: _Table) -> None:
    [fact] = _rows(0, _FACTS[:1])
    gone = _Message(0, 0, fact.key, None)
    fact.offset = 1
    kept.table.data.restore(TP("changelog", 0), 0, [gone, fact], 1)
    assert len(list(kept.holding[0].partition.facts())) == 1


def test_revoked_partitions_are_forgotten_and_kept_ones_are_not_read_again(kept: _Table) -> None:
    store = kept.table.data
    for partition in (0, 1):
        _restore(store, _rows(partition, _FACTS[:20]))
    asyncio.run(store.on_recovery_completed(_assigned(0, 1), set()))
    assert sorted(kept.ready) == [0, 1]
    asyncio.run(store.on_rebalance({TP("changelog", 1), TP("other", 0)}, set(), set()))
    assert [held.number for held in kept.holding] == [1]
    assert store.persisted_offset(TP("changelog", 0)) is None
    assert store.persisted_offset(TP("changelog", 1)) == 19


def test_what_was_compacted_away_leaves_no_hole(kept: _Table) -> None:
    """Kafka gives a batch whose last row has gone; the next one begins behind that."""
    store, rows = kept.table.data, _rows(0, _FACTS[:20])
    store.restore(TP("changelog", 0), 0, rows[:8], 9)
    store.restore(TP("changelog", 0), 10, (), 11)  # and one of which nothing is left
    store.restore(TP("changelog", 0), 12, rows[12:], 19)
    assert store.restored(TP("changelog", 0)) == 19
    assert len(list(kept.holding[0].partition.facts())) == 16


@pytest.mark.parametrize(
    ("whole", "begun", "kept_rows", "committed", "begins"),
    [
        row("not restored yet", False, True, 8, 20, 20),
        row("all there is was kept", True, True, 8, 8, 8),
        row("more was kept than was committed", True, True, 8, 5, 5),
        row("the last rows are missing", True, True, 8, 20, 8),
        row("the first rows are missing", True, False, 8, 8, 0),
        row("nothing was ever kept, and nothing committed", True, False, 0, 0, 0),
    ],
)
def test_events_are_read_from_where_rows_are_missing(
    kept: _Table, whole: bool, begun: bool, kept_rows: int, committed: int, begins: int
) -> None:
    store, changelog = kept.table.data, TP("changelog", 0)
    if kept_rows:
        _restore(store, _rows(0, _FACTS[:kept_rows]))
    if whole:
        store.whole.add(changelog)
    if begun:
        store.begun.add(changelog)
    assert kept.table.begin_at(0, committed) == begins
    assert kept.table.begun_at(0) == (committed if whole else 0)


def test_the_first_row_is_written_after_all_that_waits(
    kept: _Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that no row is missing that should stand before it."""
    kept_rows: list[bytes] = []

    def keep(partition: int, key: bytes, value: bytes, then: Any) -> None:
        assert value
        kept_rows.append(key)
        then(None)

    monkeypatch.setattr(kept.table, "keep", keep)
    asyncio.run(kept.table._begin(TP("changelog", 0)))
    asyncio.run(kept.table._begin(TP("changelog", 0)))
    assert kept_rows == [BEGUN]
    begun = _Message(1, 0, BEGUN, row_value(0, b"begun"))
    kept.table.data.restore(TP("changelog", 1), 0, [begun], 0)
    assert kept.table.data.begun == {TP("changelog", 0), TP("changelog", 1)}
    assert list(kept.holding[1].partition.facts()) == []


def test_what_comes_late_for_a_revoked_partition_does_not_shorten_its_next_recovery(
    kept: _Table,
) -> None:
    """Kafka's answer to a row, or a row read back, after the rebalance: counted as read, the rows
    before it would never be read again when the partition returns."""
    store = kept.table.data
    rows = _rows(0, _FACTS[:20])
    _restore(store, rows[:10])
    asyncio.run(store.on_rebalance(_assigned(1, 2, 3), set(), set()))
    store.set_own(TP("changelog", 0), 10, 12)
    _restore(store, rows[13:])
    assert 0 not in kept.holding
    asyncio.run(store.on_rebalance(_assigned(0, 1), set(), set()))
    _restore(store, rows[13:])
    assert store.persisted_offset(TP("changelog", 0)) is None
    assert list(kept.holding[0].partition.facts()) == []


def test_rows_of_another_owner_between_ours_are_read_at_the_next_recovery(kept: _Table) -> None:
    """A worker that was away too long, and does not know it, goes on writing for a while."""
    store = kept.table.data
    changelog = TP("changelog", 0)
    store.set_own(changelog, 0, 3)
    store.set_own(changelog, 4, 4)
    assert store.persisted_offset(changelog) == 4
    store.set_own(changelog, 8, 9)  # 5 to 7 are another's
    store.set_own(changelog, 10, 12)
    store.set_own(changelog, 14, 15)
    assert store.persisted_offset(changelog) == 4
    _restore(store, _rows(0, _FACTS[:8])[5:])
    assert store.persisted_offset(changelog) == 12
    assert len(list(kept.holding[0].partition.facts())) == 3


@pytest.mark.parametrize(
    ("member", "generations", "holds"),
    [(True, [7, 7], True), (False, [7, 7], False), (True, [7, 8], False)],
)
def test_a_claim_stands_in_its_own_changelog_and_holds_for_a_member_of_the_group_only(
    kept: _Table,
    monkeypatch: pytest.MonkeyPatch,
    member: bool,
    generations: list[int],
    holds: bool,
) -> None:
    """Its offset ranks the owners of a partition: among rows of others it would say nothing. And
    a worker that was frozen while its partition moved must not claim it after its new owner."""
    sent: list[dict[str, Any]] = []
    app: Any = kept.table.app

    async def send(**row: Any) -> Any:
        sent.append(row)
        written: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        written.set_result(SimpleNamespace(offset=0))
        return written

    async def is_member(tp: TP) -> bool:
        assert (tp, len(sent)) == (TP("changelog", 3), 1), "asked after the claim was written"
        app.consumer_generation_id = generations[1]
        return member

    monkeypatch.setattr(kept.table.changelog_topic, "send", send)
    kept.table.data.begun.add(TP("changelog", 3))
    app.consumer = SimpleNamespace(is_member=is_member)
    app.consumer_generation_id = generations[0]
    assert asyncio.run(kept.table.claim(3)) == (0 if holds else None)
    [claim] = sent
    assert (claim["key"], claim["partition"]) == (CLAIM, 3)
    assert kept.table.data.persisted_offset(TP("changelog", 3)) == 0


def test_rows_are_restored_and_those_of_the_last_moment_before_a_claim_holds(
    kept: _Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner before may have written some after we had asked how many there are."""
    rows = _rows(0, _FACTS[:9])

    class Reader:
        at = 0

        async def __aenter__(self) -> "Reader":
            return self

        async def __aexit__(self, *error: Any) -> None:
            pass

        def assign(self, partitions: list[Any]) -> None:
            assert [tuple(partition) for partition in partitions] == [("changelog", 0)]

        def seek(self, partition: Any, offset: int) -> None:
            self.at = offset

        async def end_offsets(self, partitions: list[Any]) -> dict[Any, int]:
            return dict.fromkeys(partitions, 5)

        async def position(self, partition: Any) -> int:
            return self.at

        def last_stable_offset(self, partition: Any) -> int:
            return 9

        async def getmany(self, timeout_ms: int, max_records: int) -> dict[Any, Any]:
            self.at += 1
            return {TP("changelog", 0): rows[self.at - 1 : self.at]}

    monkeypatch.setattr(MendedConsumer, "reader", lambda app, committed=True: Reader())
    asyncio.run(kept.table.restore_rows({TP("changelog", 0)}))
    assert len(list(kept.holding[0].partition.facts())) == 5
    asyncio.run(kept.table.read_back(0, 5))
    assert len(list(kept.holding[0].partition.facts())) == 5
    asyncio.run(kept.table.read_back(0, 9))
    assert len(list(kept.holding[0].partition.facts())) == 9
    assert kept.table.data.persisted_offset(TP("changelog", 0)) == 8


def test_a_rebuilt_partition_goes_on_from_the_clock_it_had(kept: _Table) -> None:
    store = kept.table.data
    _restore(store, _rows(2, _FACTS))
    asyncio.run(store.on_recovery_completed(_assigned(2), set()))
    assert kept.holding[2].partition.now > max(event.recordedtime for event in _FACTS)
