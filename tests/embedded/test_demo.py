"""The README's first command, run to its end: what it shows is what the batch says."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.embedded

_CASEPULSE = [sys.executable, "-m", "casepulse"]


def test_the_demo_ends_with_the_figures_of_the_batch_cell_for_cell(tmp_path: Path) -> None:
    view, events = tmp_path / "view.jsonl", tmp_path / "events.jsonl"
    demo = subprocess.run(
        [*_CASEPULSE, "demo", "--exit", "--json", str(view)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert demo.returncode == 0, demo.stderr
    assert "Children subject to a protection plan seen in time" in demo.stdout
    assert "/metrics" in demo.stdout
    with events.open("wb") as file:
        subprocess.run([*_CASEPULSE, "scenario"], stdout=file, check=True)
    batch = subprocess.run(
        [*_CASEPULSE, "evaluate", str(events), "--at", "2021-02-01", "--format", "json"],
        capture_output=True,
        check=True,
    )
    assert view.read_bytes() == batch.stdout
    assert len(batch.stdout.splitlines()) > 1000
