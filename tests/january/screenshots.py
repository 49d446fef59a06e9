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


def save(page: Page, path: Path, height: int) -> None:
    """The page as it is shown, in few colours: it is mostly white."""
    whole = page.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": min(whole, height)}
    taken = page.screenshot(full_page=True, clip=clip)
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(64).save(path, optimize=True)


if __name__ == "__main__":
    main()
