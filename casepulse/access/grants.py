"""What somebody may see of the child-level lists. Nobody sees anything but by a grant.

Grants add up, and each stands alone: a line is seen only by a grant that covers all of it, its
list, its scope and whether it is restricted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from casepulse.schemas.due import Due
from casepulse.schemas.profile import Profile


class Scope(StrEnum):
    """How far a grant reaches: every line, those of named localities, or those of named teams."""

    SERVICE = "service"
    LOCALITY = "locality"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Grant:
    """What one role allows."""

    role: str
    """In words, as "locality manager"."""
    scope: Scope
    names: frozenset[str]
    """The localities or the teams; none, where the scope is the service."""
    lists: frozenset[str]
    """The measures whose lists it opens."""
    restricted: bool = False
    """Whether it shows restricted records, too."""

    def shows(self, line: Due) -> bool:
        """Whether a line may be seen by this grant alone."""
        return (
            line.measure in self.lists
            and (self.restricted or not line.restricted)
            and self._reaches(line.locality, line.team)
        )

    def reaches(self, asked: "Asked", profile: Profile) -> bool:
        """Whether what was asked for lies in its scope, at least in part."""
        if self.scope is Scope.SERVICE:
            return True
        if self.scope is Scope.LOCALITY:
            of_team = None if asked.team is None else profile.locality_of(asked.team)
            return {asked.locality, of_team} - {None} <= self.names
        localities = {profile.locality_of(team) for team in self.names}
        return (asked.team is None or asked.team in self.names) and (
            asked.locality is None or asked.locality in localities
        )

    def _reaches(self, locality: str, team: str | None) -> bool:
        match self.scope:
            case Scope.SERVICE:
                return True
            case Scope.LOCALITY:
                return locality in self.names
            case Scope.TEAM:
                return team in self.names


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines somebody asks for. None: whichever."""

    locality: str | None = None
    team: str | None = None
    worker: str | None = None
    """By key."""
    overdue: bool = False
    """Only what is late already."""

    def in_words(self) -> str:
        """As people say it: "locality Stroud, overdue only"."""
        named = [
            f"{what} {value}"
            for what, value in (
                ("locality", self.locality),
                ("team", self.team),
                ("worker", self.worker),
            )
            if value is not None
        ]
        return ", ".join([*named, *(["overdue only"] if self.overdue else [])]) or "all"

    def takes(self, line: Due) -> bool:
        """Whether a line is one of those."""
        return (
            self.locality in (None, line.locality)
            and self.team in (None, line.team)
            and (self.worker is None or self.worker in line.workers)
            and (line.overdue or not self.overdue)
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who has signed in."""

    issuer: str
    """Who vouches for them: the OpenID provider's address."""
    subject: str
    """Who they are to that provider; with the issuer, what the audit log calls them."""
    name: str
    """What they are called on their own pages. Never logged."""
    grants: tuple[Grant, ...]


def visible(lines: Iterable[Due], identity: Identity, measure: str) -> list[Due]:
    """Of a measure's list, the lines that somebody may see, in their order."""
    return [
        line
        for line in lines
        if line.measure == measure and any(grant.shows(line) for grant in identity.grants)
    ]


def may_ask(identity: Identity, measure: str, asked: Asked, profile: Profile) -> bool:
    """Whether somebody may look at a list at all, in the locality or the team asked for."""
    return any(
        measure in grant.lists and grant.reaches(asked, profile) for grant in identity.grants
    )
