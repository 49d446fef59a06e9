"""How the words for a measure become a clause of a sentence (`casepulse.schemas.phrase`)."""

import re

from casepulse.shown.values import number_words


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
