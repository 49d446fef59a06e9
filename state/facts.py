"""A fact: an event as the engine keeps it, with its times turned into instants and days."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Generic

from typing_extensions import TypeVar

from casepulse.schemas.envelope import Data, Event
from casepulse.schemas.events import RecordAmended, RecordVoided
from casepulse.state.calendar import local_date

#: What a fact says: `Fact[VisitRecorded]` is a visit, and `Fact` alone is of any kind.
D_co = TypeVar("D_co", bound=Data, covariant=True, default=Data)


@dataclass(frozen=True)
class Fact(Generic[D_co]):
    """What happened to a case, when it happened, and when it was recorded.

    Two facts with the same `key` are the same record; `order` decides which of
    two tellings holds, whichever came first.
    """

    id: str
    source: str
    subject: str
    time: datetime
    """When it happened (UTC)."""
    recorded: datetime
    """When the case system knew (UTC)."""
    data: D_co

    @classmethod
    def of(cls, event: Event[Any]) -> "Fact":
        """The fact that an event tells."""
        return cls(
            event.id,
            event.source,
            event.subject,
            event.time.astimezone(UTC),
            event.recordedtime.astimezone(UTC),
            event.data,
        )

    @property
    def key(self) -> tuple[str, str]:
        """CloudEvents: `source` and `id` together name an event."""
        return self.source, self.id

    @property
    def type(self) -> str:
        """The CloudEvents type."""
        return self.data.TYPE

    @cached_property
    def day(self) -> date:
        """The local day on which it happened."""
        return local_date(self.time)

    @property
    def corrects(self) -> tuple[str, str] | None:
        """The key of the record that a correction names; None for any other fact."""
        if isinstance(self.data, RecordAmended):
            return self.source, self.data.amends
        if isinstance(self.data, RecordVoided):
            return self.source, self.data.voids
        return None

    def holds_over(self, other: "Fact") -> bool:
        """Whether this telling of the same record holds, rather than the other.

        The later recorded one; of two recorded at once, the one whose content
        sorts last. An arbitrary rule, but the same in every order of arrival.
        """
        if self.recorded != other.recorded:
            return self.recorded > other.recorded
        return self._content > other._content

    @property
    def _content(self) -> tuple[datetime, str, str]:
        return self.time, self.type, self.data.model_dump_json()

    def retold(self, time: datetime, data: Data) -> "Fact":
        """The same record, as a correction tells it."""
        return Fact(self.id, self.source, self.subject, time.astimezone(UTC), self.recorded, data)
