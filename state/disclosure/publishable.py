"""The publishable edition of a release: which of its figures are withheld.

What is printed of a measure are its numerator and denominator (and with them its
percentage, average or rate): thirteen months of the county, three of each locality.
All of them are sums of the same cells: how many have a status, in a month and a
locality. A reader is thought to know

- that the county is the sum of its localities;
- that measures with one base add up its statuses, each in its own way;
- that a rolling or running period is the sum of its months;
- that, where the numerator is part of the denominator, the others are the rest;
- which counts of different measures are one, such as children in care: those that are
  equal in every month and locality, of this edition and of the one before;
- the edition before, and which of its counts are still the same.

Not covered is what only he knows who knows more of the measures, such as that those whom one
base counts are some of those whom another does; and by how much a count that is shown has
changed since the edition before, however little.
"""

from collections.abc import Hashable, Iterable, Iterator
from typing import Literal, NamedTuple

from casepulse.schemas.profile import DisclosureRule
from casepulse.schemas.publishable import FigureName, Withheld
from casepulse.schemas.release import Release
from casepulse.state.disclosure.edition import Edition, Line, Part, Place
from casepulse.state.disclosure.withholding import Count, Fate, withheld_counts
from casepulse.state.figures import COUNTY
from casepulse.state.rules import Catalogue


class Published(NamedTuple):
    """An edition that was published."""

    release: Release
    withheld: Withheld


class _Name(NamedTuple):
    """A count: a line, and those always like it, in a place; in one edition, or alike in both."""

    line: Line
    place: Place
    edition: Literal["before", "now", "both"]

    def __str__(self) -> str:
        return f"{self.line.base} ({', '.join(self.line.statuses)}) {' '.join(self.place)}"


def withheld(release: Release, catalogue: Catalogue, before: Published | None = None) -> Withheld:
    """What the publishable edition of a release must withhold. The rule is in its profile.

    Args:
        release: of which release.
        catalogue: its measures.
        before: the publishable edition that came before. Where nothing has changed, what it
            shows stays shown and what it withholds stays withheld; and the two together give
            nothing away.

    Raises:
        UnprotectableError: the edition before shows too much.
    """
    rule = release.profile.disclosure
    now = Edition(release, catalogue)
    then = _Earlier(before, Edition(before.release, catalogue)) if before else None
    alike = _alike(now, then.edition if then else None)
    names = withheld_counts(dict(_counts(alike, now, then, rule)), rule.is_small)
    hidden: dict[Part, set[FigureName]] = {"numerator": set(), "denominator": set(), "rest": set()}
    for name in names:
        for line in alike[name.line] if name.edition != "before" else ():
            for measure, part in now.told_by(line):
                hidden[part].add(FigureName(measure, *name.place))
    return Withheld(
        release=release.name,
        before=before.release.name if before else None,
        rule=rule,
        numerators=frozenset(hidden["numerator"]),
        denominators=frozenset(hidden["denominator"]),
    )


class _Earlier(NamedTuple):
    """The edition that came before, and what it tells."""

    published: Published
    edition: Edition

    def fate(self, lines: Iterable[Line], place: Place) -> Fate:
        """What it made of a count."""
        withheld = self.published.withheld
        printed = small = False
        for line in lines:
            small = small or withheld.rule.is_small(self.edition.counts(line).get(place, 0))
            for measure, part in self.edition.told_by(line):
                name = FigureName(measure, *place)
                # A numerator that is not shown, but no secret, is taken for known.
                numerator = name not in withheld.numerators
                denominator = name not in withheld.denominators
                if part == "rest":
                    known = numerator and denominator
                else:
                    printed = True
                    known = numerator if part == "numerator" else denominator
                if known:
                    return Fate.SHOWN
        if printed:
            return Fate.WITHHELD
        # What its own rule did not guard may be out, whatever today's rule is.
        return Fate.IMPLIED if small and withheld.rule.complements else Fate.UNGUARDED


def _alike(now: Edition, then: Edition | None) -> dict[Line, list[Line]]:
    """Lines whose counts are the same wherever and whenever, under the first of them."""
    editions = (now, then) if then else (now,)
    leads: dict[Hashable, Line] = {}
    alike: dict[Line, list[Line]] = {}
    for line in sorted({line for edition in editions for line in edition.lines}):
        told = [edition.counts(line) for edition in editions]
        # Where nobody is counted, lines are equal by chance.
        counted = any(any(counts.values()) for counts in told)
        key = tuple(frozenset(counts.items()) for counts in told) if counted else line
        alike.setdefault(leads.setdefault(key, line), []).append(line)
    return alike


def _counts(
    alike: dict[Line, list[Line]], now: Edition, then: _Earlier | None, rule: DisclosureRule
) -> Iterator[tuple[_Name, Count]]:
    """Every count of both editions, in order."""
    unprinted = Fate.IMPLIED if rule.complements else Fate.UNGUARDED
    for lead, lines in alike.items():
        values = now.counts(lead)
        earlier = then.edition.counts(lead) if then else {}
        for place in sorted(values.keys() | earlier.keys()):
            same = values.get(place) == earlier.get(place)
            fate, sums = unprinted, _sums("now", now, lines, place)
            if then and place in earlier:
                settled = then.fate(lines, place)
                sums_then = _sums("before", then.edition, lines, place)
                if same:
                    fate, sums = settled, sums + sums_then
                else:
                    count = Count(earlier[place], sums_then, fate=settled)
                    yield _Name(lead, place, "before"), count
            if place in values:
                cost = _cost(now, lines, place, values[place])
                if cost and fate not in (Fate.SHOWN, Fate.WITHHELD):
                    fate = Fate.OPEN
                count = Count(values[place], sums, max(cost, 1), fate)
                yield _Name(lead, place, "both" if same else "now"), count


def _sums(
    tag: str, edition: Edition, lines: Iterable[Line], place: Place
) -> tuple[frozenset[Hashable], ...]:
    """The cells that a count is the sum of, one way or several. Each edition has its own."""
    return tuple(
        frozenset((tag, *cell) for cell in edition.cells(line, place))
        for line in lines
        if line in edition.lines
    )


def _cost(now: Edition, lines: Iterable[Line], place: Place, value: int) -> int:
    """What a reader loses with a count: more with the county's than with a locality's, most with
    its latest, and more with a big one; nothing, if it is not printed."""
    if place.locality != COUNTY:
        each = 10
    else:
        each = 300 if place.month == now.month else 100
    each += value.bit_length() * each // 10
    return sum(each for line in lines for _, part in now.told_by(line) if part != "rest")
