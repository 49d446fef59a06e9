"""The formal report: from a release to a document that knows no format."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from casepulse.report.chapters.body import body_chapter
from casepulse.report.chapters.dashboard import dashboard
from casepulse.report.chapters.data_quality import data_quality
from casepulse.report.chapters.definitions import definitions
from casepulse.report.chapters.outline import BODY, DEMAND
from casepulse.report.chapters.overview import overview
from casepulse.report.chapters.summary import executive_summary
from casepulse.report.document import Document
from casepulse.report.material import Edition, Material
from casepulse.schemas.measure import Section
from casepulse.schemas.release import Release
from casepulse.shown.figures import Withheld, nothing_withheld, shown_measures
from casepulse.shown.months import last_day_before
from casepulse.state import Catalogue
from casepulse.state.release import content_hash, release_bytes

_TITLE = "Children's Services Performance Report"


def compose(
    release: Release,
    catalogue: Catalogue,
    *,
    edition: Edition = "internal",
    commentary: Mapping[str, str] = MappingProxyType({}),
    withheld: Withheld = nothing_withheld,
    content: str | None = None,
    left_out: Sequence[str] = (),
) -> Document:
    """The report of a month, in the order of that of January 2021.

    Args:
        release: all its figures.
        catalogue: what the measures are.
        edition: for whom.
        commentary: the author's own words, by the place where they stand (`commentary.py`).
        withheld: what of each figure is not shown. Nothing that would tell of it is, either: no
            sentence, point of a chart, direction or colour.
        content: what names the content of the release as it was kept; None: as it is kept today.
        left_out: the titles of measures that the release had, and of which nothing can be said.

    Raises:
        UndefinedMeasureError: the release has a measure that the catalogue doesn't define.
    """
    measures = shown_measures(release, catalogue, withheld)
    if edition == "publishable":
        measures = {
            name: each
            for name, each in measures.items()
            if each.definition.section is not Section.DATA_QUALITY
        }
    material = Material(release, measures, commentary, edition)
    return Document(
        title=_TITLE,
        authority=release.authority,
        month=material.month_and_year,
        edition=edition,
        release=release.name,
        facts=(
            *_facts(material, content or content_hash(release_bytes(release))),
            *([("Left out, as not defined here", "; ".join(left_out))] if left_out else []),
        ),
        chapters=(
            overview(material),
            dashboard(material),
            executive_summary(material),
            body_chapter(material, DEMAND),
            *(body_chapter(material, each) for each in BODY),
            definitions(material),
            data_quality(material),
        ),
    )


def _facts(material: Material, content: str) -> tuple[tuple[str, str], ...]:
    release = material.release
    facts = [
        ("Reporting period", material.month_and_year),
        ("Edition", material.edition.capitalize()),
        ("Release", f"{release.name} ({release.kind.value})"),
        ("Figures as at", f"the end of {last_day_before(release.at)}"),
        ("As known at", f"the end of {last_day_before(release.known)}"),
        ("Definitions and standards", release.definitions),
    ]
    if material.edition == "internal":
        # Who knows all but a withheld count could find it by trying what gives the hash.
        facts.append(("Content hash (SHA-256)", content))
    if release.reason is not None and release.approved_by is not None:
        facts += [("Restated because", release.reason), ("Approved by", release.approved_by)]
    return tuple(facts)
