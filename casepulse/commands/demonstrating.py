"""The demo: everything at once."""

from pathlib import Path
from typing import Annotated

import typer

from casepulse.counties import Size, made_up
from casepulse.demonstration import Demonstration, Replay
from casepulse.terminal.county_options import (
    JANUARY_2021,
    ChildrenOption,
    CountyOption,
    MonthsOption,
    SeedOption,
    county_arguments,
)
from casepulse.terminal.options import ProfileOption

commands = typer.Typer()


@commands.command()
def demo(
    exit_: Annotated[
        bool,
        typer.Option("--exit", help="Stop when the replay is done, and print the final table."),
    ] = False,
    json_file: Annotated[
        Path | None,
        typer.Option(
            "--json",
            metavar="FILE",
            help="Write the final view here: one line a cell, as `casepulse evaluate` does.",
        ),
    ] = None,
    county: CountyOption = JANUARY_2021,
    seed: SeedOption = 7,
    children: ChildrenOption = 300,
    months: MonthsOption = 3,
    profile: ProfileOption = None,
) -> None:
    """Watch it work, on embedded parts that need nothing installed.

    An embedded Kafka and Redis, a real worker, and a made-up county whose events are replayed, its
    clock with them. The table shows the dashboard as it stands in Redis; the addresses of Redis and
    of /metrics are printed for you to look at. It is for looking, not for keeping.

    The county is that of the January 2021 report: at the end you see how many of its figures came
    out. With --county any it is a small one of as many children and months as you like.

        casepulse demo --exit --json view.jsonl
    """
    told, size = made_up(county), Size(children, months)
    replay = Replay(
        events=lambda: told.events(seed, size),
        arguments=county_arguments(county, seed, size if told.any_size else None),
        published=told.published,
    )
    Demonstration(replay, profile).run(stay=not exit_, json_file=json_file)
