"""XML, element by element: what is no longer needed is forgotten, and nothing is looked up.

An extract has no DOCTYPE. One that has may name entities: texts that lie elsewhere, or that grow
beyond all measure. It is refused, for the parser would leave out what they stand for without a
word. No more is kept than one of the elements that are asked for.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

from lxml import etree

from casepulse.streams.encodings import encoding_of
from casepulse.streams.sources.extract import ExtractError

Element: TypeAlias = etree._Element

#: By element, the line that it begins on. The parser's own count (`sourceline`) is of other lines
#: from 65,535 on.
Lines: TypeAlias = dict[Element, int]

#: What is read of a line at once, in characters: a whole document may be one line.
_MOST = 64 * 1024


def local_name(element: Element) -> str:
    """The name of an element, without its namespace."""
    return str(element.tag).rpartition("}")[2]


def elements_of(path: Path, root: str, names: frozenset[str]) -> Iterator[tuple[Element, Lines]]:
    """The elements of some names, one after another, each until the next is asked for; with the
    lines that it, and what it holds, begin on.

    Args:
        path: the document, in whatever encoding its bytes are: what it says of that is often wrong.
        root: the name of the element that holds all.
        names: those that are asked for; capitals don't matter.

    Raises:
        ExtractError: it can't be read, is no whole XML, has a DOCTYPE, or another root.
    """
    wanted = {name.casefold() for name in names}
    inside, lines = 0, Lines()
    for event, element, line in _events(path, root):
        asked_for = local_name(element).casefold() in wanted
        if event == "start":
            inside += asked_for
            if inside:
                lines[element] = line
            continue
        inside -= asked_for
        if not inside:
            if asked_for:
                yield element, lines
                lines = {}
            _forget(element)


def whole_document(path: Path, root: str) -> tuple[Element, Lines]:
    """The root of a whole document, and the lines that its elements begin on.

    Raises:
        ExtractError: as of `elements_of`.
    """
    lines = {element: line for event, element, line in _events(path, root) if event == "start"}
    return next(iter(lines)), lines


def _events(path: Path, root: str) -> Iterator[tuple[str, Element, int]]:
    """Where each element begins and ends, in turn, and on which line."""
    # Nothing is fetched, nothing is filled in, and no limit of the parser is lifted.
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    seen_root, line = False, 1
    for part in _parts(path):
        try:
            parser.feed(part.encode())
        except etree.XMLSyntaxError as error:
            raise _broken(path, error, "what stands there is no XML") from None
        for event, element in parser.read_events():
            if not seen_root:
                _check_document(element, path, root)
                seen_root = True
            yield event, element, line
        line += part.endswith("\n")
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _broken(path, error, "the file ends too early") from None


def _parts(path: Path) -> Iterator[str]:
    """A text by its lines; of a very long one, parts."""
    try:
        with path.open("rb") as file:
            encoding = encoding_of(file)
        with path.open(encoding=encoding, errors="replace", newline="\n") as text:
            yield from iter(partial(text.readline, _MOST), "")
    except OSError as error:
        raise ExtractError(f"{path}: {error.strerror}") from None


def _check_document(first: Element, path: Path, root: str) -> None:
    info = first.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise ExtractError(
            f"{path.name}: has a DOCTYPE. No return has one, and it may name entities: nothing "
            "of it was read: have it exported again"
        )
    if local_name(first).casefold() != root.casefold():
        raise ExtractError(f"{path.name}: is XML of another kind: its first element is no {root}")


def _forget(element: Element) -> None:
    """Forget an element that has been read, and those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _broken(path: Path, error: etree.XMLSyntaxError, what: str) -> ExtractError:
    """What is wrong with a document. The parser's own words may quote it."""
    return ExtractError(
        f"{path.name}, line {error.lineno or 1}: {what}; nothing of the file was told: have it "
        "exported again"
    )
