"""What an address of a list asks for: which lines, in which order, which page of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from casepulse.access.columns import NAMES
from casepulse.access.grants import Asked
from casepulse.schemas.due import Due
from casepulse.schemas.profile import Profile

#: Lines on a page.
PAGE = 100

#: How a list is sorted where nothing else is asked for: who is late longest stands first.
FIRST = "due"

#: How an address asks for all lines on one page, as somebody wants them who prints a list; and the
#: number of that page. The audit log has the same number for the whole.
ALL, WHOLE = "all", 0

_TEAM = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")
_WORKER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class NotUnderstoodError(ValueError):
    """An address asks for what there can't be; by field, the message says what is allowed."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for."""

    asked: Asked
    order: str = FIRST
    """A column's name, with a minus before it if downwards."""
    page: int = 1
    """From 1; or the whole list on one."""

    @classmethod
    def read(cls, told: Mapping[str, str], profile: Profile) -> "Query":
        """Read the fields of an address. Empty ones say nothing.

        Raises:
            NotUnderstoodError: a field says what is not allowed.
        """
        locality, team, worker = (
            told.get(name, "").strip() or None for name in ("locality", "team", "worker")
        )
        if locality is not None and locality not in profile.localities:
            raise NotUnderstoodError("locality", "Choose one of the localities")
        if team is not None and not _TEAM.fullmatch(team):
            raise NotUnderstoodError("team", "Choose one of the teams")
        if worker is not None and not _WORKER.fullmatch(worker):
            raise NotUnderstoodError(
                "worker", "A worker’s key has letters, digits, full stops, hyphens and underscores"
            )
        order = told.get("order") or FIRST
        if order.removeprefix("-") not in NAMES:
            raise NotUnderstoodError("order", "Choose one of the columns to sort by")
        page = told.get("page") or "1"
        if page != ALL and not re.fullmatch(r"[1-9][0-9]{0,5}", page):
            raise NotUnderstoodError("page", "A page is a number, from 1, or all")
        overdue = told.get("overdue") == "yes"
        number = WHOLE if page == ALL else int(page)
        return cls(Asked(locality, team, worker, overdue), order, number)

    @property
    def column(self) -> str:
        """The column that lines are sorted by."""
        return self.order.removeprefix("-")

    @property
    def downwards(self) -> bool:
        """Whether the greatest stands first."""
        return self.order.startswith("-")

    def sorted_by(self, column: str) -> "Query":
        """The same, sorted by a column; the other way round if it is sorted by it already."""
        turned = self.column == column and not self.downwards
        return replace(self, order=f"-{column}" if turned else column, page=min(self.page, 1))

    def turned_to(self, page: int) -> "Query":
        """The same on another page."""
        return replace(self, page=page)

    def part_of(self, lines: Sequence[Due]) -> Sequence[Due]:
        """Of all that were asked for, those that stand on its page."""
        return lines if self.page == WHOLE else lines[(self.page - 1) * PAGE : self.page * PAGE]

    def words(self) -> str:
        """As it stands in an address, after its question mark; nothing, where nothing is asked."""
        asked = self.asked
        told = {
            "locality": asked.locality,
            "team": asked.team,
            "worker": asked.worker,
            "overdue": "yes" if asked.overdue else None,
            "order": None if self.order == FIRST else self.order,
            "page": {1: None, WHOLE: ALL}.get(self.page, str(self.page)),
        }
        return urlencode({name: value for name, value in told.items() if value is not None})


def address(path: str, query: Query) -> str:
    """A path with what is asked for."""
    words = query.words()
    return f"{path}?{words}" if words else path


def pages_of(lines: Sequence[object]) -> int:
    """How many pages so many lines make; one at least."""
    return max(1, -(-len(lines) // PAGE))
