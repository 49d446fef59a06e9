"""An archive holds what the topic holds, case by case, and says so if it doesn't."""

import random
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from casepulse.batch.archive import archive_parts
from casepulse.batch.archiving import archive_lines
from casepulse.batch.counting import PartRead, count
from casepulse.schemas.events import write_event
from casepulse.schemas.profile import load_profile
from casepulse.state import Case, Fact, catalogue_for, evaluate
from casepulse.state.calendar import midnight
from casepulse.streams.committed import SourceError
from tests.releases.conftest import EVENTS, SETTINGS, archived

AT = midnight(EVENTS[-1].recordedtime.date().replace(day=1))


def test_it_comes_to_what_the_events_come_to(archive: str) -> None:
    counted = count(archive_parts(archive), load_profile(), AT, AT, lambda _: None)
    facts = [Fact.of(event) for event in EVENTS]
    assert counted.tally == evaluate(facts, catalogue_for(load_profile()), AT, AT)
    known = [fact for fact in facts if fact.recorded < AT]
    assert counted.facts == Counter(fact.type for fact in known)
    assert counted.reading.unknown_yet == len(facts) - len(known) > 0
    assert counted.reading.messages == len(facts)
    assert sum(counted.reading.read_to.values()) == len(facts)


def test_shuffled_and_told_twice_it_comes_to_the_same(archive: str, tmp_path: Path) -> None:
    told = EVENTS * 2
    random.Random(1).shuffle(told)
    other = archived(told, tmp_path)
    profile = load_profile()
    one = count(archive_parts(archive), profile, AT, AT, lambda _: None)
    two = count(archive_parts(other), profile, AT, AT, lambda _: None)
    assert (one.tally, one.facts) == (two.tally, two.facts)
    assert two.reading.repeated == len(EVENTS)


def test_the_same_messages_give_the_same_bytes(archive: str, tmp_path: Path) -> None:
    again = Path(archived(EVENTS, tmp_path))
    for file in Path(archive).iterdir():
        assert file.read_bytes() == (again / file.name).read_bytes()


def test_every_case_stands_together_and_whole(archive: str) -> None:
    seen: set[str] = set()
    for part in archive_parts(archive):
        last = ""
        for telling in part.tellings():
            assert telling.event is not None
            subject = telling.event.subject
            if subject != last:
                assert subject not in seen
                seen.add(subject)
                last = subject
    assert seen == {event.subject for event in EVENTS}


def test_others_can_read_it(archive: str) -> None:
    told = duckdb.read_parquet(f"{archive}/events-*.parquet")
    found = told.aggregate("type, count(*)").fetchall()
    assert dict(found) == Counter(event.type for event in EVENTS)


def test_how_far_is_read_is_told_by_offsets(archive: str) -> None:
    whole = count(archive_parts(archive), load_profile(), AT, AT, lambda _: None).reading
    half = {part: end // 2 for part, end in whole.read_to.items()}
    parts = archive_parts(archive, half)
    for part in parts:
        offsets = sorted(telling.offset for telling in part.tellings())
        assert offsets == list(range(half[part.name]))
    further = {part: end + 1 for part, end in whole.read_to.items()}
    with pytest.raises(SourceError, match="is asked for"):
        archive_parts(archive, further)


def test_one_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    url = archived(EVENTS[:500], tmp_path / "archive")
    with pytest.raises(SourceError, match=r"holds no archive.*casepulse archive"):
        archive_parts(str(tmp_path / "elsewhere"))
    file = Path(url) / "events-001.parquet"
    told = file.read_bytes()
    file.write_bytes(told[:-100])
    with pytest.raises(SourceError, match=r"events-001\.parquet: can't be read"):
        archive_parts(url)
    file.unlink()
    with pytest.raises(SourceError, match=r"events-001\.parquet is gone"):
        archive_parts(url)
    file.write_bytes((Path(url) / "events-002.parquet").read_bytes())
    with pytest.raises(SourceError, match=r"is of casepulse\.events/2, and not of"):
        archive_parts(url)
    file.write_bytes(told)
    archive_parts(url)
    (Path(url) / "archive.json").write_text("{")
    with pytest.raises(SourceError, match="is not the index of an archive"):
        archive_parts(url)


def test_offsets_of_another_topic_are_refused(archive: str) -> None:
    with pytest.raises(SourceError, match=r"holds casepulse\.events/0.*other/0 are asked for"):
        archive_parts(archive, {"other/0": 5})


def test_one_that_fails_leaves_the_one_before_and_what_is_not_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = archived(EVENTS[:500], tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "events-of-others.parquet").write_bytes(b"theirs")

    def broken(self: object) -> None:
        raise SourceError("Kafka is gone")

    with monkeypatch.context() as patched:
        patched.setattr("casepulse.batch.archiving.SpooledPart.tellings", broken)
        with pytest.raises(SourceError, match="Kafka is gone"):
            archived(EVENTS, tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    fewer = SETTINGS.model_copy(update={"partitions": 1})
    lines = ((event, write_event(event)) for event in EVENTS[:100])
    archive_lines(lines, url, fewer, lambda _: None)
    [part] = archive_parts(url)
    assert part.size == 100
    left = {"archive.json", "events-000.parquet", "events-of-others.parquet"}
    assert {path.name for path in tmp_path.iterdir()} == left


def test_more_than_the_memory_of_a_case_is_not_held(archive: str) -> None:
    """Of a sorted part, one case at a time: the next is not begun before the last is done with."""
    [part, *_] = archive_parts(archive)
    assert part.by_subject
    case: Case | None = None
    for placed in PartRead(part, lambda _: None).subjects():
        subjects = {fact.subject for _, fact in placed}
        assert len(subjects) == 1
        case = Case(subjects.pop())
    assert case is not None


def test_an_event_of_no_time_is_kept_to_the_microsecond(tmp_path: Path) -> None:
    event = EVENTS[0].model_copy(
        update={"recordedtime": EVENTS[0].recordedtime.replace(microsecond=123456)}
    )
    archive_lines([(event, write_event(event))], str(tmp_path), SETTINGS, lambda _: None)
    told = duckdb.read_parquet(f"{tmp_path}/events-*.parquet")
    [(recorded,)] = told.project("epoch_us(recorded)").fetchall()
    assert recorded % 10**6 == 123456


def test_in_processes_side_by_side_it_comes_to_the_same(
    archive: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    alone = count(archive_parts(archive), load_profile(), AT, AT, lambda _: None)
    monkeypatch.setattr("casepulse.batch.counting.FEW", 0)
    together = count(archive_parts(archive), load_profile(), AT, AT, read.append)
    assert (alone.tally, alone.facts, alone.reading) == (
        together.tally,
        together.facts,
        together.reading,
    )
    assert sum(read) == len(EVENTS)
