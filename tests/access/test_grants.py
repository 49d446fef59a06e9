"""Who sees which line: the rules against a plain statement of them."""

import itertools

import pytest

from casepulse.access.grants import Asked, Grant, Identity, Scope, may_ask, visible
from casepulse.schemas.due import Due
from tests.access.people import CATALOGUE, LINES, LISTS, PEOPLE, TEAMS, VISITS, Person, line

PROFILE = CATALOGUE.profile


def signed_in(*grants: Grant) -> Identity:
    """Somebody with these grants."""
    return Identity("https://login.example", "role", "", grants)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
@pytest.mark.parametrize("measure", LISTS)
def test_every_role_sees_just_what_it_should(person: Person, measure: str) -> None:
    expected = [each for each in LINES if each.measure == measure and person.should_see(each)]
    assert visible(LINES, person.identity(), measure) == expected


def test_without_a_grant_nothing_is_seen() -> None:
    nobody = signed_in()
    assert not any(visible(LINES, nobody, measure) for measure in LISTS)
    assert not may_ask(nobody, VISITS, Asked(), PROFILE)


def test_grants_add_up_and_none_widens_another() -> None:
    """Every pair of roles: a line is seen if one of the two alone shows it."""
    for first, second in itertools.combinations(PEOPLE, 2):
        both = signed_in(first.grant(), second.grant())
        for measure in LISTS:
            seen = visible(LINES, both, measure)
            assert seen == [
                each
                for each in LINES
                if each.measure == measure and (first.should_see(each) or second.should_see(each))
            ]


def test_restricted_in_one_scope_is_not_restricted_in_another() -> None:
    stroud = Grant("a", Scope.LOCALITY, frozenset({"Stroud"}), frozenset(LISTS), restricted=True)
    forest = Grant("b", Scope.LOCALITY, frozenset({"FoD"}), frozenset(LISTS))
    seen = visible(LINES, signed_in(stroud, forest), VISITS)
    assert {each.locality for each in seen if each.restricted} == {"Stroud"}
    assert {each.locality for each in seen if not each.restricted} == {"Stroud", "FoD"}


def test_a_line_that_does_not_say_whether_it_is_restricted_is_taken_for_restricted() -> None:
    told = line("child:k1").model_dump_json(exclude={"restricted"})
    assert "restricted" not in told
    silent = Due.model_validate_json(told)
    for restricted in (True, False):
        person = Person("somebody", "service", (), LISTS, restricted)
        assert bool(visible([silent], person.identity(), VISITS)) == restricted


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_a_filter_is_open_where_something_could_be_seen_through_it(person: Person) -> None:
    """A look is let through if a line could be there for it, of any team that the profile has."""
    possible = [
        line("child:k1", measure, team, restricted=restricted)
        for measure in LISTS
        for team in TEAMS
        for restricted in (False, True)
    ]
    localities, teams = (None, "Stroud", "FoD"), (None, *TEAMS)
    for measure, locality, team in itertools.product(LISTS, localities, teams):
        if locality is not None and team is not None and TEAMS[team] != locality:
            continue  # nobody is in both: it shows nothing to anybody
        asked = Asked(locality=locality, team=team)
        through = [each for each in possible if each.measure == measure and asked.takes(each)]
        could = any(person.should_see(each) for each in through)
        if person.names == ("Other",):  # no team of the tests is there, but others are
            could = measure in person.lists and locality is None and team is None
        assert may_ask(person.identity(), measure, asked, PROFILE) == could, asked


def test_what_is_asked_for_is_taken() -> None:
    one = line("child:k1", workers=("w1", "w2"))
    assert Asked().takes(one)
    assert Asked(locality="Stroud", team="stroud-safeguarding", worker="w2", overdue=True).takes(
        one
    )
    for other in (
        Asked(locality="FoD"),
        Asked(team="stroud-assessment"),
        Asked(worker="w"),
        Asked(worker="w3"),
    ):
        assert not other.takes(one)
    assert not Asked(overdue=True).takes(line("child:k1", overdue=False, status="met"))


def test_what_is_asked_for_in_words() -> None:
    assert Asked().in_words() == "all"
    assert (
        Asked("Stroud", None, "w1", True).in_words() == "locality Stroud, worker w1, overdue only"
    )
