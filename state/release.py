"""Releases: from a tally to the frozen figures of a month, and nothing that depends on who asks."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from casepulse.schemas.comparators import Compared
from casepulse.schemas.profile import MeasureSettings, Profile, ProfileError
from casepulse.schemas.release import Kind, LeftOut, Release
from casepulse.schemas.source import EVERYTHING
from casepulse.schemas.stored.release import RELEASE
from casepulse.state.calendar import add_months, bank_holidays, month_end, month_of, months_back
from casepulse.state.figures import Figure, Figures
from casepulse.state.own_measures import measures_of
from casepulse.state.partition import SERIES
from casepulse.state.rules import Catalogue
from casepulse.state.tally import Tally
from casepulse.state.viewing import definitions_version, measure_views

#: What a measure's view has in the live view alone, and a profile where it is loaded.
_LIVE_ONLY: dict[str, Any] = {
    "measures": {"__all__": {"awaited"}},
    "profile": {"measures_from"},
}


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

    Raises:
        ProfileError: the profile does not say how many children live here.
    """
    profile = catalogue.profile
    if profile.population is None:
        raise ProfileError("must be said before a month is released", ("population",))
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
        measures_from=profile.measures_from,
        bank_holidays=bank_holidays(first, last),
        not_in_sources={
            name: LeftOut(title=catalogue.left_out[name].title, missing=list(missing))
            for name, missing in catalogue.not_in_sources.items()
        },
        facts=dict(sorted(facts.items())),
        measures=measure_views(Figures(tally, catalogue, cut.at)),
    )


def release_bytes(release: Release) -> bytes:
    """A release as it is kept: JSON, the keys of objects in the order of the model, a newline.

    Without what is awaited: that lies ahead of the live view, and no release has any. And without
    names of modules in its profile, which it tells of itself.
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


def profile_of(release: Release, here: Profile) -> Profile:
    """The profile that a release was made by, with the modules of its measures that the one of
    this place names, too. Others are not imported: a record decides on no code that is run."""
    named = [each for each in release.measures_from if each in here.measures_from]
    return release.profile.model_copy(update={"measures_from": named})


def catalogue_of(release: Release, here: Profile) -> Catalogue:
    """What the measures of a release are, by the profile that it was made by.

    Measures that came since are not asked for: that profile knows nothing of them. Nor are those
    whose module is not named here.

    Raises:
        ProfileError: a module that is named here can't be imported, or what it defines does not
            hold.
    """
    profile = profile_of(release, here)
    measures = measures_of(profile.measures_from)
    known = release.measures.keys() & measures.definitions.keys()
    rules = {measures.definitions[name].base for name in known}
    settings = {
        name: each.model_copy(update={"compared": _still_compared(each, here.settings(name))})
        for name, each in profile.measures.items()
        if name in known | rules
    }
    # Its views say where each stands; and what it has, its sources could feed when it was made.
    update = {"measures": settings, "dashboard": None, "sources": [EVERYTHING], "source": {}}
    return Catalogue(measures, profile.model_copy(update=update), known)


def _still_compared(then: MeasureSettings, here: MeasureSettings) -> dict[str, Compared]:
    """What the comparators of a release rest on, which it does not keep: those that this place
    has by the same name, in which the year is, with the same value."""
    return {
        name: said
        for name, said in here.compared.items()
        if then.comparators.get(name) == said.value
    }


def content_hash(kept: bytes) -> str:
    """What names the content of a release: the SHA-256 of its bytes."""
    return sha256(kept).hexdigest()


def all_figures(figures: Figures) -> Iterator[tuple[str, Figure]]:
    """Every figure of a release with its month: each measure, month of the series and locality."""
    for measure in figures.catalogue.measures.values():
        for locality in figures.localities:
            yield from figures.series(measure, locality)
