"""Each example is run, as its own words say."""

import asyncio
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from casepulse.agents.board import FRESH_FOR, Board, BoardAgent
from casepulse.agents.metrics import Metrics
from casepulse.agents.view_sink import SinkError, ViewSink
from casepulse.counties.scenario import scenario
from casepulse.schemas.events import read_event, write_event
from casepulse.schemas.partial import Partial
from casepulse.schemas.view import View
from casepulse.state.viewing import definitions_version
from tests.build import CATALOGUE, when
from tests.publishing import as_messages
from tests.services import ROOT

EXAMPLES = ROOT / "examples"

_PARTIAL = Partial(
    partition=0,
    claim=0,
    sequence=0,
    definitions=definitions_version(CATALOGUE),
    as_of=when("2021-01-15"),
    read_to=-1,
    cells={},
)


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


def _json_file(path: Path) -> ViewSink:
    """The sink of the example."""
    spec = importlib.util.spec_from_file_location("example", EXAMPLES / "the_view_in_a_file.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sink: ViewSink = module.JsonFile(path)
    return sink


def test_a_file_takes_a_view_and_no_older_one(empty_view: View, tmp_path: Path) -> None:
    file = tmp_path / "view.json"

    def version(number: int) -> View:
        meta = empty_view.meta.model_copy(update={"version": number})
        return empty_view.model_copy(update={"meta": meta})

    async def show(*versions: int) -> list[bool]:
        """Each by another worker."""
        return [await _json_file(file).show(version(number)) for number in versions]

    assert asyncio.run(show(3, 2, 3, 5)) == [True, False, True, True]
    assert View.model_validate_json(file.read_bytes()) == version(5)
    assert [each.name for each in tmp_path.iterdir()] == ["view.json"]


def test_a_file_that_cant_be_written_is_an_obstacle_until_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("casepulse.agents.board.monotonic", lambda: now)
    file = tmp_path / "not there yet" / "view.json"
    metrics = Metrics(CATALOGUE)
    agent = BoardAgent(Board(CATALOGUE, 1), _json_file(file), metrics)

    async def publish() -> float | None:
        await agent.publish()
        return metrics.registry.get_sample_value("casepulse_redis_up")

    async def run() -> None:
        nonlocal now
        await agent.read(as_messages((0, _PARTIAL)))
        assert await publish() == 0
        now += FRESH_FOR + 1
        assert "the file has taken none for 11 s: " in agent.obstacle()
        assert str(file.parent) in agent.obstacle()
        file.parent.mkdir()
        assert await publish() == 1
        assert "has taken none" not in agent.obstacle()

    asyncio.run(run())


def test_a_file_that_holds_no_view_is_left_alone(empty_view: View, tmp_path: Path) -> None:
    file = tmp_path / "view.json"
    file.write_text("{}")
    with pytest.raises(SinkError):
        asyncio.run(_json_file(file).show(empty_view))
    assert file.read_text() == "{}"
