"""Where releases are kept: a directory, or an object store by its URL. Nothing in it is changed.

    <month>/only-final.claim      that there is one final release of the month, and its cut
    <month>/<number>.claim        which release has the number
    <month>/<number>-<kind>/      release-<hash>.json, figures-<hash>.parquet, reading-<hash>.json
                 manifest.json    the hash of each; written last: without it there is no release
                 told             once it was announced
                 publishable.json what its publishable edition withholds, once there is one

Claims and manifests are made whole, and once: of two makings at the same time one is refused, or
finds what the other has made. A making that was broken off leaves claims and perhaps some files;
the next one for the same cut takes up its number, and writes all of it again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem
from pydantic import AwareDatetime

from casepulse.schemas.envelope import Strict
from casepulse.schemas.errors import FailedError
from casepulse.schemas.publishable import Withheld
from casepulse.schemas.release import Kind, Manifest, Reading, Release, Words
from casepulse.schemas.stored import Format, StoredError
from casepulse.schemas.stored import release as stored
from casepulse.state.release import content_hash, read_release, release_bytes
from casepulse.streams.whole_files import create_whole, naming
from casepulse.streams.whole_objects import put_whole

RELEASE, FIGURES, READING = "release.json", "figures.parquet", "reading.json"

_MANIFEST, _TOLD, _PUBLISHABLE = "manifest.json", "told", "publishable.json"

#: Of these a month has no more than one.
_ONLY_ONE = (Kind.FLASH, Kind.FINAL)

_NAME = re.compile(rf"\d{{4}}-\d{{2}}/[1-9]\d*-({'|'.join(Kind)})")


class ReleaseError(FailedError):
    """A release that is not there, is not what it was, or may not be made; the message says why."""


class Claim(Strict):
    """Which release has a number."""

    kind: Kind
    known: AwareDatetime
    reason: Words | None = None
    approved_by: Words | None = None


CLAIM = Format("a claim", Claim)


@dataclass(frozen=True, slots=True)
class Kept:
    """A release as it was kept."""

    release: Release
    reading: Reading
    manifest: Manifest


class ReleaseStore:
    """The releases of one authority.

    Args:
        url: a directory, or the URL of a folder of an object store that fsspec knows.
    """

    def __init__(self, url: str) -> None:
        """
        Raises:
            ReleaseError: nothing can be kept there.
        """
        self._url = url
        try:
            self._system, self._path = fsspec.url_to_fs(url)
        except (ValueError, ImportError, OSError) as error:
            raise ReleaseError(f"{url}: releases can't be kept there: {error}") from None

    def names(self, month: str | None = None) -> list[str]:
        """The releases that there are, whole, oldest month first."""
        return self._named(f"{month or '*'}/*/{_MANIFEST}")

    def _named(self, pattern: str) -> list[str]:
        found = self._system.glob(f"{self._path}/{pattern}")
        names = ["/".join(name.split("/")[-3:-1]) for name in found]
        return sorted((name for name in names if _NAME.fullmatch(name)), key=_in_order)

    def latest(self, month: str) -> str | None:
        """The release of a month with the highest number."""
        names = self.names(month)
        return names[-1] if names else None

    def manifest(self, name: str) -> Manifest:
        """What a release consists of.

        Raises:
            ReleaseError: there is no such release, or its manifest was changed.
        """
        if not (_NAME.fullmatch(name) and self.is_whole(name)):
            there = ", ".join(self.names()) or "none yet"
            raise ReleaseError(f"{self._url}: there is no release {name}; there are: {there}")
        try:
            manifest = stored.MANIFEST.read(self._read(f"{name}/{_MANIFEST}"))
        except StoredError as error:
            raise ReleaseError(f"{self._url}: {name}/{_MANIFEST} {error}") from None
        if manifest.name != name or manifest.content != manifest.files.get(RELEASE):
            raise ReleaseError(f"{self._url}: {name} is the copy of another release")
        return manifest

    def read(self, name: str) -> Kept:
        """A release, looked over: every file is what its manifest says.

        Raises:
            ReleaseError: there is no such release, or a file of it was changed.
        """
        manifest = self.manifest(name)
        told: dict[str, bytes] = {}
        for file, expected in manifest.files.items():
            kept = _kept_as(file, expected)
            try:
                told[file] = self._read(f"{name}/{kept}")
            except FileNotFoundError:
                raise ReleaseError(f"{self._url}: {name}/{kept} is gone") from None
            if content_hash(told[file]) != expected:
                raise ReleaseError(
                    f"{self._url}: {name}/{kept} is not what it was when it was released"
                )
        try:
            release = read_release(told[RELEASE], manifest.format)
            return Kept(release, stored.READING.read(told[READING], manifest.format), manifest)
        except StoredError as error:
            raise ReleaseError(f"{self._url}: {name} {error}") from None

    def claimed(self, month: str, wanted: Claim) -> int | None:
        """The number that a release has already; None if it has none."""
        return next((number for number, claim in self._claims(month) if claim == wanted), None)

    def only(self, month: str, kind: Kind) -> Claim | None:
        """The claim of the one flash or final release of a month, whole or begun; None if none."""
        try:
            return self._claim(f"{month}/only-{kind}.claim")
        except FileNotFoundError:
            return None

    def claim(self, month: str, wanted: Claim) -> int:
        """The number of a release that is to be made: that of its claim if there is one.

        Raises:
            ReleaseError: there may be no such release: a month has one flash and one final one,
                none but a restated one comes after that, and no cut goes back.
        """
        told = wanted.model_dump_json().encode()
        if wanted.kind in _ONLY_ONE and not self._create(f"{month}/only-{wanted.kind}.claim", told):
            there = self.only(month, wanted.kind)
            if there is not None and there != wanted:
                raise ReleaseError(
                    f"{month}: has a {wanted.kind} release, or one is being made, as known at "
                    f"{there.known:%Y-%m-%d %H:%M %Z}; what was released holds"
                )
        while True:
            claims = dict(self._claims(month))
            for number, claim in claims.items():
                if claim == wanted:
                    return number
            self._check(month, wanted)
            number = max(claims, default=0) + 1
            if self._create(f"{month}/{number}.claim", told):
                return number  # else another was quicker: look again

    def is_whole(self, name: str) -> bool:
        """Whether a release was made to its end."""
        return bool(self._system.exists(f"{self._path}/{name}/{_MANIFEST}"))

    def write(self, release: Release, figures: bytes, reading: Reading) -> Manifest:
        """Keep a release, under the number that it claimed.

        Args:
            release: what it says.
            figures: all of them, as `casepulse.agents.figures_table` writes them.
            reading: what was read to make it.

        Raises:
            ReleaseError: a release of that name is there, and says something else.
        """
        files = {
            RELEASE: release_bytes(release),
            FIGURES: figures,
            READING: stored.READING.write(reading.model_dump_json()),
        }
        hashes = {name: sha256(told).hexdigest() for name, told in files.items()}
        manifest = Manifest(
            format=stored.RELEASE.number,
            name=release.name,
            content=hashes[RELEASE],
            files=hashes,
        )
        for name, told in files.items():
            self._put(f"{release.name}/{_kept_as(name, hashes[name])}", told)
        last = stored.MANIFEST.write(manifest.model_dump_json())
        if not self._create(f"{release.name}/{_MANIFEST}", last):
            there = self.manifest(release.name)
            if there.content != manifest.content:
                raise ReleaseError(
                    f"{release.name}: is there already, and says something else; what was released "
                    "holds. Make a restated one, with a reason"
                )
            return there
        return manifest

    def mark_told(self, name: str) -> None:
        """Note that a release was announced, and stands in Redis."""
        self._create(f"{name}/{_TOLD}", b"")

    def was_told(self, name: str) -> bool:
        """Whether it was."""
        return bool(self._system.exists(f"{self._path}/{name}/{_TOLD}"))

    def editions(self) -> list[str]:
        """The releases of which there is a publishable edition, oldest month first."""
        return self._named(f"*/*/{_PUBLISHABLE}")

    def read_edition(self, name: str) -> Withheld:
        """What the publishable edition of a release withholds.

        Raises:
            ReleaseError: there is none.
        """
        try:
            return stored.WITHHELD.read(self._read(f"{name}/{_PUBLISHABLE}"))
        except FileNotFoundError:
            raise ReleaseError(f"{name}: has no publishable edition yet") from None
        except StoredError as error:
            raise ReleaseError(f"{self._url}: {name}/{_PUBLISHABLE} {error}") from None

    def write_edition(self, withheld: Withheld) -> None:
        """Keep what a publishable edition withholds.

        Raises:
            ReleaseError: there is one that withholds something else; what was published is out.
        """
        name, told = withheld.release, stored.WITHHELD.write(withheld.model_dump_json())
        if not self._create(f"{name}/{_PUBLISHABLE}", told) and self.read_edition(name) != withheld:
            raise ReleaseError(f"{name}: its publishable edition is out, and withholds otherwise")

    def _check(self, month: str, wanted: Claim) -> None:
        names = self.names(month)
        kinds = [name.rpartition("-")[2] for name in names]
        if Kind.FINAL in kinds and wanted.kind is not Kind.RESTATED:
            raise ReleaseError(f"{month}: has its final release; after it there are restated ones")
        if Kind.FINAL not in kinds and wanted.kind is Kind.RESTATED:
            raise ReleaseError(f"{month}: has no final release yet that could be restated")
        numbers = {_in_order(name)[1] for name in names}
        whole = [claim.known for number, claim in self._claims(month) if number in numbers]
        if wanted.kind is not Kind.FLASH and whole and wanted.known < max(whole):
            raise ReleaseError(
                f"{month}: has a release as known at {max(whole):%Y-%m-%d %H:%M %Z}; the cut of "
                "the next can't be before that"
            )

    def _claims(self, month: str) -> Iterator[tuple[int, Claim]]:
        for path in self._system.glob(f"{self._path}/{month}/*.claim"):
            name = path.rsplit("/", 1)[1].removesuffix(".claim")
            if name.isdigit():
                yield int(name), self._claim(f"{month}/{name}.claim")

    def _claim(self, name: str) -> Claim:
        try:
            return CLAIM.read(self._read(name))
        except StoredError as error:
            raise ReleaseError(f"{self._url}: {name} {error}") from None

    def _read(self, name: str) -> bytes:
        told: bytes = self._system.cat_file(f"{self._path}/{name}")
        return told

    def _create(self, name: str, told: bytes) -> bool:
        """Make a file that is not there, whole; False if it is there."""
        path = f"{self._path}/{name}"
        self._system.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        try:
            if isinstance(self._system, LocalFileSystem):
                create_whole(Path(path), told)
            else:  # an object store makes an object whole, or not at all
                with naming(path), self._system.open(path, "xb") as file:
                    file.write(told)
        except FileExistsError:
            return False
        return True

    def _put(self, name: str, told: bytes) -> None:
        """Write a file that nothing names yet, or that says the same."""
        path = f"{self._path}/{name}"
        self._system.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        put_whole(self._system, path, told)


def _kept_as(file: str, expected: str) -> str:
    """A file's name holds its hash, so that two makings at once can't spoil each other's."""
    stem, dot, suffix = file.partition(".")
    return f"{stem}-{expected[:16]}{dot}{suffix}"


def _in_order(name: str) -> tuple[str, int]:
    month, _, rest = name.partition("/")
    return month, int(rest.partition("-")[0])
