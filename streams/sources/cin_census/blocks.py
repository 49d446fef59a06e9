"""From the XML of a child to plain rows: the texts that are read, and no others."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from casepulse.streams.sources.cin_census.layout import LAYOUTS, Layout
from casepulse.streams.sources.codes import is_blank
from casepulse.streams.sources.keys import Keys
from casepulse.streams.sources.xml_elements import Element, Lines, local_name

_SPEAKABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")

#: Names as the layout has them, by the same without capitals.
_NAMES = {
    name.casefold(): name
    for kind, layout in LAYOUTS.items()
    for name in (
        kind,
        *layout.columns,
        *layout.rows,
        *layout.around,
        *layout.left_alone,
    )
}


@dataclass(frozen=True, slots=True)
class Block:
    """An element that is a row, and the rows in it."""

    kind: str
    """Its name, as the layout has it."""
    line: int
    """Where it begins."""
    texts: Mapping[str, str] = field(repr=False)
    """What stands in the columns that are read; without those that say nothing."""
    twice: frozenset[str]
    """Columns that stand more than once, and don't agree."""
    rows: tuple["Block", ...]
    unknown: frozenset[str]
    """Names of elements that the collection does not have."""

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing in it."""
        return not self.texts and not self.rows


def key_of(child: Block, keys: Keys) -> str | None:
    """The key of a child; None: its element has no id, or two."""
    if "LAchildID" in child.twice:
        return None
    try:
        return keys.person(child.texts.get("LAchildID", ""))
    except ValueError:
        return None


def block_of(element: Element, kind: str, lines: Lines) -> Block:
    """An element as plain rows. Nothing of the XML is kept."""
    layout = LAYOUTS[kind]
    if kind in layout.columns:  # an element that is a row and its only column
        found = [(kind, element)]
    else:
        found = list(_within(element, layout))
    texts: dict[str, str] = {}
    twice, unknown, rows = set(), set(), []
    for name, each in found:
        if name in layout.columns:
            text = _text(each)
            if not is_blank(text) and texts.setdefault(name, text) != text:
                twice.add(name)
        elif name in layout.rows:
            rows.append(block_of(each, name, lines))
        elif name not in layout.left_alone:
            unknown.add(name if _SPEAKABLE.fullmatch(name) else "(a name that is not repeated)")
    return Block(kind, lines[element], texts, frozenset(twice), tuple(rows), frozenset(unknown))


def _within(element: Element, layout: Layout) -> Iterator[tuple[str, Element]]:
    """The elements in one that is a row, by name; in what only holds others, those."""
    for name, each in _named(element):
        if name in layout.around:
            yield from _named(each)
        else:
            yield name, each


def _named(element: Element) -> Iterator[tuple[str, Element]]:
    for each in element:
        local = local_name(each)
        yield _NAMES.get(local.casefold(), local), each


def _text(element: Element) -> str:
    return (element.text or "").strip()
