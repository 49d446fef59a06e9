"""Facts for tests, in as few words as one would tell them in.

Times are local to London: "2021-01-04 09:00", or "2021-01-04" for the midnight at which
that day begins. So a figure as at "2021-01-12" is as at the end of 11 January.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from casepulse.schemas.codes import (
    ConferenceKind,
    ContactOutcome,
    ContactRating,
    InterviewOutcome,
    Pathway,
    VisitKind,
    VisitMethod,
)
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.care import (
    CarePeriodEnded,
    CarePeriodStarted,
    CareReviewHeld,
    LegalStatusChanged,
    PlacementEnded,
    PlacementStarted,
)
from casepulse.schemas.events.child import RestrictionChanged
from casepulse.schemas.events.contact import ContactDecided, ContactReceived
from casepulse.schemas.events.correction import AnyReplacement, RecordAmended, RecordVoided
from casepulse.schemas.events.missing import (
    MissingEpisodeEnded,
    MissingEpisodeStarted,
    ReturnInterviewRecorded,
)
from casepulse.schemas.events.protection import (
    ConferenceHeld,
    ProtectionPlanEnded,
    ProtectionPlanStarted,
    SectionFortySevenStarted,
    StrategyDiscussionHeld,
)
from casepulse.schemas.events.referral import (
    AssessmentAuthorised,
    AssessmentStarted,
    ReferralClosed,
    ReferralStarted,
    VisitRecorded,
)
from casepulse.schemas.events.workforce import (
    AllocationEnded,
    AllocationStarted,
    WorkerLeft,
    WorkerRecorded,
)
from casepulse.schemas.profile import load_profile
from casepulse.state import (
    COUNTY,
    Catalogue,
    Fact,
    Figure,
    Figures,
    catalogue_for,
    evaluate,
    published,
)
from casepulse.state.calendar import LONDON

#: Every measure with the standards of the default profile.
CATALOGUE = catalogue_for(load_profile())

_REPLACEMENTS: dict[str, Any] = {
    model.model_fields["type"].annotation.__args__[0]: model
    for model in AnyReplacement.__origin__.__args__
}


def row(sentence: str, *values: object) -> Any:
    """One line of a table: a sentence for the reader, then the values of its columns."""
    return pytest.param(*values, id=sentence)


def table(text: str) -> pytest.MarkDecorator:
    """A test's cases as a table: a heading, then a line a case, columns parted by `|`.

    The first column is the sentence that names the case; `-` stands for nothing (None).
    """
    heading, *lines = ([cell.strip() for cell in line.split("|")] for line in _filled(text))
    rows = [row(first, *(None if cell == "-" else cell for cell in rest)) for first, *rest in lines]
    return pytest.mark.parametrize(heading[1:], rows)


def _filled(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def when(said: str | datetime) -> datetime:
    """An instant (UTC), given a local time of London; an offset, where one is given, holds."""
    instant = datetime.fromisoformat(said) if isinstance(said, str) else said
    return (instant if instant.tzinfo else instant.replace(tzinfo=LONDON)).astimezone(UTC)


def fact(
    data: Data,
    at: str | datetime = "2021-01-04 09:00",
    recorded: str | datetime | None = None,
    subject: str = "child:k1",
    id: str | None = None,  # noqa: A002  the name that CloudEvents gives it
    source: str = "case-system",
    team: str | None = None,
) -> Fact:
    """The fact that `data` happened at a time; recorded at once, unless said otherwise.

    Without an id of its own it gets one made of its content: told twice, it is the same fact.
    """
    time = when(at)
    if team is not None:
        data = data.model_copy(update={"team": team})
    if id is None:
        content = f"{subject} {time.isoformat()} {data.TYPE} {data.model_dump_json()}"
        id = f"{data.TYPE}-{sha256(content.encode()).hexdigest()[:8]}"  # noqa: A001
    return Fact(id, source, subject, time, when(recorded) if recorded else time, data)


def restriction(at: str | datetime, restricted: bool = True, **told: Any) -> Fact:
    """A child's record is closed to all but a few, or opened again."""
    return fact(RestrictionChanged(restricted=restricted), at, **told)


# --- what is asked of the facts ---------------------------------------------------------------


def figures(
    facts: Iterable[Fact], at: str, known: str | None = None, catalogue: Catalogue = CATALOGUE
) -> Figures:
    """All figures as at an instant, as known at another."""
    instant = when(at)
    tally = evaluate(facts, catalogue, instant, when(known) if known else None)
    return Figures(tally, catalogue, instant)


def figure(
    measure: str,
    facts: Iterable[Fact],
    at: str,
    *,
    period: str | None = None,
    locality: str = COUNTY,
    known: str | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> Figure:
    """One figure; without a period that of now, or of the month reported on."""
    said = figures(facts, at, known, catalogue)
    return said.figure(measure, period or said.current(catalogue.measures[measure]), locality)


def statuses(measure: str, facts: Iterable[Fact], at: str, **which: Any) -> dict[str, int]:
    """How many have each status; statuses that none has are left out."""
    counted = figure(measure, facts, at, **which).statuses
    return {status: count for status, count in counted.items() if count}


def status(measure: str, facts: Iterable[Fact], at: str, **which: Any) -> str | None:
    """The status of the one that is counted; None where none is."""
    counted = statuses(measure, facts, at, **which)
    assert sum(counted.values()) <= 1, f"more than one is counted: {counted}"
    return next(iter(counted), None)


def share(measure: str, facts: Iterable[Fact], at: str, **which: Any) -> str:
    """Numerator of denominator, as "1 of 2"."""
    said = figure(measure, facts, at, **which)
    return f"{said.numerator} of {said.denominator}"


def as_printed(measure: str, facts: Iterable[Fact], at: str, **which: Any) -> str:
    """The figure as the report prints it: "50", "77.6" or "n/a"."""
    decimals = CATALOGUE.measures[measure].decimals
    value: Decimal | None = published(figure(measure, facts, at, **which), decimals)
    return "n/a" if value is None else str(value)


# --- what happened ----------------------------------------------------------------------------


def contact(
    at: str, *, red: bool = False, missing_notification: bool = False, key: str = "c1", **told: Any
) -> Fact:
    rating = ContactRating.RED if red else ContactRating.GREEN
    team = told.pop("team", None)
    data = ContactReceived(
        source="1A", rating=rating, missing_notification=missing_notification, team=team
    )
    return fact(data, at, subject=f"contact:{key}", **told)


def decision(at: str, *, key: str = "c1", **told: Any) -> Fact:
    data = ContactDecided(outcome=ContactOutcome.NO_FURTHER_ACTION, team=told.pop("team", None))
    return fact(data, at, subject=f"contact:{key}", **told)


def referral(at: str, pathway: str = "S17", *, key: str = "r1", **told: Any) -> Fact:
    data = ReferralStarted(referral=key, pathway=Pathway(pathway), team=told.pop("team", None))
    return fact(data, at, **told)


def referral_closed(at: str, *, key: str = "r1", **told: Any) -> Fact:
    return fact(ReferralClosed(referral=key, reason=told.pop("reason", None)), at, **told)


def visit(
    at: str,
    *,
    kind: str = "other",
    virtual: bool = False,
    seen: bool = True,
    **told: Any,
) -> Fact:
    data = VisitRecorded(
        kind=VisitKind(kind),
        method=VisitMethod.VIRTUAL if virtual else VisitMethod.FACE_TO_FACE,
        child_seen=seen,
        team=told.pop("team", None),
    )
    return fact(data, at, **told)


def statutory_visit(at: str, **told: Any) -> Fact:
    return visit(at, kind="statutory", **told)


def assessment(at: str, *, key: str = "a1", of: str | None = "r1", **told: Any) -> Fact:
    data = AssessmentStarted(assessment=key, referral=of, team=told.pop("team", None))
    return fact(data, at, **told)


def authorised(at: str, *, key: str = "a1", **told: Any) -> Fact:
    return fact(AssessmentAuthorised(assessment=key, team=told.pop("team", None)), at, **told)


def strategy_discussion(at: str, *, key: str = "d1", **told: Any) -> Fact:
    return fact(StrategyDiscussionHeld(discussion=key), at, **told)


def enquiry(at: str, *, key: str = "q1", began_by: str | None = "d1", **told: Any) -> Fact:
    return fact(SectionFortySevenStarted(enquiry=key, discussion=began_by), at, **told)


def conference(
    at: str, kind: str = "initial", *, key: str = "f1", ends: str | None = "q1", **told: Any
) -> Fact:
    data = ConferenceHeld(
        conference=key, kind=ConferenceKind(kind), enquiry=ends, team=told.pop("team", None)
    )
    return fact(data, at, **told)


def plan(at: str, *, key: str = "p1", **told: Any) -> Fact:
    return fact(ProtectionPlanStarted(plan=key, team=told.pop("team", None)), at, **told)


def plan_ended(at: str, *, key: str = "p1", **told: Any) -> Fact:
    return fact(ProtectionPlanEnded(plan=key, team=told.pop("team", None)), at, **told)


def entered_care(at: str, *, key: str = "k1", **told: Any) -> Fact:
    return fact(CarePeriodStarted(period=key, team=told.pop("team", None)), at, **told)


def left_care(at: str, *, key: str = "k1", **told: Any) -> Fact:
    return fact(CarePeriodEnded(period=key, team=told.pop("team", None)), at, **told)


def legal_status(at: str, code: Any, **told: Any) -> Fact:
    return fact(LegalStatusChanged(legal_status=code), at, **told)


def placed(at: str, *, key: str = "h1", until_eighteen: bool = False, **told: Any) -> Fact:
    return fact(PlacementStarted(placement=key, until_eighteen=until_eighteen), at, **told)


def placement_ended(at: str, *, key: str = "h1", **told: Any) -> Fact:
    return fact(PlacementEnded(placement=key), at, **told)


def review(at: str, **told: Any) -> Fact:
    return fact(CareReviewHeld(team=told.pop("team", None)), at, **told)


def missing(at: str, *, key: str = "m1", away: bool = False, **told: Any) -> Fact:
    data = MissingEpisodeStarted(
        episode=key, category="A" if away else "M", team=told.pop("team", None)
    )
    return fact(data, at, **told)


def found(at: str, *, key: str = "m1", **told: Any) -> Fact:
    return fact(MissingEpisodeEnded(episode=key), at, **told)


def interview(at: str, outcome: str = "held", *, of: str = "m1", **told: Any) -> Fact:
    return fact(ReturnInterviewRecorded(episode=of, outcome=InterviewOutcome(outcome)), at, **told)


def worker(at: str, fte: float = 1.0, *, key: str = "w1", **told: Any) -> Fact:
    data = WorkerRecorded(fte=fte, team=told.pop("team", None))
    return fact(data, at, subject=f"worker:{key}", **told)


def worker_left(at: str, *, key: str = "w1", **told: Any) -> Fact:
    return fact(WorkerLeft(), at, subject=f"worker:{key}", **told)


def allocated(at: str, *, to: str = "w1", key: str = "l1", **told: Any) -> Fact:
    data = AllocationStarted(allocation=key, worker=to, team=told.pop("team", None))
    return fact(data, at, **told)


def allocation_ended(at: str, *, key: str = "l1", **told: Any) -> Fact:
    return fact(AllocationEnded(allocation=key), at, **told)


# --- corrections ------------------------------------------------------------------------------


def amended(earlier: Fact, now_told: Fact, at: str | datetime, **told: Any) -> Fact:
    """The correction that puts what `now_told` tells in the place of an earlier fact."""
    replacement = _REPLACEMENTS[now_told.type](
        type=now_told.type, time=now_told.time, data=now_told.data
    )
    data = RecordAmended(amends=earlier.id, replacement=replacement)
    return fact(data, at, subject=earlier.subject, **told)


def voided(earlier: Fact, at: str | datetime, **told: Any) -> Fact:
    """The correction that withdraws an earlier fact."""
    return fact(RecordVoided(voids=earlier.id), at, subject=earlier.subject, **told)
