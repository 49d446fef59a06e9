"""The README's first command, run to its end: what it shows is what the batch says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from casepulse.counties.january_2021.contradictions import CONTRADICTIONS

pytestmark = pytest.mark.embedded

_CASEPULSE = [sys.executable, "-m", "casepulse"]


def _demo_and_batch(folder: Path, county: str, *known: str) -> tuple[str, bytes, bytes]:
    """What a demo prints, its final view, and the batch of the same events."""
    view, events = folder / "view.jsonl", folder / "events.jsonl"
    demo = subprocess.run(
        [*_CASEPULSE, "demo", "--exit", "--county", county, "--json", str(view)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert demo.returncode == 0, demo.stderr
    assert "/metrics" in demo.stdout
    told = demo.stderr.splitlines()
    assert all(line.startswith("casepulse demo: ") for line in told), "our own words alone"
    assert any("events read" in line for line in told), "it says how far it is"
    with events.open("wb") as file:
        subprocess.run([*_CASEPULSE, "scenario", "--county", county], stdout=file, check=True)
    batch = subprocess.run(
        [*_CASEPULSE, "evaluate", str(events), "--at", "2021-02-01", *known, "--format", "json"],
        capture_output=True,
        check=True,
    )
    return demo.stdout, view.read_bytes(), batch.stdout


def test_the_demo_ends_with_the_figures_of_the_batch_cell_for_cell(tmp_path: Path) -> None:
    printed, view, batch = _demo_and_batch(tmp_path, "any")
    assert "Children subject to a protection plan seen in" in printed
    assert view == batch
    assert len(batch.splitlines()) > 1000


@pytest.mark.skipif("CASEPULSE_LONG" not in os.environ, reason="ten minutes: CASEPULSE_LONG=1")
def test_the_stream_gives_the_published_figures_of_january_2021(tmp_path: Path) -> None:
    printed, view, batch = _demo_and_batch(tmp_path, "january-2021", "--known", "2021-03-09")
    equal = 523 - len(CONTRADICTIONS)
    assert f"{equal} of the 523 figures" in printed
    assert view == batch
