"""The suite's parts: none is left out, what fails is told, and how long each took."""

import os
import re
from pathlib import Path

import pytest

from tests import parts
from tests.services import ROOT

_OPTIONS = ["-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider"]


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A suite of two parts: one is good, of the other one test of two fails."""
    good, bad = tmp_path / "test_good.py", tmp_path / "test_bad.py"
    good.write_text("def test_one(): pass\n")
    bad.write_text("def test_two(): pass\n\ndef test_three(): assert 'this' == 'that'\n")
    wanted = {name: ((str(path),), _OPTIONS) for name, path in (("good", good), ("bad", bad))}
    monkeypatch.setattr(parts, "PARTS", wanted)
    monkeypatch.setattr(parts, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(os, "cpu_count", lambda: 1)  # so many are kept busy
    return tmp_path


def test_one_part_that_fails_fails_the_whole_and_is_told_in_full(
    tiny: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert parts.main([]) == 1
    told = capfd.readouterr().out
    assert re.search(r"^bad: FAILED .*::test_three \(call\)$", told, re.MULTILINE)
    assert "assert 'this' == 'that'" in told
    closing = told[told.index("pytest says") :]
    assert re.search(r"^good +1 +\d+  1 passed in ", closing, re.MULTILINE)
    assert re.search(r"^bad +2 +\d+  1 failed, 1 passed in ", closing, re.MULTILINE)
    assert re.search(r"^together +3 ", closing, re.MULTILINE)


def test_where_all_is_well_the_status_is_0_and_a_part_can_be_had_alone(tiny: Path) -> None:
    assert parts.main(["good"]) == 0
    assert parts.main(["bad"]) == 1


def test_the_slowest_of_the_last_run_are_run_again_and_again(
    tiny: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="make test"):
        parts.main(["--slowest", "2"])
    parts.main([])
    capfd.readouterr()
    assert parts.main(["--slowest", "3", "--times", "4", "--busy"]) == 1
    told = capfd.readouterr().out
    assert re.search(r"^good +4 .* 4 passed in ", told, re.MULTILINE)
    assert re.search(r"^bad +8 .* 4 failed, 4 passed in ", told, re.MULTILINE)


def test_no_folder_and_no_test_is_left_out() -> None:
    """What speaks to servers is collected where such tests are run, and everything somewhere."""
    collected = {folder for folders, _ in parts.PARTS.values() for folder in folders}
    served = (*parts.SERVED, "tests/january")
    for path in (ROOT / "tests").rglob("test_*.py"):
        folder = "/".join(path.relative_to(ROOT).parts[:2])
        assert folder in collected, f"{folder} is in no part"
        if re.search(r"mark\.(broker|embedded)\b", path.read_text("utf-8")):
            assert folder in served, f"{path}: speaks to servers, in a folder of those that don't"
        else:
            assert folder in parts.UNSERVED, f"{path}: speaks to no server, and so is not run"
