"""Making releases, making them again, and telling why two of them differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pydantic import ValidationError

from casepulse.agents.figures_table import figures_table
from casepulse.agents.release_news import announce, show
from casepulse.agents.release_store import FIGURES, RELEASE, Claim, Kept, ReleaseError, ReleaseStore
from casepulse.batch.archive_index import index_of
from casepulse.batch.counting import Counted, count
from casepulse.batch.differences import changes_between
from casepulse.batch.making import Making
from casepulse.batch.sources import withheld
from casepulse.schemas.profile import Profile
from casepulse.schemas.release import Kind, Release
from casepulse.state import Catalogue, Figures, catalogue_for
from casepulse.state.calendar import month_end, month_of
from casepulse.state.difference import Cause, Changed, Changes, explain
from casepulse.state.release import Cut, content_hash, make_release, release_bytes
from casepulse.state.viewing import definitions_version
from casepulse.streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Made:
    """A release, and whether it was there already."""

    kept: Kept
    there_already: bool


def make(
    making: Making,
    profile: Profile,
    month: date,
    kind: Kind,
    known: datetime | None = None,
    reason: str | None = None,
    approved_by: str | None = None,
) -> Made:
    """Make a release, or finish one whose making was broken off; one that is whole is let be.

    Args:
        making: from where, and where to.
        profile: whose standards.
        month: its first day.
        kind: how ripe it is. A flash release is known at the month's end.
        known: the cut; None: the month's end of a flash release; that of a final one whose making
            was broken off; else now.
        reason: of a restated one.
        approved_by: the role that approved a restated one.

    Raises:
        ReleaseError: the month has not ended, the cut is not in the past, or there may be no such
            release any more.
        casepulse.streams.committed.SourceError: the source can't be read.
    """
    now = datetime.now(UTC)
    at, name = month_end(month), month_of(month)
    begun = making.store.only(name, kind)
    cut = at if kind is Kind.FLASH else (known or (begun.known if begun else now)).astimezone(UTC)
    if at > now:
        raise ReleaseError(f"{name}: has not ended yet")
    if kind is Kind.FLASH and known not in (None, at):
        raise ReleaseError(f"{name}: a flash release is as known at the month's end, {at:%c %Z}")
    if not at <= cut <= now:
        raise ReleaseError(f"{name}: the cut must lie between the month's end and now")
    try:
        claim = Claim(kind=kind, known=cut, reason=reason, approved_by=approved_by)
    except ValidationError:
        raise ReleaseError("a reason and a role have words, 500 characters at the most") from None
    whole = f"{name}/{making.store.claimed(name, claim)}-{kind}"
    if making.store.is_whole(whole):
        return Made(making.store.read(whole), there_already=True)
    parts = making.parts()  # what can't be read claims no number
    if kind is Kind.FLASH and (waiting := withheld(parts)):
        raise ReleaseError(
            f"{name}: {waiting}; a flash release is made once, so when these have ended"
        )
    as_of = None if making.archive is None else index_of(making.archive).as_of
    if as_of is not None and cut > as_of:
        raise ReleaseError(
            f"{making.archive}: holds what was told by {as_of:%Y-%m-%d %H:%M %Z}; the cut can't be "
            "after that. Archive the topic again, or set --known"
        )
    number = making.store.claim(name, claim)
    catalogue = catalogue_for(profile)
    counted = count(parts, profile, at, cut, making.progress)
    release = make_release(
        Cut(month, kind, number, cut, reason, approved_by), counted.tally, counted.facts, catalogue
    )
    figures = Figures(counted.tally, catalogue, at)
    manifest = making.store.write(release, figures_table(figures), counted.reading)
    return Made(Kept(release, counted.reading, manifest), there_already=False)


def tell(kept: Kept, store: ReleaseStore, settings: Settings) -> None:
    """Announce a release on its topic, put its figures into Redis, and note that it was told.

    Raises:
        kafka.errors.KafkaError: Kafka didn't take it.
        Exception: one of `REDIS_ERRORS`: Redis didn't.
    """
    announce(kept, settings)
    show(kept, settings)
    store.mark_told(kept.release.name)


def made_again(making: Making, name: str) -> tuple[Kept, dict[str, tuple[str, str]]]:
    """A release that was kept; and, by file, the hash of what it says and of the same made again,
    from the offsets that it was made from: both as they are written today, if it was kept in an
    earlier format."""
    kept = making.store.read(name)
    release = kept.release
    parts = making.parts(kept.reading.read_to)
    profile = making.standards_of(release)
    counted = count(parts, profile, release.at, release.known, making.progress)
    catalogue = catalogue_for(profile)
    again = release_bytes(_again(release, counted, catalogue))
    figures = Figures(counted.tally, catalogue, release.at)
    table = content_hash(figures_table(figures))
    hashes = {
        RELEASE: (content_hash(release_bytes(release)), content_hash(again)),
        FIGURES: (kept.manifest.files[FIGURES], table),
    }
    return kept, hashes


def _again(release: Release, counted: Counted, catalogue: Catalogue) -> Release:
    month = date.fromisoformat(f"{release.month}-01")
    told = release.kind, release.number, release.known, release.reason, release.approved_by
    return make_release(Cut(month, *told), counted.tally, counted.facts, catalogue)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two releases of a month, and why they differ."""

    first: Kept
    second: Kept
    changes: Changes
    changed: Sequence[Changed]
    as_then: bool
    """Whether both were made by the definitions that are in force now. Otherwise each step is what
    a fact does by those of now, and what is left over may have changed at any time since."""


def difference(making: Making, first_name: str, second_name: str) -> Difference:
    """Why the second release says something else than the first.

    Raises:
        ReleaseError: they are of different months, or the second knew less than the first.
    """
    first, second = making.store.read(first_name), making.store.read(second_name)
    one, two = first.release, second.release
    if one.month != two.month:
        raise ReleaseError(f"{one.name} and {two.name} are of different months")
    if one.known > two.known:
        raise ReleaseError(f"{two.name} was known before {one.name}; name the earlier one first")
    known = (one, first.reading), (two, second.reading)
    parts, parts_first = making.parts(second.reading.read_to), making.parts(first.reading.read_to)
    profiles = making.standards_of(one), making.standards_of(two)
    counted = count(parts_first, profiles[0], one.at, one.known, making.progress).tally
    counted_second = None
    if profiles[0] != profiles[1]:
        counted_second = count(parts, profiles[1], two.at, two.known, making.progress).tally
    changes = changes_between(parts, profiles[0], *known, making.progress)
    catalogues = catalogue_for(profiles[0]), catalogue_for(profiles[1])
    changed = list(explain(one, two, counted, counted_second, changes, catalogues))
    as_then = all(
        release.definitions == definitions_version(catalogue)
        for release, catalogue in zip((one, two), catalogues, strict=True)
    )
    if as_then and any(Cause.DEFINITION in each.steps for each in changed):
        raise ReleaseError(
            f"{one.name} and {two.name}: these events do not come to what they say, though the "
            "definitions are the same. Is this their source? casepulse release verify tells"
        )
    return Difference(first, second, changes, changed, as_then)
