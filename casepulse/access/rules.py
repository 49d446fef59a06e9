"""The file that says who may see which list: from groups of the sign-in to grants.

    [grants.stroud-managers]
    group = "cs-managers-stroud"      # as the sign-in's claim says it
    role = "locality manager"
    scope = "locality"
    localities = ["Stroud"]

`docs/access.md` explains it. A wrong file is refused with the line, the key and what is allowed.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from casepulse.access.grants import Grant, Scope
from casepulse.schemas.envelope import Strict
from casepulse.schemas.errors import WrongError
from casepulse.schemas.profile import ProfileError, located
from casepulse.state import Catalogue

Word = Annotated[str, Field(min_length=1, max_length=200)]


class AccessError(WrongError):
    """A file of grants that can't be used; the message names the file, the line and the key."""


class GrantRule(Strict):
    """One grant, as it stands in the file."""

    group: Word
    role: Annotated[str, Field(min_length=1, max_length=60)]
    scope: Annotated[Scope, Field(strict=False)]
    localities: list[Word] = Field(default_factory=list)
    teams: list[Word] = Field(default_factory=list)
    lists: list[Word] | None = None
    """Measures. None: every one that has a list."""
    restricted: bool = False

    @model_validator(mode="after")
    def _names_what_its_scope_says(self) -> Self:
        wanted = {Scope.LOCALITY: "localities", Scope.TEAM: "teams"}.get(self.scope)
        for key in ("localities", "teams"):
            named = bool(getattr(self, key))
            if named and key != wanted:
                raise ValueError(f"{key}: must not be there where the scope is {self.scope}")
            if not named and key == wanted:
                raise ValueError(f"{key}: must name at least one where the scope is {self.scope}")
        if self.lists == []:
            raise ValueError("lists: must name at least one; leave it out for every list")
        return self


class AccessFile(Strict):
    """The whole file."""

    grants: dict[str, GrantRule]


@dataclass(frozen=True, slots=True)
class Access:
    """Which grants come with which group."""

    by_group: dict[str, tuple[Grant, ...]]

    def known(self, groups: Iterable[str]) -> list[str]:
        """Of somebody's groups, those that the file names, in a fixed order."""
        return sorted({group for group in groups if group in self.by_group})

    def grants(self, groups: Iterable[str]) -> tuple[Grant, ...]:
        """All that somebody of these groups may see."""
        return tuple(grant for group in self.known(groups) for grant in self.by_group[group])


def lists_of(catalogue: Catalogue) -> dict[str, str]:
    """The measures whose lists a grant may open, with their titles, in the order of the report. A
    part of a measure is opened with its whole, but for one with a list of its own."""
    return {each.measure.id: each.measure.title for each in catalogue.listed}


def load_access(path: Path, catalogue: Catalogue) -> Access:
    """Read the file.

    Raises:
        AccessError: it can't be read, or says something that is not allowed.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise AccessError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise AccessError(f"{path}: is no TOML: {error}") from None
    try:
        file = AccessFile.model_validate(said)
        by_group: dict[str, tuple[Grant, ...]] = {}
        for name, rule in file.grants.items():
            _check_names(name, rule, catalogue)
            by_group[rule.group] = (*by_group.get(rule.group, ()), _grant(rule, catalogue))
        return Access(by_group)
    except ValidationError as error:
        raise AccessError("\n".join(_explained(error, path))) from None
    except ProfileError as error:
        raise AccessError(str(located(error, path))) from None


def _check_names(name: str, rule: GrantRule, catalogue: Catalogue) -> None:
    """Refuse what the profile has none of."""
    profile = catalogue.profile
    for key, named, known in (
        ("localities", rule.localities, list(profile.localities)),
        ("teams", rule.teams, list(profile.teams)),
        ("lists", rule.lists or [], list(lists_of(catalogue))),
    ):
        for each in named:
            if each not in known:
                message = f"there is no {each!r}; there are: {', '.join(known)}"
                raise ProfileError(message, ("grants", name, key))


def _grant(rule: GrantRule, catalogue: Catalogue) -> Grant:
    return Grant(
        role=rule.role,
        scope=rule.scope,
        names=frozenset(rule.localities or rule.teams),
        lists=frozenset(rule.lists or lists_of(catalogue)),
        restricted=rule.restricted,
    )


def _explained(error: ValidationError, path: Path) -> Iterable[str]:
    for problem in error.errors(include_url=False, include_input=False):
        where = tuple(str(part) for part in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        if named := re.match(r"([a-z]+): ", message):
            where, message = (*where, named[1]), message[named.end() :]
        yield str(located(ProfileError(message, where), path))
