"""Made-up roles and lines, for tests of who may see what."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from casepulse.access.grants import Grant, Identity, Scope
from casepulse.schemas.due import Due
from casepulse.state import open_catalogue

CATALOGUE = open_catalogue()

#: Two lists; some grants open one of them, some both.
VISITS, REVIEWS = "cp_visits", "cp_review_up_to_date"
LISTS = VISITS, REVIEWS

#: Two localities with two teams each.
TEAMS = {
    "stroud-assessment": "Stroud",
    "stroud-safeguarding": "Stroud",
    "fod-assessment": "FoD",
    "fod-safeguarding": "FoD",
}

NOW = datetime(2021, 1, 29, 9, tzinfo=UTC)


def line(
    subject: str,
    measure: str = VISITS,
    team: str | None = "stroud-safeguarding",
    *,
    restricted: bool = False,
    **told: object,
) -> Due:
    """A line of a list, overdue since three days."""
    return Due.model_validate(
        {
            "measure": measure,
            "subject": subject,
            "occurrence": "p1",
            "status": "overdue",
            "due": date(2021, 1, 26),
            "overdue": True,
            "locality": CATALOGUE.profile.locality_of(team),
            "team": team,
            "workers": ("w1",),
            "restricted": restricted,
            **told,
        }
    )


#: Every kind of line: each list, each team and none, restricted and not.
LINES = [
    line(f"child:k{number}", measure, team, restricted=restricted)
    for number, (measure, team, restricted) in enumerate(
        (measure, team, restricted)
        for measure in LISTS
        for team in (*TEAMS, None)
        for restricted in (False, True)
    )
]


@dataclass(frozen=True)
class Person:
    """A role of the tests, in plain words: what they should see is told apart from the rules."""

    name: str
    scope: str
    names: tuple[str, ...]
    lists: tuple[str, ...]
    restricted: bool

    def should_see(self, line: Due) -> bool:
        """A plain statement of it."""
        if line.restricted and not self.restricted:
            return False
        if line.measure not in self.lists:
            return False
        if self.scope == "service":
            return True
        if line.team is None:
            return self.scope == "locality" and "Other" in self.names
        return (TEAMS[line.team] if self.scope == "locality" else line.team) in self.names

    def grant(self) -> Grant:
        """As the rules have it."""
        return Grant(
            self.name,
            Scope(self.scope),
            frozenset(self.names),
            frozenset(self.lists),
            self.restricted,
        )

    def identity(self) -> Identity:
        """As the sign-in has it."""
        return Identity("https://login.example", self.name, self.name, (self.grant(),))


#: Every role × scope × list × restricted.
PEOPLE = [
    Person(f"{scope}-{'-'.join(names)}-{len(lists)}-{restricted}", scope, names, lists, restricted)
    for scope, every_names in (
        ("service", [()]),
        ("locality", [("Stroud",), ("Stroud", "FoD"), ("Other",)]),
        ("team", [("stroud-safeguarding",), ("fod-assessment", "stroud-assessment")]),
    )
    for names in every_names
    for lists in (LISTS, (VISITS,), (REVIEWS,))
    for restricted in (False, True)
]
