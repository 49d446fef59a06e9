"""The report of a release, in whichever formats and for whom."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Literal

import structlog

from casepulse.agents.release_store import ReleaseStore
from casepulse.report.commentary import read_commentary, write_places
from casepulse.report.compose import compose
from casepulse.report.document import Document, ReportError
from casepulse.schemas.profile import Profile, load_profile
from casepulse.schemas.publishable import Withheld
from casepulse.schemas.release import Release
from casepulse.schemas.view import MeasureView
from casepulse.shown.blocks import FigureName
from casepulse.shown.figures import Withholding, nothing_withheld
from casepulse.state import Catalogue
from casepulse.state.disclosure.publishable import Published, withheld
from casepulse.state.disclosure.withholding import UnprotectableError
from casepulse.state.release import catalogue_of

log = structlog.get_logger()

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
    store: ReleaseStore,
    name: str,
    edition: Edition,
    commentary: Path | None = None,
    here: Profile | None = None,
) -> Document:
    """The report of a release.

    Args:
        store: where the release is kept; and, of a publishable edition, what it withholds.
        name: which release.
        edition: for whom.
        commentary: the author's file: places that are new are added to it. None: no words.
        here: the profile of this place: the modules of an authority's own measures that it names
            are imported, and no others. Measures of others are left out of the internal edition.
            None: the default.

    Raises:
        casepulse.agents.release_store.ReleaseError: there is no such release.
        casepulse.report.commentary.CommentaryError: the author's file can't be read.
        casepulse.schemas.profile.ProfileError: a module that `here` names can't be imported.
        ReportError: an earlier edition shows too much, or a measure of an edition for publication
            is not defined here.
    """
    kept = store.read(name)
    catalogue = catalogue_of(kept.release, here or load_profile())
    release, away = _defined(kept.release, catalogue)
    if away and edition == "publishable":
        raise ReportError(f"{name}: what may be published can't be settled: {_undefined(away)}")
    if away:
        log.warning("left out of the report", release=name, why=_undefined(away))
    words = read_commentary(commentary) if commentary else {}
    document = compose(
        release,
        catalogue,
        edition=edition,
        commentary=words,
        content=kept.manifest.content,
        withheld=nothing_withheld
        if edition == "internal"
        else _withholding(store, release, catalogue),
        left_out=[each.title for each in away],
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


def _defined(release: Release, catalogue: Catalogue) -> tuple[Release, list[MeasureView]]:
    """A release with those of its measures that are defined here, and the others."""
    views = release.measures.values()
    here = {each.measure: each for each in views if each.measure in catalogue.measures}
    away = [each for each in views if each.measure not in catalogue.measures]
    return release.model_copy(update={"measures": here}), away


def _undefined(away: list[MeasureView]) -> str:
    names = ", ".join(each.measure for each in away)
    return (
        f"not defined here: {names}; the module of an authority's own measures must stand under "
        "measures_from in CASEPULSE_PROFILE, as it did when the release was made"
    )


def _withholding(
    store: ReleaseStore, release: Release, catalogue: Catalogue
) -> Callable[[FigureName], Withholding]:
    return edition_of(store, release, catalogue).of


def edition_of(store: ReleaseStore, release: Release, catalogue: Catalogue) -> Withheld:
    """What the publishable edition of a release withholds: decided once, then kept.

    It depends on the edition that came before it: a reader has both.
    """
    editions = store.editions()
    if release.name in editions:
        return store.read_edition(release.name)
    before = editions[-1] if editions else None
    earlier = Published(store.read(before).release, store.read_edition(before)) if before else None
    try:
        decided = withheld(release, catalogue, earlier)
    except UnprotectableError as error:
        raise ReportError(f"{release.name} after {before}: {error}") from error
    store.write_edition(decided)
    return decided
