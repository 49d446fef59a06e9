"""What came to be known between two releases, found in a source: its parts side by side."""

from collections.abc import Sequence
from datetime import datetime

from casepulse.batch.counting import PartRead, Progress, report, side_by_side
from casepulse.batch.source_parts import Part
from casepulse.schemas.profile import Profile
from casepulse.schemas.release import Reading, Release
from casepulse.state import Catalogue, Fact, catalogue_for
from casepulse.state.difference import Changes, changes_of

#: What a release knew: recorded before its cut, and in the source before the offsets it read to.
Known = tuple[Release, Reading]


def changes_between(
    parts: Sequence[Part], profile: Profile, first: Known, second: Known, progress: Progress
) -> Changes:
    """What the facts did that the second release knew and the first did not.

    Args:
        parts: of the source.
        profile: by which the first release is counted.
        first: what the first knew.
        second: what the second knew.
        progress: is told of messages read.

    Raises:
        casepulse.streams.committed.SourceError: a part can't be read to its end.
    """
    cuts = [(release.known, reading.read_to) for release, reading in (first, second)]
    work = [(part, profile, first[0].at, cuts[0], cuts[1]) for part in parts]
    changes = Changes()
    for each in side_by_side(_changes_of_part, work, progress):
        changes.add(each)
    return changes


Cut = tuple[datetime, dict[str, int]]


def _changes_of_part(
    part: Part, profile: Profile, at: datetime, first: Cut, second: Cut
) -> Changes:
    return changes_of_part(part, catalogue_for(profile), at, first, second, report)


def changes_of_part(
    part: Part, catalogue: Catalogue, at: datetime, first: Cut, second: Cut, progress: Progress
) -> Changes:
    """Those of one part.

    Args:
        part: of which source.
        catalogue: by which the first release was counted.
        at: what both releases are as at.
        first: when the first release's cut was, and the offsets before which it read.
        second: the same of the second.
        progress: is told of messages read.
    """

    def knew(cut: Cut, offset: int, fact: Fact) -> bool:
        known, read_to = cut
        return fact.recorded < known and offset < read_to.get(part.name, offset + 1)

    changes = Changes()
    for placed in PartRead(part, progress).subjects():
        known = [fact for offset, fact in placed if knew(first, offset, fact)]
        since = [
            fact
            for offset, fact in placed
            if knew(second, offset, fact) and not knew(first, offset, fact)
        ]
        if since:
            changes.add(changes_of(catalogue, at, known, since))
    return changes
