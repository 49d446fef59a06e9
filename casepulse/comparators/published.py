"""A file that the DfE published: read by its header, every row placed in its year and authority."""

import csv
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from casepulse.comparators.cells import Year, read_year
from casepulse.comparators.tables import KINDS, Kind

#: What every table has, in whichever order.
PLACES = ("time_period", "geographic_level", "region_code", "old_la_code")

#: Columns in which a file says how ripe its figures are, and what they say, ripest first.
STATUS_COLUMNS = ("version", "status")
RIPENESS = ("final", "revised", "provisional")

#: Lists of statistical neighbours: the column of the authority, and how the ten are called.
LISTS = (("old_la_code", "SN_{}"), ("LA number", "SN{}"))
TEN = 10

Level = Literal["national", "regional", "local authority"]
LEVELS: tuple[Level, ...] = ("national", "regional", "local authority")

_CODE = re.compile(r"[0-9]{3}")


class FileError(ValueError):
    """A file that is not read, and why: no name of it, which whoever asked knows."""


@dataclass(frozen=True, slots=True)
class Bad:
    """What is wrong in a file, and where."""

    file: str
    line: int
    column: str | None
    reason: str

    def __str__(self) -> str:
        column = f", {self.column}" if self.column else ""
        return f"{self.file}, line {self.line}{column}: {self.reason}"


@dataclass(slots=True)
class Account:
    """What became of every row of a file.

    rows = used + other authorities + other years + other rows + superseded + bad.
    """

    file: str
    kind: str
    rows: int = 0
    used: int = 0
    other_authorities: int = 0
    other_years: int = 0
    other_rows: int = 0
    """Of another breakdown, or of a level that is none of England, region and authority."""
    superseded: int = 0
    """Told again in the same words, or by a riper row."""
    bad: int = 0
    withheld: Counter[str] = field(default_factory=Counter)
    """By symbol, cells that were wanted and hold no number."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, in its place."""

    line: int
    year: Year
    period: str
    """What kind of year: Reporting year."""
    level: Level | None
    """None: another one, such as a planning area."""
    region: str
    codes: tuple[str, ...]
    """The authority; several, where it is published jointly with others; none above it."""
    name: str
    status: str | None
    cells: dict[str, str]


@dataclass(slots=True)
class Published:
    """A table of the DfE's as one file has it."""

    kind: Kind
    path: Path
    sha256: str
    rows: list[Row]
    account: Account
    bad: list[Bad]
    withheld: dict[tuple[int, str], str] = field(default_factory=dict)
    """By line and column, the symbol of each cell that was wanted and holds no number."""

    used: set[int] = field(default_factory=set)
    """By line, the rows that a figure was taken from,"""
    superseded: set[int] = field(default_factory=set)
    """and those that a riper row, or the same again, stood for."""

    def complain(self, line: int, column: str | None, reason: str) -> None:
        """Note that something of a row that was wanted can't be read."""
        bad = Bad(self.path.name, line, column, reason)
        if bad not in self.bad:
            self.bad.append(bad)

    @property
    def newest(self) -> int:
        """The year in which its last one ends; 0 of an empty table."""
        return max((row.year.ends for row in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A list of every authority's statistical neighbours."""

    path: Path
    sha256: str
    year: int | None
    """As the file's name tells; None if it doesn't."""
    of: dict[str, tuple[str, ...]]
    """By authority's code, those of its neighbours, nearest first."""
    rows: int
    """Of the file, with those of no authority."""


@dataclass(frozen=True, slots=True)
class _Lines:
    header: list[str]
    rows: list[tuple[int, list[str]]]
    sha256: str


def read_file(path: Path) -> Published | Neighbours:
    """A table or a list of neighbours.

    Raises:
        FileError: it is neither, or a column is missing that it must have.
    """
    lines = _lines_of(path)
    for code, called in LISTS:
        if {code, called.format(1)} <= set(lines.header):
            return _neighbours(path, lines, code, called)
    return _table(path, lines, _kind_of(path, lines.header))


def _lines_of(path: Path) -> _Lines:
    if path.suffix.casefold() != ".csv":
        raise FileError("is no CSV file")
    told = path.read_bytes()
    try:
        text = told.decode("utf-8-sig")
        reader = csv.reader(text.splitlines(keepends=True), strict=True)
        header = [each.strip() for each in next(reader, [])]
        rows = [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except UnicodeDecodeError:
        raise FileError("is not in UTF-8, as the DfE's files are") from None
    except csv.Error as error:
        raise FileError(f"is no CSV: {error}") from None
    if not header:
        raise FileError("is empty")
    return _Lines(header, rows, hashlib.sha256(told).hexdigest())


def _kind_of(path: Path, header: list[str]) -> Kind:
    for kind in KINDS.values():
        if set(kind.marks) <= set(header):
            return kind
    for kind in KINDS.values():
        if kind.stem in path.name.casefold():
            missing = ", ".join(each for each in kind.marks if each not in header)
            raise FileError(f"line 1: has no column {missing}; it is called as {kind.title}")
    raise FileError("is none of the tables that comparators are read from")


def _table(path: Path, lines: _Lines, kind: Kind) -> Published:
    missing = [each for each in PLACES if each not in lines.header]
    if missing:
        raise FileError(f"line 1: has no column {', '.join(missing)}, as every table of the DfE's")
    twice = [each for each, times in Counter(lines.header).items() if times > 1]
    if twice:
        raise FileError(f"line 1: has the column {twice[0]} more than once")
    made = Published(kind, path, lines.sha256, [], Account(path.name, kind.title), [])
    for line, row in lines.rows:
        made.account.rows += 1
        said = _row(line, row, lines.header)
        if isinstance(said, Row):
            made.rows.append(said)
        else:
            made.account.bad += 1
            made.bad.append(Bad(path.name, line, *said))
    return made


def _row(line: int, row: list[str], header: list[str]) -> Row | tuple[str | None, str]:
    """A row in its place; or the column that is wrong, and how."""
    if len(row) != len(header):
        return None, f"has {len(row)} cells, and the header {len(header)}"
    cells = dict(zip(header, row, strict=True))
    year = read_year(cells["time_period"])
    if year is None:
        return "time_period", "is no year, such as 2025 or 202425"
    level = next((each for each in LEVELS if each == _plain(cells["geographic_level"])), None)
    codes = tuple(each.strip() for each in cells["old_la_code"].split("/") if each.strip())
    if level == "local authority" and not (codes and all(map(_CODE.fullmatch, codes))):
        return "old_la_code", "is no code of an authority, three digits"
    if level == "regional" and not cells["region_code"].strip():
        return "region_code", "is empty in a region's row"
    return Row(
        line=line,
        year=year,
        period=cells.get("time_identifier", "").strip() or "Year",
        level=level,
        region=cells["region_code"].strip(),
        codes=codes,
        name=cells.get("la_name", "").strip(),
        status=next((cells[each].strip() for each in STATUS_COLUMNS if cells.get(each)), None),
        cells=cells,
    )


def is_there(row: Row, filter_: dict[str, str]) -> bool:
    """Whether a row is one of those that a filter takes, however it is spaced and in capitals."""
    return all(_plain(row.cells[column]) == _plain(said) for column, said in filter_.items())


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()


def _neighbours(path: Path, lines: _Lines, code: str, called: str) -> Neighbours:
    wanted = [called.format(each) for each in range(1, TEN + 1)]
    missing = [each for each in wanted if each not in lines.header]
    if missing:
        raise FileError(f"line 1: has no column {', '.join(missing)}; a list has ten neighbours")
    at = {each: lines.header.index(each) for each in (code, *wanted)}
    of: dict[str, tuple[str, ...]] = {}
    for line, row in lines.rows:
        if len(row) <= max(at.values()):
            raise FileError(f"line {line}: has too few cells")
        whose = row[at[code]].strip()
        if not _CODE.fullmatch(whose):
            continue  # a heading in between
        ten = tuple(row[at[each]].strip() for each in wanted)
        if len(set(ten) - {whose}) != TEN or not all(map(_CODE.fullmatch, ten)):
            raise FileError(f"line {line}: {whose} has no ten different neighbours")
        if whose in of and of[whose] != ten:
            raise FileError(f"line {line}: {whose} stands twice, with other neighbours")
        of[whose] = ten
    years = re.findall(r"(?<![0-9])20[0-9]{2}(?![0-9])", path.name)
    return Neighbours(path, lines.sha256, int(years[-1]) if years else None, of, len(lines.rows))
