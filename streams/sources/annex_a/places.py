"""Where lists are: in a workbook, or in a folder of workbooks and of lists as CSV."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from casepulse.streams.encodings import in_utf8
from casepulse.streams.sources.annex_a.archive import WORKBOOKS, is_workbook
from casepulse.streams.sources.annex_a.lists import LISTS
from casepulse.streams.sources.annex_a.sheet import Found, Line, Sheet, find
from casepulse.streams.sources.annex_a.workbook import sheets_of
from casepulse.streams.sources.extract import ExtractError

#: Lines among which the header of a list is, for the separator to be seen.
_TITLES = 20


@dataclass
class Lists:
    """The lists that were found, by number, and what a person should know of it."""

    found: dict[int, Found] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """The names of those that are not there."""
        return [each.name for each in LISTS if each.number not in self.found]


def lists_of(place: Path) -> Lists:
    """The lists at a place.

    Raises:
        ExtractError: there are none, a file can't be read, or a list is there twice.
    """
    lists = Lists()
    sheets = [sheet for path in _files(place, lists) for sheet in _sheets(path)]
    empty = []
    for sheet in sorted(sheets, key=lambda each: each.hidden):
        found = find(sheet)
        if found is None:
            if sheet.number is not None:
                empty.append(sheet)
        else:
            _add(found, lists, place)
    if not lists.found:
        raise ExtractError(
            f"{place}: holds none of the lists of Annex A; give a workbook with sheets List_1 to "
            "List_11, or a folder of CSV files of such names, each with a row of column names in "
            "which one is Child Unique ID"
        )
    for sheet in empty:
        lists.notes.append(f"{sheet.title}: has no row with the column names, and was not read")
    if lists.missing:
        lists.notes.append(f"missing: {', '.join(lists.missing)}; what they told stays as it was")
    return lists


def _add(found: Found, lists: Lists, place: Path) -> None:
    sheet, number = found.sheet, found.layout.number
    other = lists.found.get(number)
    if other is not None and sheet.hidden:
        lists.notes.append(f"{sheet.title}: is hidden, and was not read, as another is the list")
        return
    if other is not None:
        raise ExtractError(
            f"{place}: {other.sheet.title} and {sheet.title} are both list {number}; leave the one "
            "that is meant"
        )
    lists.found[number] = found
    if sheet.hidden:
        lists.notes.append(f"{sheet.title}: is hidden, and was read all the same")
    if found.misnamed:
        lists.notes.append(f"{sheet.title}: has the columns of list {number}, and was read so")


def _files(place: Path, lists: Lists) -> list[Path]:
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise ExtractError(f"{place}: is not there; give a workbook, or a folder that holds lists")
    files = []
    for path in sorted(each for each in place.iterdir() if each.is_file()):
        # ~$ is Excel's own mark that somebody has a workbook open
        if path.suffix.lower() in (*WORKBOOKS, ".csv") and not path.name.startswith("~$"):
            files.append(path)
        else:
            lists.notes.append(f"not read, for it is no workbook and no CSV: {path.name}")
    return files


def _sheets(path: Path) -> list[Sheet]:
    if is_workbook(path):
        return sheets_of(path)
    return [_csv_sheet(path)]


def _csv_sheet(path: Path) -> Sheet:
    """A list as CSV; each line is numbered as an editor counts, by where it begins."""
    content = in_utf8(path.read_bytes())
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    begins = "".join(text.splitlines()[:_TITLES])
    separator = max((",", ";", "\t"), key=begins.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[Line] = []
    before, fault = 0, None
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((before + 1, cells))
            before = reader.line_num
    except csv.Error:
        fault = (
            f"is no CSV from line {before + 1} on: look at its quotation marks, and save it anew"
        )
    return Sheet(path.name, "", False, lines, fault=fault)
