"""Measures of an authority's own: found by the profile, and refused with what is wrong."""

import json
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from casepulse.schemas.profile import ProfileError, load_profile
from casepulse.state import Catalogue, Figures, Tally, catalogue_for, evaluate, open_catalogue
from casepulse.state.calendar import midnight
from casepulse.state.rules import RuleError
from casepulse.state.viewing import definitions_version, measure_views
from tests.build import visit
from tests.own_county import ITS, MODULE, TEXT, installed, profile_file


def _opened(folder: Path, text: str = TEXT, more: str = "") -> Catalogue:
    with installed(folder, text):
        return open_catalogue(profile_file(folder, more))


def _refused(folder: Path, text: str = TEXT, more: str = "") -> str:
    with pytest.raises(ProfileError) as caught:
        _opened(folder, text, more)
    return str(caught.value)


def test_its_measures_stand_beside_the_others(tmp_path: Path) -> None:
    catalogue = _opened(tmp_path)
    assert catalogue.measures.keys() - open_catalogue().measures.keys() == {ITS}
    assert ITS in catalogue.rules_about("child:k1")
    assert catalogue.profile.settings(ITS).target == 90
    order = list(catalogue.measures)
    assert order[order.index(ITS) - 1] == "cin_visits"
    assert catalogue.part_of[ITS] == "Seeing Children"


def test_the_version_of_the_definitions_is_another_with_each(tmp_path: Path) -> None:
    other = TEXT.replace("recorded within the standard", "recorded in time")
    versions = [definitions_version(_opened(tmp_path / "own", text)) for text in (TEXT, other)]
    with installed(tmp_path / "elsewhere", TEXT, "elsewhere"):
        moved = open_catalogue(profile_file(tmp_path, modules="elsewhere"))
    (tmp_path / "plain.toml").write_text('base = "january-2021"\nauthority = "Northshire, made up"')
    plain = definitions_version(open_catalogue(tmp_path / "plain.toml"))
    assert len({plain, *versions}) == 3
    assert definitions_version(moved) == versions[0], "where it lies defines nothing"


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("Timeliness of writing up visits", "How soon visits are written up"),
        (', behind="cin_visits"', ""),
        ('        dashboard=Place(Part.SEEING_CHILDREN, behind="cin_visits"),\n', ""),
    ],
)
def test_the_version_is_the_same_with_other_words_and_at_another_place(
    tmp_path: Path, words: str, others: str
) -> None:
    one, other = _opened(tmp_path), _opened(tmp_path, TEXT.replace(words, others))
    assert one.measures[ITS] != other.measures[ITS]
    assert definitions_version(one) == definitions_version(other)


def test_a_profile_without_a_dashboard_has_the_version_that_it_had() -> None:
    """Before a profile could say either. Releases and views of then name it."""
    profile = load_profile()
    told = json.loads(profile.model_dump_json())
    for unsaid in ("measures_from", "dashboard", "sources", "source"):
        del told[unsaid]
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    assert profile.version == sha256(text.encode()).hexdigest()[:12]
    says = profile.model_copy(update={"dashboard": {"All": ["cp_visits"]}})
    assert says.version != profile.version


def test_a_module_that_is_not_there_is_named_with_where_python_looked(tmp_path: Path) -> None:
    profile = profile_file(tmp_path, modules="nowhere_at_all.measures")
    with pytest.raises(ProfileError) as caught:
        open_catalogue(profile)
    words = str(caught.value)
    assert f"{profile}, line 3: measures_from: nowhere_at_all.measures: cannot be" in words
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
    "an id twice": (
        TEXT + TEXT[TEXT.index("@MEASURES") :],
        "there are two measures visits_written_up",
    ),
    "no measures": ("", "has no MEASURES; write MEASURES = Measures(), of casepulse.state"),
    "measures of another kind": ("MEASURES = []", "its MEASURES are no Measures; write"),
    "a missing word": (
        TEXT.replace("source=", "# "),
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
    "another standard": (
        TEXT.replace('{"written_up": hours', '{"within": hours'),
        "northshire.toml, line 7: measures.visits_written_up.standards.written_up: wants within",
    ),
    "a standard in other units": (
        TEXT.replace("hours", "months"),
        "line 7: measures.visits_written_up.standards.written_up: must be counted in months",
    ),
    "a phrase that is words alone": (
        TEXT.replace("phrase=Phrase(subject=", "phrase=dict(subject="),
        "visits_written_up: phrase must be a Phrase, such as",
    ),
    "a phrase of two kinds": (
        TEXT.replace("phrase=Phrase(", 'phrase=Phrase(said="{visit|visits} late", '),
        "a phrase has a subject or a clause that is said, not both",
    ),
    "a clause without its number": (
        TEXT.replace("phrase=Phrase(subject=", "phrase=Phrase(said="),
        "'Timeliness of writing up visits': a clause has its number once or more, as in",
    ),
    "a clause that is not closed": (
        TEXT.replace('subject="Timeliness', 'said="{visit|visits} [was late'),
        "a clause has its number once or more, as in",
    ),
    "a place in words": (
        TEXT.replace("dashboard=Place(Part.SEEING_CHILDREN", "dashboard=(Part.SEEING_CHILDREN")
        .replace(', behind="cin_visits"', ""),
        "visits_written_up: dashboard must be a Place, such as",
    ),
    "a part that there is none of": (
        TEXT.replace("Part.SEEING_CHILDREN", '"Seeing Childern"'),
        "'Seeing Childern' is no part of the dashboard; there are: Part.RESPONSE_TO_RISK, Part.",
    ),
    "behind what does not stand there": (
        TEXT.replace('"cin_visits"', '"rha_timely"'),
        "visits_written_up: there is no rha_timely in Seeing Children that it could stand behind; "
        "there are: cin_visits, cp_visits,",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_module_is_refused_with_what_is_wrong(tmp_path: Path, what: str) -> None:
    text, said = WRONG[what]
    words = _refused(tmp_path, text)
    assert said in words
    if "line 7" not in said:
        assert "northshire.toml, line 3: measures_from: " in words
    if "stand behind" not in said and "line 7" not in said:
        assert f"line 3: measures_from: {MODULE}: " in words


def test_the_line_that_fails_is_named(tmp_path: Path) -> None:
    words = _refused(tmp_path, WRONG["another kind"][0])
    line = 1 + TEXT[: TEXT.index("    share(")].count("\n")
    assert words.endswith(f"({tmp_path}/our_county/measures.py, line {line})")


@pytest.mark.parametrize("name", ["", "our-county", "../measures", "our_county.", "1st"])
def test_what_is_no_name_of_a_module_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProfileError, match="line 3: measures_from"):
        load_profile(profile_file(tmp_path, modules=name))


def test_a_profile_that_was_not_read_from_a_file_is_refused_too() -> None:
    profile = load_profile().model_copy(update={"measures_from": ["nowhere_at_all"]})
    with pytest.raises(ProfileError, match="measures_from: nowhere_at_all: cannot be imported"):
        catalogue_for(profile)


def test_several_behind_one_stand_in_the_order_of_their_definitions(tmp_path: Path) -> None:
    rule = TEXT[TEXT.index("@MEASURES") :]
    said = 'standards={"written_up": hours("made to written up")},'
    second = rule.replace(ITS, "second").replace(said, "")
    third = second.replace("second", "third").replace('"cin_visits"', '"second"')
    last = second.replace("second", "last").replace(', behind="cin_visits"', "")
    part = _opened(tmp_path, TEXT + second + third + last).dashboard["Seeing Children"]
    assert part[:5] == ("cin_visits", ITS, "second", "third", "cp_visits")
    assert part[-1] == "last"


def test_a_part_of_ones_own_measure_has_words_and_a_place_of_its_own(tmp_path: Path) -> None:
    part = (
        f'\nMEASURES.part("{ITS}", id="late", title="Late", definition="The rest.", '
        'numerator=frozenset({"no"}), denominator=None)\n'
    )
    late = _opened(tmp_path, TEXT + part).measures["late"]
    assert (late.phrase.subject, late.dashboard) == ("", None)


def test_a_rule_that_says_what_its_definition_does_not_know_is_named(tmp_path: Path) -> None:
    text = TEXT.replace("yes_no(in_time)", '"in time" if in_time else "late"')
    visited = [visit("2021-01-05")]
    with pytest.raises(RuleError, match="visits_written_up: its rule says 'in time', and its defi"):
        evaluate(visited, _opened(tmp_path, text), midnight(date(2021, 2, 1)))


# --- a dashboard of its own --------------------------------------------------------------------

DASHBOARD = f"""
[dashboard]
"Plans, and more" = ["cl_pathway_plan", "cin_plan_timely"]
Seeing = [
    "{ITS}",
    "cp_visits",
]
"""


def test_a_dashboard_of_ones_own_replaces_the_whole(tmp_path: Path) -> None:
    catalogue = _opened(tmp_path, more=DASHBOARD)
    assert catalogue.dashboard == {
        "Plans, and more": ("cl_pathway_plan", "cin_plan_timely"),
        "Seeing": (ITS, "cp_visits"),
    }
    names = list(catalogue.measures)
    assert names[:4] == ["cl_pathway_plan", "cin_plan_timely", ITS, "cp_visits"]
    assert sorted(names) == sorted(_opened(tmp_path).measures)
    figures = Figures(Tally(), catalogue, midnight(date(2021, 2, 1)))
    views = sorted(measure_views(figures).values(), key=lambda each: each.place)
    assert [each.dashboard for each in views[:5]] == ["Plans, and more"] * 2 + ["Seeing"] * 2 + [
        None
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[dashboard]\nSeeing = ["cp_visit"]', 9, "dashboard.Seeing: there is no measure cp_visit; "
         "did you mean cp_visits"),
        ('[dashboard]\nSeeing = ["999"]', 9, "dashboard.Seeing: there is no measure 999; "
         "casepulse measures lists them"),
        ('[dashboard]\n\n"In time" = ["rha_timely", "rha_timely"]', 10,
         "dashboard.In time: rha_timely stands on it twice"),
        ('[dashboard]\nA = ["rha_timely"]\nB = ["rha_timely"]', 10,
         "dashboard.B: rha_timely stands on it twice"),
        ("[dashboard]\nA = []", 9, "dashboard.A: List should have at least 1"),
        ("[dashboard]", 8, "dashboard: Dictionary should have at least 1"),
        ('[dashboard]\nA = "rha_timely"', 9, "dashboard.A: Input should be a valid list"),
    ],
)  # fmt: skip
def test_a_wrong_dashboard_is_refused(tmp_path: Path, text: str, line: int, said: str) -> None:
    assert f"northshire.toml, line {line}: {said}" in _refused(tmp_path, more=text + "\n")
