"""The tables of a dataset as a folder of CSV files, one a table: ssd_person.csv and the others.

However they were written: by SQL Server's tools, a script, or a spreadsheet; with commas,
semicolons or tabs; in UTF-8, UTF-16 or Windows' own alphabet. A row may go over several lines, for
outcomes hold what somebody wrote. A row that cannot be read costs itself and no other.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from casepulse.streams.encodings import encoding_of
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.extract import ExtractError
from casepulse.streams.sources.ssd.tables import Cell

#: The longest that a row may be, in characters: a quotation mark that was left open must not
#: swallow the rest of the file.
_LONGEST = 65_536

_TABLE = re.compile(r"(?:.*\.)?(ssd_[a-z0-9_]+)")

_DELIMITERS = (",", ";", "\t", "|")


class CsvTables:
    """The tables of a folder.

    Args:
        folder: it.

    Raises:
        ExtractError: it is no folder, or there is no table in it, or one of them twice.
    """

    def __init__(self, folder: Path) -> None:
        self.notes: list[str] = []
        self._files: dict[str, Path] = {}
        if not folder.is_dir():
            raise ExtractError(f"{folder}: is no folder; give the one with the files ssd_*.csv")
        for path in sorted(folder.iterdir()):
            table = _TABLE.fullmatch(path.stem.lower())
            if path.suffix.lower() not in (".csv", ".txt") or table is None or not path.is_file():
                continue
            if table[1] in self._files:
                raise ExtractError(
                    f"{path}: is the same table as {self._files[table[1]].name}; leave one of them"
                )
            self._files[table[1]] = path
        if not self._files:
            raise ExtractError(
                f"{folder}: has no file such as ssd_person.csv; give the folder with the tables of "
                "the dataset, one CSV file a table"
            )

    def __enter__(self) -> Self:
        """Files need no opening."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Each file is closed when its last row was read."""

    def name(self, table: str) -> str:
        """A table's file; of one that is not there, what it would be called."""
        path = self._files.get(table)
        return f"{table}.csv" if path is None else path.name

    def columns(self, table: str) -> tuple[str, ...] | None:
        """The names in the first line of its file; one that stands twice is none.

        Raises:
            ExtractError: the file can't be read.
        """
        path = self._files.get(table)
        if path is None:
            return None
        try:
            with _opened(path) as file:
                header = file.readline(_LONGEST)
        except OSError as error:
            raise ExtractError(f"{path}: {error.strerror}") from None
        try:
            names = _header(header)[1]
        except csv.Error:
            return ()
        return tuple(name for name in names if names.count(name) == 1)

    def rows(
        self, table: str, columns: Sequence[str]
    ) -> Iterator[tuple[int, Sequence[Cell] | RefusedError]]:
        """Each row's first line, and its cells.

        Raises:
            ExtractError: the file can't be read to its end.
        """
        path = self._files[table]
        try:
            with _opened(path) as file:
                delimiter, names = _header(file.readline(_LONGEST))
                places = [names.index(column) for column in columns]
                yield from _rows(_Lines(file), delimiter, len(names), places)
        except OSError as error:
            raise ExtractError(f"{path}: {error.strerror}") from None


def _opened(path: Path) -> TextIO:
    with path.open("rb") as file:
        encoding = encoding_of(file)
    return path.open(encoding=encoding, errors="replace", newline="")


def _header(line: str) -> tuple[str, list[str]]:
    """What stands between the cells, and the names of the columns.

    Raises:
        csv.Error: it is no line of CSV.
    """
    delimiter = max(_DELIMITERS, key=line.count)
    names = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    return delimiter, [name.strip().lower() for name in names]


class _Lines:
    """The lines of a file, of which those of a row that could not be read are read again."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self.row: list[str] = []
        """The lines of the row that is being read."""
        self._length = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._file.readline(_LONGEST)
        if not line:
            raise StopIteration
        self.row.append(line)
        self._length += len(line)
        if self._length > _LONGEST:
            raise csv.Error("the row does not end")
        if "\0" in line:
            raise csv.Error("the line holds a NUL")
        return line

    def begin(self) -> None:
        """Begin a row."""
        self.row = []
        self._length = 0

    def again(self, lines: Sequence[str]) -> None:
        """Read these lines next."""
        self._again.extendleft(reversed(lines))


def _rows(
    lines: _Lines, delimiter: str, width: int, places: Sequence[int]
) -> Iterator[tuple[int, Sequence[Cell] | RefusedError]]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    take = itemgetter(*places) if len(places) > 1 else lambda cells: (cells[places[0]],)
    number = 2
    while True:
        lines.begin()
        fault = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            fault = "is no row of CSV: look at its quotation marks"
        else:
            if len(cells) == width and cells[0]:
                yield number, take(cells)
            elif not any(cell.strip() for cell in cells):
                pass
            elif len(cells) != width:
                fault = f"has {len(cells)} cells; the first line has {width}"
            else:
                yield number, take(cells)
        if fault is None:
            number += len(lines.row)
        else:
            # it may have taken in the rows behind it
            yield number, RefusedError(None, fault)
            lines.again(lines.row[1:])
            number += 1
