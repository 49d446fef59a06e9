"""What other authorities' figures are: the file that `casepulse comparators read` writes.

A profile names it, and takes its values in by name: `neighbours_2025` is the figure of the
statistical neighbours in 2025. The year is in the name, so that it stays with the value wherever
that goes: a release, Redis, a chart.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from casepulse.schemas.envelope import Strict
from casepulse.schemas.errors import WrongError

#: The number of the file's format.
COMPARATORS_FORMAT = 1

#: The DfE's number of an authority (old_la_code).
AuthorityCode = Annotated[str, Field(pattern=r"^[0-9]{3}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Words = Annotated[str, Field(min_length=1, max_length=500)]

#: How the figure of several authorities is made: as the DfE's dashboard does, or as a mean.
Middle = Literal["median", "mean"]

_NAME = re.compile(r"(?P<whose>.+)_(?P<first>[0-9]{4})(?:_(?P<last>[0-9]{2}))?")


class ComparatorsError(WrongError):
    """A comparators file that can't be used; the message names it and says why."""


class Origin(Strict):
    """Where a figure stands that the DfE published."""

    file: Words
    sha256: Sha256
    column: Words
    """Or the columns that are added."""
    filter: dict[str, str] = Field(default_factory=dict)
    """Which rows: by column, what stands there."""


class Compared(Strict):
    """What a measure is compared with: one figure, and what it rests on."""

    value: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False, strict=False)]
    """In the measure's own unit."""
    year: Annotated[str, Field(pattern=r"^[0-9]{4}(-[0-9]{2})?$")]
    """The year that ends in it; "2024-25" is an academic or financial one."""
    period: Words
    """What kind of year that is, as the DfE writes it: Reporting year."""
    method: Middle | Literal["published", "computed"]
    """published: as it stands there. computed: from counts that stand there."""
    published: Annotated[int, Field(ge=1)]
    """How many authorities' figures it is made from,"""
    of: Annotated[int, Field(ge=1)]
    """and of how many."""
    fit: Words
    """Whether it counts what the measure counts: "same", or what differs."""
    status: str | None = None
    """Provisional, Revised or Final, where the file says so."""
    withheld: dict[str, str] = Field(default_factory=dict)
    """By authority's code, why it has no figure: the DfE's symbol, or words."""
    origins: Annotated[list[Origin], Field(min_length=1)]

    @property
    def basis(self) -> str:
        """What it rests on, in words: "median of 8 of 10 published"."""
        if self.method in ("median", "mean"):
            return f"{self.method} of {self.published} of {self.of} published"
        return "as published" if self.method == "published" else "computed from published counts"

    @property
    def where(self) -> str:
        """The file and column that it is from."""
        return "; ".join(f"{each.file}, {each.column}" for each in self.origins)


class Authority(Strict):
    """Whose comparators they are."""

    code: AuthorityCode
    name: Words


class NeighbourList(Strict):
    """The statistical neighbours that were compared with."""

    year: Annotated[int, Field(ge=2000, le=2100)] | None
    """Of the DfE's list; None: the authority's own choice."""
    file: Words
    sha256: Sha256
    codes: Annotated[list[AuthorityCode], Field(min_length=1)]


class ComparatorsFile(Strict):
    """The whole of it."""

    format: int = COMPARATORS_FORMAT
    authority: Authority
    neighbours: NeighbourList
    measures: dict[str, dict[str, Compared]]
    """By measure, and by name of the comparator."""
    without: dict[str, dict[str, str]] = Field(default_factory=dict)
    """The same of those that have no figure: why."""


def comparator_name(whose: str, year: str) -> str:
    """What a comparator of a year is called in a profile: neighbours_2025, england_2024_25."""
    return f"{whose}_{year.replace('-', '_')}"


def name_and_year(name: str) -> tuple[str, str | None]:
    """Whose figure a comparator is, and of which year; None where its name doesn't tell."""
    told = _NAME.fullmatch(name)
    if told is None:
        return name, None
    return told["whose"], told["first"] + (f"-{told['last']}" if told["last"] else "")


def read_comparators(path: Path) -> ComparatorsFile:
    """A comparators file.

    Raises:
        ComparatorsError: it is not there, is none, or was written by a later version.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ComparatorsError(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ComparatorsError(f"{path}: is no TOML: {error}") from error
    number = said.get("format")
    if isinstance(number, int) and number > COMPARATORS_FORMAT:
        raise ComparatorsError(
            f"{path}: was written by a later version of casepulse, in format {number}; this one "
            f"reads formats up to {COMPARATORS_FORMAT}"
        )
    try:
        return ComparatorsFile.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ComparatorsError(
            f"{path}: {where}: {first['msg']}. Write it anew: casepulse comparators read"
        ) from None
