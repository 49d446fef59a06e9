"""From an element that stands alone to the facts that it tells. `TELL` lists them by kind."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from casepulse.schemas.codes import ConferenceKind, Pathway
from casepulse.schemas.envelope import local_day
from casepulse.schemas.events.care import (
    AdoptionDecided,
    AdoptionPlacementStarted,
    CareLeaverRecorded,
)
from casepulse.schemas.events.child import AsylumSeekingRecorded, ChildRegistered
from casepulse.schemas.events.children_in_need import ChildInNeedPlanEnded, ChildInNeedPlanStarted
from casepulse.schemas.events.health import StrengthsDifficultiesCompleted
from casepulse.schemas.events.leaving import CareLeaverContacted
from casepulse.schemas.events.protection import (
    ConferenceHeld,
    ProtectionPlanEnded,
    ProtectionPlanStarted,
    SectionFortySevenCompleted,
    SectionFortySevenStarted,
    StrategyDiscussionHeld,
)
from casepulse.schemas.events.referral import (
    AssessmentAuthorised,
    AssessmentStarted,
    ReferralClosed,
    ReferralStarted,
)
from casepulse.schemas.events.workforce import AllocationEnded, AllocationStarted
from casepulse.state.calendar import add_months
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.dfe_payload.element import Element, beginning
from casepulse.streams.sources.dfe_payload.kinds import (
    ASSESSMENT,
    ENQUIRY,
    EPISODE,
    LEAVER,
    NEED_PLAN,
    PROTECTION_PLAN,
    QUESTIONNAIRE,
    WORKER,
)
from casepulse.streams.sources.extract import Said

Facts = Iterator[Said]

#: Months before its birth in which a child can be expected. One expected longer ago has been born:
#: some systems put a birthday there that is a guess.
_EXPECTED = 10


def details(element: Element, since: date | None, taken: datetime) -> Facts:
    """Who the child is. The day is that of birth; of one who is not born yet, the first on which
    anything was told of it.

    Args:
        element: it.
        since: the first day that anything else of the child is dated.
        taken: when the extract was.
    """
    today = local_day(taken)
    born, expected = element.day_or_none("date_of_birth"), None
    if born is None:
        expected = element.day_or_none("expected_date_of_birth")
        if expected is not None and expected <= add_months(today, -_EXPECTED):
            born, expected = expected, None
    elif born > today:
        born, expected = None, born
    known_by = since if since is not None and since < today else today - timedelta(days=1)
    sex, who = element.values["sex"] or "U", {"ethnicity": "ethnicity"}
    if born is not None:
        yield element.of_child(ChildRegistered, born, who, born=born, sex=sex)
    elif expected is not None:
        told = element.of_child(ChildRegistered, known_by, who, expected=expected, sex=sex)
        yield replace(told, by_then=True)
    ceases = element.day_or_none("uasc_end_date")
    if element.values["uasc_flag"] or ceases is not None:
        told = element.of_child(AsylumSeekingRecorded, known_by, ceases=ceases)
        yield replace(told, by_then=True)


def episode(element: Element, _episode: str | None) -> Facts:
    """A referral. Under which section it is worked is not said."""
    begins, ends = (
        element.day("referral_date"),
        element.last_day("closure_date", first="referral_date"),
    )
    columns, key = {"source": "referral_source"}, element.key
    yield element.of_child(
        ReferralStarted, begins, columns, referral=key, pathway=Pathway.SECTION_17
    )
    if ends is not None:
        yield element.of_child(ReferralClosed, ends, {"reason": "closure_reason"}, referral=key)


def assessment(element: Element, episode: str | None) -> Facts:
    """A single assessment, of the referral that it stands under."""
    begins = element.day("start_date")
    ends = element.last_day("authorisation_date", first="start_date")
    key = element.key
    yield element.of_child(AssessmentStarted, begins, assessment=key, referral=episode)
    if ends is not None:
        yield element.of_child(AssessmentAuthorised, ends, assessment=key)


def need_plan(element: Element, _episode: str | None) -> Facts:
    """A plan for a child in need."""
    begins, ends = element.day("start_date"), element.last_day("end_date", first="start_date")
    yield element.of_child(ChildInNeedPlanStarted, begins, plan=element.key)
    if ends is not None:
        yield element.of_child(ChildInNeedPlanEnded, ends, plan=element.key)


def protection_plan(element: Element, _episode: str | None) -> Facts:
    """A protection plan. Its category is not said."""
    begins, ends = element.day("start_date"), element.last_day("end_date", first="start_date")
    yield element.of_child(ProtectionPlanStarted, begins, plan=element.key)
    if ends is not None:
        yield element.of_child(ProtectionPlanEnded, ends, plan=element.key)


def enquiry(element: Element, episode: str | None) -> Facts:
    """A section 47 enquiry. It begins, by definition, on the day of the strategy discussion; it has
    one initial conference at most."""
    begins, ends = element.day("start_date"), element.last_day("end_date", first="start_date")
    conference = element.last_day("icpc_date", first="start_date")
    key = element.key
    yield element.of_child(StrategyDiscussionHeld, begins, discussion=key, referral=episode)
    yield element.of_child(SectionFortySevenStarted, begins, enquiry=key, discussion=key)
    if ends is not None:
        yield element.of_child(SectionFortySevenCompleted, ends, enquiry=key)
    if conference is not None:
        initial = ConferenceKind.INITIAL
        yield element.of_child(
            ConferenceHeld, conference, conference=key, kind=initial, enquiry=key
        )


def worker(element: Element, _episode: str | None) -> Facts:
    """A worker who held the child, from a day on."""
    begins, ends = element.day("start_date"), element.last_day("end_date", first="start_date")
    key = f"{element.key}.{begins:%Y%m%d}"
    yield element.of_child(AllocationStarted, begins, allocation=key, worker=element.key)
    if ends is not None:
        yield element.of_child(AllocationEnded, ends, allocation=key)


def questionnaire(element: Element, _episode: str | None) -> Facts:
    """A strengths and difficulties questionnaire."""
    columns = {"score": "score"}
    yield element.of_child(StrengthsDifficultiesCompleted, element.day("date"), columns)


def leaver(element: Element) -> Facts:
    """A care leaver who was in touch, and what they did then. The payload has the latest contact
    alone: those before it stand as they were told."""
    when = element.day("contact_date")
    series = beginning(LEAVER, element.child)
    contacted = element.of_child(CareLeaverContacted, when)
    recorded = element.of_child(CareLeaverRecorded, when, {"activity": "activity"}, in_touch="YES")
    for each in (contacted, recorded):
        yield replace(each, latest_of=series)


def adoption(element: Element, taken: datetime) -> Facts:
    """That a child should be placed for adoption, and is. A match that lies ahead is none yet."""
    decided = element.day_or_none("initial_decision_date")
    matched = element.last_day("matched_date", first="initial_decision_date") if decided else None
    placed = element.day_or_none("placed_date")
    if decided is not None:
        known = matched if matched is not None and matched <= local_day(taken) else None
        yield element.of_child(AdoptionDecided, decided, matched=known)
    if placed is not None:
        if decided is not None and placed < decided:
            raise RefusedError("placed_date", "lies before initial_decision_date")
        yield element.of_child(AdoptionPlacementStarted, placed)


#: The teller of each kind; it is given the key of the episode under which the element stands.
TELL: Mapping[str, Callable[[Element, str | None], Facts]] = {
    EPISODE.name: episode,
    ASSESSMENT.name: assessment,
    NEED_PLAN.name: need_plan,
    PROTECTION_PLAN.name: protection_plan,
    ENQUIRY.name: enquiry,
    WORKER.name: worker,
    QUESTIONNAIRE.name: questionnaire,
}
