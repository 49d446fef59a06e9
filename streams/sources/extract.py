"""What an extract says: facts by their ids, the instant it was taken, and how far back it is whole.

Every source ends in an `Extract`, which knows nothing of what was told before. What has changed
since the extract before, one module says for all of them (`difference`). So rows in another order,
a column that no event has, a technical id that was issued anew, are no change.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, auto
from pathlib import Path

from casepulse.schemas.envelope import Data
from casepulse.schemas.errors import FailedError
from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.account import Account

#: The kind of an extract that holds what has changed, and no more.
DELTA = "delta"


class ExtractError(FailedError):
    """There is nothing that could be read; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader is to read."""

    place: str
    """A file or folder; of a source that can be read from a database, that one's URL, too."""
    taken: datetime
    """When the extract was taken. What is dated after it has not happened."""
    settings: ExtractSettings = field(default_factory=ExtractSettings)
    """What the profile says of the source's extracts."""
    year_end: date | None = None
    """31 March of the year that a yearly return is of; None: to be found from its dates."""

    @property
    def in_database(self) -> bool:
        """Whether the place is the URL of a database, and no file or folder."""
        return "://" in self.place

    @property
    def path(self) -> Path:
        """The place, as a path."""
        return Path(self.place)


@dataclass(frozen=True, slots=True)
class Said:
    """A fact, as a source has it.

    Its id is `<source>-<table>-<subject's key>-<row's key>-<type>`: what differs in the type alone
    is of one record. It says nothing that changes from extract to extract.
    """

    id: str
    subject: str
    time: datetime
    """When it happened."""
    data: Data
    or_else: tuple[Data, ...] = ()
    """What it may be as well, for all that the extract can tell: what was told of it stands, if it
    was one of these."""
    unless_known: bool = False
    """Whether it may have begun earlier: an earlier fact of its type and subject that was told, and
    that the extract need not hold, stands in its place."""
    unless_told: str = ""
    """The id of another fact. Who told that knew whether this was so: where it was told and this
    was not, it is as `unless_known` says. Empty: there is none."""
    by_then: bool = False
    """Whether it was so by then, and since when is not said: the earliest day that was told
    stands."""
    not_at_first: bool = False
    """Whether nothing is told of it by a first extract, which does not know how old it is."""
    in_part: bool = False
    """Whether it follows from records of which the extract need not hold all: as long as it was at
    the same time, what was told of it stands."""
    latest_of: str = ""
    """The beginning of the ids of a series of which the extract has the latest alone, such as the
    day a child was last seen. Earlier ones stand as they were told; a later one was a mistake, and
    is withdrawn. Empty: it is of no series."""


class Lies(Enum):
    """Where a record lies that was closed."""

    AT_ITS_END = auto()
    AT_ITS_BEGINNING = auto()


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
    """The type of event that closes the same record. What is open can't have left, and what is
    closed lies where `lies` says. None: a fact lies where it happened, be it open or closed."""
    lies: Lies = Lies.AT_ITS_END
    opened_by: str | None = None
    """The type of event that begins the same record, of a type that closes it. What the extract
    says has begun, it would say has ended; else an end lies where `lies` says, and one that lies at
    a beginning that was not told is never gone. None: it says nothing of that."""


#: From a fact that was told and is no longer said, what its end is; None: it has none, and the
#: type's window says whether it is withdrawn. By subject, id, time and the instant of the extract.
Ending = Callable[[str, str, datetime, datetime], Said | None]


@dataclass(slots=True)
class Extract:
    """All that a source says at an instant."""

    source: str
    taken: datetime
    """The instant. What is dated after it has not happened, and is held back."""
    says: Iterable[Said]
    """Read once, in any order; each id once at a subject. What follows is complete when all of it
    has been read."""
    windows: dict[str, Window] = field(default_factory=dict)
    """By type. Of a type without one nothing is ever gone: a table that is not there today, or an
    extract that holds changes alone."""
    doubtful: set[str] = field(default_factory=set)
    """Subjects of whom not all could be read. Nothing of theirs is gone."""
    gone: set[str] = field(default_factory=set)
    """Subjects of whom all is gone, wherever it lies: their source says so."""
    gone_records: dict[str, set[str]] = field(default_factory=dict)
    """By subject, beginnings of ids: what begins so and is not said is gone, wherever it lies: its
    source says so. A record's own are the ids of all the facts that it can tell."""
    whole_of: dict[str, frozenset[str]] | None = None
    """By subject, the types of which the extract holds all that lies in their windows: of other
    subjects and types what is missing is not gone. None: of everybody all."""
    with_the_rest: frozenset[str] = frozenset()
    """Types that have no day of their own, such as who a child is: gone if all the rest of the
    subject is, and the last of that just now."""
    endings: dict[str, Ending] = field(default_factory=dict)
    """By type: what is told when a fact of it is no longer said, for that means that it is over.
    The fact and its end then stand, wherever they lie. Should it be said again without an end,
    that end is withdrawn."""
    kind: str = "full"
    """What it is an extract of: full, year=2026; or delta, which holds what has changed, and no
    more."""
    untold: set[str] = field(default_factory=set)
    """What the source could tell, and this extract can't, for a table, file or list of it is not
    there: types of event, or some of one, such as `visit.recorded: kind=statutory`. Measures that
    need it would be noughts."""
    about: date | None = None
    """The last day that it is about, where it says so, such as the end of a return's year."""
    teams: dict[str, str] = field(default_factory=dict)
    """The names of teams by their keys, where the extract has them."""
    accounts: list[Account] = field(default_factory=list)
    """What became of the rows of each table, file or list."""
    notes: list[str] = field(default_factory=list)
    """What else a person should know: files and columns that are missing or are not known, which
    version or year it was taken for. Nothing of anybody's."""
