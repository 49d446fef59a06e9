"""Figures by other standards beside those of a release, as a table, JSON lines or CSV."""

import sys
from collections.abc import Iterator

import orjson
from rich import box
from rich.table import Table

from casepulse.batch.what_if import Line
from casepulse.spreadsheet import Cell as Written
from casepulse.spreadsheet import write_csv
from casepulse.terminal.options import Format
from casepulse.terminal.screen import show


def show_suppositions(lines: list[Line], name: str, format: Format) -> None:  # noqa: A002
    """Measures beside those of the release of a name, to standard output."""
    _SHOW[format](lines, name)


def _show_table(lines: list[Line], name: str) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=f"Beside {name}", title_justify="left")
    table.add_column("Measure", min_width=24)
    table.add_column("", no_wrap=True)
    for head in lines[0].months if lines else ():
        table.add_column(head[2:], justify="right", no_wrap=True)
    for head in ("Target", "RAG"):
        table.add_column(head, no_wrap=True)
    for line in lines:
        for title, what, told in ((line.title, "is", line.release), ("", "would be", line.other)):
            target = "" if told.target is None else f"{told.target:g}"
            rag = (told.rag or "").capitalize()
            table.add_row(title, what, *(each or "n/a" for each in told.shown), target, rag)
    months = [head[2:] for head in lines[0].months[:-1]] if lines else []
    show(table, *months, "Target", elsewhere="--format csv")


def _show_json(lines: list[Line], name: str) -> None:
    for line in lines:
        sys.stdout.write(orjson.dumps({"beside": name, **line.record()}).decode() + "\n")


def _show_csv(lines: list[Line], name: str) -> None:
    heads = ("measure", "month", "release", "what_if", "target_release", "target_what_if")

    def rows() -> Iterator[list[Written]]:
        yield [*heads, "rag_release", "rag_what_if"]
        for line in lines:
            was, is_ = line.release, line.other
            for at, told, other in zip(line.months, was.shown, is_.shown, strict=True):
                yield [line.measure, at, told, other, was.target, is_.target, was.rag, is_.rag]

    write_csv(sys.stdout, rows())


_SHOW = {
    Format.TABLE: _show_table,
    Format.JSON: _show_json,
    Format.CSV: _show_csv,
}
