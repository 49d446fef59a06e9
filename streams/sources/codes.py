"""A national code out of what a case system writes for it: `M`, `a) Male`, `1 - Male`, `N1: Abuse`.

A code that stands as a word of its own at the head counts first, then the words of the code list,
then what the profile says of the column. What is none of these is not guessed: the fact is told
without it, and counted.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: What systems write where there is nothing.
BLANK = frozenset(
    {"", "-", ".", "nan", "none", "null", "n/a", "#n/a", "na", "<blank>", "(blank)", "ssd_ph"}
    | {"#multivalue", "1900-01-01"}
)

_ENUMERATED = re.compile(r"^[a-z]{1,2}[).]\s*", re.IGNORECASE)
_BRACKETED = re.compile(r"^\(([^)]*)\)\s*")
_WORD = re.compile(r"[A-Za-z0-9]+")


def is_blank(text: str | None) -> bool:
    """Whether a cell says nothing."""
    return text is None or text.replace("\N{NO-BREAK SPACE}", " ").strip().casefold() in BLANK


def plain(text: str) -> str:
    """A text to be compared: without capitals, typographic quotes, double blanks and what stands
    around it."""
    text = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes that a column may have.

    Args:
        codes: the national ones, as events have them.
        words: by their plain text, what else means one of them.
    """

    codes: Mapping[str, str]
    words: Mapping[str, str]

    @classmethod
    def of(
        cls,
        codes: Iterable[str],
        words: Mapping[str, str] | None = None,
        mapped: Mapping[str, str] | None = None,
    ) -> "Codes":
        """From a code list, its words, and what the profile says of the column."""
        said = {plain(each): code for each, code in (words or {}).items()}
        own = {plain(each): code for each, code in (mapped or {}).items()}
        return cls({each.casefold(): each for each in codes}, {**said, **own})

    def code(self, text: str) -> str | None:
        """The code that a text means; None if it means none that is known."""
        whole = plain(text)
        if whole in self.words:
            return self.words[whole]
        bare = _ENUMERATED.sub("", whole)
        for candidate in (whole, bare):
            bracketed = _BRACKETED.match(candidate)
            for each in (candidate, bracketed[1] if bracketed else ""):
                head = _WORD.match(each)
                if each in self.codes:
                    return self.codes[each]
                if head is not None and head[0] in self.codes:
                    return self.codes[head[0]]
            rest = _BRACKETED.sub("", candidate)
            if rest in self.words:
                return self.words[rest]
        return self.words.get(bare)
