"""The command that serves the pages that people look at."""

import sys

import typer

from casepulse.logs import log_to_stderr
from casepulse.state import open_catalogue
from casepulse.streams.settings import Settings
from casepulse.terminal.options import settings_help
from casepulse.terminal.screen import aside
from casepulse.web.application import application
from casepulse.web.list_opening import open_lists
from casepulse.web.list_settings import ListSettings
from casepulse.web.live_view import Watch
from casepulse.web.serving import server
from casepulse.web.settings import WebSettings

commands = typer.Typer()


@commands.command(epilog=settings_help(WebSettings, ListSettings))
def web() -> None:
    """The pages that people look at, and the JSON behind them, from the live view in Redis.

    It needs Redis alone, as the user who may only read it: CASEPULSE_REDIS and the like, as the
    worker's (`casepulse worker --help`), and the worker's CASEPULSE_NAME and CASEPULSE_PROFILE.
    The lists of children are off unless a sign-in is configured (docs/access.md). Stop it with
    SIGTERM or Ctrl-C. Logs are JSON lines on standard error; they hold nobody's requests.

        CASEPULSE_REDIS_USER=reader casepulse web
    """
    settings, web_settings = Settings.from_environment(), WebSettings.from_environment()
    list_settings = ListSettings.if_any()
    log_to_stderr(settings.log_level)
    catalogue = open_catalogue(settings.profile)
    here = f"http://{web_settings.host}:{web_settings.port}"
    lists = None
    if list_settings is not None:
        lists = open_lists(settings, list_settings, web_settings.address or here, catalogue)
    app = application(Watch(settings), catalogue, lists, web_settings.hosts)
    aside.print(f"{here}/", highlight=False)
    running = server(app, web_settings)
    running.run()
    sys.exit(0 if running.started else 1)
