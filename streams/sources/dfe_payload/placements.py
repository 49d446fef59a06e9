"""From the placements of a child, one after another, to time in care and to moves.

The payload's placements are the episodes of the SSDA903: a new one begins with every change of
legal status, placement or carer, and the reason says which (S: the child started to be looked
after; L: the legal status alone). It names no period of care. So each is told as a period of its
own: those that follow one another are one time in care to the engine, and what was told of the
first stands when it has left the payload.

Where they contradict each other, what keeps a child in care visible is taken: an end after which
care goes on (X1), and nothing follows, is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args

from casepulse.schemas.codes import PlacementChangeReason
from casepulse.schemas.events.care import (
    CarePeriodEnded,
    CarePeriodStarted,
    PlacementEnded,
    PlacementStarted,
)
from casepulse.state.records.care import TEMPORARY
from casepulse.streams.sources.dfe_payload.element import Element
from casepulse.streams.sources.dfe_payload.kinds import GOES_ON
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.row import Value

#: The reason for a new one that leaves the child where they were.
_SAME_PLACEMENT = "L"


@dataclass(frozen=True, slots=True)
class Stay:
    """One placement of the payload."""

    element: Element
    begins: date
    ends: date | None
    """None: it goes on."""
    reason: Value
    """Why it ended; None: not said, or it goes on."""

    @classmethod
    def of(cls, element: Element) -> "Stay":
        """As an element says.

        Raises:
            RefusedError: it does not say when it began, or ends before that.
        """
        begins, ends = element.day("start_date"), element.last_day("end_date", first="start_date")
        reason = element.values["end_reason"] if ends is not None else None
        return cls(element, begins, ends, reason)

    @property
    def starts_care(self) -> bool:
        """Whether the child started to be looked after with it."""
        return self.element.values["start_reason"] == "S"

    @property
    def why(self) -> Value:
        """Why it began, as a code."""
        return self.element.values["start_reason"]

    @property
    def place(self) -> Value:
        """Where the child lives, as far as is said."""
        return self.element.values["placement_type"]

    @property
    def is_temporary(self) -> bool:
        """Whether the child is away for a while, and goes back to where it was."""
        return self.place in TEMPORARY


def in_order(elements: list[Element]) -> list[Stay]:
    """A child's placements, the earliest first, and when each ended for all that the others say."""
    stays = sorted(
        map(Stay.of, elements),
        key=lambda stay: (
            stay.begins,
            not stay.starts_care,
            stay.ends or date.max,
            stay.element.key,
        ),
    )
    return [_settled(stay, stays[number + 1 :], stays) for number, stay in enumerate(stays)]


def _settled(stay: Stay, later: list[Stay], stays: list[Stay]) -> Stay:
    """A placement with the end that the others leave it."""
    if stay.ends is None:
        following = later[0] if later else None
        if following is None or following.starts_care or _follows_another(following, stay, stays):
            return stay
        return replace(stay, ends=following.begins)
    if stay.reason != GOES_ON:
        return stay
    behind = [each for each in later if each.begins >= stay.ends]
    if any(_goes_on(each, stay.ends) for each in stays if each is not stay):
        return replace(stay, reason=None)
    if not behind:
        return replace(stay, ends=None, reason=None)
    ends = stay.ends if behind[0].starts_care else behind[0].begins
    return replace(stay, ends=ends, reason=None)


def _goes_on(stay: Stay, day: date) -> bool:
    return stay.begins <= day and (stay.ends is None or stay.ends > day)


def _follows_another(following: Stay, stay: Stay, stays: list[Stay]) -> bool:
    """Whether a placement begins when another than this one ends."""
    return any(each.ends == following.begins for each in stays if each not in (stay, following))


def tell_child(stays: list[Stay]) -> Iterator[tuple[Element, Said]]:
    """What the placements of one child tell, in order."""
    homes: dict[int, Element] = {}
    why = {each.ends: each.reason for each in stays if each.reason is not None}
    for number, stay in enumerate(stays):
        element, key = stay.element, stay.element.key
        yield element, element.of_child(CarePeriodStarted, stay.begins, period=key)
        before = _before(number, stays)
        home = element if before is None else homes[before]
        moved = before is None or _moved(stay, stays[before], home)
        if moved:
            last = None if before is None else stays[before]
            yield element, _placement(stay, last, unsure=number == 0 and not stay.starts_care)
        # whoever is away for a while comes back to where they were
        homes[number] = home if not moved or (before is not None and stay.is_temporary) else element
        if stay.ends is not None:
            reason = why.get(stay.ends)
            yield element, element.of_child(CarePeriodEnded, stay.ends, period=key, reason=reason)
            if not any(_takes_over(each, stay) for each in stays if each is not stay):
                left = element if stay.is_temporary else homes[number]
                yield element, left.of_child(PlacementEnded, stay.ends, placement=left.key)


def _takes_over(other: Stay, stay: Stay) -> bool:
    """Whether another placement begins as one ends: then that one says that this one is over."""
    return stay.ends is not None and other.begins == stay.ends and other.begins > stay.begins


def _before(number: int, stays: list[Stay]) -> int | None:
    """Which one a placement follows in the same time in care; None: it begins one."""
    stay = stays[number]
    if stay.starts_care:
        return None
    reaching = [
        earlier
        for earlier, each in enumerate(stays[:number])
        if each.ends is None or each.ends >= stay.begins
    ]
    followed = [earlier for earlier in reaching if stays[earlier].ends == stay.begins]
    return next(reversed(followed or reaching), None)


def _moved(stay: Stay, before: Stay, home: Element) -> bool:
    """Whether a placement begins. To come back from a temporary one is no move."""
    if before.is_temporary and not stay.is_temporary:
        return stay.place != home.values["placement_type"]
    return stay.why != _SAME_PLACEMENT or stay.place != before.place


def _placement(stay: Stay, before: Stay | None, *, unsure: bool) -> Said:
    """A placement that begins. Why the one before it ended stands there, and that may have left the
    payload: then any reason that was told of it may be right."""
    element, columns = stay.element, {"placement_type": "placement_type"}

    def said(reason: Value) -> PlacementStarted:
        return element.data(PlacementStarted, columns, placement=element.key, change_reason=reason)

    why = None if before is None else before.element.values["change_reason"]
    told = element.of_child(
        PlacementStarted, stay.begins, columns, placement=element.key, change_reason=why
    )
    if not unsure:
        return told
    reasons = tuple(map(said, get_args(PlacementChangeReason)))
    return replace(told, or_else=reasons, unless_known=stay.why == _SAME_PLACEMENT)
