"""An authority's profile: what it may say, what it changes, and how a wrong one is refused."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from casepulse.schemas.profile import BASES, Profile, ProfileError, load_profile
from casepulse.schemas.standard import Standard
from casepulse.state import Catalogue, Figures, catalogue_for, open_catalogue, rate
from casepulse.state.viewing import definitions_version
from tests.build import (
    CATALOGUE,
    allocated,
    assessment,
    authorised,
    conference,
    contact,
    decision,
    enquiry,
    entered_care,
    figures,
    missing,
    placed,
    plan,
    referral,
    review,
    row,
    share,
    status,
    statuses,
    statutory_visit,
    strategy_discussion,
    table,
    visit,
    worker,
)


@pytest.fixture
def profile_of(tmp_path: Path):
    """Reads a profile that says this."""

    def read(text: str) -> Profile:
        path = tmp_path / "county.toml"
        path.write_text(f'base = "january-2021"\n{text}', encoding="utf-8")
        return load_profile(path)

    return read


@pytest.fixture
def refusal_of(tmp_path: Path):
    """The words with which a profile is refused, by itself or by the catalogue of measures; lines
    are counted from the one after that of the base."""

    def read(text: str) -> str:
        path = tmp_path / "county.toml"
        path.write_text(f'base = "january-2021"\n{text}', encoding="utf-8")
        with pytest.raises(ProfileError) as caught:
            open_catalogue(path)
        return re.sub(r"(?<=, line )(\d+)", lambda line: str(int(line[1]) - 1), str(caught.value))

    return read


# --- wrong profiles ---------------------------------------------------------------------------

LOCALITIES = "Cheltenham, Cotswolds, FoD, Gloucester, Stroud, Tewkesbury, DCYPS, Other"


@pytest.mark.parametrize(
    ("text", "line", "field", "allowed"),
    [
        row("an unknown setting",
            'authority = "A"\nauthorty = "B"', 2, "authorty", "not permitted"),
        row("an authority without a name", 'authority = ""', 1, "authority", "at least 1"),
        row("no localities", 'authority = "A"\nlocalities = []', 2, "localities", "at least 1"),
        row("a locality twice",
            'localities = ["A", "A"]\nlocality_of_others = "A"', 1, "localities", "stands twice"),
        row("a locality called county",
            'localities = ["county"]\nlocality_of_others = "county"', 1, "localities", "their sum"),
        row("others in no locality",
            'locality_of_others = "Elsewhere"', 1, "locality_of_others", LOCALITIES),
        row("a team in no locality",
            '[teams]\nmash = "Other"\nwest = "Wset"', 3, "teams.west", LOCALITIES),
        row("a team with capitals",
            '[teams]\nWest = "Stroud"', 2, "teams.West", "[a-z0-9]"),
        row("a tolerance that is no number",
            '[rag]\n\ntolerance = "small"', 3, "rag.tolerance", "number"),
        row("a tolerance below nought", "[rag]\ntolerance = -1", 2, "rag.tolerance", "equal to 0"),
        row("a tolerance of no number", "[rag]\ntolerance = nan", 2, "rag.tolerance", "finite"),
        row("far below nearer than the tolerance",
            "[rag]\ntolerance = 5\nfar_below = 4", 3, "rag.far_below", "not be less"),
        row("no month outside", "[rag]\nmonths_outside = 0", 2, "rag.months_outside", "equal to 1"),
        row("half a month outside",
            "[rag]\nmonths_outside = 1.5", 2, "rag.months_outside", "integer"),
        row("more months outside than a series has",
            "[rag]\nmonths_outside = 14", 2, "rag.months_outside", "equal to 13"),
        row("a target above 100",
            "# ours\n[measures.cp_visits]\ntarget = 101", 3, "measures.cp_visits.target",
            "equal to 100"),
        row("a target that is a text",
            '[measures.cp_visits]\ntarget = "ninety"', 2, "measures.cp_visits.target", "number"),
        row("a target that is yes or no",
            "[measures.cp_visits]\ntarget = true", 2, "measures.cp_visits.target", "number"),
        row("an unknown setting of a measure",
            "[measures.cp_visits]\ntarjet = 90", 2, "measures.cp_visits.tarjet", "not permitted"),
        row("a text for yes",
            '[measures.cp_visits]\naip = "yes"', 2, "measures.cp_visits.aip", "boolean"),
        row("a standard in an unknown unit",
            '[measures.cp_visits]\nstandards.seen = "2 fortnights"', 2,
            "measures.cp_visits.standards.seen", "working days, weeks, months"),
        row("a standard without a unit",
            '[measures.cp_visits.standards]\nseen = "10"', 2,
            "measures.cp_visits.standards.seen", "such as '10 working days'"),
        row("a standard that is a number",
            "[measures.cp_visits.standards]\nseen = 10", 2,
            "measures.cp_visits.standards.seen", "such as '10 working days'"),
        row("a standard below nought",
            '[measures.cp_visits.standards]\nseen = "-1 days"', 2,
            "measures.cp_visits.standards.seen", "such as '10 working days'"),
        row("a comparator above 100",
            "[measures.cp_visits]\ncomparators.peers = 200", 2,
            "measures.cp_visits.comparators.peers", "equal to 100"),
        row("a measure that is a number", "[measures]\ncp_visits = 90", 2, "measures.cp_visits",
            "dictionary"),
    ],
)  # fmt: skip
def test_a_wrong_profile_is_refused_with_line_field_and_what_is_allowed(
    refusal_of, text, line, field, allowed
):
    words = refusal_of(text)
    assert f"county.toml, line {line}: {field}" in words
    assert allowed in words


def test_every_mistake_is_told_at_once(refusal_of):
    words = refusal_of("[rag]\ntolerance = -1\n[measures.cp_visits]\ntarget = -1").splitlines()
    assert [line.partition(": ")[0].rpartition(" ")[2] for line in words] == ["2", "4"]


def test_what_is_no_toml_is_refused_with_its_line(refusal_of):
    words = refusal_of('authority = "A"\nlocalities = \n')
    assert "county.toml" in words
    assert "line 3" in words


def test_a_setting_twice_is_refused(refusal_of):
    assert "county.toml" in refusal_of('authority = "A"\nauthority = "B"')


def test_a_profile_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ProfileError, match=r"nowhere\.toml: cannot be read"):
        load_profile(tmp_path / "nowhere.toml")


def test_a_profile_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "county.toml"
    path.write_bytes('authority = "Côté"'.encode("latin-1"))
    with pytest.raises(ProfileError, match=r"county\.toml: cannot be read"):
        load_profile(path)


# --- measures and standards that there are none of --------------------------------------------


@pytest.mark.parametrize(
    ("text", "field", "allowed"),
    [
        row("a measure that there is none of",
            "[measures.cp_vists]\ntarget = 90", "measures.cp_vists", "cp_visits"),
        row("a standard that the measure does not have",
            '[measures.cp_visits]\nstandards.sen = "10 days"', "measures.cp_visits.standards",
            "seen"),
        row("a standard of a measure that has none",
            '[measures.return_interview]\nstandards.held = "3 days"',
            "measures.return_interview.standards", "none"),
    ],
)  # fmt: skip
def test_the_catalogue_refuses_what_it_does_not_know(refusal_of, text, field, allowed):
    words = refusal_of(text)
    assert field in words
    assert allowed in words


def test_the_catalogue_refuses_a_profile_without_a_standard_that_a_measure_needs():
    told = load_profile().model_dump()
    del told["measures"]["cp_visits"]["standards"]["seen"]
    with pytest.raises(ProfileError, match=r"measures\.cp_visits\.standards: wants seen"):
        catalogue_for(Profile.model_validate(told))
    del told["measures"]["cp_visits"]
    with pytest.raises(ProfileError, match=r"measures\.cp_visits"):
        catalogue_for(Profile.model_validate(told))


SOME_OF_EVERYTHING = [
    contact("2021-01-04 09:00", red=True),
    decision("2021-01-04 12:00"),
    referral("2020-06-01"),
    referral("2021-01-04", "S47", key="r2"),
    visit("2021-01-05", kind="statutory"),
    assessment("2021-01-04", of="r2"),
    assessment("2021-01-04", key="a2", of="r2"),
    authorised("2021-01-20"),
    strategy_discussion("2021-01-04"),
    enquiry("2021-01-04"),
    conference("2021-01-18"),
    plan("2021-01-04"),
    entered_care("2019-01-04"),
    placed("2019-01-04"),
    *(review(f"2019-0{month}-04") for month in (2, 3, 4)),
    missing("2020-12-01"),
    allocated("2021-01-04"),
    worker("2020-01-06"),
    entered_care("2021-01-04", subject="child:new"),
    placed("2021-01-04", subject="child:new"),
    statutory_visit("2021-01-11", subject="child:new"),
    entered_care("2019-01-04", subject="child:lasting"),
    placed("2019-01-04", until_eighteen=True, subject="child:lasting"),
    statutory_visit("2021-01-11", subject="child:lasting"),
]

UNITS = [
    "hours", "days", "working days", "weeks", "months", "children", "placements", "points"
]  # fmt: skip


def _refusal(run: Callable[[str], object], text: str, *errors: type[Exception]) -> str:
    """The words of the error that a profile's text leads to; none if it leads to none."""
    try:
        run(text)
    except errors as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("measure", "standard"),
    [
        (measure.id, standard)
        for measure in CATALOGUE.measures.values()
        for standard in measure.standards
    ],
)
def test_a_standard_in_a_unit_that_makes_no_sense_is_refused_at_the_start_and_breaks_nothing_later(
    profile_of, measure, standard
):
    """What the catalogue accepts, its rules can count."""

    def start(text: str) -> Catalogue:
        return catalogue_for(profile_of(text))

    def count(text: str) -> Figures:
        return figures(SOME_OF_EVERYTHING, "2021-02-01", catalogue=start(text))

    broken = {}
    for unit in UNITS:
        text = f'[measures.{measure}]\nstandards.{standard} = "3 {unit}"'
        refused = _refusal(start, text, ProfileError)
        if refused:
            assert f"measures.{measure}.standards" in refused
        else:
            broken[unit] = _refusal(count, text, TypeError, ValueError)
    broken = {unit: words for unit, words in broken.items() if words}
    assert not broken


@table("""
    looking back              | look_back | expected
    so many months            | 12 months | no
    so many months, more      | 24 months | yes
    so many weeks, not months | 52 weeks  | no
    so many days, not months  | 365 days  | no
""")
def test_a_look_back_is_in_its_own_unit_or_refused(profile_of, look_back, expected):
    profile = profile_of(f'[measures.cic_missing_12m]\nstandards.look_back = "{look_back}"')
    facts = [entered_care("2018-01-08"), missing("2019-07-01")]
    try:
        catalogue = catalogue_for(profile)
    except ProfileError:
        assert not look_back.endswith("months")
        return
    assert status("cic_missing_12m", facts, "2021-02-01", catalogue=catalogue) == expected


# --- what a profile changes -------------------------------------------------------------------


def test_one_standard_of_an_authority_changes_a_figure_without_code(profile_of):
    ours = catalogue_for(profile_of('[measures.cp_visits]\nstandards.seen = "15 working days"'))
    facts = [plan("2021-01-04"), visit("2021-01-11")]
    assert status("cp_visits", facts, "2021-02-01") == "overdue"
    assert status("cp_visits", facts, "2021-02-01", catalogue=ours) == "met"
    assert ours.profile.settings("cp_visits").target == 90  # what it does not say stays


def test_one_standard_leaves_the_others_of_its_measure(profile_of):
    ours = profile_of('[measures.initial_visits_all]\nstandards.section_17 = "7 days"')
    standards = ours.settings("initial_visits_all").standards
    assert {name: str(each) for name, each in standards.items()} == {
        "section_17": "7 days",
        "section_47": "1 working day",
        "closed": "5 working days",
    }


def test_a_caseload_of_an_authority(profile_of):
    ours = catalogue_for(profile_of('[measures.caseload_18]\nstandards.caseload = "1 child"'))
    facts = [worker("2020-01-06")]
    facts += [allocated("2021-01-04", subject=f"child:k{n}") for n in range(2)]
    assert statuses("caseload_18", facts, "2021-02-01") == {"within": 1}
    assert statuses("caseload_18", facts, "2021-02-01", catalogue=ours) == {"above": 1}


def test_localities_and_teams_of_an_authority(profile_of):
    ours = catalogue_for(
        profile_of(
            'localities = ["North", "South"]\nlocality_of_others = "South"\n'
            '[teams]\nnorth-east = "North"'
        )
    )
    facts = [
        referral("2021-01-04", team="north-east", subject="child:a"),
        referral("2021-01-04", team="stroud-assessment", subject="child:b"),
    ]
    for locality in ("North", "South"):
        counted = share(
            "initial_visits_all", facts, "2021-02-01", locality=locality, catalogue=ours
        )
        assert counted == "0 of 1"


def test_new_teams_join_those_of_the_default(profile_of):
    ours = profile_of('[teams]\nstroud-new = "Stroud"')
    assert ours.locality_of("stroud-new") == "Stroud"
    assert ours.locality_of("stroud-assessment") == "Stroud"


def test_new_localities_without_teams_have_no_teams_of_the_default(profile_of):
    ours = profile_of('localities = ["One"]\nlocality_of_others = "One"')
    assert ours.teams == {}
    assert ours.locality_of("stroud-assessment") == "One"


def test_a_target_and_a_rule_of_an_authority_change_a_colour(profile_of):
    ours = profile_of("[measures.cp_visits]\ntarget = 80\n[rag]\ntolerance = 1.0")
    settings = ours.settings("cp_visits")
    theirs = load_profile()

    def rated(profile, target):
        rag = profile.rag
        return rate([86], target, rag.tolerance, "high", rag).value

    assert rated(theirs, 90) == "green"
    assert rated(ours, settings.target) == "green"
    assert rated(ours, 90) == "yellow"


def test_nothing_said_is_the_county_of_the_report(profile_of):
    assert profile_of("") == load_profile()
    assert load_profile().localities == LOCALITIES.split(", ")


@pytest.mark.parametrize(
    "text",
    [
        row("a target", "[measures.cp_visits]\ntarget = 91"),
        row("a standard", '[measures.cp_visits]\nstandards.seen = "11 working days"'),
        row("a team", '[teams]\nstroud-new = "Stroud"'),
        row("a rule", "[rag]\ntolerance = 4.4"),
        row("the order of localities",
            'localities = ["Other", "Cheltenham", "Cotswolds", "FoD", "Gloucester", "Stroud", '
            '"Tewkesbury", "DCYPS"]'),
    ],
)  # fmt: skip
def test_the_version_changes_with_anything_that_is_said(profile_of, text):
    assert profile_of(text).version != load_profile().version
    assert profile_of(text).version == profile_of(text).version


def test_the_version_of_the_definitions_is_the_same_in_every_process():
    """Workers and board are processes of their own: the board leaves out other definitions."""
    code = (
        "from casepulse.schemas.profile import load_profile\n"
        "from casepulse.state import catalogue_for\n"
        "from casepulse.state.viewing import definitions_version\nimport sys\n"
        "sys.stdout.write(definitions_version(catalogue_for(load_profile())))"
    )
    root = str(Path(__file__).parents[2])
    versions = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert versions == {definitions_version(CATALOGUE)}


# --- standards --------------------------------------------------------------------------------


@table("""
    a standard      | words           | count | unit
    hours           | 24 hours        | 24    | hours
    one hour        | 1 hour          | 1     | hours
    one working day | 1 working day   | 1     | working days
    working days    | 45 working days | 45    | working days
    one month       | 1 month         | 1     | months
    weeks           | 6 weeks         | 6     | weeks
    children        | 18 children     | 18    | children
    one child       | 1 child         | 1     | children
    placements      | 3 placements    | 3     | placements
    one placement   | 1 placement     | 1     | placements
""")
def test_a_standard_reads_as_the_handbook_words_it(words, count, unit):
    standard = Standard(int(count), unit)
    assert Standard.parse(words) == standard
    assert str(standard) == words


@pytest.mark.parametrize("words", ["", "10", "days", "ten days", "10  days", "10 Days", "1.5 days"])
def test_other_words_are_no_standard(words):
    with pytest.raises(ValueError, match="such as '10 working days'; units: hours, days"):
        Standard.parse(words)


def test_a_profile_written_out_can_be_read_again():
    profile = load_profile()
    assert Profile.model_validate_json(profile.model_dump_json()) == profile


# --- bases ------------------------------------------------------------------------------------

SCHEMAS = Path(__file__).parents[2] / "schemas"

#: All that a council must say.
TEN_LINES = """\
base = "england-2026"
authority = "Northshire, made up"
localities = ["North", "South"]
locality_of_others = "South"
population = 52000
[teams]
gloucester-assessment = "North"
"""


def test_a_profile_without_a_base_is_refused_with_the_choice(tmp_path):
    path = tmp_path / "county.toml"
    for said in ('authority = "A"', 'base = "england-2027"\nauthority = "A"'):
        path.write_text(said, encoding="utf-8")
        with pytest.raises(ProfileError, match="base: say what the profile begins with") as refused:
            load_profile(path)
        for base, words in BASES.items():
            assert f'base = "{base}"' in str(refused.value)
            assert words in str(refused.value)


def test_a_new_council_has_nothing_of_anybody_else(tmp_path):
    path = tmp_path / "county.toml"
    path.write_text(TEN_LINES, encoding="utf-8")
    catalogue = open_catalogue(path)
    assert len(catalogue.measures) == len(open_catalogue().measures)
    for name in catalogue.measures:
        said = catalogue.profile.settings(name)
        assert (said.target, said.tolerance, said.aip, said.comparators) == (None, None, False, {})
    assert catalogue.profile.teams == {"gloucester-assessment": "North"}


def test_a_standard_of_england_is_one_of_the_county_of_january():
    """The base of standards was made from it: what differs is said here."""
    england = tomllib.loads((SCHEMAS / "england_2026.toml").read_text("utf-8"))["measures"]
    january = tomllib.loads((SCHEMAS / "january_2021.toml").read_text("utf-8"))["measures"]
    standards = {name: said["standards"] for name, said in england.items()}
    assert standards == {
        name: said["standards"] for name, said in january.items() if "standards" in said
    }


def test_what_a_base_says_can_be_taken_out(profile_of):
    assert profile_of("").settings("cp_visits").target == 90
    assert profile_of('unset = ["measures.cp_visits.target"]').settings("cp_visits").target is None
    both = profile_of('unset = ["measures.sw_stability_cic_12m.comparators"]')
    assert both.settings("sw_stability_cic_12m").comparators == {}
    said_anew = 'unset = ["measures.cp_visits.target"]\n[measures.cp_visits]\ntarget = 80'
    assert profile_of(said_anew).settings("cp_visits").target == 80


@pytest.mark.parametrize("name", ["measures.cp_vists.target", "authority.a", "x"])
def test_what_a_base_does_not_say_cant_be_taken_out(refusal_of, name):
    words = refusal_of(f'unset = ["{name}"]')
    assert f"line 1: unset: {name}: the base says nothing of it" in words
