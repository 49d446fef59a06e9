"""The commands about extracts: a look at one, telling it every night, a state that was lost."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Never

import pyarrow.parquet as pq
import pytest

from casepulse.batch.one_at_a_time import one_at_a_time
from casepulse.batch.told_store import FILE, TELLING, ToldStore
from casepulse.schemas.envelope import Event
from casepulse.schemas.events import read_event, write_event
from casepulse.streams.publishing import PublishError
from casepulse.streams.sources.account import Account, RefusedError
from casepulse.streams.sources.extract import Extract
from casepulse.streams.sources.readers import READERS
from casepulse.streams.urls import without_password
from casepulse.terminal import sending
from casepulse.terminal.extract_account import NAMED, say_rows
from tests.commanding import Ran, Run
from tests.unit.test_difference_of_extracts import FIRST
from tests.unit.test_ssda903 import HEADERS

IN_CARE = "{},01/05/2017,S,C2,N1,U1,PR1,,,,,,"
LEFT_CARE = "{},01/05/2017,S,C2,N1,U1,PR1,01/06/2017,E4A,,,,"
UNREADABLE = "{},31/31/2017,S,C2,N1,U1,PR1,,,,,,"

FIRST_NIGHT, SECOND_NIGHT, THIRD_NIGHT = "2018-07-02", "2018-07-03", "2018-07-04"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def extract(folder: Path, name: str, *rows: str, header: str = HEADERS["episodes"]) -> Path:
    """A return of children in care, a row each."""
    here = folder / name
    here.mkdir()
    lines = [row.format(number) for number, row in enumerate(rows, start=1)]
    (here / "episodes.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return here


def types(ran: Ran) -> list[str]:
    return [event["type"] for event in ran.lines()]


# --- list ---


def test_the_sources_are_listed_with_how_many_measures_they_feed(casepulse: Run) -> None:
    ran = casepulse("sources", "list")
    assert ran.status == 0
    for name, reader in READERS.items():
        assert re.search(rf"{name} .*\d+ of \d+", ran.out)
        assert reader.what.split()[0] in ran.out


def test_what_a_source_feeds_is_what_measures_does_not_leave_out(
    casepulse: Run, folder: Path
) -> None:
    profile = folder / "county.toml"
    profile.write_text('base = "january-2021"\nsources = ["ssda903"]\n', encoding="utf-8")
    fed = re.search(r"ssda903 .* (\d+) of (\d+)", casepulse("sources", "list").out)
    assert fed is not None
    told = casepulse("measures", "--profile", profile, "--format", "json").lines()
    assert sum(not each["not_in_sources"] for each in told) == int(fed[1])
    assert len(told) == int(fed[2])


# --- check ---


def test_what_is_in_an_extract_is_said_and_nothing_is_told(casepulse: Run, folder: Path) -> None:
    place = extract(folder, "first", IN_CARE, LEFT_CARE)
    ran = casepulse("sources", "check", "ssda903", place)
    assert (ran.status, ran.error) == (0, "")
    assert "What became of every row" in ran.out
    assert re.search(r"episodes\.csv +2 +2 ", ran.out)
    assert "missing: header.csv" in ran.out
    assert "the year of the return ends on 2018-03-31" in ran.out
    assert re.search(r"care_period\.ended +1 ", ran.out)
    assert re.search(r"\d+ of \d+ measures can be had from ssda903, and \d+ can't", ran.out)
    assert "casepulse measures" in ran.out
    assert sorted(path.name for path in folder.iterdir()) == ["first"]


def test_what_it_would_change_is_said_where_there_is_a_state(casepulse: Run, folder: Path) -> None:
    state = folder / "state"
    first, second = extract(folder, "1", IN_CARE), extract(folder, "2", LEFT_CARE, IN_CARE)
    casepulse("sources", "run", "ssda903", first, "--state", state, "--taken", FIRST_NIGHT)
    before = (state / FILE).read_bytes()
    ran = casepulse("sources", "check", "ssda903", second, "--state", state)
    assert (ran.status, ran.error) == (0, "")
    assert re.search(r"care_period\.started +1 +1 .* 2 ", ran.out)
    assert (state / FILE).read_bytes() == before


def test_bad_rows_unknown_columns_and_what_would_be_refused_are_said(
    casepulse: Run, folder: Path
) -> None:
    header = HEADERS["episodes"] + ",SHOE_SIZE"
    place = extract(folder, "1", *[f"{UNREADABLE},9"] * 3, f"{IN_CARE},9", header=header)
    ran = casepulse("sources", "check", "ssda903", place)
    assert ran.status == 1
    assert "episodes.csv, line 2, DECOM: " in ran.out
    assert "columns that are not read: SHOE_SIZE" in ran.out
    assert "episodes.csv: 3 of 4 rows can't be read" in ran.error
    assert "31/31" not in ran.out + ran.error


def test_a_bad_row_alone_is_1(casepulse: Run, folder: Path) -> None:
    place = extract(folder, "1", UNREADABLE, IN_CARE, IN_CARE)
    ran = casepulse("sources", "check", "ssda903", place)
    assert ran.status == 1
    assert "bad rows, which would be left out: 1" in ran.error


def test_codes_that_are_not_known_are_said_by_column_and_of_many_bad_rows_how_many(
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = Account("visits.csv", rows=NAMED + 7)
    account.unknown_codes["VISIT_TYPE"] = 3
    for line in range(NAMED + 7):
        account.refuse(line, RefusedError("DATE", "is no date"), None)
    say_rows(Extract("x", FIRST, (), accounts=[account]))
    said = capsys.readouterr().err
    assert "visits.csv, VISIT_TYPE: codes that are not known, and were left out: 3" in said
    assert said.count("DATE: is no date") == NAMED + 1
    assert "visits.csv, DATE: is no date: 7 more rows" in said


# --- diff ---


@pytest.mark.parametrize("named", [("ssda903",), ("--source", "ssda903"), ()])
def test_a_difference_of_a_source_that_is_named_or_not(
    casepulse: Run, folder: Path, named: tuple[str, ...]
) -> None:
    first, second = extract(folder, "1", IN_CARE), extract(folder, "2", LEFT_CARE)
    ran = casepulse("sources", "diff", *named, first, second, "--taken", SECOND_NIGHT)
    assert (ran.status, types(ran)) == (0, ["care_period.ended"])


def test_a_broken_return_has_no_difference_until_it_is_accepted(
    casepulse: Run, folder: Path
) -> None:
    first, second = extract(folder, "1", IN_CARE), extract(folder, "2", *[UNREADABLE] * 3)
    for command in (("sources", "diff", first, second), ("import", "ssda903", second)):
        ran = casepulse(*command)
        assert (ran.status, ran.out) == (1, "")
        assert "episodes.csv: 3 of 3 rows can't be read" in ran.error
        accepted = casepulse(*command, "--accept")
        assert (accepted.status, accepted.out) == (1, "")
        assert "bad rows left out: 3" in accepted.error


# --- run ---


def test_night_after_night(casepulse: Run, folder: Path) -> None:
    run = ("--state", folder / "state")
    first, second = extract(folder, "1", IN_CARE, IN_CARE), extract(folder, "2", LEFT_CARE, IN_CARE)
    told = casepulse("sources", "run", "ssda903", first, *run, "--taken", FIRST_NIGHT)
    assert told.status == 0
    assert types(told).count("care_period.started") == 2
    changed = casepulse("sources", "run", "ssda903", second, *run, "--taken", SECOND_NIGHT)
    assert (changed.status, types(changed)) == (0, ["care_period.ended"])
    assert re.search(r"care_period\.ended +0 +1 ", changed.error)
    diff = casepulse("sources", "diff", first, second, "--taken", SECOND_NIGHT)
    assert changed.out == diff.out
    for night in (SECOND_NIGHT, THIRD_NIGHT):
        again = casepulse("sources", "run", "ssda903", second, *run, "--taken", night)
        assert (again.status, again.out) == (0, "")
        assert "nothing has changed" in again.error


def test_an_earlier_extract_is_refused_with_both_instants(casepulse: Run, folder: Path) -> None:
    run = ("--state", folder / "state")
    first, second = extract(folder, "1", IN_CARE), extract(folder, "2", LEFT_CARE)
    casepulse("sources", "run", "ssda903", second, *run, "--taken", SECOND_NIGHT)
    earlier = casepulse("sources", "run", "ssda903", first, *run, "--taken", FIRST_NIGHT)
    assert (earlier.status, earlier.out) == (1, "")
    assert "2018-07-01T23:00:00+00:00" in earlier.error
    assert "2018-07-02T23:00:00+00:00" in earlier.error
    assert "What has changed" not in earlier.error


def test_an_extract_that_is_cut_short_is_refused_until_it_is_accepted(
    casepulse: Run, folder: Path
) -> None:
    run = ("--state", folder / "state")
    whole, short = extract(folder, "1", LEFT_CARE), extract(folder, "2", IN_CARE)
    casepulse("sources", "run", "ssda903", whole, *run, "--taken", FIRST_NIGHT)
    before = (folder / "state" / FILE).read_bytes()
    again = ("sources", "run", "ssda903", short, *run, "--taken", SECOND_NIGHT)
    ran = casepulse(*again)
    assert (ran.status, ran.out) == (1, "")
    assert "care_period.ended: 1 before, 0 in the extract; 1 would be withdrawn" in ran.error
    assert (folder / "state" / FILE).read_bytes() == before
    accepted = casepulse(*again, "--accept")
    assert (accepted.status, types(accepted)) == (0, ["record.voided"])


def test_a_bad_row_is_1_and_the_rest_is_told_and_kept(casepulse: Run, folder: Path) -> None:
    place = extract(folder, "1", UNREADABLE, IN_CARE, IN_CARE)
    ran = casepulse("sources", "run", "ssda903", place, "--state", folder / "state")
    assert (ran.status, len(ran.lines())) == (1, 6)
    assert "bad rows left out: 1" in ran.error
    assert len(ToldStore(str(folder / "state"), "ssda903").read().records) == 6


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_place_that_is_not_there_is_one_line(casepulse: Run, folder: Path, command: str) -> None:
    given = ("--state", folder / "state")
    ran = casepulse("sources", command, "ssda903", folder / "nowhere", *given)
    assert (ran.status, ran.out) == (1, "")
    assert len(ran.error.splitlines()) == 1
    assert "nowhere" in ran.error
    assert not (folder / "state" / FILE).exists()


@pytest.mark.parametrize("command", ["run", "check"])
def test_the_state_of_another_source_is_one_line(
    casepulse: Run, folder: Path, command: str
) -> None:
    ToldStore(str(folder / "state"), "ssd").keep(ToldStore(str(folder / "state"), "ssd").read())
    place = extract(folder, "1", IN_CARE)
    ran = casepulse("sources", command, "ssda903", place, "--state", folder / "state")
    assert (ran.status, ran.out) == (1, "")
    assert "is what ssd has told, and not ssda903" in ran.error
    assert len(ran.error.splitlines()) == 1


@pytest.mark.parametrize("command", ["run", "rebuild"])
def test_while_a_run_is_at_work_another_is_refused(
    casepulse: Run, folder: Path, command: str
) -> None:
    state, place = folder / "state", extract(folder, "1", IN_CARE)
    first = casepulse("sources", "run", "ssda903", place, "--state", state)
    (folder / "first.jsonl").write_text(first.out, encoding="utf-8")
    casepulse("archive", folder / "archive", folder / "first.jsonl")
    given = [place] if command == "run" else ["--from-archive", folder / "archive"]
    with one_at_a_time(str(state)):
        ran = casepulse("sources", command, "ssda903", *given, "--state", state)
    assert (ran.status, ran.out) == (1, "")
    assert "another run is at work on this state" in ran.error
    assert casepulse("sources", command, "ssda903", *given, "--state", state).status == 0


@pytest.mark.parametrize(
    "command",
    [("list", "ssd2"), ("check", "ssd2", "x"), ("run", "ssd2", "x"), ("run", "ssda903", "x")],
)
def test_what_is_wrong_with_the_command_is_2(casepulse: Run, command: tuple[str, ...]) -> None:
    ran = casepulse("sources", *command)
    assert ran.status == 2
    if command[:2] in {("check", "ssd2"), ("run", "ssd2")}:
        assert "there are: ssd, " in ran.said()


def test_what_a_profile_says_of_the_extracts_is_minded(casepulse: Run, folder: Path) -> None:
    profile = folder / "county.toml"
    secret = folder / "secret"
    secret.write_text("a secret that is long enough", encoding="utf-8")
    said = f'base = "january-2021"\n[extracts.ssda903]\nkey_file = "{secret}"\n'
    profile.write_text(said, encoding="utf-8")
    place = extract(folder, "1", IN_CARE)
    seen: list[Any] = []
    with reading(seen):
        casepulse("sources", "check", "ssda903", place, "--profile", profile)
        casepulse("sources", "diff", place, place, "--profile", profile)
        given = ("--state", folder / "state", "--profile", profile)
        casepulse("sources", "run", "ssda903", place, *given)
        casepulse("import", "ssda903", place, "--profile", profile)
    assert [each.settings.key_file for each in seen] == [str(secret)] * 5


@contextmanager
def reading(seen: list[Any]) -> Iterator[None]:
    """Notes what the reader of the SSDA903 return was asked to read."""
    from casepulse.streams.sources import ssda903  # noqa: PLC0415

    read = ssda903.read

    def noted(request: Any) -> Extract:
        seen.append(request)
        return read(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssda903, "read", noted)
        yield


# --- publishing ---


class Kafka:
    """Takes events, until it does not."""

    def __init__(self) -> None:
        self.events: list[Event[Any]] = []
        self.takes = 1000

    def publish_all(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            if len(self.events) >= self.takes:
                raise PublishError("Kafka did not take 1 events; the first: it is gone")
            self.events.append(read_event(line))

    @contextmanager
    def __call__(self, *given: object) -> Iterator["Kafka"]:
        yield self


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    kafka = Kafka()
    monkeypatch.setattr(sending, "Publisher", kafka)
    return kafka


def test_what_kafka_did_not_take_is_told_first_by_the_next_run(
    casepulse: Run, folder: Path, kafka: Kafka
) -> None:
    state = ("--state", folder / "state", "--publish")
    first, second = extract(folder, "1", IN_CARE, IN_CARE), extract(folder, "2", LEFT_CARE, IN_CARE)
    kafka.takes = 2
    ran = casepulse("sources", "run", "ssda903", first, *state, "--taken", FIRST_NIGHT)
    assert (ran.status, ran.out, len(kafka.events)) == (1, "", 2)
    assert ran.error == "casepulse: Kafka did not take 1 events; the first: it is gone\n"
    assert not (folder / "state" / FILE).exists()
    kafka.takes = 1000
    ran = casepulse("sources", "run", "ssda903", second, *state, "--taken", SECOND_NIGHT)
    assert (ran.status, ran.out) == (0, "")
    assert "a run before was broken off: the rest of it was told first" in ran.error
    assert "1 events published and acknowledged" in ran.error
    assert [event.type for event in kafka.events[2 + 6 :]] == ["care_period.ended"]
    assert not (folder / "state" / TELLING).exists()


def test_where_kafka_is_not_nothing_is_begun(
    casepulse: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*given: object) -> Never:
        raise PublishError("Kafka: it does not answer")

    monkeypatch.setattr(sending, "Publisher", gone)
    place = extract(folder, "1", IN_CARE)
    ran = casepulse("sources", "run", "ssda903", place, "--state", folder / "state", "--publish")
    assert (ran.status, ran.out) == (1, "")
    assert ran.error == "casepulse: Kafka: it does not answer\n"
    assert not (folder / "state").exists()


# --- rebuild ---


def test_a_state_that_was_lost_is_made_again_of_an_archive(casepulse: Run, folder: Path) -> None:
    kept, again = folder / "kept", folder / "again"
    nights = [
        extract(folder, "1", IN_CARE, LEFT_CARE),
        extract(folder, "2", LEFT_CARE, LEFT_CARE.replace("E4A", "E11")),
        extract(folder, "3", IN_CARE),
    ]
    told = ""
    for place, night in zip(nights[:2], (FIRST_NIGHT, SECOND_NIGHT), strict=True):
        told += casepulse("sources", "run", "ssda903", place, "--state", kept, "--taken", night).out
    (folder / "told.jsonl").write_text(told, encoding="utf-8")
    casepulse("archive", folder / "archive", folder / "told.jsonl")
    rebuild = ("sources", "rebuild", "ssda903", "--from-archive", folder / "archive")
    ran = casepulse(*rebuild, "--state", again)
    assert (ran.status, ran.out) == (0, "")
    assert "ssda903 has told 8 facts, of which 8 hold" in ran.error
    assert pq.read_table(again / FILE).to_pylist() == pq.read_table(kept / FILE).to_pylist()
    third = ("sources", "run", "ssda903", nights[2], "--accept", "--taken", THIRD_NIGHT)
    assert casepulse(*third, "--state", again).out == casepulse(*third, "--state", kept).out != ""


def test_of_events_of_others_no_state_is_made(casepulse: Run, folder: Path, county: bytes) -> None:
    casepulse("archive", folder / "archive", "-", given=county)
    given = ("--state", folder / "state", "--from-archive", folder / "archive")
    ran = casepulse("sources", "rebuild", "ssda903", *given)
    assert ran.status == 1
    assert "not one of the events is of this source" in ran.error
    assert not (folder / "state" / FILE).exists()


def test_a_state_made_again_knows_nothing_of_a_run_that_was_broken_off(
    casepulse: Run, folder: Path, kafka: Kafka
) -> None:
    """What of it was told, the events say; the rest is told by the next run as its own."""
    state = ("--state", folder / "state")
    first, second = extract(folder, "1", IN_CARE, IN_CARE), extract(folder, "2", *[LEFT_CARE] * 2)
    casepulse("sources", "run", "ssda903", first, *state, "--publish", "--taken", FIRST_NIGHT)
    kafka.takes = len(kafka.events) + 1
    casepulse("sources", "run", "ssda903", second, *state, "--publish", "--taken", SECOND_NIGHT)
    assert (folder / "state" / TELLING).exists()
    told = b"".join(write_event(event) + b"\n" for event in kafka.events)
    casepulse("archive", folder / "archive", "-", given=told)
    casepulse("sources", "rebuild", "ssda903", *state, "--from-archive", folder / "archive")
    ran = casepulse("sources", "run", "ssda903", second, *state, "--taken", THIRD_NIGHT)
    assert types(ran) == ["care_period.ended"]


def test_an_extract_of_nothing_is_refused_and_the_next_is_the_first(
    casepulse: Run, folder: Path
) -> None:
    state = ("--state", folder / "state")
    empty, first = extract(folder, "empty"), extract(folder, "first", IN_CARE.format(1))
    ran = casepulse("sources", "run", "ssda903", empty, *state, "--taken", FIRST_NIGHT)
    assert ran.status == 1
    assert "nothing that could be told" in ran.error
    ran = casepulse("sources", "run", "ssda903", first, *state, "--taken", SECOND_NIGHT)
    assert all(event["recordedtime"] == event["time"] for event in ran.lines())


# --- passwords ---


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("2018/", "2018/"),
        ("postgresql+psycopg://me:s3cret@db:5432/ssd", "postgresql+psycopg://me:…@db:5432/ssd"),
        ("mssql+pyodbc://db/ssd", "mssql+pyodbc://db/ssd"),
        ("mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BPWD%3Ds3cret", "mssql+pyodbc:///"),
        ("postgresql://db/ssd?user=me&password=s3cret", "postgresql://db/ssd"),
        (r"C:\extracts\2018", r"C:\extracts\2018"),
    ],
)
def test_no_password_is_shown(place: str, shown: str) -> None:
    assert without_password(place) == shown


_URL = "postgresql://me:s3cret@db/ssd"


@pytest.mark.parametrize(
    "command",
    [
        ("check", "annex-a", _URL),
        ("check", "cin-census", _URL),
        ("check", "dfe-payload", _URL),
        ("check", "ssda903", _URL),
        ("check", "ssd", "postgresql://me:or@s3cret@db/ssd"),
        ("run", "ssd", "2018", "--state", "nowhere://me:s3cret@db/ssd"),
    ],
)
def test_no_password_is_in_an_error(casepulse: Run, command: tuple[str, ...]) -> None:
    ran = casepulse("sources", *command)
    assert ran.status == 1
    assert "s3cret" not in ran.error
