"""The Standard Safeguarding Dataset as it comes: its files, its older names, and what is wrong."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from casepulse.schemas.envelope import LONDON
from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.extract import ExtractError, Request
from casepulse.streams.sources.keys import Keys
from casepulse.streams.sources.readers import reader_of
from casepulse.streams.sources.ssd import cells
from casepulse.streams.sources.ssd.csv_tables import CsvTables
from tests.ssd import COLUMNS, TAKEN, Nights, Read, Row, columns_of, read, text_of, words, write
from tests.unit.test_ssd import PERSON, REFERRAL, contact, involvement, placement, visit, visits

PERSONS = [{**PERSON, "person_id": number, "forename": f"Zoë{number}"} for number in (1, 2, 3)]


def persons(folder: Path, content: bytes, name: str = "ssd_person.csv") -> Read:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return read(folder)


def told(read: Read) -> list[str]:
    return [each.subject.removeprefix("child:") for each in read.of("child.registered")]


PLAIN = text_of("ssd_person", PERSONS)


# --- files ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"], ids=str)
def test_files_in_other_alphabets(tmp_path: Path, encoding: str) -> None:
    read = persons(tmp_path, PLAIN.encode(encoding))
    assert (told(read), read.bad()) == (["1", "2", "3"], [])


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_what_else_stands_between_cells(tmp_path: Path, delimiter: str) -> None:
    assert told(persons(tmp_path, PLAIN.replace(",", delimiter).encode())) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "name", ["SSD_PERSON.CSV", "dbo.ssd_person.csv", "HDM_Local.SSD_Person.csv", "ssd_person.txt"]
)
def test_what_a_file_may_be_called(tmp_path: Path, name: str) -> None:
    read = persons(tmp_path, PLAIN.upper().encode(), name)
    assert told(read) == ["1", "2", "3"]
    assert read.extract.accounts[0].file == name


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_how_lines_may_end(tmp_path: Path, ending: str) -> None:
    text = PLAIN.replace("\r\n", ending).rstrip() + ending * 3 + ",,,,,"
    assert told(persons(tmp_path, text.encode())) == ["1", "2", "3"]


def test_an_outcome_may_go_over_several_lines(tmp_path: Path) -> None:
    json = '{"MISSING_FLAG": "Y",\n"COMMENTS": "He said: ""no"", and\r\nleft, at\n\n10"}'
    rows = [contact(1, contact_outcome_json=json), contact(2, contact_date="nonsense")]
    got = read(write(tmp_path, {"ssd_contacts": rows}))
    assert got.only("contact.received").data.model_dump()["missing_notification"]
    assert [(line, column) for _, line, column, _ in got.bad()] == [(7, "cont_contact_date")]


def test_a_row_that_cannot_be_read_costs_itself_alone(tmp_path: Path) -> None:
    header, *rows = PLAIN.splitlines()
    lines = [
        header,
        rows[0],
        rows[1].replace("2,", '"2,', 1),  # a quotation mark left open
        '3,"a" b,F,WBRI,2012-05-01,',
        "4,F,WBRI",
        rows[2].replace("F", "F\0"),
        rows[2],
    ]
    got = persons(tmp_path, "\n".join(lines).encode())
    assert told(got) == ["1", "3"]
    marks = "is no row of CSV: look at its quotation marks"
    assert [(line, reason) for _, line, _, reason in got.bad()] == [
        (3, marks), (4, marks), (5, "has 3 cells; the first line has 6"), (6, marks),
    ]  # fmt: skip


def test_a_quotation_mark_left_open_does_not_take_a_long_file_with_it(tmp_path: Path) -> None:
    header, *rows = PLAIN.splitlines()
    many = [rows[0].replace("1,", f"{number},", 1) for number in range(1000, 4000)]
    many[10] = many[10].replace(",", ',"', 1)
    got = persons(tmp_path, "\n".join([header, *many]).encode())
    assert (len(told(got)), [line for _, line, _, _ in got.bad()]) == (2999, [12])


def test_half_a_file(tmp_path: Path) -> None:
    """What was told of those whose rows are missing stands: whose they are, nobody knows."""
    nights = Nights(tmp_path)
    tables = {"ssd_person": PERSONS, "ssd_cp_visits": visits("cp", *map(_visit, range(1, 9)))}
    nights.tell(TAKEN, tables)
    folder = write(tmp_path / "half", tables)
    path = folder / "ssd_cp_visits.csv"
    path.write_bytes(path.read_bytes()[:-30])
    changes = nights.tell_folder(folder, TAKEN + timedelta(days=1))
    assert words(changes) == []


def _visit(key: int) -> Row:
    return visit(key, "2026-01-01")


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"\0\0\0\0", b'"'])
def test_a_file_with_nothing_in_it_is_no_empty_table(tmp_path: Path, content: bytes) -> None:
    got = persons(tmp_path, content)
    assert got.says == []
    assert got.extract.accounts == []
    assert "ssd_person.csv: has no pers_person_id" in got.extract.notes[0]
    assert got.extract.windows == {}
    assert got.extract.with_the_rest == frozenset()


def test_rows_without_the_names_of_their_columns_are_bad_and_not_an_older_table(
    tmp_path: Path,
) -> None:
    got = persons(tmp_path, PLAIN.partition("\n")[2].encode() + b"a,b\n")
    (account,) = got.extract.accounts
    assert account.broken
    assert account.rows == account.bad > 0
    assert "first line" in account.bad_rows[0].reason
    assert got.extract.windows == {}


def test_a_column_that_stands_twice_is_none(tmp_path: Path) -> None:
    twice = PLAIN.replace("pers_forename", "pers_dob")
    got = persons(tmp_path, twice.encode())
    assert (got.says, "has no pers_dob;" in got.extract.notes[0]) == ([], True)


def test_swapped_columns(tmp_path: Path) -> None:
    """Under another order of the names all is as it was; under wrong names nothing is told."""
    names = columns_of("ssd_person")
    other = text_of("ssd_person", PERSONS, reversed(names))
    assert told(persons(tmp_path, other.encode())) == ["1", "2", "3"]
    swapped = (
        PLAIN.replace("pers_dob", "x").replace("pers_sex", "pers_dob").replace("x,", "pers_sex,")
    )
    got = persons(tmp_path / "swapped", swapped.encode())
    assert got.says == []
    assert {column for _, _, column, _ in got.bad()} == {"pers_dob"}


def test_no_folder_and_no_table(tmp_path: Path) -> None:
    def refused(place: Path) -> str:
        with pytest.raises(ExtractError) as caught:
            reader_of("ssd").read(Request(str(place), TAKEN))
        return str(caught.value)

    assert "is no folder" in refused(tmp_path / "nowhere")
    assert "has no file such as ssd_person.csv" in refused(tmp_path)
    (tmp_path / "ssd_person.csv").write_text(PLAIN)
    assert "is no folder" in refused(tmp_path / "ssd_person.csv")
    (tmp_path / "dbo.ssd_person.csv").write_text(PLAIN)
    assert "is the same table as" in refused(tmp_path)


def test_names_and_comments_end_at_the_reader(tmp_path: Path) -> None:
    secret = "Marigold"
    tables: dict[str, list[Row]] = {
        "ssd_person": [{**PERSON, "forename": secret}, {**PERSON, "dob": secret}],
        "ssd_contacts": [
            contact(1, contact_outcome_json=f'{{"NFA_FLAG": "Y", "COMMENTS": "{secret}"}}'),
            contact(2, contact_source_desc=secret),
            contact(3, contact_date=secret),
        ],
        "ssd_cla_placement": [placement(1, "2026-01-01", cla_placement_postcode=secret)],
        "ssd_cin_episodes": [{**REFERRAL, "close_reason": secret, "close_date": secret}],
        "ssd_missing": [{"table_id": 1, "person_id": 1, "missing_episode_start_date": secret}],
        "ssd_legal_status": [{"legal_status_id": 1, "person_id": 1, "legal_status": secret}],
        "ssd_sdq_scores": [{"person_id": 1, "sdq_completed_date": "", "sdq_score": secret}],
        "ssd_cp_visits": visits("cp", visit(1, "2026-01-01", seen=secret)),
        "ssd_professionals": [{"professional_id": 1, "full_time_equivalency": secret}],
    }
    got = read(write(tmp_path, tables))
    assert len(got.bad()) == 8
    assert secret not in repr((got.says, got.extract))


# --- other systems, other versions ---


def renamed(folder: Path, table: str, **names: str) -> None:
    path = folder / f"{table}.csv"
    header, rest = path.read_text().split("\n", 1)
    for new, old in names.items():
        assert new in header
        header = re.sub(rf"\b{new}\b", old, header)
    path.write_text(f"{header}\n{rest}")


OLD_NAMES: list[tuple[str, dict[str, str]]] = [
    ("ssd_contacts", {"cont_contact_source_code": "cont_contact_source"}),
    ("ssd_cin_episodes", {"cine_referral_team": "cine_referral_team_name"}),
    (
        "ssd_cin_plans",
        {
            "cinp_cin_plan_id": "cin_plan_id",
            "cinp_cin_plan_start_date": "cinp_cin_plan_start",
            "cinp_cin_plan_end_date": "cinp_cin_plan_end",
            "cinp_cin_plan_team": "cinp_cin_plan_team_name",
        },
    ),
    (
        "ssd_cla_episodes",
        {
            "clae_cla_episode_start_date": "clae_cla_episode_start",
            "clae_cla_episode_ceased_date": "clae_cla_episode_ceased",
            "clae_cla_primary_need_code": "clae_cla_primary_need",
        },
    ),
    ("ssd_cp_visits", {"cppv_cp_visit_id": "cppv_casenote_id"}),
    ("ssd_cp_plans", {"cppl_icpc_id": "cppl_initial_cp_conference_id"}),
    ("ssd_professionals", {"prof_professional_id": "prof_table_id"}),
    (
        "ssd_missing",
        {
            "miss_missing_episode_start_date": "miss_mis_epi_start",
            "miss_missing_episode_end_date": "miss_missing_episode_end",
            "miss_missing_episode_type": "miss_mis_epi_type",
            "miss_missing_rhi_offered": "miss_mis_epi_rhi_offered",
        },
    ),
]

EVERYTHING: dict[str, list[Row]] = {
    "ssd_person": [PERSON],
    "ssd_contacts": [contact(1, contact_source_desc="", contact_source_code="1B")],
    "ssd_cin_episodes": [REFERRAL],
    "ssd_cin_plans": [
        {"cin_plan_id": 1, "person_id": 1, "referral_id": 10, "cin_plan_start_date": "2026-02-01",
         "cin_plan_end_date": "2026-03-01", "cin_plan_team": "T1"}
    ],
    "ssd_cla_episodes": [
        {"cla_episode_id": 1, "person_id": 1, "cla_id": 800, "entered_care_date": "2025-01-01",
         "cla_episode_start_date": "2025-01-01", "cla_episode_ceased_date": "2025-09-01",
         "cla_episode_ceased_reason": "E8", "cla_primary_need_code": "N2"}
    ],
    "ssd_cla_placement": [placement(1, "2025-01-01", "2025-09-01")],
    "ssd_cla_reviews": [{"cla_review_id": 1, "cla_id": 800, "cla_person_id": 1,
                         "cla_review_date": "2025-02-01", "cla_review_cancelled": "N"}],
    "ssd_cla_visits": visits("cla", visit(1, "2025-01-08")),
    "ssd_cp_plans": [{"cp_plan_id": 7, "icpc_id": 6, "person_id": 1,
                      "cp_plan_start_date": "2025-10-01", "cp_plan_latest_category": "Neglect"}],
    "ssd_cp_visits": visits("cp", visit(2, "2025-10-08")),
    "ssd_cp_reviews": [{"cp_review_id": 1, "person_id": 1, "cp_plan_id": 7,
                        "cp_review_date": "2025-12-01"}],
    "ssd_missing": [{"table_id": 1, "person_id": 1, "missing_episode_start_date": "2025-05-01",
                     "missing_episode_end_date": "2025-05-02", "missing_episode_type": "Missing",
                     "missing_rhi_offered": "N"}],
    "ssd_involvements": [involvement(1)],
    "ssd_professionals": [{"professional_id": "W1", "full_time_equivalency": "1"}],
}  # fmt: skip


@pytest.mark.parametrize(("table", "names"), OLD_NAMES, ids=[name for name, _ in OLD_NAMES])
def test_older_names_of_columns(tmp_path: Path, table: str, names: dict[str, str]) -> None:
    new = read(write(tmp_path / "new", EVERYTHING))
    folder = write(tmp_path / "old", EVERYTHING)
    renamed(folder, table, **names)
    old = read(folder)
    assert [*old.says] == [*new.says]
    assert old.extract.notes == new.extract.notes


PARENTS = [
    ("ssd_cla_placement", "clap_person_id", {}),
    ("ssd_cla_reviews", "clar_cla_person_id", {}),
    ("ssd_cp_reviews", "cppr_person_id", {}),
    ("ssd_cp_visits", "cppv_person_id", {"cp_plan_id": 7}),
    ("ssd_involvements", "invo_person_id", {"referral_id": 10}),
    ("ssd_cla_visits", "clav_person_id", {"cla_id": 800}),
    ("ssd_cin_plans", "cinp_person_id", {}),
]


@pytest.mark.parametrize(("table", "column", "more"), PARENTS, ids=[each[1] for each in PARENTS])
def test_a_child_is_found_through_another_table(
    tmp_path: Path, table: str, column: str, more: dict[str, object]
) -> None:
    new = read(write(tmp_path / "new", EVERYTHING))
    folder = write(tmp_path / "old", EVERYTHING)
    prefix = column.partition("_")[0]
    names = [name for name in columns_of(table) if name != column]
    names += [each for name in more if (each := f"{prefix}_{name}") not in names]
    rows = [{**row, **more} for row in EVERYTHING[table]]
    (folder / f"{table}.csv").write_text(text_of(table, rows, names), newline="")
    old = read(folder)
    assert [*old.says] == [*new.says]
    assert old.extract.notes == new.extract.notes


def test_visits_to_children_in_need_through_their_plan(tmp_path: Path) -> None:
    folder = write(tmp_path, EVERYTHING)
    (folder / "ssd_cin_visits.csv").write_text(
        "cinv_casenote_id,cinv_cin_plan_id,cinv_cin_visit_date,cinv_cin_visit_seen,"
        "cinv_cin_visit_seen_alone\n77,1,2026-02-09,Y,N\n78,999,2026-02-09,Y,N\n"
    )
    got = read(folder)
    assert any(each.id == "ssd-cin_visits-1-77-visit.recorded" for each in got.says)
    assert got.bad() == [("ssd_cin_visits", 3, "cinv_person_id", "is blank")]
    assert "visit.recorded" not in got.extract.windows  # nobody knows whose the other was


OPTIONAL = [
    ("ssd_contacts", "cont_contact_source_code"),
    ("ssd_cin_episodes", "cine_referral_team"),
    ("ssd_cp_reviews", "cppr_cp_review_meeting_id"),
    ("ssd_professionals", "prof_full_time_equivalency"),
    ("ssd_cla_episodes", "clae_entered_care_date"),
    ("ssd_cla_placement", "clap_cla_placement_distance"),
]


@pytest.mark.parametrize(("table", "column"), OPTIONAL, ids=[each[1] for each in OPTIONAL])
def test_what_may_lack_is_noted(tmp_path: Path, table: str, column: str) -> None:
    folder = write(tmp_path, EVERYTHING)
    names = [name for name in columns_of(table) if name != column]
    (folder / f"{table}.csv").write_text(text_of(table, EVERYTHING[table], names), newline="")
    got = read(folder)
    assert got.account(table).told == 1
    assert f"{table}.csv: has no {column}; it is told without" in got.extract.notes


LOST = [
    ("ssd_cin_episodes", "cine_close_date"),
    ("ssd_cp_plans", "cppl_cp_plan_latest_category"),
    ("ssd_cp_visits", "cppv_cp_visit_seen"),
    ("ssd_cla_episodes", "clae_cla_id"),
    ("ssd_person", "pers_dob"),
    ("ssd_missing", "miss_missing_episode_end_date"),
]


@pytest.mark.parametrize(("table", "column"), LOST, ids=[each[1] for each in LOST])
@pytest.mark.parametrize("whole_table", [False, True], ids=["column", "table"])
def test_what_a_table_that_is_lost_told_stays_as_it_was(
    tmp_path: Path, table: str, column: str, whole_table: bool
) -> None:
    nights = Nights(tmp_path)
    nights.tell(TAKEN, EVERYTHING)
    folder = write(tmp_path / "lost", EVERYTHING)
    path = folder / f"{table}.csv"
    if whole_table:
        path.unlink()
    else:
        names = [name for name in columns_of(table) if name != column]
        path.write_text(text_of(table, EVERYTHING[table], names), newline="")
    assert words(nights.tell_folder(folder, TAKEN + timedelta(days=1))) == []
    (note,) = [note for note in read(folder).extract.notes if note.startswith(f"{table}.csv:")]
    assert "stays as it was told" in note


def test_all_tables_are_there_and_nothing_is_noted(tmp_path: Path) -> None:
    got = read(write(tmp_path, EVERYTHING))
    assert (got.extract.notes, len(got.extract.accounts)) == ([], len(COLUMNS) - 1)


# --- rows ---


def test_a_row_that_stands_twice(tmp_path: Path) -> None:
    rows = [contact(1), contact(1), contact(1, contact_date="2026-02-02"), contact(2)]
    got = read(write(tmp_path, {"ssd_contacts": rows}))
    assert [each.subject for each in got.says] == ["contact:1", "contact:2"]
    assert got.account("ssd_contacts").repeated == 1
    assert got.bad() == [("ssd_contacts", 4, None, "differs from an earlier row about the same")]
    assert got.extract.doubtful == {"contact:1"}


@pytest.mark.parametrize(
    ("change", "column", "reason", "whose"),
    [
        ({"referral_id": ""}, "cine_referral_id", "is blank", "child:1"),
        ({"referral_id": "-1"}, "cine_referral_id", "is blank", "child:1"),
        ({"person_id": ""}, "cine_person_id", "is blank", None),
        ({"referral_date": "NULL"}, "cine_referral_date", "is blank", "child:1"),
        (
            {"referral_date": "05/13/2026"},
            "cine_referral_date",
            "is no date such as 2026-06-29 or 29/06/2026",
            "child:1",
        ),
        (
            {"referral_date": "1949-12-31"},
            "cine_referral_date",
            "lies outside the years 1950 to 2099",
            "child:1",
        ),
        (
            {"close_date": "2026-01-04"},
            "cine_close_date",
            "lies before cine_referral_date",
            "child:1",
        ),
    ],
)
def test_bad_rows(tmp_path: Path, change: Row, column: str, reason: str, whose: str | None) -> None:
    got = read(write(tmp_path, {"ssd_cin_episodes": [{**REFERRAL, **change}]}))
    assert got.bad() == [("ssd_cin_episodes", 2, column, reason)]
    assert got.extract.doubtful == ({whose} if whose else set())
    assert ("referral.started" in got.extract.windows) == (whose is not None)


def test_what_ends_on_the_day_on_which_it_began_does_not_end_before_it(tmp_path: Path) -> None:
    row = {**REFERRAL, "referral_date": "2026-01-05 16:40:00", "close_date": "2026-01-05"}
    got = read(write(tmp_path, {"ssd_cin_episodes": [row]}))
    assert got.only("referral.closed").time == got.only("referral.started").time


def test_ids_that_are_no_keys_are_hashed_and_long_ones_too(tmp_path: Path) -> None:
    guid = "{13211785-EA43-8ADB-E76B-5370FA0AADB1}"
    rows = [{**REFERRAL, "referral_id": guid}, {**REFERRAL, "referral_id": "R" * 64}]
    rows[1]["person_id"] = "C" * 64
    got = read(write(tmp_path, {"ssd_cin_episodes": rows}))
    first, second = got.of("referral.started")
    assert re.fullmatch(r"ssd-cin_episodes-1-[a-z2-7]{26}-referral.started", first.id)
    assert (second.subject, second.data.model_dump()["referral"]) == ("child:" + "C" * 64, "R" * 64)
    assert re.fullmatch(r"ssd-cin_episodes-[0-9a-f]{32}-referral.started", second.id)
    assert all(len(each.id) <= 128 for each in got.says)


@pytest.mark.parametrize(
    "column", ["pers_ethnicity", "cina_assessment_outcome_json", "lega_legal_status"]
)
def test_a_profile_that_says_a_code_that_is_none(tmp_path: Path, column: str) -> None:
    folder = write(tmp_path, {})
    with pytest.raises(ExtractError) as caught:
        read(folder, codes={column: {"ours": "NOCODE"}})
    assert f"the profile's codes.{column}: 'NOCODE' is none; there are: " in str(caught.value)


# --- cells, as text and as a driver has them ---

NOON = "2026-06-29T12:00:00+01:00"


@pytest.mark.parametrize(
    ("cell", "when"),
    [
        ("2026-06-29 00:00:00.000", NOON),
        ("2026-06-29T00:00:00", NOON),
        ("2026-06-29", NOON),
        ("29/06/2026", NOON),
        ("29/06/2026 00:00", NOON),
        (" 2026-06-29 ", NOON),
        ("2026-06-29 09:15:30.1234567", "2026-06-29T09:15:30+01:00"),
        ("2026-06-29T09:15:30Z", "2026-06-29T10:15:30+01:00"),
        ("2026-01-29 09:15", "2026-01-29T09:15:00+00:00"),
        (date(2026, 6, 29), NOON),
        (datetime(2026, 6, 29), NOON),  # noqa: DTZ001
        (datetime(2026, 6, 29, 9, 15, 30), "2026-06-29T09:15:30+01:00"),  # noqa: DTZ001
        (datetime(2026, 6, 29, 9, 15, 30, tzinfo=UTC), "2026-06-29T10:15:30+01:00"),
        ("1900-01-01 00:00:00.000", None),
        (datetime(1900, 1, 1), None),  # noqa: DTZ001
        ("9999-12-31", None),
        ("", None), (None, None), ("NULL", None), ("SSD_PH", None),
    ],
)  # fmt: skip
def test_days(cell: Any, when: str | None) -> None:
    found = cells.day(cell)
    assert (None if found is None else found.astimezone(LONDON).isoformat()) == when


@pytest.mark.parametrize(
    "cell",
    [
        "29/06/26",
        "06/29/2026",
        "2026-02-30",
        "2026-06-29 25:00",
        "44000",
        44000,
        True,
        "1800-01-01",
    ],
)
def test_no_days(cell: Any) -> None:
    with pytest.raises(ValueError, match=r"date|outside"):
        cells.day(cell)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Y", True), ("N", False), ("y ", True), ("No", False), ("1", True), ("0", False),
        (True, True), (False, False), (1, True), (0, False), ("", None), (None, None),
        (" ", None), ("-1", None), ("TRUE", True),
    ],
)  # fmt: skip
def test_flags(cell: Any, said: bool | None) -> None:
    assert cells.flag(cell) is said


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("400039", "400039"), (400039, "400039"), (400039.0, "400039"), ("400039.0", "400039"),
        (Decimal("400039"), "400039"), (Decimal("400039.00"), "400039"), (" 400039 ", "400039"),
        (Decimal("4E+5"), "400000"), ("W-12", "W-12"), ("-1", None), (-1, None), (0, None),
        ("", None), (None, None), ("SSD_PH", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("reader", [cells.key_reader, cells.person_reader])
def test_ids(cell: Any, key: str | None, reader: Callable[[Keys], Any]) -> None:
    assert reader(Keys())(cell) == key


def test_ids_are_padded_if_the_profile_says_so() -> None:
    keys = Keys.of(ExtractSettings(pad_ids=8))
    assert cells.key_reader(keys)("4711") == cells.person_reader(keys)(4711) == "00004711"


@pytest.mark.parametrize(
    ("cell", "team"),
    [("T101", "t101"), ("North / East (A)", "north-east-a"), ("", None), (7, "7"), ("--", None),
     ("x" * 60, "x" * 48)],
)  # fmt: skip
def test_teams(cell: Any, team: str | None) -> None:
    assert cells.team(cell) == team


def test_rows_are_read_by_line_and_only_the_columns_that_are_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {"ssd_person": PERSONS})
    tables = CsvTables(tmp_path)
    assert tables.columns("ssd_person") == columns_of("ssd_person")
    assert tables.columns("ssd_family") is None
    rows = list(tables.rows("ssd_person", ["pers_sex", "pers_person_id"]))
    assert rows == [(2, ("F", "1")), (3, ("F", "2")), (4, ("F", "3"))]
    assert next(tables.rows("ssd_person", ["pers_sex"])) == (2, ("F",))
