"""Where releases are kept: a directory, or an object store by its URL. Nothing in it is changed.

    <month>/<number>.claim        which release has the number; written first
    <month>/<number>-<kind>/      release.json, figures.parquet, reading.json
                 manifest.json    written last: without it there is no release
                 publishable.json  what its publishable edition withholds, once there is one

A making that was broken off leaves a claim and perhaps some files. The next one
for the same cut finds the claim, takes its number, and writes all of it again.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import AwareDatetime, ValidationError

from schemas.envelope import Strict
from schemas.publishable import Withheld
from schemas.release import Kind, Manifest, Reading, Release
from state import Figures
from state.release import all_figures, content_hash, release_bytes

RELEASE, FIGURES, READING, MANIFEST = (
    "release.json",
    "figures.parquet",
    "reading.json",
    "manifest.json",
)

#: Beside the release, and no part of it: editions are made later, and one after another.
PUBLISHABLE = "publishable.json"


class ReleaseError(RuntimeError):
    """A release that is not there, is not what it was, or may not be made; the message says why."""


class Claim(Strict):
    """Which release has a number."""

    kind: Kind
    known: AwareDatetime
    reason: str | None = None
    approved_by: str | None = None


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
        self._url = url
        self._system, self._path = fsspec.url_to_fs(url)

    def names(self, month: str | None = None) -> list[str]:
        """The releases that there are, whole, oldest month first."""
        found = self._system.glob(f"{self._path}/{month or '*'}/*/{MANIFEST}")
        names = ["/".join(name.split("/")[-3:-1]) for name in found]
        return sorted(names, key=_in_order)

    def latest(self, month: str) -> str | None:
        """The release of a month with the highest number."""
        names = self.names(month)
        return names[-1] if names else None

    def read(self, name: str) -> Kept:
        """A release, looked over: every file is what its manifest says.

        Raises:
            ReleaseError: there is no such release, or a file of it was changed.
        """
        try:
            manifest = Manifest.model_validate_json(self._read(f"{name}/{MANIFEST}"))
        except FileNotFoundError:
            there = ", ".join(self.names()) or "none yet"
            raise ReleaseError(
                f"{self._url}: there is no release {name}; there are: {there}"
            ) from None
        except ValidationError as error:
            raise ReleaseError(f"{self._url}: {name}: {MANIFEST} is no manifest: {error}") from None
        for file, expected in manifest.files.items():
            if content_hash(self._read(f"{name}/{file}")) != expected:
                raise ReleaseError(
                    f"{self._url}: {name}/{file} is not what it was when it was released"
                )
        release = Release.model_validate_json(self._read(f"{name}/{RELEASE}"))
        reading = Reading.model_validate_json(self._read(f"{name}/{READING}"))
        return Kept(release, reading, manifest)

    def claimed(self, month: str, wanted: Claim) -> int | None:
        """The number that a release has already; None if it has none."""
        return next((number for number, claim in self._claims(month) if claim == wanted), None)

    def claim(self, month: str, wanted: Claim) -> int:
        """The number of a release that is to be made: that of its claim if there is one.

        Raises:
            ReleaseError: there may be no such release: a month has one flash and one final one,
                and none but a restated one comes after that.
        """
        number = self.claimed(month, wanted)
        if number is not None:
            return number
        self._check(month, wanted)
        number = max(dict(self._claims(month)), default=0) + 1
        while not self._create(f"{month}/{number}.claim", wanted.model_dump_json().encode()):
            number += 1  # another was quicker
        return number

    def is_whole(self, name: str) -> bool:
        """Whether a release was made to its end."""
        return bool(self._system.exists(f"{self._path}/{name}/{MANIFEST}"))

    def write(self, release: Release, figures: Figures, reading: Reading) -> Manifest:
        """Keep a release, under the number that it claimed.

        Raises:
            ReleaseError: a release of that name is there, and says something else.
        """
        files = {
            RELEASE: release_bytes(release),
            FIGURES: figures_table(figures),
            READING: reading.model_dump_json(indent=2).encode() + b"\n",
        }
        hashes = {name: sha256(told).hexdigest() for name, told in files.items()}
        manifest = Manifest(name=release.name, content=hashes[RELEASE], files=hashes)
        if self.is_whole(release.name):
            there = self.read(release.name).manifest
            if there.content != manifest.content:
                raise ReleaseError(
                    f"{release.name}: is there already, and says something else; what was released "
                    "holds. Make a restated one, with a reason"
                )
            return there
        for name, told in files.items():
            self._write(f"{release.name}/{name}", told)
        told_last = manifest.model_dump_json(indent=2).encode() + b"\n"
        self._write(f"{release.name}/{MANIFEST}", told_last)
        return manifest

    def editions(self) -> list[str]:
        """The releases of which there is a publishable edition, oldest month first."""
        found = self._system.glob(f"{self._path}/*/*/{PUBLISHABLE}")
        names = ["/".join(name.split("/")[-3:-1]) for name in found]
        return sorted(names, key=_in_order)

    def read_edition(self, name: str) -> Withheld:
        """What the publishable edition of a release withholds.

        Raises:
            ReleaseError: there is none.
        """
        try:
            return Withheld.model_validate_json(self._read(f"{name}/{PUBLISHABLE}"))
        except FileNotFoundError:
            raise ReleaseError(f"{name}: has no publishable edition yet") from None

    def write_edition(self, withheld: Withheld) -> None:
        """Keep what a publishable edition withholds.

        Raises:
            ReleaseError: there is one that withholds something else; what was published is out.
        """
        name = withheld.release
        if name in self.editions() and self.read_edition(name) != withheld:
            raise ReleaseError(f"{name}: its publishable edition is out, and withholds otherwise")
        self._write(f"{name}/{PUBLISHABLE}", withheld.model_dump_json(indent=2).encode() + b"\n")

    def _check(self, month: str, wanted: Claim) -> None:
        kinds = [name.partition("/")[2].partition("-")[2] for name in self.names(month)]
        if wanted.kind in (Kind.FLASH, Kind.FINAL) and wanted.kind in kinds:
            raise ReleaseError(f"{month}: has a {wanted.kind} release; what was released holds")
        if Kind.FINAL in kinds and wanted.kind is not Kind.RESTATED:
            raise ReleaseError(f"{month}: has its final release; after it there are restated ones")
        if Kind.FINAL not in kinds and wanted.kind is Kind.RESTATED:
            raise ReleaseError(f"{month}: has no final release yet that could be restated")

    def _claims(self, month: str) -> Iterator[tuple[int, Claim]]:
        for path in self._system.glob(f"{self._path}/{month}/*.claim"):
            name = path.rsplit("/", 1)[1]
            told = self._read(f"{month}/{name}")
            if told:  # else its making was broken off before it said what it was for
                yield int(name.removesuffix(".claim")), Claim.model_validate_json(told)

    def _read(self, name: str) -> bytes:
        told: bytes = self._system.cat_file(f"{self._path}/{name}")
        return told

    def _create(self, name: str, told: bytes) -> bool:
        """Write a file that is not there; False if it is."""
        path = f"{self._path}/{name}"
        self._system.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        try:
            with self._system.open(path, "xb") as file:
                file.write(told)
        except FileExistsError:
            return False
        return True

    def _write(self, name: str, told: bytes) -> None:
        """Write a file so that it is there whole, or not at all."""
        path = f"{self._path}/{name}"
        self._system.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        with self._system.transaction, self._system.open(path, "wb") as file:
            file.write(told)


def figures_table(figures: Figures) -> bytes:
    """Every figure as Parquet: a row a measure, month, locality and status."""
    rows = [
        (
            figure.measure,
            month,
            figure.locality,
            status,
            count,
            figure.numerator,
            figure.denominator,
        )
        for month, figure in all_figures(figures)
        for status, count in figure.statuses.items()
    ]
    columns = dict(zip(_FIGURES.names, zip(*rows, strict=True), strict=True))
    table = pa.table({name: list(column) for name, column in columns.items()}, schema=_FIGURES)
    kept = io.BytesIO()
    pq.write_table(table, kept, compression="zstd")
    return kept.getvalue()


_FIGURES = pa.schema(
    [
        ("measure", pa.string()),
        ("month", pa.string()),
        ("locality", pa.string()),
        ("status", pa.string()),
        ("count", pa.int64()),
        ("numerator", pa.int64()),
        ("denominator", pa.int64()),
    ]
)


def _in_order(name: str) -> tuple[str, int]:
    month, _, rest = name.partition("/")
    return month, int(rest.partition("-")[0])
