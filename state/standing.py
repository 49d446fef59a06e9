"""A standing: where one occurrence, or one subject, stands in a measure."""

from datetime import date, datetime
from typing import NamedTuple

#: The period of a stock, as at the clock's own instant.
AT = "at"

#: A place in a tally: measure, period, group (a locality, or a worker) and status.
Cell = tuple[str, str, str, str]


class Standing(NamedTuple):
    """What a rule says of one occurrence: its status, and where and when it counts."""

    measure: str
    occurrence: str
    """Which one it is, within the case: a record's key, or a month."""
    status: str
    group: str
    """The locality it counts for; the worker, in a measure that counts by worker."""
    period: str = AT
    """The month of a flow, as 2021-01; `AT` for a stock."""
    due: date | datetime | None = None
    """When what is still to be done falls due, or fell due; None where nothing is to be done."""
    team: str | None = None
    weight: int = 1
    """How many it counts for: 1, but for a sum such as of posts."""

    @property
    def cell(self) -> Cell:
        """Where it is counted."""
        return self.measure, self.period, self.group, self.status
