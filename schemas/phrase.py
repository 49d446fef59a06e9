"""What the formal report says of a measure."""

import re
from dataclasses import dataclass

_NUMBERED = re.compile(r"\{([^{}|\[\]]*)\|([^{}|\[\]]*)\}")
_AGREEING = re.compile(r"\[([^{}|\[\]]*)\|([^{}|\[\]]*)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """The words for a measure: a subject that something is said of, or a clause with its number.

    Without either it is spoken of by its title.
    """

    subject: str = ""
    """Begins a paragraph: "Timeliness of initial visits improved in January (81%, …)"."""
    said: str = ""
    """Follows on: `{visit was|visits were} late` gives "1 visit was late", "3 visits were late";
    `there [was|were] {admission|admissions}` agrees with the number and does not say it."""
    alone: str = ""
    """The clause where nothing goes before it, in the executive summary."""
    of: tuple[str, str] = ("", "")
    """What is counted in the denominator, one and many: "333 of 413 children"."""
    summary: bool = False
    """Whether the executive summary speaks of it, though it is not on the dashboard."""
    localities: bool = False
    """Whether its localities have a table, though it is not on the dashboard."""
    topic: str = ""
    """The heading in its section under which it is spoken of, behind the measures that the report
    has there; a new one comes last. None: "Other measures"."""

    def __post_init__(self) -> None:
        """See that it can be said.

        Raises:
            ValueError: it can't; the message says what is allowed.
        """
        if self.subject and self.said:
            raise ValueError("a phrase has a subject or a clause that is said, not both")
        for words in filter(None, (self.said, self.alone)):
            rest = _AGREEING.sub("", _NUMBERED.sub("", words))
            if not _NUMBERED.search(words) or set(rest) & set("{}[]|"):
                raise ValueError(
                    f"{words!r}: a clause has its number once or more, as in "
                    "'{visit was|visits were} late', and [was|were] where a word agrees with it"
                )

    def counted(self, number: int) -> str:
        """What the denominator counts, after a space; nothing where nobody said."""
        word = self.of[0] if number == 1 else self.of[1]
        return f" {word}" if word else ""
