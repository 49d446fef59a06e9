"""A return as an extract: of which days it tells all.

A return holds what was in its year, the episodes that were open at any time of it among them. What
is missing from the next year's is not gone; what is missing from a later copy of the same is. An
episode that was open must stand in the next year's, too.
"""

from datetime import datetime, timedelta

from casepulse.schemas.events.care import (
    AdoptionDecided,
    AdoptionPlacementEnded,
    AdoptionPlacementStarted,
    CareLeaverRecorded,
    CareOutcomesRecorded,
    CarePeriodEnded,
    CarePeriodStarted,
    CareReviewHeld,
    LegalStatusChanged,
    PlacementEnded,
    PlacementStarted,
)
from casepulse.schemas.events.child import (
    AsylumSeekingRecorded,
    ChildRegistered,
    PreviousPermanenceRecorded,
)
from casepulse.schemas.events.missing import MissingEpisodeEnded, MissingEpisodeStarted
from casepulse.streams.sources.extract import Extract, Window
from casepulse.streams.sources.ssda903.folder import Return
from casepulse.streams.sources.ssda903.row import SOURCE

#: What each file tells that has a day of its own.
_DATED = {
    "episodes": (
        CarePeriodStarted,
        CarePeriodEnded,
        PlacementStarted,
        PlacementEnded,
        LegalStatusChanged,
    ),
    "reviews": (CareReviewHeld,),
    "missing": (MissingEpisodeStarted, MissingEpisodeEnded),
    "oc2": (CareOutcomesRecorded,),
    "oc3": (CareLeaverRecorded,),
    "ad1": (AdoptionDecided,),
    "placed_for_adoption": (AdoptionPlacementStarted, AdoptionPlacementEnded),
}

#: What an episode tells as long as it is open, or ended in the year.
_OF_AN_EPISODE = frozenset({CarePeriodStarted, PlacementStarted, LegalStatusChanged})

#: What has none: it is told of whoever is in the return.
_OF_A_CHILD = frozenset(
    each.TYPE for each in (ChildRegistered, AsylumSeekingRecorded, PreviousPermanenceRecorded)
)


def extract_of(found: Return, taken: datetime) -> Extract:
    """What a return says.

    Args:
        found: it.
        taken: when it was.
    """
    year_end = found.summary.year_end
    doubtful = {child for account in found.files.values() for child in account.doubtful}
    return Extract(
        SOURCE,
        taken,
        found.told,
        _windows(found),
        {f"child:{child}" for child in doubtful},
        with_the_rest=_OF_A_CHILD if "header" in found.files else frozenset(),
        kind=f"year={year_end.year}" if year_end else "full",
        accounts=found.summary.accounts,
        notes=found.summary.notes,
    )


def _windows(found: Return) -> dict[str, Window]:
    """Of which days each type is told.

    Nothing is gone of a file that is not there, or in which somebody's row could not be read and
    nobody knows whose.
    """
    year_end = found.summary.year_end
    if year_end is None:
        return {}
    since = year_end.replace(year=year_end.year - 1) + timedelta(days=1)
    return {
        kind.TYPE: Window(
            since,
            year_end + timedelta(days=1),
            CarePeriodEnded.TYPE if kind in _OF_AN_EPISODE else None,
        )
        for name, kinds in _DATED.items()
        if name in found.files and found.files[name].whole
        for kind in kinds
    }
