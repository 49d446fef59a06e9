"""Comparators in a profile: taken in by name, refused of another authority, shown with their year
and what they rest on wherever figures are looked at."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from casepulse.agents.view_metrics import ViewFamilies
from casepulse.commands import application as run
from casepulse.comparators.reading import read_folder
from casepulse.comparators.written import toml_of
from casepulse.report.compose import compose
from casepulse.schemas.comparators import comparator_name, name_and_year, read_comparators
from casepulse.schemas.profile import Profile, ProfileError, load_profile
from casepulse.schemas.release import Kind
from casepulse.schemas.stored.release import RELEASE
from casepulse.schemas.view import View
from casepulse.shown.blocks import Table
from casepulse.shown.words import others_words
from casepulse.state import Catalogue, Figures, evaluate, open_catalogue
from casepulse.state.release import Cut, catalogue_of, make_release, read_release, release_bytes
from casepulse.state.viewing import measure_views
from casepulse.streams.settings import Settings
from casepulse.web.application import application
from casepulse.web.live_view import Seen
from tests.build.view import view_meta
from tests.comparators import OURS, write, write_folder
from tests.web.conftest import Still

AT = datetime(2026, 2, 1, tzinfo=UTC)

PROFILE = f"""\
base = "england-2026"
authority = "Northshire, made up"
authority_code = "{OURS}"
comparators_from = "comparators/north.toml"
localities = ["North", "South"]
locality_of_others = "South"
population = 52000
"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A profile that names comparators of 2025: eight of ten neighbours are published."""
    cells = ["c", "c", *["0", "1.2", "1.3", "1.9", "2.9", "3.2", "3.4", "5.3"]]
    made = read_folder(write_folder(tmp_path / "dfe", cells), OURS)
    write(tmp_path / "comparators" / "north.toml", toml_of(made.file))
    return write(tmp_path / "north.toml", PROFILE)


def _view(catalogue: Catalogue) -> View:
    figures = Figures(evaluate([], catalogue, AT, None), catalogue, AT)
    return View(meta=view_meta(catalogue, AT), measures=measure_views(figures))


def test_what_is_written_is_read_as_it_was(tmp_path: Path) -> None:
    made = read_folder(write_folder(tmp_path / "dfe", ["c"] * 5 + ["1"] * 5), OURS)
    written = write(tmp_path / "north.toml", toml_of(made.file))
    assert read_comparators(written) == made.file
    assert made.file.without


@pytest.mark.parametrize("year", ["2025", "2024-25"])
def test_a_name_tells_whose_and_of_which_year(year: str) -> None:
    assert name_and_year(comparator_name("neighbours", year)) == ("neighbours", year)
    assert name_and_year("rated_higher") == ("rated_higher", None)
    assert others_words(comparator_name("neighbours", year)).endswith(f"neighbours in {year}")
    assert others_words("england_2025") == "England in 2025"


def test_a_profile_takes_them_in_with_their_basis(profile: Path) -> None:
    settings = load_profile(profile).settings("cp_over_2y")
    assert settings.comparators == {
        "england_2025": 2.3,
        "region_2025": 2.5,
        "neighbours_2025": 2.4,
    }
    assert settings.compared["neighbours_2025"].basis == "median of 8 of 10 published"
    assert settings.standards["open"].count == 24
    assert load_profile(profile).settings("cp_visits").comparators == {}


def test_what_is_stored_has_the_figure_and_its_year_and_no_more(profile: Path) -> None:
    said = load_profile(profile)
    kept = Profile.model_validate_json(said.model_dump_json())
    assert kept.settings("cp_over_2y").comparators == said.settings("cp_over_2y").comparators
    assert kept.settings("cp_over_2y").compared == {}
    assert (kept.authority_code, kept.comparators_from, kept.version) == (None, None, said.version)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (
            'authority_code = "901"\n',
            "",
            r"line 3: comparators_from: .* of 901 \(Council 901\); say",
        ),
        ('code = "901"', 'code = "902"', r"line 4: .* of 901 .*, and this authority is 902"),
        ("north.toml", "gone.toml", r"line 4: comparators_from: .*gone.toml: cannot be read"),
        (
            "population",
            "measures.cp_over_2y.comparators.neighbours_2025 = 3\npopulation",
            "neighbours_2025 stands here and in comparators/north.toml",
        ),
    ],
)
def test_what_cannot_hold_is_refused(profile: Path, before: str, after: str, why: str) -> None:
    text = profile.read_text().replace(before, after)
    assert text != PROFILE
    profile.write_text(text)
    with pytest.raises(ProfileError, match=why):
        load_profile(profile)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("format = 1", "format = 2", "a later version"),
        ("published = 8", "published = 0", "measures.cp_over_2y.neighbours_2025.published"),
        ("[authority]", "[authority", "is no TOML"),
    ],
)
def test_a_file_that_is_none_is_refused(profile: Path, before: str, after: str, why: str) -> None:
    file = profile.parent / "comparators" / "north.toml"
    file.write_text(file.read_text().replace(before, after, 1))
    with pytest.raises(ProfileError, match=why):
        load_profile(profile)


def test_a_base_of_january_keeps_its_own_beside_them(profile: Path) -> None:
    profile.write_text(PROFILE.replace("england-2026", "january-2021"))
    comparators = load_profile(profile).settings("cp_over_2y").comparators
    assert (comparators["peers"], comparators["neighbours_2025"]) == (2.8, 2.4)


# Shown


def test_the_page_and_its_json_say_year_and_basis(profile: Path) -> None:
    catalogue = open_catalogue(profile)
    view = _view(catalogue)
    still = Still(Settings())
    still.show(Seen(view.meta, view.measures, None))
    with TestClient(application(still, catalogue), base_url="http://127.0.0.1") as client:
        page = client.get("/measures/cp_over_2y").text
        told = client.get("/api/v1/measures/cp_over_2y").json()
        others = client.get("/api/v1/measures/cp_visits").json()
    assert "Our statistical neighbours in 2025" in page
    assert "2.4%, median of 8 of 10 published" in page
    assert "2_years_or_more_percent" in page
    assert told["figures"]["comparators"]["neighbours_2025"] == 2.4
    said = told["definition"]["compared"]["neighbours_2025"]
    assert (said["value"], said["year"]) == (2.4, "2025")
    assert (said["basis"], said["fit"][:4]) == ("median of 8 of 10 published", "same")
    assert (said["published"], said["of"], said["withheld"]) == (8, 10, {"911": "c", "912": "c"})
    assert said["origins"][0]["column"] == "2_years_or_more_percent"
    assert others["definition"]["compared"] == {}


def test_prometheus_is_told_year_and_basis(profile: Path) -> None:
    catalogue = open_catalogue(profile)
    families = {each.name: each for each in ViewFamilies(catalogue).of(_view(catalogue))}
    samples = families["casepulse_measure_comparator_ratio"].samples
    [told] = [each for each in samples if each.labels["comparator"] == "neighbours"]
    assert told.value == pytest.approx(0.024)
    assert told.labels == {
        "measure": "cp_over_2y",
        "comparator": "neighbours",
        "year": "2025",
        "basis": "median of 8 of 10 published",
    }
    assert families["casepulse_measure_comparator"].samples == []
    january = open_catalogue()
    families = {each.name: each for each in ViewFamilies(january).of(_view(january))}
    rates = families["casepulse_measure_comparator"].samples
    assert {(each.labels["measure"], each.value) for each in rates} >= {("cp_rate", 37.3)}
    assert {each.labels["year"] for each in rates} == {""}


def test_a_release_keeps_the_year_and_its_report_says_the_basis(profile: Path) -> None:
    catalogue = open_catalogue(profile)
    cut = Cut(date(2026, 1, 1), Kind.FINAL, 1, AT)
    tally = evaluate([], catalogue, cut.at, None)
    kept = release_bytes(make_release(cut, tally, {}, catalogue))
    release = read_release(kept, RELEASE.number)
    assert release.measures["cp_over_2y"].comparators["neighbours_2025"] == 2.4
    here = load_profile(profile)
    [table] = _compared(compose(release, catalogue_of(release, here)))
    rows = [tuple(value.shown for value in row.values[:3]) for row in table.rows]
    assert rows == [
        ("England in 2025", "2.3%", "as published"),
        ("Our region in 2025", "2.5%", "as published"),
        ("Our statistical neighbours in 2025", "2.4%", "median of 8 of 10 published"),
    ]


def test_a_release_is_not_said_to_rest_on_what_came_since(profile: Path) -> None:
    catalogue = open_catalogue(profile)
    cut = Cut(date(2026, 1, 1), Kind.FINAL, 1, AT)
    release = make_release(cut, evaluate([], catalogue, cut.at, None), {}, catalogue)
    release = read_release(release_bytes(release), RELEASE.number)
    file = profile.parent / "comparators" / "north.toml"
    file.write_text(file.read_text().replace("2025]", "2026]").replace('"2025"', '"2026"'))
    assert "neighbours_2026" in load_profile(profile).settings("cp_over_2y").comparators
    assert _compared(compose(release, catalogue_of(release, load_profile(profile)))) == []


def _compared(document: object) -> list[Table]:
    return [
        block
        for chapter in document.chapters  # type: ignore[attr-defined]
        for block in chapter.blocks
        if isinstance(block, Table) and block.key == "compared"
    ]


# The command


def test_the_command_writes_the_file_and_accounts_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_folder(tmp_path / "dfe", ["c", "u", *["3", "4", "5", "6", "7", "8", "9", "10"]])
    write(folder / "notes.txt", "ours")
    monkeypatch.setattr("sys.argv", ["casepulse", "comparators", "read", str(folder)])
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 2
    capsys.readouterr()
    arguments = ["casepulse", "comparators", "read", str(folder), "--authority", OURS]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit) as ended:
        run()
    assert not ended.value.code
    out, error = capsys.readouterr()
    made = read_comparators(write(tmp_path / "out.toml", out.rstrip("\n")))
    assert made.measures["cp_over_2y"]["neighbours_2025"].value == 6.5
    assert "not read  notes.txt: is no CSV file" in error
    assert "symbol  c: withheld: 1 to 5" in error
    assert "symbol  u: too unreliable" in error
    assert "3 comparators of 1 measures" in error


def test_the_list_of_measures_says_the_basis(
    profile: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["casepulse", "measures", "--format", "json", "--profile", str(profile)]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit) as ended:
        run()
    assert not ended.value.code
    rows = map(json.loads, capsys.readouterr().out.splitlines())
    told = {row["measure"]: row for row in rows}["cp_over_2y"]
    assert told["comparators"]["neighbours_2025"] == 2.4
    assert told["compared"]["neighbours_2025"]["basis"] == "median of 8 of 10 published"
