"""Disclosure control: which counts to withhold so that none of them can be worked out.

Counts are sums of cells that nobody is shown. A reader knows which cells a count is
the sum of, so what is printed is a system of equations in whole numbers that are
not negative. Small counts are withheld first (primary); then others, until
each withheld count could have another value than its own (secondary).

The reader that this holds against has more than most. He knows every equation,
which counts are withheld, and that none of them is nought; he solves the whole system at
once, in whole numbers. (A nought is withheld only where nothing else would do, and the
proof is then for a reader who does not know that it is one.) Not covered: a reader who runs
this very method on every table that could be, and drops those that it would have
treated in another way.

How: for each count to protect, the solver looks for the table nearest to the true
one in which that count differs: nearest is where the counts that then differ cost
least to withhold. If none of those shown differs, the count is safe as it is. If some
do, they are withheld, and the table found is the proof, for that count and for every
other that differs in it. Withholding more later takes no proof away.

Source: M. Fischetti and J. J. Salazar-González, "Models and algorithms for optimizing
cell suppression in tabular data with linear constraints", Journal of the American
Statistical Association 95 (2000); here with a distance in place of the number of counts.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import Generic, TypeVar

from casepulse.state.disclosure.nearest_table import NearestTable, Row

Name = TypeVar("Name", bound=Hashable)


class Fate(Enum):
    """What is settled about a count already."""

    OPEN = "open"
    """Nothing: it may be shown or withheld."""
    SHOWN = "shown"
    """An earlier edition shows it, for good."""
    WITHHELD = "withheld"
    """An earlier edition withholds it."""
    IMPLIED = "implied"
    """It is not printed; but if it is small, it must not come out of what is."""
    UNGUARDED = "unguarded"
    """It is not printed, and may come out. What it is the sum of is known all the same."""


_PRINTED = (Fate.OPEN, Fate.SHOWN, Fate.WITHHELD)


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number, not negative, that a reader could know."""

    value: int
    sums: tuple[frozenset[Hashable], ...]
    """The cells that it is the sum of. More than one: it is each of these sums."""
    cost: int = 1
    """What it costs to withhold it: from 1, and far less than 1,000,000. A nought costs that."""
    fate: Fate = Fate.OPEN


#: What it costs to withhold a nought: the last resort.
_LAST_RESORT = 1_000_000


class UnprotectableError(ValueError):
    """Counts that come out whatever is withheld, for what is shown already gives them away."""

    def __init__(self, names: Sequence[Hashable]) -> None:
        told = "; ".join(str(name) for name in names)
        super().__init__(f"an earlier edition gives away, whatever is withheld now: {told}")
        self.names = tuple(names)


def withheld_counts(
    counts: Mapping[Name, Count], is_small: Callable[[int], bool]
) -> frozenset[Name]:
    """The counts to withhold: small ones, and those that would give them away.

    Args:
        counts: by name. The same counts in the same order give the same answer.
        is_small: whether a count of so many must be withheld. A nought is not small.

    Raises:
        UnprotectableError: some cannot be protected, since others are shown already.
    """
    withheld: set[Name] = set()
    exposed: list[Name] = []
    for names in _connected(counts):
        part = _Part({name: counts[name] for name in names}, is_small)
        part.protect()
        withheld |= part.withheld
        exposed += part.exposed
    if exposed:
        raise UnprotectableError(exposed)
    return frozenset(withheld)


class _Part(Generic[Name]):
    """Counts that have cells in common, and none with others."""

    def __init__(self, counts: Mapping[Name, Count], is_small: Callable[[int], bool]) -> None:
        self._counts = counts
        self._names = list(counts)
        small = {name for name, count in counts.items() if is_small(count.value)}
        self.withheld = {
            name
            for name, count in counts.items()
            if count.fate is Fate.WITHHELD or (count.fate is Fate.OPEN and name in small)
        }
        self._protected = self.withheld | {
            name for name in small if counts[name].fate is Fate.IMPLIED
        }
        self.exposed: list[Name] = []

    def protect(self) -> None:
        """Withhold more, until every count that must not be known could have another value."""
        if not self._protected:
            return
        table = self._table()
        proved: set[Name] = set()
        # The dearest first: what protects the county often protects a locality as well.
        order = sorted(range(len(self._names)), key=lambda n: -self._counts[self._names[n]].cost)
        for number in order:
            name = self._names[number]
            if name not in self._protected or name in proved:
                continue
            differing = self._cheapest(table, number)
            if differing is None:
                self.exposed.append(name)
                continue
            for other in differing:
                differs = self._names[other]
                proved.add(differs)
                if self._cost(differs):
                    self.withheld.add(differs)
                    table.make_free(other)

    def _cheapest(self, table: NearestTable, number: int) -> list[int] | None:
        """The counts that differ where one does, upwards or downwards, whichever costs less."""
        best: tuple[float, list[int]] | None = None
        for step in (1, -1):
            differing = table.differing_with(number, step)
            if differing is None:
                continue
            cost = sum(self._cost(self._names[each]) for each in differing)
            if best is None or cost < best[0]:
                best = cost, differing
            if not cost:
                break
        return None if best is None else best[1]

    def _cost(self, name: Name) -> int:
        """What it costs to withhold a count; nothing, if it is not shown anyway."""
        count = self._counts[name]
        if name in self.withheld or count.fate is not Fate.OPEN:
            return 0
        return count.cost if count.value else _LAST_RESORT

    def _table(self) -> NearestTable:
        cells = _cell_numbers(self._counts.values())
        rows = []
        for rank, (name, count) in enumerate(self._counts.items()):
            cost = self._cost(name)
            row = Row(
                value=count.value,
                sums=tuple(tuple(sorted({cells[cell] for cell in each})) for each in count.sums),
                # Each a little dearer than the one before: of equal ways the first is taken.
                cost=cost + rank / (2 * len(self._names)) if cost else 0.0,
                may_differ=count.fate is not Fate.SHOWN,
                least=1 if count.value and count.fate in _PRINTED else 0,
            )
            rows.append(row)
        return NearestTable(rows, len(set(cells.values())))


def _cell_numbers(counts: Iterable[Count]) -> dict[Hashable, int]:
    """Cells by number, from 0; those that stand in the same sums by one, for only theirs counts."""
    sums = [each for count in counts for each in count.sums]
    standing: dict[Hashable, list[int]] = {}
    for number, each in enumerate(sums):
        for cell in each:
            standing.setdefault(cell, []).append(number)
    # In an order of their own: that of a set differs from one process to the next.
    alike = sorted({tuple(numbers) for numbers in standing.values()})
    numbers = {each: number for number, each in enumerate(alike)}
    return {cell: numbers[tuple(each)] for cell, each in standing.items()}


def _connected(counts: Mapping[Name, Count]) -> Iterable[list[Name]]:
    """The names of counts that have cells in common, directly or by way of others; in order."""
    leads: dict[Hashable, Hashable] = {}

    def lead(cell: Hashable) -> Hashable:
        while leads[cell] != cell:
            leads[cell] = cell = leads[leads[cell]]
        return cell

    parts: dict[Hashable, list[Name]] = {}
    for count in counts.values():
        first: Hashable = None
        for cell in chain.from_iterable(count.sums):
            leads.setdefault(cell, cell)
            first = lead(cell) if first is None else first
            leads[lead(cell)] = first
    for name, count in counts.items():
        cell = next(chain.from_iterable(count.sums), None)
        parts.setdefault(None if cell is None else lead(cell), []).append(name)
    return parts.values()
