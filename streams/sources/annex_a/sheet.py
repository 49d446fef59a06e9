"""A sheet of a workbook, or a CSV file: where its header stands, and which list it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import WINDOWS_EPOCH

from casepulse.streams.sources.annex_a.lists import (
    CHILD,
    LISTS,
    Layout,
    column_of,
    header_of,
    is_left_alone,
)

#: A row's number, as Excel counts, and its cells.
Line = tuple[int, Sequence[object]]

#: `List_1`, `List 1`, `list 01 - Contacts`: and `List 1` is not the beginning of `List 10`.
_NAME = re.compile(r"(?<![a-z])list[\s_-]*0?([0-9]{1,2})(?![0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, as it is."""

    file: str
    name: str
    """Empty for a file that has no sheets."""
    hidden: bool
    lines: Sequence[Line]
    """Without those that hold nothing."""
    epoch: datetime = WINDOWS_EPOCH
    fault: str | None = None
    """Why its rows can't be relied on."""

    @property
    def title(self) -> str:
        """What it is called in an account."""
        return f"{self.file}, {self.name}" if self.name else self.file

    @property
    def number(self) -> int | None:
        """Of the list that it is by its name."""
        found = _NAME.search(self.name or self.file)
        return int(found[1]) if found and 1 <= int(found[1]) <= len(LISTS) else None

    def header(self) -> int | None:
        """Where in its lines the header stands: the first one that names the child's id."""
        for place, (_, cells) in enumerate(self.lines):
            if any(isinstance(cell, str) and column_of(cell) == CHILD for cell in cells):
                return place
        return None


@dataclass(frozen=True, slots=True)
class Found:
    """A list, found on a sheet."""

    layout: Layout
    sheet: Sheet
    header: int
    """The place of its header among the lines."""
    columns: dict[str, int]
    """By name, the place of each column that is read."""
    twice: tuple[str, ...]
    """Columns that stand there twice."""
    extra: tuple[str, ...]
    """Letters of columns that Annex A does not have."""

    @property
    def misnamed(self) -> bool:
        """Whether its sheet has another list's name."""
        return self.sheet.number not in (None, self.layout.number)

    def letter(self, column: str) -> str:
        """Where a column stands, as Excel shows it: `G, Date of referral`."""
        place = self.columns.get(column)
        return column if place is None else f"{get_column_letter(place + 1)}, {column}"


def find(sheet: Sheet) -> Found | None:
    """Which list a sheet holds: its columns say so, and its name where they don't."""
    header = sheet.header()
    if header is None:
        return None
    places: dict[str, int] = {}
    twice, extra, seen = [], [], set()
    for place, cell in enumerate(sheet.lines[header][1]):
        if not isinstance(cell, str) or not header_of(cell):
            continue
        seen.add(header_of(cell))
        column = column_of(cell)
        if column is None:
            if not is_left_alone(cell):
                extra.append(get_column_letter(place + 1))
        elif column in places:
            twice.append(column)
        else:
            places[column] = place
    by_columns = [each for each in LISTS if each.known_by in places]
    by_name = [each for each in LISTS if each.number == sheet.number]
    chosen = [each for each in by_name if each in by_columns] or by_columns or by_name
    if not chosen:
        return None
    return Found(chosen[0], sheet, header, places, tuple(twice), tuple(extra))
