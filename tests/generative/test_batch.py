"""The batch: what was known, the sums over localities, partitions and months."""

from hypothesis import given

from casepulse.state import COUNTY, Case, Figures, Tally, evaluate
from casepulse.state.calendar import last_month_ends
from casepulse.state.partition import SERIES, month_ended
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
            if county.denominator is not None and measure.scale != "rate":
                assert county.denominator == sum(part.denominator or 0 for part in parts)
                if measure.numerator <= (measure.denominator or set()):
                    assert county.numerator <= county.denominator


#: The months with which a year or a term of each window begins.
BEGINS = {"fytd": {4}, "aytd": {9}, "term": {1, 5, 9}}


@given(worlds)
def test_a_window_is_the_sum_of_its_months(world: World) -> None:
    at = world.moments(1)[0]
    tally = evaluate(world.facts, CATALOGUE, at)
    said = Figures(tally, CATALOGUE, at)
    months = [month for month, _ in said.series(CATALOGUE.measures["re_referrals"])]
    for measure in CATALOGUE.measures.values():
        if measure.window == "month" or measure.base in CATALOGUE.regroups:
            continue
        if measure.window == "12m":
            summed = months[-12:]
        else:
            begins = BEGINS[measure.window]
            first = max(n for n, month in enumerate(months) if int(month[5:]) in begins)
            summed = months[first:]
        expected = sum(
            count
            for (counted, month, _, status), count in tally
            if counted == measure.base and month in summed and status in measure.numerator
        )
        assert said.figure(measure.id, months[-1]).numerator == expected, measure.id


@given(worlds)
def test_it_says_what_every_rule_says_of_every_case_at_every_month_end(world: World) -> None:
    """Plainly: nothing passed over, and nothing that was said at one instant kept for the next."""
    at = world.moments(1)[0]
    cases: dict[str, Case] = {}
    for fact in world.facts:
        cases.setdefault(fact.subject, Case(fact.subject)).add(fact)
    plainly = Tally()
    for case in cases.values():
        for rule in CATALOGUE.rules_about(case.subject):
            plainly.add(CATALOGUE.evaluate(rule, CATALOGUE.view(case, at)).standings)
            if CATALOGUE.measures[rule].kind == "stock":
                for end in last_month_ends(at, SERIES):
                    view = CATALOGUE.view(case, end)
                    plainly.add(CATALOGUE.evaluate(rule, view).standings, month_ended(end))
    assert evaluate(world.facts, CATALOGUE, at) == plainly
