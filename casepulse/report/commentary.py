"""The author's own words: one Markdown file a month, written by hand and never overwritten.

Each place of the report has a heading of the second level that is its key. What stands below it
goes into the report. A re-run adds the places that are new; words whose place is gone are kept
under a heading that says so, and come back if the place does.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from casepulse.report.document import Commentary, Document, ReportError
from casepulse.streams.whole_files import replace_whole

#: The heading over words whose place is gone; below it keys are headings of the third level.
GONE = "no_longer_in_the_report"

_INTRODUCTION = """\
Write below a heading, in Markdown, what the report is to say there; an empty line parts
paragraphs. Leave the headings of the second level as they are: they name the places.
"""

_HEADING = re.compile(r"(##|###) ([a-z0-9_]+)[ \t]*")

_PROMPT = re.compile(r"<!-- place: .* -->")


class CommentaryError(ReportError):
    """A file of commentary that cannot be read; the message names it."""


def read_commentary(path: Path) -> dict[str, str]:
    """What the author wrote, by place; nothing, where there is no file yet.

    Raises:
        CommentaryError: the file cannot be read.
    """
    return {
        key: text for key, text in parse_commentary(_text(path)).items() if key and text.strip()
    }


def write_places(path: Path, document: Document) -> None:
    """Write the places of a document into the author's file, with all that stands in it.

    Raises:
        CommentaryError: the file cannot be read; it is left as it is.
    """
    before = _text(path)
    places = [block for block in document.blocks() if isinstance(block, Commentary)]
    after = with_places(before, f"Commentary, {document.month}", places)
    if after == before:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_whole(path, after.encode())  # a run that is killed leaves the words as they were


def parse_commentary(text: str) -> dict[str, str]:
    """The words below each key, in order; those above the first key belong to the empty one."""
    words: dict[str, list[str]] = {"": []}
    key, gone = "", False
    for line in text.split("\n"):
        heading = _HEADING.fullmatch(line)
        if heading and heading[1] == "##":
            gone = heading[2] == GONE
            key = GONE if gone else heading[2]
            _parted(words.setdefault(key, []))
        elif heading and gone:
            key = heading[2]
            _parted(words.setdefault(key, []))
        elif not _PROMPT.fullmatch(line):
            words[key].append(line)
    return {key: "\n".join(lines).strip("\n") for key, lines in words.items()}


def _parted(lines: list[str]) -> None:
    """Keep what follows apart from what was written below the same heading before."""
    if lines and lines[-1]:
        lines.append("")


def with_places(text: str, title: str, places: Iterable[Commentary]) -> str:
    """The author's file with every place of the report, and nothing of it lost.

    Args:
        text: the file as it is; empty, if there is none.
        title: of a new file.
        places: those of the report, in its order.
    """
    told = parse_commentary(text)
    above = told.pop("") or f"# {title}\n\n{_INTRODUCTION}".strip()
    return "\n\n".join((above, *_written(told, list(places)))) + "\n"


def _written(told: Mapping[str, str], places: list[Commentary]) -> Iterator[str]:
    for place in places:
        yield f"## {place.key}\n<!-- place: {place.prompt} -->"
        if told.get(place.key):
            yield told[place.key]
    known = {place.key for place in places}
    gone = {key: words for key, words in told.items() if key not in known and words}
    if gone:
        yield f"## {GONE}\n<!-- place: Words whose place the report no longer has. -->"
        if GONE in gone:
            yield gone.pop(GONE)
    for key, words in gone.items():
        yield f"### {key}\n\n{words}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise CommentaryError(f"{path}: cannot be read: {error}") from error
