"""What comes out of a printer, as Chromium makes it a PDF: all of a list, who was shown it, the key
of the marks, numbers of pages, and no heading alone at the end of a sheet."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from casepulse.access.audit import AuditLog
from casepulse.access.reading import ListRead
from casepulse.state import Catalogue
from casepulse.streams.settings import Settings
from casepulse.web.application import application
from casepulse.web.demo_identity import DemoSignIn
from casepulse.web.list_query import PAGE
from casepulse.web.lists import OpenLists
from casepulse.web.live_view import Seen
from casepulse.web.serving import beside
from casepulse.web.settings import WebSettings
from tests.report.browsing import chromium
from tests.web.conftest import Still
from tests.web.test_fits import crowded

#: More than a page has, and not by chance as many as sheets.
LINES = PAGE + 36

#: Millimetres of paper, from shorter than any to A4: a heading comes to each place of it.
HEIGHTS = range(201, 298, 16)


def long(measure: str) -> ListRead:
    """A list of more than a page, whole and new."""
    read = crowded(measure)
    return replace(read, lines=read.lines[1 : LINES + 1], missing=0, age=1)


@pytest.fixture(scope="module")
def window(
    january_seen: Seen, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """That of somebody who may see every list, and has said why they look at one."""
    watch = Still(Settings())
    watch.show(january_seen)
    log = AuditLog(Path(tmp_path_factory.mktemp("audit")) / "audit.jsonl")
    lists = OpenLists(DemoSignIn(catalogue), log, long, catalogue)
    app = application(watch, catalogue, lists)
    with beside(app, WebSettings(port=0)) as address, chromium() as browser:
        page = browser.new_context(base_url=address).new_page()
        page.goto("/lists/cp_visits")
        page.get_by_label("Head of service").check()
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Checking a figure").check()
        page.get_by_role("button", name="Show the list").click()
        yield page


def sheets(page: Page, height: int = 297) -> list[str]:
    """What stands on each sheet of paper that the open page makes."""
    made = page.pdf(width="210mm", height=f"{height}mm", prefer_css_page_size=True)
    read = PdfReader(io.BytesIO(made))
    return [normalize("NFKC", sheet.extract_text()) for sheet in read.pages]  # ﬁ is fi


def test_a_list_prints_whole_and_each_sheet_says_who_was_shown_it(window: Page) -> None:
    window.goto("/lists/cp_visits")
    window.get_by_role("link", name=f"Show all {LINES} on one page, to print them").click()
    window.wait_for_url("**page=all")  # the paper is made of what is there, and waits for nothing
    printed = sheets(window)
    keys = [key for sheet in printed for key in re.findall(r"child:k\d+", sheet)]
    assert len(keys) == LINES
    assert len(set(keys)) == LINES
    for number, sheet in enumerate(printed, 1):
        words = " ".join(sheet.split())
        assert f"Page {number} of {len(printed)}" in words
        if "child:" in sheet:
            assert "Shown to Head of service at" in words
            assert "in the audit log" in words
    assert "Filter" not in printed[0]
    assert "not all of the list" not in printed[0]


def test_with_filters_it_prints_what_they_let_through_and_names_them(window: Page) -> None:
    window.goto("/lists/cp_visits?locality=Stroud&page=all")
    printed = sheets(window)
    keys = re.findall(r"child:k\d+", "".join(printed))
    assert len(keys) == LINES // 2
    assert "Filters: locality Stroud." in " ".join(printed[0].split())


def test_a_page_of_a_long_list_says_on_paper_that_it_is_not_all(window: Page) -> None:
    window.goto("/lists/cp_visits")
    printed = sheets(window)
    assert len(re.findall(r"child:k\d+", "".join(printed))) == PAGE
    assert "This is page 1 of 2, and not all of the list." in " ".join(printed[0].split())


def test_the_key_prints_though_it_is_folded(window: Page) -> None:
    window.goto("/")
    printed = "".join(sheets(window))
    assert "At target or better, or within tolerance of it." in " ".join(printed.split())


@pytest.mark.parametrize("path", ["/", "/localities/Stroud", "/measures/cp_visits"])
def test_no_heading_stands_alone_at_the_end_of_a_sheet(window: Page, path: str) -> None:
    window.goto(path)
    headings = window.locator("h1, h2, caption:not(.govuk-visually-hidden)").all_inner_texts()
    heads = window.locator("thead tr").all_inner_texts()
    known = {"".join(each.split()) for each in (*headings, *heads)}
    alone = []
    for height in HEIGHTS:
        for sheet in sheets(window, height):
            lines = [line for line in sheet.splitlines() if line.strip()]
            words = [line for line in lines if not re.match(r"\s*Page \d+ of \d+", line)]
            if words and "".join(words[-1].split()) in known:
                alone.append(f"{height} mm: {words[-1]}")
    assert alone == []
