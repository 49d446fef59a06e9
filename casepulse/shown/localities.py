"""The localities of a measure: three months side by side, best first."""

from collections.abc import Iterator

from casepulse.shown.blocks import Column, Row, RowGroup, Table, Value
from casepulse.shown.figures import Shown, ShownMeasure
from casepulse.shown.marks import with_marks
from casepulse.shown.months import listed, month_name, short_month
from casepulse.shown.values import value_of

#: A percentage of fewer cases says little of how a locality performs.
FEW = 10


def has_localities(measure: ShownMeasure) -> bool:
    """Whether its cases come from more than one locality, so that they can be compared."""
    if not measure.definition.is_percentage or measure.view.better is None:
        return False
    told = (any(_counted(each) for each in months) for months in measure.localities.values())
    return sum(told) > 1


def best_first_table(measure: ShownMeasure, subject: str) -> Table:
    """Three lists of localities side by side, one a month, each with the best first."""
    months = months_of(measure)
    lists = [_best_first(measure, index) for index in range(len(months))]
    rows = tuple(
        Row(
            Value(str(place)),
            tuple(cell for name, figure in abreast for cell in (Value(name), value_of(figure))),
        )
        for place, abreast in enumerate(zip(*lists, strict=True), start=1)
    )
    columns = [Column("Place")]
    for month in map(short_month, months):
        columns += [Column(f"{month}: locality"), Column(month, numeric=True)]
    return with_marks(
        Table(
            key=f"{measure.id}_by_locality",
            title=f"{subject}, by locality, best first",
            columns=tuple(columns),
            groups=(RowGroup("", rows),),
            notes=tuple(_notes(measure)),
        )
    )


def _best_first(measure: ShownMeasure, index: int) -> list[tuple[str, Shown]]:
    figures = [(name, months[index]) for name, months in measure.localities.items()]
    sign = -1 if measure.view.better == "high" else 1
    ranked = [each for each in figures if each[1].exact is not None]
    ranked.sort(key=lambda each: sign * (each[1].exact or 0))
    return ranked + [each for each in figures if each[1].exact is None]


def _notes(measure: ShownMeasure) -> Iterator[str]:
    figures = [(name, each) for name, months in measure.localities.items() for each in months]
    if any(each.exact is None for _, each in figures):
        yield "Localities without a figure stand last."
    few = [
        f"{name} in {month_name(each.name.period)} ({each.denominator})"
        for name, each in figures
        if each.exact is not None and each.denominator is not None and each.denominator < FEW
    ]
    if few:
        yield f"Percentages of fewer than {FEW} cases: {listed(few)}."


def months_of(measure: ShownMeasure) -> list[str]:
    """The months that are told of each locality."""
    return [each.name.period for each in next(iter(measure.localities.values()))]


def _counted(figure: Shown) -> bool:
    """Whether there is anything in it, or it is not to be told."""
    return figure.withheld == "all" or bool(figure.denominator)
