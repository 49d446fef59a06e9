"""An authority's profile: its localities, teams, standards and targets.

One TOML file. What it does not say is taken from the base that it names (`BASES`; the files lie
beside this module). A wrong profile is refused with the line, the field and what is allowed there.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from casepulse.schemas.comparators import (
    AuthorityCode,
    ComparatorsError,
    Compared,
    read_comparators,
)
from casepulse.schemas.envelope import Strict, Team
from casepulse.schemas.errors import WrongError
from casepulse.schemas.extracts import ExtractSettings
from casepulse.schemas.source import EVERYTHING, Source, SourceName, known_sources
from casepulse.schemas.standard import Standard


def _no_boolean(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return value


Percent = Annotated[
    float,
    Field(ge=0, le=100, allow_inf_nan=False, strict=False),
    BeforeValidator(_no_boolean),
]
Figure = Annotated[
    float,
    Field(ge=0, le=10_000, allow_inf_nan=False, strict=False),
    BeforeValidator(_no_boolean),
]
Name = Annotated[str, Field(min_length=1, max_length=40)]

#: Whom an authority compares itself with, where it is not the DfE's list of the year.
NeighbourCodes = Annotated[list[AuthorityCode], Field(min_length=5, max_length=30)]
ModuleName = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]


#: What a profile begins with, and in words.
BASES = {
    "england-2026": "standards alone: no target, no comparator, nobody's team",
    "january-2021": "all that the county of the January 2021 report has, its targets too",
}
BaseName = Literal["england-2026", "january-2021"]


class ProfileError(WrongError):
    """A profile that cannot be used; the message names the file, the line and what is allowed.

    `where` is the path of the setting, where it is not in the message yet.
    """

    def __init__(self, message: str, where: tuple[str, ...] = ()) -> None:
        super().__init__(f"{'.'.join(where)}: {message}" if where else message)
        self.where = where
        self.message = message


class RagRule(Strict):
    """When a measure is Green, Yellow or Red. Points are percentage points."""

    tolerance: Percent
    far_below: Percent
    months_outside: Annotated[int, Field(ge=1, le=13)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.far_below < self.tolerance:
            raise ValueError("far_below: must not be less than tolerance")
        return self


class DisclosureRule(Strict):
    """Which counts a publishable edition withholds, so that nobody can be known by them."""

    largest_withheld: Annotated[int, Field(ge=1, le=100)] = 5
    """Counts from 1 to this are withheld; one more is the smallest that may be shown."""
    complements: bool = True
    """Whether the rest of a denominator counts too: those that the numerator leaves out."""

    def is_small(self, count: int) -> bool:
        """Whether a count of so many is withheld."""
        return 1 <= count <= self.largest_withheld


class MeasureSettings(Strict):
    """What an authority sets about one measure."""

    target: Figure | None = Field(default=None, description="In the measure's own unit.")
    tolerance: Percent | None = Field(default=None, description="Else that of the RAG rule.")
    aip: bool = Field(default=False, description="In the Accelerated Improvement Plan.")
    standards: dict[str, Standard] = Field(default_factory=dict)
    comparators: dict[str, Figure] = Field(default_factory=dict)
    compared: dict[str, Compared] = Field(
        default_factory=dict,
        exclude=True,  # the figure is in `comparators`, and its year in the name there
        description="Of comparators from a file, by name: what each rests on.",
    )


class Profile(Strict):
    """The whole of it."""

    base: BaseName = Field(
        default="january-2021",
        exclude=True,  # what it says is in the rest
        description="What the profile begins with, and says the rest of. england-2026: standards "
        "alone. january-2021: those of the county of the January 2021 report, with its targets.",
    )
    unset: list[str] = Field(
        default_factory=list,
        exclude=True,
        description="What of the base doesn't hold here, such as measures.cp_visits.target.",
    )
    authority: Name
    authority_code: AuthorityCode | None = Field(
        default=None,
        exclude=True,
        description="The DfE's number of the authority, such as 916: whose comparators they are.",
    )
    comparators_from: str | None = Field(
        default=None,
        exclude=True,
        description="A file that `casepulse comparators read` wrote; its place is told from here.",
    )
    neighbours: NeighbourCodes | None = Field(
        default=None,
        exclude=True,
        description="Authorities to compare with by their codes, not those of the DfE's list.",
    )
    measures_from: list[ModuleName] = Field(
        default_factory=list, description="Modules of the authority's own measures, to be imported."
    )
    sources: Annotated[list[SourceName], Field(min_length=1)] = Field(
        default_factory=lambda: [EVERYTHING],
        description="What feeds the county. A measure that needs what none tells is left out.",
    )
    source: dict[SourceName, Source] = Field(
        default_factory=dict, description="Sources of the authority's own: what each can tell."
    )
    extracts: dict[SourceName, ExtractSettings] = Field(
        default_factory=dict,
        description="By source, how its extracts are read.",
        exclude=True,  # figures come of the events: no release and no version has it
    )
    localities: Annotated[list[Name], Field(min_length=1)]
    locality_of_others: Name
    population: Annotated[int, Field(ge=1, strict=False)] | None = Field(
        default=None,
        description="Children aged 0 to 17 who live here. Until it is said, no rate is shown.",
    )
    look_ahead: Standard = Field(description="How far ahead child-level lists look, in days.")
    rag: RagRule
    disclosure: DisclosureRule = DisclosureRule()
    teams: dict[Team, Name] = Field(default_factory=dict)
    measures: dict[str, MeasureSettings]
    dashboard: dict[Name, Annotated[list[str], Field(min_length=1)]] | None = Field(
        default=None,
        min_length=1,
        description="By part, the measures on it in their order. Else those whose definitions say.",
    )

    @model_validator(mode="after")
    def _localities_exist(self) -> Self:
        if len(set(self.localities)) != len(self.localities):
            raise ValueError("localities: one stands twice")
        for name, of in (("county", "their sum"), ("all", "every one of them, in commands")):
            if name in self.localities:
                raise ValueError(f"localities: {name!r} is the name of {of}")
        for name in self.localities:
            if name != name.strip() or not name.isprintable():
                raise ValueError(f"localities: {name!r} has blanks around it, or no letters")
            if {"", ".", ".."} & set(name.split("/")):
                raise ValueError(
                    f"localities: {name!r} can't be the end of an address, where browsers take "
                    "'.' and '..' for other folders, and nothing between two slashes for none"
                )
        known = ", ".join(self.localities)
        if self.locality_of_others not in self.localities:
            raise ValueError(f"locality_of_others: must be one of: {known}")
        for team, locality in self.teams.items():
            if locality not in self.localities:
                raise ValueError(f"teams.{team}: must be one of: {known}")
        return self

    @model_validator(mode="after")
    def _sources_exist(self) -> Self:
        ours = known_sources()
        for name in self.source:
            if name in ours:
                raise ValueError(f"source.{name}: is the name of one that comes with casepulse")
        for name in self.sources:
            if name not in ours and name not in self.source:
                known = ", ".join([*ours, *self.source])
                raise ValueError(
                    f"sources: there is no source {name!r}; there are: {known}. "
                    f"One of your own is described in [source.{name}]"
                )
        return self

    @model_validator(mode="after")
    def _extracts_are_of_sources(self) -> Self:
        every = {**known_sources(), **self.source}
        for name, settings in self.extracts.items():
            if name not in every:
                raise ValueError(f"extracts.{name}: there is no source of that name")
            for each in settings.without:
                event_type = each.partition(": ")[0]
                if event_type not in every[name].tells:
                    told = ", ".join(every[name].tells)
                    raise ValueError(f"extracts.{name}.without: {each}: it tells only {told}")
        return self

    @property
    def fed_by(self) -> dict[str, Source]:
        """What feeds the county, by name."""
        every = {**known_sources(), **self.source}
        return {
            name: every[name].without(self.extracts[name].without)
            if name in self.extracts
            else every[name]
            for name in self.sources
        }

    def locality_of(self, team: str | None) -> str:
        """The locality that a team belongs to; that of others where it is unknown."""
        return self.teams.get(team or "", self.locality_of_others)

    def settings(self, measure: str) -> MeasureSettings:
        """What is set about a measure; nothing, where the profile is silent."""
        return self.measures.get(measure, _NOTHING)

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits of the profile's content, which change whenever it does.

        Not with the names of modules: what they define is in the version of the definitions. A
        dashboard that it does not say is left out, and sources that tell everything, so that
        profiles keep the versions that they had before they could.
        """
        unsaid = {"measures_from"}
        if self.dashboard is None:
            unsaid.add("dashboard")
        if self.sources == [EVERYTHING]:
            unsaid |= {"sources", "source"}
        return hashlib.sha256(self.model_dump_json(exclude=unsaid).encode()).hexdigest()[:12]


_NOTHING = MeasureSettings()


def load_profile(path: Path | None = None) -> Profile:
    """Read a profile over its base.

    Args:
        path: a TOML file, or None for the county of January 2021.

    Raises:
        ProfileError: the file cannot be read, names no base, or says something that is not allowed.
    """
    if path is None:
        text, name, said = "", "january-2021", _base("january-2021")
    else:
        try:
            text, name = path.read_text(encoding="utf-8-sig"), str(path)
            own = tomllib.loads(text)
        except (OSError, UnicodeDecodeError) as error:
            raise ProfileError(f"{path}: cannot be read: {error}") from error
        except tomllib.TOMLDecodeError as error:
            raise ProfileError(f"{path}: is no TOML: {error}") from error
        said = _over_its_base(own, name, text)
    try:
        return Profile.model_validate(said)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False)
        raise ProfileError(
            "\n".join(_explain(name, text, problem) for problem in problems)
        ) from None


def _base(name: str) -> dict[str, Any]:
    """What a base says."""
    file = files("casepulse.schemas").joinpath(f"{name.replace('-', '_')}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _over_its_base(own: dict[str, Any], name: str, text: str) -> dict[str, Any]:
    """What a profile says, and what its base says of the rest."""
    if own.get("base") not in BASES:
        choice = "\n".join(f'    base = "{each}"   {words}' for each, words in BASES.items())
        raise _refuse(name, text, ("base",), f"say what the profile begins with:\n{choice}")
    under = _base(own["base"])
    unset = own.get("unset", [])
    for each in unset if isinstance(unset, list) else ():
        if not _take_out(under, str(each).split(".")):
            raise _refuse(name, text, ("unset",), f"{each}: the base says nothing of it")
    said = _merge(under, own)
    if "comparators_from" in own:
        _take_comparators(said, own, name, text)
    if "localities" in own:  # the base's teams belong to the base's localities
        said["teams"] = own.get("teams", {})
    return said


def _take_comparators(said: dict[str, Any], own: dict[str, Any], name: str, text: str) -> None:
    """Put the figures of the comparators file in, each with what it rests on."""
    where = ("comparators_from",)
    try:
        found = read_comparators(Path(name).parent / str(own["comparators_from"]))
    except ComparatorsError as error:
        raise _refuse(name, text, where, str(error)) from None
    of = f"{own['comparators_from']} is of {found.authority.code} ({found.authority.name})"
    if "authority_code" not in own:
        words = f'{of}; say the DfE\'s number of this authority, as authority_code = "916"'
        raise _refuse(name, text, where, words)
    if own["authority_code"] != found.authority.code:
        raise _refuse(name, text, where, f"{of}, and this authority is {own['authority_code']}")
    for measure, compared in found.measures.items():
        settings = said["measures"].setdefault(measure, {})
        values = settings.setdefault("comparators", {})
        for each in compared:
            if each in values:
                words = f"{each} stands here and in {own['comparators_from']}; leave one"
                raise _refuse(name, text, ("measures", measure, "comparators", each), words)
        values.update({each: said_of.value for each, said_of in compared.items()})
        settings["compared"] = compared


def _take_out(said: dict[str, Any], path: list[str]) -> bool:
    """Take a setting out; False if it isn't there."""
    *tables, last = path
    for table in tables:
        said = said.get(table, {})
        if not isinstance(said, dict):
            return False
    return said.pop(last, None) is not None


def located(error: ProfileError, path: Path | None) -> ProfileError:
    """The same error with the file and the line of the setting that it names by `where`."""
    if not error.where or path is None:
        return error
    return _refuse(str(path), path.read_text(encoding="utf-8-sig"), error.where, error.message)


def _refuse(profile_name: str, text: str, path: tuple[str, ...], message: str) -> ProfileError:
    line = _line_of(text, path)
    where = f"{profile_name}, line {line}" if line else profile_name
    return ProfileError(f"{where}: {'.'.join(path)}: {message}")


def _merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        mine = merged.get(key)
        both = isinstance(mine, dict) and isinstance(value, dict)
        merged[key] = _merge(mine, value) if both and mine is not None else value
    return merged


def _explain(name: str, text: str, problem: Any) -> str:
    path = tuple(str(part) for part in problem["loc"])
    message = str(problem["msg"]).removeprefix("Value error, ")
    named = re.match(r"([a-z_.0-9-]+): ", message)
    if named:
        path, message = (*path, *named[1].split(".")), message[named.end() :]
    return str(_refuse(name, text, path, message))


def _line_of(text: str, path: tuple[str, ...]) -> int | None:
    """The line that sets `path`, or the nearest table above it. Counts from 1."""
    table: tuple[str, ...] = ()
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[([^\[\]]+)\]", line)
        setting = re.match(r'\s*(?:([A-Za-z0-9_.-]+)|"([^"]+)")\s*=', line)
        if header:
            table = tuple(header[1].strip().split("."))
            here = table
        elif setting:
            here = (*table, *(setting[1].split(".") if setting[1] else [setting[2]]))
        else:
            continue
        if path[: len(here)] == here and (best is None or len(here) >= best[0]):
            best = (len(here), number)
    return best[1] if best else None
