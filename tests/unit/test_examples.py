"""Each example is run, as its own words say."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from casepulse.counties.scenario import scenario
from casepulse.schemas.events import read_event, write_event
from tests.services import ROOT

EXAMPLES = ROOT / "examples"


def run_example(name: str, *arguments: object) -> str:
    """What an example prints."""
    ran = subprocess.run(
        [sys.executable, EXAMPLES / name, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return ran.stdout


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("examples") / "events.jsonl"
    lines = [write_event(event) for event in scenario(seed=7, children=60, months=2)]
    file.write_bytes(b"\n".join(lines) + b"\n")
    return file


def test_a_figure_by_locality(events: Path) -> None:
    told = run_example("figures_from_events.py", events, "cp_visits", "2021-02-01").splitlines()
    assert re.fullmatch(r"county +\d+  \d+ of \d+", told[0])
    numbers = [[int(each) for each in re.findall(r"(\d+) of (\d+)", line)[0]] for line in told]
    county, *localities = numbers
    assert county == [sum(each[place] for each in localities) for place in (0, 1)]


def test_a_table_becomes_events(tmp_path: Path) -> None:
    table = tmp_path / "visits.csv"
    table.write_text(
        "visit,child,visited,written_up,kind,seen\n"
        "v1,k1,2021-01-11T15:00:00+00:00,2021-01-12T09:00:00+00:00,protection_plan,yes\n"
    )
    [line] = run_example("events_from_a_table.py", table).splitlines()
    event = read_event(line.encode())
    assert (event.id, event.subject, event.data.child_seen) == ("v1", "child:k1", True)


def test_every_example_is_in_the_list_and_is_run() -> None:
    told = (EXAMPLES / "README.md").read_text("utf-8")
    here = Path(__file__).read_text("utf-8")
    served = (ROOT / "tests/broker/test_examples.py").read_text("utf-8")
    for path in EXAMPLES.glob("*.py"):
        assert f"`{path.name}`" in told
        assert f'"{path.name}"' in here + served


def test_a_series_from_releases(events: Path, tmp_path: Path) -> None:
    commands = (
        ["archive", "archive", events],
        ["release", "make", "2021-01", "--kind", "final", "--archive", "archive"],
    )
    for command in commands:
        extra = ["--store", "releases", "--no-tell"] if command[0] == "release" else []
        subprocess.run(
            [sys.executable, "-m", "casepulse", *map(str, command), *extra],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
        )
    told = run_example("a_series_from_releases.py", tmp_path / "releases", "cp_visits")
    assert re.match(r"2021-01/1-final +known \d{4}-\d\d-\d\d  \d+", told), told
    [kept] = (tmp_path / "releases/2021-01/1-final").glob("release-*.json")
    said = json.loads(kept.read_bytes())["measures"]["cp_visits"]
    assert f"({said['numerator']} of {said['denominator']})" in told
