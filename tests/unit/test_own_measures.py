"""Measures of an authority's own: found by the profile, and refused with what is wrong."""

import sys
from pathlib import Path

import pytest

from casepulse.schemas.profile import ProfileError, load_profile
from casepulse.state import Catalogue, catalogue_for, open_catalogue
from casepulse.state.viewing import definitions_version
from tests.own_county import MODULE, TEXT, installed, profile_file


def _opened(folder: Path, text: str = TEXT, more: str = "") -> Catalogue:
    with installed(folder, text):
        return open_catalogue(profile_file(folder, more))


def _refused(folder: Path, text: str = TEXT, more: str = "") -> str:
    with pytest.raises(ProfileError) as caught:
        _opened(folder, text, more)
    return str(caught.value)


def test_its_measures_stand_beside_the_others(tmp_path: Path) -> None:
    catalogue = _opened(tmp_path, more="[measures.visits_written_up]\ntarget = 90")
    assert catalogue.measures.keys() - open_catalogue().measures.keys() == {"visits_written_up"}
    assert "visits_written_up" in catalogue.rules_about("child:k1")
    assert catalogue.profile.settings("visits_written_up").target == 90


def test_the_version_of_the_definitions_is_another_with_each(tmp_path: Path) -> None:
    other = TEXT.replace("recorded within 48 hours", "recorded in two days")
    versions = [definitions_version(_opened(tmp_path / "own", text)) for text in (TEXT, other)]
    with installed(tmp_path / "elsewhere", TEXT, "elsewhere"):
        moved = open_catalogue(profile_file(tmp_path, modules="elsewhere"))
    (tmp_path / "plain.toml").write_text('authority = "Northshire"')
    plain = definitions_version(open_catalogue(tmp_path / "plain.toml"))
    assert len({plain, *versions}) == 3
    assert definitions_version(moved) == versions[0], "where it lies defines nothing"


def test_a_module_that_is_not_there_is_named_with_where_python_looked(tmp_path: Path) -> None:
    profile = profile_file(tmp_path, modules="nowhere_at_all.measures")
    with pytest.raises(ProfileError) as caught:
        open_catalogue(profile)
    words = str(caught.value)
    assert f"{profile}, line 2: measures_from: nowhere_at_all.measures: cannot be" in words
    assert "No module named 'nowhere_at_all'" in words
    assert f"Python looked in: {sys.path[0] or 'the folder'}" in words


WRONG = {
    "an id that is there": (
        TEXT.replace('"visits_written_up"', '"cp_visits"'),
        "there is a measure cp_visits already, in casepulse.state.measures.child_protection",
    ),
    "the id of a part that is there": (
        TEXT.replace('"visits_written_up"', '"initial_visits_late"'),
        "there is a measure initial_visits_late already, in casepulse.state.measures.referral",
    ),
    "an id twice": (TEXT + TEXT[TEXT.index("@") :], "there are two measures visits_written_up"),
    "no measures": ("", "has no MEASURES; write MEASURES = Measures(), of casepulse.state"),
    "measures of another kind": ("MEASURES = []", "its MEASURES are no Measures; write"),
    "a missing word": (
        TEXT.replace('source="Northshire, made up",', ""),
        "TypeError: Measure.__init__() missing 1 required keyword-only argument: 'source'",
    ),
    "a word too many": (
        TEXT.replace("source=", "sauce=1, source="),
        "TypeError: Measure.__init__() got an unexpected keyword argument 'sauce'",
    ),
    "a status that there is none of": (
        TEXT.replace('better="high",', 'better="high", late=frozenset({"missed"}),'),
        "visits_written_up: it has no status missed; it has: yes, no",
    ),
    "a section in words": (
        TEXT.replace("Section.CHILDREN_IN_NEED", '"Children in Need"'),
        "visits_written_up: section must be a Section, such as Section.CHILD_PROTECTION",
    ),
    "another kind": (
        TEXT.replace('kind="flow"', 'kind="rate"'),
        "visits_written_up: kind must be one of: flow, stock",
    ),
    "a better of its own": (
        TEXT.replace('better="high"', 'better="more"'),
        "visits_written_up: better must be one of: high, low, None",
    ),
    "a rate with a denominator": (
        TEXT.replace('better="high",', 'better="high", scale="rate",'),
        "visits_written_up: a rate's denominator is the profile's population",
    ),
    "an id with blanks": (
        TEXT.replace('"visits_written_up"', '"visits written up"'),
        "visits written up: an id is of small letters, digits and _",
    ),
    "a part of nothing": (
        TEXT + 'MEASURES.part("seen", id="late", title="Late", definition="Some.")',
        "late: there is no measure seen here that it is a part of",
    ),
    "no Python": ("MEASURES = ", "is no Python: invalid syntax (measures.py, line 1)"),
    "a module that it wants and is not there": (
        "import nowhere_at_all",
        "ModuleNotFoundError: No module named 'nowhere_at_all'",
    ),
    "a standard that nobody set": (
        TEXT.replace('better="high",', 'better="high", standards={"within": hours("To do it")},')
        .replace("import Section", "import Section, hours"),
        "measures.visits_written_up.standards: the profile must set: within",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_module_is_refused_with_what_is_wrong(tmp_path: Path, what: str) -> None:
    text, said = WRONG[what]
    words = _refused(tmp_path, text)
    assert said in words
    if "the profile must set" not in said:
        assert f"northshire.toml, line 2: measures_from: {MODULE}: " in words


def test_the_line_that_fails_is_named(tmp_path: Path) -> None:
    words = _refused(tmp_path, WRONG["another kind"][0])
    line = 1 + TEXT[: TEXT.index("    share(")].count("\n")
    assert words.endswith(f"({tmp_path}/our_county/measures.py, line {line})")


@pytest.mark.parametrize("name", ["", "our-county", "../measures", "our_county.", "1st"])
def test_what_is_no_name_of_a_module_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProfileError, match="line 2: measures_from"):
        load_profile(profile_file(tmp_path, modules=name))


def test_a_profile_that_was_not_read_from_a_file_is_refused_too() -> None:
    profile = load_profile().model_copy(update={"measures_from": ["nowhere_at_all"]})
    with pytest.raises(ProfileError, match="measures_from: nowhere_at_all: cannot be imported"):
        catalogue_for(profile)
