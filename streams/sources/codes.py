"""A national code out of what a case system writes for it: `M`, `a) Male`, `1 - Male`, `C2: FCO`.

What the profile says of a whole text holds. Then a code that stands as a word of its own at the
head counts, then the words of the code list, then what the profile says of what is left without
the system's own numbering. What is none of these is not guessed: the fact is told without it, and
counted.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

#: What systems write where there is nothing.
BLANK = frozenset(
    {"", "-", ".", "nan", "none", "null", "n/a", "#n/a", "na", "<blank>", "(blank)", "ssd_ph"}
    | {"#multivalue", "1900-01-01"}
)

#: A letter that numbers the entries of a list: it is never a code itself.
_ENUMERATED = re.compile(r"[a-z]{1,2}[).]\s*(?=\S)")

#: A code of the system's own, which is none of ours: `1d Neglect`, `1 - Male`, `N1: Abuse`.
_OWN_CODE = re.compile(r"(?:[a-z]{0,3}[0-9]+[a-z]?(?:\s*[-:.)]\s*|\s+)|[a-z]{1,3}\s*[-:]\s+)(?=\S)")

_BRACKETED = re.compile(r"\(([^)]*)\)\s*")
_WORD = re.compile(r"[a-z0-9]+")


def is_blank(text: str | None) -> bool:
    """Whether a cell says nothing."""
    return text is None or text.replace("\N{NO-BREAK SPACE}", " ").strip().casefold() in BLANK


def plain(text: str) -> str:
    """A text to be compared: without capitals, typographic quotes, double blanks and what stands
    around it."""
    text = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    text = text.replace("\N{LEFT SINGLE QUOTATION MARK}", "'")
    return " ".join(text.split()).casefold()


def _words(text: str) -> str:
    """The words alone, so that `White - British` and `White British` are one."""
    return " ".join(_WORD.findall(text.replace("'", "")))


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes that a column may have.

    Args:
        codes: the national ones, as events have them, by their plain text.
        words: what else means one of them, by its words alone.
        mapped: what the profile says, by the plain text.
    """

    codes: Mapping[str, str]
    words: Mapping[str, str]
    mapped: Mapping[str, str]

    @classmethod
    def of(
        cls,
        codes: Iterable[str],
        words: Mapping[str, str] | None = None,
        mapped: Mapping[str, str] | None = None,
    ) -> "Codes":
        """From a code list, its words, and what the profile says of the column."""
        return cls(
            {each.casefold(): each for each in codes},
            {_words(plain(each)): code for each, code in (words or {}).items()},
            {plain(each): code for each, code in (mapped or {}).items()},
        )

    def code(self, text: str) -> str | None:
        """The code that a text means; None if it means none that is known."""
        whole = plain(text)
        if whole in self.mapped:
            return self.mapped[whole]
        readings = list(_readings(whole))
        for heads in ((self._head(each) for each in readings), map(self._meant, readings)):
            found = next((each for each in heads if each is not None), None)
            if found is not None:
                return found
        return next((self.mapped[each] for each in readings if each in self.mapped), None)

    def _head(self, text: str) -> str | None:
        """The code at the head of a text, be it in brackets."""
        bracketed = _BRACKETED.match(text)
        for each in (text, bracketed[1] if bracketed else ""):
            head = _WORD.match(each)
            if head is not None and head[0] in self.codes:
                return self.codes[head[0]]
        return None

    def _meant(self, text: str) -> str | None:
        return self.words.get(_words(text))


def _readings(text: str) -> Iterator[str]:
    """A text as it may be meant: without an entry's letter, the system's own code, brackets."""
    bare = _ENUMERATED.sub("", text, count=1) if _ENUMERATED.match(text) else text
    yield bare
    if _OWN_CODE.match(bare):
        yield _OWN_CODE.sub("", bare, count=1)
    unbracketed = _BRACKETED.sub(" ", bare).strip()
    if unbracketed and unbracketed != bare:
        yield unbracketed
