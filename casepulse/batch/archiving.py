"""Makes an archive: of the events topic, or of files of events as the topic would hold them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from casepulse.batch.archive import write_archived
from casepulse.batch.archive_index import put_in_place, take_away_unfinished
from casepulse.batch.counting import Progress, report, side_by_side
from casepulse.batch.source_parts import NOTHING_READ, Part, Telling, together
from casepulse.schemas.envelope import Event
from casepulse.schemas.events import read_event
from casepulse.schemas.release import Reading
from casepulse.streams.places import partition_of
from casepulse.streams.settings import Settings
from casepulse.streams.whole_files import named, naming


def archive(parts: list[Part], url: str, as_of: datetime | None, progress: Progress) -> Reading:
    """Archive every part of a source, side by side, in the place of what was archived there.

    Args:
        parts: of the source.
        url: the archive's directory.
        as_of: the instant at which the topic's ends were looked up; None: it is no topic.
        progress: is told of messages read.

    Returns:
        what was read.
    """
    take_away_unfinished(url)
    work = [(part, url, number) for number, part in enumerate(parts)]
    readings = side_by_side(_archive_part, work, progress)
    put_in_place(url, [part.name for part in parts], as_of)
    return together(readings)


def _archive_part(part: Part, url: str, number: int) -> Reading:
    return write_archived(part, url, number, report)


class SpooledPart:
    """Lines of events in a file, as one partition of the topic would hold them."""

    by_subject = False

    def __init__(self, path: Path, name: str, size: int) -> None:
        self.path, self.name, self.size = path, name, size

    def already(self) -> Reading:
        """Nothing."""
        return NOTHING_READ

    def tellings(self) -> Iterator[Telling]:
        """A line after another."""
        with self.path.open("rb") as lines:
            for offset, line in enumerate(lines):
                value = line.rstrip(b"\n")
                yield Telling(offset, read_event(value), value)


def archive_lines(
    events: Iterable[tuple[Event[Any], bytes]], url: str, settings: Settings, progress: Progress
) -> Reading:
    """Archive events, however many, as the topic's partitions would hold them.

    Args:
        events: each with the bytes that it was read from; no ticks.
        url: the archive's directory.
        settings: the topic's name, and its number of partitions.
        progress: is told of events archived.
    """
    count = settings.partitions
    with TemporaryDirectory(prefix="casepulse-archive-") as folder:
        paths = [Path(folder) / f"{number:03}" for number in range(count)]
        files = [path.open("wb") for path in paths]
        sizes = [0] * count
        try:
            for event, value in events:
                number = partition_of(event.subject.encode(), count)
                try:
                    files[number].write(value + b"\n")
                except OSError as error:
                    raise named(error, paths[number]) from error
                sizes[number] += 1
        finally:
            for path, file in zip(paths, files, strict=True):
                with naming(path):
                    file.close()
        parts: list[Part] = [
            SpooledPart(path, f"{settings.name}.events/{number}", sizes[number])
            for number, path in enumerate(paths)
        ]
        return archive(parts, url, None, progress)
