"""Kinds of fact, as the bits of a whole number.

What each rule has read is kept of each case. As a set of names that took most of a worker's memory;
as bits it takes a word, and to ask whether two have something in common takes no loop.

Which bit a kind has is this process's own matter: it is never stored or told.
"""

from collections.abc import Iterable

#: Some kinds of fact. None: 0. Those of two sets: `|`; what both have: `&`.
Kinds = int

NO_KINDS: Kinds = 0


class _Bits(dict[str, Kinds]):
    def __missing__(self, kind: str) -> Kinds:
        bit = self[kind] = 1 << len(self)
        return bit


#: The bit of each kind, which it is given when it is first asked for.
KIND = _Bits()


def kinds(names: Iterable[str]) -> Kinds:
    """Kinds of fact, given their names."""
    found = NO_KINDS
    for name in names:
        found |= KIND[name]
    return found
