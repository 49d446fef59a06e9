"""The report as one HTML page: nothing is fetched and no script runs.

It is styled with GOV.UK Frontend, without what only GOV.UK may use (its font, its crest).
"""

from base64 import b64encode
from importlib.resources import files

from markupsafe import Markup

from casepulse.report.arrangement import arranged
from casepulse.report.document import Chapter, Document, ReportError
from casepulse.shown.blocks import Chart, Table
from casepulse.shown.drawing import chart_svg
from casepulse.shown.marks import NOT_AVAILABLE, WITHHELD
from casepulse.shown.templates import environment

_STYLES = "govuk-frontend.min.css"


class StylesMissingError(ReportError):
    """GOV.UK Frontend's style sheet is not there; the message says how to get it."""


def render_html(document: Document) -> str:
    """The page. The same document gives the same text.

    Every cell that shows a figure carries `data-figure="measure|period|locality"`, and
    every sentence the names of its figures in `data-figures`, with "; " between.

    Raises:
        StylesMissingError: `deploy/assets.py` has not been run.
    """
    return render("screen.html", document, styles=_govuk_styles() + _screen_styles())


def render(template: str, document: Document, *, styles: str = "") -> str:
    """A template of `templates/`, filled with the document.

    Args:
        template: its name.
        document: what it shows.
        styles: the style sheet that stands in the page itself.
    """
    made = environment("casepulse.report", _picture)
    made.filters.update(
        arranged=arranged, kind=lambda block: type(block).__name__, paragraphs=_paragraphs
    )
    made.tests.update(sideways=_sideways)
    return made.get_template(template).render(
        document=document,
        # It is ours and not the document's: nobody's text stands in it.
        styles=Markup(styles),  # noqa: S704
        withheld=WITHHELD,
        not_available=NOT_AVAILABLE,
    )


def styles(name: str) -> str:
    """A style sheet of this package."""
    return (files("casepulse.report") / name).read_text("utf-8")


def _screen_styles() -> str:
    return (files("casepulse.shown") / "screen.css").read_text("utf-8")


def _govuk_styles() -> str:
    try:
        return (files("casepulse") / "assets" / _STYLES).read_text("utf-8")
    except FileNotFoundError:
        raise StylesMissingError(
            f"{_STYLES} is not there. Fetch it with: python deploy/assets.py"
        ) from None


def _sideways(chapter: Chapter) -> bool:
    """Whether all of it goes on landscape pages: there is nothing beside wide tables to see."""
    shown = [block for block in chapter.blocks if isinstance(block, Table | Chart)]
    return bool(shown) and all(isinstance(block, Table) and block.wide for block in shown)


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def _picture(chart: Chart) -> str:
    # As a picture, not inline: SVG in a page shares its ids with every other.
    return "data:image/svg+xml;base64," + b64encode(chart_svg(chart).encode()).decode()
