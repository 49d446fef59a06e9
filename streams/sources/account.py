"""What became of every row of an extract; of those that could not be told, why: never a value."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field


class RefusedError(ValueError):
    """A row that cannot be told: the column at fault, and a reason without its value."""

    def __init__(self, column: str | None, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


@dataclass(frozen=True, slots=True)
class BadRow:
    """What could not be told, and why. Nothing here repeats a value of the row."""

    file: str
    """And of a workbook the sheet, such as `annex-a.xlsx, List_7`."""
    line: int
    """As an editor or a spreadsheet counts: the first is line 1."""
    column: str | None
    """None: the row, or the file, as a whole."""
    reason: str

    def __str__(self) -> str:
        column = f", {self.column}" if self.column else ""
        return f"{self.file}, line {self.line}{column}: {self.reason}"


@dataclass
class Account:
    """What became of the rows of one table, file or list.

    rows = told + repeated + outside + held back + passed over + bad.
    """

    file: str
    """Its name as it is in the extract."""
    rows: int = 0
    """Without those that hold no value at all, and what stands above the names of the columns."""
    told: int = 0
    """Rows that became one fact or more, or that say that a record is gone."""
    repeated: int = 0
    """Rows that say nothing that another row has not said."""
    outside: int = 0
    """Rows of what the extract is not about: they lie outside its window."""
    held_back: int = 0
    """Rows dated after the extract: told when their day has come."""
    passed_over: int = 0
    """Rows of a kind that no event tells, such as a check that was refused."""
    bad: int = 0
    """Rows that could not be told; all of them, where the file as a whole is bad."""
    facts: int = 0
    extra_columns: tuple[str, ...] = ()
    """Columns that the source does not have; they were not read."""
    unknown_codes: Counter[str] = field(default_factory=Counter)
    """By column, cells with a code that is none: the fact was told without it."""
    bad_rows: list[BadRow] = field(default_factory=list)
    """One for each bad row; for a bad file, one for each thing that is wrong with it."""
    doubtful: set[str] = field(default_factory=set, repr=False)
    """Whose row was bad: what they lack may stand there."""
    whole: bool = True
    """False: somebody's row was bad, and whose is not known; or the file is."""
    broken: bool = False
    """Whether the file as a whole is bad."""

    def refuse(
        self, line: int, refused: RefusedError, whose: str | None, file: str | None = None
    ) -> None:
        """Count somebody's row as bad and say why.

        Args:
            line: where it stands.
            refused: why.
            whose: the child's key; None: it is not known.
            file: the file that it stands in, where the account is of a list in several.
        """
        self.bad += 1
        where = self.file if file is None else f"{file}, {self.file}"
        self.bad_rows.append(BadRow(where, line, refused.column, refused.reason))
        if whose is None:
            self.whole = False
        else:
            self.doubtful.add(whose)

    def lose_codes(self, columns: Collection[str], whose: str) -> None:
        """Count the codes of a row that are none. What they would tell may be as it was told."""
        self.unknown_codes.update(list(columns))
        if columns:
            self.doubtful.add(whose)

    def refuse_file(self, rows: int, *faults: RefusedError) -> None:
        """Count every row of the file as bad and say why."""
        self.rows = self.bad = rows
        self.whole, self.broken = False, True
        self.bad_rows.extend(BadRow(self.file, 1, each.column, each.reason) for each in faults)
