"""A log whose end was cut off, or that is gone, is found at the next line, and nothing is shown."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from structlog.testing import capture_logs
from typer.testing import CliRunner

from casepulse.access.audit import AuditError, AuditLog
from casepulse.access.chain import ChainBrokenError, Head
from casepulse.access.kept_head import head_beside, keep_head, read_head
from casepulse.commands.auditing import audit
from tests.access.test_audit import look

RUN = CliRunner()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a log may be."""
    return tmp_path / "audit.jsonl"


@pytest.fixture
def log(path: Path) -> AuditLog:
    """One that three looks were written into."""
    log = AuditLog(path)
    for number in range(3):
        log.write(look(number))
    return log


def _cut(path: Path, lines: int, characters: int = 0) -> None:
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole[:lines]) + whole[lines][:characters])


def test_the_head_is_that_of_the_last_line(path: Path, log: AuditLog) -> None:
    for number in range(3, 6):
        record = log.write(look(number))
        assert read_head(head_beside(path)) == Head(number + 1, record.hash)
    assert Path(head_beside(path)).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("lines", [0, 1, 2])
@pytest.mark.parametrize("characters", [0, 40])
@pytest.mark.parametrize("who", ["the process that wrote it", "another"])
def test_after_its_end_was_cut_off_no_line_is_written(
    path: Path, log: AuditLog, lines: int, characters: int, who: str
) -> None:
    _cut(path, lines, characters)
    left = path.read_bytes()
    writer = log if who == "the process that wrote it" else AuditLog(path)
    with pytest.raises(AuditError, match="number 3 was written"):
        writer.write(look())
    with pytest.raises(AuditError, match="number 3 was written"):
        writer.check()
    assert path.read_bytes() == left
    assert f"move {head_beside(path)} away with it" in writer.trouble()


def test_a_log_that_is_gone_is_not_begun_anew(path: Path, log: AuditLog) -> None:
    path.unlink()
    for writer in (log, AuditLog(path)):
        with pytest.raises(AuditError, match="it is gone"):
            writer.write(look())
        assert "it is gone" in writer.trouble()
        assert not path.exists()


def test_the_process_that_wrote_it_knows_without_the_head_too(path: Path, log: AuditLog) -> None:
    path.unlink()
    Path(head_beside(path)).unlink()
    with pytest.raises(AuditError, match="it is gone"):
        log.write(look())
    AuditLog(path).write(look())  # nothing else on this machine could tell
    with pytest.raises(AuditError, match="number 3 was written"):
        log.write(look())


def test_one_that_was_moved_away_with_its_head_is_followed_by_a_new_one(
    path: Path, log: AuditLog, tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    for moved in (path, Path(head_beside(path))):
        shutil.move(moved, tmp_path / "kept")
    assert AuditLog(path).write(look()).number == 1
    assert AuditLog(tmp_path / "kept" / path.name).write(look()).number == 4


def test_a_crash_between_a_line_and_its_head_stops_nothing(path: Path, log: AuditLog) -> None:
    kept = Path(head_beside(path)).read_bytes()
    log.write(look())
    Path(head_beside(path)).write_bytes(kept)
    assert AuditLog(path).write(look()).number == 5


def test_what_was_put_on_another_line_is_found(path: Path, log: AuditLog, tmp_path: Path) -> None:
    other = AuditLog(tmp_path / "other")
    for number in range(4):
        other.write(look(number + 5))
    path.write_bytes((tmp_path / "other").read_bytes())
    with pytest.raises(AuditError, match="the log is another"):
        AuditLog(path).write(look())


def test_a_log_of_before_there_were_heads_gets_one(path: Path, log: AuditLog) -> None:
    Path(head_beside(path)).unlink()
    with capture_logs() as said:
        AuditLog(path).check()
    assert [line["event"] for line in said] == ["the audit log has no head; it is kept from now on"]
    assert AuditLog(path).write(look()).number == 4


def test_a_head_that_can_not_be_kept_or_read_shows_nothing(path: Path, log: AuditLog) -> None:
    Path(head_beside(path)).write_text("nonsense", encoding="utf-8")
    with pytest.raises(AuditError, match="is no number and hash"):
        log.write(look())
    elsewhere = AuditLog(path, str(path.parent / "nowhere" / "head"))
    with pytest.raises(AuditError, match=r"nowhere/head: No such file"):
        elsewhere.write(look())


def test_the_head_may_be_kept_elsewhere(path: Path, tmp_path: Path) -> None:
    (tmp_path / "other_disk").mkdir()
    head = str(tmp_path / "other_disk" / "head")
    AuditLog(path, head).write(look())
    assert not Path(head_beside(path)).exists()
    path.unlink()
    with pytest.raises(AuditError, match="it is gone"):
        AuditLog(path, head).check()


def test_verify_finds_a_cut_by_itself(path: Path, log: AuditLog) -> None:
    ran = RUN.invoke(audit, ["verify", str(path)])
    assert (ran.exit_code, "the chain holds: 3 records" in ran.stderr) == (0, True)
    assert "no head is kept" not in ran.stderr
    _cut(path, 2, 50)
    ran = RUN.invoke(audit, ["verify", str(path)])
    assert ran.exit_code == 1
    assert "number 3 was written: its end was cut off" in str(ran.exception)


def test_verify_says_no_more_than_the_file_proves(path: Path, log: AuditLog) -> None:
    """What was shown and then cut looks as what was broken off, and was not shown."""
    Path(head_beside(path)).unlink()
    _cut(path, 2, 50)
    ran = RUN.invoke(audit, ["verify", str(path)])
    assert ran.exit_code == 0
    said = re.sub(r"\s+", " ", ran.stderr)
    assert "line 3: it lacks its end. Either its writing was broken off" in said
    assert "or it was whole, and was cut later" in said
    assert "no head is kept there, so it is not known whether the end was cut off" in said


def test_a_head_of_another_place_is_asked(path: Path, log: AuditLog, tmp_path: Path) -> None:
    keep_head(str(tmp_path / "head"), Head(7, "a" * 64))
    ran = RUN.invoke(audit, ["verify", str(path), "--head-file", str(tmp_path / "head")])
    assert "number 7 was written: its end was cut off" in str(ran.exception)


@pytest.fixture
def store() -> Iterator[str]:
    """The URL of a head in an object store."""
    url = f"memory://audit-{uuid4().hex}/audit.head"
    yield url
    system, place = fsspec.url_to_fs(url)
    system.rm(place.rpartition("/")[0], recursive=True)


def test_a_head_in_an_object_store_finds_what_was_cut_off_here(path: Path, store: str) -> None:
    log = AuditLog(path, store)
    for number in range(3):
        record = log.write(look(number))
        assert read_head(store) == Head(number + 1, record.hash)
    assert [each.name for each in path.parent.iterdir()] == [path.name], "nothing lies beside it"
    verified = RUN.invoke(audit, ["verify", str(path), "--head-file", store])
    assert verified.exit_code == 0, verified.output
    assert "not known whether" not in verified.stderr
    _cut(path, 2)
    with pytest.raises(AuditError, match="number 3 was written"):
        AuditLog(path, store).write(look())
    verified = RUN.invoke(audit, ["verify", str(path), "--head-file", store])
    assert isinstance(verified.exception, ChainBrokenError)
    path.unlink()
    with pytest.raises(AuditError, match="it is gone"):
        AuditLog(path, store).check()


def test_without_its_store_no_line_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = AuditLog(path, "nosuchstore://bucket/audit.head")
    with pytest.raises(AuditError, match=r"^nosuchstore://bucket/audit.head: .* can't be kept"):
        unknown.check()
    log = AuditLog(path, "memory://audit/away.head")
    log.write(look())
    left = path.read_bytes()

    def away(*_: object, **__: object) -> None:
        raise TimeoutError("no answer")

    monkeypatch.setattr(MemoryFileSystem, "cat_file", away)
    with pytest.raises(AuditError, match=r"^memory://audit/away.head: .*: no answer"):
        log.write(look())
    assert "no answer" in AuditLog(path, "memory://audit/away.head").trouble()
    assert path.read_bytes() == left
