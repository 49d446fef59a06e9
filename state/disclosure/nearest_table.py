"""The nearest other table: whole numbers that add up to what is shown, while one count differs.

The solver is HiGHS. It works in floating point; so what it finds is rounded and then checked
in whole numbers, and nothing is believed that does not add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import highspy
import numpy as np

_ENDLESS = highspy.kHighsInf


class _Quiet(highspy.Highs):
    """HiGHS without its line of greeting, which it would print before it can be told not to."""

    def enableCallbacks(self) -> None:  # noqa: N802  its constructor calls this by that name
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Row:
    """A count as the sum of cells: how far it may differ, and what each unit of that costs."""

    value: int
    sums: tuple[tuple[int, ...], ...]
    """The cells, by number. More than one: the count is each of these sums."""
    cost: float
    may_differ: bool = True
    least: int = 0
    """It may not fall below this."""


class NearestTable:
    """Every table that adds up to what is shown, and of them the nearest to the true one.

    Args:
        rows: the counts.
        cells: how many cells there are. Each is a whole number, not less than 0.
    """

    def __init__(self, rows: Sequence[Row], cells: int) -> None:
        self._rows = rows
        self._cells = cells
        self._solver = _Quiet()  # type: ignore[no-untyped-call]
        for option, value in _OPTIONS.items():
            self._solver.setOptionValue(option, value)
        self._solver.passModel(self._model())

    def make_free(self, row: int) -> None:
        """From now on it costs nothing that a count differs."""
        for column in (self._up(row), self._down(row)):
            self._solver.changeColCost(column, 0.0)

    def differing_with(self, row: int, step: int) -> list[int] | None:
        """The counts that differ in the nearest table in which one does, itself among them.

        Args:
            row: the count that must differ.
            step: 1 if it must be higher, -1 if lower.

        Returns:
            Their numbers, in order; None if there is no such table.
        """
        moving, still = self._up(row), self._down(row)
        if step < 0:
            moving, still = still, moving
        if self._most(moving) < 1:
            return None
        self._solver.changeColBounds(moving, 1.0, self._most(moving))
        self._solver.changeColBounds(still, 0.0, 0.0)
        differing = self._solved()
        self._solver.changeColBounds(moving, 0.0, self._most(moving))
        self._solver.changeColBounds(still, 0.0, self._most(still))
        return differing

    def _up(self, row: int) -> int:
        """The column that says by how much a count is higher; the next one, by how much lower."""
        return self._cells + 2 * row

    def _down(self, row: int) -> int:
        return self._up(row) + 1

    def _most(self, column: int) -> float:
        """How high a column may be that says by how much a count differs."""
        number, downwards = divmod(column - self._cells, 2)
        row = self._rows[number]
        if not row.may_differ:
            return 0.0
        return float(max(row.value - row.least, 0)) if downwards else _ENDLESS

    def _solved(self) -> list[int] | None:
        # Fractions are quicker, and nearly always come out whole.
        found = self._run()
        if found is None:
            return None
        differing = self._checked(found)
        if differing is not None:
            return differing
        self._let_cells_be(highspy.HighsVarType.kInteger)
        found = self._run()
        self._let_cells_be(highspy.HighsVarType.kContinuous)
        return None if found is None else self._checked(found)

    def _run(self) -> list[float] | None:
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return list(self._solver.getSolution().col_value)

    def _let_cells_be(self, kind: highspy.HighsVarType) -> None:
        cells = np.arange(self._cells, dtype=np.int32)
        kinds = np.full(self._cells, kind.value, dtype=np.uint8)
        self._solver.changeColsIntegrality(self._cells, cells, kinds)

    def _checked(self, found: list[float]) -> list[int] | None:
        """The counts that differ once the cells are rounded; None if these do not add up."""
        cells = [round(number) for number in found[: self._cells]]
        if min(cells, default=0) < 0:
            return None
        differing = []
        for number, row in enumerate(self._rows):
            totals = [sum(cells[cell] for cell in each) for each in row.sums]
            up, down = (round(found[column]) for column in (self._up(number), self._down(number)))
            if any(total != row.value + up - down for total in totals):
                return None
            if up != down:
                if not row.may_differ or row.value + up - down < row.least:
                    return None
                differing.append(number)
        return differing

    def _model(self) -> highspy.HighsLp:
        """Each sum, less what the count is higher, plus what it is lower, is its value."""
        rows = [(number, each) for number, row in enumerate(self._rows) for each in row.sums]
        costs = [row.cost for row in self._rows for _ in ("up", "down")]
        columns = self._cells + len(costs)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = columns, len(rows)
        model.col_cost_ = np.array([0.0] * self._cells + costs)
        model.col_lower_ = np.zeros(columns)
        most = [self._most(column) for column in range(self._cells, columns)]
        model.col_upper_ = np.array([_ENDLESS] * self._cells + most)
        values = np.array([float(self._rows[number].value) for number, _ in rows])
        model.row_lower_ = values
        model.row_upper_ = values
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = np.cumsum([0, *(len(each) + 2 for _, each in rows)], dtype=np.int32)
        places = ((*each, self._up(number), self._down(number)) for number, each in rows)
        matrix.index_ = np.fromiter(chain.from_iterable(places), dtype=np.int32)
        factors = ((*(1.0 for _ in each), -1.0, 1.0) for _, each in rows)
        matrix.value_ = np.fromiter(chain.from_iterable(factors), dtype=np.float64)
        return model


#: One thread, one seed and no gap: the same question has the same answer.
_OPTIONS: dict[str, bool | int | float] = {
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
}
