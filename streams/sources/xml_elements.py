"""XML, element by element: what is no longer needed is forgotten, and nothing is looked up.

An extract has no DOCTYPE. One that has may name entities: texts that lie elsewhere, or that grow
beyond all measure. It is refused, for the parser would leave out what they stand for without a
word. No more is kept than one of the elements that are asked for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO, TypeAlias

from lxml import etree

from casepulse.streams.encodings import encoding_of
from casepulse.streams.sources.extract import ExtractError

Element: TypeAlias = etree._Element

#: What the parser says of a document that ends too early.
_ENDS_EARLY = frozenset(
    {
        etree.ErrorTypes.ERR_DOCUMENT_EMPTY,
        etree.ErrorTypes.ERR_DOCUMENT_END,
        etree.ErrorTypes.ERR_TAG_NOT_FINISHED,
        etree.ErrorTypes.ERR_GT_REQUIRED,
        etree.ErrorTypes.ERR_LTSLASH_REQUIRED,
    }
)

#: Nothing is fetched, nothing is filled in, and no limit of the parser is lifted.
_SAFELY = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def local_name(element: Element) -> str:
    """The name of an element, without its namespace."""
    return str(element.tag).rpartition("}")[2]


def elements_of(path: Path, root: str, names: frozenset[str]) -> Iterator[Element]:
    """The elements of some names, one after another, each until the next is asked for.

    Args:
        path: the document, in whatever encoding its bytes are: what it says of that is often wrong.
        root: the name of the element that holds all.
        names: those that are asked for; capitals don't matter.

    Raises:
        ExtractError: it can't be read, is no whole XML, has a DOCTYPE, or another root.
    """
    wanted = {name.casefold() for name in names}
    inside = 0
    seen_root = False
    with _opened(path) as file:
        try:
            for event, element in etree.iterparse(file, events=("start", "end"), **_SAFELY):
                if not seen_root:
                    _check_document(element, path, root)
                    seen_root = True
                asked_for = local_name(element).casefold() in wanted
                if event == "start":
                    inside += asked_for
                    continue
                inside -= asked_for
                if not inside:
                    if asked_for:
                        yield element
                    _forget(element)
        except etree.XMLSyntaxError as error:
            raise _broken(path, error) from None


def whole_document(path: Path, root: str) -> Element:
    """The root of a whole document.

    Raises:
        ExtractError: as of `elements_of`.
    """
    with _opened(path) as file:
        try:
            found: Element = etree.parse(file, etree.XMLParser(**_SAFELY)).getroot()
        except etree.XMLSyntaxError as error:
            raise _broken(path, error) from None
    _check_document(found, path, root)
    return found


class _InUtf8:
    """A text, read as bytes in UTF-8."""

    def __init__(self, text: TextIO) -> None:
        self._text = text

    def read(self, size: int = -1) -> bytes:
        """So many characters of it."""
        return self._text.read(size).encode()


@contextmanager
def _opened(path: Path) -> Iterator[_InUtf8]:
    try:
        with path.open("rb") as file:
            encoding = encoding_of(file)
            file.seek(0)
            yield _InUtf8(TextIOWrapper(file, encoding, errors="replace", newline=""))
    except OSError as error:
        raise ExtractError(f"{path}: {error.strerror}") from None


def _check_document(first: Element, path: Path, root: str) -> None:
    info = first.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise ExtractError(
            f"{path.name}: has a DOCTYPE, which no return has and which may name entities; nothing of "
            "it was read: have it exported again"
        )
    if local_name(first).casefold() != root.casefold():
        raise ExtractError(f"{path.name}: is XML of another kind: its first element is no {root}")


def _forget(element: Element) -> None:
    """Forget an element that has been read, and those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _broken(path: Path, error: etree.XMLSyntaxError) -> ExtractError:
    """What is wrong with a document. The parser's own words may quote it."""
    early = error.code in _ENDS_EARLY
    what = "the file ends too early" if early else "what stands there is no XML"
    return ExtractError(
        f"{path.name}, line {error.lineno or 1}: {what}; nothing of the file was told: have it "
        "exported again"
    )
