"""Of which days a return tells all.

A return holds what was in its year, the episodes that were open at any time of it among them. What
is missing from the next year's is not gone; what is missing from a later copy of the same is. An
episode that was open must stand in the next year's, too.
"""

from collections.abc import Container, Mapping
from datetime import date, timedelta

from casepulse.schemas.envelope import Data
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
from casepulse.schemas.events.workforce import AllocationEnded, AllocationStarted
from casepulse.streams.sources.account import Account
from casepulse.streams.sources.extract import Window

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
    # Of a child who has left care the next year's says nothing: its worker's episode may go on.
    "sw_episodes": (AllocationStarted, AllocationEnded),
}

#: What an episode tells as long as it is open, or ended in the year.
_OF_AN_EPISODE = frozenset({CarePeriodStarted, PlacementStarted, LegalStatusChanged})

#: What has none: it is told of whoever is in the return.
OF_A_CHILD = frozenset(
    each.TYPE for each in (ChildRegistered, AsylumSeekingRecorded, PreviousPermanenceRecorded)
)


#: What the files of children tell.
_OF_CHILDREN: dict[str, tuple[type[Data], ...]] = {
    "header": (ChildRegistered,),
    "uasc": (AsylumSeekingRecorded,),
    "previous_permanence": (PreviousPermanenceRecorded,),
}


def untold(files: Container[str]) -> set[str]:
    """The types that are not told, for the file of them is not there."""
    every = {**_OF_CHILDREN, **_DATED}
    return {kind.TYPE for name, kinds in every.items() if name not in files for kind in kinds}


def windows(year_end: date | None, files: Mapping[str, Account]) -> dict[str, Window]:
    """Of which days each type is told.

    Nothing is gone of a file that is not there, or in which somebody's row could not be read and
    nobody knows whose.

    Args:
        year_end: 31 March of the year; None: it is not known.
        files: what became of the rows of each, by kind.
    """
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
        if name in files and files[name].whole
        for kind in kinds
    }
