"""The report as a document: what every format is made from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from casepulse.schemas.errors import FailedError
from casepulse.shown.blocks import Chart, Sentence, Table, Value


class ReportError(FailedError):
    """A report that cannot be made; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a chapter."""

    text: str
    key: str
    level: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that belong together."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Commentary:
    """A marked place for the author's own words; they survive a re-run (see `commentary.py`)."""

    key: str
    prompt: str
    """What the author might say here."""
    text: str = ""
    """What the author did say: paragraphs with an empty line between. Empty: nothing yet."""


Block = Heading | Paragraph | Commentary | Table | Chart


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: it begins on a new page."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report."""

    title: str
    authority: str
    month: str
    """As people write it: January 2021."""
    edition: Literal["internal", "publishable"]
    release: str
    """The release it was made from: 2021-01/2-final."""
    facts: tuple[tuple[str, str], ...]
    """What stands on the cover: as at, known at, definitions, content hash and the like."""
    chapters: tuple[Chapter, ...] = field(default=())

    def blocks(self) -> Iterator[Block]:
        """Every block of every chapter, in order."""
        for chapter in self.chapters:
            yield from chapter.blocks

    def tables(self) -> Sequence[Table]:
        """Every table, in order."""
        return [block for block in self.blocks() if isinstance(block, Table)]

    def figures(self) -> Iterator[Value]:
        """Every value that names the figure it shows."""
        for table in self.tables():
            for row in table.rows:
                for value in (row.head, *row.values):
                    if value.of is not None:
                        yield value
