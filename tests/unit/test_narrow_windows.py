"""80 columns, names that are mistyped, files that hold nothing: nothing is lost in silence."""

import re
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from casepulse.state import open_catalogue
from casepulse.terminal.table_width import fitted
from tests.commanding import Ran, Run


@pytest.fixture
def narrow(casepulse: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("FORCE_COLOR", "1")  # stands for a terminal
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    return casepulse


def _words(ran: Ran) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", ran.out))


def test_measures_keep_their_definitions(narrow: Run) -> None:
    ran = narrow("measures")
    told = _words(ran)
    for name, measure in open_catalogue().measures.items():
        assert name in told
        assert all(word in told for word in measure.definition.split()), name
    assert "No room for Kind, Standards, Target: a window of" in told
    assert "has them, and so has --format json" in told


def test_the_dashboard_keeps_who_is_late_and_says_what_it_leaves_out(
    narrow: Run, county: bytes
) -> None:
    told = _words(narrow("evaluate", "-", "--at", "2021-02-01", given=county))
    head = told.partition("─")[0].split()
    assert head[-6:] == ["Measure", "Value", "Of", "Target", "RAG", "Late"]
    assert re.search(r"No room for Direction: a window of \d+ columns has it", told)


def test_where_there_is_room_nothing_is_left_out(casepulse: Run, county: bytes) -> None:
    ran = casepulse("evaluate", "-", "--at", "2021-02-01", given=county)
    assert "Direction" in ran.out
    assert "No room" not in ran.out + casepulse("measures").out


@pytest.mark.parametrize("width", range(20, 90, 10))
def test_what_is_left_out_is_what_there_is_no_room_for(width: int) -> None:
    table = Table("First", "Second", "Third", "Fourth")
    table.add_row(*("x" * 15 for _ in range(4)))
    console = Console(width=width, no_color=True)
    with console.capture() as printed:
        console.print(fitted(table, console, "Third", "Second", "Fourth"))
    whole = printed.get().count("x" * 15)
    assert whole == max(1, min(4, (width - 1) // 18))
    assert ("No room" in printed.get()) == (whole < 4)


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        ("due cp_vists", "did you mean cp_visits"),
        ("explain CP_VISITS --at 2021-02-01", "did you mean cp_visits"),
        ("explain cp_visits --at 2021-02-01 --status overdu", "did you mean overdue"),
        ("explain cp_visits --at 2021-02-01 --locality stroud", "did you mean Stroud"),
        ("schemas visit.recoded", "did you mean visit.recorded"),
        ("dead-letters list --reason not_jsn", "not_json"),
    ],
)
def test_what_is_mistyped_is_offered(casepulse: Run, arguments: str, meant: str) -> None:
    ran = casepulse(*arguments.split())
    assert ran.status == 2
    assert meant in ran.said()


@pytest.mark.parametrize("given", [b"", b"\n\n", b"nothing\n", b"[]\n{}\n"])
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_file_without_an_event_gives_no_figures(casepulse: Run, given: bytes, form: str) -> None:
    ran = casepulse("evaluate", "-", "--at", "2021-02-01", "--format", form, given=given)
    assert (ran.status, ran.out) == (1, "")
    assert "standard input: not one event in it" in ran.error.splitlines()[-1]


def test_nothing_is_not_archived_in_the_place_of_something(
    casepulse: Run, county: bytes, tmp_path: Path
) -> None:
    assert casepulse("archive", tmp_path, "-", given=county).status == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert casepulse("archive", tmp_path, "-", given=b"nothing\n").status == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("command", ["evaluate {} --at 2021-02-01", "publish {}", "compare {}"])
def test_a_file_that_is_not_there_is_named_without_numbers(
    casepulse: Run, tmp_path: Path, command: str
) -> None:
    ran = casepulse(*command.format(tmp_path / "nowhere.jsonl").split())
    assert ran.status == 1
    told = f"casepulse: {tmp_path}/nowhere.jsonl: there is no such file or folder; is the name"
    assert ran.error.startswith(told)
    assert "Errno" not in ran.error


def test_a_folder_is_no_file_of_events(casepulse: Run, tmp_path: Path) -> None:
    ran = casepulse("evaluate", tmp_path, "--at", "2021-02-01")
    assert (ran.status, ran.error) == (1, f"casepulse: {tmp_path}: it is a folder; name a file\n")
