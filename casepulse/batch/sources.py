"""The source that a command reads facts from: the events topic, or an archive of it."""

import sys
from collections.abc import Iterable

from casepulse.batch.source_parts import Part, TopicPart, topic_parts
from casepulse.streams.settings import Settings


def source_parts(
    archive: str | None, settings: Settings, read_to: dict[str, int] | None = None
) -> list[Part]:
    """The parts of what a command reads.

    Args:
        archive: the URL or directory of an archive; None: the events topic.
        settings: where Kafka is, and which topic.
        read_to: by part, the offset to stop before; None: all that is there now.

    Raises:
        casepulse.streams.committed.SourceError: it isn't there, or not whole.
    """
    if archive is not None:
        # It brings Arrow, which who reads the topic can do without.
        from casepulse.batch.archive import archive_parts  # noqa: PLC0415

        return archive_parts(archive, read_to)
    parts = topic_parts(settings, read_to)
    if waiting := withheld(parts):
        sys.stderr.write(f"casepulse: {waiting}; left out\n")
    return parts


def withheld(parts: Iterable[Part]) -> str:
    """What can't be read of a source yet, for transactions are open there; empty if all can."""
    told = [
        f"{part.name}: a transaction is open at offset {part.end}, {part.withheld} offsets wait"
        for part in parts
        if isinstance(part, TopicPart) and part.withheld
    ]
    return "; ".join(told)
