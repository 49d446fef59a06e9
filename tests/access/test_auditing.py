"""`casepulse audit`: the chain checked, the looks found."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casepulse.access.chain import ChainBrokenError
from casepulse.access.grants import Asked
from casepulse.access.record import NOTHING_BEFORE, Outcome, Record, Who
from casepulse.commands.auditing import audit
from tests.access.test_audit import look

RUN = CliRunner()

LOOKS = [
    look(rows=3, asked=Asked(locality="Stroud")),
    look(who=Who(issuer="https://login.example", subject="head"), list="statutory_visits"),
    look(outcome=Outcome.DENIED, rows=0, reason=""),
    look(form="csv", page=0, rows=9, reason="=1+1 [red]"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A log of four looks, on four days of November."""
    records: list[Record] = []
    for number, each in enumerate(LOOKS, start=1):
        when = datetime(2026, 11, number, 9, 30, tzinfo=UTC)
        previous = records[-1].hash if records else NOTHING_BEFORE
        records.append(Record.of(number, when, each, None, previous))
    path = tmp_path / "audit.jsonl"
    path.write_bytes(b"".join(record.line() for record in records))
    return path


def numbers(file: Path, *words: str) -> list[int]:
    """Which records are found."""
    ran = RUN.invoke(audit, ["search", str(file), "--format", "json", *words])
    assert ran.exit_code == 0, ran.output
    return [json.loads(line)["number"] for line in ran.stdout.splitlines()]


def test_looks_are_found(file: Path) -> None:
    assert numbers(file) == [1, 2, 3, 4]
    assert numbers(file, "--who", "head") == [2]
    assert numbers(file, "--list", "cp_visits") == [1, 3, 4]
    assert numbers(file, "--outcome", "denied") == [3]
    assert numbers(file, "--since", "2026-11-02") == [2, 3, 4]
    assert numbers(file, "--until", "2026-11-02") == [1]
    assert numbers(file, "--since", "2026-11-02T09:30:00+00:00", "--until", "2026-11-03") == [2]
    assert numbers(file, "--who", "role-0", "--outcome", "shown", "--list", "cp_visits") == [1, 4]


def test_they_are_told_as_a_table_and_as_csv(file: Path) -> None:
    table = RUN.invoke(audit, ["search", str(file)], env={"COLUMNS": "200"}).stdout
    assert "locality Stroud" in table
    assert "=1+1 [red]" in table
    told = RUN.invoke(audit, ["search", str(file), "--format", "csv"]).stdout
    rows = list(csv.DictReader(io.StringIO(told)))
    assert [row["rows"] for row in rows] == ["3", "0", "0", "9"]
    assert rows[3]["reason"] == "'=1+1 [red]", "no spreadsheet runs it"
    assert rows[0]["asked"] == "locality Stroud"


def test_the_json_is_the_lines_themselves(file: Path) -> None:
    ran = RUN.invoke(audit, ["search", str(file), "--format", "json"])
    assert ran.stdout.encode() == file.read_bytes()


def test_a_whole_chain_is_told_with_its_head(file: Path) -> None:
    ran = RUN.invoke(audit, ["verify", str(file)])
    assert ran.exit_code == 0
    last = Record.read(file.read_bytes().splitlines()[-1])
    assert last is not None
    head = f"4:{last.hash}"
    assert head in ran.stderr
    assert RUN.invoke(audit, ["verify", str(file), "--head", head]).exit_code == 0


def test_the_file_may_be_named_by_the_environment(file: Path) -> None:
    environment = {"CASEPULSE_WEB_AUDIT": str(file)}
    assert RUN.invoke(audit, ["verify"], env=environment).exit_code == 0
    assert "4 records" in RUN.invoke(audit, ["verify"], env=environment).stderr


def test_a_broken_chain_is_told_by_line_and_ends_a_search_too(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"rows":9', b'"rows":1'))
    for command in ("verify", "search"):
        ran = RUN.invoke(audit, [command, str(file)])
        assert ran.exit_code == 1
        assert isinstance(ran.exception, ChainBrokenError)
        assert "line 4: it was changed" in str(ran.exception)


def test_a_cut_off_end_is_told(file: Path) -> None:
    lines = file.read_bytes().splitlines(keepends=True)
    last = Record.read(lines[-1])
    assert last is not None
    file.write_bytes(b"".join(lines[:-1]))
    ran = RUN.invoke(audit, ["verify", str(file), "--head", f"4:{last.hash}"])
    assert ran.exit_code == 1
    assert "its end was cut off" in str(ran.exception)


def test_what_was_broken_off_is_told_and_is_no_change(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b'{"hash":"12')
    ran = RUN.invoke(audit, ["verify", str(file)])
    assert ran.exit_code == 0
    assert "line 5: it lacks its end. Either its writing was broken off" in ran.stderr
    assert "or it was whole, and was cut later" in ran.stderr, "the file alone can't tell"


@pytest.mark.parametrize(
    "head", ["4", "0:" + "a" * 64, "4:" + "A" * 64, "4:abc", "four:" + "a" * 64]
)
def test_a_head_that_is_none_is_refused(file: Path, head: str) -> None:
    ran = RUN.invoke(audit, ["verify", str(file), "--head", head])
    assert ran.exit_code == 2
    assert "NUMBER:HASH" in ran.stderr
