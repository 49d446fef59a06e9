"""No page is wider than its window, no word leaves its place, is broken or touches another, and
nothing that is drawn vanishes: at any width, in narrow and in wide letters, twice as large, spaced
as somebody may need them, and in their own colours (WCAG 2.2, 1.4.4, 1.4.10, 1.4.11, 1.4.12). Nor
does axe find anything.

Each page is opened once, and then tried in every way. New pages are found by themselves, by
following the links of the site.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from casepulse.access.audit import AuditLog
from casepulse.access.reading import ListRead
from casepulse.report import html
from casepulse.report.document import Document
from casepulse.report.html import render_html
from casepulse.schemas.due import Due
from casepulse.schemas.profile import load_profile
from casepulse.state import Catalogue, catalogue_for
from casepulse.streams.settings import Settings
from casepulse.web.application import application
from casepulse.web.demo_identity import DemoSignIn
from casepulse.web.lists import OpenLists
from casepulse.web.live_view import Seen
from casepulse.web.serving import beside
from casepulse.web.settings import WebSettings
from tests.report.browsing import ADDRESS, chromium, violations
from tests.report.conftest import report
from tests.report.example import example
from tests.web.conftest import AT, Still
from tests.web.fitting import (
    COLOURS,
    WIDTHS,
    letters,
    made_ready,
    misfits,
    shown_in,
    text_that_stays_small,
)
from tests.web.nights import EVERYTHING

__all__ = ["report"]

#: Pages of each kind that must be among those that were found.
KINDS = {
    "/",
    "/demand",
    "/measures",
    "/measures/…",
    "/localities",
    "/localities/…",
    "/sources",
    "/lists",
    "/lists/…",
    "/lists/…/reason",
}

#: As long as they may be, and without a place to break.
LONG_KEY = "K" * 64
LONG_REASON = "Becausesomebodyaskedforitwithoutanyspace" * 5


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests here."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def fonts() -> dict[str, list[str]]:
    """The letters."""
    return letters()


def crowded(measure: str) -> ListRead:
    """A list that is all that a list can be: long, old and not whole."""
    lines = tuple(
        Due(
            measure=measure,
            subject=f"child:{LONG_KEY}" if number == 1 else f"child:k{number}",
            occurrence=LONG_KEY if number == 1 else f"p{number}",
            status="open_without_strategy_discussion" if number % 2 else "overdue",
            due=(AT - timedelta(days=number)).date(),
            overdue=number % 3 > 0,
            locality="Unallocated and out of county" if number % 2 else "Stroud",
            team="t" * 48 if number == 1 else "stroud-safeguarding",
            workers=tuple(f"worker-{each}" for each in range(number % 5)),
            restricted=number % 7 == 0,
        )
        for number in range(1, 900)
    )
    return ListRead(lines, AT, AT, partitions=4, missing=1, age=4000)


@pytest.fixture(scope="module")
def sites(
    january_seen: Seen, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Addresses of the service: as it is usually, and where all that can be wrong is wrong."""
    meta = january_seen.meta.model_copy(
        update={
            "partitions_counted": 3,
            "partitions_silent": 1,
            "definitions": "0123456789abcdef",
        }
    )
    views = {
        "usual": january_seen,
        "troubled": replace(january_seen, meta=meta, old_since=AT),
        "empty": None,
        "fed by little": replace(january_seen, measures={}),
        "followed": replace(january_seen, sources=EVERYTHING),
    }
    little = catalogue_for(load_profile().model_copy(update={"sources": ["ssda903"]}))
    with ExitStack() as stack:
        started = {}
        for name, seen in views.items():
            watch = Still(Settings())
            watch.show(seen)
            log = AuditLog(tmp_path_factory.mktemp(name) / "audit.jsonl")
            lists = OpenLists(DemoSignIn(catalogue), log, crowded, catalogue)
            fed = little if name == "fed by little" else catalogue
            app = application(watch, fed, lists if name == "usual" else None)
            started[name] = stack.enter_context(beside(app, WebSettings(port=0)))
        yield started


@pytest.fixture(scope="module")
def signed_in(browser: Browser, sites: dict[str, str]) -> Iterator[Page]:
    """A window of somebody who may see every list, and has said why they look at one."""
    context = browser.new_context(base_url=sites["usual"])
    page = context.new_page()
    page.goto("/lists/cp_visits")
    page.get_by_label("Head of service").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Another reason").check()
    page.get_by_label("If another: which?").fill(LONG_REASON)
    page.get_by_role("button", name="Show the list").click()
    yield page
    context.close()


def kind(path: str) -> str:
    """A path with what is different from page to page left out."""
    return re.sub(r"^/(measures|localities|lists)/[^/]+", r"/\1/…", path)


def found(page: Page) -> dict[str, str]:
    """A page of each kind that links lead to from the dashboard, by kind; and of measures and
    localities those with the most in them."""
    waiting, known = ["/"], {"/": "/"}
    while waiting:
        page.goto(waiting.pop())
        links = page.evaluate("[...document.querySelectorAll('a[href]')].map((each) => each.href)")
        for link in links:
            address = urlsplit(link)
            path = address.path
            if not page.url.startswith(f"{address.scheme}://{address.netloc}/"):
                continue
            if path.startswith(("/api/", "/assets/")) or path.endswith(".csv"):
                continue
            if kind(path) not in known:
                known[kind(path)] = path
                waiting.append(path)
    return known


def crowded_measures(seen: Seen, catalogue: Catalogue) -> set[str]:
    """The measures with the longest names and words, and the most statuses."""
    known = [each for each in catalogue.measures if each in seen.measures]

    def words(measure: str) -> list[str]:
        definition = catalogue.measures[measure]
        told = [definition.title, definition.definition, *definition.statuses]
        return re.split(r"[\s_]+", " ".join(told))

    return {
        max(known, key=lambda each: len(catalogue.measures[each].title)),
        max(known, key=lambda each: len(catalogue.measures[each].statuses)),
        max(known, key=lambda each: max(map(len, words(each)))),
        max(known, key=len),
        "cp_visits",  # of which some are awaited
    }


def problems(page: Page, fonts: dict[str, list[str]]) -> list[str]:
    """All that is wrong with an open page."""
    made_ready(page, fonts)
    small = [f"text that does not grow: {each}" for each in text_that_stays_small(page)]
    return [*small, *misfits(page)]


def all_problems(page: Page, fonts: dict[str, list[str]]) -> list[str]:
    """The same, and what axe finds: of cards in our colours, and of tables in somebody's own."""
    found = problems(page, fonts)
    for colours, width in zip(COLOURS, (min(WIDTHS), max(WIDTHS)), strict=True):
        shown_in(page, colours, width)
        found += [
            f"axe, {width} px, {colours}: {each}" for each in violations(page, *COLOURS[colours][2])
        ]
    shown_in(page, "our colours", max(WIDTHS))
    return found


def assert_none(wrong: dict[str, list[str]]) -> None:
    """Fail with every problem, a line each, by page."""
    lines = [f"{page}: {each}" for page, found in wrong.items() for each in found]
    assert not lines, "\n".join([f"{len(lines)} problems", *lines])


def test_every_page_fits_its_window(
    signed_in: Page, january_seen: Seen, catalogue: Catalogue, fonts: dict[str, list[str]]
) -> None:
    pages = found(signed_in)
    assert set(pages) >= KINDS
    paths = {
        *(path for each, path in pages.items() if each != "/measures/…"),
        *(f"/measures/{measure}" for measure in crowded_measures(january_seen, catalogue)),
        "/lists/cp_visits?page=5",
        "/lists/cp_visits?page=all&worker=worker-3&locality=Stroud",
        "/lists/cp_visits?team=nosuchteam",
        "/lists/nosuchlist",
        "/no-such-page",
    }
    wrong = {}
    for path in sorted(paths):
        signed_in.goto(path)
        wrong[path] = all_problems(signed_in, fonts)
    assert_none(wrong)


@pytest.mark.parametrize("site", ["troubled", "empty"])
def test_what_stands_on_a_page_in_trouble_fits(
    browser: Browser, sites: dict[str, str], fonts: dict[str, list[str]], site: str
) -> None:
    page = browser.new_page(base_url=sites[site])
    wrong = {}
    for path in ("/", "/lists"):
        page.goto(path)
        wrong[path] = all_problems(page, fonts)
    page.close()
    assert_none(wrong)


def test_what_is_not_in_the_sources_fits(
    browser: Browser, sites: dict[str, str], fonts: dict[str, list[str]]
) -> None:
    page = browser.new_page(base_url=sites["fed by little"])
    page.goto("/measures#not-in-your-sources")
    wrong = {"not in the sources": all_problems(page, fonts)}
    page.close()
    assert_none(wrong)


def test_what_the_last_nights_brought_fits(
    browser: Browser, sites: dict[str, str], fonts: dict[str, list[str]]
) -> None:
    page = browser.new_page(base_url=sites["followed"])
    wrong = {}
    for path in ("/sources", "/measures/cp_visits"):
        page.goto(path)
        wrong[path] = all_problems(page, fonts)
    page.close()
    assert_none(wrong)


def test_every_page_of_the_sign_in_fits(
    browser: Browser, sites: dict[str, str], fonts: dict[str, list[str]]
) -> None:
    page = browser.new_page(base_url=sites["usual"])
    wrong = {}
    page.goto("/lists/cp_visits")
    wrong["who are you"] = all_problems(page, fonts)
    page.get_by_role("button", name="Go on").click()
    wrong["nobody chosen"] = all_problems(page, fonts)
    page.get_by_label("Team manager").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Show the list").click()
    wrong["no reason"] = all_problems(page, fonts)
    page.get_by_role("button", name="Sign out").click()
    wrong["signed out"] = all_problems(page, fonts)
    page.close()
    assert_none(wrong)


@pytest.mark.parametrize("edition", ["internal", "publishable"])
def test_the_report_fits(
    browser: Browser, fonts: dict[str, list[str]], edition: Literal["internal", "publishable"]
) -> None:
    page = browser.new_page()
    document = render_html(example(edition))
    page.route(ADDRESS, lambda route: route.fulfill(body=document, content_type="text/html"))
    page.goto(ADDRESS)
    wrong = {edition: problems(page, fonts)}
    page.close()
    assert_none(wrong)


def test_the_whole_report_of_a_county_fits(
    browser: Browser,
    report: Document,
    fonts: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without its pictures, which take their time: they are as wide as there is room."""
    monkeypatch.setattr(
        html, "chart_svg", lambda chart: "<svg xmlns='http://www.w3.org/2000/svg'/>"
    )
    page = browser.new_page()
    document = render_html(report)
    page.route(ADDRESS, lambda route: route.fulfill(body=document, content_type="text/html"))
    page.goto(ADDRESS)
    wrong = {"report": problems(page, fonts)}
    page.close()
    assert_none(wrong)
