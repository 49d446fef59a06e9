"""The localities of a measure: three months side by side, best first, and who is behind."""

from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal

from casepulse.report.document import Column, Row, RowGroup, Sentence, Table, Value
from casepulse.report.months import listed, month_name
from casepulse.report.shown import Shown, ShownMeasure
from casepulse.report.tables import short_month, with_marks
from casepulse.report.values import (
    denominator_of,
    number_words,
    numerator_of,
    target_words,
    value_of,
)

#: What the sum of all localities is called in a table.
_COUNTY = "County"

#: A percentage of fewer cases says little of how a locality performs.
_FEW = 10


def has_localities(measure: ShownMeasure) -> bool:
    """Whether its cases come from more than one locality, so that they can be compared."""
    if not measure.definition.is_percentage or measure.view.better is None:
        return False
    told = (any(_counted(each) for each in months) for months in measure.localities.values())
    return sum(told) > 1


def locality_sentences(measure: ShownMeasure, others: str) -> Iterator[Sentence]:
    """Where it went best and where it is off target; nothing, where a locality is withheld.

    Args:
        measure: of which measure.
        others: the locality of the teams that belong to none, which is not spoken of.
    """
    figures = {name: months[-1] for name, months in measure.localities.items() if name != others}
    if any(each.withheld != "nothing" for each in figures.values()):
        return
    told = {name: each for name, each in figures.items() if (each.denominator or 0) >= _FEW}
    if len(told) < 2:
        return
    names = tuple(each.name for each in told.values())
    few = len(told) < len(figures)
    yield Sentence(_best_and_weakest(measure, told, few=few), names)
    if measure.target is not None:
        off = [name for name, each in told.items() if measure.is_outside(each)]
        words = f"{_who(off, told, few=few)} outside tolerance of target"
        yield Sentence(f"{words} ({target_words(measure.target, measure.unit)}).", names)


def best_first_table(measure: ShownMeasure, subject: str) -> Table:
    """Three lists of localities side by side, one a month, each with the best first."""
    months = _months(measure)
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


def localities_table(key: str, title: str, measures: Sequence[ShownMeasure]) -> Table:
    """What the best-first tables are made from: figure, numerator and denominator."""
    months = _months(measures[0])
    columns = [Column("Locality")]
    for month in map(short_month, months):
        heads = (month, f"{month}: numerator", f"{month}: denominator")
        columns += [Column(head, numeric=True) for head in heads]
    groups = tuple(RowGroup(each.title, _rows(each, len(months))) for each in measures)
    title = f"{title}: numbers behind the locality tables"
    return with_marks(Table(key, title, tuple(columns), groups, wide=True))


def _best_and_weakest(measure: ShownMeasure, told: dict[str, Shown], *, few: bool) -> str:
    month = month_name(measure.latest.name.period)
    values = {name: each.value for name, each in told.items() if each.value is not None}
    among = f"Of the localities with {_FEW} cases or more, performance" if few else "Performance"
    highest, lowest = max(values.values()), min(values.values())
    if highest == lowest:
        whose = "in each of them" if few else "in every locality"
        return f"{among} in {month} was {_printed(highest, measure)} {whose}."
    best, weakest = (highest, lowest) if measure.view.better == "high" else (lowest, highest)

    def where(value: Decimal) -> str:
        names = listed([name for name, told in values.items() if told == value])
        return f"in {names} ({_printed(value, measure)})"

    return f"{among} in {month} was best {where(best)} and weakest {where(weakest)}."


def _who(off: Sequence[str], told: Collection[str], *, few: bool) -> str:
    if not off:
        return "None of these was" if few else "No locality was"
    if len(off) == len(told):
        return "All of these were" if few else "All localities were"
    return f"{listed(list(off))} {'was' if len(off) == 1 else 'were'}"


def _printed(value: Decimal, measure: ShownMeasure) -> str:
    return number_words(value, measure.unit)


def _counted(figure: Shown) -> bool:
    """Whether there is anything in it, or it is not to be told."""
    return figure.withheld == "all" or bool(figure.denominator)


def _months(measure: ShownMeasure) -> list[str]:
    return [each.name.period for each in next(iter(measure.localities.values()))]


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
        if each.exact is not None and each.denominator is not None and each.denominator < _FEW
    ]
    if few:
        yield f"Percentages of fewer than {_FEW} cases: {listed(few)}."


def _rows(measure: ShownMeasure, months: int) -> tuple[Row, ...]:
    told = [*measure.localities.items(), (_COUNTY, measure.series[-months:])]
    cells: tuple[Callable[[Shown], Value], ...] = (value_of, numerator_of, denominator_of)
    return tuple(
        Row(Value(name), tuple(cell(figure) for figure in figures for cell in cells))
        for name, figures in told
    )
