"""The tables of a measure's page, as the report's tables are made."""

from datetime import date

from casepulse.shown.blocks import Column, Row, RowGroup, Table, Value
from casepulse.shown.localities import best_first_table, has_localities
from casepulse.shown.marks import with_marks
from casepulse.shown.months import short_month
from casepulse.shown.values import denominator_of, numerator_of, value_of
from casepulse.state import COUNTY
from casepulse.web.rendering import plain
from casepulse.web.shown_measures import LiveMeasure


def localities_table(measure: LiveMeasure) -> Table | None:
    """Three months of each locality: best first where one figure is better than another.

    None where the measure does not count by locality.
    """
    shown = measure.shown
    if not shown.localities:
        return None
    if has_localities(shown):
        return best_first_table(shown, measure.view.title)
    months = [each.name.period for each in next(iter(shown.localities.values()))]
    columns = [Column("Locality")]
    plain_count = shown.unit == "count"
    for month in map(short_month, months):
        heads = (month,) if plain_count else (month, f"{month}: counted", f"{month}: of")
        columns += [Column(head, numeric=True) for head in heads]
    rows = tuple(
        Row(
            Value(name),
            tuple(
                cell
                for each in figures
                for cell in (
                    (value_of(each),)
                    if plain_count
                    else (value_of(each), numerator_of(each), denominator_of(each))
                )
            ),
        )
        for name, figures in shown.localities.items()
    )
    title = f"{measure.view.title}, by locality"
    return with_marks(
        Table(f"{measure.id}_by_locality", title, tuple(columns), (RowGroup("", rows),))
    )


def statuses_table(measure: LiveMeasure) -> Table | None:
    """How many stand in each status, in the county, and where that counts. None without counts."""
    if measure.county is None:
        return None
    definition = measure.definition
    rows = tuple(
        Row(
            Value(plain(status)),
            (_count(count), Value(_counts_in(measure, status)), Value(_timely(measure, status))),
        )
        for status, count in measure.county.statuses.items()
        if status in definition.statuses
    )
    columns = (
        Column("Status"),
        Column("Count", numeric=True),
        Column("Counted in"),
        Column("In time"),
    )
    title = f"{measure.view.title}, by status"
    return Table(f"{measure.id}_statuses", title, columns, (RowGroup("", rows),))


def _counts_in(measure: LiveMeasure, status: str) -> str:
    definition = measure.definition
    below = definition.denominator or frozenset()
    if status in definition.numerator:
        return "numerator and denominator" if status in below else "numerator"
    return "denominator" if status in below else "beside the figure"


def _timely(measure: LiveMeasure, status: str) -> str:
    return "late" if status in measure.definition.late else ""


def awaited_table(measure: LiveMeasure) -> Table | None:
    """What is overdue, and what falls due on which day, by locality. None where nothing is."""
    awaited = [each for each in measure.awaited if each.overdue or each.days]
    if not awaited or not measure.falls_due:
        return None
    days = sorted({day for each in awaited for day in each.days})
    names = [each.locality for each in awaited]
    columns = (
        Column("Due"),
        Column(COUNTY.capitalize(), numeric=True),
        *(Column(name, numeric=True) for name in names),
    )
    overdue = [each.overdue for each in awaited]
    rows = [Row(Value("Overdue now", bold=True), _counts(overdue))]
    for day in days:
        counts = [each.days.get(day, 0) for each in awaited]
        rows.append(Row(Value(_short_day(day)), _counts(counts)))
    title = f"{measure.view.title}: what falls due when"
    return Table(
        f"{measure.id}_awaited", title, columns, (RowGroup("", tuple(rows)),), wide=len(names) > 4
    )


def _counts(counts: list[int]) -> tuple[Value, ...]:
    return (_count(sum(counts)), *map(_count, counts))


def _count(count: int) -> Value:
    return Value(f"{count:,}", unit="count")


def _short_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
