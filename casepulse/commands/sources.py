"""Commands about extracts: what has changed from one to the next."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from casepulse.batch.told_store import ToldStore
from casepulse.streams.sources.changes import WhatChanged
from casepulse.streams.sources.extract import Request
from casepulse.streams.sources.guard import check
from casepulse.streams.sources.ssda903 import SOURCE, read
from casepulse.terminal.extract_account import (
    TakenOption,
    YearEndOption,
    pass_over,
    refuse_bad_rows,
    say,
    say_changes,
    say_earlier,
    say_rows,
)

commands = typer.Typer()

sources = typer.Typer(
    help="What has changed from one extract of a source to the next.", no_args_is_help=True
)
commands.add_typer(sources, name="sources")


@sources.callback()
def _sources() -> None:
    """What has changed from one extract of a source to the next."""


@sources.command()
def diff(
    extracts: Annotated[
        list[Path],
        typer.Argument(
            metavar="A... B",
            help="Extracts of one source, oldest first: folders of the DfE's SSDA903 CSV files.",
        ),
    ],
    taken: TakenOption = None,
    year_end: YearEndOption = None,
    accept: Annotated[
        bool,
        typer.Option("--accept", help="Tell it though much would be withdrawn. Look first."),
    ] = False,
) -> None:
    """The events that tell what B changes, as JSON lines, when all before it has been told.

    What is new is told, what was corrected is amended, and what is gone is withdrawn, but for what
    left only: a return holds its year. Give --taken, and the same extracts give the same bytes. An
    account on standard error says what became of each type of event. The exit status is 1 if a row
    of B was bad, and then nothing of that child is withdrawn; or if B looks cut short: all of a
    type is gone, or more than 50 and 2% of it. Then nothing is told.

        casepulse import ssda903 2017/ > events.jsonl

        casepulse sources diff 2017/ 2018/ --taken 2018-07-02 >> events.jsonl
    """
    if len(extracts) < 2:
        raise typer.BadParameter("give at least two: what was told, and what is to be told now")
    now = taken or datetime.now(UTC)
    with TemporaryDirectory() as state:
        store = ToldStore(state, SOURCE)
        for place, folder in enumerate(extracts[:-1]):
            # when they were taken is not known, and changes nothing of what they told
            before = now - timedelta(seconds=len(extracts) - 1 - place)
            earlier = read(Request(str(folder), before))
            store.tell(earlier, pass_over)
            say_earlier(earlier, str(folder))
        extract = read(Request(str(extracts[-1]), now, year_end=year_end))

        def look(changed: WhatChanged) -> None:
            say_rows(extract)
            say_changes(changed)
            if not accept:
                check(changed)

        store.tell(extract, say, look)
    refuse_bad_rows(extract)
