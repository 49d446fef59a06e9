"""The report as one HTML page: nothing is fetched and no script runs.

It is styled with GOV.UK Frontend, without what only GOV.UK may use (its font, its crest).
"""

from base64 import b64encode
from importlib.resources import files

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from casepulse.report.arrangement import arranged
from casepulse.report.document import (
    NOT_AVAILABLE,
    WITHHELD,
    Chapter,
    Chart,
    Document,
    FigureName,
    ReportError,
    Table,
)
from casepulse.report.drawing import chart_svg
from casepulse.report.tables import short_month
from casepulse.report.values import number_words, target_words

_STYLES = "govuk-frontend.min.css"

_BRIEF_LETTERS = 30


class StylesMissingError(ReportError):
    """GOV.UK Frontend's style sheet is not there; the message says how to get it."""


def render_html(document: Document) -> str:
    """The page. The same document gives the same text.

    Every cell that shows a figure carries `data-figure="measure|period|locality"`, and
    every sentence the names of its figures in `data-figures`, with "; " between.

    Raises:
        StylesMissingError: `deploy/assets.py` has not been run.
    """
    return render("screen.html", document, styles=_govuk_styles() + styles("screen.css"))


def render(template: str, document: Document, *, styles: str = "") -> str:
    """A template of `templates/`, filled with the document.

    Args:
        template: its name.
        document: what it shows.
        styles: the style sheet that stands in the page itself.
    """
    page = environment(PackageLoader("casepulse.report")).get_template(template)
    return page.render(
        document=document,
        # It is ours and not the document's: nobody's text stands in it.
        styles=Markup(styles),  # noqa: S704
        withheld=WITHHELD,
        not_available=NOT_AVAILABLE,
    )


def environment(loader: BaseLoader) -> Environment:
    """What templates are filled with that show a report's blocks (`blocks.html`)."""
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        arranged=arranged,
        brief_columns=_brief_columns,
        figure_name=_figure_name,
        kind=lambda block: type(block).__name__,
        paragraphs=_paragraphs,
        picture=_picture,
        number_words=number_words,
        short_month=short_month,
        target_words=target_words,
    )
    made.tests.update(sideways=_sideways)
    return made


def styles(name: str) -> str:
    """A style sheet of this package."""
    return (files("casepulse.report") / name).read_text("utf-8")


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


def _brief_columns(table: Table) -> set[int]:
    """The columns of a wide table whose words should stay on one line."""
    if not table.wide:
        return set()
    columns = zip(*((row.head, *row.values) for row in table.rows), strict=True)
    return {
        place
        for place, values in enumerate(columns)
        if not table.columns[place].numeric
        and max(len(value.shown) for value in values) <= _BRIEF_LETTERS
    }


def _figure_name(name: FigureName) -> str:
    return "|".join(name)


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def _picture(chart: Chart) -> str:
    # As a picture, not inline: SVG in a page shares its ids with every other.
    return "data:image/svg+xml;base64," + b64encode(chart_svg(chart).encode()).decode()
