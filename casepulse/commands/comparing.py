"""The command that holds the figures to the published report."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from casepulse.counties.comparison import Verdict, compare, of_figures
from casepulse.counties.january_2021 import january_2021
from casepulse.counties.january_2021.county import AS_AT, KNOWN
from casepulse.schemas.errors import FailedError
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.measure import Section
from casepulse.state import Fact, Figures, evaluate, open_catalogue
from casepulse.terminal.compared import show_compared
from casepulse.terminal.event_lines import Lines, facts_of
from casepulse.terminal.options import Format, ProfileOption
from casepulse.terminal.screen import output

commands = typer.Typer()


class DiffersError(FailedError):
    """A figure that adds up in the report was not found."""


class Which(StrEnum):
    """Which figures are printed."""

    ALL = "all"
    UNEQUAL = "unequal"


@commands.command("compare")
def compare_report(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE...]", help="Events; none: the made-up county's own."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the made-up county: other children.")] = 7,
    section: Annotated[
        Section | None, typer.Option(help="Only this section of the report.")
    ] = None,
    which: Annotated[Which, typer.Option(help="What to print.")] = Which.ALL,
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.TABLE,  # noqa: A002
    profile: ProfileOption = None,
) -> None:
    """The report of January 2021, figure by figure: published beside computed.

    Computed from the events alone, as at 1 February 2021 and as known on 8 March. A figure is equal
    if its numerator, its denominator and its value are those that the report prints, as far as it
    prints them. Where the report contradicts itself, the reason stands beside it. The exit status
    is 1 if a figure differs that does not.

        casepulse compare --which unequal
    """
    catalogue = open_catalogue(profile)
    if files:
        lines = Lines(files)
        facts = facts_of(lines)
    else:
        facts = (Fact.of(event) for event in january_2021(seed) if event.type != ClockTicked.TYPE)
    figures = Figures(evaluate(facts, catalogue, AS_AT, KNOWN), catalogue, AS_AT)
    compared = [
        each
        for each in compare(catalogue, of_figures(figures))
        if section is None or each.published.section == section.value
    ]
    shown = [each for each in compared if which is Which.ALL or each.verdict is not Verdict.EQUAL]
    show_compared(shown, format)
    count = sum(each.verdict is Verdict.EQUAL for each in compared)
    summary = f"{count} of {len(compared)} figures are equal"
    if format is Format.TABLE:
        output().print(summary, highlight=False)
    if files:
        lines.finish()
    differing = [e for e in compared if e.verdict in (Verdict.DIFFERS, Verdict.MISSING)]
    if differing:
        raise DiffersError(f"{len(differing)} figures that add up in the report differ")
