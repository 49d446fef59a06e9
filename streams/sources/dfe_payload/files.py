"""Where a payload lies, and each child in it: a line each, or the elements of an array."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from casepulse.streams.encodings import in_utf8, lines_of
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.extract import ExtractError

_ENDINGS = (".json", ".jsonl", ".ndjson")

NO_JSON = "is no JSON: one child a line, or an array of children, is expected"

_SPACE = re.compile(r"[\s,\0]*")


@dataclass(frozen=True, slots=True)
class Payload:
    """What lies at a place."""

    files: tuple[Path, ...]
    unknown: tuple[str, ...]
    """Files that are none of a payload's."""
    changes_alone: bool
    """Whether their names say so."""


def find(place: Path) -> Payload:
    """The files of a payload.

    Raises:
        ExtractError: there are none; or some say that they hold changes alone, and others don't.
    """
    if place.is_file():
        files, unknown = [place], []
    elif place.is_dir():
        there = sorted(each for each in place.iterdir() if each.is_file())
        files = [each for each in there if each.suffix.lower() in _ENDINGS]
        unknown = [each.name for each in there if each not in files]
    else:
        raise ExtractError(f"{place}: is not there; give a file of JSON, or a folder of such files")
    if not files:
        raise ExtractError(f"{place}: holds no file that ends in {', '.join(_ENDINGS)}")
    named = {"delta" in each.stem.lower() for each in files}
    if len(named) > 1:
        raise ExtractError(
            f"{place}: holds files of all children and files of changes alone (`delta` in their "
            "name); give one of the two"
        )
    return Payload(tuple(files), tuple(unknown), named == {True})


def is_blank(path: Path) -> bool:
    """Whether a file holds nothing.

    Raises:
        ExtractError: it can't be read, or is no JSON from its beginning.
    """
    begins = _begins(path)
    if begins not in ("", "[", "{"):
        raise ExtractError(f"{path}: {NO_JSON}")
    return not begins


def children_of(path: Path) -> Iterator[tuple[int, object]]:
    """Each child of a file with the line where it begins, or why it can't be read.

    Of lines one is held at a time. An array is held whole: the Department takes a hundred children
    in one.
    """
    if _begins(path) == "[":
        yield from _of_arrays(_decoded(in_utf8(path.read_bytes())))
        return
    with path.open("rb") as file:
        for number, line in enumerate(lines_of(file), start=1):
            said = line.strip().strip(b"\0")
            if said:
                for child in _of_line(said):
                    yield number, child


def _begins(path: Path) -> str:
    try:
        with path.open("rb") as file:
            for line in lines_of(file):
                if text := _decoded(line).strip("\0 \t\r\n"):
                    return text[0]
    except OSError as error:
        raise ExtractError(f"{path}: {error.strerror}") from None
    return ""


def _decoded(content: bytes) -> str:
    """A text in UTF-8, or in what Windows writes. What is neither is marked."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _of_line(line: bytes) -> list[object]:
    try:
        said = orjson.loads(_decoded(line))
    except orjson.JSONDecodeError:
        return [RefusedError(None, NO_JSON)]
    return said if isinstance(said, list) else [said]


def _of_arrays(text: str) -> Iterator[tuple[int, object]]:
    """The elements of one array after another. Behind what is no JSON nothing can be read."""
    decoder, at, line, is_open = json.JSONDecoder(), 0, 1, False
    while True:
        found = _SPACE.match(text, at)
        behind = found.end() if found else at
        line, at = line + text.count("\n", at, behind), behind
        if at == len(text):
            if is_open:
                yield line, RefusedError(None, "the array has no end: what is missing is not known")
            return
        if text[at] == ("]" if is_open else "["):
            is_open, at = not is_open, at + 1
            continue
        try:
            if not is_open:
                raise ValueError
            child, behind = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            yield line, RefusedError(None, f"{NO_JSON}; nothing behind it was read")
            return
        yield line, child
        line, at = line + text.count("\n", at, behind), behind
