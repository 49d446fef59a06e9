"""From a folder of the DfE's files to an authority's comparators, with an account of every row."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from casepulse.comparators.authorities import became
from casepulse.comparators.cells import Withheld, Year
from casepulse.comparators.figures import Figures, Whose, check_columns
from casepulse.comparators.lists import list_of
from casepulse.comparators.middle import (
    are_enough,
    middle,
)
from casepulse.comparators.published import (
    Account,
    Bad,
    FileError,
    Neighbours,
    Published,
    is_there,
    read_file,
)
from casepulse.comparators.tables import (
    KINDS,
    POPULATION,
    POPULATION_COLUMN,
    POPULATION_FILTER,
    TAKEN,
    Taken,
)
from casepulse.schemas.comparators import (
    Authority,
    ComparatorsError,
    ComparatorsFile,
    Compared,
    Middle,
    Origin,
    comparator_name,
)


@dataclass
class Read:
    """What was made, and what became of the folder."""

    file: ComparatorsFile
    accounts: list[Account]
    not_read: dict[str, str]
    """By name of a file, why."""
    bad: list[Bad]
    silent: list[str] = field(default_factory=list)
    """What has no figure, and why, in a line each."""


def read_folder(
    folder: Path,
    authority: str,
    *,
    own: Path | None = None,
    method: Middle = "median",
    year: int | None = None,
    known: Callable[[str], bool] = lambda measure: True,
) -> Read:
    """The comparators of an authority.

    Args:
        folder: where the files lie, as they were published.
        authority: its code, three digits.
        own: a list of neighbours, or a profile that names its own; None: the list in the folder.
        method: how the neighbours' figure is made.
        year: the one that figures must be of; None: of each table the newest.
        known: whether there is such a measure.

    Raises:
        ComparatorsError: a file can't be what it must be, or says nothing of the authority.
    """
    return _Reading(folder, authority, own, method, year, known).read()


class _Reading:
    def __init__(
        self,
        folder: Path,
        authority: str,
        own: Path | None,
        method: Middle,
        year: int | None,
        known: Callable[[str], bool],
    ) -> None:
        self.folder, self.authority, self.method, self.asked = folder, authority, method, year
        self.known = known
        self.not_read: dict[str, str] = {}
        self.silent: list[str] = []
        self.tables, lists = self._files()
        year = self._reading_year()
        self.name = self._name(year)
        self.neighbours, self.of_lists = list_of(authority, lists, own, year)
        self.filed: dict[str, dict[str, Compared]] = {}
        self.without: dict[str, dict[str, str]] = {}

    def read(self) -> Read:
        for taken in TAKEN:
            measures = [each for each in taken.measures if self.known(each)]
            if taken.table not in self.tables:
                continue
            if measures:
                self._take(taken, measures)
            else:
                self._leave_out(list(taken.measures), "is no measure here")
        for key, table in self.tables.items():
            self._account(key, table)
        tables = self.tables.values()
        return Read(
            ComparatorsFile(
                authority=Authority(code=self.authority, name=self.name),
                neighbours=self.neighbours,
                measures=self.filed,
                without=self.without,
            ),
            [*(each.account for each in tables), *self.of_lists],
            self.not_read,
            [bad for each in tables for bad in sorted(each.bad, key=lambda bad: bad.line)],
            self.silent,
        )

    def _files(self) -> tuple[dict[str, Published], list[Neighbours]]:
        tables: dict[str, list[Published]] = {}
        lists = []
        for path in sorted(self.folder.iterdir()):
            try:
                if path.is_dir():
                    raise FileError("is a folder")
                read = read_file(path)
            except FileError as error:
                if str(error).startswith("line "):
                    raise ComparatorsError(f"{path}, {error}") from None
                self.not_read[path.name] = str(error)
                continue
            if isinstance(read, Neighbours):
                lists.append(read)
            else:
                tables.setdefault(read.kind.key, []).append(read)
        return {key: self._edition(each) for key, each in tables.items()}, lists

    def _edition(self, files: list[Published]) -> Published:
        """The newest edition of a table: the DfE issues the whole series anew each year."""
        *older, newest = sorted(files, key=lambda each: each.newest)
        for each in older:
            if each.newest == newest.newest and each.sha256 != newest.sha256:
                raise ComparatorsError(
                    f"{each.path} and {newest.path.name}: are both {newest.kind.title} up to "
                    f"{newest.newest}, and differ; leave the one that holds"
                )
            self.not_read[each.path.name] = f"{newest.path.name} is the newer edition"
        return newest

    def _reading_year(self) -> int:
        """The year that is read: which list of neighbours holds goes by it."""
        tables = [each for key, each in self.tables.items() if key != POPULATION]
        there = {row.year.ends for table in tables for row in table.rows}
        if not there:
            raise ComparatorsError(f"{self.folder}: holds none of the tables that are read from")
        if self.asked is not None and self.asked not in there:
            years = ", ".join(map(str, sorted(there)))
            raise ComparatorsError(
                f"--year {self.asked}: no table in {self.folder} has it; there are: {years}"
            )
        return self.asked or max(there)

    def _name(self, year: int) -> str:
        gone = became(self.authority, year)
        if gone:
            raise ComparatorsError(f"--authority {self.authority}: {gone}")
        for table in self.tables.values():
            for row in table.rows:
                if row.codes == (self.authority,) and row.name:
                    return row.name
        raise ComparatorsError(
            f"--authority {self.authority}: no file in {self.folder} has it under old_la_code; it "
            "is the DfE's number of an authority, such as 916 of Gloucestershire"
        )

    def _take(self, taken: Taken, measures: list[str]) -> None:
        table = self.tables[taken.table]
        check_columns(table, taken.needed)
        year = self._year(table)
        there = [] if year is None else [row for row in table.rows if row.year == year]
        there = [row for row in there if is_there(row, dict(taken.filter))]
        if year is None or not there:
            said = ", ".join(f'{column} "{each}"' for column, each in taken.filter.items())
            why = f"has no row of {self.asked}" if year is None else f"has no row with {said}"
            self._leave_out(measures, f"{table.path.name} {why}")
            return
        if taken.rate and POPULATION not in self.tables:
            why = f"needs {KINDS[POPULATION].title}, which is not in {self.folder}"
            self._leave_out(measures, why)
            return
        origins = self._origins(table, taken)
        figures = Figures(self.tables, self.authority, taken, there, year)
        for whose in ("england", "region"):
            self._publish(figures, whose, measures, origins)
        self._compare(figures, measures, origins)

    def _year(self, table: Published) -> Year | None:
        years = {row.year for row in table.rows}
        ends = self.asked or table.newest
        found = [each for each in years if each.ends == ends]
        if len(found) > 1:
            labels = " and ".join(sorted(each.label for each in found))
            raise ComparatorsError(f"{table.path}: has {labels}, which are not the same year")
        return found[0] if found else None

    def _leave_out(self, measures: list[str], why: str) -> None:
        self.silent.append(f"{', '.join(measures)}: {why}")

    def _origins(self, table: Published, taken: Taken) -> list[Origin]:
        said = [
            Origin(
                file=table.path.name,
                sha256=table.sha256,
                column=taken.words,
                filter=dict(taken.filter),
            )
        ]
        if taken.rate:
            people = self.tables[POPULATION]
            said.append(
                Origin(
                    file=people.path.name,
                    sha256=people.sha256,
                    column=POPULATION_COLUMN,
                    filter=dict(POPULATION_FILTER),
                )
            )
        return said

    def _publish(
        self, figures: Figures, whose: Whose, measures: list[str], origins: list[Origin]
    ) -> None:
        """England's or the region's own figure."""
        name = comparator_name(whose, figures.year.label)
        figure = figures.of(whose)
        if isinstance(figure, Withheld):
            self._say_without(measures, name, figure.why)
            return
        self._file(
            measures,
            name,
            Compared(
                value=figures.rounded(figure),
                year=figures.year.label,
                period=figures.period,
                method="computed" if figures.taken.is_computed else "published",
                published=1,
                of=1,
                fit=figures.taken.fit,
                status=figures.status([whose]),
                origins=origins,
            ),
        )

    def _compare(self, figures: Figures, measures: list[str], origins: list[Origin]) -> None:
        """The figure of the statistical neighbours."""
        name = comparator_name("neighbours", figures.year.label)
        told = {code: figures.of(code) for code in self.neighbours.codes}
        published = [each for each in told.values() if isinstance(each, Fraction)]
        if not are_enough(len(published), len(told)):
            why = f"{len(published)} of {len(told)} published, which is too few"
            self._say_without(measures, name, why)
            return
        self._file(
            measures,
            name,
            Compared(
                value=figures.rounded(middle(published, self.method)),
                year=figures.year.label,
                period=figures.period,
                method=self.method,
                published=len(published),
                of=len(told),
                fit=figures.taken.fit,
                status=figures.status(told),
                withheld={
                    code: each.why for code, each in told.items() if isinstance(each, Withheld)
                },
                origins=origins,
            ),
        )

    def _file(self, measures: list[str], name: str, compared: Compared) -> None:
        for measure in measures:
            self.filed.setdefault(measure, {})[name] = compared

    def _say_without(self, measures: list[str], name: str, why: str) -> None:
        self._leave_out(measures, f"{name}: {why}")
        for measure in measures:
            self.without.setdefault(measure, {})[name] = why

    def _account(self, key: str, table: Published) -> None:
        """Say of every row what became of it."""
        account, used, superseded = table.account, table.used, table.superseded
        account.withheld.update(table.withheld.values())
        years = {row.year for row in table.rows if row.line in used | superseded}
        bad = {each.line for each in table.bad}
        filters = [
            dict(each.filter)
            for each in TAKEN
            if each.table == key and any(map(self.known, each.measures))
        ] or ([dict(POPULATION_FILTER)] if key == POPULATION else [])
        for row in table.rows:
            if row.line in bad:
                account.bad += 1
            elif row.line in used:
                account.used += 1
            elif row.line in superseded:
                account.superseded += 1
            elif row.level is None or not any(is_there(row, each) for each in filters):
                account.other_rows += 1
            elif row.year not in years:
                account.other_years += 1
            else:
                account.other_authorities += 1
