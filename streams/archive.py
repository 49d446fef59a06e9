"""An archive of the events topic: a Parquet file a partition, each case together.

Libraries: pyarrow for Parquet, fsspec for where it lies (a directory, or an
object store by its URL). The same messages give the same bytes.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem
from pydantic import AwareDatetime

from casepulse.schemas.envelope import Strict
from casepulse.schemas.events import read_event
from casepulse.schemas.release import Reading
from casepulse.schemas.stored import Format, StoredError
from casepulse.streams.committed import SourceError
from casepulse.streams.source_parts import NOTHING_READ, Part, Telling
from casepulse.streams.whole_files import naming, replace_whole

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

INDEX = "archive.json"

#: What the name of a file ends in until all are written.
_NEW = ".new"

_ANY_FILE = "events-*.parquet"


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
    system, path = _place(url)
    names = index_of(url).parts
    if read_to is not None and set(read_to) != set(names):
        raise SourceError(f"{url}: holds {_some(names)}; {_some(read_to)} are asked for")
    parts: list[Part] = []
    for number, name in enumerate(names):
        file_name = f"{path}/{_file(number)}"
        try:
            with system.open(file_name, "rb") as file:
                told = pq.ParquetFile(file)
                metadata = told.schema_arrow.metadata or {}
                rows, part = told.metadata.num_rows, metadata.get(_PART, b"").decode()
        except FileNotFoundError:
            raise SourceError(
                f"{url}: is not whole, {_file(number)} is gone; make it again"
            ) from None
        except pa.ArrowException as error:
            raise SourceError(f"{file_name}: can't be read: {error}") from None
        if part != name:
            raise SourceError(f"{file_name}: is of {part or 'no archive'}, and not of {name}")
        reading = Reading.model_validate_json(metadata[_READING])
        holds = reading.read_to[part]
        end = holds if read_to is None else read_to[part]
        if end > holds:
            raise SourceError(f"{file_name}: holds {part} up to offset {holds}; {end} is asked for")
        parts.append(ArchivedPart(system.unstrip_protocol(file_name), part, rows, reading, end))
    return parts


class Index(Strict):
    """What an archive must hold; the last thing that is written of it."""

    format: int = 1
    """In which it and its files are written: see `casepulse.schemas.stored`."""
    parts: list[str]
    """The parts, in the order of their files."""
    as_of: AwareDatetime | None
    """The instant at which the topic's ends were looked up; None where it was made of files."""


STORED = Format("the index of an archive", Index)


def index_of(url: str) -> Index:
    """What an archive must hold.

    Raises:
        SourceError: there is none, its making was broken off, or a later version made it.
    """
    system, path = _place(url)
    try:
        return STORED.read(system.cat_file(f"{path}/{INDEX}"))
    except FileNotFoundError:
        raise SourceError(
            f"{url}: holds no archive, or one whose making was broken off; make one with: "
            "casepulse archive"
        ) from None
    except StoredError as error:
        raise SourceError(f"{url}: {INDEX} {error}") from None


def _place(url: str) -> tuple[Any, str]:
    try:
        system, path = fsspec.url_to_fs(url)
    except (ValueError, ImportError) as error:
        raise SourceError(f"{url}: can't be reached: {error}") from None
    return system, path


def _file(number: int) -> str:
    return f"events-{number:03}.parquet"


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
    system, path = _place(url)
    system.makedirs(path, exist_ok=True)
    new = f"{path}/{_file(number)}{_NEW}"
    try:
        with naming(new), system.open(new, "wb") as file:
            pq.write_table(kept, file, row_group_size=ROWS, compression="zstd")
    except OSError:
        with suppress(OSError):  # half a file helps nobody, least of all on a full disk
            system.rm(new)
        raise
    return reading


def take_away_unfinished(url: str) -> None:
    """Take away what a making that was broken off has left. Two at once there may not be."""
    system, path = _place(url)
    for left in system.glob(f"{path}/{_ANY_FILE}{_NEW}"):
        system.rm(left)


def put_in_place(url: str, names: list[str], as_of: datetime | None) -> None:
    """Put the files that were written in the place of the archive that stood there.

    Args:
        url: the archive's directory.
        names: the parts, in the order of their files.
        as_of: the instant at which the topic's ends were looked up, if it was a topic.
    """
    system, path = _place(url)
    before = 0
    if system.exists(f"{path}/{INDEX}"):
        before = len(index_of(url).parts)
        system.rm(f"{path}/{INDEX}")
    for number in range(len(names)):
        system.mv(f"{path}/{_file(number)}{_NEW}", f"{path}/{_file(number)}")
    for number in range(len(names), before):
        system.rm(f"{path}/{_file(number)}")
    index = Index(format=STORED.number, parts=names, as_of=as_of)
    told = STORED.write(index.model_dump_json())
    if isinstance(system, LocalFileSystem):
        replace_whole(Path(path) / INDEX, told)
    else:
        with naming(f"{path}/{INDEX}"):
            system.pipe_file(f"{path}/{INDEX}", told)


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


def together(readings: list[Reading]) -> Reading:
    """What was read of all parts."""
    whole = NOTHING_READ
    for each in readings:
        whole = Reading(
            read_to=whole.read_to | each.read_to,
            messages=whole.messages + each.messages,
            repeated=whole.repeated + each.repeated,
            unreadable=whole.unreadable + each.unreadable,
            unknown_yet=whole.unknown_yet + each.unknown_yet,
        )
    return whole
