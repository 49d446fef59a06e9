"""Where commands write: tables to standard output; progress and complaints beside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from casepulse.terminal.table_width import fitted

#: How wide a table is where no terminal says how wide it may be.
WIDTH_ELSEWHERE = 120

#: What a person reads beside the output: progress, reports of bad input.
aside = Console(stderr=True)


def output() -> Console:
    """Standard output, for tables."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH_ELSEWHERE)


def show(table: Table, *give_up: str, elsewhere: str = "") -> None:
    """Print a table in the room that there is: `fitted` says what may be left out."""
    show_on(output(), table, *give_up, elsewhere=elsewhere)


def show_on(on: Console, table: Table, *give_up: str, elsewhere: str = "") -> None:
    """The same on a console, such as beside the output, as an account of what was read."""
    console = on if on.is_terminal else Console(stderr=on.stderr, width=WIDTH_ELSEWHERE)
    console.print(fitted(table, console, *give_up, elsewhere=elsewhere))


def progress() -> Progress:
    """A progress bar on standard error; nothing where that is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=aside,
        disable=not aside.is_terminal,
    )


@contextmanager
def reading(what: str) -> Iterator[Callable[[int], None]]:
    """A progress bar of messages read."""
    with progress() as bar:
        task = bar.add_task(what, total=None)
        yield lambda count: bar.advance(task, count)
