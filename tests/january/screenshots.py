"""Writes the pictures of docs/pages.md: each page, of the county of January 2021 held live.

python -m tests.january.screenshots
"""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests import services
from tests.january.county import county
from tests.report.browsing import chromium

FOLDER = services.ROOT / "docs" / "pages"

#: By picture: the page, and how much of it is shown, in CSS pixels from the top.
PICTURES = {
    "dashboard": ("/", 1500),
    "measure": ("/measures/cp_visits", 2400),
    "measures": ("/measures", 1200),
    "locality": ("/localities/Stroud", 1500),
    "localities": ("/localities", 700),
    "demand": ("/demand", 1700),
}

WIDTH = 1280


def main() -> None:
    """Hold the county, and take them."""
    FOLDER.mkdir(exist_ok=True)
    with services.kafka() as kafka, county(kafka) as january, chromium() as browser:
        page = browser.new_page(base_url=january.address, viewport={"width": WIDTH, "height": 900})
        for name, (path, height) in PICTURES.items():
            page.goto(path)
            page.get_by_text("The page updates by itself.").wait_for()
            save(page, FOLDER / f"{name}.png", height)
        page.set_viewport_size({"width": 390, "height": 900})
        page.goto(january.address)
        save(page, FOLDER / "telephone.png", 1400)
        page.set_viewport_size({"width": WIDTH, "height": 900})
        open_list(page, january.lists)
        save(page, FOLDER / "list.png", 1400)


def open_list(page: Page, address: str) -> None:
    """The list of visits to children on a plan, as the demo's locality manager sees it."""
    page.goto(f"{address}/lists/cp_visits")
    page.get_by_label("Locality manager").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Going through the list with a team or a worker").check()
    page.get_by_role("button").last.click()
    page.get_by_role("link", name="as CSV").wait_for()


def save(page: Page, path: Path, height: int) -> None:
    """The page as it is shown, in few colours: it is mostly white."""
    whole = page.evaluate("document.documentElement.scrollHeight")
    width = page.evaluate("innerWidth")
    clip = {"x": 0, "y": 0, "width": width, "height": min(whole, height)}
    taken = page.screenshot(full_page=True, clip=clip)
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(64).save(path, optimize=True)


if __name__ == "__main__":
    main()
