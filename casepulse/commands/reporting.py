"""The command that writes the formal report."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from casepulse.agents.release_store import ReleaseStore
from casepulse.logs import log_to_stderr
from casepulse.state import open_catalogue
from casepulse.streams.whole_files import replace_whole
from casepulse.terminal.options import StoreOption
from casepulse.terminal.screen import aside, progress

commands = typer.Typer()


class ReportFormat(StrEnum):
    """What the report is written as."""

    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    ODS = "ods"


class ReportEdition(StrEnum):
    """For whom the report is."""

    INTERNAL = "internal"
    PUBLISHABLE = "publishable"


@commands.command()
def report(
    release: Annotated[
        str, typer.Option(help="Such as 2021-01/2-final; of a month alone, its latest.")
    ],
    store: StoreOption,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the report is written.")] = Path(
        "reports"
    ),
    format: Annotated[  # noqa: A002
        list[ReportFormat] | None,
        typer.Option(help="May be given more than once. Default: all four."),
    ] = None,
    edition: Annotated[
        ReportEdition,
        typer.Option(help="publishable: small counts are withheld, by the profile's rule."),
    ] = ReportEdition.INTERNAL,
    commentary: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where the author's words are: a Markdown file a month, which the first run makes "
            "and no run overwrites.",
        ),
    ] = Path("commentary"),
    profile: Annotated[
        Path | None,
        typer.Option(
            help="Of this alone: which modules of own measures (measures_from) may be imported to "
            "speak of them. All else stands in the release.",
            envvar="CASEPULSE_PROFILE",
        ),
    ] = None,
) -> None:
    """The formal report of a month, from its release: HTML, PDF, XLSX and ODS.

    In the order of the report of January 2021: dashboard, summaries, demand, and a chapter a
    section, with charts, tables of localities and every measure. Sentences are made from the
    figures; the author's own go into commentary/<month>.md, and stay there.

    The first publishable edition of a release settles what it withholds, so that it and the
    editions before it together give nothing away; that is kept beside the release.

        casepulse report --release 2021-01/2-final --format pdf
    """
    # What a report needs is large, and no other command needs it.
    from casepulse.reports import document_of, written  # noqa: PLC0415

    log_to_stderr("warning")
    kept = ReleaseStore(store)
    if "/" not in release:
        release = kept.latest(release) or release
    month = release.partition("/")[0]
    words = commentary / f"{month}.md" if commentary else None
    document = document_of(kept, release, edition.value, words, open_catalogue(profile).profile)
    out.mkdir(parents=True, exist_ok=True)
    wanted = format or list(ReportFormat)
    with progress() as bar:
        task = bar.add_task("formats", total=len(wanted))
        for each in wanted:
            path = out / f"performance-report-{release.replace('/', '-')}-{edition}.{each}"
            replace_whole(path, written(document, each.value))
            bar.advance(task)
            aside.print(f"{path}", highlight=False)
