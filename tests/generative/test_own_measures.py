"""With measures of an authority's own, too, the stream says what the batch says."""

from collections.abc import Iterator

import pytest
from hypothesis import given

from casepulse.state import Catalogue, open_catalogue
from tests.build import visit
from tests.generative.strategies import World, worlds
from tests.generative.test_stream_equals_batch import FAR_AHEAD, LONG_AGO, Service, check
from tests.own_county import TEXT, installed, profile_file

#: One that time alone changes: a visit that was told must be followed by another.
FOLLOWED = """

from casepulse.schemas.measure import days
from casepulse.state.measures.forms import duty, recurring


@MEASURES.measure(
    duty(
        id="visits_followed_up",
        title="Children seen again in time",
        section=Section.CHILDREN_IN_NEED,
        standards={"again": days("a visit to the next")},
        definition="Children who were visited, and again within the standard.",
        source="Northshire, made up",
    )
)
def visits_followed_up(case, standards):
    visits = case.facts(VisitRecorded)
    if visits:
        due_on = due(visits[-1].day, standards["again"])
        yield Sorted(case.key, recurring(case.clock, due_on, True), due=due_on)
"""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    folder = tmp_path_factory.mktemp("own")
    more = '[measures.visits_followed_up]\nstandards.again = "20 working days"\n'
    with installed(folder, TEXT + FOLLOWED):
        yield open_catalogue(profile_file(folder, more))


@given(world=worlds)
def test_the_stream_equals_the_batch(catalogue: Catalogue, world: World) -> None:
    random = world.random
    service = Service(random.choice([LONG_AGO, *world.moments(3)]), catalogue)
    for number, fact in enumerate([visit("2020-06-01"), *world.facts]):
        service.apply(fact)
        if number % 7 == 3:
            random.choice([service.move, service.crash])(random)
            service.advance(random.choice([*world.moments(2), *service.next_instants()]))
            check(service)
    for instant in [*sorted(world.moments(3)), FAR_AHEAD]:
        service.advance(instant)
        check(service)
    assert "visits_followed_up" in {cell[0] for cell, _ in service.tally()}
