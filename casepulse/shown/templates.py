"""What templates are filled with that show tables and charts: the report's, and the pages'."""

from collections.abc import Callable

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined

from casepulse.shown.blocks import Chart, FigureName, Table
from casepulse.shown.months import short_month
from casepulse.shown.values import number_words, target_words

_BRIEF_LETTERS = 30


def environment(package: str, picture: Callable[[Chart], str]) -> Environment:
    """An environment for the templates of a package, which may import `shown/blocks.html`.

    Args:
        package: has a folder `templates`.
        picture: where the picture of a chart is found.
    """
    ours = PrefixLoader({"shown": PackageLoader("casepulse.shown")})
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), ours]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        brief_columns=_brief_columns,
        figure_name=_figure_name,
        number_words=number_words,
        picture=picture,
        short_month=short_month,
        target_words=target_words,
    )
    return made


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
