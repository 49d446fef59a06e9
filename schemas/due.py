"""A line of a child-level list: one thing that is overdue, or falls due soon."""

from datetime import date

from pydantic import AwareDatetime

from schemas.envelope import Strict


class Due(Strict):
    """One occurrence of a timed measure that is still to be done."""

    measure: str
    subject: str
    """Whose case it is, as child:K7. Pseudonymous; still, this is child-level data."""
    occurrence: str
    """Which one, within the case: a record's key."""
    status: str
    due: date | AwareDatetime
    """The due day, which is still in time; of clock hours, the due instant."""
    overdue: bool
    locality: str
    team: str | None
    workers: tuple[str, ...]
    """The workers who hold the child now, by key."""
    restricted: bool = True
    """Whether the child's record is closed to all but a few: whoever shows the line keeps to it.

    A line that does not say so counts as closed: an older worker may have written it, and nobody
    knows. Our worker always says it. Only a child has the flag: a line about anything else says
    False, whoever its children are.
    """
