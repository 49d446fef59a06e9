"""Of which source an extract is, by what lies there: cheaply, and without reading it."""

import re
from collections.abc import Iterator
from pathlib import Path

from casepulse.streams.encodings import in_utf8

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
    is."""
    itself = source_of(folder)
    path = Path(folder)
    if itself is not None and not _is_many(path, itself):
        yield folder, itself
        return
    for each in sorted(path.iterdir()):
        found = source_of(str(each))
        if found is not None:
            yield str(each), found


def _is_many(path: Path, source: str) -> bool:
    """Whether each file of a folder is an extract of its own."""
    return path.is_dir() and source in ("annex-a", "cin-census", "dfe-payload")


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
    return "ssda903" if b"CHILD" in columns else None
