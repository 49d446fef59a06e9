"""A source's state between two extracts, and runs that are killed wherever it hurts."""

import io
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq
import pytest

from casepulse.batch import told_store
from casepulse.batch.told_store import FILE, NEW, SCHEMA, TELLING, ToldStore
from casepulse.schemas.envelope import Event
from casepulse.schemas.events import read_event
from casepulse.schemas.stored.told import StoredRecord
from casepulse.state import Case, Fact
from casepulse.streams.committed import SourceError
from casepulse.streams.sources.difference import difference
from casepulse.streams.sources.extract import Extract
from casepulse.streams.sources.told import Told, told_by
from tests.unit.test_difference_of_extracts import (
    ENDED,
    FIRST,
    REVIEW,
    SECOND,
    STARTED,
    THIRD,
    ended,
    extract,
    review,
    started,
)

OTHER = REVIEW.replace("0601", "0602")

#: Something new, something withdrawn and something amended each night, and one that comes back.
NIGHTS = [
    extract(FIRST, {REVIEW: review(), STARTED: started("2026-01-05")}),
    extract(SECOND, {OTHER: review("2026-06-02"), STARTED: started("2026-01-06")}),
    extract(THIRD, {REVIEW: review(), STARTED: started("2026-01-06"), ENDED: ended("2026-06-03")}),
]


class Killed(BaseException):
    """The process is no more."""


class Kafka:
    """What was acknowledged. It takes as many as `lives`, and then the process is killed."""

    def __init__(self) -> None:
        self.events: list[Event[Any]] = []
        self.lives = 1000

    def __call__(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            if not self.lives:
                raise Killed
            self.lives -= 1
            self.events.append(read_event(line))

    def holding(self) -> set[tuple[str, Any, Any]]:
        case = Case("child:1")
        for event in self.events:
            case.add(Fact.of(event))
        types = {event.type for event in self.events}
        return {(fact.id, fact.time, fact.data) for each in types for fact in case.standing(each)}


def run(store: ToldStore, night: Extract, kafka: Kafka) -> None:
    store.finish(kafka)
    store.tell(night, kafka)


def said(night: Extract) -> set[tuple[str, Any, Any]]:
    return {(each.id, each.time, each.data) for each in night.says}


@pytest.fixture(params=["a directory", "an object store"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ToldStore:
    if request.param == "a directory":
        return ToldStore(str(tmp_path / "state"), "x")
    fsspec.filesystem("memory").store.clear()
    return ToldStore("memory://state", "x")


def test_nothing_was_told_where_nothing_lies(store: ToldStore) -> None:
    assert store.read() == Told()
    assert not store.finish(Kafka())


def test_what_was_told_is_read_back_and_can_be_made_again_of_the_events(store: ToldStore) -> None:
    kafka = Kafka()
    for number, night in enumerate(NIGHTS):
        run(store, night, kafka)
        assert store.read().taken == night.taken
        rebuilt = told_by("x", kafka.events)
        assert rebuilt.records == store.read().records
        assert [each.holds for each in rebuilt.records.values()].count(False) == (0, 1, 1)[number]
    assert kafka.holding() == said(NIGHTS[-1])


def test_a_state_that_was_made_again_says_the_same_of_the_next_extract(store: ToldStore) -> None:
    kafka = Kafka()
    for night in NIGHTS[:2]:
        run(store, night, kafka)
    expected = list(difference(store.read(), NIGHTS[2]).events())
    store.keep(told_by("x", kafka.events))
    assert list(difference(store.read(), NIGHTS[2]).events()) == expected != []


@pytest.mark.parametrize("next_night", ["the same", "another"])
@pytest.mark.parametrize("lives", [0, 1, 2])
def test_a_run_that_is_killed_while_it_tells(store: ToldStore, lives: int, next_night: str) -> None:
    kafka = Kafka()
    run(store, NIGHTS[0], kafka)
    kafka.lives = lives
    with pytest.raises(Killed):
        run(store, NIGHTS[1], kafka)
    assert store.read().taken == FIRST
    kafka.lives = 1000
    last = NIGHTS[1] if next_night == "the same" else NIGHTS[2]
    run(store, last, kafka)
    assert kafka.holding() == said(last)
    assert store.read().taken == last.taken
    assert store.read().records == told_by("x", kafka.events).records


@pytest.mark.parametrize("fails", ["put", "mv", "rm"])
@pytest.mark.parametrize("after", [0, 1])
def test_a_run_that_is_killed_while_it_writes(
    store: ToldStore, fails: str, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka = Kafka()
    run(store, NIGHTS[0], kafka)
    left = after

    def killed(what: Any) -> Any:
        def dying(*given: Any, **more: Any) -> Any:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return what(*given, **more)

        return dying

    with monkeypatch.context() as patch, suppress(Killed):
        if fails == "put":
            patch.setattr(told_store, "move_whole", killed(told_store.move_whole))
        else:
            patch.setattr(store._system, fails, killed(getattr(store._system, fails)))
        run(store, NIGHTS[1], kafka)
    run(store, NIGHTS[2], kafka)
    assert kafka.holding() == said(NIGHTS[2])
    assert store.read().records == told_by("x", kafka.events).records
    assert not store._system.exists(store._at(TELLING))


def test_the_same_state_is_the_same_bytes(store: ToldStore) -> None:
    told = difference(Told(), NIGHTS[0]).after
    store.keep(told)
    before = store._system.cat_file(store._at(FILE))
    store.keep(replace(told, records=dict(reversed(list(told.records.items())))))
    assert store._system.cat_file(store._at(FILE)) == before


def test_a_row_has_what_its_model_says(store: ToldStore) -> None:
    run(store, NIGHTS[0], Kafka())
    table = pq.read_table(io.BytesIO(store._system.cat_file(store._at(FILE))))
    assert table.schema.names == SCHEMA.names == list(StoredRecord.model_fields)
    for row in table.to_pylist():
        StoredRecord.model_validate(row)
    assert not store._system.exists(store._at(NEW))


def test_the_state_of_another_source_is_refused(store: ToldStore) -> None:
    run(store, NIGHTS[0], Kafka())
    with pytest.raises(SourceError, match="is what x has told, and not y"):
        ToldStore(store.url, "y").read()


def test_what_is_no_state_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"PAR1")
    with pytest.raises(SourceError, match="can't be read"):
        ToldStore(str(tmp_path), "x").read()
    pq.write_table(SCHEMA.empty_table(), tmp_path / FILE)
    with pytest.raises(SourceError, match="is not what a source has told"):
        ToldStore(str(tmp_path), "x").read()


def test_an_extract_that_says_the_same_moves_the_instant_alone(store: ToldStore) -> None:
    kafka = Kafka()
    run(store, NIGHTS[0], kafka)
    told = len(kafka.events)
    run(store, replace(NIGHTS[0], taken=FIRST + timedelta(hours=1)), kafka)
    assert (len(kafka.events), store.read().taken) == (told, FIRST + timedelta(hours=1))
