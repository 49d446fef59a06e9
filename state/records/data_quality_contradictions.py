"""Facts of different kinds that cannot both be right."""

from collections.abc import Callable, Iterator

from casepulse.schemas.envelope import Data
from casepulse.schemas.events.care import CarePeriodStarted, PlacementStarted
from casepulse.schemas.events.children_in_need import ChildInNeedPlanReviewed
from casepulse.schemas.events.early_help import TargetedSupportVisited
from casepulse.schemas.events.missing import MissingEpisodeStarted, ReturnInterviewRecorded
from casepulse.schemas.events.private_fostering import (
    PrivateFosteringStarted,
    PrivateFosteringVisited,
)
from casepulse.schemas.events.protection import ProtectionPlanReviewed
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.state.records.as_told import (
    CARE_PERIOD,
    CHILD_IN_NEED_PLAN,
    MISSING_EPISODE,
    PRIVATE_FOSTERING,
    PROTECTION_PLAN,
    TARGETED_SUPPORT,
    SpellKind,
)
from casepulse.state.records.data_quality import Contradiction, on_its_day, saw_the_child
from casepulse.state.records.life import born
from casepulse.state.view import CaseView

#: What names the record that it belongs to: its status, its kind of fact, that record's kind, and
#: the field by which it does.
_NAMES: tuple[tuple[str, type[Data], SpellKind, str], ...] = (
    ("protection_plan_review", ProtectionPlanReviewed, PROTECTION_PLAN, "plan"),
    ("child_in_need_review", ChildInNeedPlanReviewed, CHILD_IN_NEED_PLAN, "plan"),
    ("private_fostering_visit", PrivateFosteringVisited, PRIVATE_FOSTERING, "arrangement"),
    ("targeted_support_visit", TargetedSupportVisited, TARGETED_SUPPORT, "episode"),
)

INTERVIEWED_BEFORE_FOUND = "interviewed_before_found"
BEFORE_BIRTH = "before_birth"
IN_CARE_AND_PRIVATELY_FOSTERED = "in_care_and_privately_fostered"

CONTRADICTIONS = (
    *(what for what, *_ in _NAMES),
    INTERVIEWED_BEFORE_FOUND,
    BEFORE_BIRTH,
    IN_CARE_AND_PRIVATELY_FOSTERED,
)


def contradictions(case: CaseView) -> Iterator[Contradiction]:
    """Each of them, by what contradicts what. Most cases have few kinds of the facts looked for."""
    there = case.any_of(_LOOKED_FOR)
    for finder, types in _FINDERS:
        if not types.isdisjoint(there):
            yield from finder(case)


def outside_what_it_names(case: CaseView) -> Iterator[Contradiction]:
    """Reviews and visits on a day on which the plan, arrangement or episode that they name did not
    last. Where that is not on record at all, it is a gap, and no contradiction."""
    for what, kind, of, field in _NAMES:
        facts = case.facts(kind)
        if not facts:
            continue
        named = {each.key: each for each in case.records(of)}
        for fact in facts:
            spell = named.get(getattr(fact.data, field))
            if spell is not None and not spell.covers(fact.day):
                record = f"{spell.key}:{fact.day.isoformat()}"
                yield Contradiction(what, record, max(fact.day, spell.day))


def before_found(case: CaseView) -> Iterator[Contradiction]:
    """What came of return interviews before the child was found, or while it is missing."""
    interviews = case.facts(ReturnInterviewRecorded)
    episodes = {each.key: each for each in case.records(MISSING_EPISODE)} if interviews else {}
    for fact in interviews:
        episode = episodes.get(fact.data.episode)
        if episode is None or episode.backwards:
            continue
        if episode.end is None or fact.time < episode.end.time:
            record = f"{episode.key}:{fact.day.isoformat()}"
            yield Contradiction(INTERVIEWED_BEFORE_FOUND, record, max(fact.day, episode.day))


#: What cannot be of a child who is not born. A referral and a plan can.
_NOT_BEFORE_BIRTH = (VisitRecorded, CarePeriodStarted, PlacementStarted, MissingEpisodeStarted)


def before_birth(case: CaseView) -> Iterator[Contradiction]:
    """A child seen, in care, placed or missing on a day before its birth."""
    birth = case.records(born)
    if birth is None:
        return
    for kind in _NOT_BEFORE_BIRTH:
        for fact in case.facts(kind):
            if fact.day >= birth:
                break
            if saw_the_child(fact):
                yield Contradiction(BEFORE_BIRTH, on_its_day(fact), birth)


def in_care_and_fostered(case: CaseView) -> Iterator[Contradiction]:
    """Private fostering arrangements that are open while a period of care is: a privately fostered
    child is not in care."""
    fostered = PRIVATE_FOSTERING.open(case)
    care = CARE_PERIOD.open(case) if fostered else []
    for each in fostered if care else ():
        since = max(each.day, care[0].day)
        yield Contradiction(IN_CARE_AND_PRIVATELY_FOSTERED, each.key, since)


def _types(*kinds: type[Data]) -> frozenset[str]:
    return frozenset(kind.TYPE for kind in kinds)


#: What finds a contradiction, and the kinds of fact without any of which there is none.
_FINDERS: tuple[tuple[Callable[[CaseView], Iterator[Contradiction]], frozenset[str]], ...] = (
    (outside_what_it_names, _types(*(kind for _, kind, *_ in _NAMES))),
    (before_found, _types(ReturnInterviewRecorded)),
    (before_birth, _types(*_NOT_BEFORE_BIRTH)),
    (in_care_and_fostered, _types(PrivateFosteringStarted)),
)
_LOOKED_FOR = frozenset().union(*(types for _, types in _FINDERS))
