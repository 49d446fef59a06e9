"""The demo: everything at once."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from casepulse.counties import Size, made_up
from casepulse.demonstration import Demonstration, Replay
from casepulse.schemas.errors import FailedError
from casepulse.schemas.profile import load_profile
from casepulse.setup.nights import again, begun, nights_in, told_night_by_night
from casepulse.terminal.county_options import (
    JANUARY_2021,
    ChildrenOption,
    CountyOption,
    MonthsOption,
    SeedOption,
    county_arguments,
)
from casepulse.terminal.extract_options import settings_of
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
    extracts: Annotated[
        str | None,
        typer.Option(
            "--extracts",
            metavar="DIR",
            help="Show these instead: an extract, or a folder of those of one source by their "
            "names, such as a night each. Without --profile one is begun from the last of them.",
        ),
    ] = None,
    profile: ProfileOption = None,
) -> None:
    """Watch it work, on embedded parts that need nothing installed.

    An embedded Kafka and Redis, a real worker, and a made-up county whose events are replayed, its
    clock with them. The table shows the dashboard as it stands in Redis; the addresses of Redis and
    of /metrics are printed for you to look at. It is for looking, not for keeping.

    The county is that of the January 2021 report: at the end you see how many of its figures came
    out. With --county any it is a small one of as many children and months as you like.

        casepulse demo --exit --json view.jsonl

    Or any extract of your own, live: the first is told, and then what each of the others changed.
    Whoever may open a port of this machine can open the pages meanwhile, and the lists behind them.

        casepulse demo --extracts ssd/ --profile northshire.toml
    """
    if extracts is not None:
        _show_extracts(extracts, profile, stay=not exit_, json_file=json_file)
        return
    told, size = made_up(county), Size(children, months)
    arguments = county_arguments(county, seed, size if told.any_size else None)
    replay = Replay(
        events=lambda: told.events(seed, size),
        again=f"casepulse scenario {arguments}",
        published=told.published,
    )
    Demonstration(replay, profile).run(stay=not exit_, json_file=json_file)


def _show_extracts(folder: str, file: Path | None, *, stay: bool, json_file: Path | None) -> None:
    nights = nights_in(folder)
    source = nights[0].source
    with TemporaryDirectory() as made:
        if file is None:
            file = Path(made) / "county.toml"
            file.write_text(begun(nights[-1]), encoding="utf-8")
        profile = load_profile(file)
        if source not in profile.sources:
            raise FailedError(
                f"{file}: sources: must have {source}, of which the extracts are; else figures "
                "would be shown that it can't make true"
            )
        settings = settings_of(profile, source)
        replay = Replay(
            events=lambda: told_night_by_night(nights, settings),
            again=again(nights),
            made_up=False,
        )
        Demonstration(replay, file).run(stay=stay, json_file=json_file)
