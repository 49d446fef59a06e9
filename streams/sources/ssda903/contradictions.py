"""Where the episodes of a child contradict each other, and how they are taken: so that whoever is
in care by one of them stays in sight."""

from collections.abc import Iterator
from itertools import pairwise

from casepulse.streams.sources.account import BadRow
from casepulse.streams.sources.ssda903.columns import WENT_ON
from casepulse.streams.sources.ssda903.episode import Episode

_SAME_PLACEMENT, _SAME_STATUS = ("L",), ("P", "T")


def contradictions(episodes: list[Episode], file: str) -> Iterator[BadRow]:
    """What is odd in the episodes of one child: all of it is told nevertheless.

    Args:
        episodes: one a day, in order.
        file: where they stand.
    """
    for episode in episodes:
        for column, reason in _within(episode):
            yield BadRow(file, episode.row.line, column, reason)
    for earlier, later in pairwise(episodes):
        for episode, column, reason in _between(earlier, later):
            yield BadRow(file, episode.row.line, column, reason)
    for episode in episodes:
        if episode.ends is not None and episode.row.values["REC"] == WENT_ON:
            others = (each for each in episodes if each is not episode)
            if not any(
                each.begins <= episode.ends <= (each.ends or episode.ends) for each in others
            ):
                yield BadRow(
                    file,
                    episode.row.line,
                    "REC",
                    "says that another episode follows, and none begins on that day",
                )


def _within(episode: Episode) -> Iterator[tuple[str, str]]:
    values = episode.row.values
    if episode.ends is None and values["REC"] not in (None, WENT_ON):
        yield "REC", "says that the child left, and DEC is blank: taken to be in care"
    if episode.ends is not None and values["REC"] is None and "REC" not in episode.row.unknown:
        yield "REC", "is blank, and DEC is not: no reason is told"
    for column in ("RNE", "LS"):
        if values[column] is None and column not in episode.row.unknown:
            yield column, "is blank: the episode is told without it"


def _between(earlier: Episode, later: Episode) -> Iterator[tuple[Episode, str, str]]:
    line, why_new = earlier.row.line, later.row.values["RNE"]
    if earlier.ends is None:
        taken = "to go on" if later.starts_care else "to end then, unless another one did"
        yield earlier, "DEC", f"is blank, and line {later.row.line} begins later: taken {taken}"
    elif earlier.ends > later.begins:
        yield later, "DECOM", f"lies before the end of line {line}: in care until both have ended"
    elif earlier.ends == later.begins and earlier.reason is not None and not later.starts_care:
        yield later, "RNE", f"goes on with what line {line} says has ended: taken for a return"
    elif earlier.ends == later.begins and earlier.reason is None and later.starts_care:
        yield later, "RNE", f"says that care began, and line {line} that it went on: it went on"
    if earlier.ends is None or earlier.ends >= later.begins:
        if why_new in _SAME_PLACEMENT and earlier.place != later.place:
            yield later, "RNE", f"says no move, and the place is not that of line {line}: a move"
        if why_new in _SAME_STATUS and later.row.values["LS"] != earlier.row.values["LS"]:
            yield later, "RNE", f"says no new status, and LS is not that of line {line}: a new one"
