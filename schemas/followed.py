"""What became of a source's extracts, night by night: for people, on a page, and kept.

Nothing personal: tables, types, counts, and of bad rows where they stand and why.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from casepulse.schemas.envelope import Strict
from casepulse.schemas.stored import Format

Count = Annotated[int, Field(ge=0)]

#: How many nights are kept, and how many bad rows of each are named.
NIGHTS, BAD_ROWS = 30, 100


class Came(StrEnum):
    """What a night came to."""

    TOLD = "told"
    REFUSED = "refused"
    BY_HAND = "by_hand"
    """A person told an extract: with the command, and what it said is not known here."""
    MISSING = "missing"
    """None came."""


class Rows(Strict):
    """What became of rows: they add up."""

    rows: Count = 0
    told: Count = 0
    repeated: Count = 0
    outside: Count = 0
    held_back: Count = 0
    passed_over: Count = 0
    bad: Count = 0


class TableRows(Rows):
    """What became of the rows of one table."""

    table: str


class Facts(Strict):
    """What became of facts."""

    new: Count = 0
    amended: Count = 0
    returned: Count = 0
    withdrawn: Count = 0
    left: Count = 0


class TypeFacts(Facts):
    """What became of the facts of one type."""

    type: str


class BadRowTold(Strict):
    """A row that could not be told. Never a value of it."""

    file: str
    line: Count
    column: str | None
    reason: str


class Unlike(Strict):
    """A table with far more or fewer rows than in the extract before."""

    table: str
    before: Count
    rows: Count


class Night(Strict):
    """One extract, or that there was none."""

    came: Came
    extract: str
    """Its name; empty where there was none."""
    taken: AwareDatetime | None
    """When it was taken; None where that is not known."""
    at: AwareDatetime
    """When all of it was told, or it was refused, or found missing."""
    seconds: Annotated[float, Field(ge=0)] = 0
    """How long that took."""
    why: str = ""
    """Why it was refused, and what to do, in a few lines."""
    rows: Rows = Rows()
    """Of all its tables."""
    facts: Facts = Facts()
    """Of all types. Of what was refused, what would have become of them."""
    unlike: list[Unlike] = Field(default_factory=list)
    tables: list[TableRows] = Field(default_factory=list)
    """These and what follows are kept of the last extract, and of the last that was told."""
    types: list[TypeFacts] = Field(default_factory=list)
    bad_rows: list[BadRowTold] = Field(default_factory=list)
    """The first `BAD_ROWS`."""
    notes: list[str] = Field(default_factory=list)

    def in_short(self) -> "Night":
        """Without its tables, types and bad rows."""
        return self.model_copy(update={"tables": [], "types": [], "bad_rows": [], "notes": []})


class Followed(Strict):
    """A source that is followed, as it stands, and its last nights."""

    format: int = 1
    source: str
    looked: AwareDatetime
    """When it was last looked after."""
    telling: str = ""
    """The extract that is being read and told just now; empty: none."""
    arriving: str = ""
    """What is there and not complete yet; empty: nothing."""
    due: AwareDatetime | None = None
    """By when this night's extract must be there; None: that is not set."""
    late: bool = False
    """Whether it is past that, and none has come."""
    missed: Count = 0
    """In how many nights in a row before this one none came."""
    trouble: str = ""
    """What keeps it from getting on, such as that Kafka does not answer; empty: nothing."""
    taken: AwareDatetime | None = None
    """When the last extract was taken that was told, by whomever."""
    refused: list[str] = Field(default_factory=list)
    """Marks of those that were refused since, which are not tried again."""
    begun: Night | None = None
    """What is being told, and is kept among the nights once all of it is."""
    nights: list[Night] = Field(default_factory=list)
    """The last `NIGHTS`, newest first."""

    @property
    def last(self) -> Night | None:
        """What came of the last extract that there was."""
        return next((each for each in self.nights if each.came is not Came.MISSING), None)

    @property
    def last_told(self) -> Night | None:
        """The last extract of which it is known what it told."""
        return next((each for each in self.nights if each.came is Came.TOLD), None)

    @property
    def stands_refused(self) -> bool:
        """Whether the last extract was refused."""
        return self.last is not None and self.last.came is Came.REFUSED


#: As it is kept beside the source's state, and shown in Redis.
FOLLOWED = Format("what became of a source's extracts", Followed)


def with_night(nights: list[Night], night: Night) -> list[Night]:
    """The nights with one more: the last, and the last that was told, in full."""
    nights = [night, *nights][:NIGHTS]
    told = next((each for each in nights if each.came is Came.TOLD), None)
    last = next((each for each in nights if each.came is not Came.MISSING), None)
    return [each if each is last or each is told else each.in_short() for each in nights]
