"""A tally: how many standings there are in each cell. A histogram, and nothing else."""

from collections.abc import Iterable, Iterator

from casepulse.state.standing import Cell, Standing


class Tally:
    """Counts by cell. Adding and taking away the same standings leaves it as it was."""

    __slots__ = ("_counts", "_noted", "changed")

    def __init__(self) -> None:
        self._counts: dict[Cell, int] = {}
        self.changed = 0
        """Rises whenever a count changes."""
        self._noted: dict[Cell, int] | None = None

    def add(self, standings: Iterable[Standing], period: str | None = None) -> None:
        """Count standings in; all in `period`, if one is given."""
        for standing in standings:
            self._count(_cell(standing, period), standing.weight)

    def take(self, standings: Iterable[Standing], period: str | None = None) -> None:
        """Count standings out again that were added before."""
        for standing in standings:
            self._count(_cell(standing, period), -standing.weight)

    def add_count(self, cell: Cell, count: int) -> None:
        """Count a whole cell in."""
        self._count(cell, count)

    def _count(self, cell: Cell, count: int) -> None:
        total = self._counts.get(cell, 0) + count
        if total > 0:
            self._counts[cell] = total
        elif total == 0:
            self._counts.pop(cell, None)
        else:
            raise ArithmeticError(f"the count of {cell} fell below nought")
        self.changed += 1
        if self._noted is not None:
            self._noted[cell] = self._noted.get(cell, 0) + count

    def noted(self) -> dict[Cell, int]:
        """By how much each cell has changed since this was asked the last time; the first time,
        nothing."""
        noted, self._noted = self._noted or {}, {}
        return {cell: count for cell, count in noted.items() if count}

    def __iter__(self) -> Iterator[tuple[Cell, int]]:
        return iter(self._counts.items())

    def __len__(self) -> int:
        return len(self._counts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and self._counts == other._counts

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def merged(cls, tallies: "Iterable[Tally]") -> "Tally":
        """The sum of several, cell by cell."""
        whole = cls()
        for tally in tallies:
            for cell, count in tally:
                whole.add_count(cell, count)
        return whole


def _cell(standing: Standing, period: str | None) -> Cell:
    cell = standing.cell
    return cell if period is None else (cell[0], period, cell[2], cell[3])
