"""Why two releases differ, figure by figure, as a table, JSON lines or CSV."""

import sys
from collections import Counter

import orjson
from rich import box
from rich.table import Table

from casepulse.batch.releases import Difference
from casepulse.spreadsheet import Cell, write_csv
from casepulse.state import open_catalogue
from casepulse.state.difference import OF_FACTS, Cause, Changed, Numbers, numbers_of
from casepulse.streams.settings import Settings
from casepulse.terminal.options import Format
from casepulse.terminal.screen import show


def show_differences(changed: list[Changed], format: Format) -> None:  # noqa: A002
    """Figures that changed, to standard output."""
    _SHOW[format](changed)


def summary_of(found: Difference, shown: int) -> str:
    """What is said below the figures that are shown: how many there are, and what else differs."""
    known = Counter(cause for cause, _ in found.changes.facts)
    counted = Counter(cause for cause, places in found.changes.facts if places)
    told = ", ".join(
        f"{known[cause]:,} {cause} ({counted[cause]:,} of them counted)" for cause in OF_FACTS
    )
    return (
        f"{shown:,} of the {len(found.changed):,} figures that changed, localities included.\n"
        f"Facts that came to be known in between: {told}.\n" + _settings_changed(found)
    )


def _settings_changed(found: Difference) -> str:
    """What else differs than figures: targets, colours, and figures that only one of them has."""
    first, second = found.first.release, found.second.release
    lines = []
    if not found.as_then:
        lines.append(
            "Made by other definitions than are in force now: each step is what facts do by those "
            "of now, and what they leave over is said to be a changed definition."
        )
    for name, before in first.measures.items():
        after = second.measures.get(name)
        for what in ("target", "rag") if after is not None else ():
            was, now = getattr(before, what), getattr(after, what)
            if was != now:
                lines.append(f"{name}: its {what} was {was or 'none'}, and is {now or 'none'}")
    alone = len(numbers_of(first).keys() ^ numbers_of(second).keys())
    if alone:
        lines.append(f"{alone:,} figures stand in one of them alone: other measures or localities")
    return "\n".join(lines)


def _numbers(numbers: Numbers) -> str:
    return (
        f"{numbers.numerator} of {numbers.denominator}"
        if numbers.denominator
        else str(numbers.numerator)
    )


def _by(numbers: Numbers) -> str:
    told = f"{numbers.numerator:+}" if numbers.numerator else "0"
    return f"{told} of {numbers.denominator:+}" if numbers.denominator else told


def _show_table(changed: list[Changed]) -> None:
    titles = open_catalogue(Settings.from_environment().profile).measures
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Measure")
    for head in ("Month", "Locality"):
        table.add_column(head, no_wrap=True)
    for head in ("Earlier", "Later"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("Why")
    for each in changed:
        why = "; ".join(
            f"{cause}: {_by(step.by)}"
            + (
                f" ({step.facts} {'fact' if step.facts == 1 else 'facts'})"
                if cause in OF_FACTS
                else ""
            )
            for cause, step in each.steps.items()
        )
        title = titles[each.measure].title if each.measure in titles else each.measure
        numbers = _numbers(each.before), _numbers(each.after)
        table.add_row(title, each.month, each.locality, *numbers, why)
    show(table, "Earlier", elsewhere="--format csv")


def _record(each: Changed) -> dict[str, Cell]:
    record: dict[str, Cell] = {
        "measure": each.measure,
        "month": each.month,
        "locality": each.locality,
        "numerator_before": each.before.numerator,
        "numerator_after": each.after.numerator,
        "denominator_before": each.before.denominator,
        "denominator_after": each.after.denominator,
    }
    for cause in Cause:
        step = each.steps.get(cause)
        name = cause.name.lower()
        record[f"{name}_numerator"] = step.by.numerator if step else 0
        record[f"{name}_denominator"] = step.by.denominator if step else 0
        if cause in OF_FACTS:
            record[f"{name}_facts"] = step.facts if step else 0
    return record


def _show_json(changed: list[Changed]) -> None:
    for each in changed:
        sys.stdout.write(orjson.dumps(_record(each)).decode() + "\n")


def _show_csv(changed: list[Changed]) -> None:
    nothing = Numbers(0, 0)
    heads = list(_record(Changed("", "", "", nothing, nothing, {})))
    write_csv(sys.stdout, [heads, *(list(_record(each).values()) for each in changed)])


_SHOW = {Format.TABLE: _show_table, Format.JSON: _show_json, Format.CSV: _show_csv}
