"""Commands that show lines about children: off; where they are on, each look is written down."""

import inspect
import os
import pwd
import re
import socket
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from casepulse.access.chain import walk
from casepulse.access.reading import ListRead
from casepulse.access.record import Record
from casepulse.agents.dead_letters import DeadLetter
from casepulse.commands import COMMANDS, loaded
from casepulse.schemas.due import Due
from casepulse.schemas.events import make_event, write_event
from casepulse.schemas.events.child import RestrictionChanged
from casepulse.terminal.child_level import VARIABLE
from tests.commanding import Ran, Run

WHY = ("--why", "Going through the list with a team")

DUE = ("due", "cp_visits", "--locality", "Stroud")
EXPLAIN = ("explain", "cin_visits", "--at", "2021-02-01")
LETTERS = ("dead-letters", "list", "--content")

KEY = re.compile(r"\b(?:child|contact|household|legal_case):[A-Za-z0-9]+")


def _line(number: int, *, restricted: bool) -> Due:
    return Due(
        measure="cp_visits",
        subject=f"child:k{number}",
        occurrence=f"p{number}",
        status="overdue",
        due=date(2021, 1, 25),
        overdue=True,
        locality="Stroud",
        team=None,
        workers=(),
        restricted=restricted,
    )


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Redis, and Kafka's dead letters, and which of them were asked."""
    asked: list[str] = []
    lines = (_line(1, restricted=False), _line(2, restricted=True))
    read = ListRead(lines, None, None, partitions=1, missing=0, age=0.0)
    letter = DeadLetter("events-0-1", "invalid", "subject", b'{"subject":"child:k9"}')

    def seen(name: str, answer: Any) -> Callable[..., Any]:
        def ask(*_: Any) -> Any:
            asked.append(name)
            return answer

        return ask

    monkeypatch.setattr("casepulse.commands.lists.list_reader", lambda _: seen("Redis", read))
    monkeypatch.setattr("casepulse.commands.inventory.read_letters", seen("letters", [letter]))
    return asked


@pytest.fixture
def archive(casepulse: Run, county: bytes, tmp_path: Path) -> str:
    """The county's events."""
    assert casepulse("archive", tmp_path / "archive", "-", given=county).status == 0
    return str(tmp_path / "archive")


@pytest.fixture
def log(casepulse: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log that the setting names."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "audit.jsonl"))
    return tmp_path / "audit.jsonl"


def _records(log: Path) -> list[Record]:
    with log.open("rb") as lines:
        return [each for each in walk(lines) if isinstance(each, Record)]


@pytest.mark.parametrize("command", [DUE, EXPLAIN, LETTERS])
def test_they_are_off_unless_the_setting_names_a_log(
    casepulse: Run, asked: list[str], command: tuple[str, ...]
) -> None:
    ran = casepulse(*command, *WHY)
    assert (ran.status, ran.out, asked) == (2, "", [])
    assert f"{VARIABLE}: is not set, so no command shows lines about children" in ran.error
    assert "set it to the audit log that each look is to be written into" in ran.error


@pytest.mark.parametrize("command", [DUE, EXPLAIN, LETTERS])
@pytest.mark.parametrize("why", [(), ("--why", ""), ("--why", "x" * 201), ("--why", "a\nb")])
def test_a_reason_must_be_given(
    casepulse: Run, log: Path, asked: list[str], command: tuple[str, ...], why: tuple[str, ...]
) -> None:
    ran = casepulse(*command, *why)
    assert (ran.status, ran.out, asked) == (2, "", [])
    assert "--why WORDS" in ran.said()


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_list_is_shown_without_restricted_lines_and_written_down(
    casepulse: Run, log: Path, form: str
) -> None:
    ran = casepulse(*DUE, *WHY, "--format", form)
    assert (ran.status, ran.error) == (0, "")
    assert KEY.findall(ran.out) == ["child:k1"]
    assert KEY.findall(casepulse(*DUE, *WHY, "--restricted", "--format", form).out) == [
        *("child:k1", "child:k2")
    ]
    first, second = (each.look for each in _records(log))
    assert (first.form, first.list, first.asked.locality) == ("due", "cp_visits", "Stroud")
    assert (first.rows, second.rows) == (1, 2)
    assert first.reason == WHY[1]
    assert first.who.issuer == f"command line of {socket.gethostname()}"
    assert first.who.subject == pwd.getpwuid(os.getuid()).pw_name


def test_who_says_to_be_somebody_else_is_not(
    casepulse: Run, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    casepulse(*DUE, *WHY)
    assert _records(log)[0].look.who.subject != "somebody-else"


def test_without_a_line_in_the_log_nothing_is_shown(
    casepulse: Run, log: Path, archive: str
) -> None:
    log.write_bytes(b"")
    log.chmod(0o644)
    for command in (DUE, (*EXPLAIN, "--archive", archive), LETTERS):
        ran = casepulse(*command, *WHY)
        assert (ran.status, ran.out) == (1, "")
        assert "chmod 600" in ran.error


def _subjects(ran: Ran) -> set[str]:
    assert ran.status == 0, ran.error
    return {line["subject"] for line in ran.lines()}


def test_what_a_figure_rests_on_is_shown_without_restricted_records(
    casepulse: Run, county: bytes, log: Path, archive: str, tmp_path: Path
) -> None:
    command = (*EXPLAIN, *WHY, "--format", "json")
    every = _subjects(casepulse(*command, "--archive", archive))
    closed = sorted(every)[0]
    event = make_event(
        RestrictionChanged(restricted=True),
        id="closed-1",
        source="test",
        subject=closed,
        time=datetime(2021, 3, 1, tzinfo=UTC),
        recorded=datetime(2021, 3, 1, tzinfo=UTC),
    )
    more = str(tmp_path / "more")
    assert casepulse("archive", more, "-", given=county + write_event(event)).status == 0
    left = casepulse(*command, "--archive", more, "--known", "2021-02-10")
    assert _subjects(left) == every - {closed}, "restricted since, and so now"
    assert closed not in left.error
    assert _subjects(casepulse(*command, "--archive", more, "--restricted")) == every
    looks = [each.look for each in _records(log)]
    assert {(look.form, look.list) for look in looks} == {("explain", "cin_visits")}
    assert [look.rows for look in looks][1] < looks[0].rows == looks[2].rows


def test_letters_without_their_content_name_nobody_and_need_no_setting(casepulse: Run) -> None:
    ran = casepulse(*LETTERS[:2])
    assert ran.status == 0
    assert KEY.findall(ran.out) == []


def test_content_of_letters_is_written_down(casepulse: Run, log: Path) -> None:
    ran = casepulse(*LETTERS, *WHY)
    assert KEY.findall(ran.out) == ["child:k9"]
    [look] = (each.look for each in _records(log))
    assert (look.form, look.list, look.rows) == ("dead-letters", "dead letters", 1)


#: Commands that print events which their own files or seeds hold, and ask nobody's Redis or Kafka.
OF_FILES = {"casepulse.commands.events"}

#: What tells of a single case: a command that knows of one of these shows lines about children.
CHILD_LEVEL = re.compile(r"\b(list_reader|explain|read_letters)\(")


def test_no_other_command_shows_what_is_behind_a_figure() -> None:
    for command in COMMANDS:
        loaded(command)
    modules = {
        name: module
        for name, module in sys.modules.items()
        if name.startswith("casepulse.commands.")
    }
    asking = {
        name
        for name, module in modules.items()
        if CHILD_LEVEL.search(inspect.getsource(module))
        and "looker(" not in inspect.getsource(module)
    }
    assert not asking - OF_FILES
