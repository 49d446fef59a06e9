"""A line of a child-level list: one thing that is overdue or falls due soon; or that was late in
the month and is over."""

from datetime import date

from pydantic import AwareDatetime

from casepulse.schemas.envelope import Strict


def list_name(measure: str, *, over: bool = False) -> str:
    """What a list is called, in keys and in addresses: cp_visits holds what is awaited, and
    cp_visits.late what was late in the month and is over."""
    return f"{measure}.late" if over else measure


class Due(Strict):
    """One occurrence of a timed measure that is still to be done, or was late."""

    measure: str
    """Under whose name the list stands."""
    subject: str
    """Whose case it is, as child:K7. Pseudonymous; still, this is child-level data."""
    occurrence: str
    """Which one, within the case: a record's key."""
    status: str
    due: date | AwareDatetime | None
    """The due day, which is still in time; of clock hours, the due instant. None where none is on
    record, and for what is over."""
    overdue: bool
    """Whether it is late, and still to be done."""
    over: bool = False
    """Whether it was late in its month and is over: done late, or to be done no more. Such lines
    have a list of their own."""
    month: str | None = None
    """The month in whose figure it counts, as 2021-01; None of a stock, which counts it now."""
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

    @property
    def list(self) -> str:
        """The name of the list that it stands on."""
        return list_name(self.measure, over=self.over)
