"""Measures as a table on the terminal, by section, RAG in words and colour."""

from collections.abc import Iterable

from rich import box
from rich.table import Table
from rich.text import Text

from casepulse.schemas.view import MeasureView

_COLOURS = {"green": "bold green", "yellow": "bold yellow", "red": "bold red"}
#: The columns that may be left out where there is no room for all, in this order.
GIVE_UP = ("Direction", "Target", "RAG")

_ARROWS = {"improved": "▲ improved", "declined": "▼ declined", "same": "= same"}


def measures_table(title: str, measures: Iterable[MeasureView], *, whole: bool = False) -> Table:
    """A row a measure: value, numerator of denominator, target, RAG, direction, late.

    Args:
        title: above the table.
        measures: in any order.
        whole: the measures that are not on the report's dashboard, too, by section.
    """
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        caption="* in the Accelerated Improvement Plan. Late: not done in time, or overdue now. "
        "Green: at target or better, or within its tolerance.",
        caption_justify="left",
    )
    table.add_column("Measure", min_width=26, max_width=58)
    for name in ("Value", "Of", "Target"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("RAG", no_wrap=True)
    table.add_column("Direction", no_wrap=True)
    table.add_column("Late", justify="right", no_wrap=True)
    section = None
    for measure in sorted(measures, key=lambda each: each.place):
        if measure.dashboard is None and not whole:
            continue
        if (measure.dashboard or measure.section) != section:
            section = measure.dashboard or measure.section
            table.add_row(Text(section, style="bold cyan"))
        table.add_row(*_row(measure))
    return table


def _row(measure: MeasureView) -> tuple[Text | str, ...]:
    counted = measure.denominator is not None
    return (
        Text(f"  {measure.title}{' *' if measure.aip else ''}"),
        measure.published or "n/a",
        f"{measure.numerator} of {measure.denominator}" if counted else "",
        _target(measure),
        Text((measure.rag or "").capitalize(), style=_COLOURS.get(measure.rag or "", "")),
        _direction(measure),
        str(measure.late) if measure.late else "",
    )


def _target(measure: MeasureView) -> str:
    if measure.target is None:
        return ""
    percent = (measure.published or "%").endswith("%")
    return f"{measure.target:g}{'%' if percent else ''}"


def _direction(measure: MeasureView) -> str:
    if measure.direction is None:
        return ""
    words = _ARROWS[measure.direction]
    return f"{words}, {measure.months_running} m" if measure.months_running > 1 else words
