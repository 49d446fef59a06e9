"""What an extract says: facts by their ids, the instant it was taken, and how far back it is whole.

Every source is a pure function to an `Extract`, and ends there. What has changed since the extract
before, one module says for all of them (`difference`). So rows in another order, a column that no
event has, a technical id that was issued anew, are no change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from casepulse.schemas.envelope import Data


@dataclass(frozen=True, slots=True)
class Said:
    """A fact, as a source has it."""

    subject: str
    time: datetime
    """When it happened."""
    data: Data
    or_else: tuple[Data, ...] = ()
    """What it may be as well, for all that the extract can tell: what was told of it stands, if it
    was one of these."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which facts of a type an extract is sure to hold: what lies there and is missing, is gone.

    What lies elsewhere has left the extract, or is not in it yet, and stays as it was told.
    """

    since: date
    """The first day of it."""
    until: date | None = None
    """The first day after it; None: it goes on."""
    closed_by: str | None = None
    """The type of event that closes the same record. What is closed lies where its end does, and
    what is open can't have left. None: a fact lies where it happened, be it open or closed."""


@dataclass(frozen=True, slots=True)
class Extract:
    """All that a source says at an instant.

    A fact's id is `<source>-<table>-<subject's key>-<row's key>-<type>`: what differs in the type
    alone is of one record. It says nothing that changes from extract to extract.
    """

    source: str
    taken: datetime
    """The instant. What is dated after it has not happened, and is held back."""
    says: Mapping[str, Said]
    """By id."""
    windows: Mapping[str, Window] = field(default_factory=dict)
    """By type. Of a type without one nothing is ever gone: a table that is not there today, or an
    extract that holds changes alone."""
    doubtful: frozenset[str] = frozenset()
    """Subjects of whom not all could be read. Nothing of theirs is gone."""
    with_the_rest: frozenset[str] = frozenset()
    """Types that have no day of their own, such as who a child is: gone if all the rest of the
    subject is, and the last of that just now."""
    kind: str = "full"
    """What it is an extract of, for people: full, year=2026, delta."""
