"""The batch: what was known, the sums over localities, partitions and months."""

from hypothesis import given

from state import COUNTY, Figures, Tally, evaluate
from tests.build import CATALOGUE
from tests.generative.strategies import World, worlds


@given(worlds)
def test_as_known_is_as_if_nothing_had_been_recorded_since(world: World) -> None:
    at, known = world.moments(2)
    for first, second in ((at, known), (known, at)):
        recorded = [fact for fact in world.facts if fact.recorded < second]
        expected = evaluate(recorded, CATALOGUE, first)
        assert evaluate(world.facts, CATALOGUE, first, second) == expected


@given(worlds)
def test_the_order_and_the_number_of_tellings_do_not_matter(world: World) -> None:
    at = world.moments(1)[0]
    told = evaluate(world.facts, CATALOGUE, at)
    again = world.random.sample(world.facts * 2, len(world.facts) * 2)
    assert evaluate(again, CATALOGUE, at) == told


@given(worlds)
def test_the_whole_is_the_sum_of_its_cases(world: World) -> None:
    at = world.moments(1)[0]
    subjects = {fact.subject for fact in world.facts}
    parts = [
        evaluate([fact for fact in world.facts if fact.subject == subject], CATALOGUE, at)
        for subject in subjects
    ]
    assert Tally.merged(parts) == evaluate(world.facts, CATALOGUE, at)


@given(worlds)
def test_the_county_is_the_sum_of_its_localities_and_a_part_is_no_more_than_the_whole(
    world: World,
) -> None:
    at = world.moments(1)[0]
    said = Figures(evaluate(world.facts, CATALOGUE, at), CATALOGUE, at)
    for measure in CATALOGUE.measures.values():
        for period, county in said.series(measure):
            asked = county.period
            parts = [said.figure(measure.id, asked, place) for place in said.localities[1:]]
            assert county.locality == COUNTY
            assert county.numerator == sum(part.numerator for part in parts), (measure.id, period)
            if county.denominator is not None:
                assert county.denominator == sum(part.denominator or 0 for part in parts)
                if measure.numerator <= (measure.denominator or set()):
                    assert county.numerator <= county.denominator


@given(worlds)
def test_a_window_is_the_sum_of_its_months(world: World) -> None:
    at = world.moments(1)[0]
    said = Figures(evaluate(world.facts, CATALOGUE, at), CATALOGUE, at)
    for measure in CATALOGUE.measures.values():
        if measure.window == "month":
            continue
        months = [month for month, _ in said.series(CATALOGUE.measures[measure.base])]
        if measure.window == "12m":
            summed = months[-12:]
        else:
            in_year = (int(months[-1][5:]) - 4) % 12 + 1
            summed = months[-in_year:]
        expected = sum(said.figure(measure.base, month).numerator for month in summed)
        assert said.figure(measure.id, months[-1]).numerator == expected
