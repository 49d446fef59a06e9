"""The report as a tagged PDF (PDF/UA-1), of the same blocks as the HTML.

The same document gives the same bytes on any day and any machine: no date is written, and
the only font is one that comes with a package of Python's.
"""

import logging
from importlib.resources import files
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from casepulse.report.document import Document
from casepulse.report.html import render, styles

_FONT = "Source Sans Pro"
_FONT_FILES = {
    ("normal", 400): "SourceSansPro-Regular.ttf",
    ("italic", 400): "SourceSansPro-It.ttf",
    ("normal", 600): "SourceSansPro-Semibold.ttf",
    ("normal", 700): "SourceSansPro-Bold.ttf",
}


class PrintError(Exception):
    """The PDF would not be what it should be; the message says what WeasyPrint complained of."""


def render_pdf(document: Document) -> bytes:
    """The PDF.

    Raises:
        PrintError: something in it could not be had or drawn, such as a chart.
    """
    fonts = FontConfiguration()
    # Nothing comes from anywhere else: charts stand in the page, the font in a package.
    fetcher = URLFetcher(allowed_protocols=("data", "file"), fail_on_errors=True)
    css = CSS(string=_font_faces() + styles("paper.css"), font_config=fonts, url_fetcher=fetcher)
    with _Complaints() as complaints:
        printed: bytes = HTML(string=render("paper.html", document), url_fetcher=fetcher).write_pdf(
            stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1", full_fonts=False
        )
    if complaints.told:
        raise PrintError("; ".join(complaints.told))
    return printed


def _font_faces() -> str:
    folder = Path(str(files("font_source_sans_pro"))) / "files"
    faces = (
        f"@font-face {{ font-family: '{_FONT}'; font-style: {style}; font-weight: {weight};"
        f" src: url('{(folder / name).as_uri()}') }}\n"
        for (style, weight), name in _FONT_FILES.items()
    )
    return "".join(faces)


class _Complaints(logging.Handler):
    """WeasyPrint leaves out what it can't print, and only says so: here it is heard."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(record.getMessage())

    def __enter__(self) -> "_Complaints":
        logging.getLogger("weasyprint").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("weasyprint").removeHandler(self)
