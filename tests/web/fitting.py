"""Whether a page fits its window, whatever letters it is shown in, however large and far apart.

The two fonts come with what we depend on anyway, so they are the same on every machine and nothing
is fetched: DejaVu Sans, as wide as any that stands in for Arial, with matplotlib; Source Sans Pro,
as narrow as any, for the report.
"""

from base64 import b64encode
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

#: In CSS pixels: a small and a large telephone, a tablet, a small, a large and a wide desk.
WIDTHS = 320, 390, 768, 1024, 1280, 1440

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

#: Ours, and somebody's own, white on black: how a browser is told, the fonts to try them with, and
#: the rules of axe that can't be held then. Their own change a frame here and there, and no letter:
#: so the wide ones will do. Of words axe takes our colour, and theirs of what is behind them
#: (axe-core 4.12, its issue 3978): the contrast of words in their colours is ours to look at.
COLOURS: dict[str, tuple[Any, list[str], list[str]]] = {
    "our colours": ({"forced_colors": "none", "color_scheme": "light"}, list(FONTS), []),
    "their colours": (
        {"forced_colors": "active", "color_scheme": "dark"},
        ["wide"],
        ["color-contrast"],
    ),
}

_SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
_SHOW = "(how) => window.fitting.show(how)"
_TRY = "([fonts, texts]) => window.fitting.tried(fonts, texts)"


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


def shown_in(page: Page, colours: str, width: int) -> None:
    """Show the open page in some of `COLOURS`, in a window of a width in CSS pixels."""
    page.emulate_media(**COLOURS[colours][0])
    page.set_viewport_size({"width": width, "height": 900})


def misfits(page: Page) -> Iterator[str]:
    """Where an open page that was made ready doesn't fit: what the window was like, and what is
    wrong. It is tried in each of the colours, at each width, with each font and each text."""
    for colours, (_, fonts, _) in COLOURS.items():
        for width in WIDTHS:
            shown_in(page, colours, width)
            for font, text, wrong in page.evaluate(_TRY, [fonts, TEXTS]):
                yield f"{width} px, {font}, {text}, {colours}: {wrong}"
    shown_in(page, "our colours", max(WIDTHS))
    page.evaluate(_SHOW, ["narrow", ""])


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
