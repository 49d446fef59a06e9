"""Commands that run something: the demo, a worker, the topics' deploy step."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from agents.worker import Worker
from casepulse.commands.options import ProfileOption, aside
from casepulse.demonstration import DemoError, Demonstration
from casepulse.logs import log_to_stderr
from streams.settings import Settings, describe
from streams.topics import Topics, check, create

__all__ = ["DemoError", "demo", "settings_help", "topics", "worker"]


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
    seed: Annotated[int, typer.Option(help="Another seed, another county.")] = 7,
    children: Annotated[int, typer.Option(min=1, help="About how many become known.")] = 300,
    months: Annotated[int, typer.Option(min=1, max=120, help="How many months it covers.")] = 3,
    profile: ProfileOption = None,
) -> None:
    """Watch it work, on embedded parts that need nothing installed.

    An embedded Kafka and Redis, a real worker, and a made-up county whose events are replayed in
    their own time. The table shows each measure as it stands in Redis; the addresses of Redis and
    of /metrics are printed for you to look at. It is for looking, not for keeping.

        casepulse demo --exit --json view.jsonl
    """
    Demonstration(seed=seed, children=children, months=months, profile=profile).run(
        stay=not exit_, json_file=json_file
    )


def worker() -> None:
    """A worker against the configured Kafka and Redis. Create the topics first.

    Stop it with SIGTERM or Ctrl-C. Logs are JSON lines on standard error.

        casepulse topics --create && casepulse worker
    """
    settings = Settings.from_environment()
    log_to_stderr(settings.log_level)
    sys.exit(Worker(settings).run())


def settings_help() -> str:
    """The settings, as `--help` shows them."""
    lines = [f"{name}: {what}. Default: {default or 'none'}" for name, what, default in describe()]
    return "Settings, from the environment:\n\n" + "\n\n".join(lines)


def topics(
    create_missing: Annotated[
        bool, typer.Option("--create", help="Create those that are missing.")
    ] = False,
) -> None:
    """Check the topics, or create those that are missing.

    The number of partitions is fixed for life. A topic that is not as it must be is named, with
    what to do, and the exit status is 1.
    """
    settings = Settings.from_environment()
    created = create(settings) if create_missing else []
    check(settings)
    for topic in Topics.of(settings).all():
        state = "created" if topic.name in created else "there already"
        aside.print(f"{topic.name}: {topic.partitions} partitions, {state}", highlight=False)
