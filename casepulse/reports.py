"""The report of a release, in whichever formats and for whom."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Literal

from casepulse.agents.release_store import ReleaseStore
from casepulse.report.commentary import read_commentary, write_places
from casepulse.report.compose import compose
from casepulse.report.document import Document, ReportError
from casepulse.schemas.publishable import Withheld
from casepulse.schemas.release import Release
from casepulse.shown.blocks import FigureName
from casepulse.shown.figures import Withholding, nothing_withheld
from casepulse.state.disclosure.publishable import Published, withheld
from casepulse.state.disclosure.withholding import UnprotectableError
from casepulse.state.release import catalogue_of

#: What makes each format: a module of `casepulse.report` and its function. Loaded when asked for:
#: a PDF needs Pango, which a machine that writes spreadsheets need not have.
FORMATS = {
    "html": ("html", "render_html"),
    "pdf": ("pdf", "render_pdf"),
    "xlsx": ("xlsx", "render_xlsx"),
    "ods": ("ods", "render_ods"),
}

Edition = Literal["internal", "publishable"]


def document_of(
    store: ReleaseStore, name: str, edition: Edition, commentary: Path | None = None
) -> Document:
    """The report of a release.

    Args:
        store: where the release is kept; and, of a publishable edition, what it withholds.
        name: which release.
        edition: for whom.
        commentary: the author's file: places that are new are added to it. None: no words.

    Raises:
        casepulse.agents.release_store.ReleaseError: there is no such release.
        casepulse.report.commentary.CommentaryError: the author's file can't be read.
        ReportError: an earlier edition shows too much.
    """
    kept = store.read(name)
    release = kept.release
    catalogue = catalogue_of(release)
    words = read_commentary(commentary) if commentary else {}
    document = compose(
        release,
        catalogue,
        edition=edition,
        commentary=words,
        content=kept.manifest.content,
        withheld=nothing_withheld if edition == "internal" else _withholding(store, release),
    )
    if commentary:
        write_places(commentary, document)
    return document


def written(document: Document, format_: str) -> bytes:
    """A document in one of the `FORMATS`.

    Raises:
        OSError: what the format needs is not there; the message says what.
    """
    module, function = FORMATS[format_]
    told: str | bytes = getattr(import_module(f"casepulse.report.{module}"), function)(document)
    return told.encode() if isinstance(told, str) else told


def _withholding(store: ReleaseStore, release: Release) -> Callable[[FigureName], Withholding]:
    return edition_of(store, release).of


def edition_of(store: ReleaseStore, release: Release) -> Withheld:
    """What the publishable edition of a release withholds: decided once, then kept.

    It depends on the edition that came before it: a reader has both.
    """
    editions = store.editions()
    if release.name in editions:
        return store.read_edition(release.name)
    before = editions[-1] if editions else None
    earlier = Published(store.read(before).release, store.read_edition(before)) if before else None
    try:
        decided = withheld(release, catalogue_of(release), earlier)
    except UnprotectableError as error:
        raise ReportError(f"{release.name} after {before}: {error}") from error
    store.write_edition(decided)
    return decided
