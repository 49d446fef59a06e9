"""The standings behind a figure, found in a source: its parts side by side."""

from collections.abc import Sequence
from datetime import UTC, datetime

from casepulse.batch.counting import PartRead, Progress, report, side_by_side
from casepulse.batch.source_parts import Part
from casepulse.schemas.profile import Profile
from casepulse.state import Case, Catalogue, Fact, catalogue_for
from casepulse.state.explanation import Cell, Explained, explain_case
from casepulse.state.records.restriction import is_restricted


def explain(
    parts: Sequence[Part],
    profile: Profile,
    cell: Cell,
    at: datetime,
    known: datetime,
    progress: Progress,
    *,
    restricted: bool = True,
) -> list[Explained]:
    """Every standing that counts in a cell, by subject; without `restricted`, those of cases whose
    record is restricted now are left out, whatever was known of that at `known`.

    Raises:
        casepulse.streams.committed.SourceError: a part can't be read to its end.
    """
    work = [(part, profile, cell, at, known, restricted) for part in parts]
    found = [each for part in side_by_side(_explain_part, work, progress) for each in part]
    return sorted(found, key=lambda each: (each.subject, each.standing.occurrence))


def _explain_part(
    part: Part, profile: Profile, cell: Cell, at: datetime, known: datetime, restricted: bool
) -> list[Explained]:
    catalogue = catalogue_for(profile)
    found: list[Explained] = []
    for placed in PartRead(part, report).subjects():
        case = Case(placed[0][1].subject)
        for _, fact in placed:
            if fact.recorded < known:
                case.add(fact)
        standings = list(explain_case(catalogue, case, cell, at))
        if standings and (restricted or not _is_restricted(catalogue, placed)):
            found.extend(standings)
    return found


def _is_restricted(catalogue: Catalogue, placed: Sequence[tuple[int, Fact]]) -> bool:
    """Whether a record is restricted now, by all that was told."""
    case = Case(placed[0][1].subject)
    for _, fact in placed:
        case.add(fact)
    told: bool = catalogue.view(case, datetime.now(UTC)).records(is_restricted)
    return told
