"""CSV is written in one way, and no spreadsheet runs a cell of it."""

import csv
import io
import re
from pathlib import Path

import pytest

from casepulse.batch.what_if import ByStandards, Line
from casepulse.counties.comparison import Compared, Verdict
from casepulse.counties.january_2021.published import published
from casepulse.spreadsheet import write_csv
from casepulse.state.difference import Changed, Numbers
from casepulse.terminal.compared import show_compared
from casepulse.terminal.differences import show_differences
from casepulse.terminal.options import Format
from casepulse.terminal.suppositions import show_suppositions
from tests.commanding import Run

PRODUCT = Path(__file__).parents[2]

FORMULAS = ["=1+1", "+1+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "＝1", "-1", "+44"]


def _written(*cells: str | int | float | None, line_end: str = "\n") -> list[str]:
    text = io.StringIO(newline="")
    write_csv(text, [cells], line_end)
    [row] = csv.reader(io.StringIO(text.getvalue(), newline=""))
    return row


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_text_that_a_spreadsheet_would_run_has_an_apostrophe_before_it(formula: str) -> None:
    assert _written("a", formula, "b") == ["a", f"'{formula}", "b"]


def test_numbers_stay_numbers_and_nothing_is_nothing() -> None:
    assert _written(-3, -0.5, None, "a-b", "") == ["-3", "-0.5", "", "a-b", ""]


def test_nothing_else_writes_csv() -> None:
    writes = re.compile(r"csv\.(writer|DictWriter)\b|write_csv\(.*delimiter|to_csv\(")
    found = [
        str(path.relative_to(PRODUCT))
        for folder in ("casepulse", "agents", "streams", "state", "schemas", "deploy")
        for path in sorted((PRODUCT / folder).rglob("*.py"))
        if writes.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["casepulse/spreadsheet.py"]


def _cells(out: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(out)) for cell in row]


def test_every_command_writes_harmless_cells(
    casepulse: Run, county: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = tmp_path / "profile.toml"
    said = 'base = "january-2021"\nlocalities = ["=cmd"]\nlocality_of_others = "=cmd"\n'
    profile.write_text(said, encoding="utf-8")
    evaluated = casepulse(
        *("evaluate", "-", "--at", "2021-02-01", "--format", "csv", "--profile", profile),
        given=county,
    ).out
    assert "'=cmd" in _cells(evaluated)
    months = ByStandards(("1.5", "=2"), -2.0, "@red")
    capsys.readouterr()
    lines = [Line("+m", "M", ("2020-12", "2021-01"), months, months)]
    show_suppositions(lines, "r", Format.CSV)
    nothing = Numbers(0, -1)
    show_differences([Changed("=m", "2021-01", "@Stroud", nothing, nothing, {})], Format.CSV)
    compared = Compared(published()[0], "m", None, "=1", Verdict.MISSING, "-why")
    show_compared([compared], Format.CSV)
    cells = _cells(capsys.readouterr().out)
    assert {"'+m", "-2.0", "'=2", "'@red", "'=m", "'@Stroud", "-1", "'=1", "'-why"} <= set(cells)
