"""Every command, and what happens when one fails.

A command's module is loaded when it is run, so that none waits for the libraries of others, and
`--help` for no library at all.

Exit status: 0 all went well; 1 something could not be done, or some input was
bad (standard error says what and where); 2 the command or a setting is wrong.
"""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from casepulse.schemas.errors import FailedError, WrongError
from casepulse.terminal.help_text import let_help_flow


class _Late(NamedTuple):
    module: str
    help: str
    """The first sentence of what its own help says."""


#: Each command, or group of commands, in the order of the help.
COMMANDS = {
    "demo": _Late("demonstrating", "Watch it work, on embedded parts that need nothing installed."),
    "worker": _Late(
        "running", "A worker against the configured Kafka and Redis. Create the topics first."
    ),
    "web": _Late(
        "serving",
        "The pages that people look at, and the JSON behind them, from the live view in Redis.",
    ),
    "topics": _Late(
        "running",
        "Check the topics: are they there, as large as they were made, and set to lose nothing?",
    ),
    "heartbeat": _Late(
        "running", "Publish a tick of now to every partition: what comes through at night, too."
    ),
    "publish": _Late(
        "events", "Publish events to Kafka, keyed by subject, each acknowledged by every copy."
    ),
    "import": _Late("events", "Turn extracts of other systems into events."),
    "sources": _Late("sources", "What has changed from one extract of a source to the next."),
    "follow": _Late(
        "following",
        "Follow a source: look for a new extract at set hours, and tell what it changes.",
    ),
    "scenario": _Late(
        "events",
        "Events of a made-up county, as JSON lines: children's journeys through the service.",
    ),
    "evaluate": _Late(
        "events", "Figures as at one instant, as known at another, from files of events."
    ),
    "profile": _Late(
        "profiles", "A council's profile: begin one from an extract, look one through, compare two."
    ),
    "comparators": _Late(
        "comparators",
        "What other authorities' figures are, from the files that the DfE publishes.",
    ),
    "measures": _Late("inventory", "The measures: what each counts, its standards and its target."),
    "due": _Late(
        "lists", "Who is overdue in a measure, and who falls due in the days ahead, from Redis."
    ),
    "explain": _Late(
        "explaining",
        "The standings behind a figure, and the facts that each rests on, by key.",
    ),
    "compare": _Late(
        "comparing", "The report of January 2021, figure by figure: published beside computed."
    ),
    "archive": _Late(
        "archiving",
        "Archive the events topic as Parquet, a file a partition; what stood there is replaced.",
    ),
    "release": _Late(
        "releasing",
        "Freeze a month's figures, as known at a cut; and say why two releases of it differ.",
    ),
    "report": _Late(
        "reporting", "The formal report of a month, from its release: HTML, PDF, XLSX and ODS."
    ),
    "what-if": _Late(
        "supposing",
        "What the figures would be under other standards or targets, side by side with a release.",
    ),
    "dead-letters": _Late(
        "inventory", "What could not be read: look at it, and publish it again after a fix."
    ),
    "audit": _Late(
        "auditing", "Who looked at the child-level lists, and whether the log of it was changed."
    ),
    "schemas": _Late(
        "inventory",
        "The event contract: JSON Schema of each type of event, and AsyncAPI 3 of the whole.",
    ),
}


class _LateCommands(TyperGroup):
    """Knows of each command what the help says of it, and loads the one that is run."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = {
            name: TyperCommand(name, help=late.help) for name, late in COMMANDS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        name, known, rest = super().resolve_command(ctx, args)
        return name, loaded(known.name) if known and known.name else None, rest


def loaded(name: str) -> Any:
    """One of `COMMANDS`, whole."""
    module = import_module(f"{__name__}.{COMMANDS[name].module}")
    let_help_flow(module.commands)
    return get_group(module.commands).commands[name]


_parser = typer.Typer(
    name="casepulse",
    cls=_LateCommands,
    epilog="Each command has its own --help. Settings come from CASEPULSE_… variables: "
    "`casepulse worker --help` lists them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  seldom wanted

        typer.echo(f"casepulse {version('casepulse')}")
        raise typer.Exit


@_parser.callback()
def _casepulse(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which version this is.", is_eager=True, callback=_say_version
        ),
    ] = False,
) -> None:
    """Children's services timeliness, live: case-management events go in, figures come out.

    Try `casepulse demo` first: it needs nothing but itself.
    """


def application(run: Callable[[], Any] = _parser) -> None:
    """Run a command; an error that can be explained is one line, not a trace."""
    try:
        try:
            run()
        finally:
            sys.stdout.flush()  # what can't be written is an error like any other
    except (FailedError, WrongError) as error:
        _say(str(error))
        sys.exit(error.exit_status)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has seen enough
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except ModuleNotFoundError as error:
        from casepulse.terminal.extras import how_to_get  # noqa: PLC0415  seldom wanted

        said = how_to_get(error.name or "")
        if said is None:
            raise
        _say(said)
        sys.exit(FailedError.exit_status)
    except Exception as error:
        from casepulse.terminal.error_messages import explained  # noqa: PLC0415  it loads the clients

        said = explained(error)
        if said is None:
            raise
        _say(said)
        if isinstance(error, OSError) and error.filename is None:
            _give_up_output()
        sys.exit(1)


def _give_up_output() -> None:
    """What of the output could not be written is not tried again at the end, with a trace."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(message: str) -> None:
    for line in message.splitlines():
        typer.echo(f"casepulse: {line}", err=True)
