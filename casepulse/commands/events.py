"""Commands that read, make, move and evaluate events."""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from casepulse.batch.source_parts import every_event
from casepulse.counties import Size, made_up
from casepulse.schemas.envelope import Event
from casepulse.schemas.errors import FailedError
from casepulse.schemas.events import write_event
from casepulse.schemas.profile import load_profile
from casepulse.state import Figures, open_catalogue
from casepulse.state import evaluate as evaluate_facts
from casepulse.state.calendar import LONDON
from casepulse.state.viewing import cell_view, measure_views
from casepulse.streams.publishing import Publisher
from casepulse.streams.settings import PREFIX, Settings, SettingsError
from casepulse.streams.sources.ssda903 import SOURCE
from casepulse.terminal.cells import write_cells
from casepulse.terminal.county_options import (
    ANY,
    ChildrenOption,
    CountyOption,
    MonthsOption,
    SeedOption,
)
from casepulse.terminal.event_lines import InputError, Lines, facts_of
from casepulse.terminal.extract_account import refuse_bad_rows, say_held_back, say_rows
from casepulse.terminal.extract_options import (
    AcceptOption,
    TakenOption,
    YearEndOption,
    settings_of,
)
from casepulse.terminal.measures_table import GIVE_UP, measures_table
from casepulse.terminal.options import Format, ProfileOption, day, instant
from casepulse.terminal.screen import progress, show
from casepulse.terminal.sending import say_published, sending

commands = typer.Typer()

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="JSON lines of events; - is standard input."),
]


@commands.command()
def publish(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="JSON lines of events; - is standard input."),
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="NAME",
            help="Every event of the installation of this CASEPULSE_NAME on the same Kafka, "
            "wherever it stands there: to move to a new name, or another number of partitions.",
        ),
    ] = None,
) -> None:
    """Publish events to Kafka, keyed by subject, each acknowledged by every copy.

    A line that is no event is reported by file, line and reason, and left out; the rest goes on,
    and the exit status is 1. Publishing the same file twice does no harm.

        casepulse scenario | casepulse publish -

        CASEPULSE_NAME=casepulse-2 casepulse publish --from casepulse
    """
    if bool(files) == (from_ is not None):
        raise typer.BadParameter("give files, or --from and a name")
    if from_ is not None:
        _move(from_)
        return
    lines = Lines(files or [], wanted=False)
    _publish(lines)
    lines.finish()


def _move(name: str) -> None:
    settings = Settings.from_environment()
    if name == settings.name:
        raise SettingsError(f"{PREFIX}NAME: is that of --from; give the new installation another")
    left_out = 0

    def events() -> Iterator[tuple[Event[Any], bytes]]:
        nonlocal left_out
        for telling in every_event(Settings.from_environment(name=name)):
            left_out += telling.unreadable
            if telling.event is not None:
                yield telling.event, telling.value

    _publish(events())
    if left_out:
        raise InputError(
            f"messages left out that are no events: {left_out}; they stand among the dead letters "
            f"of {name}"
        )


def _publish(events: Iterable[tuple[Event[Any], bytes]]) -> None:
    count = 0
    with progress() as bar:
        task = bar.add_task("published", total=None)
        with Publisher(Settings.from_environment(), lambda: bar.advance(task)) as publisher:
            for event, value in events:
                publisher.publish(event, value)
                count += 1
            bar.update(task, total=count)
    say_published(count)


@commands.command()
def evaluate(
    files: Files,
    at: Annotated[
        datetime,
        typer.Option(
            parser=instant,
            metavar="INSTANT",
            help="What had happened before this instant counts: 2021-02-01 (that midnight in "
            "London, so the end of January) or 2021-02-01T09:00:00+00:00.",
        ),
    ],
    known: Annotated[
        datetime | None,
        typer.Option(
            parser=instant,
            metavar="INSTANT",
            help="Only what had been recorded before this instant counts. Default: everything.",
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="What to print.")] = Format.TABLE,  # noqa: A002
    profile: ProfileOption = None,
) -> None:
    """Figures as at one instant, as known at another, from files of events.

    With json, one line a cell: measure, period (a month for a flow, `at` for a stock), locality
    (`county` for the whole), numerator, denominator and the count of each status.

        casepulse evaluate events.jsonl --at 2021-02-01 --known 2021-03-08
    """
    catalogue = open_catalogue(profile)
    lines = Lines(files)
    facts = facts_of(lines)
    figures = Figures(evaluate_facts(facts, catalogue, at, known), catalogue, at)
    if format is Format.TABLE:
        title = f"{catalogue.profile.authority}, as at {at.astimezone(LONDON):%d %B %Y %H:%M}"
        table = measures_table(title, measure_views(figures).values(), whole=True)
        show(table, *GIVE_UP)
    else:
        write_cells(map(cell_view, figures.cells()), format)
    lines.finish()


@commands.command()
def scenario(
    county: CountyOption = ANY,
    seed: SeedOption = 7,
    children: ChildrenOption = 300,
    months: MonthsOption = 3,
    ends: Annotated[
        date,
        typer.Option(
            parser=day, help="The midnight that ends one of any size, as a day.", metavar="DAY"
        ),
    ] = "2021-02-01",  # type: ignore[assignment]  # typer reads the default too
) -> None:
    """Events of a made-up county, as JSON lines: children's journeys through the service.

    Simulated from a seed; the same arguments give the same bytes. No real child, worker or carer
    is in it.

        casepulse scenario --months 6 > events.jsonl

        casepulse scenario --children 100000 --months 36 | casepulse publish -
    """
    for event in made_up(county).events(seed, Size(children, months, ends)):
        sys.stdout.buffer.write(write_event(event) + b"\n")


imports = typer.Typer(help="Turn extracts of other systems into events.", no_args_is_help=True)
commands.add_typer(imports, name="import")


@imports.callback()
def _imports() -> None:
    """Turn extracts of other systems into events."""


@imports.command()
def ssda903(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="A folder of the DfE's SSDA903 CSV files, or the return as XML."
        ),
    ],
    publish: Annotated[
        bool, typer.Option("--publish", help="Straight to Kafka, rather than to standard output.")
    ] = False,
    year_end: YearEndOption = None,
    taken: TakenOption = None,
    accept: AcceptOption = False,
    profile: ProfileOption = None,
) -> None:
    """Children in care from SSDA903: header, episodes, reviews, missing, oc2, oc3 and the rest.

    Bad rows are reported by file, line, column and reason, and the rest goes on; a summary on
    standard error says what became of every row. The exit status is 1 if any row was bad; and if a
    whole file was, or most of its rows, nothing is told. This is for the first return; what a later
    one changes: casepulse sources diff.

        casepulse import ssda903 extract/ > events.jsonl
    """
    # It brings Arrow, which who publishes events can do without.
    from casepulse.batch.telling import tell_extract  # noqa: PLC0415
    from casepulse.batch.told_store import ToldStore  # noqa: PLC0415

    with (
        TemporaryDirectory() as nothing_told,
        progress() as bar,
        sending(to_kafka=publish, bar=bar) as send,
    ):
        outcome = tell_extract(
            SOURCE,
            str(folder),
            taken=taken or datetime.now(UTC),
            settings=settings_of(load_profile(profile), SOURCE),
            store=ToldStore(nothing_told, SOURCE),
            publish=send,
            accept=accept,
            year_end=year_end,
        )
    say_rows(outcome.extract)
    say_held_back(outcome.by_type)
    if outcome.refused is not None:
        raise FailedError(outcome.refused)
    if publish:
        say_published(outcome.events)
    refuse_bad_rows(outcome.extract)
