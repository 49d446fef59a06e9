"""Published figures beside computed ones, as a table, JSON lines or CSV."""

import json
import sys
from itertools import chain

from rich import box
from rich.table import Table

from casepulse.counties.comparison import Compared, Verdict
from casepulse.spreadsheet import write_csv
from casepulse.terminal.options import Format
from casepulse.terminal.screen import show

_STYLES = {
    Verdict.EQUAL: "green",
    Verdict.CONTRADICTS: "yellow",
    Verdict.DIFFERS: "bold red",
    Verdict.MISSING: "bold red",
}


def show_compared(compared: list[Compared], format: Format) -> None:  # noqa: A002
    """Figures with the verdict on each, to standard output."""
    _SHOW[format](compared)


def _cells(each: Compared) -> list[str]:
    told, found = each.published, each.computed
    return [
        told.figure,
        told.scope,
        told.period,
        told.published,
        _of(told.numerator, told.denominator),
        each.printed,
        _of(found.numerator, found.denominator) if found else "",
        each.verdict.value,
        each.why,
    ]


def _of(numerator: int | None, denominator: int | None) -> str:
    if numerator is None:
        return "" if denominator is None else f"… of {denominator}"
    return str(numerator) if denominator is None else f"{numerator} of {denominator}"


_HEADS = (
    "figure",
    "scope",
    "period",
    "published",
    "from",
    "computed",
    "of",
    "verdict",
    "why not",
)


def _show_table(compared: list[Compared]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Figure", no_wrap=True)
    table.add_column("Where, when")
    for head in ("Published", "from", "Computed", "of"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("")
    section = ""
    for each in compared:
        if each.published.section != section:
            section = each.published.section
            table.add_row(f"[bold cyan]{section}[/]")
        figure, scope, period, told, told_of, found, found_of, verdict, why = _cells(each)
        words = f"[{_STYLES[each.verdict]}]{verdict}[/]{': ' if why else ''}{why}"
        table.add_row(f"  {figure}", f"{scope}, {period}", told, told_of, found, found_of, words)
    show(table, "from", "of", elsewhere="--format csv")


def _show_json(compared: list[Compared]) -> None:
    for each in compared:
        cells = zip(_HEADS, _cells(each), strict=True)
        sys.stdout.write(json.dumps({"measure": each.measure, **dict(cells)}) + "\n")


def _show_csv(compared: list[Compared]) -> None:
    write_csv(sys.stdout, chain([_HEADS], map(_cells, compared)))


_SHOW = {Format.TABLE: _show_table, Format.JSON: _show_json, Format.CSV: _show_csv}
