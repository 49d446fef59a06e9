"""The files whose rows each stand alone: from a row to the one or two facts that it tells.

Every file but the episodes. Each function is one file; `TELL` lists them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from casepulse.schemas.events.care import (
    AdoptionDecided,
    AdoptionPlacementEnded,
    AdoptionPlacementStarted,
    CareLeaverRecorded,
    CareOutcomesRecorded,
    CareReviewHeld,
)
from casepulse.schemas.events.child import (
    AsylumSeekingRecorded,
    ChildRegistered,
    PreviousPermanenceRecorded,
)
from casepulse.schemas.events.missing import MissingEpisodeEnded, MissingEpisodeStarted
from casepulse.schemas.events.workforce import AllocationEnded, AllocationStarted
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.keys import Keys
from casepulse.streams.sources.ssda903.row import Row

Facts = Iterator[Said]

#: The files of which no row says a date.
UNDATED = frozenset({"oc2", "oc3"})

NO_YEAR_END = "has no date, and no episode says which year it is: give year_end"


@dataclass
class Known:
    """What the return says as a whole: what dates the rows that carry no date of their own."""

    year_end: date | None
    """31 March of the collection year, given or found in the episodes; it dates the outcomes. None
    where nothing says which year it is."""
    taken: datetime
    """When the return was. What is dated after it has not happened."""
    first_episodes: dict[str, date] = field(default_factory=dict)
    """The first DECOM of each child in the episodes."""
    notes: list[str] = field(default_factory=list)
    """What a person should know of the return."""

    def need_year_end(self) -> date:
        """The year's end.

        Raises:
            RefusedError: it is not known.
        """
        if self.year_end is None:
            raise RefusedError(None, NO_YEAR_END)
        return self.year_end


def header(row: Row, known: Known) -> Facts:
    """A child. The day is that of birth: nothing in the return comes before it."""
    columns = {"born": "DOB", "ethnicity": "ETHNIC"}
    yield row.of_child(ChildRegistered, row.day("DOB"), columns, sex=row.values["SEX"] or "U")


def reviews(row: Row, known: Known) -> Facts:
    """A review held. PN0, a child under four, is one as much as any other."""
    yield row.of_child(CareReviewHeld, row.day("REVIEW"), {"participation": "REVIEW_CODE"})


def missing(row: Row, known: Known) -> Facts:
    """An episode of a child missing or away, and its end, if there is one."""
    began, ended = row.day("MIS_START"), row.last_day("MIS_END", first="MIS_START")
    episode = f"ssda903-{began:%Y%m%d}"
    yield row.of_child(MissingEpisodeStarted, began, {"category": "MISSING"}, episode=episode)
    if ended is not None:
        yield row.of_child(MissingEpisodeEnded, ended, episode=episode)


def oc2(row: Row, known: Known) -> Facts:
    """The year's outcomes, dated on the last day of the year that they sum up."""
    year_end = known.need_year_end()
    columns = {
        "sdq_score": "SDQ_SCORE",
        "sdq_reason": "SDQ_REASON",
        "convicted": "CONVICTED",
        "health_check": "HEALTH_CHECK",
        "immunisations": "IMMUNISATIONS",
        "teeth_check": "TEETH_CHECK",
        "health_assessment": "HEALTH_ASSESSMENT",
        "substance_misuse": "SUBSTANCE_MISUSE",
        "intervention_received": "INTERVENTION_RECEIVED",
        "intervention_offered": "INTERVENTION_OFFERED",
    }
    yield row.within(year_end).of_child(CareOutcomesRecorded, year_end, columns)


def oc3(row: Row, known: Known) -> Facts:
    """A care leaver. The contact is around the birthday, the file does not say when: the year's
    last day, by which it was."""
    year_end = known.need_year_end()
    columns = {"in_touch": "IN_TOUCH", "activity": "ACTIV", "accommodation": "ACCOM"}
    yield row.within(year_end).of_child(CareLeaverRecorded, year_end, columns)


def uasc(row: Row, known: Known) -> Facts:
    """An unaccompanied asylum-seeking child, from the first episode on. One without an episode was
    such a child at some time in the year: from its first day, 1 April."""
    day = known.first_episodes.get(row.child)
    if day is None:
        year_end = known.need_year_end()
        day = year_end.replace(year=year_end.year - 1) + timedelta(days=1)
    yield replace(row.of_child(AsylumSeekingRecorded, day, {"ceases": "DUC"}), by_then=True)


def ad1(row: Row, known: Known) -> Facts:
    """The decision that a child should be placed for adoption."""
    columns = {
        "matched": "DATE_MATCH",
        "foster_carer": "FOSTER_CARE",
        "adopters": "NB_ADOPTR",
        "adopter_sex": "SEX_ADOPTR",
        "adopter_legal_status": "LS_ADOPTR",
    }
    yield row.of_child(AdoptionDecided, row.day("DATE_INT"), columns)


def placed_for_adoption(row: Row, known: Known) -> Facts:
    """A child placed for adoption, and no longer so, if that came."""
    placed = row.day("DATE_PLACED")
    ceased = row.last_day("DATE_PLACED_CEASED", first="DATE_PLACED")
    yield row.of_child(AdoptionPlacementStarted, placed)
    if ceased is not None:
        yield row.of_child(AdoptionPlacementEnded, ceased, {"reason": "REASON_PLACED_CEASED"})


def previous_permanence(row: Row, known: Known) -> Facts:
    """What a child had before: known on entering care. Without an episode, dated on the day it was
    arranged, and where that is unknown too, on that of birth."""
    day = known.first_episodes.get(row.child) or row.day_or_none("DATE_PERM") or row.day("DOB")
    columns = {"arrangement": "PREV_PERM", "arranged": "DATE_PERM"}
    yield replace(row.of_child(PreviousPermanenceRecorded, day, columns), by_then=True)


def sw_episodes(row: Row, known: Known) -> Facts:
    """A social worker who was responsible for the child, and is no longer, if that came."""
    begins, ends = row.day("SW_DECOM"), row.last_day("SW_DEC", first="SW_DECOM")
    worker = row.values["SW_ID"]
    if worker is None:
        raise RefusedError("SW_ID", "is blank")
    allocation = Keys().record(f"ssda903-{begins:%Y%m%d}-{worker}")
    yield row.of_child(AllocationStarted, begins, {"worker": "SW_ID"}, allocation=allocation)
    if ends is not None:
        yield row.of_child(AllocationEnded, ends, allocation=allocation)


def dolo(row: Row, known: Known) -> Facts:
    """A deprivation of liberty order: known, and not used, for no event tells of one."""
    return iter(())


#: The teller of each file by its name in the collection.
TELL: Mapping[str, Callable[[Row, Known], Facts]] = {
    each.__name__: each
    for each in (
        header,
        reviews,
        missing,
        oc2,
        oc3,
        uasc,
        ad1,
        placed_for_adoption,
        previous_permanence,
        sw_episodes,
        dolo,
    )
}
