"""The localities of a measure in words: where it went best, who is behind; and their numbers."""

from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal

from casepulse.shown.blocks import Column, Row, RowGroup, Sentence, Table, Value
from casepulse.shown.figures import Shown, ShownMeasure
from casepulse.shown.localities import FEW, months_of
from casepulse.shown.marks import with_marks
from casepulse.shown.months import listed, month_name, short_month
from casepulse.shown.values import (
    denominator_of,
    number_words,
    numerator_of,
    target_words,
    value_of,
)

#: What the sum of all localities is called in a table.
_COUNTY = "County"


def locality_sentences(measure: ShownMeasure, others: str) -> Iterator[Sentence]:
    """Where it went best and where it is off target; nothing, where a locality is withheld.

    Args:
        measure: of which measure.
        others: the locality of the teams that belong to none, which is not spoken of.
    """
    figures = {name: months[-1] for name, months in measure.localities.items() if name != others}
    if any(each.withheld != "nothing" for each in figures.values()):
        return
    told = {name: each for name, each in figures.items() if (each.denominator or 0) >= FEW}
    if len(told) < 2:
        return
    names = tuple(each.name for each in told.values())
    few = len(told) < len(figures)
    yield Sentence(_best_and_weakest(measure, told, few=few), names)
    if measure.target is not None:
        off = [name for name, each in told.items() if measure.is_outside(each)]
        words = f"{_who(off, told, few=few)} outside tolerance of target"
        yield Sentence(f"{words} ({target_words(measure.target, measure.unit)}).", names)


def localities_table(key: str, title: str, measures: Sequence[ShownMeasure]) -> Table:
    """What the best-first tables are made from: figure, numerator and denominator."""
    months = months_of(measures[0])
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
    among = f"Of the localities with {FEW} cases or more, performance" if few else "Performance"
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


def _rows(measure: ShownMeasure, months: int) -> tuple[Row, ...]:
    told = [*measure.localities.items(), (_COUNTY, measure.series[-months:])]
    cells: tuple[Callable[[Shown], Value], ...] = (value_of, numerator_of, denominator_of)
    return tuple(
        Row(Value(name), tuple(cell(figure) for figure in figures for cell in cells))
        for name, figures in told
    )
