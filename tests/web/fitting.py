"""Whether a page fits its window, whatever letters it is shown in, however large and far apart.

The two fonts come with what we depend on anyway, so they are the same on every machine and nothing
is fetched: DejaVu Sans, as wide as any that stands in for Arial, with matplotlib; Source Sans Pro,
as narrow as any, for the report.
"""

from base64 import b64encode
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Page

#: In CSS pixels: a telephone, a tablet, a small and a large desk.
WIDTHS = 320, 768, 1024, 1280

#: What is done to the text: WCAG 2.2's success criteria 1.4.4 and 1.4.12.
TEXTS = {
    "plain": "",
    "twice as large": "html { font-size: 200% !important }",
    "spaced": """
        * {
            line-height: 1.5 !important;
            letter-spacing: 0.12em !important;
            word-spacing: 0.16em !important;
        }
        p { margin-bottom: 2em !important }
    """,
}

#: By name: the files of the font's regular and bold letters.
FONTS = {
    "wide": ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans{}.ttf", ("", "-Bold")),
    "narrow": ("font_source_sans_pro", "files/SourceSansPro-{}.ttf", ("Regular", "Bold")),
}

_SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
_SHOW = "(how) => window.fitting.show(how)"


def letters() -> dict[str, list[str]]:
    """The fonts, in base64, as `made_ready` wants them."""
    return {
        name: [
            b64encode((files(package) / path.format(weight)).read_bytes()).decode()
            for weight in weights
        ]
        for name, (package, path, weights) in FONTS.items()
    }


def made_ready(page: Page, fonts: dict[str, list[str]]) -> None:
    """Give the open page the fonts, and unfold all that is folded."""
    page.evaluate(_SCRIPT)
    page.evaluate("(fonts) => window.fitting.ready(fonts)", fonts)


def misfits(page: Page) -> Iterator[str]:
    """Where an open page that was made ready doesn't fit: what the window was like, and what is
    wrong. It is tried at each width, with each font and each text."""
    for font in FONTS:
        for text, css in TEXTS.items():
            page.evaluate(_SHOW, [font, css])
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                for wrong in page.evaluate("window.fitting.misfits()"):
                    yield f"{width} px, {font}, {text}: {wrong}"


def text_that_stays_small(page: Page) -> list[str]:
    """Whose text doesn't grow with the size that somebody has chosen in their browser."""
    page.evaluate(_SHOW, ["narrow", ""])
    plain = page.evaluate("window.fitting.sizes()")
    page.evaluate(_SHOW, ["narrow", TEXTS["twice as large"]])
    large = page.evaluate("window.fitting.sizes()")
    return sorted(
        {
            each
            for (each, before), (_, after) in zip(plain, large, strict=True)
            if after < 1.99 * before
        }
    )
