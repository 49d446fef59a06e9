"""What releases are made of, and where they are kept."""

from dataclasses import dataclass

from casepulse.agents.release_store import ReleaseStore
from casepulse.batch.counting import Progress
from casepulse.batch.source_parts import Part
from casepulse.batch.sources import source_parts
from casepulse.streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Making:
    """Where releases are made from, and where they go."""

    settings: Settings
    store: ReleaseStore
    archive: str | None
    """None: the events topic."""
    progress: Progress

    def parts(self, read_to: dict[str, int] | None = None) -> list[Part]:
        """Of the source."""
        return source_parts(self.archive, self.settings, read_to)
