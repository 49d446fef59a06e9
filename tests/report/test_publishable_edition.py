"""The publishable edition of January 2021: what it withholds is not shown, nor found out."""

from random import Random

from casepulse.report.compose import compose
from casepulse.schemas.release import Release
from casepulse.shown.marks import WITHHELD
from casepulse.state import COUNTY, Catalogue
from casepulse.state.disclosure.publishable import Published, withheld
from tests.attack import Reader


def test_it_keeps_what_it_withholds_and_most_of_the_dashboard(
    january: Release, catalogue: Catalogue
) -> None:
    decided = withheld(january, catalogue)
    document = compose(january, catalogue, edition="publishable", withheld=decided.of)
    shown = {value.of: value.shown for value in document.figures() if value.of}
    hidden = [name for name in shown if decided.of(name) != "nothing"]
    assert len(hidden) > 100
    assert {shown[name] for name in hidden} == {WITHHELD}
    # Big counts are of use to everybody: no more of them go than must.
    latest = [name for name in hidden if name.locality == COUNTY and name.period == "2021-01"]
    assert len([name for name in latest if name.measure in catalogue.part_of]) <= 2
    reader = Reader([Published(january, decided)], catalogue)
    for each in Random(3).sample(reader.secrets(), 25):
        assert not reader.recovers_by_solver(each)
