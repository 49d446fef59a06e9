"""Views made one after another: what is kept of the one before is what would be made anew."""

from casepulse.counties.scenario import scenario
from casepulse.state import Fact, Figures, Partition
from casepulse.state.viewing import Viewer, measure_views
from tests.build import CATALOGUE
from tests.running import is_tick


def test_a_view_made_after_another_is_the_one_made_anew() -> None:
    """Over two month ends, with figures of a month, of twelve and of the year to date in it."""
    partition, viewer = Partition(CATALOGUE), Viewer()
    before: Figures | None = None
    kept = compared = 0
    for number, event in enumerate(scenario(seed=4, children=60, months=3)):
        if is_tick(event):
            partition.advance(event.time)
        else:
            partition.apply(Fact.of(event))
        if number % 150:
            continue
        tally = partition.tally()
        figures = Figures(tally, CATALOGUE, partition.now, before)
        anew = Figures(tally, CATALOGUE, partition.now)
        assert viewer.measure_views(figures) == measure_views(anew)
        if before is not None:
            earlier = {id(figure) for figure in before.cells()}
            kept += sum(id(figure) in earlier for figure in figures.cells())
            compared += sum(1 for _ in figures.cells())
        before = figures
    assert compared > kept > compared // 4, "next to nothing was kept, and so nothing was tested"
