"""The file of grants: what it gives, and how it is refused."""

import ast
import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from casepulse.access.grants import Grant, Scope
from casepulse.access.lists import every_list
from casepulse.access.rules import AccessError, lists_of, load_access
from casepulse.counties.scenario import scenario
from casepulse.state import Fact, Partition
from casepulse.state.due import due_list
from casepulse.state.measures import MEASURES
from tests.access.people import CATALOGUE
from tests.services import ROOT

GOOD = """\
[grants.heads]
group = "cs-heads"
role = "head of service"
scope = "service"
restricted = true

[grants.stroud]
group = "cs-stroud"
role = "locality manager"
scope = "locality"
localities = ["Stroud"]

[grants.stroud-reviews]
group = "cs-stroud"
role = "conference chair"
scope = "team"
teams = ["fod-safeguarding", "stroud-safeguarding"]
lists = ["cp_review_up_to_date"]
restricted = true
"""


def file(folder: Path, text: str) -> Path:
    """A file of grants."""
    path = folder / "access.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_groups_bring_grants(tmp_path: Path) -> None:
    access = load_access(file(tmp_path, GOOD), CATALOGUE)
    every = frozenset(lists_of(CATALOGUE))
    assert access.grants(["cs-heads"]) == (
        Grant("head of service", Scope.SERVICE, frozenset(), every, restricted=True),
    )
    assert access.grants(["cs-stroud", "others"]) == (
        Grant("locality manager", Scope.LOCALITY, frozenset({"Stroud"}), every),
        Grant(
            "conference chair",
            Scope.TEAM,
            frozenset({"fod-safeguarding", "stroud-safeguarding"}),
            frozenset({"cp_review_up_to_date"}),
            restricted=True,
        ),
    )
    assert access.grants(["others", "CS-HEADS", ""]) == ()
    assert access.known(["others", "cs-stroud", "cs-heads", "cs-heads"]) == [
        "cs-heads",
        "cs-stroud",
    ]


def test_an_empty_file_opens_nothing(tmp_path: Path) -> None:
    assert load_access(file(tmp_path, "[grants]\n"), CATALOGUE).grants(["cs-heads"]) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('"service"', '"county"', 4, "grants.heads.scope: Input should be 'service', 'locality'"),
        ('["Stroud"]', '["Strud"]', 11, "grants.stroud.localities: there is no 'Strud'; there are"),
        ('["fod-safeguarding", ', '["fod", ', 17, "grants.stroud-reviews.teams: there is no 'fod'"),
        ('["cp_review_up', '["cp_reviews_up', 18, "lists: there is no 'cp_reviews_up_to_date'"),
        ('lists = ["cp_review_up_to_date"]', "lists = []", 18, "lists: must name at least one"),
        ('scope = "team"', 'scope = "service"', 17, "teams: must not be there where the scope"),
        ('localities = ["Stroud"]\n', "", 7, "localities: must name at least one where the scope"),
        ("restricted = true", 'restricted = "yes"', 5, "grants.heads.restricted: Input should be"),
        ("restricted", "restrict", 5, "grants.heads.restrict: Extra inputs are not permitted"),
        ('group = "cs-heads"\n', "", 1, "grants.heads.group: Field required"),
        ('group = "cs-heads"', 'group = ""', 2, "grants.heads.group: String should have at least"),
        (
            'role = "conference chair"',
            "role = 7",
            15,
            "grants.stroud-reviews.role: Input should be",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_key(
    tmp_path: Path, old: str, new: str, line: int, told: str
) -> None:
    assert old in GOOD
    path = file(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(AccessError) as refused:
        load_access(path, CATALOGUE)
    assert f"{path}, line {line}: " in str(refused.value)
    assert told in str(refused.value)


def test_a_file_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="cannot be read"):
        load_access(tmp_path / "none.toml", CATALOGUE)
    with pytest.raises(AccessError, match="is no TOML"):
        load_access(file(tmp_path, "grants = ["), CATALOGUE)
    with pytest.raises(AccessError, match="grants: Field required"):
        load_access(file(tmp_path, ""), CATALOGUE)


def test_the_example_of_the_document_holds(tmp_path: Path) -> None:
    document = (ROOT / "docs/access.md").read_text(encoding="utf-8")
    _, _, rest = document.partition("```toml\n")
    text, end, _ = rest.partition("```")
    assert end
    access = load_access(file(tmp_path, text), CATALOGUE)
    assert {grant.scope for grants in access.by_group.values() for grant in grants} == set(Scope)


def _names_a_due(function: Callable[..., object]) -> bool:
    """Whether a rule, or a function of its module that it calls, says of anything when it falls
    due: the fifth of what `Sorted` is given."""
    tree = ast.parse(inspect.getsource(sys.modules[function.__module__]))
    functions = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}

    def look(name: str, seen: frozenset[str]) -> bool:
        if name not in functions or name in seen:
            return False
        for call in (each for each in ast.walk(functions[name]) if isinstance(each, ast.Call)):
            called = call.func.id if isinstance(call.func, ast.Name) else ""
            if called == "Sorted" and (
                len(call.args) > 4 or any(word.arg == "due" for word in call.keywords)
            ):
                return True
            if look(called, seen | {name}):
                return True
        return False

    return look(function.__name__, frozenset())


def test_there_is_a_list_of_each_measure_by_which_something_falls_due() -> None:
    named = {name for name, rule in MEASURES.rules.items() if _names_a_due(rule)}
    assert len(named) > 30
    wholes = {each.measure.id for each in CATALOGUE.listed if each.measure.of is None}
    assert {name for name in wholes if every_list(CATALOGUE).get(name)} == named
    assert set(lists_of(CATALOGUE)) == {each.granted_by for each in every_list(CATALOGUE).values()}


def test_there_is_a_second_list_of_each_flow_that_may_be_late() -> None:
    every = every_list(CATALOGUE)
    for name, measure in CATALOGUE.measures.items():
        assert (f"{name}.late" in every) == (measure.kind == "flow" and bool(measure.late)), name


def test_a_part_is_opened_by_the_grant_of_the_list_that_its_lines_stand_on() -> None:
    every = every_list(CATALOGUE)
    assert every["cic_health_assessment_under_5"].granted_by == "cic_health_assessment"
    assert every["cl_older_seen"].granted_by == "cl_older_seen"
    assert every["initial_visits_not_seen.late"].granted_by == "initial_visits_all"
    assert every["initial_visits_not_seen.late"].kept_as == "initial_visits_all.late"


def test_what_falls_due_is_on_a_list_that_can_be_opened() -> None:
    partition = Partition(CATALOGUE)
    for event in scenario(children=60, months=2):
        if event.type == "clock.ticked":
            partition.advance(event.time)
        else:
            partition.apply(Fact.of(event))
    found = {line.measure for line in due_list(partition, CATALOGUE)}
    assert len(found) > 10
    assert found <= set(lists_of(CATALOGUE))


def test_the_guide_names_every_list_whose_lines_carry_no_flag() -> None:
    """Only a child has the flag."""
    guide = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    told = guide.partition("\n### Lists whose lines carry no flag\n")[2].partition("\n#")[0]
    named = set(re.findall(r"^\| `(\w+)` ", told, re.MULTILINE))
    assert named == {
        name for name in lists_of(CATALOGUE) if "child" not in CATALOGUE.measures[name].about
    }
