"""How the report speaks of each measure, and in which order (`phrases.toml`)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from casepulse.shown.values import number_words


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words for a measure: a subject that something is said of, or a clause with its number."""

    subject: str = ""
    said: str = ""
    alone: str = ""
    """The clause where it stands alone, in the executive summary."""
    of: tuple[str, str] = ("", "")
    """What the denominator counts, one and many; empty where nobody said."""
    summary: bool = False
    """Whether the executive summary speaks of it, though it is not on the dashboard."""
    localities: bool = False
    """Whether its localities have a table, though it is not on the dashboard."""

    def counted(self, number: int) -> str:
        """What the denominator counts, after a space; nothing where nobody said."""
        word = self.of[0] if number == 1 else self.of[1]
        return f" {word}" if word else ""


@dataclass(frozen=True, slots=True)
class Topic:
    """Measures that a section of the report speaks of together."""

    section: str
    title: str
    phrases: Mapping[str, Phrase]
    """By the id of the measure, in order."""


@cache
def topics() -> tuple[Topic, ...]:
    """Every topic, in the report's order."""
    told = tomllib.loads(files(__package__).joinpath("phrases.toml").read_text(encoding="utf-8"))
    return tuple(
        Topic(section, title, {name: _phrase(words) for name, words in measures.items()})
        for section, named in told.items()
        for title, measures in named.items()
    )


@cache
def phrases() -> Mapping[str, Phrase]:
    """The words of every measure that has any."""
    return {name: phrase for topic in topics() for name, phrase in topic.phrases.items()}


def phrase_of(measure: str) -> Phrase:
    """The words of a measure; without any, where it has no line in `phrases.toml`."""
    return phrases().get(measure, Phrase())


def clause(said: str, count: int) -> str:
    """A clause with its number: `{visit was|visits were} late` gives "1 visit was late"."""

    def numbered(match: re.Match[str]) -> str:
        words = match[1] if count == 1 else match[2]
        none = "none" if words.startswith("of ") else "no"
        return f"{number_words(count, 'count') if count else none} {words}"

    agreed = re.sub(r"\[(.*?)\|(.*?)\]", lambda match: match[1 if count == 1 else 2], said)
    return re.sub(r"\{(.*?)\|(.*?)\}", numbered, agreed)


def capital(words: str) -> str:
    """With a capital first letter, the others as they are."""
    return words[:1].upper() + words[1:]


def _phrase(words: Mapping[str, str | bool]) -> Phrase:
    one, _, many = str(words.get("of", "")).partition("|")
    return Phrase(
        subject=str(words.get("subject", "")),
        said=str(words.get("said", "")),
        alone=str(words.get("alone", "")),
        of=(one, many),
        summary=bool(words.get("summary", False)),
        localities=bool(words.get("localities", False)),
    )
