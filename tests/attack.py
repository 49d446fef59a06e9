"""A reader of publishable editions who wants to know what they withhold, and can reckon.

Made apart from `casepulse.state.disclosure`, to hold it to its promise: from the editions and
the definitions of the measures he writes down every equation he can, then asks of a
withheld count whether it could be anything but what it is. He gets no cell and no
withheld count to reckon with; the true count is only what his answer is compared to.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import highspy

from casepulse.schemas.measure import Measure
from casepulse.schemas.publishable import Withheld
from casepulse.schemas.release import Release
from casepulse.state import Catalogue

#: Which edition, base, month, locality and status.
Cell = tuple[int, str, str, str, str]


class Asked(NamedTuple):
    """A count that an edition has: which edition, and what it is of."""

    edition: int
    measure: str
    part: str
    month: str
    locality: str


class Equation(NamedTuple):
    """So many times each cell, added up, is no less and no more than."""

    times: Mapping[Cell, int]
    least: int
    most: int | None


class Reader:
    """What can be known from editions, oldest first."""

    def __init__(self, editions: Sequence[tuple[Release, Withheld]], catalogue: Catalogue) -> None:
        self.values: dict[Asked, int] = {}
        self.secret: set[Asked] = set()
        self._cells: dict[Asked, frozenset[Cell]] = {}
        self._equations: list[Equation] = []
        for number, (release, withheld) in enumerate(editions):
            for view in release.measures.values():
                measure = catalogue.measures[view.measure]
                county = release.profile.localities
                for month in view.series:
                    self._read(number, measure, month, "county", county, withheld)
                for locality, months in view.localities.items():
                    for month in months:
                        self._read(number, measure, month, locality, [locality], withheld)
        self._know_what_is_the_same(editions)
        self._by_cell: dict[Cell, list[int]] = defaultdict(list)
        for number, equation in enumerate(self._equations):
            for cell in equation.times:
                self._by_cell[cell].append(number)

    def secrets(self) -> list[Asked]:
        """Every count that he should not know, in order."""
        return sorted(self.secret)

    def recovers(self, asked: Asked, near: Mapping[Cell, int]) -> bool:
        """Whether a count could be nothing else. Exact; for small tables.

        Args:
            asked: which count.
            near: the cells as they are. Tables like the true one are looked at first, for that is
                where others are found soonest; before he says yes he has looked at all.
        """
        equations = self._about(asked)
        return not any(
            possible([*equations, other], near, within)
            for within in (1, 3, HIGHEST)
            for other in self._otherwise(asked)
        )

    def recovers_by_solver(self, asked: Asked) -> bool:
        """The same, by an integer program; for tables of any size."""
        equations = self._about(asked)
        return not any(_feasible([*equations, other]) for other in self._otherwise(asked))

    def _otherwise(self, asked: Asked) -> Iterator[Equation]:
        """The count is higher than it is; it is lower."""
        times = dict.fromkeys(self._cells[asked], 1)
        yield Equation(times, self.values[asked] + 1, None)
        yield Equation(times, 0, self.values[asked] - 1)

    def _about(self, asked: Asked) -> list[Equation]:
        """Every equation that has to do with a count, however remotely."""
        ahead, seen, found = list(self._cells[asked]), set(self._cells[asked]), set()
        while ahead:
            for number in self._by_cell[ahead.pop()]:
                if number not in found:
                    found.add(number)
                    new = self._equations[number].times.keys() - seen
                    seen |= new
                    ahead += new
        return [self._equations[number] for number in sorted(found)]

    def _read(self, number, measure: Measure, month, locality, localities, withheld) -> None:
        name = measure.id, month.month, locality
        parts = {"numerator": (measure.numerator, month.numerator, withheld.numerators)}
        if measure.denominator is not None:
            parts["denominator"] = (measure.denominator, month.denominator, withheld.denominators)
        for part, (statuses, value, names) in parts.items():
            asked = Asked(number, measure.id, part, month.month, locality)
            self._note(asked, measure, statuses, localities, value)
            times = dict.fromkeys(self._cells[asked], 1)
            if name in names:
                self.secret.add(asked)
                # Noughts are withheld in distress only; he takes it that this is none.
                self._equations.append(Equation(times, min(value, 1), None))
            else:
                self._equations.append(Equation(times, value, value))
        if measure.denominator is not None and measure.numerator < measure.denominator:
            asked = Asked(number, measure.id, "rest", month.month, locality)
            rest = month.denominator - month.numerator
            self._note(asked, measure, measure.denominator - measure.numerator, localities, rest)
            if withheld.rule.complements and withheld.rule.is_small(rest):
                self.secret.add(asked)

    def _note(self, asked: Asked, measure: Measure, statuses, localities, value) -> None:
        self.values[asked] = value
        self._cells[asked] = frozenset(
            (asked.edition, measure.base, month, locality, status)
            for month in window(measure.window, asked.month)
            for locality in localities
            for status in statuses
        )

    def _know_what_is_the_same(self, editions: Sequence[object]) -> None:
        """The same count in two editions, where it has not changed; and the same count under two
        names, where they have never differed."""
        for asked in self.values:
            before = asked._replace(edition=asked.edition - 1)
            if self.values.get(before) == self.values[asked]:
                self._same(before, asked)
        series: dict[tuple[str, str], dict[tuple[int, str, str], int]] = defaultdict(dict)
        for asked, value in self.values.items():
            place = asked.edition, asked.month, asked.locality
            series[asked.measure, asked.part][place] = value
        names: dict[frozenset[object], tuple[str, str]] = {}
        for name, values in series.items():
            first = names.setdefault(frozenset(values.items()), name)
            if first != name and any(values.values()):
                for edition, month, locality in values:
                    self._same(
                        Asked(edition, *first, month, locality),
                        Asked(edition, *name, month, locality),
                    )

    def _same(self, one: Asked, other: Asked) -> None:
        times: dict[Cell, int] = defaultdict(int)
        for cell in self._cells[one]:
            times[cell] += 1
        for cell in self._cells[other]:
            times[cell] -= 1
        if any(times.values()):
            kept = {cell: each for cell, each in times.items() if each}
            self._equations.append(Equation(kept, 0, 0))


def window(kind: str, last: str) -> list[str]:
    """The months that a figure adds up, up to its last."""
    year, month = int(last[:4]), int(last[5:])
    begins = {"fytd": (4,), "aytd": (9,), "term": (1, 5, 9)}.get(kind)
    months = [last]
    while kind != "month" and len(months) < 12 and not (begins and month in begins):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        months.append(f"{year}-{month:02}")
    return months


#: No cell of a table that is looked through is higher than this.
HIGHEST = 40


def possible(equations: Sequence[Equation], near: Mapping[Cell, int], within: int) -> bool:
    """Whether whole numbers from 0 to `HIGHEST` fulfil every equation; none of them further than
    `within` from where it is. Exact."""
    # Of cells that stand in the same equations only the sum matters: one takes the place of all.
    standing: dict[Cell, list[tuple[int, int]]] = defaultdict(list)
    for number, equation in enumerate(equations):
        for cell, factor in equation.times.items():
            standing[cell].append((number, factor))
    first: dict[tuple[tuple[int, int], ...], Cell] = {}
    sums: dict[Cell, int] = defaultdict(int)
    for cell, where in standing.items():
        sums[first.setdefault(tuple(where), cell)] += near.get(cell, 0)
    fewer = [
        each._replace(times={cell: n for cell, n in each.times.items() if cell in sums})
        for each in equations
    ]
    ranges = {cell: (max(n - within, 0), min(n + within, HIGHEST)) for cell, n in sums.items()}
    return _search(fewer, ranges, sums)


def _search(
    equations: list[Equation], ranges: dict[Cell, tuple[int, int]], near: Mapping[Cell, int]
) -> bool:
    narrowed = _narrowed(equations, dict(ranges))
    if narrowed is None:
        return False
    open_cells = [(most - least, cell) for cell, (least, most) in narrowed.items() if most > least]
    if not open_cells:
        return True
    _, cell = min(open_cells)
    least, most = narrowed[cell]
    values = sorted(range(least, most + 1), key=lambda value: abs(value - near[cell]))
    return any(_search(equations, narrowed | {cell: (value, value)}, near) for value in values)


def _narrowed(
    equations: list[Equation], ranges: dict[Cell, tuple[int, int]]
) -> dict[Cell, tuple[int, int]] | None:
    """The ranges without the values that an equation alone rules out; None if none is left."""
    changed = True
    while changed:
        changed = False
        for times, least, most in equations:
            lows = {c: min(n * ranges[c][0], n * ranges[c][1]) for c, n in times.items()}
            highs = {c: max(n * ranges[c][0], n * ranges[c][1]) for c, n in times.items()}
            low, high = sum(lows.values()), sum(highs.values())
            if high < least or (most is not None and low > most):
                return None
            for cell, factor in times.items():
                # What the cell must come to at least and at most, given all the others.
                floor, ceiling = least - (high - highs[cell]), highs[cell]
                if most is not None:
                    ceiling = min(ceiling, most - (low - lows[cell]))
                floor = max(floor, lows[cell])
                new = (floor, ceiling) if factor > 0 else (-ceiling, -floor)
                if abs(factor) != 1:
                    continue
                if new[0] > new[1]:
                    return None
                if new != ranges[cell]:
                    ranges[cell] = new
                    changed = True
    return ranges


def _feasible(equations: Sequence[Equation]) -> bool:
    solver = highspy.Highs()
    solver.silent()
    cells = sorted({cell for equation in equations for cell in equation.times})
    columns = {cell: solver.addVariable(lb=0, type=highspy.HighsVarType.kInteger) for cell in cells}
    for times, least, most in equations:
        total = sum(factor * columns[cell] for cell, factor in times.items())
        solver.addConstr(total >= least)
        if most is not None:
            solver.addConstr(total <= most)
    solver.run()
    return solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
