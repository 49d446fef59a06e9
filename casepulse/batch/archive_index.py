"""What says of an archive that it is whole, and which files it has: the last thing written of it.

fsspec knows where it lies: a directory, or an object store by its URL.
"""

from datetime import datetime
from typing import Any

import fsspec
from pydantic import AwareDatetime

from casepulse.schemas.envelope import Strict
from casepulse.schemas.stored import Format, StoredError
from casepulse.streams.committed import SourceError
from casepulse.streams.urls import without_password
from casepulse.streams.whole_objects import put_whole

INDEX = "archive.json"

#: What the name of a file ends in until all are written.
NEW = ".new"

_ANY_FILE = "events-*.parquet"


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
    system, path = place_of(url)
    try:
        return STORED.read(system.cat_file(f"{path}/{INDEX}"))
    except FileNotFoundError:
        raise SourceError(
            f"{url}: holds no archive, or one whose making was broken off; make one with: "
            "casepulse archive"
        ) from None
    except StoredError as error:
        raise SourceError(f"{url}: {INDEX} {error}") from None


def place_of(url: str) -> tuple[Any, str]:
    """The file system on which an archive lies, and its path there.

    Raises:
        SourceError: it can't be reached.
    """
    try:
        system, path = fsspec.url_to_fs(url)
    except (ValueError, ImportError) as error:
        raise SourceError(f"{without_password(url)}: can't be reached: {error}") from None
    return system, path


def file_name(number: int) -> str:
    """What the file of a part is called."""
    return f"events-{number:03}.parquet"


def take_away_unfinished(url: str) -> None:
    """Take away what a making that was broken off has left. Two at once there may not be."""
    system, path = place_of(url)
    for left in system.glob(f"{path}/{_ANY_FILE}{NEW}"):
        system.rm(left)


def put_in_place(url: str, names: list[str], as_of: datetime | None) -> None:
    """Put the files that were written in the place of the archive that stood there.

    Args:
        url: the archive's directory.
        names: the parts, in the order of their files.
        as_of: the instant at which the topic's ends were looked up, if it was a topic.
    """
    system, path = place_of(url)
    before = 0
    if system.exists(f"{path}/{INDEX}"):
        before = len(index_of(url).parts)
        system.rm(f"{path}/{INDEX}")
    for number in range(len(names)):
        system.mv(f"{path}/{file_name(number)}{NEW}", f"{path}/{file_name(number)}")
    for number in range(len(names), before):
        system.rm(f"{path}/{file_name(number)}")
    index = Index(format=STORED.number, parts=names, as_of=as_of)
    told = STORED.write(index.model_dump_json())
    put_whole(system, f"{path}/{INDEX}", told)
