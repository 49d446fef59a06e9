"""The command that reads other authorities' figures from what the DfE publishes."""

import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from casepulse.comparators.cells import SYMBOLS
from casepulse.comparators.published import Account
from casepulse.comparators.reading import Read, read_folder
from casepulse.comparators.written import toml_of
from casepulse.state import open_catalogue
from casepulse.terminal.event_lines import InputError
from casepulse.terminal.screen import aside, show_on

commands = typer.Typer()

comparators_commands = typer.Typer(
    help="What other authorities' figures are, from the files that the DfE publishes.",
    no_args_is_help=True,
)
commands.add_typer(comparators_commands, name="comparators")


class Method(StrEnum):
    """How one figure is made of the neighbours'."""

    MEDIAN = "median"
    MEAN = "mean"


@comparators_commands.callback()
def _comparators() -> None:
    """What other authorities' figures are, from the files that the DfE publishes."""


@comparators_commands.command()
def read(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="The DfE's CSV files as they were published, and its list of neighbours.",
        ),
    ],
    authority: Annotated[
        str, typer.Option(metavar="CODE", help="The DfE's number of the council, such as 916.")
    ],
    neighbours: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="A list of statistical neighbours of the DfE's, or a profile that says "
            "neighbours = [codes]. Default: the list of the year that lies in DIR.",
        ),
    ] = None,
    method: Annotated[
        Method, typer.Option(help="How the neighbours' figure is made. The DfE's: median.")
    ] = Method.MEDIAN,
    year: Annotated[
        int | None,
        typer.Option(
            min=2010, max=2100, help="Only figures of the year that ends in it. Default: newest."
        ),
    ] = None,
) -> None:
    """Comparators for a profile: England, the region and the ten statistical neighbours.

    It takes in what each file has of the newest year, by the names of its columns, and writes a
    file in TOML to standard output: each figure with its year, table, column, method and how many
    neighbours it is made from. A withheld figure is none, and never nought: where fewer than six
    of ten are published, there is no figure. Beside the output: what became of every row.

        casepulse comparators read dfe/ --authority 916 > northshire-comparators.toml

    In the profile: comparators_from = "northshire-comparators.toml" and authority_code = "916".
    docs/how-to/comparators.md says where the files are. The exit status is 1 if a cell or a row
    could not be read: its authority counts as not published.
    """
    catalogue = open_catalogue()
    known = catalogue.measures.keys() | catalogue.left_out.keys()
    found = read_folder(
        folder,
        authority,
        own=neighbours,
        method=method.value,
        year=year,
        known=lambda measure: measure in known,
    )
    sys.stdout.write(toml_of(found.file))
    _tell(found)
    if found.bad:
        raise InputError(f"{len(found.bad)} cells or rows could not be read, and count for none")


def _tell(found: Read) -> None:
    """The account, beside the output."""
    show_on(aside, _table(found.accounts))
    used = {symbol for each in found.accounts for symbol in each.withheld}
    told = [f"{each}: {SYMBOLS[each]}" for each in SYMBOLS if each in used]
    lines = [
        *(f"not read  {name}: {why}" for name, why in found.not_read.items()),
        *(f"no figure  {each}" for each in found.silent),
        *(f"bad  {each}" for each in found.bad),
        *(f"symbol  {each}" for each in told),
        _summary(found),
    ]
    for line in lines:
        aside.print(line, highlight=False, markup=False, soft_wrap=True)


def _summary(found: Read) -> str:
    listed = found.file.neighbours
    of = "its own choice" if listed.year is None else f"the list of {listed.year}"
    figures = sum(map(len, found.file.measures.values()))
    return (
        f"{found.file.authority.name}: {figures} comparators of {len(found.file.measures)} "
        f"measures; neighbours by {of} ({', '.join(listed.codes)})"
    )


def _table(accounts: Iterable[Account]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("File", overflow="fold")
    heads = "Rows", "Used", "Other councils", "Other years", "Other rows", "Superseded", "Bad"
    for head in heads:
        table.add_column(head, justify="right")
    table.add_column("Withheld cells")
    for each in accounts:
        counts = (
            each.rows,
            each.used,
            each.other_authorities,
            each.other_years,
            each.other_rows,
            each.superseded,
            each.bad,
        )
        withheld = ", ".join(f"{symbol} {count}" for symbol, count in sorted(each.withheld.items()))
        table.add_row(each.file, *map(str, counts), withheld)
    return table
