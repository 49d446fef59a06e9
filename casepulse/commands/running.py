"""Commands that run something: a worker, its heartbeat, the topics' deploy step."""

import sys
import time
from datetime import UTC, datetime
from typing import Annotated

import typer

from casepulse.agents.worker import Worker
from casepulse.logs import log_to_stderr
from casepulse.schemas.events import write_event
from casepulse.streams.publishing import Publisher
from casepulse.streams.settings import PREFIX, ClockKind, Settings, SettingsError
from casepulse.streams.ticks import ticks
from casepulse.streams.topics import Topics, check, create
from casepulse.terminal.options import settings_help
from casepulse.terminal.screen import aside

commands = typer.Typer()


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
