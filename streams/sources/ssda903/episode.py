"""An episode of the return: a stretch of care in which nothing changed."""

from dataclasses import dataclass
from datetime import date

from casepulse.state.records.care import TEMPORARY
from casepulse.streams.sources.row import Value
from casepulse.streams.sources.ssda903.columns import WENT_ON
from casepulse.streams.sources.ssda903.row import Row


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode."""

    row: Row
    begins: date
    ends: date | None
    """None: it goes on."""
    reason: Value
    """Why the child left care when it ended; None: it did not (X1), or it goes on."""
    starts_care: bool
    """Whether the child started to be looked after with it (RNE S)."""

    @property
    def key(self) -> str:
        """The key of its period, and of the placement that begins with it."""
        return f"ssda903-{self.begins:%Y%m%d}"

    @property
    def place(self) -> tuple[Value, Value]:
        """Where the child lives, as far as the return may be read: two homes of one kind and
        provider are not told apart."""
        return self.row.values["PLACE"], self.row.values["PLACE_PROVIDER"]

    @property
    def is_temporary(self) -> bool:
        """Whether the child is away for a while, and goes back to where it was."""
        return self.row.values["PLACE"] in TEMPORARY

    def reaches(self, following: "Episode") -> bool:
        """Whether the child was still in care with it when another one began."""
        if self.ends is None or self.ends > following.begins:
            return True
        return self.ends == following.begins and self.reason is None


def read_episode(row: Row) -> Episode:
    """The episode that a row tells.

    Raises:
        RefusedError: it does not say when it was.
    """
    ends = row.last_day("DEC", first="DECOM")
    reason = None if ends is None else row.values["REC"]  # which means nothing without a date
    reason = None if reason == WENT_ON else reason
    return Episode(row, row.day("DECOM"), ends, reason, row.values["RNE"] == "S")
