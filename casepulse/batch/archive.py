"""An archive of the events topic: a Parquet file a partition, each case together.

Libraries: pyarrow for Parquet, fsspec for where it lies (a directory, or an
object store by its URL). The same messages give the same bytes.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from casepulse.batch.archive_index import NEW, file_name, index_of, place_of
from casepulse.batch.source_parts import Part, Telling
from casepulse.schemas.events import read_event
from casepulse.schemas.release import Reading
from casepulse.streams.committed import SourceError
from casepulse.streams.whole_files import naming

_INSTANT = pa.timestamp("us", tz="UTC")

#: A row an event: whose it is, when it was recorded and happened, its place, and all of it as JSON.
SCHEMA = pa.schema(
    [
        ("subject", pa.string()),
        ("recorded", _INSTANT),
        ("source", pa.string()),
        ("id", pa.string()),
        ("type", pa.string()),
        ("time", _INSTANT),
        ("offset", pa.int64()),
        ("event", pa.binary()),
    ]
)

#: Rows that are read or written at once.
ROWS = 50_000

#: Where a file's metadata says what was read to make it, and what of it was archived.
_PART, _READING = b"casepulse.part", b"casepulse.reading"


@dataclass(frozen=True, slots=True)
class ArchivedPart:
    """One file of an archive."""

    url: str
    name: str
    size: int
    reading: Reading
    end: int
    """The offset to stop before."""
    by_subject: bool = True

    def already(self) -> Reading:
        """What was read to make it."""
        return self.reading

    def tellings(self) -> Iterator[Telling]:
        """Every event before `end`, case by case."""
        with fsspec.open(self.url, "rb") as file, closing(pq.ParquetFile(file)) as table:
            for batch in table.iter_batches(ROWS, columns=["offset", "event"]):
                offsets, events = batch.column(0).to_pylist(), batch.column(1).to_pylist()
                for offset, value in zip(offsets, events, strict=True):
                    if offset < self.end:
                        yield Telling(offset, read_event(value), value)


def archive_parts(url: str, read_to: dict[str, int] | None = None) -> list[Part]:
    """The files of an archive.

    Args:
        url: its directory, or the URL of its folder in an object store.
        read_to: by part, the offset to stop before. None: all of it.

    Raises:
        SourceError: there is no archive, it is not whole, it does not reach so far, or it is of
            another topic.
    """
    system, path = place_of(url)
    names = index_of(url).parts
    if read_to is not None and set(read_to) != set(names):
        raise SourceError(f"{url}: holds {_some(names)}; {_some(read_to)} are asked for")
    parts: list[Part] = []
    for number, name in enumerate(names):
        place = f"{path}/{file_name(number)}"
        try:
            with system.open(place, "rb") as file:
                told = pq.ParquetFile(file)
                metadata = told.schema_arrow.metadata or {}
                rows, part = told.metadata.num_rows, metadata.get(_PART, b"").decode()
        except FileNotFoundError:
            raise SourceError(
                f"{url}: is not whole, {file_name(number)} is gone; make it again"
            ) from None
        except pa.ArrowException as error:
            raise SourceError(f"{place}: can't be read: {error}") from None
        if part != name:
            raise SourceError(f"{place}: is of {part or 'no archive'}, and not of {name}")
        reading = Reading.model_validate_json(metadata[_READING])
        holds = reading.read_to[part]
        end = holds if read_to is None else read_to[part]
        if end > holds:
            raise SourceError(f"{place}: holds {part} up to offset {holds}; {end} is asked for")
        parts.append(ArchivedPart(system.unstrip_protocol(place), part, rows, reading, end))
    return parts


def _some(names: Collection[str]) -> str:
    few = ", ".join(sorted(names)[:3])
    return f"{few} and {len(names) - 3} more" if len(names) > 3 else few or "nothing"


def write_archived(
    part: Part, url: str, number: int, progress: Callable[[int], None] = lambda count: None
) -> Reading:
    """Archive a part as one file; what was read, and what of it was left out as said already.

    Args:
        part: of which source.
        url: the archive's directory.
        number: which file it will be.
        progress: is told of so many messages more.
    """
    columns: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
    messages = unreadable = end = 0
    for telling in part.tellings():
        messages += 1
        end = telling.offset + 1
        if messages % 1000 == 0:
            progress(1000)
        unreadable += telling.unreadable
        event = telling.event
        if event is None:
            continue
        row = (event.subject, event.recordedtime, event.source, event.id, event.type, event.time)
        for name, cell in zip(SCHEMA.names, (*row, telling.offset, telling.value), strict=True):
            columns[name].append(cell)
    progress(messages % 1000)
    table = pa.table(columns, schema=SCHEMA)
    order = ("subject", "recorded", "source", "id", "event", "offset")
    table = table.sort_by([(name, "ascending") for name in order])
    kept = _without_repeats(table)
    reading = Reading(
        read_to={part.name: end},
        messages=messages,
        repeated=table.num_rows - kept.num_rows,
        unreadable=unreadable,
        unknown_yet=0,
    )
    kept = kept.replace_schema_metadata(
        {_PART: part.name.encode(), _READING: reading.model_dump_json().encode()}
    )
    system, path = place_of(url)
    system.makedirs(path, exist_ok=True)
    new = f"{path}/{file_name(number)}{NEW}"
    try:
        with naming(new), system.open(new, "wb") as file:
            pq.write_table(kept, file, row_group_size=ROWS, compression="zstd")
    except OSError:
        with suppress(OSError):  # half a file helps nobody, least of all on a full disk
            system.rm(new)
        raise
    return reading


def _without_repeats(table: pa.Table) -> pa.Table:
    """Of a sorted table, the first of each message that was told word for word again."""
    keep: list[bool] = []
    before: tuple[object, ...] | None = None
    for batch in table.select(["source", "id", "event"]).to_batches(ROWS):
        columns = (batch.column(name).to_pylist() for name in ("source", "id", "event"))
        for row in zip(*columns, strict=True):
            keep.append(row != before)
            before = row
    return table.filter(pa.array(keep, pa.bool_()))
