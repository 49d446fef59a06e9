"""Commands that show what there is: measures, schemas, dead letters."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from casepulse.access.grants import Asked
from casepulse.agents.dead_letters import read_letters, replay
from casepulse.schemas.documents import asyncapi, json_schema
from casepulse.schemas.events import EVENTS, Reason
from casepulse.schemas.source import in_words
from casepulse.state import Catalogue, open_catalogue
from casepulse.streams.settings import Settings
from casepulse.streams.whole_files import replace_whole
from casepulse.terminal.asked import known
from casepulse.terminal.child_level import WhyLook, looker
from casepulse.terminal.options import ProfileOption
from casepulse.terminal.screen import aside, show

commands = typer.Typer()


class ListFormat(StrEnum):
    """How a list is written."""

    TABLE = "table"
    JSON = "json"


@commands.command()
def measures(
    format: Annotated[ListFormat, typer.Option(help="What to print.")] = ListFormat.TABLE,  # noqa: A002
    profile: ProfileOption = None,
) -> None:
    """The measures: what each counts, its standards and its target."""
    catalogue = open_catalogue(profile)
    rows = [_measure(catalogue, name) for name in (*catalogue.measures, *catalogue.left_out)]
    if format is ListFormat.JSON:
        for row in rows:
            sys.stdout.write(json.dumps(row) + "\n")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Measure", no_wrap=True)
    table.add_column("Kind")
    table.add_column("Standards")
    table.add_column("Target", justify="right")
    table.add_column("Definition", min_width=30)
    for row in rows:
        if row["not_in_sources"]:
            continue
        standards = "\n".join(f"{name}: {words}" for name, words in row["standards"].items())
        target = "" if row["target"] is None else f"{row['target']:g}%"
        table.add_row(row["measure"], row["kind"], standards, target, row["definition"])
    show(table, "Kind", "Standards", "Target", elsewhere="--format json")
    if catalogue.not_in_sources:
        _show_left_out(catalogue)


def _show_left_out(catalogue: Catalogue) -> None:
    fed_by = ", ".join(source.title for source in catalogue.profile.fed_by.values())
    title = f"Not in your sources ({fed_by}): {len(catalogue.not_in_sources)} measures"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Measure", no_wrap=True)
    table.add_column("What is missing")
    for name, missing in catalogue.not_in_sources.items():
        table.add_row(name, in_words(missing))
    show(table, elsewhere="--format json")


def _measure(catalogue: Catalogue, name: str) -> dict[str, Any]:
    measure = catalogue.measures.get(name) or catalogue.left_out[name]
    settings = catalogue.profile.settings(name)
    return {
        "measure": name,
        "title": measure.title,
        "section": measure.section.value,
        "kind": measure.kind if measure.window == "month" else f"{measure.kind}, {measure.window}",
        "better": measure.better,
        "target": settings.target,
        "aip": settings.aip,
        "comparators": dict(settings.comparators),
        "compared": {
            each: {**said.model_dump(mode="json"), "basis": said.basis}
            for each, said in settings.compared.items()
        },
        "standards": {each: str(standard) for each, standard in settings.standards.items()},
        "statuses": list(measure.statuses),
        "numerator": [each for each in measure.statuses if each in measure.numerator],
        "denominator": None
        if measure.denominator is None
        else [each for each in measure.statuses if each in measure.denominator],
        "part_of": measure.of,
        "definition": measure.definition,
        "source": measure.source,
        "needs": list(measure.needs),
        "not_in_sources": list(catalogue.not_in_sources.get(name, ())),
    }


@commands.command()
def schemas(
    event_type: Annotated[
        str | None, typer.Argument(metavar="[TYPE]", help="An event type; none: list them.")
    ] = None,
    asyncapi_document: Annotated[
        bool, typer.Option("--asyncapi", help="The AsyncAPI 3 document of every topic.")
    ] = False,
    directory: Annotated[
        Path | None,
        typer.Option(help="Write the JSON Schema of each event, and the AsyncAPI document, here."),
    ] = None,
) -> None:
    """The event contract: JSON Schema of each type of event, and AsyncAPI 3 of the whole.

    casepulse schemas visit.recorded
    """
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        for name in EVENTS:
            _write(directory / f"{name}.schema.json", json_schema(name))
        _write(directory / "asyncapi.json", asyncapi())
        aside.print(f"{len(EVENTS) + 1} files written to {directory}", highlight=False)
    elif asyncapi_document:
        sys.stdout.write(json.dumps(asyncapi(), indent=2) + "\n")
    elif event_type is not None:
        known("type of event", event_type, EVENTS, "casepulse schemas")
        sys.stdout.write(json.dumps(json_schema(event_type), indent=2) + "\n")
    else:
        for name, model in EVENTS.items():
            sys.stdout.write(f"{name:32} {(model.__doc__ or '').splitlines()[0]}\n")


def _write(path: Path, document: dict[str, Any]) -> None:
    replace_whole(path, json.dumps(document, indent=2).encode() + b"\n")


dead_letters = typer.Typer(
    help="What could not be read: look at it, and publish it again after a fix.",
    no_args_is_help=True,
)
commands.add_typer(dead_letters, name="dead-letters")

ReasonOption = Annotated[Reason | None, typer.Option(help="Only letters with this reason.")]


@dead_letters.command("list")
def list_letters(
    reason: ReasonOption = None,
    content: Annotated[
        bool,
        typer.Option(
            "--content",
            help="With the message itself and its headers, which may be about a child, and of a "
            "restricted record: off unless CASEPULSE_CHILD_LEVEL_COMMANDS is set.",
        ),
    ] = False,
    why: WhyLook = None,
) -> None:
    """One JSON line a letter: where the message stood, and why it was set aside.

    It names nobody. With --content it may: each such look is written into the audit log
    (docs/access.md).
    """
    looking = looker("dead-letters", why) if content else None
    letters = [
        each for each in read_letters(Settings.from_environment()) if reason in (None, each.reason)
    ]
    if looking is not None:
        looking.write_down("dead letters", Asked(), "position", len(letters))
    for letter in letters:
        line: dict[str, Any] = letter.described()
        if content:
            line["content"] = letter.value.decode(errors="backslashreplace")
            line["headers"] = [
                [name, (value or b"").decode(errors="backslashreplace")]
                for name, value in letter.headers
            ]
        sys.stdout.write(json.dumps(line) + "\n")


@dead_letters.command("replay")
def replay_letters(reason: ReasonOption = None) -> None:
    """Publish again what can be read by now, and take it out of the dead letters.

    What still can't be read stays, and is listed; the exit status is then 1.
    """
    settings = Settings.from_environment()
    letters = [each for each in read_letters(settings) if reason in (None, each.reason)]
    published, unread = replay(settings, letters)
    aside.print(f"{published} published again, {len(unread)} still unreadable", highlight=False)
    for letter in unread:
        sys.stdout.write(json.dumps(letter.described()) + "\n")
    if unread:
        raise typer.Exit(1)
