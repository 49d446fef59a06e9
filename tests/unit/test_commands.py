"""The command line: what it teaches, what it prints, and how it says that something is wrong."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from datetime import date
from importlib import import_module
from importlib.metadata import requires, version
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from typer.main import get_group

from casepulse import commands as casepulse_commands
from casepulse.access.reading import ListRead
from casepulse.commands import loaded
from casepulse.counties.scenario import scenario
from casepulse.schemas.due import Due
from casepulse.schemas.events import EVENTS, write_event
from casepulse.schemas.measure import Section
from casepulse.schemas.view import CellView
from casepulse.state import COUNTY, open_catalogue
from casepulse.streams.settings import PREFIX, Settings
from casepulse.terminal.extras import how_to_get
from tests.commanding import Run
from tests.services import ROOT

ESCAPE = "\x1b"

CELL = ["measure", "period", "locality", "numerator", "denominator", "statuses"]

COMMANDS = (
    "demo",
    "worker",
    "topics",
    "publish",
    "import",
    "import ssda903",
    "sources",
    "sources list",
    "sources check",
    "sources diff",
    "sources run",
    "sources rebuild",
    "scenario",
    "evaluate",
    "measures",
    "schemas",
    "dead-letters",
    "dead-letters list",
    "dead-letters replay",
)


#: Libraries that one command or another needs.
HEAVY = {
    *(
        "aiohttp",
        "authlib",
        "fastapi",
        "faust",
        "fsspec",
        "kafka",
        "matplotlib",
        "numpy",
        "pyarrow",
    ),
    *("pydantic", "redis", "uvicorn", "weasyprint"),
    *("casepulse.state", "casepulse.agents", "casepulse.streams", "casepulse.batch"),
}


# Help


def test_help_of_all_says_of_each_what_its_own_says_first() -> None:
    """It is shown without loading any: a copy, then, of what stands there."""
    for name, late in casepulse_commands.COMMANDS.items():
        command = loaded(name)
        assert command.help.partition("\n\n")[0] == late.help
    modules = {
        import_module(f"casepulse.commands.{each.module}")
        for each in casepulse_commands.COMMANDS.values()
    }
    there = {name for module in modules for name in get_group(module.commands).commands}
    assert there == set(casepulse_commands.COMMANDS)


def test_help_loads_no_library_of_any_command() -> None:
    """It came after 3.5 seconds of CPU, of which nearly all was loading what was not asked for."""
    program = (
        "import sys\n"
        "from casepulse.commands import application\n"
        "sys.argv = ['casepulse', '--help']\n"
        "try:\n    application()\n"
        "finally:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "Usage: casepulse" in ran.stdout
    assert not set(ran.stderr.split()) & HEAVY


def test_a_worker_needs_no_library_of_an_extra() -> None:
    """What a worker needs is small: `pip install casepulse`."""
    bringing = re.compile(r"([\w.-]+).*; extra == .(releases|report|web|embedded)")
    brought = {
        match[1]
        for each in requires("casepulse") or ()
        if (match := bringing.match(each)) and not each.startswith("casepulse")
    }
    assert {"pyarrow", "fastapi", "matplotlib", "confluent-kafka"} <= brought
    program = "import sys\nimport casepulse.commands.running\nprint(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded_too = {name.replace("_", "-") for name in ran.stdout.split()}
    assert "faust" in loaded_too
    assert not loaded_too & brought


@pytest.mark.parametrize("command", ["archive", "explain", "report", "sources run", "what-if"])
def test_help_of_a_command_needs_no_arrow(command: str) -> None:
    """It is an extra, and who asks what a command does may not have it yet."""
    program = (
        "import sys\n"
        "sys.modules['pyarrow'] = None  # as where it is not installed\n"
        f"sys.argv = ['casepulse', *{command.split()}, '--help']\n"
        "from casepulse.__main__ import main\nmain()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert f"Usage: casepulse {command}" in ran.stdout


@pytest.mark.parametrize(
    ("module", "command", "said"),
    [
        ("pyarrow", ["release", "list"], "pip install 'casepulse[releases]'"),
        ("pyarrow", ["archive", "archive", "-"], "pip install 'casepulse[releases]'"),
        ("fastapi", ["web"], "pip install 'casepulse[web]'"),
    ],
)
def test_a_command_names_the_extra_that_it_lacks(
    module: str, command: list[str], said: str, tmp_path: Path
) -> None:
    program = (
        "import sys\n"
        f"sys.modules[{module!r}] = None  # as where it is not installed\n"
        f"sys.argv = ['casepulse', *{command!r}]\n"
        "from casepulse.__main__ import main\nmain()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("module", "extra"),
    [("weasyprint.text", "report"), ("font_source_sans_pro", "report"), ("multipart", None)],
)
def test_how_a_library_is_got(module: str, extra: str | None) -> None:
    said = how_to_get(module)
    assert said is None if extra is None else f"'casepulse[{extra}]'" in (said or "")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains(casepulse: Run, command: str) -> None:
    ran = casepulse(*command.split(), "--help")
    assert ran.status == 0
    assert "Usage: casepulse" in ran.out
    described = [
        line.strip()
        for line in ran.out.splitlines()
        if re.match(r" \S", line) and "Usage" not in line
    ]
    assert len(" ".join(described)) > 25, "a sentence that says what it is for"
    assert ran.error == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_help_breaks_a_line_only_where_the_terminal_ends(casepulse: Run, command: str) -> None:
    prose = casepulse(*command.split(), "--help").out.partition("╭")[0].splitlines()
    width = max(map(len, prose))
    for line, following in pairwise(map(str.rstrip, prose)):
        if line and following:
            assert len(line) + 1 + len(following.split()[0]) >= width, line


@pytest.mark.parametrize(
    "command",
    [
        *("demo", "worker", "publish", "import ssda903", "scenario", "evaluate", "schemas"),
        *("sources", "sources check", "sources diff", "sources run", "sources rebuild"),
    ],
)
def test_help_shows_an_example(casepulse: Run, command: str) -> None:
    told = casepulse(*command.split(), "--help").out
    _, _, rest = told.partition("Usage:")[2].partition("\n")
    assert re.search(rf"casepulse {command}\b", rest)


def test_the_version_is_said(casepulse: Run) -> None:
    assert casepulse("--version").out == f"casepulse {version('casepulse')}\n"


def test_every_command_is_in_the_list(casepulse: Run) -> None:
    told = casepulse("--help").out
    assert all(re.search(rf"│ {command.split()[0]} ", told) for command in COMMANDS)
    assert "casepulse demo" in told, "where to begin"


def test_the_worker_help_lists_every_setting(casepulse: Run) -> None:
    told = casepulse("worker", "--help").out
    for name in Settings.model_fields:
        assert f"{PREFIX}{name.upper()}:" in told
    assert "127.0.0.1:9092" in told


def test_no_arguments_show_the_help(casepulse: Run) -> None:
    assert "Usage: casepulse" in casepulse().out


# What is wrong with the command or a setting: 2


@pytest.mark.parametrize(
    ("variable", "value", "hint"),
    [
        ("KAFKA", "s3cret", "host:port"),
        ("REDIS", "s3cret", "redis://host:port/0"),
        ("NAME", "s3cret with spaces", "match"),
        ("PARTITIONS", "999111", "less than or equal to 512"),
        ("CLOCK", "s3cret", "'events' or 'ticks'"),
        ("ROLE", "s3cret", "'all', 'cases' or 'board'"),
        ("LOG_LEVEL", "s3cret", "debug, info, warning, error"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_repeated(
    casepulse: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, hint: str
) -> None:
    monkeypatch.setenv(f"{PREFIX}{variable}", value)
    ran = casepulse("topics")
    assert ran.status == 2
    assert ran.error.startswith(f"casepulse: {PREFIX}{variable}: ")
    assert hint in ran.error
    assert value.partition(" ")[0] not in ran.error
    assert ran.out == ""


def test_a_file_of_a_secret_that_is_not_there_is_named(
    casepulse: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(f"{PREFIX}REDIS_PASSWORD_FILE", str(tmp_path / "nowhere"))
    ran = casepulse("topics")
    assert ran.status == 2
    assert f"{PREFIX}REDIS_PASSWORD_FILE" in ran.error


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        ("authority = 'Shire'\n[rag]\nfar_below = 'much'\n", "line 4: rag.far_below"),
        ("[measures.cp_visits]\nstandards.seen = '10 moons'\n", "line 3: measures.cp_visits"),
        ("authority = 'Shire'\nlocalities = ['North']\n", "locality_of_others"),
        ("authority =\n", "line 2"),
    ],
)
def test_a_profile_with_an_error_is_refused_with_its_line(
    casepulse: Run, tmp_path: Path, profile: str, told: str
) -> None:
    path = tmp_path / "shire.toml"
    path.write_text(f"base = 'january-2021'\n{profile}", encoding="utf-8")
    ran = casepulse("measures", "--profile", path)
    assert ran.status == 2
    assert str(path) in ran.error
    assert told in ran.error
    assert "Traceback" not in ran.error


@pytest.mark.parametrize("option", ["--at", "--known"])
def test_a_time_without_an_offset_is_refused_with_a_hint(casepulse: Run, option: str) -> None:
    given = {"--at": "2021-02-01", option: "2021-02-01T09:00"}
    arguments = [part for pair in given.items() for part in pair]
    ran = casepulse("evaluate", "-", *arguments)
    assert ran.status == 2
    told = " ".join(ran.error.replace("│", " ").split())
    assert "has no offset; write 2021-02-01T09:00+00:00, or the day alone" in told


@pytest.mark.parametrize("words", ["yesterday", "2021-13-01", "01/02/2021"])
def test_what_is_no_instant_is_refused_with_an_example(casepulse: Run, words: str) -> None:
    ran = casepulse("evaluate", "-", "--at", words)
    assert ran.status == 2
    assert "2021-02-01T09:00:00+00:00" in ran.error


def test_an_unknown_type_of_event_is_refused_with_a_hint(casepulse: Run) -> None:
    ran = casepulse("schemas", "visit.painted")
    assert ran.status == 2
    assert "casepulse schemas" in ran.error


# What could not be done, or bad input: 1


def test_a_bad_line_is_told_and_the_rest_is_used(
    casepulse: Run, county: bytes, tmp_path: Path
) -> None:
    good = tmp_path / "good.jsonl"
    mixed = tmp_path / "mixed.jsonl"
    good.write_bytes(county)
    first, _, rest = county.partition(b"\n")
    mixed.write_bytes(first + b'\n{"type":"visit.recorded","name":"Ann Other"}\n\n' + rest)
    arguments = ("--at", "2021-02-01", "--format", "json")
    expected = casepulse("evaluate", good, *arguments)

    ran = casepulse("evaluate", mixed, *arguments)

    assert expected.status == 0
    assert ran.status == 1
    assert f"{mixed}:2: invalid: " in ran.error
    assert "bad lines left out: 1" in ran.error
    assert "Ann Other" not in ran.error
    assert ran.out == expected.out


def test_a_file_that_is_not_there_is_one_line(casepulse: Run, tmp_path: Path) -> None:
    ran = casepulse("evaluate", tmp_path / "nowhere.jsonl", "--at", "2021-02-01")
    assert ran.status == 1
    assert "nowhere.jsonl" in ran.error
    assert len(ran.error.splitlines()) == 1


# Figures


def test_json_has_a_cell_a_line(casepulse: Run, county: bytes) -> None:
    ran = casepulse("evaluate", "-", "--at", "2021-02-01", "--format", "json", given=county)
    assert ran.status == 0
    assert ran.error == ""
    cells = ran.lines()
    assert all(list(cell) == CELL for cell in cells)
    assert all(CellView.model_validate(cell) for cell in cells)
    assert {"at", "2021-01"} <= {cell["period"] for cell in cells}
    contacts = {
        cell["locality"]: cell["denominator"]
        for cell in cells
        if cell["measure"] == "initial_contact_decision" and cell["period"] == "2021-01"
    }
    assert contacts.pop(COUNTY) == sum(contacts.values()) > 0


def test_what_was_recorded_later_is_not_known(casepulse: Run, county: bytes) -> None:
    ran = casepulse(
        *("evaluate", "-", "--at", "2021-02-01", "--known", "2010-01-01", "--format", "json"),
        given=county,
    )
    assert ran.status == 0
    assert not any(cell["numerator"] for cell in ran.lines())


def test_csv_has_a_status_a_row_with_the_counts_of_json(casepulse: Run, county: bytes) -> None:
    arguments = ("evaluate", "-", "--at", "2021-02-01", "--format")
    cells = casepulse(*arguments, "json", given=county).lines()
    rows = list(csv.DictReader(io.StringIO(casepulse(*arguments, "csv", given=county).out)))
    assert list(rows[0]) == [*CELL[:-1], "status", "count"]
    assert [
        (row["measure"], row["locality"], row["status"], int(row["count"])) for row in rows
    ] == [
        (cell["measure"], cell["locality"], status, count)
        for cell in cells
        for status, count in cell["statuses"].items()
    ]


def test_the_table_has_every_section_and_says_as_at_when(casepulse: Run, county: bytes) -> None:
    ran = casepulse("evaluate", "-", "--at", "2021-02-01", given=county)
    assert ran.status == 0
    assert "as at 01 February 2021 00:00" in ran.out
    measures = casepulse("measures", "--format", "json").lines()
    parts = open_catalogue().part_of
    for measure in measures:
        assert parts.get(measure["measure"], measure["section"]) in ran.out
    assert ESCAPE not in ran.out


def test_no_color_leaves_the_colour_out_even_on_a_terminal(
    casepulse: Run, county: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    colour = re.compile(r"\x1b\[(?:\d+;)*[349]\d")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")  # stands for a terminal
    assert colour.search(casepulse("evaluate", "-", "--at", "2021-02-01", given=county).out)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colour.search(casepulse("evaluate", "-", "--at", "2021-02-01", given=county).out)


# Listings


def test_measures_tell_their_definition(casepulse: Run) -> None:
    measures = casepulse("measures", "--format", "json").lines()
    assert measures
    assert len({measure["measure"] for measure in measures}) == len(measures)
    for measure in measures:
        assert measure["definition"].endswith(".")
        assert measure["section"] in {section.value for section in Section}
        assert set(measure["numerator"]) <= set(measure["statuses"])
    table = casepulse("measures")
    assert table.status == 0
    assert all(measure["measure"] in table.out for measure in measures)


def test_schemas_lists_every_type_with_its_first_line(casepulse: Run) -> None:
    lines = casepulse("schemas").out.splitlines()
    assert [line.split()[0] for line in lines] == list(EVENTS)
    assert all(line.endswith(".") for line in lines)


def test_each_schema_is_valid_and_accepts_an_event_of_its_type(
    casepulse: Run, tmp_path: Path
) -> None:
    assert casepulse("schemas", "--directory", tmp_path).status == 0
    schemas = {
        name: json.loads((tmp_path / f"{name}.schema.json").read_text(encoding="utf-8"))
        for name in EVENTS
    }
    validators = {}
    for name, schema in schemas.items():
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        Draft202012Validator.check_schema(schema)
        validators[name] = Draft202012Validator(schema)
    accepted = set()
    for event in scenario(children=150, months=3):
        if event.type not in accepted:
            accepted.add(event.type)
            told = json.loads(write_event(event))
            assert not list(validators[event.type].iter_errors(told)), event.type
            assert not validators[event.type].is_valid({**told, "unheard_of": 1})
    assert len(accepted) > 20
    assert json.loads(casepulse("schemas", "visit.recorded").out) == schemas["visit.recorded"]


def references(document: Any) -> list[str]:
    """Every `$ref` in a document."""
    if isinstance(document, dict):
        own = [document["$ref"]] if isinstance(document.get("$ref"), str) else []
        return own + [each for value in document.values() for each in references(value)]
    if isinstance(document, list):
        return [each for value in document for each in references(value)]
    return []


def test_every_reference_of_the_asyncapi_document_resolves(casepulse: Run) -> None:
    document = json.loads(casepulse("schemas", "--asyncapi").out)
    assert document["asyncapi"].startswith("3.")
    both = {*EVENTS, *(f"{name}.binary" for name in EVENTS)}
    assert set(document["channels"]["events"]["messages"]) == both
    found = references(document)
    assert len(found) > len(EVENTS)
    for reference in found:
        assert reference.startswith("#/")
        there = document
        for part in reference[2:].split("/"):
            there = there[part.replace("~1", "/").replace("~0", "~")]


# Where events come from


def test_the_same_scenario_is_the_same_bytes_in_another_process(
    casepulse: Run, county: bytes
) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "casepulse", "scenario", "--children", "30", "--months", "1"],
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "1"},  # another order of sets than here
        check=True,
    ).stdout
    assert told == county
    other = casepulse("scenario", "--children", "30", "--months", "1", "--seed", "8")
    assert other.out.encode() != county


def test_a_reader_who_has_seen_enough_is_no_trouble() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "casepulse", "scenario", "--children", "30"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 1


HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1,1,01/05/2010,WBRI,A123456789012,,\n"
EPISODES = (
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,"
    "HOME_POST,PL_POST,URN\n1,01/05/2017,S,C2,N1,U1,PR1,,,,,,\n"
)


def test_an_ssda903_return_becomes_events_that_count(casepulse: Run, tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_text(HEADER, encoding="utf-8")
    (tmp_path / "episodes.csv").write_text(EPISODES, encoding="utf-8")

    ran = casepulse("import", "ssda903", tmp_path)

    assert ran.status == 0
    assert {event["subject"] for event in ran.lines()} == {"child:1"}
    assert "What became of every row" in ran.error
    assert "missing: " in ran.error
    assert "the year of the return ends on 2018-03-31" in ran.error
    figures = casepulse(
        *("evaluate", "-", "--at", "2018-04-01", "--format", "json"), given=ran.out.encode()
    )
    assert [
        cell["numerator"]
        for cell in figures.lines()
        if (cell["measure"], cell["locality"]) == ("children_in_care", COUNTY)
    ] == [1]


def test_a_bad_row_is_told_by_file_line_and_column(casepulse: Run, tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_text(HEADER, encoding="utf-8")
    (tmp_path / "episodes.csv").write_text(
        EPISODES + EPISODES.splitlines()[1].replace("1,01/05", "2,99/05") + "\n"
    )
    ran = casepulse("import", "ssda903", tmp_path)
    assert ran.status == 1
    assert re.search(r"episodes\.csv\D+3\D.*DECOM", ran.error)
    assert "bad rows left out: 1" in ran.error
    assert ran.lines(), "the rest is told"


def test_a_folder_that_is_no_return_is_one_line(casepulse: Run, tmp_path: Path) -> None:
    ran = casepulse("import", "ssda903", tmp_path)
    assert ran.status == 1
    assert "episodes.csv" in ran.error
    assert len(ran.error.splitlines()) == 1


def _returns(folder: Path, *episodes: str) -> list[Path]:
    """Folders of returns, each with one more line of episodes than a header."""
    folders = []
    for number, rows in enumerate(episodes):
        folders.append(folder / str(number))
        folders[-1].mkdir()
        (folders[-1] / "header.csv").write_text(HEADER, encoding="utf-8")
        (folders[-1] / "episodes.csv").write_text(
            EPISODES.splitlines()[0] + f"\n{rows}\n", encoding="utf-8"
        )
    return folders


IN_CARE = "1,01/05/2017,S,C2,N1,U1,PR1,,,,,,"
LEFT_CARE = "1,01/05/2017,S,C2,N1,U1,PR1,01/06/2017,E4A,,,,"


def test_what_a_later_return_changes_is_told(casepulse: Run, tmp_path: Path) -> None:
    first, second, third = _returns(tmp_path, IN_CARE, LEFT_CARE, LEFT_CARE.replace("E4A", "E11"))
    diff = ("sources", "diff", first, second)

    ran = casepulse(*diff, "--taken", "2018-07-02")

    assert ran.status == 0
    (event,) = ran.lines()
    assert (event["type"], event["time"]) == ("care_period.ended", "2017-06-01T11:00:00Z")
    assert event["recordedtime"] == "2018-07-01T23:00:00Z"
    assert "What has changed: ssda903, year=2018" in ran.error
    assert f"told before: {first}, year=2018, bad rows: 0" in ran.error
    assert re.search(r"care_period\.ended +0 +1 +0", ran.error)
    assert casepulse(*diff, "--taken", "2018-07-02").out == ran.out

    of_three = casepulse(*diff, third, "--taken", "2018-07-03")
    (amended,) = of_three.lines()
    assert amended["type"] == "record.amended"
    assert amended["data"]["amends"] == event["id"]
    assert amended["data"]["replacement"]["data"]["reason"] == "E11"

    first_load = casepulse("import", "ssda903", first)
    lines = (first_load.out + ran.out + of_three.out).encode()
    figures = casepulse("evaluate", "-", "--at", "2018-08-01", "--format", "json", given=lines)
    assert [
        cell["numerator"]
        for cell in figures.lines()
        if (cell["measure"], cell["locality"]) == ("children_in_care", COUNTY)
    ] == [0]


def test_a_return_that_is_cut_short_is_refused_until_it_is_accepted(
    casepulse: Run, tmp_path: Path
) -> None:
    whole, short = _returns(tmp_path, LEFT_CARE, IN_CARE)
    diff = ("sources", "diff", whole, short, "--taken", "2018-07-02")
    ran = casepulse(*diff)
    assert (ran.status, ran.out) == (1, "")
    assert "care_period.ended: 1 before, 0 in the extract; 1 would be withdrawn" in ran.error
    accepted = casepulse(*diff, "--accept")
    assert accepted.status == 0
    assert [event["type"] for event in accepted.lines()] == ["record.voided"]


def test_one_extract_has_no_difference(casepulse: Run, tmp_path: Path) -> None:
    (first,) = _returns(tmp_path, IN_CARE)
    ran = casepulse("sources", "diff", first)
    assert ran.status == 2
    assert "give at least two" in ran.error


def test_a_later_return_with_a_bad_row_is_told_and_ends_with_1(
    casepulse: Run, tmp_path: Path
) -> None:
    first, second = _returns(tmp_path, LEFT_CARE, IN_CARE.replace("01/05/2017", "31/02/2017"))
    ran = casepulse("sources", "diff", first, second, "--taken", "2018-07-02")
    assert (ran.status, ran.out) == (1, "")
    assert "bad rows left out: 1" in ran.error
    assert "withdrawn" in ran.error


def test_what_is_dated_after_the_return_is_held_back(casepulse: Run, tmp_path: Path) -> None:
    (first,) = _returns(tmp_path, LEFT_CARE)
    ran = casepulse("import", "ssda903", first, "--taken", "2017-05-20")
    assert ran.status == 0
    assert "care_period.ended" not in ran.out
    assert "held back, for they are dated after the extract: 1" in ran.error


# Child-level lists


def test_a_restricted_record_is_marked_in_every_form_of_a_list(
    casepulse: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CASEPULSE_CHILD_LEVEL_COMMANDS", str(tmp_path / "audit.jsonl"))
    due = ("due", "cp_visits", "--restricted", "--why", "Going through the list")
    told = [
        Due(
            measure="cp_visits",
            subject=f"child:k{number}",
            occurrence=f"p{number}",
            status="met",
            due=date(2021, 1, 25),
            overdue=False,
            locality="Stroud",
            team=None,
            workers=(),
            restricted=restricted,
        )
        for number, restricted in enumerate((True, False))
    ]
    read = ListRead(tuple(told), None, None, partitions=1, missing=0, age=0.0)
    monkeypatch.setattr("casepulse.commands.lists.list_reader", lambda settings: lambda _: read)
    by_json = casepulse(*due, "--format", "json")
    assert [line["restricted"] for line in by_json.lines()] == [True, False]
    by_csv = csv.DictReader(io.StringIO(casepulse(*due, "--format", "csv").out))
    assert [line["restricted"] for line in by_csv] == ["restricted", ""]
    head, *lines = [line for line in casepulse(*due).out.splitlines() if line.strip(" ─")]
    assert head.split()[-1] == "Restricted"
    assert [line.split()[-1] == "restricted" for line in lines[:2]] == [True, False]
