"""The spreadsheets hold what the report shows, by the Analysis Function's rules."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from os import environ
from zipfile import ZIP_STORED, ZipFile

import odfdo
import openpyxl
import pytest

from casepulse.report.document import Chapter, Commentary, Document
from casepulse.report.ods import render_ods
from casepulse.report.xlsx import render_xlsx
from casepulse.shown.blocks import Chart, Column, FigureName, Line, Row, RowGroup, Table, Value
from casepulse.shown.marks import NOT_AVAILABLE, WITHHELD
from tests.report.example import MONTHS, example
from tests.report.opened import Held, Opened, opened

Render = Callable[[Document], bytes]

FORMATS = pytest.mark.parametrize("render", [render_xlsx, render_ods], ids=["xlsx", "ods"])

#: What a spreadsheet could take for a formula, a link or markup of its library's.
HOSTILE = (
    "=1+1",
    '=HYPERLINK("#Cover","here")',
    "+44 1234",
    "-1",
    "@SUM(A1)",
    "[see](annex)",
    "$$note$$",
    "https://example.org/",
    "0123",
    "<b>&amp;",
    "{=1}",
)


def _with(*blocks: Table | Chart | Commentary, **changes: str) -> Document:
    """The example's cover, and a chapter with nothing but these."""
    chapters = (Chapter("chapter", "A chapter", blocks),)
    return replace(example(), chapters=chapters, **changes)


def _table(key: str, *rows: Row, columns: int = 2, **changes: object) -> Table:
    heads = tuple(Column(f"Column {n}", numeric=n > 0) for n in range(columns))
    table = Table(key, f"Title of {key}", heads, (RowGroup("", rows),))
    return replace(table, **changes)


def _blocks(document: Document) -> Iterator[Table | Chart]:
    return (block for block in document.blocks() if isinstance(block, Table | Chart))


def _sheets(document: Document, render: Render) -> dict[str, Opened]:
    """The sheets with a table or chart of the report, by its key: they stand in its order."""
    sheets = opened(render(document))
    blocks = list(_blocks(document))
    assert [sheet.title for sheet in sheets[3:]] == [block.title for block in blocks]
    return {block.key: sheet for block, sheet in zip(blocks, sheets[3:], strict=True)}


def _is_shown(cell: Held, value: Value) -> None:
    """The cell holds the number that the report prints, no more of it, and shows the same."""
    if value.number is None:
        assert cell.content == (value.shown or NOT_AVAILABLE)
        return
    printed = Decimal(value.shown.rstrip("%").replace(",", ""))
    assert isinstance(cell.content, Decimal)
    assert cell.content == (printed / 100 if value.shown.endswith("%") else printed)
    assert cell.shown == value.shown


def assert_values(document: Document, render: Render) -> None:
    """Every value of every table stands at its row and column."""
    sheets = _sheets(document, render)
    figures = 0
    for table in document.tables():
        sheet = sheets[table.key]
        sections = [group.head for group in table.groups for _ in group.rows]
        assert len(sheet.rows) == len(sections)
        for row, cells, section in zip(table.rows, sheet.rows, sections, strict=True):
            by_heading = dict(zip(sheet.headings, cells, strict=True))
            if section:
                assert by_heading["Section"].content == section
            for column, value in zip(table.columns, (row.head, *row.values), strict=True):
                _is_shown(by_heading[column.head], value)
                assert by_heading[column.head].bold == value.bold
                figures += value.of is not None
    assert figures == len(list(document.figures())) > 50


@FORMATS
@pytest.mark.parametrize("edition", ["internal", "publishable"])
def test_every_value_of_every_table_stands_at_its_row_and_column(
    render: Render, edition: str
) -> None:
    assert_values(replace(example(), edition=edition), render)


@FORMATS
def test_every_printed_number_is_held_exactly(render: Render) -> None:
    """Percentages to 1 decimal, counts and averages: 3,000 numbers in one table."""
    rows = []
    for tenths in range(1001):
        points, average = (
            Decimal(tenths) / 10,
            (Decimal(tenths * 37) / 100).quantize(Decimal("0.01")),
        )
        values = (
            Value(f"{points:.1f}%", points, "percent"),
            Value(f"{average:,}", average, "average"),
            Value(f"{tenths * 7919:,}", Decimal(tenths * 7919), "count"),
            Value(f"{-points:.1f}", -points or Decimal(0), "rate"),
        )
        rows.append(
            Row(
                Value(f"Row {tenths}"),
                values if tenths else (*values[:3], Value("0.0", Decimal(0), "rate")),
            )
        )
    table = _table("numbers", *rows, columns=5)
    sheet = _sheets(_with(table), render)["numbers"]
    for row, cells in zip(table.rows, sheet.rows, strict=True):
        for value, cell in zip(row.values, cells[1:], strict=True):
            _is_shown(cell, value)


@FORMATS
def test_no_more_of_a_number_is_told_than_is_printed(render: Render) -> None:
    """26 of 29 could be worked out from 89.655172413793."""
    row = Row(Value("Visits"), (Value("90%", Decimal("89.655172413793"), "percent"),))
    sheet = _sheets(_with(_table("rounded", row)), render)["rounded"]
    assert sheet.rows[0][1].content == Decimal("0.9")
    with ZipFile(BytesIO(render(_with(_table("rounded", row))))) as archive:
        assert not any(b"0.8965" in archive.read(name) for name in archive.namelist())


@FORMATS
def test_every_table_is_marked_up_and_without_a_gap(render: Render) -> None:
    cover, *sheets = opened(render(example()))
    assert not cover.tables
    names = set()
    for sheet in sheets:
        (table,) = sheet.tables
        names.add(table.name.casefold())
        assert (table.left, table.right) == (0, len(sheet.headings) - 1)
        assert table.top == len(sheet.over)
        assert table.bottom == len(sheet.cells) - 1, "a row too many or too few"
        assert list(table.headings) == sheet.headings
        assert len({heading.casefold() for heading in sheet.headings}) == len(sheet.headings)
        assert all(cell.wrapped and cell.bold for cell in sheet.cells[table.top])
        for row in sheet.cells[table.top :]:
            assert len(row) == len(sheet.headings)
            assert all(cell.content not in (None, "") for cell in row)
        assert not sheet.merged
        assert all(len(row) == 1 for row in sheet.cells[: table.top])
        assert sheet.over[1].startswith("This sheet contains one table")
    assert len(names) == len(sheets)


@FORMATS
def test_the_cover_says_what_the_report_is(render: Render) -> None:
    document = example()
    cover = opened(render(document))[0]
    said = "\n".join(cover.over)
    assert cover.title == "Children's Services Performance Report, January 2021"
    for words in ("Example County", "January 2021", "internal", "2021-01/2-final"):
        assert words in said.split("\n", 1)[1]
    for what, fact in document.facts:
        assert f"{what}: {fact}" in cover.over
    assert "8 sheets" in said


@FORMATS
def test_every_sheet_is_in_the_contents_and_every_link_leads_to_a_sheet(render: Render) -> None:
    sheets = opened(render(example()))
    names = [sheet.name for sheet in sheets]
    assert names[:3] == ["Cover", "Contents", "Notes"]
    listed = [(row[0].shown, row[0].link, row[2].shown) for row in sheets[1].rows]
    assert listed == [(sheet.name, sheet.name, sheet.title) for sheet in sheets[2:]]
    for sheet in sheets:
        links = [cell.link for row in sheet.cells for cell in row if cell.link]
        assert set(links) <= set(names)
        assert "Contents" in links or sheet.name == "Contents"


@FORMATS
def test_names_of_sheets_are_short_and_unlike_whatever_the_keys(render: Render) -> None:
    keys = ["History", "cover", "a" * 40, "a" * 41, "A" * 39, "x/y:[z]*?", "é", "1", "R1C1", "same"]
    tables = [_table(key, Row(Value("a"), (Value("b"),))) for key in keys]
    line = Line("County", (Decimal(1),))
    chart = Chart("same", "A chart", "", ("2021-01",), (line,), "count")
    sheets = opened(render(_with(*tables, chart)))
    names = [sheet.name for sheet in sheets]
    assert len({name.casefold() for name in names}) == len(names) == 3 + len(keys) + 1
    for name in names:
        assert 0 < len(name) <= 31
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
        assert name.casefold() != "history", "Excel keeps it for itself"
    assert [row[0].link for row in sheets[1].rows] == names[2:]


@FORMATS
def test_a_long_key_loses_words_of_its_middle(render: Render) -> None:
    key = "strategy_discussion_timely_by_locality"
    sheets = opened(render(_with(_table(key, Row(Value("a"), (Value("b"),))))))
    assert sheets[3].name == "strategy_discussion_by_locality"


@FORMATS
def test_what_is_bold_in_the_report_is_bold(render: Render) -> None:
    values = (Value("b"), Value("c", bold=True), Value("1", Decimal(1), "count", bold=True))
    table = _table("bold", Row(Value("a"), values), columns=4)
    sheet = _sheets(_with(table), render)["bold"]
    assert [cell.bold for cell in sheet.rows[0]] == [False, False, True, True]


@FORMATS
def test_text_is_text_whatever_it_begins_with(render: Render) -> None:
    rows = tuple(Row(Value(words), (Value(words),)) for words in HOSTILE)
    tables = [
        Table(
            f"table_{place}",
            words,
            (Column(words), Column("Value")),
            (RowGroup(words, rows),),
            notes=(words,),
        )
        for place, words in enumerate(HOSTILE)
    ]
    charts = [
        Chart(f"chart_{n}", words, words, (words,), (Line(words, (Decimal(1),)),), "count")
        for n, words in enumerate(HOSTILE)
    ]
    said = [Commentary(f"said_{n}", words, words) for n, words in enumerate(HOSTILE)]
    document = _with(*tables, *charts, *said, title="=1+1", authority="+1", month="@A1")
    document = replace(document, facts=tuple((words, words) for words in HOSTILE))
    sheets = opened(render(document))
    links = 0
    for sheet in sheets:
        for row in sheet.cells:
            for cell in row:
                assert not cell.formula
                links += cell.link is not None
    # In the contents, on the cover two, to the contents from every sheet, to the notes from tables.
    blocks = len(tables) + len(charts)
    assert links == (blocks + 1) + 2 + (blocks + 1) + len(tables)
    assert sheets[0].title == "=1+1, @A1"
    for words, sheet in zip(HOSTILE, sheets[3:], strict=False):
        assert (sheet.title, sheet.headings) == (words, ["Section", words, "Value"])
        assert [[cell.content for cell in row] for row in sheet.rows] == [
            [words, other, other] for other in HOSTILE
        ]
        assert words in [row[1].content for row in sheets[2].rows], "the note"
        assert f"{words}: {words}" in sheets[0].over


@FORMATS
def test_notes_are_numbered_and_referred_to(render: Render) -> None:
    row = Row(Value("a"), (Value("b"),))
    first = _table("first", row, notes=("One.", "Two."))
    second = _table("second", row, notes=("Three.", "Two."))
    without = _table("without", row)
    document = _with(first, second, without)
    sheets = _sheets(document, render)
    assert "[note 1] and [note 2]" in sheets["first"].over[1]
    assert "[note 3] and [note 2]" in sheets["second"].over[1]
    assert "note" not in sheets["without"].over[1]
    notes = [tuple(cell.content for cell in row) for row in opened(render(document))[2].rows]
    assert [note[0] for note in notes[:2]] == [WITHHELD, NOT_AVAILABLE]
    assert notes[-3:] == [
        ("[note 1]", "One.", "first"),
        ("[note 2]", "Two.", "first, second"),
        ("[note 3]", "Three.", "second"),
    ]


@FORMATS
def test_shorthand_is_explained_where_it_stands(render: Render) -> None:
    for key, sheet in _sheets(example(), render).items():
        held = {cell.content for row in sheet.rows for cell in row}
        for sign in ("[c]", "[z]", "[x]"):
            explained = any(line.startswith(f"{sign}: ") for line in sheet.over)
            assert explained == (sign in held), (key, sign)


@FORMATS
@pytest.mark.parametrize("nothing", ["", " ", "–", "—", "-"])
def test_no_cell_is_empty(render: Render, nothing: str) -> None:
    table = _table("gaps", Row(Value(nothing), (Value(nothing),)))
    sheet = _sheets(_with(table), render)["gaps"]
    assert [cell.content for cell in sheet.rows[0]] == [NOT_AVAILABLE] * 2


@FORMATS
def test_a_table_without_rows_is_still_a_table(render: Render) -> None:
    sheet = _sheets(_with(_table("none")), render)["none"]
    assert [[cell.content for cell in row] for row in sheet.rows] == [[NOT_AVAILABLE] * 2]


@FORMATS
def test_columns_with_the_same_heading_or_none_are_told_apart(render: Render) -> None:
    heads = (Column("Section"), Column("Rate"), Column("rate"), Column(""))
    row = Row(Value("a"), (Value("b"), Value("c"), Value("d")))
    table = Table("heads", "Heads", heads, (RowGroup("Group", (row,)),))
    sheet = _sheets(_with(table), render)["heads"]
    assert sheet.headings == ["Section", "Section_2", "Rate", "rate_2", "Column 5"]


@FORMATS
def test_a_rating_is_never_told_by_colour_alone(render: Render) -> None:
    rated = Value("64%", Decimal(64), "percent", FigureName("visits", "2021-01", "county"), "red")
    other = Value("81%", Decimal(81), "percent")
    table = _table("rated", Row(Value("a"), (rated,)), Row(Value("b"), (other,)))
    sheet = _sheets(_with(table), render)["rated"]
    assert sheet.headings == ["Column 0", "Column 1", "Column 1: rating"]
    assert [[cell.shown for cell in row] for row in sheet.rows] == [
        ["a", "64%", "Red"],
        ["b", "81%", NOT_AVAILABLE],
    ]


@FORMATS
def test_a_charts_figures_stand_by_month(render: Render) -> None:
    document = example()
    sheets = _sheets(document, render)
    charts = [block for block in document.blocks() if isinstance(block, Chart)]
    assert len(charts) == 4
    for chart in charts:
        sheet = sheets[chart.key]
        months = {row[0].content: dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows}
        assert tuple(months) == MONTHS
        for line in chart.lines:
            for month, point in zip(chart.months, line.points, strict=True):
                cell = months[month][line.name]
                assert cell.percent == (chart.unit == "percent" and point is not None)
                if point is None:
                    assert cell.content == "[x]"
                else:
                    assert cell.content == (point / 100 if cell.percent else point)
        same = {f"{name} (comparator)": value for name, value in chart.peers}
        same |= {"Target": chart.target} if chart.target is not None else {}
        for row in months.values():
            assert set(row) == {"Month", *(line.name for line in chart.lines), *same}
            for heading, value in same.items():
                assert row[heading].shown == f"{value}{'%' if chart.unit == 'percent' else ''}"


def test_excels_properties_tell_title_authority_language_and_no_time() -> None:
    told = openpyxl.load_workbook(BytesIO(render_xlsx(example()))).properties
    assert told.title == "Children's Services Performance Report, January 2021"
    assert (told.creator, told.language) == ("Example County", "en-GB")
    assert str(told.created) == str(told.modified) == "2021-02-01 00:00:00"


def test_opendocuments_properties_tell_title_authority_language_and_no_time() -> None:
    file = odfdo.Document(BytesIO(render_ods(example())))
    assert file.meta.title == "Children's Services Performance Report, January 2021"
    assert (file.meta.creator, file.meta.language, file.language) == (
        "Example County",
        "en-GB",
        "en-GB",
    )
    assert str(file.meta.creation_date) == str(file.meta.date) == "2021-02-01 00:00:00"
    listed = set(file.manifest.get_paths())
    assert set(file.parts) >= {path for path in listed if not path.endswith("/")}


def test_an_opendocument_file_begins_with_what_it_is() -> None:
    file = render_ods(example())
    with ZipFile(BytesIO(file)) as archive:
        first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
    assert file[38:].startswith(b"application/vnd.oasis.opendocument.spreadsheet")


def test_a_text_too_long_for_a_cell_is_not_lost_in_silence() -> None:
    table = _table("long", Row(Value("x" * 32_768), (Value("b"),)))
    with pytest.raises(ValueError, match="no cell of Excel's can hold"):
        render_xlsx(_with(table))


@FORMATS
def test_a_row_without_a_cell_for_every_column_is_refused(render: Render) -> None:
    with pytest.raises(ValueError, match="zip"):
        render(_with(_table("ragged", Row(Value("a"), ()))))


@FORMATS
def test_the_same_report_is_the_same_file_another_day(render: Render) -> None:
    """And again in the same process; in two others with other hashes, in another time zone, and
    two seconds apart, for a zip archive tells times by two seconds."""
    code = (
        "from hashlib import sha256; from sys import stdout\n"
        f"from {render.__module__} import {render.__name__} as render\n"
        "from tests.report.example import example\n"
        "stdout.write(sha256(render(example())).hexdigest())\n"
    )
    made = [sha256(render(example())).hexdigest() for _ in range(2)]
    for seed, zone in (("1", "UTC"), ("2", "Pacific/Auckland")):
        time.sleep(2.1)
        other = environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-c", code]
        told = subprocess.run(command, env=other, capture_output=True, text=True, check=True)
        made.append(told.stdout)
    assert len(set(made)) == 1
    with ZipFile(BytesIO(render(example()))) as archive:
        assert {file.date_time for file in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
