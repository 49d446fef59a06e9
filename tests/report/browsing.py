"""A real browser for tests of a page: the system's Chromium, which may ask for nothing."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.services import missing
from tests.waiting import PATIENCE

#: Its programs. The first has no windows, and so starts in two thirds of the time.
_CHROMIUM = "chromium-headless-shell", "chromium", "chromium-browser"

ADDRESS = "http://report.invalid/"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium. Without one the test is skipped, or fails where services must be."""
    program = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if program is None:
        missing("There is no Chromium. On Debian: apt install chromium-headless-shell")
    with sync_playwright() as browsers:
        # Its sandbox can't be had in a container; what it opens is ours.
        browser = browsers.chromium.launch(
            executable_path=program, args=["--no-sandbox"], timeout=1000 * PATIENCE
        )
        browser.on("context", lambda context: context.set_default_timeout(1000 * PATIENCE))
        expect.set_options(timeout=1000 * PATIENCE)
        yield browser
        browser.close()


@contextmanager
def opened(html: str, asked: list[str], *, width: int = 1280) -> Iterator[Page]:
    """The page in a browser window.

    Args:
        html: the page.
        asked: here is noted what else the page asks for; it gets nothing.
        width: the window's, in CSS pixels.
    """
    with chromium() as browser:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.route("**/*", partial(_refuse, asked))
        page.route(ADDRESS, lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(ADDRESS)
        yield page


def violations(page: Page, *but: str) -> list[str]:
    """What axe finds that somebody can't see, reach or understand: the rule, and where.

    Args:
        page: is open.
        but: rules that are left out.
    """
    # What holds is not wanted: a path to each of thousands of elements takes most of axe's time.
    options = {"resultTypes": ["violations"], "rules": {rule: {"enabled": False} for rule in but}}
    return [
        f"{each['id']}: {', '.join(str(node['target']) for node in each['nodes'])}"
        for each in Axe().run(page, options=options).response["violations"]
    ]


def _refuse(asked: list[str], route: Route) -> None:
    asked.append(route.request.url)
    route.abort()
