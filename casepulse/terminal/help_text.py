"""Help that fits the terminal: Typer breaks the lines of a docstring where the source does."""

import inspect

from typer import Typer


def let_help_flow(parser: Typer) -> None:
    """Make each paragraph of each command's help one line, for the terminal to break. What is
    indented, an example, stays as it is.

    Args:
        parser: has the commands, and groups of commands.
    """
    for command in parser.registered_commands:
        if command.help is None and command.callback is not None:
            command.help = flowing(inspect.getdoc(command.callback) or "")
    for group in parser.registered_groups:
        if group.typer_instance is not None:
            let_help_flow(group.typer_instance)


def flowing(text: str) -> str:
    """A text whose paragraphs are a line each, but for those that are indented."""
    return "\n\n".join(
        paragraph if paragraph.startswith(" ") else " ".join(paragraph.split())
        for paragraph in text.split("\n\n")
    )
