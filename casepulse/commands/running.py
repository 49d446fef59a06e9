"""Commands that run something: the demo, a worker, its heartbeat, the topics' deploy step."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from agents.worker import Worker
from casepulse.commands.counties import (
    ChildrenOption,
    CountyKind,
    CountyOption,
    MonthsOption,
    SeedOption,
    county_arguments,
    county_events,
)
from casepulse.commands.options import ProfileOption, aside, settings_help
from casepulse.demonstration import Demonstration, Replay
from casepulse.logs import log_to_stderr
from schemas.events import write_event
from streams.publishing import Publisher
from streams.settings import (
    PREFIX,
    ClockKind,
    Settings,
    SettingsError,
)
from streams.sources.ticks import ticks
from streams.topics import Topics, check, create

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
    county: CountyOption = CountyKind.JANUARY_2021,
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
    replay = Replay(
        events=lambda: county_events(county, seed, children, months),
        arguments=county_arguments(county, seed, children, months),
        published=county is CountyKind.JANUARY_2021,
    )
    Demonstration(replay, profile).run(stay=not exit_, json_file=json_file)


@commands.command(epilog=settings_help(Settings))
def worker() -> None:
    """A worker against the configured Kafka and Redis. Create the topics first.

    Stop it with SIGTERM or Ctrl-C. Logs are JSON lines on standard error.

        casepulse topics --create && casepulse worker
    """
    settings = Settings.from_environment()
    log_to_stderr(settings.log_level)
    make_releases = sys.executable, "-m", "casepulse", "release", "make"
    sys.exit(Worker(settings, make_releases=make_releases).run())


@commands.command()
def heartbeat(
    every: Annotated[
        float | None,
        typer.Option(min=1, metavar="SECONDS", help="Again and again. Default: once."),
    ] = None,
) -> None:
    """Publish a tick of now to every partition: what comes through at night, too.

    The workers tell when they last read one (casepulse_heartbeat_event_timestamp_seconds), and an
    alert is raised when none comes through: run this once a minute, by cron or the like, where the
    case system's events are published from. It changes no figure.

    Not for a replay, whose clock it would move to now: CASEPULSE_CLOCK must be wall.

        casepulse heartbeat --every 60
    """
    settings = Settings.from_environment()
    if settings.clock is not ClockKind.WALL:
        raise SettingsError(
            f"{PREFIX}CLOCK: must be wall; a heartbeat would move a replay's clock to now"
        )
    while True:
        now = datetime.now(UTC)
        [tick] = ticks([now], source="casepulse", name=f"heartbeat-{now:%Y%m%dT%H%M%S%f}")
        with Publisher(settings) as publisher:
            publisher.publish(tick, write_event(tick))
        if every is None:
            return
        time.sleep(every)


@commands.command()
def topics(
    create_missing: Annotated[
        bool,
        typer.Option(
            "--create", help="Create those that are missing, and set right what may be changed."
        ),
    ] = False,
) -> None:
    """Check the topics: are they there, as large as they were made, and set to lose nothing?

    What docs/reliability.md promises rests on these settings. The number of partitions is fixed for
    life. What is not as it must be is named, a line each, with what it is, what it must be, why,
    and what to do; the exit status is 1 then. So it is where Kafka does not tell this user how a
    topic is set.

    With --create those that are missing are created, and settings that lose something are changed,
    and named: never so that anything is deleted, nor a number of partitions or copies.
    """
    settings = Settings.from_environment()

    def say(line: str) -> None:
        aside.print(line, highlight=False, soft_wrap=True)

    created = create(settings, say) if create_missing else []
    check(settings)
    for topic in Topics.of(settings).all():
        state = "created" if topic.name in created else "there already"
        say(f"{topic.name}: {topic.partitions} partitions, {state}")
