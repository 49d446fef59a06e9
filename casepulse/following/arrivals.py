"""What has come: the extracts in a folder, and which of them are complete; or a database.

When an extract was taken, its latest file says, within the day that its name may say: one that was
copied here later is of the day that it is named after, and one that is written over every night is
another each time.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from casepulse.following.settings import FollowSettings
from casepulse.schemas.errors import FailedError
from casepulse.state.calendar import INSTANT, end_of, midnight

#: A day in a name: 2026-11-30, 2026_11_30 or 20261130, perhaps with the hour behind it.
_DAY = re.compile(r"(?<!\d)(20\d\d)([-_.]?)(\d\d)\2(\d\d)(?=(?:\d{4}|\d{6})?(?!\d))")


class PlaceError(FailedError):
    """Where extracts should come nothing can be looked for; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An extract that is there."""

    name: str
    place: str
    """Where a reader finds it."""
    taken: datetime
    """When it was taken (UTC)."""
    mark: str
    """Another one whenever its name, or a name, size or time of a file of it is another."""


class Place(Protocol):
    """Where extracts come."""

    lasts: bool
    """Whether what was refused stays what it is, until it has another mark."""

    def arrivals(self, now: datetime) -> list[Arrival]:
        """What is there, oldest first.

        Raises:
            PlaceError: that can't be looked up.
        """

    def complete(self, arrival: Arrival, now: datetime) -> bool:
        """Whether no more of it is to come."""


class Database:
    """A database: each time it is read, that is an extract of just then."""

    lasts = False

    def __init__(self, settings: FollowSettings) -> None:
        self._url = settings.place.get_secret_value()

    def arrivals(self, now: datetime) -> list[Arrival]:
        """One, that of now."""
        return [Arrival("the database", self._url, now, "")]

    def complete(self, arrival: Arrival, now: datetime) -> bool:
        """Its reader sees whether it is whole."""
        return True


class Folder:
    """A folder, in which each extract is a folder or a file."""

    lasts = True

    def __init__(self, settings: FollowSettings) -> None:
        self._settings = settings
        self._since: dict[str, datetime] = {}
        """By mark, since when it is known to be so."""

    def arrivals(self, now: datetime) -> list[Arrival]:
        """What is there, by when it was taken; what its name dates after now is left out.

        Raises:
            PlaceError: the folder can't be read.
        """
        folder, match = self._settings.folder, self._settings.match
        try:
            names = [name for name in os.listdir(folder) if fnmatchcase(name, match)]
            found = [_arrival(folder / name) for name in names if self._is_extract(name)]
        except OSError as error:
            raise PlaceError(f"{folder}: {error.strerror} (CASEPULSE_FOLLOW_PLACE)") from None
        arrivals = sorted(
            (each for each in found if each is not None and each.taken <= now),
            key=lambda each: (each.taken, each.name),
        )
        marks = {each.mark for each in arrivals}
        self._since = {mark: since for mark, since in self._since.items() if mark in marks}
        for mark in marks:
            self._since.setdefault(mark, now)
        return arrivals

    def complete(self, arrival: Arrival, now: datetime) -> bool:
        """Whether its marker is there; without one, whether it has long been as it is."""
        marker = self._marker(arrival.name)
        if marker is not None:
            try:
                return marker.stat().st_mtime >= _newest(Path(arrival.place)) - 1
            except OSError:
                return False
        since = self._since.get(arrival.mark, now)
        return (now - since).total_seconds() >= self._settings.quiet

    def _marker(self, name: str) -> Path | None:
        marker = self._settings.marker
        return None if marker is None else self._settings.folder / f"{name}{marker[1:]}"

    def _is_extract(self, name: str) -> bool:
        """Neither hidden, nor the marker of another."""
        marker = self._settings.marker
        beside = marker is not None and "/" not in marker and name.endswith(marker[1:])
        return not name.startswith((".", "~")) and not beside


def _arrival(path: Path) -> Arrival | None:
    """What a path holds; None: nothing, yet."""
    files = sorted(_files(path))
    if not files:
        return None
    digest = sha256(path.name.encode(errors="surrogateescape"))
    for each in files:
        digest.update(repr(each).encode(errors="surrogateescape"))
    newest = max(modified for _, _, modified in files)
    return Arrival(path.name, str(path), _taken(path.name, newest / 1e9), digest.hexdigest()[:16])


def _files(path: Path) -> Iterator[tuple[str, int, int]]:
    """Name, size and time (ns) of every file of an extract. One that goes meanwhile is none."""
    about = _about(path)
    if about is not None and stat.S_ISREG(about.st_mode):
        yield path.name, about.st_size, about.st_mtime_ns
    elif about is not None and stat.S_ISDIR(about.st_mode):
        for folder, _, names in os.walk(path):
            for name in names:
                each = Path(folder, name)
                if (found := _about(each)) is not None:
                    yield str(each.relative_to(path)), found.st_size, found.st_mtime_ns


def _about(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _newest(path: Path) -> float:
    """When the last file of an extract was written, in seconds since the epoch."""
    return max((modified / 1e9 for _, _, modified in _files(path)), default=0.0)


def _taken(name: str, modified: float) -> datetime:
    """When an extract was taken: its latest file says, within the day of its name."""
    written = datetime.fromtimestamp(modified, UTC)
    day = _day_of(name)
    if day is None:
        return written
    return min(max(written, midnight(day)), end_of(day) - INSTANT)


def _day_of(name: str) -> date | None:
    for year, _, month, day in _DAY.findall(name):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None
