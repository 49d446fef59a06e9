"""The standings behind a figure, found in a source: its parts side by side."""

from collections.abc import Sequence
from datetime import datetime

from schemas.profile import Profile
from state import Case, Catalogue
from state.explanation import Cell, Explained, explain_case
from streams.counting import PartRead, Progress, report, side_by_side
from streams.tellings import Part


def explain(
    parts: Sequence[Part],
    profile: Profile,
    cell: Cell,
    at: datetime,
    known: datetime,
    progress: Progress,
) -> list[Explained]:
    """Every standing that counts in a cell, by subject.

    Raises:
        streams.committed.SourceError: a part can't be read to its end.
    """
    work = [(part, profile, cell, at, known) for part in parts]
    found = [each for part in side_by_side(_explain_part, work, progress) for each in part]
    return sorted(found, key=lambda each: (each.subject, each.standing.occurrence))


def _explain_part(
    part: Part, profile: Profile, cell: Cell, at: datetime, known: datetime
) -> list[Explained]:
    catalogue = Catalogue(profile)
    found: list[Explained] = []
    for placed in PartRead(part, report).subjects():
        case = Case(placed[0][1].subject)
        for _, fact in placed:
            if fact.recorded < known:
                case.add(fact)
        found.extend(explain_case(catalogue, case, cell, at))
    return found
