"""A folder that holds an SSDA903 return: its files, read one after another into facts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from casepulse.schemas.envelope import EARLIEST, LATEST
from casepulse.streams.sources.account import Account, BadRow, RefusedError
from casepulse.streams.sources.extract import ExtractError, Said
from casepulse.streams.sources.ssda903.columns import LAYOUTS
from casepulse.streams.sources.ssda903.episodes import tell_episodes
from casepulse.streams.sources.ssda903.facts import NO_YEAR_END, TELL, UNDATED, Known
from casepulse.streams.sources.ssda903.row import Row
from casepulse.streams.sources.ssda903.table import each_once, read_rows


@dataclass
class Summary:
    """What became of a return: of every row in every file."""

    unknown_files: tuple[str, ...]
    """Files in the folder that are none of the collection's; they were not read."""
    missing_files: tuple[str, ...]
    """Files of the collection that the folder lacks."""
    accounts: list[Account] = field(default_factory=list)
    """One for each file read, in the order of reading."""
    year_end: date | None = None
    """31 March of the collection year: given, or found in the episodes; it dates the outcomes."""

    @property
    def notes(self) -> list[str]:
        """What else a person should know."""
        year = f"the year of the return ends on {self.year_end}" if self.year_end else ""
        files = (
            ("not read, for it is no file of the return", self.unknown_files),
            ("missing", self.missing_files),
        )
        named = [f"{words}: {', '.join(names)}" for words, names in files if names]
        return [*named, year] if year else named

    @property
    def bad_rows(self) -> list[BadRow]:
        """What could not be told, in every file."""
        return [bad for account in self.accounts for bad in account.bad_rows]


@dataclass(frozen=True)
class Return:
    """A return, read."""

    told: tuple[Said, ...]
    """Every fact that it tells, whatever is known already."""
    summary: Summary
    files: dict[str, Account]
    """What became of the rows of each file, by its name in the collection."""


def read_folder(folder: Path, *, year_end: date | None = None) -> Return:
    """Read an SSDA903 return.

    The same files give the same facts and ids. A fact is stamped at noon in London of
    its day: the return doesn't say when anything was. Rows that cannot be told are in
    the summary, by file, line, column and reason; they stop nothing.

    Args:
        folder: holds the collection's CSV files, such as `episodes.csv`, in small or
            capital letters, with dates as dd/mm/yyyy, in UTF-8 or Windows-1252.
        year_end: 31 March of the collection year, which dates the yearly outcomes.
            None: the end of the latest year that the episodes begin or end in.

    Raises:
        ExtractError: the folder does not exist, none of its files is the collection's,
            a file is there twice, or `year_end` ends no collection year.
    """
    if year_end is not None and not (
        (year_end.month, year_end.day) == (3, 31) and EARLIEST.year < year_end.year < LATEST.year
    ):
        raise ExtractError(f"{year_end}: a collection year ends on 31 March; give such a day")
    if not folder.is_dir():
        raise ExtractError(f"{folder}: is no folder; give the one that holds {_EXPECTED}")
    files: dict[str, Path] = {}
    unknown = []
    for path in sorted(each for each in folder.iterdir() if each.is_file()):
        name = path.stem.lower()
        if path.suffix.lower() != ".csv" or name not in LAYOUTS:
            unknown.append(path.name)
        elif name in files:
            raise ExtractError(
                f"{folder}: holds {files[name].name} and {path.name}; leave the one that is meant"
            )
        else:
            files[name] = path
    if not files:
        raise ExtractError(f"{folder}: holds none of the files of an SSDA903 return: {_EXPECTED}")
    missing = tuple(f"{name}.csv" for name in LAYOUTS if name not in files)
    summary, known = Summary(tuple(unknown), missing), Known(year_end)
    told: list[Said] = []
    accounts: dict[str, Account] = {}
    for name in (each for each in LAYOUTS if each in files):
        accounts[name] = account = Account(files[name].name)
        told += _tell_file(name, files[name], known, account)
    summary.accounts = list(accounts.values())
    summary.year_end = known.year_end
    return Return(tuple(told), summary, accounts)


_EXPECTED = ", ".join(f"{name}.csv" for name in LAYOUTS)


def _tell_file(name: str, path: Path, known: Known, account: Account) -> Iterator[Said]:
    undated = name in UNDATED and known.year_end is None
    fault = RefusedError(None, NO_YEAR_END) if undated else None
    rows = read_rows(path, name, LAYOUTS[name], account, fault)
    for fact in _tell_rows(name, rows, known, account):
        account.facts += 1
        yield fact


def _tell_rows(name: str, rows: Iterator[Row], known: Known, account: Account) -> Iterator[Said]:
    if name == "episodes":
        yield from tell_episodes(rows, known, account)
        return

    def tell(row: Row) -> list[Said]:
        return list(TELL[name](row, known))

    for _, facts in each_once(rows, tell, account):
        account.told += 1
        yield from facts
