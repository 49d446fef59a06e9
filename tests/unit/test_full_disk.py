"""A full disk: the file is named, no half of one stays, and what a killed run left goes."""

import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casepulse.agents.release_store import Claim, ReleaseStore
from casepulse.schemas.release import Kind
from casepulse.state.calendar import month_end
from casepulse.streams.whole_files import create_whole, replace_whole
from tests.commanding import Run
from tests.unit.test_ssda903 import HEADERS

LEFT = ".manifest.json.0123456789abcdef0123456789abcdef"


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """No byte goes to the disk any more."""

    def refuse(file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)


WAYS: list[Callable[[Path, bytes], None]] = [replace_whole, create_whole]


@pytest.mark.parametrize("write", WAYS)
@pytest.mark.usefixtures("full")
def test_the_file_is_named_and_no_half_of_it_stays(
    write: Callable[[Path, bytes], None], tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="No space left") as raised:
        write(tmp_path / "told", b"content")
    assert raised.value.filename == str(tmp_path / "told")
    assert raised.value.errno == errno.ENOSPC
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("full")
def test_what_stood_there_stands(tmp_path: Path) -> None:
    (tmp_path / "told").write_bytes(b"before")
    with pytest.raises(OSError, match="No space left"):
        replace_whole(tmp_path / "told", b"after")
    assert (tmp_path / "told").read_bytes() == b"before"


@pytest.mark.parametrize("write", WAYS)
def test_what_a_killed_run_left_goes_and_nothing_else(
    write: Callable[[Path, bytes], None], tmp_path: Path
) -> None:
    kept = tmp_path / ".gitignore"
    being_written = tmp_path / LEFT.replace("manifest", "other")
    for path in (kept, being_written, tmp_path / LEFT):
        path.write_bytes(b"half")
    with being_written.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # as whoever writes it does
        write(tmp_path / "told", b"whole")
    assert {each.name for each in tmp_path.iterdir()} == {"told", kept.name, being_written.name}


def test_a_name_that_is_taken_is_not_given_again(tmp_path: Path) -> None:
    create_whole(tmp_path / "told", b"first")
    with pytest.raises(FileExistsError):
        create_whole(tmp_path / "told", b"second")
    assert [each.name for each in tmp_path.iterdir()] == ["told"]
    assert (tmp_path / "told").read_bytes() == b"first"


def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    replace_whole(Path(os.devnull), b"nowhere")
    assert not Path(os.devnull).is_file()


@pytest.mark.usefixtures("full")
def test_a_release_that_can_not_be_kept_names_its_file(tmp_path: Path) -> None:
    cut = month_end(date(2021, 1, 1))
    with pytest.raises(OSError, match="No space left") as raised:
        ReleaseStore(str(tmp_path)).claim("2021-01", Claim(kind=Kind.FLASH, known=cut))
    assert raised.value.filename == str(tmp_path / "2021-01/only-flash.claim")
    assert not list((tmp_path / "2021-01").iterdir())


def _archive_on_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(table: Any, file: Any, **told: Any) -> None:
        file.write(b"PAR1")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("casepulse.batch.archive.pq.write_table", half)


def test_an_archive_that_can_not_be_written_names_its_file(
    casepulse: Run, county: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        _archive_on_a_full_disk(patched)
        ran = casepulse("archive", tmp_path, "-", given=county)
    assert ran.status == 1
    assert ran.error.startswith(f"casepulse: {tmp_path}/events-")
    assert ran.error.endswith("the disk is full; make room, and run it again\n")
    assert not list(tmp_path.iterdir())
    (tmp_path / "events-117.parquet.new").write_bytes(b"PAR1")  # of one that was killed
    assert casepulse("archive", tmp_path, "-", given=county).status == 0
    assert not list(tmp_path.glob("*.new"))


def test_output_that_can_not_be_written_is_said(county: bytes) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "casepulse", "evaluate", "-", "--at", "2021-02-01"],
            input=county,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert ran.returncode == 1
    assert ran.stderr.decode().splitlines() == [
        "casepulse: standard output, or a temporary file (TMPDIR): the disk is full; make room, "
        "and run it again"
    ]


def test_what_a_full_disk_has_not_taken_is_told_by_the_next_run(tmp_path: Path) -> None:
    place, state = tmp_path / "2018", tmp_path / "state"
    place.mkdir()
    (place / "episodes.csv").write_text(
        f"{HEADERS['episodes']}\n1,01/05/2017,S,C2,N1,U1,PR1,,,,,,\n"
    )
    run = [sys.executable, "-m", "casepulse", "sources", "run", "ssda903", place, "--state", state]
    with Path("/dev/full").open("wb") as disk:
        ran = subprocess.run(run, stdout=disk, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].endswith("the disk is full; make room, and run it again")
    assert not (state / "told.parquet").exists()
    again = subprocess.run(run, capture_output=True, text=True, check=True)
    assert len(again.stdout.splitlines()) == 3
    assert (state / "told.parquet").exists()
