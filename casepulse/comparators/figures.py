"""The figures of one year and one breakdown of a table, by whose they are."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from casepulse.comparators.authorities import became
from casepulse.comparators.cells import CellError, Withheld, Year, read_cell
from casepulse.comparators.middle import COMPUTED_PLACES, PUBLISHED_PLACES, half_up
from casepulse.comparators.published import RIPENESS, Published, Row, is_there
from casepulse.comparators.tables import POPULATION, POPULATION_COLUMN, POPULATION_FILTER, Taken
from casepulse.schemas.comparators import ComparatorsError

#: Whose row a figure stands in: "england", "region", or an authority's code.
Whose = str


def check_columns(table: Published, needed: Iterable[str]) -> None:
    """See that a table has what is taken from it.

    Raises:
        ComparatorsError: it lacks a column; the message names it and the file.
    """
    missing = [each for each in needed if table.rows and each not in table.rows[0].cells]
    if missing:
        raise ComparatorsError(
            f"{table.path}, line 1: has no column {', '.join(missing)}, as {table.kind.title} had"
        )


class Figures:
    """The figures of one year and one breakdown of a table, by whose they are."""

    def __init__(
        self,
        tables: Mapping[str, Published],
        authority: str,
        taken: Taken,
        rows: list[Row],
        year: Year,
    ) -> None:
        self._tables, self._authority, self._rows = tables, authority, rows
        self.taken, self.year = taken, year
        self.period = rows[0].period
        self._taken_from: dict[Whose, Row] = {}

    def of(self, whose: Whose) -> Fraction | Withheld:
        """Somebody's figure, exactly; or why there is none."""
        taken = self.taken
        wanted = [*taken.columns, *([taken.out_of] if taken.out_of else [])]
        cells = self._cells(self._tables[taken.table], self._rows, whose, wanted)
        if isinstance(cells, Withheld):
            return cells
        out_of = cells.pop() if taken.out_of else None
        if taken.rate:
            people = self._people(whose)
            if isinstance(people, Withheld):
                return people
            out_of = people
        figure = taken.exact(cells, out_of)
        if figure is None:
            return Withheld("of nought")
        return figure

    def status(self, whose: Iterable[Whose]) -> str | None:
        """How ripe the figures of these are: the least that any of their rows is."""
        rows = [self._taken_from[each] for each in whose if each in self._taken_from]
        return max(rows, key=_ripeness).status if rows else None

    def rounded(self, exact: Fraction) -> float:
        """A figure as it is kept: rounded once, at the end."""
        return float(
            half_up(exact, COMPUTED_PLACES if self.taken.is_computed else PUBLISHED_PLACES)
        )

    def _people(self, whose: Whose) -> Fraction | Withheld:
        table = self._tables[POPULATION]
        check_columns(table, (POPULATION_COLUMN, *POPULATION_FILTER))
        rows = [
            row
            for row in table.rows
            if row.year.ends == self.year.ends - 1 and is_there(row, dict(POPULATION_FILTER))
        ]
        cells = self._cells(table, rows, whose, [POPULATION_COLUMN])
        return cells if isinstance(cells, Withheld) else cells[0]

    def _cells(
        self, table: Published, rows: list[Row], whose: Whose, columns: list[str]
    ) -> list[Fraction] | Withheld:
        """What stands in somebody's columns."""
        row = self._row(table, rows, whose)
        if isinstance(row, Withheld):
            return row
        numbers, withheld = [], []
        for column in columns:
            try:
                cell = read_cell(row.cells[column])
            except CellError as error:
                table.complain(row.line, column, str(error))
                return Withheld("can't be read")
            if isinstance(cell, Withheld):
                withheld.append(cell)
                table.withheld[row.line, column] = cell.why
            else:
                numbers.append(Fraction(cell))
        return withheld[0] if withheld else numbers

    def _row(self, table: Published, rows: list[Row], whose: Whose) -> Row | Withheld:
        found = self._rows_of(rows, whose)
        if not found:
            joint = next((row for row in rows if whose in row.codes), None)
            if joint is not None:
                return Withheld(f"published jointly as {' / '.join(joint.codes)}")
            return Withheld(became(whose, self.year.ends) or f"has no row in {table.path.name}")
        ripest = min(map(_ripeness, found))
        best = [row for row in found if _ripeness(row) == ripest]
        if any(row.cells != best[0].cells for row in best):
            for row in best:
                table.complain(row.line, None, "another row has other figures for it")
            return Withheld("can't be read")
        table.used.add(best[0].line)
        if table.kind.key != POPULATION:
            self._taken_from[whose] = best[0]
        table.superseded.update(
            row.line for row in found if row is not best[0] and row.line != best[0].line
        )
        return best[0]

    def _rows_of(self, rows: list[Row], whose: Whose) -> list[Row]:
        if whose == "england":
            return [row for row in rows if row.level == "national"]
        if whose == "region":
            own = [row for row in rows if self._authority in row.codes]
            regions = {row.region for row in own}
            return [row for row in rows if row.level == "regional" and row.region in regions]
        return [row for row in rows if row.level == "local authority" and row.codes == (whose,)]


def _ripeness(row: Row) -> int:
    said = (row.status or "").casefold()
    return next((at for at, each in enumerate(RIPENESS) if each in said), len(RIPENESS))
