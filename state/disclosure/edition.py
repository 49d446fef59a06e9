"""What an edition of a release tells: its counts, and the cells that they are sums of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from casepulse.schemas.measure import Measure, Window
from casepulse.schemas.release import Release
from casepulse.schemas.view import MeasureView
from casepulse.state.figures import COUNTY, months_added
from casepulse.state.rules import Catalogue

#: What a figure tells. The rest are those of the denominator whom the numerator leaves out.
Part = Literal["numerator", "denominator", "rest"]

#: A status of a base, in a month and a locality; where nothing printed tells localities apart,
#: in the county.
Cell = tuple[str, str, str, str]


class Line(NamedTuple):
    """What is counted, whenever and wherever: statuses of a base, over a window."""

    base: str
    window: Window
    statuses: tuple[str, ...]


class Place(NamedTuple):
    """When and where it is counted."""

    month: str
    locality: str


@dataclass(slots=True)
class _Printed:
    counts: dict[Place, int] = field(default_factory=dict)
    by: list[tuple[str, Part]] = field(default_factory=list)


class Edition:
    """The counts of a release that its publishable edition prints, withholds or implies."""

    def __init__(self, release: Release, catalogue: Catalogue) -> None:
        self.month = release.month
        self._localities = release.profile.localities
        self.lines: dict[Line, _Printed] = {}
        self._by_locality: dict[str, set[str]] = {}
        """By base, the months whose localities some figure tells apart."""
        for view in release.measures.values():
            # A measure that is no more was in an earlier edition alone.
            measure = catalogue.measures.get(view.measure)
            if measure is not None:
                self._add(measure, view)

    def counts(self, line: Line) -> Mapping[Place, int]:
        """A line's counts by place, in order."""
        return self.lines[line].counts if line in self.lines else {}

    def told_by(self, line: Line) -> Sequence[tuple[str, Part]]:
        """The measures that tell a line, and as what."""
        return self.lines[line].by if line in self.lines else ()

    def cells(self, line: Line, place: Place) -> Iterator[Cell]:
        """The cells that a count is the sum of."""
        apart = self._by_locality[line.base]
        for month in months_added(line.window, place.month):
            if place.locality != COUNTY:
                localities = [place.locality]
            else:
                localities = self._localities if month in apart else [COUNTY]
            for locality in localities:
                for status in line.statuses:
                    yield line.base, month, locality, status

    def _add(self, measure: Measure, view: MeasureView) -> None:
        places = [(COUNTY, view.series), *view.localities.items()]
        apart = self._by_locality.setdefault(measure.base, set())
        for months in view.localities.values():
            for each in months:
                apart.update(months_added(measure.window, each.month))
        for part, statuses in _parts(measure):
            line = Line(measure.base, measure.window, tuple(sorted(statuses)))
            printed = self.lines.setdefault(line, _Printed())
            printed.by.append((measure.id, part))
            for locality, months in places:
                for each in months:
                    counted = {"numerator": each.numerator, "denominator": each.denominator or 0}
                    counted["rest"] = counted["denominator"] - counted["numerator"]
                    printed.counts[Place(each.month, locality)] = counted[part]


def _parts(measure: Measure) -> Iterator[tuple[Part, frozenset[str]]]:
    """What a measure's figures tell, and the statuses that it adds up."""
    yield "numerator", measure.numerator
    if measure.denominator is not None:
        yield "denominator", measure.denominator
        if measure.numerator < measure.denominator:
            yield "rest", measure.denominator - measure.numerator
