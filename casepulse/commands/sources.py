"""Commands about extracts: what is in one, what has changed since the last, and telling that."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table

from casepulse.schemas.errors import FailedError
from casepulse.schemas.profile import Profile, load_profile
from casepulse.state import catalogue_for
from casepulse.streams.settings import Settings
from casepulse.streams.sources.extract import Request
from casepulse.streams.sources.readers import READERS, reader_of
from casepulse.streams.sources.survey import untold_of
from casepulse.terminal.event_lines import InputError
from casepulse.terminal.extract_account import (
    refuse_bad_rows,
    say_against,
    say_changes,
    say_earlier,
    say_facts,
    say_rows,
)
from casepulse.terminal.extract_options import (
    AcceptOption,
    PlaceArgument,
    SourceArgument,
    TakenOption,
    YearEndOption,
    settings_of,
    source_name,
)
from casepulse.terminal.options import ProfileOption
from casepulse.terminal.screen import aside, output, progress, reading, show
from casepulse.terminal.sending import print_events, say_published, send_nowhere, sending

if TYPE_CHECKING:
    from casepulse.batch.telling import Outcome

commands = typer.Typer()

sources = typer.Typer(no_args_is_help=True)
commands.add_typer(sources, name="sources")

#: What is read where no source is named: the one whose extracts could be read first.
_UNNAMED = "ssda903"


@sources.callback()
def _sources() -> None:
    """What has changed from one extract of a source to the next.

    Look first, and then tell it every night:

        casepulse sources list

        casepulse sources check ssda903 2018/

        casepulse sources run ssda903 2018/ --state /srv/casepulse/ssda903 --publish
    """


@sources.command("list")
def list_sources(profile: ProfileOption = None) -> None:
    """The sources whose extracts can be read, what each is, and how many measures it can feed.

    What feeds your county stands in its profile, as sources = ["ssda903"]; `casepulse measures`
    then names the measures that are not in them, and what is missing.
    """
    said = load_profile(profile)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Source", no_wrap=True)
    table.add_column("What is read")
    table.add_column("Measures", justify="right")
    for name, reader in READERS.items():
        fed, others = _measures_fed(said, name)
        table.add_row(name, reader.what, f"{fed} of {fed + others}")
    show(table)


def _telling_without(profile: Profile, source: str, untold: set[str]) -> Profile:
    """The same profile, where the extracts of a source don't tell all that it could."""
    settings = settings_of(profile, source)
    without = [*settings.without, *sorted(untold)]
    told = settings.model_copy(update={"without": without})
    return profile.model_copy(update={"extracts": {**profile.extracts, source: told}})


def _measures_fed(profile: Profile, source: str) -> tuple[int, int]:
    """How many measures a source can feed, and how many it can't."""
    catalogue = catalogue_for(profile.model_copy(update={"sources": [source]}))
    return len(catalogue.measures), len(catalogue.not_in_sources)


@sources.command()
def check(
    source: SourceArgument,
    place: PlaceArgument,
    state: Annotated[
        str | None,
        typer.Option(
            "--state",
            metavar="DIR|URL",
            help="Where `sources run` keeps what was told: what the extract would change is shown.",
        ),
    ] = None,
    xsd: Annotated[
        Path | None,
        typer.Option(
            "--xsd",
            metavar="FILE",
            help="A schema of whoever collects it, such as the DfE's of the census of its year: "
            "what it finds wrong is named by line, and nothing is refused for that.",
        ),
    ] = None,
    taken: TakenOption = None,
    year_end: YearEndOption = None,
    profile: ProfileOption = None,
) -> None:
    """Look at an extract: what is in it, what can't be read of it, and what it can't feed.

    Nothing is told, and nothing written. It says which files or lists are there and which are
    missing, the year that it was taken for, what became of the rows of each, bad ones by file,
    line, column and reason, codes that are not known by column, and the facts of each type. With
    --state it says of those how many were told before, and how many there would be after. The exit
    status is 1 if a row is bad, or if `sources run` would refuse the extract.

        casepulse sources check ssda903 2018/

        casepulse sources check ssda903 2019/ --state /srv/casepulse/ssda903

        casepulse sources check cin-census cin-2026.xml --xsd CIN_schema_2026.xsd
    """
    # They bring Arrow, which the help of them can do without.
    from casepulse.batch.telling import look_at  # noqa: PLC0415
    from casepulse.batch.told_store import ToldStore  # noqa: PLC0415

    said = load_profile(profile)
    request = Request(place, taken or datetime.now(UTC), settings_of(said, source), year_end)
    with TemporaryDirectory() as nothing_told, reading("facts read") as read:
        store = ToldStore(state or nothing_told, source)
        outcome = look_at(reader_of(source).read(request), store, read)
    extract = outcome.extract
    on = output()
    if xsd is not None:
        say_against(xsd, reader_of(source).against(xsd, place), on)
    say_rows(extract, on)
    if state is None:
        say_facts(extract, outcome.by_type, on)
    else:
        say_changes(extract, outcome.by_type, outcome.merges, on)
    fed, others = _measures_fed(said, source)
    on.print(
        f"{fed} of {fed + others} measures can be had from {source}, and {others} can't; where it "
        f'is all that feeds the county, as sources = ["{source}"] says in its profile, those are '
        "shown nowhere. `casepulse measures` names them then, and what is missing.",
        highlight=False,
    )
    if not_yet := untold_of(extract) - set(settings_of(said, source).without):
        fewer = _measures_fed(_telling_without(said, source, not_yet), source)[0]
        on.print(
            f"Not told, for the extract has no table, file, list or element for it: "
            f"{', '.join(sorted(not_yet))}. {fed - fewer} more measures need that, and would be "
            "noughts: `casepulse profile new` writes into a profile that they are left out.",
            highlight=False,
        )
    if outcome.refused is not None:
        raise FailedError(outcome.refused)
    if outcome.bad:
        raise InputError(f"bad rows, which would be left out: {outcome.bad}")


@sources.command()
def diff(
    extracts: Annotated[
        list[str],
        typer.Argument(
            metavar="[SOURCE] A... B",
            help="Extracts of one source, oldest first; before them its name, if it is not "
            f"{_UNNAMED}.",
        ),
    ],
    source: Annotated[
        str | None,
        typer.Option(
            "--source", parser=source_name, metavar="SOURCE", help="Its name, said otherwise."
        ),
    ] = None,
    taken: TakenOption = None,
    year_end: YearEndOption = None,
    accept: AcceptOption = False,
    profile: ProfileOption = None,
) -> None:
    """The events that tell what B changes, as JSON lines, when all before it has been told.

    What is new is told, what was corrected is amended, and what is gone is withdrawn, but for what
    left only: a return holds its year. Give --taken, and the same extracts give the same bytes. An
    account on standard error says what became of each type of event. The exit status is 1 if a row
    of B was bad, and then nothing of that child is withdrawn; if B looks cut short: all of a
    type is gone, or more than 50 and 2% of it; or if B is broken: a file can't be read, or most of
    its rows can't. Then nothing is told. Every night there is `sources run`, which keeps what was
    told.

        casepulse import ssda903 2017/ > events.jsonl

        casepulse sources diff 2017/ 2018/ --taken 2018-07-02 >> events.jsonl
    """
    if source is None and extracts[0] in READERS:
        source, extracts = extracts[0], extracts[1:]
    if len(extracts) < 2:
        raise typer.BadParameter("give at least two: what was told, and what is to be told now")
    # They bring Arrow, which the help of them can do without.
    from casepulse.batch.telling import tell_extract  # noqa: PLC0415
    from casepulse.batch.told_store import ToldStore  # noqa: PLC0415

    name = source or _UNNAMED
    settings = settings_of(load_profile(profile), name)
    now = taken or datetime.now(UTC)
    with TemporaryDirectory() as state, reading("facts read") as read:
        store = ToldStore(state, name)
        for number, place in enumerate(extracts[:-1]):
            # when they were taken is not known, and changes nothing of what they told
            before = now - timedelta(seconds=len(extracts) - 1 - number)
            earlier = tell_extract(
                name,
                place,
                taken=before,
                settings=settings,
                store=store,
                publish=send_nowhere,
                accept=True,
                progress=read,
            )
            say_earlier(earlier.extract, place)
        outcome = tell_extract(
            name,
            extracts[-1],
            taken=now,
            settings=settings,
            store=store,
            publish=print_events,
            accept=accept,
            year_end=year_end,
            progress=read,
        )
    _account_for(outcome)
    refuse_bad_rows(outcome.extract)


def _account_for(outcome: "Outcome") -> None:
    say_rows(outcome.extract)
    if outcome.by_type:
        say_changes(outcome.extract, outcome.by_type, outcome.merges)
    if outcome.refused is not None:
        raise FailedError(outcome.refused)


_StateOption = Annotated[
    str,
    typer.Option(
        "--state",
        metavar="DIR|URL",
        help="Where what was told is kept: a directory or an object store's URL, of its own for "
        "each source.",
    ),
]


@sources.command()
def run(
    source: SourceArgument,
    place: PlaceArgument,
    state: _StateOption,
    publish: Annotated[
        bool, typer.Option("--publish", help="Straight to Kafka, rather than to standard output.")
    ] = False,
    accept: AcceptOption = False,
    taken: TakenOption = None,
    year_end: YearEndOption = None,
    profile: ProfileOption = None,
) -> None:
    """Tell what an extract changes, and keep what has been told: the job of every night.

    The first extract is told whole, each fact as recorded when it happened; of every later one what
    has changed. What was told is kept once Kafka has all of it. A run that was killed is brought to
    its end by the next, which tells nothing twice that would count twice. The same extract again
    tells nothing, and one that is earlier than the last is refused.

    An extract that looks cut short (all of a type would be withdrawn, or more than 50 and 2% of it)
    or broken (a file can't be read, or most of its rows can't) is refused whole: nothing is told,
    and the exit status is 1. Look at it with `sources check`, and give --accept if all of it is
    truly so. It is 1, too, if some rows were bad and the rest was told.

    Two runs at once on one directory there can't be; on an object store see to it yourself.

        casepulse sources run ssda903 2018/ --state /srv/casepulse/ssda903 --publish
    """
    # They bring Arrow, which the help of them can do without.
    from casepulse.batch.telling import tell_extract  # noqa: PLC0415
    from casepulse.batch.told_store import ToldStore  # noqa: PLC0415

    settings = settings_of(load_profile(profile), source)
    with progress() as bar:
        facts = bar.add_task("facts read", total=None)
        with sending(to_kafka=publish, bar=bar) as send:
            outcome = tell_extract(
                source,
                place,
                taken=taken or datetime.now(UTC),
                settings=settings,
                store=ToldStore(state, source),
                publish=send,
                accept=accept,
                year_end=year_end,
                progress=lambda count: bar.advance(facts, count),
            )
    if outcome.finished:
        aside.print("a run before was broken off: the rest of it was told first")
    _account_for(outcome)
    if not outcome.events:
        aside.print("nothing has changed")
    elif publish:
        say_published(outcome.events)
    refuse_bad_rows(outcome.extract)


@sources.command()
def rebuild(
    source: SourceArgument,
    state: _StateOption,
    from_archive: Annotated[
        str | None,
        typer.Option(
            "--from-archive",
            metavar="DIR|URL",
            help="Read the events from this archive, which must hold all that was told. Default: "
            "from the events topic.",
        ),
    ] = None,
) -> None:
    """Make what `sources run` keeps again, out of the events that it told: for when it was lost.

    What lies there is replaced. The next extract is compared with it as with the one that was lost.

        casepulse sources rebuild ssda903 --state /srv/casepulse/ssda903

        casepulse sources rebuild ssda903 --state ssda903/ --from-archive /srv/casepulse/archive
    """
    # They bring Arrow, which the help of them can do without.
    from casepulse.batch.rebuilding import rebuild as rebuild_state  # noqa: PLC0415
    from casepulse.batch.sources import source_parts  # noqa: PLC0415
    from casepulse.batch.told_store import ToldStore  # noqa: PLC0415

    parts = source_parts(from_archive, Settings.from_environment())
    with reading("messages read") as read:
        told = rebuild_state(ToldStore(state, source), parts, read)
    holding = sum(each.holds for each in told.records.values())
    aside.print(
        f"{source} has told {len(told.records)} facts, of which {holding} hold; the last word was "
        f"recorded at {told.taken:%Y-%m-%dT%H:%M:%SZ}",
        highlight=False,
        soft_wrap=True,
    )
