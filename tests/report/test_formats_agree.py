"""The report of the January county says the same in every format: JSON, HTML, PDF, XLSX and ODS."""

from collections.abc import Callable
from io import BytesIO

import pytest
from pypdf import PdfReader

from casepulse.report.document import Document
from casepulse.report.html import render_html
from casepulse.report.ods import render_ods
from casepulse.report.pdf import render_pdf
from casepulse.report.xlsx import render_xlsx
from casepulse.schemas.release import Release
from casepulse.state import COUNTY
from tests.report.test_html import Cells, found_by_axe
from tests.report.test_pdf import assert_rows
from tests.report.test_spreadsheets import assert_values


@pytest.fixture(scope="module")
def page(report: Document) -> str:
    """The report as HTML: its charts take their time."""
    return render_html(report)


# The county takes minutes to make where much else is running.
def test_it_says_what_the_release_says_in_json(report: Document, january: Release) -> None:
    published = {
        (name, month.month, locality): month.published
        for name, measure in january.measures.items()
        for locality, months in ((COUNTY, measure.series), *measure.localities.items())
        for month in months
    }
    shown = [(value.of, value.shown.replace(",", "")) for value in report.figures()]
    assert len(shown) > 5000
    for name, words in shown:
        assert name is not None
        assert words == (published[tuple(name)] or "[z]"), name


def test_the_page_says_it(report: Document, page: str) -> None:
    wanted = [("|".join(value.of), value.shown) for value in report.figures() if value.of]
    assert Cells(page).figures == wanted


def test_the_pdf_says_it(report: Document) -> None:
    assert_rows(PdfReader(BytesIO(render_pdf(report))), report)


@pytest.mark.parametrize("render", [render_xlsx, render_ods], ids=["xlsx", "ods"])
def test_the_spreadsheets_say_it(report: Document, render: Callable[[Document], bytes]) -> None:
    assert_values(report, render)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_axe_finds_nothing_on_the_whole_page(page: str, width: int) -> None:
    assert found_by_axe(page, width) == []
