"""What an extract holds, in figures: for whoever sets a council up, or wonders what has changed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from casepulse.schemas.envelope import local_day
from casepulse.schemas.source import known_sources
from casepulse.streams.sources.extract import Extract, Said


@dataclass(slots=True)
class Survey:
    """An extract that was read to its end. Nothing in it is about one child."""

    extract: Extract
    facts: Counter[str] = field(default_factory=Counter)
    """By type; without what is dated after the extract."""
    teams: Counter[str] = field(default_factory=Counter)
    """By team, how many facts say that it held the case."""
    children: int = 0
    first: date | None = None
    """The earliest day on which something happened, but for births."""
    last: date | None = None

    @property
    def untold(self) -> set[str]:
        """What the source could tell, and this extract can't."""
        return untold_of(self.extract)

    @property
    def unknown_codes(self) -> dict[tuple[str, str], int]:
        """By table and column, cells with a code that is not known."""
        return {
            (account.file, column): count
            for account in self.extract.accounts
            for column, count in sorted(account.unknown_codes.items())
        }


def untold_of(extract: Extract) -> set[str]:
    """What a source could tell, and an extract of it can't: types of event, or some of one."""
    tells = known_sources()[extract.source].tells
    return {each for each in extract.untold if each.partition(": ")[0] in tells}


def survey(extract: Extract) -> Survey:
    """Read an extract to its end, and count."""
    found = Survey(extract)
    children: set[str] = set()
    for said in _that_happened(extract):
        found.facts[said.data.TYPE] += 1
        if said.data.team is not None:
            found.teams[said.data.team] += 1
        if said.subject.startswith("child:"):
            children.add(said.subject)
        if said.data.TYPE != "child.registered":
            day = local_day(said.time)
            found.first = min(day, found.first or day)
            found.last = max(day, found.last or day)
    found.children = len(children)
    return found


def _that_happened(extract: Extract) -> Iterator[Said]:
    return (said for said in extract.says if said.time <= extract.taken)
