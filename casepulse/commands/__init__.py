"""Every command, and what happens when one fails.

Exit status: 0 all went well; 1 something could not be done, or some input was
bad (standard error says what and where); 2 the command or a setting is wrong.
"""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import typer
from kafka.errors import KafkaError

from agents.release_store import ReleaseError
from casepulse.access.audit import AuditError
from casepulse.access.chain import ChainBrokenError
from casepulse.access.rules import AccessError
from casepulse.commands import (
    auditing,
    comparing,
    events,
    listing,
    lists,
    looking_into,
    releasing,
    reporting,
    running,
    serving,
)
from casepulse.commands.explaining import file_failed, kafka_failed, redis_failed
from casepulse.commands.flowing import let_help_flow
from casepulse.report.document import ReportError
from casepulse.web.list_settings import ListSettings
from casepulse.web.rendering import AssetsMissingError
from casepulse.web.settings import WebSettings
from schemas.profile import ProfileError
from streams.committed import SourceError
from streams.embedded import EmbeddedError
from streams.publishing import PublishError
from streams.redis_trouble import REDIS_ERRORS
from streams.settings import Settings, SettingsError
from streams.sources.ssda903 import ExtractError
from streams.topics import TopicsError

_parser = typer.Typer(
    name="casepulse",
    help="Children's services timeliness, live: case-management events go in, figures come out.\n\n"
    "Try `casepulse demo` first: it needs nothing but itself.",
    epilog="Each command has its own --help. Settings come from CASEPULSE_… variables: "
    "`casepulse worker --help` lists them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_parser.command()(running.demo)
_parser.command(epilog=running.settings_help(Settings))(running.worker)
_parser.command(epilog=running.settings_help(WebSettings, ListSettings))(serving.web)
_parser.command()(running.topics)
_parser.add_typer(auditing.audit, name="audit")
_parser.command()(running.heartbeat)
_parser.command()(events.publish)
_parser.add_typer(events.imports, name="import")
_parser.command()(events.scenario)
_parser.command()(events.evaluate)
_parser.command()(lists.due)
_parser.command("compare")(comparing.compare_report)
_parser.command("archive")(releasing.archive_command)
_parser.add_typer(releasing.releases, name="release")
_parser.command()(reporting.report)
_parser.command("explain")(looking_into.explain_command)
_parser.command("what-if")(looking_into.what_if_command)
_parser.command()(listing.measures)
_parser.command()(listing.schemas)
_parser.add_typer(listing.dead_letters, name="dead-letters")
let_help_flow(_parser)

_WRONG: tuple[type[Exception], ...] = (SettingsError, ProfileError, AccessError)
_FAILED: tuple[type[Exception], ...] = (
    TopicsError,
    PublishError,
    EmbeddedError,
    events.InputError,
    comparing.DiffersError,
    ExtractError,
    AssetsMissingError,
    AuditError,
    ChainBrokenError,
    ReleaseError,
    ReportError,
    releasing.UnequalError,
    SourceError,
    running.DemoError,
)


def application(run: Callable[[], Any] = _parser) -> None:
    """Run a command; an error that can be explained is one line, not a trace."""
    try:
        try:
            run()
        finally:
            sys.stdout.flush()  # what can't be written is an error like any other
    except _WRONG as error:
        _say(str(error))
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has seen enough
        sys.exit(1)
    except _FAILED as error:
        _say(str(error))
        sys.exit(1)
    except OSError as error:
        _say(file_failed(error))
        if error.filename is None:
            _give_up_output()
        sys.exit(1)
    except KafkaError as error:
        _say(kafka_failed(error))
        sys.exit(1)
    except REDIS_ERRORS as error:
        _say(redis_failed(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _give_up_output() -> None:
    """What of the output could not be written is not tried again at the end, with a trace."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(message: str) -> None:
    for line in message.splitlines():
        typer.echo(f"casepulse: {line}", err=True)
