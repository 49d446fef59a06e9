"""Extracts that lie in a folder, told one after another: as on so many nights."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

from casepulse.batch.told_store import ToldStore
from casepulse.schemas.envelope import Event
from casepulse.schemas.events import read_event
from casepulse.schemas.extracts import ExtractSettings
from casepulse.setup.new_profile import new_profile
from casepulse.state.calendar import midnight
from casepulse.streams.sources.extract import ExtractError, Request
from casepulse.streams.sources.readers import reader_of
from casepulse.streams.sources.recognition import day_of, extracts_in
from casepulse.streams.sources.survey import survey
from casepulse.streams.ticks import ticks


@dataclass(frozen=True, slots=True)
class Night:
    """One extract."""

    place: str
    source: str
    taken: datetime


def nights_in(folder: str) -> list[Night]:
    """The extracts of one source in a folder, in the order of their names.

    One whose name has a day was taken when that ended; any other when the last day had ended of
    which it tells something, or now.

    Raises:
        ExtractError: there is none, they are of several sources, or two are of one day.
    """
    if not Path(folder).exists():
        raise ExtractError(f"{folder}: is not there; give an extract, or a folder of some")
    found = list(extracts_in(folder))
    if not found:
        raise ExtractError(f"{folder}: holds no extract of a source that can be read")
    sources = sorted({source for _, source in found})
    if len(sources) > 1:
        raise ExtractError(
            f"{folder}: holds extracts of {' and '.join(sources)}; give each a folder of its own"
        )
    nights = [Night(place, source, _taken(place, source)) for place, source in found]
    for before, after in pairwise(nights):
        if after.taken <= before.taken:
            raise ExtractError(
                f"{after.place}: is of no later day than {before.place}; name each by its day, "
                "such as 2026-06-30"
            )
    return nights


def _taken(place: str, source: str) -> datetime:
    now = datetime.now(UTC).replace(microsecond=0)
    day = day_of(place)
    if day is None:
        found = survey(reader_of(source).read(Request(place, now)))
        day = found.extract.about or found.last
    return now if day is None else min(now, midnight(day + timedelta(days=1)))


def told_night_by_night(nights: Sequence[Night], settings: ExtractSettings) -> Iterator[Event[Any]]:
    """The events that tell the first extract and what the others change; after each a tick of the
    clock, at the instant at which it was taken."""
    clock = list(ticks((night.taken for night in nights), "casepulse-demo", "extract"))
    with TemporaryDirectory() as state:
        store = ToldStore(state, nights[0].source)
        for night, tick in zip(nights, clock, strict=True):
            request = Request(night.place, night.taken, settings)
            with TemporaryFile() as lines:

                def keep(told: Iterable[bytes], lines: IO[bytes] = lines) -> None:
                    lines.writelines(line + b"\n" for line in told)

                store.tell(reader_of(night.source).read(request), keep)
                lines.seek(0)
                yield from map(read_event, lines)
            yield tick


def again(nights: Sequence[Night]) -> str:
    """The command that prints the events of the last extract, told where nothing was before."""
    last = nights[-1]
    return (
        f"casepulse sources run {last.source} {last.place} --taken {last.taken.isoformat()} "
        "--state NEW-FOLDER"
    )


def begun(night: Night) -> str:
    """A profile for whoever has none yet: the standards of England, and no rate."""
    found = survey(reader_of(night.source).read(Request(night.place, night.taken)))
    name = "county.toml"
    return new_profile(found, authority=f"An extract ({night.source})", population=None, name=name)
