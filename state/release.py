"""Releases: from a tally to the frozen figures of a month, and nothing that depends on who asks."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple

from casepulse.schemas.release import Kind, Release
from casepulse.schemas.stored.release import RELEASE
from casepulse.state.calendar import add_months, bank_holidays, month_end, month_of, months_back
from casepulse.state.figures import Figure, Figures
from casepulse.state.opening import catalogue_for
from casepulse.state.partition import SERIES
from casepulse.state.rules import Catalogue
from casepulse.state.tally import Tally
from casepulse.state.viewing import definitions_version, measure_views

#: What a measure's view has in the live view alone.
_LIVE_ONLY = {"measures": {"__all__": {"awaited"}}}


class Cut(NamedTuple):
    """Which release it is."""

    month: date
    """Its first day."""
    kind: Kind
    number: int
    known: datetime
    reason: str | None = None
    approved_by: str | None = None

    @property
    def at(self) -> datetime:
        """The instant that its figures are as at: the first after the month."""
        return month_end(self.month)


def make_release(cut: Cut, tally: Tally, facts: Mapping[str, int], catalogue: Catalogue) -> Release:
    """The release of a tally.

    Args:
        cut: which release.
        tally: as at `cut.at`, of the facts recorded before `cut.known`.
        facts: how many facts of each type were known.
        catalogue: by which it was counted.
    """
    profile = catalogue.profile
    first, last = months_back(cut.month, SERIES)[0], add_months(cut.month, 13)
    return Release(
        authority=profile.authority,
        month=month_of(cut.month),
        number=cut.number,
        kind=cut.kind,
        at=cut.at,
        known=cut.known,
        reason=cut.reason,
        approved_by=cut.approved_by,
        definitions=definitions_version(catalogue),
        profile=profile,
        bank_holidays=bank_holidays(first, last),
        facts=dict(sorted(facts.items())),
        measures=measure_views(Figures(tally, catalogue, cut.at)),
    )


def release_bytes(release: Release) -> bytes:
    """A release as it is kept: JSON, the keys of objects in the order of the model, a newline.

    Without what is awaited: that lies ahead of the live view, and no release has any.
    """
    return RELEASE.write(release.model_dump_json(exclude=_LIVE_ONLY))


def read_release(kept: bytes, number: int) -> Release:
    """A release as it was kept, in whichever format.

    Args:
        kept: its bytes.
        number: of their format.

    Raises:
        casepulse.schemas.stored.StoredError: a later version has kept it, or it is not what was
            kept.
    """
    return Release.model_validate_json(RELEASE.read(kept, number).model_dump_json())


def catalogue_of(release: Release) -> Catalogue:
    """What the measures of a release are, by the profile that it was made by. Measures that came
    since are not asked for: that profile knows nothing of them."""
    return catalogue_for(release.profile, release.measures)


def content_hash(kept: bytes) -> str:
    """What names the content of a release: the SHA-256 of its bytes."""
    return sha256(kept).hexdigest()


def all_figures(figures: Figures) -> Iterator[tuple[str, Figure]]:
    """Every figure of a release with its month: each measure, month of the series and locality."""
    for measure in figures.catalogue.measures.values():
        for locality in figures.localities:
            yield from figures.series(measure, locality)
