"""The PDF of the report: tagged, whole, the same on any day, and every figure in its row."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from casepulse.report import html
from casepulse.report.document import Chapter, Document, Paragraph
from casepulse.report.pdf import PrintError, render_pdf
from casepulse.shown.blocks import Chart, Column, Row, RowGroup, Sentence, Table, Value
from tests.report.example import example

ROOT = Path(__file__).resolve().parent.parent.parent

#: Prints the example on another day, whatever the machine's clock says.
ANOTHER_DAY = """
import sys, time
now = time.time() + 86_400 * int(sys.argv[1])
time.time = lambda: now
from casepulse.report.pdf import render_pdf
from tests.report.example import example
sys.stdout.buffer.write(render_pdf(example()))
"""


@pytest.fixture(scope="module")
def printed() -> bytes:
    return render_pdf(example())


@pytest.fixture(scope="module")
def pdf(printed: bytes) -> PdfReader:
    return PdfReader(BytesIO(printed))


def test_it_says_that_it_is_accessible(pdf: PdfReader) -> None:
    catalogue: Any = pdf.root_object
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en-GB"
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None
    title = "Children's Services Performance Report, January 2021 – Example County"
    assert pdf.metadata.title == f"{title} – Internal edition"
    assert 'pdfuaid:part="1"' in catalogue["/Metadata"].get_data().decode()


def test_its_structure_is_tagged(pdf: PdfReader) -> None:
    tags = [str(each["/S"]) for each in _structure(pdf)]
    assert tags.count("/H1") == 1
    assert tags.count("/H2") == 2 + len(example().chapters)
    assert tags.count("/H3") == 3
    assert tags.count("/H4") == 1
    assert {"/Table", "/THead", "/TBody", "/TR", "/TH", "/TD", "/Caption", "/Link"} <= set(tags)


def test_a_cell_names_its_headings(pdf: PdfReader) -> None:
    cells = [each for each in _structure(pdf) if each["/S"] == "/TD" and "/A" in each]
    figures = [each for each in cells if len(each["/A"].get("/Headers", [])) >= 2]
    # All but those of the cover's table, which has no heading row.
    assert len(figures) == len(cells) - len(example().facts)
    headings = {str(each["/ID"]) for each in _structure(pdf) if each["/S"] == "/TH"}
    assert {str(name) for each in figures for name in each["/A"]["/Headers"]} <= headings


def test_a_chart_is_a_figure_with_its_alternative(pdf: PdfReader) -> None:
    charts = [block for block in example().blocks() if isinstance(block, Chart)]
    figures = [each for each in _structure(pdf) if each["/S"] == "/Figure"]
    assert [each["/Alt"] for each in figures] == [chart.alt for chart in charts]


def test_every_row_of_every_table_can_be_read(pdf: PdfReader) -> None:
    assert_rows(pdf, example())


def test_a_row_that_is_not_there_would_be_missed(pdf: PdfReader) -> None:
    more = Table("more", "T", (Column("A"),), (RowGroup("", (Row(Value("no such"), ()),)),))
    chapters = (*example().chapters, Chapter("more", "More", (more,)))
    with pytest.raises(AssertionError):
        assert_rows(pdf, replace(example(), chapters=chapters))


def test_the_same_document_gives_the_same_bytes_on_another_day_and_machine(
    printed: bytes, tmp_path: Path
) -> None:
    bare = tmp_path / "fonts.conf"
    bare.write_text(f"<fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>")
    environment = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
    for days, seed, more in (
        ("40", "1", {"TZ": "Pacific/Kiritimati", "LC_ALL": "C"}),
        ("800", "2", {"TZ": "America/New_York", "FONTCONFIG_FILE": str(bare)}),
    ):
        again = subprocess.run(
            [sys.executable, "-c", ANOTHER_DAY, days],
            env={**environment, "PYTHONHASHSEED": seed, **more},
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        assert again.stdout == printed


def test_its_fonts_are_the_packages_and_within_it(pdf: PdfReader) -> None:
    fonts: dict[str, Any] = {}
    for page in pdf.pages:
        resources: Any = page["/Resources"]
        for font in resources.get("/Font", {}).values():
            fonts[font.get_object()["/BaseFont"]] = font.get_object()
    assert fonts
    for name, font in fonts.items():
        assert re.fullmatch(r"/[A-Z]{6}\+Source-Sans-Pro(-Semi-Bold|-Bold)?", name)
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert any(key.startswith("/FontFile") for key in described)


def test_the_cover_says_what_it_is(pdf: PdfReader) -> None:
    cover = _squeezed(pdf.pages[0].extract_text())
    document = example()
    for words in (document.title, document.authority, document.month, "Internal edition"):
        assert _squeezed(words) in cover
    for name, fact in document.facts:
        assert _squeezed(name + fact) in cover


def test_every_page_after_it_says_which_it_is(pdf: PdfReader) -> None:
    assert "Page" not in pdf.pages[0].extract_text()
    for number, page in enumerate(pdf.pages[1:], start=2):
        text = page.extract_text()
        assert f"Page {number} of {len(pdf.pages)}" in text
        assert "Internal edition" in text


def test_chapters_begin_on_the_page_that_the_contents_say(pdf: PdfReader) -> None:
    contents = pdf.pages[1].extract_text()
    pages = []
    for chapter in example().chapters:
        found = re.search(rf"{re.escape(chapter.title)}\s*(\d+)", contents)
        assert found is not None
        pages.append(int(found[1]))
        assert chapter.title in pdf.pages[pages[-1] - 1].extract_text()[:200]
    assert len(set(pages)) == len(pages)


def test_only_a_wide_table_lies_on_its_side(pdf: PdfReader) -> None:
    for page in pdf.pages:
        lies = page.mediabox.width > page.mediabox.height
        assert lies == ("Demand over thirteen months" in page.extract_text())


def test_a_chapter_of_nothing_but_wide_tables_lies_on_its_side() -> None:
    wide = replace(example().tables()[0], wide=True)
    words = Paragraph((Sentence("What stands above the table."),))
    document = replace(example(), chapters=(Chapter("wide", "Wide", (words, wide)),))
    *_, last = PdfReader(BytesIO(render_pdf(document))).pages
    assert "What stands above the table." in last.extract_text()
    assert wide.title in last.extract_text()
    assert last.mediabox.width > last.mediabox.height


def test_a_long_table_repeats_its_headings_and_breaks_no_row() -> None:
    words = "words that need many lines " * 60
    rows = tuple(Row(Value(f"Row {n}"), (Value(f"begin{n} {words}end{n}"),)) for n in range(20))
    table = Table(
        "long", "Long", (Column("Heading one"), Column("Heading two")), (RowGroup("", rows),)
    )
    document = replace(example(), chapters=(Chapter("long", "Long", (table,)),))
    pages = [page.extract_text() for page in PdfReader(BytesIO(render_pdf(document))).pages[2:]]
    assert len(pages) > 2
    for text in pages:
        assert "Heading two" in text
        assert re.findall(r"begin(\d+)", text) == re.findall(r"end(\d+)", text)


def test_an_empty_place_for_commentary_is_not_published() -> None:
    def text(document: Document) -> str:
        pages = PdfReader(BytesIO(render_pdf(document))).pages
        return _squeezed("".join(page.extract_text() for page in pages))

    internal, published = text(example()), text(example("publishable"))
    assert "Whydidvisitsimprove?" in internal
    assert "Whydidvisitsimprove?" not in published
    assert "Visitswerepausedinthefirstweek" in published
    assert "Publishableedition" in published


def test_a_chart_that_cannot_be_drawn_is_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "chart_svg", lambda chart: "<svg>")
    with pytest.raises(PrintError):
        render_pdf(example())


def assert_rows(pdf: PdfReader, document: Document) -> None:
    """Each row stands in the text with its cells side by side, after the row before it."""
    text = _squeezed("".join(page.extract_text() for page in pdf.pages))
    place = 0
    for table in document.tables():
        for row in table.rows:
            cells = _squeezed("".join(value.shown for value in (row.head, *row.values)))
            found = text.find(cells, place)
            assert found >= 0, f"{table.title}: {row.head.shown}"
            place = found + len(cells)


def _structure(pdf: PdfReader) -> Iterator[Any]:
    waiting: list[Any] = [pdf.root_object["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop(0).get_object()
        if "/S" in element:
            yield element
        kids = element.get("/K", [])
        kids = kids if isinstance(kids, list) else [kids]
        waiting[:0] = [kid for kid in kids if hasattr(kid.get_object(), "get")]


def _squeezed(text: str) -> str:
    """Without spaces: where a line ends within a cell is no matter."""
    return re.sub(r"\s+", "", text)
