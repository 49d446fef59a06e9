"""Facts on days on which they cannot be: after a death, or outside every period of care."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from casepulse.schemas.codes import VisitKind
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.care import (
    CarePeriodStarted,
    CareReviewHeld,
    LegalStatusChanged,
    PlacementStarted,
)
from casepulse.schemas.events.children_in_need import ChildInNeedPlanReviewed
from casepulse.schemas.events.early_help import TargetedSupportVisited
from casepulse.schemas.events.health import (
    DentalCheckCompleted,
    HealthAssessmentCompleted,
    StrengthsDifficultiesCompleted,
)
from casepulse.schemas.events.leaving import CareLeaverContacted, CareLeaverQualified
from casepulse.schemas.events.missing import MissingEpisodeStarted
from casepulse.schemas.events.private_fostering import (
    PrivateFosteringStarted,
    PrivateFosteringVisited,
)
from casepulse.schemas.events.protection import ProtectionPlanReviewed, ProtectionPlanStarted
from casepulse.schemas.events.referral import ReferralStarted, VisitRecorded
from casepulse.state.facts import Fact
from casepulse.state.records.as_told import CARE_PERIOD
from casepulse.state.view import CaseView


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A fact or a record that cannot be right beside another one."""

    what: str
    """What is wrong, as statuses have it."""
    record: str
    """Its key; of what has none of its own, its day: one a day, however often it was told."""
    since: date
    """The day since which both have stood."""


def each_once(found: Iterable[Contradiction]) -> Iterable[Contradiction]:
    """Each of them once, however often it was told: the earliest."""
    once: dict[tuple[str, str], Contradiction] = {}
    for each in found:
        once.setdefault((each.what, each.record), each)
    return once.values()


def saw_the_child(fact: Fact) -> bool:
    """Of a visit, whether it saw the child; true of anything else."""
    data = fact.data
    return not isinstance(data, VisitRecorded | TargetedSupportVisited) or data.child_seen


def on_its_day(fact: Fact) -> str:
    """What names a fact that has no key: its kind and its day."""
    return f"{fact.type.partition('.')[0]}:{fact.day.isoformat()}"


#: What cannot be done with a child who has died, by what it is called.
_NOT_AFTER_DEATH: dict[str, tuple[type[Data], ...]] = {
    "seen": (VisitRecorded, TargetedSupportVisited, PrivateFosteringVisited),
    "in_touch": (CareLeaverContacted,),
    "reviewed": (CareReviewHeld, ProtectionPlanReviewed, ChildInNeedPlanReviewed),
    "health_checked": (
        HealthAssessmentCompleted,
        DentalCheckCompleted,
        StrengthsDifficultiesCompleted,
    ),
    "begun": (
        ReferralStarted,
        ProtectionPlanStarted,
        CarePeriodStarted,
        PlacementStarted,
        PrivateFosteringStarted,
        CareLeaverQualified,
        MissingEpisodeStarted,
    ),
}

AFTER_DEATH = tuple(_NOT_AFTER_DEATH)


def after_death(case: CaseView, death: date) -> Iterator[Contradiction]:
    """What is on record as done with a child on a day after its death."""
    for what, kinds in _NOT_AFTER_DEATH.items():
        for kind in kinds:
            for fact in case.facts(kind):
                if fact.day > death and saw_the_child(fact):
                    yield Contradiction(what, on_its_day(fact), fact.day)


OUTSIDE_CARE = ("legal_status", "placement", "care_review", "statutory_visit")


_OF_CARE = frozenset(
    kind.TYPE for kind in (LegalStatusChanged, PlacementStarted, CareReviewHeld, VisitRecorded)
)


def outside_care(case: CaseView) -> Iterator[Contradiction]:
    """What only a child in care can have, on a day of no period of care, short breaks included."""
    if not case.any_of(_OF_CARE):
        return
    told: list[tuple[str, Fact]] = [
        ("statutory_visit", fact) for fact in case.facts(VisitRecorded) if _statutory(fact)
    ]
    told += [("legal_status", fact) for fact in case.facts(LegalStatusChanged)]
    told += [("placement", fact) for fact in case.facts(PlacementStarted)]
    told += [("care_review", fact) for fact in case.facts(CareReviewHeld)]
    periods = case.records(CARE_PERIOD) if told else []
    for what, fact in told:
        if not any(period.covers(fact.day) for period in periods):
            data = fact.data
            key = data.placement if isinstance(data, PlacementStarted) else on_its_day(fact)
            yield Contradiction(what, key, fact.day)


def _statutory(fact: Fact) -> bool:
    return isinstance(fact.data, VisitRecorded) and fact.data.kind is VisitKind.STATUTORY
