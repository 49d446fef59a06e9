"""Of which source an extract is, by what lies there: cheaply, and without reading it."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from casepulse.streams.encodings import in_utf8

_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")

#: Bytes of a file that are looked at.
_HEAD = 1 << 16

#: What the beginning of an XML file of a source has.
_ROOTS = (
    ("ssda903", re.compile(rb"<(\w+:)?EXPSSDA903\b")),
    ("cin-census", re.compile(rb"<(\w+:)?Message\b")),
)

_OF_SUFFIX = {
    ".xlsx": "annex-a",
    ".xlsm": "annex-a",
    ".json": "dfe-payload",
    ".jsonl": "dfe-payload",
    ".ndjson": "dfe-payload",
}


def source_of(place: str) -> str | None:
    """The source of an extract; None where nothing that is known lies there.

    Args:
        place: a file, a folder, or the URL of a database.
    """
    if "://" in place:
        return "ssd"
    path = Path(place)
    if path.is_dir():
        files = sorted(each for each in path.iterdir() if each.is_file())
        return next((found for file in files if (found := _of_file(file))), None)
    return _of_file(path) if path.is_file() else None


def extracts_in(folder: str) -> Iterator[tuple[str, str]]:
    """The extracts that lie in a folder, by their names, each with its source; or the one that it
    is, unless the names of its files have days of their own."""
    itself = source_of(folder)
    path = Path(folder)
    if itself is not None and not (path.is_dir() and _of_days(path)):
        yield folder, itself
        return
    for each in sorted(path.iterdir()):
        found = source_of(str(each))
        if found is not None:
            yield str(each), found


def day_of(place: str) -> date | None:
    """The day that the name of an extract has, such as 2026-06-29; None if it has none."""
    said = _DAY.search(Path(place).stem)
    try:
        return None if said is None else date(int(said[1]), int(said[2]), int(said[3]))
    except ValueError:
        return None


def _of_days(folder: Path) -> bool:
    """Whether each file in a folder that could be an extract is one of a day of its own."""
    files = [each for each in folder.iterdir() if each.is_file() and _of_file(each)]
    days = [day_of(str(each)) for each in files]
    return None not in days and len(set(days)) == len(days)


def _of_file(path: Path) -> str | None:
    suffix = path.suffix.lower()
    if suffix in _OF_SUFFIX:
        return _OF_SUFFIX[suffix]
    if suffix not in (".csv", ".tsv", ".txt", ".xml"):
        return None
    with path.open("rb") as file:
        head = in_utf8(file.read(_HEAD))
    if suffix == ".xml":
        return next((source for source, root in _ROOTS if root.search(head)), None)
    if path.name.lower().startswith("ssd_"):
        return "ssd"
    columns = {each.strip(b'" \t\r').upper() for each in re.split(rb"[,;\t]", head.split(b"\n")[0])}
    if b"CHILD UNIQUE ID" in columns:
        return "annex-a"
    return "ssda903" if b"CHILD" in columns else None
