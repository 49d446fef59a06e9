"""The tables of a section: all its figures, and thirteen months of them."""

from collections.abc import Sequence

from casepulse.shown.blocks import Column, Row, RowGroup, Table, Value
from casepulse.shown.directions import direction_words
from casepulse.shown.figures import ShownMeasure
from casepulse.shown.marks import with_marks
from casepulse.shown.months import month_words, short_month
from casepulse.shown.values import (
    EMPTY,
    denominator_of,
    numerator_of,
    rag_of,
    target_of,
    title_of,
    value_of,
)


def figures_table(key: str, title: str, measures: Sequence[ShownMeasure]) -> Table:
    """Every measure with its figure of the month, what it was made from, target and direction."""
    month = month_words(measures[0].latest.name.period)
    columns = (
        Column("Measure"),
        Column(month, numeric=True),
        Column("Numerator", numeric=True),
        Column("Denominator", numeric=True),
        Column("Target", numeric=True),
        Column("RAG"),
        Column("Direction of travel"),
    )
    rows = tuple(Row(title_of(each), _figures(each)) for each in measures)
    return with_marks(Table(key, f"{title}: figures of {month}", columns, (RowGroup("", rows),)))


def months_table(key: str, title: str, measures: Sequence[ShownMeasure]) -> Table:
    """Every measure with its figures of thirteen months."""
    months = [each.name.period for each in measures[0].series]
    columns = tuple(Column(short_month(month), numeric=True) for month in months)
    rows = tuple(
        Row(title_of(each), tuple(value_of(figure) for figure in each.series)) for each in measures
    )
    title = f"{title}: figures of {month_words(months[0])} to {month_words(months[-1])}"
    columns = (Column("Measure"), *columns)
    return with_marks(Table(key, title, columns, (RowGroup("", rows),), wide=True))


def _figures(measure: ShownMeasure) -> tuple[Value, ...]:
    words = direction_words(measure)
    return (
        value_of(measure.latest),
        numerator_of(measure.latest),
        denominator_of(measure.latest),
        target_of(measure),
        rag_of(measure),
        Value(words) if words else EMPTY,
    )
