"""The report as a workbook: cover, contents, notes, then one table a sheet.

Source: Government Analysis Function, "Releasing statistics in spreadsheets". The
author's commentary is in the other formats only: a spreadsheet is for figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from re import sub

from casepulse.report.datasheets import CONTENTS, NOTES, SHORTHAND, chart_sheet, table_sheet
from casepulse.report.document import Document
from casepulse.report.sheet import Grid, Heading, Sheet, TextLine, distinct, plain, word
from casepulse.shown.blocks import Chart, Table
from casepulse.state.calendar import month_end

COVER = "Cover"

#: The language of every word in it.
LANGUAGE = "en-GB"

#: What no sheet made from the report is called: `History` is Excel's own.
_TAKEN = (COVER, CONTENTS, NOTES, "History")

#: Excel's limit on the name of a sheet, in characters.
_LONGEST_NAME = 31

_FOR_WORKBOOK = "About this workbook"


@dataclass(frozen=True, slots=True)
class Workbook:
    """Sheets in order, and what a file says of itself."""

    title: str
    authority: str
    created: datetime
    """The end of the report's month, in UTC: the same report is the same file on any day."""
    sheets: tuple[Sheet, ...]


def workbook(document: Document) -> Workbook:
    """The workbook of a report.

    Raises:
        ValueError: the release's name doesn't begin with its month, or a row of a table
            hasn't a cell for every column.
    """
    placed = [
        (plain(chapter.title), block)
        for chapter in document.chapters
        for block in chapter.blocks
        if isinstance(block, Table | Chart)
    ]
    names = distinct((_name(block.key) for _, block in placed), _TAKEN, _LONGEST_NAME)
    notes = _numbered(document.tables())
    applied: dict[str, list[str]] = {note: [] for note in notes}
    data = []
    for name, (chapter, block) in zip(names, placed, strict=True):
        if isinstance(block, Chart):
            data.append(chart_sheet(name, chapter, block))
            continue
        said = list(dict.fromkeys(map(plain, block.notes)))
        data.append(table_sheet(name, chapter, block, [notes[note] for note in said]))
        for note in said:
            applied[note].append(name)
    named = [_notes(notes, applied), *data]
    return Workbook(
        title=plain(f"{document.title}, {document.month}"),
        authority=plain(document.authority),
        created=month_end(date.fromisoformat(f"{document.release[:7]}-01")).astimezone(UTC),
        sheets=(_cover(document, len(data)), _contents(named), *named),
    )


def _name(key: str) -> str:
    """The name of a sheet. Of a long one words go that stand before the last two, which say what
    kind of table it is: not `..._by_loca` but `..._by_locality`."""
    words = sub(r"[^A-Za-z0-9_]", "_", key).split("_")
    while len("_".join(words)) > _LONGEST_NAME and len(words) > 3:
        del words[-3]
    return "_".join(words)


def _numbered(tables: Sequence[Table]) -> dict[str, int]:
    """The number of each note, from 1 as they are met; the same note has one number."""
    said = dict.fromkeys(plain(note) for table in tables for note in table.notes)
    return {note: place for place, note in enumerate(said, start=1)}


def _cover(document: Document, tables: int) -> Sheet:
    told = {what for what, _ in document.facts}
    facts = [
        (what, said)
        for what, said in (
            ("Authority", document.authority),
            ("Month", document.month),
            ("Edition", document.edition),
            ("Release", document.release),
        )
        if what not in told
    ]
    facts += document.facts
    return Sheet(
        COVER,
        _FOR_WORKBOOK,
        (
            TextLine(plain(f"{document.title}, {document.month}"), "title"),
            TextLine("About this release", "heading"),
            *(TextLine(plain(f"{what}: {said}")) for what, said in facts),
            TextLine("How to use this workbook", "heading"),
            TextLine(
                f"After this cover come the contents, the notes, and {tables:,} sheets with one "
                "table each, in the order of the report. The first cell of a sheet is its title."
            ),
            TextLine(
                "Numbers are rounded as the report prints them. A percentage is held as a "
                "fraction and shown as a percentage: 0.9 is shown as 90%."
            ),
            TextLine(
                "Where there is no number, shorthand in square brackets says why; the notes "
                "explain it. A rating is told by a word, never by a colour alone."
            ),
            TextLine("The commentary is in the report itself, which has the same figures."),
            TextLine("Go to the contents", link=CONTENTS),
            TextLine("Go to the notes", link=NOTES),
        ),
    )


def _contents(named: Sequence[Sheet]) -> Sheet:
    rows = tuple(
        (word(sheet.name, link=sheet.name), word(sheet.chapter), word(sheet.title))
        for sheet in named
    )
    headings = (Heading("Sheet"), Heading("Chapter"), Heading("What it shows"))
    return Sheet(
        CONTENTS,
        _FOR_WORKBOOK,
        (
            TextLine("Contents", "title"),
            TextLine("This sheet contains one table. Each name in its first column is a link."),
        ),
        Grid("table_Contents", headings, rows),
    )


def _notes(notes: Mapping[str, int], applied: Mapping[str, Sequence[str]]) -> Sheet:
    shorthand = tuple(
        (word(sign), word(f"{meant}."), word("Wherever it stands for a number"))
        for sign, meant in SHORTHAND.items()
    )
    numbered = tuple(
        (word(f"[note {place}]"), word(note), word(", ".join(applied[note])))
        for note, place in notes.items()
    )
    return Sheet(
        NOTES,
        _FOR_WORKBOOK,
        (
            TextLine("Notes", "title"),
            TextLine("This sheet contains one table: the shorthand, then the tables' notes."),
            TextLine("Go to the contents", link=CONTENTS),
        ),
        Grid(
            "table_Notes",
            (Heading("Note"), Heading("What it means"), Heading("Where it applies")),
            shorthand + numbered,
        ),
    )
