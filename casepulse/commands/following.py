"""The command that follows a source every night by itself."""

from contextlib import nullcontext
from typing import Annotated

import typer

from casepulse.following.settings import FollowSettings
from casepulse.schemas.errors import FailedError
from casepulse.streams.settings import Settings
from casepulse.terminal.options import settings_help

commands = typer.Typer()


@commands.command(epilog=settings_help(FollowSettings))
def follow(
    once: Annotated[
        bool,
        typer.Option("--once", help="Look once, wait for what is on its way, tell it, and end."),
    ] = False,
) -> None:
    """Follow a source: look for a new extract at set hours, and tell what it changes.

    Tell the source's first extract by hand (`casepulse sources run`): from then on this tells each
    that comes, once it is complete. One that looks cut short or broken is refused and stays so
    until another comes, or somebody has looked and told it (`casepulse sources run --accept`). What
    came of each night stands on the page /sources and in the metrics: docs/how-to/follow.md.

    Kafka, Redis and the profile are those of the worker (`casepulse worker --help`). One process
    follows one source. Stop it with SIGTERM or Ctrl-C. Logs are JSON lines on standard error.

    With --once, which wants no port for its metrics, the exit status is 1 if the last extract was
    refused, or something stood in the way.

        CASEPULSE_FOLLOW_SOURCE=ssda903 casepulse follow
    """
    # They bring Arrow and Kafka's client, which the help of it can do without.
    from casepulse.agents.health import serve  # noqa: PLC0415
    from casepulse.following.clock import WallClock, ended_by_signals, follow_on  # noqa: PLC0415
    from casepulse.following.metrics import registry  # noqa: PLC0415
    from casepulse.following.service import Service  # noqa: PLC0415
    from casepulse.logs import log_to_stderr  # noqa: PLC0415

    settings, following = Settings.from_environment(), FollowSettings.from_environment()
    log_to_stderr(settings.log_level)
    clock = WallClock()
    service = Service(settings, following, clock)
    if settings.metrics_port and not once:
        serve(
            settings.metrics_host,
            settings.metrics_port,
            registry(lambda: service.follower.followed, clock.now),
            dict,
            service.obstacles,
            service.warnings,
        )
    with nullcontext() if once else ended_by_signals(clock):
        follow_on(service.follower, clock, following.every, once=once)
    followed = service.follower.followed
    if once and followed.trouble:
        raise FailedError(followed.trouble)
    if once and followed.stands_refused and followed.last is not None:
        raise FailedError(f"{followed.last.extract}: {followed.last.why}")
