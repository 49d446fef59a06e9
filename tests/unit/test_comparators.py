"""Comparators from the DfE's files: every symbol, year, code and fault; every row accounted for."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casepulse.comparators.cells import SYMBOLS, CellError, Withheld, read_cell, read_year
from casepulse.comparators.middle import FEWEST_PUBLISHED, half_up
from casepulse.comparators.reading import Read, read_folder
from casepulse.schemas.comparators import ComparatorsError
from tests.comparators import (
    OURS,
    PLANS,
    TEN,
    authority_row,
    plans_rows,
    write,
    write_folder,
    write_neighbours,
)

#: The DfE's own files, where they are at hand: public, and none of ours.
SAMPLE = Path(__file__).parents[2].parent / "shared/data/dfe-statistics"

D5 = "d5_cpps_at31march_by_duration_2013_to_2025.csv"


def read(folder: Path, **says: Any) -> Read:
    made = read_folder(folder, OURS, **says)
    for each in made.accounts:
        parts = each.used + each.other_authorities + each.other_years + each.other_rows
        assert each.rows == parts + each.superseded + each.bad, each
    return made


def value_of(made: Read, name: str = "neighbours_2025", measure: str = "cp_over_2y") -> float:
    return made.file.measures[measure][name].value


# What stands in a cell


@pytest.mark.parametrize("symbol", [*SYMBOLS, "C", " c ", "LOW"])
def test_a_symbol_is_no_number(symbol: str) -> None:
    assert read_cell(symbol) == Withheld(symbol.strip().lower())


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("2.30", Decimal("2.3")), ("16,877", 16877), (" 7 ", 7), ("1,234.5", 1234.5)],
)
def test_a_number_is_one(text: str, number: Any) -> None:
    assert read_cell(text) == number


@pytest.mark.parametrize("text", ["", "n/a", "-1", "NaN", "1e3", "1_0", "12,34", "٣", "5%", "<5"])
def test_nothing_else_is_taken_for_either(text: str) -> None:
    with pytest.raises(CellError):
        read_cell(text)


@pytest.mark.parametrize(
    ("text", "ends", "label"),
    [
        ("2025", 2025, "2025"),
        ("202425", 2025, "2024-25"),
        ("2024/25", 2025, "2024-25"),
        ("2024-25", 2025, "2024-25"),
        ("199900", 2000, "1999-00"),
    ],
)
def test_a_year_is_read_however_it_is_labelled(text: str, ends: int, label: str) -> None:
    year = read_year(text)
    assert year is not None
    assert (year.ends, year.label) == (ends, label)


@pytest.mark.parametrize("text", ["202426", "25", "", "2024-2025", "2025 ISH"])
def test_what_is_no_year_is_none(text: str) -> None:
    assert read_year(text) is None


@given(st.fractions(min_value=0, max_value=10_000, max_denominator=1000), st.integers(0, 3))
def test_a_half_goes_up_and_the_rest_to_the_nearest(exact: Fraction, places: int) -> None:
    off = Fraction(half_up(exact, places)) - exact
    half = Fraction(1, 2 * 10**places)
    assert -half < off <= half


# The figure


def test_england_region_and_the_median_of_ten(tmp_path: Path) -> None:
    made = read(write_folder(tmp_path))
    told = made.file.measures["cp_over_2y"]
    assert {name: each.value for name, each in told.items()} == {
        "england_2025": 2.3,
        "region_2025": 2.5,
        "neighbours_2025": 5.5,
    }
    neighbours = told["neighbours_2025"]
    assert neighbours.basis == "median of 10 of 10 published"
    assert neighbours.origins[0].file == D5
    assert neighbours.origins[0].column == "2_years_or_more_percent"
    assert len(neighbours.origins[0].sha256) == 64
    assert made.file.authority.name == "Council 901"


@pytest.mark.parametrize("symbol", sorted(SYMBOLS))
def test_a_withheld_neighbour_is_none_and_never_nought(tmp_path: Path, symbol: str) -> None:
    cells = [symbol, symbol, "0", "0", *["5", "6", "7", "8", "9", "10"]]
    made = read(write_folder(tmp_path, cells))
    neighbours = made.file.measures["cp_over_2y"]["neighbours_2025"]
    assert (neighbours.value, neighbours.published, neighbours.of) == (6.5, 8, 10)
    assert neighbours.withheld == {TEN[0]: symbol, TEN[1]: symbol}
    assert made.accounts[0].withheld == {symbol: 2}
    assert not made.bad


def test_of_fewer_than_six_of_ten_there_is_no_figure(tmp_path: Path) -> None:
    assert Fraction(6, 10) == FEWEST_PUBLISHED
    six = read(write_folder(tmp_path / "six", ["c"] * 4 + list("123456")))
    assert value_of(six) == 3.5
    five = read(write_folder(tmp_path / "five", ["c"] * 5 + list("23456")))
    assert five.file.measures["cp_over_2y"].keys() == {"england_2025", "region_2025"}
    assert "5 of 10" in five.file.without["cp_over_2y"]["neighbours_2025"]
    assert any("neighbours_2025: 5 of 10" in each for each in five.silent)


def test_the_method_is_named_and_does_what_it_says(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, ["0", "0", "0", "0", "0", "1", "1", "1", "1", "9.3"])
    mean = read(folder, method="mean").file.measures["cp_over_2y"]["neighbours_2025"]
    assert (mean.value, mean.basis) == (1.33, "mean of 10 of 10 published")
    assert value_of(read(folder)) == 0.5


def test_a_cell_that_cannot_be_read_is_told_and_counts_for_none(tmp_path: Path) -> None:
    made = read(write_folder(tmp_path, ["?", *["2", "3", "4", "5", "6", "7", "8", "9", "10"]]))
    neighbours = made.file.measures["cp_over_2y"]["neighbours_2025"]
    assert (neighbours.value, neighbours.published) == (6, 9)
    [bad] = made.bad
    assert f"{D5}, line 5, 2_years_or_more_percent: is neither a number" in str(bad)
    assert "?" not in str(bad)


def test_columns_are_found_by_name_wherever_they_stand(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    table = [line.split(",") for line in (folder / D5).read_text().splitlines()]
    write(folder / D5, *(",".join(reversed(row)) for row in table), bom="\ufeff", end="\r\n")
    assert value_of(read(folder)) == 5.5


# Years, editions, ripeness


def test_the_newest_year_is_taken_or_the_one_that_is_asked_for(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    rows = [*plans_rows(["1"] * 10), *plans_rows(["8"] * 10, year="2024")]
    write(folder / D5, PLANS, *rows)
    made = read(folder)
    assert value_of(made) == 1
    assert made.accounts[0].other_years == 13
    write_neighbours(folder, name="New_Groupings_April_2021.csv")
    assert value_of(read(folder, year=2024), "neighbours_2024") == 8
    with pytest.raises(ComparatorsError, match=r"--year 2019: no table .* there are: 2024, 2025"):
        read(folder, year=2019)


def test_an_academic_year_has_both_its_years_in_the_name(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    write(folder / D5, PLANS, *plans_rows(["1"] * 10, year="202425"))
    made = read(folder, year=2025)
    assert made.file.measures["cp_over_2y"]["neighbours_2024_25"].year == "2024-25"


def test_the_ripest_figure_holds(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    rows = [
        *plans_rows(["1"] * 10, more=",Provisional"),
        *plans_rows(["2"] * 10, more=",Revised"),
    ]
    write(folder / D5, f"{PLANS},version", *rows)
    made = read(folder)
    assert value_of(made) == 2
    assert made.file.measures["cp_over_2y"]["neighbours_2025"].status == "Revised"
    assert made.accounts[0].superseded == 12


def test_the_newest_edition_of_a_table_holds_whole(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    old = "d5_cpps_at31march_by_duration_2013_to_2024.csv"
    write(folder / old, PLANS, *plans_rows(["8"] * 10, year="2024"))
    made = read(folder)
    assert value_of(made) == 5.5
    assert made.not_read[old] == f"{D5} is the newer edition"
    write(folder / "again.csv", PLANS, *plans_rows(["8"] * 10))
    with pytest.raises(ComparatorsError, match="up to 2025, and differ"):
        read(folder)


def test_a_row_that_stands_twice_is_taken_once_and_never_if_they_differ(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    rows = plans_rows(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"])
    write(folder / D5, PLANS, *rows, rows[3])
    made = read(folder)
    assert (value_of(made), made.accounts[0].superseded, made.bad) == (5.5, 1, [])
    write(folder / D5, PLANS, *rows, authority_row(TEN[0], "7"))
    made = read(folder)
    assert made.file.measures["cp_over_2y"]["neighbours_2025"].published == 9
    assert [each.line for each in made.bad] == [5, 15]


# Authorities


def test_neighbours_that_are_no_more_or_publish_jointly_have_no_figure(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    ten = ["928", "940", *TEN[2:]]
    write_neighbours(folder, ten=ten)
    rows = plans_rows(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"])
    write(folder / D5, PLANS, *rows, authority_row("940 / 941", "7"))
    neighbours = read(folder).file.measures["cp_over_2y"]["neighbours_2025"]
    assert (neighbours.value, neighbours.published) == (6.5, 8)
    assert "940 and 941" in neighbours.withheld["928"]
    assert neighbours.withheld["940"] == "published jointly as 940 / 941"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("999", r"--authority 999: no file .* has it under old_la_code"),
        ("909", r"--authority 909: 909 is no more since April 2023; there is 942 and 943"),
        ("", "no file"),
    ],
)
def test_an_authority_that_is_not_there_is_said_so(tmp_path: Path, code: str, why: str) -> None:
    with pytest.raises(ComparatorsError, match=why):
        read_folder(write_folder(tmp_path), code)


def test_other_levels_and_rows_that_are_broken_are_counted(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    rows = plans_rows(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"])
    planning = rows[1].replace("Regional", "Planning area")
    broken = [
        "2025,Reporting year",
        rows[3].replace("2025", "20x5", 1),
        rows[3].replace(TEN[0], "E0600", 1),
    ]
    write(folder / D5, PLANS, *rows, planning, *broken)
    made = read(folder)
    account = made.accounts[0]
    assert (account.rows, account.used, account.other_rows, account.bad) == (17, 12, 1, 3)
    assert [each.column for each in made.bad] == [None, "time_period", "old_la_code"]


# Files and lists that can't be what they must be


def test_a_table_without_its_column_is_named_with_it(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    write(folder / D5, PLANS.replace("2_years_or_more_percent", "percent"), *plans_rows(["1"] * 10))
    with pytest.raises(ComparatorsError, match=rf"{D5}, line 1: has no column 2_years_or_more_p"):
        read(folder)
    write(folder / D5, PLANS.replace("old_la_code", "code"), *plans_rows(["1"] * 10))
    with pytest.raises(ComparatorsError, match=rf"{D5}, line 1: has no column old_la_code"):
        read(folder)


def test_what_is_no_table_of_ours_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    write(folder / "README.md", "Read me")
    write(folder / "b1_children_in_need.csv", f"{PLANS.rpartition(',')[0]},At31", "2025")
    (folder / "old.csv").mkdir()
    (folder / "latin.csv").write_bytes(b"a,b\n\xe9,1\n")
    write(folder / "empty.csv", "")
    assert set(read(folder).not_read) == {
        "README.md",
        "b1_children_in_need.csv",
        "old.csv",
        "latin.csv",
        "empty.csv",
    }
    with pytest.raises(ComparatorsError, match="none of the tables"):
        read(write_neighbours(tmp_path / "lists").parent)


def test_a_list_of_another_year_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    (folder / "sn_model_2025_wide.csv").unlink()
    with pytest.raises(ComparatorsError, match="2025 want the list of 2025; there is none"):
        read(folder)
    old = write_neighbours(tmp_path / "other", name="Groupings_April_2021.csv")
    with pytest.raises(ComparatorsError, match=r"the list of 2025; Groupings_April_2021.csv is of"):
        read(folder, own=old)
    unnamed = write_neighbours(tmp_path / "other", name="neighbours.csv")
    with pytest.raises(ComparatorsError, match="its name tells no year"):
        read(folder, own=unnamed)
    good = write_neighbours(tmp_path / "other")
    assert value_of(read(folder, own=good)) == 5.5
    other = write_neighbours(folder, ten=[OURS, *TEN[:9]])
    with pytest.raises(ComparatorsError, match=rf"{other}, line 2: 901 has no ten different"):
        read(folder)


def test_a_profile_can_name_whom_it_compares_with(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "dfe")
    profile = write(tmp_path / "north.toml", f"neighbours = {TEN[:5]}")
    made = read(folder, own=profile)
    assert made.file.neighbours.year is None
    assert made.file.measures["cp_over_2y"]["neighbours_2025"].basis == "median of 5 of 5 published"
    for said, why in (
        ("neighbours = ['911']", "at least 5"),
        (f"neighbours = {[OURS, *TEN[:5]]}", "is 901 itself"),
        ("authority = 'N'", "a profile names them"),
    ):
        write(profile, said)
        with pytest.raises(ComparatorsError, match=why):
            read(folder, own=profile)


# The DfE's own files


@pytest.fixture(scope="module")
def gloucestershire() -> Read:
    if not SAMPLE.is_dir():
        pytest.skip(f"the DfE's files are not at {SAMPLE}")
    return read_folder(SAMPLE, "916")


#: Worked out by hand from the rows: measure, year, value, how many published, England's.
WORKED = [
    ("cp_over_2y", "2025", 2.4, 8, 2.3),
    ("cl_higher_education", "2025", 5.5, 6, 6),
    ("short_term_stability", "2025", 11.5, 10, 10),
    ("cp_rate", "2025", 31.6, 10, 40.6),
    ("repeat_plans_fytd", "2025", 25.4, 10, 24.5),
    ("re_referrals", "2025", 17.75, 10, 22.6),
    ("cic_rate", "2025", 55, 10, 67),
    ("long_term_stability", "2025", 69.5, 10, 69),
    ("cl_eet_19_21", "2025", 57.5, 10, 54),
    ("caseload_average", "2025", 15.05, 10, 15.2),
    ("single_assessment", "2024", 86.7, 9, 84.5),
    ("icpc_timely", "2024", 82.9, 8, 79.7),
    ("s47_to_icpc_fytd", "2024", 39.1, 9, 32.2),
    ("cp_review_up_to_date", "2024", 92.8, 9, 89.8),
]


@pytest.mark.parametrize(("measure", "year", "value", "published", "england"), WORKED)
def test_the_worked_values_come_out(
    gloucestershire: Read, measure: str, year: str, value: float, published: int, england: float
) -> None:
    told = gloucestershire.file.measures[measure]
    neighbours = told[f"neighbours_{year}"]
    assert (neighbours.value, neighbours.published, neighbours.of) == (value, published, 10)
    assert told[f"england_{year}"].value == england


def test_every_file_is_read_or_named_and_every_row_accounted_for(gloucestershire: Read) -> None:
    there = {path.name for path in SAMPLE.iterdir()}
    read_ = {each.file for each in gloucestershire.accounts}
    assert read_ | gloucestershire.not_read.keys() == there
    assert gloucestershire.not_read.keys() == {"README.md"}
    assert gloucestershire.bad == []
    for each in gloucestershire.accounts:
        others = each.other_authorities + each.other_years + each.other_rows
        assert each.rows == each.used + others + each.superseded + each.bad > 0, each


def test_the_list_alone_moves_the_figure(gloucestershire: Read, tmp_path: Path) -> None:
    """By the list of 2021 it is 2.7 of the same files; a council may choose whom it names."""
    ten = ["865", "800", "938", "873", "878", "838", "893", "850", "803", "885"]
    profile = write(tmp_path / "ours.toml", f"neighbours = {ten}")
    told = read_folder(SAMPLE, "916", own=profile).file.measures["cp_over_2y"]["neighbours_2025"]
    assert (told.value, told.published) == (2.7, 8)


@pytest.mark.parametrize("authority", ["201", "420", "838", "940", "801", "925"])
def test_any_authority_can_be_read(gloucestershire: Read, authority: str) -> None:
    made = read_folder(SAMPLE, authority)
    assert made.bad == []
    assert made.file.measures["cp_over_2y"]["england_2025"].value == 2.3
    for told in made.file.measures.values():
        for each in told.values():
            assert each.published >= 0.6 * each.of
