"""The files of an SSDA903 return as councils save them: names, columns, codes, keys, workers."""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casepulse.schemas.source import known_sources
from casepulse.state.records.care import care_periods
from casepulse.state.records.stays import in_care
from casepulse.streams.sources.extract import ExtractError
from casepulse.streams.sources.ssda903.reading import NO_WORKERS
from tests.unit.test_ssda903 import (
    HEADERS,
    OPEN_IN_2017,
    Read,
    _episode,
    read,  # noqa: F401  # a fixture
    read_folder,
)
from tests.unit.test_ssda903_xml import FILES, YEAR_END

REVIEW = "1,,05/06/2017,PN1"

#: What councils and their systems call them.
NAMES = {
    "header": "SSDA903_2020_header.csv",
    "episodes": "SSDA903_2020_episodes.csv",
    "reviews": "903 Reviews final v2.csv",
    "missing": "AMISSING.CSV",
    "oc2": "outcomes.csv",
    "oc3": "leavers.csv",
    "uasc": "UASC 2020.csv",
    "ad1": "adoption.csv",
    "placed_for_adoption": "sbpfa.csv",
    "previous_permanence": "prev_perm.csv",
    "sw_episodes": "social_worker.csv",
}

WORKER = "1,,SW4410,01/04/2017,01/09/2017,LEFTRL"


def _write(folder: Path, names: dict[str, str], **saved: Any) -> None:
    for kind, rows in {**FILES, "sw_episodes": [WORKER]}.items():
        text = "\n".join([HEADERS[kind], *rows])
        (folder / names[kind]).write_text(text, **saved)


def _ids(folder: Path) -> list[str]:
    return [each.id for each in read_folder(folder, year_end=YEAR_END).says]


@pytest.fixture
def plain(tmp_path: Path) -> list[str]:
    """What the return says whose files are named and saved as the collection has them."""
    folder = tmp_path / "plain"
    folder.mkdir()
    _write(folder, {kind: f"{kind}.csv" for kind in HEADERS})
    return _ids(folder)


# --- what a file is ---


def test_a_file_is_known_by_its_columns(tmp_path: Path, plain: list[str]) -> None:
    _write(tmp_path, NAMES)
    assert _ids(tmp_path) == plain != []


def test_names_that_say_something_else_are_not_believed(tmp_path: Path, plain: list[str]) -> None:
    kinds = list(HEADERS)
    _write(tmp_path, {kind: f"{other}.csv" for kind, other in zip(kinds, kinds[::-1], strict=True)})
    assert _ids(tmp_path) == plain


def test_columns_may_stand_in_any_order_and_in_small_letters(
    tmp_path: Path, plain: list[str]
) -> None:
    for kind, rows in {**FILES, "sw_episodes": [WORKER]}.items():
        lines = [row[::-1] for row in csv.reader([HEADERS[kind].lower(), *rows])]
        (tmp_path / f"{kind}.csv").write_text("\n".join(map(",".join, lines)))
    assert sorted(_ids(tmp_path)) == sorted(plain)


@pytest.mark.parametrize(
    ("separator", "encoding", "suffix"),
    [
        ("\t", "utf-16", ".txt"),
        (";", "cp1252", ".csv"),
        (",", "utf-8-sig", ".csv"),
        ("\t", "utf-8", ".tsv"),
    ],
)
def test_it_may_be_saved_as_excel_saves_it(
    tmp_path: Path, plain: list[str], separator: str, encoding: str, suffix: str
) -> None:
    for kind, rows in {**FILES, "sw_episodes": [WORKER]}.items():
        lines = csv.reader([f"{HEADERS[kind]},NOTE", *(f"{row},café" for row in rows)])
        text = "\r\n".join(map(separator.join, lines))
        (tmp_path / f"{kind}{suffix}").write_bytes(text.encode(encoding))
    assert _ids(tmp_path) == plain


def test_two_files_of_one_kind_are_named(tmp_path: Path) -> None:
    for name in ("reviews.csv", "SSDA903_2020_reviews.csv"):
        (tmp_path / name).write_text(f"{HEADERS['reviews']}\n{REVIEW}\n")
    with pytest.raises(ExtractError) as refused:
        read_folder(tmp_path)
    said = str(refused.value)
    assert "SSDA903_2020_reviews.csv and reviews.csv both hold reviews" in said


def test_one_file_may_be_read_by_itself(tmp_path: Path) -> None:
    (tmp_path / "sbpfa.csv").write_text(f"{HEADERS['placed_for_adoption']}\n1,,05/06/2017,,\n")
    got = Read(read_folder(tmp_path / "sbpfa.csv"))
    assert got.told() == [("2017-06-05", "adoption_placement.started")]


@pytest.mark.parametrize("columns", ["CHILD,DOB", "CHILD,URN,UPN", "NAME,SEX,DOB", "CHILD,SEX,DOB"])
def test_a_list_of_something_else_is_none_of_the_return(tmp_path: Path, columns: str) -> None:
    (tmp_path / "reviews.csv").write_text(f"{HEADERS['reviews']}\n{REVIEW}\n")
    (tmp_path / "others.csv").write_text(f"{columns}\n1,2,3\n")
    got = Read(read_folder(tmp_path))
    assert (got.bad, list(got.account)) == ([], ["reviews.csv"])
    assert any("others.csv" in note for note in got.extract.notes)


def test_an_empty_file_of_the_return_is_bad(tmp_path: Path) -> None:
    (tmp_path / "SSDA903_2020_episodes.csv").write_bytes(b"")
    got = Read(read_folder(tmp_path))
    assert "there is no header" in got.bad[0].reason


def test_a_return_of_2015_does_not_say_why_a_placement_changed(tmp_path: Path) -> None:
    header = HEADERS["episodes"].replace("REASON_PLACE_CHANGE,", "")
    (tmp_path / "episodes.csv").write_text(f"{header}\n1,01/05/2014,S,C2,N1,F1,PR1,,,,,\n")
    got = Read(read_folder(tmp_path))
    assert got.counts("episodes.csv") == (1, 1, 0, 0)
    assert any("REASON_PLACE_CHANGE is missing" in note for note in got.extract.notes)


# --- codes ---


def test_codes_may_be_in_small_letters_or_with_their_words(read: Any) -> None:  # noqa: F811
    got = read(
        header=["1,m,02/03/2010,wbri,,,", "2,1 - Male,02/03/2010,WBRI: White British,,,"],
        episodes=["1,01/05/2017,s,c2,n1 - Abuse,u1,pr1,01/06/2017,e4a,carpl,,,"],
    )
    assert {event.data.sex for event in got.events if "registered" in event.type} == {"M"}
    assert got.only("care_period.started").data.need == "N1"
    assert got.only("care_period.ended").data.reason == "E4A"
    assert got.only("placement.started").data.placement_type == "U1"
    assert not any(account.unknown_codes for account in got.extract.accounts)


OLD = ["A1", "A2", *(f"F{n}" for n in range(1, 7)), "H1", "H2", "H3", "H4", "M2", "M3", "Q1", "Q2"]


@pytest.mark.parametrize("place", OLD)
def test_a_placement_of_before_2016_is_told_without_its_type(read: Any, place: str) -> None:  # noqa: F811
    got = read(
        episodes=[
            _episode("01/05/2014", "01/06/2014", rne="S", rec="X1", place=place),
            _episode("01/06/2014", rne="L", ls="V2", place=place),
        ]
    )
    assert got.only("placement.started").data.placement_type is None
    assert got.account["episodes.csv"].unknown_codes == {"PLACE": 2}
    assert got.view().records(in_care)


def test_another_placement_of_before_2016_is_a_move(read: Any) -> None:  # noqa: F811
    got = read(
        episodes=[
            _episode("01/05/2014", "01/06/2014", rne="S", rec="X1", place="F1"),
            _episode("01/06/2014", rne="L", ls="V2", place="H1"),
        ]
    )
    assert len(got.told("placement.started")) == 2


@pytest.mark.parametrize("activity", ["F1", "F3", "P3", "F4", "F5", "P4", "P5", "G4", "0"])
@pytest.mark.parametrize(("said", "accommodation"), [("0", None), ("B1", "B1"), ("k2", "K2")])
def test_what_care_leavers_do_is_read_in_the_codes_of_each_year(
    tmp_path: Path, activity: str, said: str, accommodation: str | None
) -> None:
    (tmp_path / "oc3.csv").write_text(f"{HEADERS['oc3']}\n1,,YES,{activity},{said}\n")
    got = Read(read_folder(tmp_path, year_end=YEAR_END))
    data = got.only("care_leaver.recorded").data
    assert (data.activity, data.accommodation) == (activity, accommodation)
    assert not got.account["oc3.csv"].unknown_codes


def test_what_the_profile_says_of_a_code_is_taken(tmp_path: Path) -> None:
    (tmp_path / "episodes.csv").write_text(
        f"{HEADERS['episodes']}\n{OPEN_IN_2017}\n{OPEN_IN_2017.replace('1,', '2,', 1)}\n".replace(
            "U1", "Family and friends", 1
        )
    )
    got = Read(read_folder(tmp_path, codes={"PLACE": {"family and friends": "U1"}}))
    placed = [event.data.placement_type for event in got.events if "placement" in event.type]
    assert placed == ["U1", "U1"]
    assert Read(read_folder(tmp_path)).account["episodes.csv"].unknown_codes == {"PLACE": 1}


@pytest.mark.parametrize("blank", ["-", "n/a", "NULL", "\N{NO-BREAK SPACE}"])
def test_what_systems_write_for_nothing_is_blank(read: Any, blank: str) -> None:  # noqa: F811
    row = f"1,01/05/2017,S,C2,N1,U1,PR1,{blank},{blank},{blank},,,"
    got = read(episodes=[row])
    assert got.counts("episodes.csv") == (1, 1, 0, 0)
    assert got.view().records(in_care)


# --- rows that could not be read ---


@pytest.mark.parametrize(
    "bad",
    [
        "1,99/06/2017,P,C2,N1,U1,PR1,,,,,,",
        "1,01/06/2017,P,C2,N1,U1,PR1,01/05/2017,X1,,,,",
        "1,01/06/2017,P,C2,N1,U1,PR1,soon,,,,,",
        "1,01/06/2017,P,C2,N1,U1",
        '1,01/06/2017,"P,C2,N1,U1,PR1,,,,,,',
        "Jo Bloggs,01/06/2017,P,C2,N1,U1,PR1,,,,,,",
    ],
)
def test_no_row_that_is_refused_ends_a_period_of_care(read: Any, bad: str) -> None:  # noqa: F811
    first = _episode("01/05/2017", "01/06/2017", rne="S", rec="X1")
    got = read(episodes=[first, bad])
    assert got.counts("episodes.csv") == (2, 1, 0, 1)
    assert got.view().records(in_care)


def test_care_went_on_until_the_next_row_that_can_be_read(read: Any) -> None:  # noqa: F811
    got = read(
        episodes=[
            _episode("01/05/2017", "01/06/2017", rne="S", rec="X1"),
            _episode("99/06/2017", "01/09/2017", rec="X1"),
            _episode("01/09/2017", "01/12/2017", rec="E8"),
        ]
    )
    periods = got.view().records(care_periods)
    assert [(f"{each.day}", f"{each.ended}") for each in periods] == [("2017-05-01", "2017-12-01")]


def test_an_episode_within_another_does_not_cut_it_short_for_a_row_that_is_refused(
    read: Any,  # noqa: F811
) -> None:
    got = read(
        episodes=[
            _episode("01/05/2017", "01/09/2017", rne="S", rec="X1"),
            _episode("01/06/2017", "01/06/2017", rec="X1"),
            _episode("01/06/2017", "01/05/2017", rec="X1"),
        ]
    )
    assert got.view().records(in_care)


def test_a_child_who_left_has_left_whatever_else_could_not_be_read(read: Any) -> None:  # noqa: F811
    got = read(
        episodes=[
            _episode("01/05/2017", "01/06/2017", rne="S", rec="E8"),
            _episode("99/09/2017", "01/12/2017", rec="X1"),
        ]
    )
    assert not got.view().records(in_care)


# --- rows that contradict each other ---


def _notes(got: Read) -> list[str]:
    return [note for note in got.extract.notes if ", line " in note]


def _odd() -> Iterable[tuple[list[str], list[str], bool]]:
    began = _episode("01/05/2017", rne="S")
    until = _episode("01/05/2017", "01/09/2017", rne="S", rec="X1")
    yield (
        [until, _episode("01/06/2017", "01/07/2017", rec="X1")],
        ["line 2, REC: says that another", "line 3, DECOM: lies before the end of line 2"],
        False,
    )
    yield (
        [began, _episode("01/06/2017", rne="S")],
        ["line 2, DEC: is blank, and line 3 begins later: taken to go on"],
        True,
    )
    yield (
        [began, _episode("01/06/2017", "01/07/2017", rec="E8")],
        ["line 2, DEC: is blank, and line 3 begins later: taken to end then"],
        False,
    )
    yield (
        [_episode("01/05/2017", "01/09/2017", rne="S", rec="E8"), _episode("01/09/2017")],
        ["line 3, RNE: goes on with what line 2 says has ended"],
        True,
    )
    yield [until, _episode("01/09/2017", rne="S")], ["line 3, RNE: says that care began"], True
    yield [_episode("01/05/2017", rne="S", rec="E8")], ["line 2, REC: says that the child"], True
    yield (
        [until, _episode("01/09/2017", rne="L", place="K2")],
        ["line 3, RNE: says no move"],
        True,
    )
    yield (
        [until, _episode("01/09/2017", rne="P", ls="V2")],
        ["line 3, RNE: says no new status"],
        True,
    )
    yield [_episode("01/05/2017", rne="", ls="")], ["line 2, RNE: is", "line 2, LS: is"], True


@pytest.mark.parametrize(("rows", "said", "stays"), list(_odd()))
def test_contradictions_are_said_by_line(
    read: Any,  # noqa: F811
    rows: list[str],
    said: list[str],
    stays: bool,
) -> None:
    got = read(episodes=rows)
    assert got.counts("episodes.csv")[1] == len(rows)
    notes = [note.removeprefix("episodes.csv, ") for note in _notes(got)]
    assert len(notes) == len(said)
    assert all(note.startswith(begins) for note, begins in zip(notes, said, strict=True)), notes
    assert bool(got.view().records(in_care)) == stays


def test_where_nothing_is_odd_nothing_is_said(read: Any) -> None:  # noqa: F811
    got = read(
        episodes=[
            _episode("01/05/2017", "01/06/2017", rne="S", rec="X1"),
            _episode("01/06/2017", "01/07/2017", rne="L", ls="V2", rec="X1"),
            _episode("01/07/2017", "01/08/2017", rne="B", place="K2", rec="E8"),
            _episode("01/09/2017", rne="S", rec="X1"),
        ]
    )
    assert _notes(got) == []


def test_of_many_contradictions_the_first_are_said(read: Any) -> None:  # noqa: F811
    rows = [_episode("01/05/2017", rne="S", rec="E8", child=str(child)) for child in range(60)]
    got = read(episodes=rows)
    assert len(_notes(got)) == 50
    assert "episodes.csv: and 10 more such contradictions" in got.extract.notes


# --- social workers ---


def test_who_was_responsible_is_told(read: Any) -> None:  # noqa: F811
    got = read(sw_episodes=[WORKER, "1,,SW5520,01/09/2017,,", WORKER])
    assert got.counts("sw_episodes.csv") == (3, 2, 1, 0)
    assert got.told() == [
        ("2017-04-01", "allocation.started"),
        ("2017-09-01", "allocation.ended"),
        ("2017-09-01", "allocation.started"),
    ]
    first = got.events[0]
    assert first.id == "ssda903-sw_episodes-1-SW4410-20170401-allocation.started"
    assert first.data.worker == "SW4410"
    assert len({event.data.allocation for event in got.events}) == 2


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("1,,,01/04/2017,,", "SW_ID"),
        ("1,,SW1,,,", "SW_DECOM"),
        ("1,,SW1,01/04/2017,31/03/2017,", "SW_DEC"),
        ("1,,Jo Bloggs,01/04/2017,,", "SW_ID"),
    ],
)
def test_a_bad_row_of_a_social_worker(read: Any, row: str, column: str) -> None:  # noqa: F811
    (bad,) = read(sw_episodes=[row]).bad
    assert bad.column == column
    assert "Bloggs" not in bad.reason


def test_a_return_without_social_workers_says_so(read: Any) -> None:  # noqa: F811
    """For XML, and before 2023-24: what is counted of them would say that nobody's changed."""
    without = read(reviews=[REVIEW]).extract.notes
    assert NO_WORKERS in without
    assert NO_WORKERS not in read(sw_episodes=[WORKER]).extract.notes


def test_deprivation_of_liberty_is_known_and_not_used(tmp_path: Path) -> None:
    (tmp_path / "DoLo.csv").write_text("CHILD,DOB,DOLO_START,DOLO_END\n1,,20/08/2025,\n")
    got = Read(read_folder(tmp_path))
    account = got.account["DoLo.csv"]
    assert (account.rows, account.passed_over, got.events) == (1, 1, [])


# --- keys ---


def test_keys_of_children_and_workers_are_made_of_the_secret(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret that is long enough")
    folder = tmp_path / "return"
    folder.mkdir()
    _write(folder, NAMES)
    got = Read(read_folder(folder, year_end=YEAR_END, key_file=str(secret)))
    assert len(got.events) == len(Read(read_folder(folder, year_end=YEAR_END)).events)
    assert {len(event.subject) for event in got.events} == {len("child:") + 26}
    assert not any("SW4410" in repr(event) for event in got.events)


def test_leading_noughts_that_a_spreadsheet_lost_are_put_back(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text(f"{HEADERS['reviews']}\n42,,05/06/2017,PN1\n")
    (tmp_path / "oc3.csv").write_text(f"{HEADERS['oc3']}\n00042.0,,YES,F1,B1\n")
    got = Read(read_folder(tmp_path, year_end=YEAR_END, pad_ids=6))
    assert {event.subject for event in got.events} == {"child:000042"}


def test_an_id_that_is_no_key_is_hashed(read: Any) -> None:  # noqa: F811
    got = read(reviews=["{A1/2},,05/06/2017,PN1", "{A1/2},,06/06/2017,PN1"])
    (subject,) = {event.subject for event in got.events}
    assert len(subject) == len("child:") + 26


# --- what is dated after the extract ---


def test_a_row_dated_after_the_extract_is_held_back(tmp_path: Path) -> None:
    rows = [_episode("01/05/2017", rne="S"), _episode("01/07/2017", rne="S", child="2")]
    (tmp_path / "episodes.csv").write_text("\n".join([HEADERS["episodes"], *rows]))
    (tmp_path / "reviews.csv").write_text(
        "\n".join([HEADERS["reviews"], REVIEW, "1,,05/07/2017,PN1"])
    )
    got = Read(read_folder(tmp_path, taken=datetime(2017, 6, 10, tzinfo=UTC)))
    assert {event.subject for event in got.events} == {"child:1"}
    for file in ("episodes.csv", "reviews.csv"):
        account = got.account[file]
        assert (account.rows, account.told, account.held_back) == (2, 1, 1)


def test_a_day_that_has_not_come_does_not_date_the_return(tmp_path: Path) -> None:
    rows = [_episode("01/05/2025", "11/09/2026", rne="S", rec="E6")]
    (tmp_path / "episodes.csv").write_text("\n".join([HEADERS["episodes"], *rows]))
    assert read_folder(tmp_path, taken=datetime(2026, 7, 1, tzinfo=UTC)).kind == "year=2026"


# --- what the source is said to tell ---


def test_what_is_told_is_what_the_source_says_it_tells(tmp_path: Path) -> None:
    _write(tmp_path, NAMES)
    overlap = "3,01/05/2017,S,C2,N1,U1,PR1,,,,,,\n3,02/05/2017,S,C2,N1,U1,PR1,09/05/2017,X1,,,,"
    with (tmp_path / NAMES["episodes"]).open("a") as file:
        file.write(f"\n{overlap}\n")
    with (tmp_path / NAMES["oc2"]).open("a") as file:
        file.write("\n2,,,SDQ1,0,1,1,1,1,0,1,1\n")
    told: dict[str, set[str]] = {}
    for said in read_folder(tmp_path, year_end=YEAR_END).says:
        fields = told.setdefault(said.data.TYPE, set())
        fields.update(said.data.model_dump(exclude_none=True, exclude_unset=True))
    assert told == {kind: set(fields) for kind, fields in known_sources()["ssda903"].tells.items()}
