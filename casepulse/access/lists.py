"""Every list that can be opened: what it is called, whose grant opens it and which lines it has.

A measure's list has who is late and who falls due; of what counts by the month there is a second,
with who was late in the month and is over. A part of a measure has those lines of its whole's list
that are its own, and who may open the whole's may open it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from casepulse.schemas.due import Due, list_name
from casepulse.state import Catalogue
from casepulse.state.lateness import Lateness


@dataclass(frozen=True, slots=True)
class ListOf:
    """One list."""

    lateness: Lateness
    over: bool
    """Whether it has what was late in the month and is over; else what is awaited."""

    @property
    def name(self) -> str:
        """What it is called, in addresses and in the audit log."""
        return list_name(self.lateness.measure.id, over=self.over)

    @property
    def title(self) -> str:
        """Its measure's."""
        return self.lateness.measure.title

    @property
    def granted_by(self) -> str:
        """The measure that a grant must name."""
        return self.lateness.listed_under

    @property
    def kept_as(self) -> str:
        """The name of the list in Redis that has its lines."""
        return list_name(self.lateness.listed_under, over=self.over)

    @property
    def whole(self) -> str | None:
        """The measure of whose list it is a part, if it is one."""
        return None if self.lateness.has_list else self.lateness.listed_under

    def its_own(self, lines: Iterable[Due]) -> list[Due]:
        """Of the lines of the list that is kept, those that are its own."""
        statuses = self.lateness.late | self.lateness.ahead
        return [line for line in lines if self.whole is None or line.status in statuses]


def every_list(catalogue: Catalogue) -> dict[str, ListOf]:
    """By name, in the order of the report."""
    found = {}
    for name in catalogue.measures:
        lateness = catalogue.lateness(name)
        if lateness is not None:
            kinds = (lateness.awaits, False), (lateness.may_be_over, True)
            for each in (ListOf(lateness, over) for there_is, over in kinds if there_is):
                found[each.name] = each
    return found
