"""Section 47 enquiries, conferences, child protection plans and their reviews, proceedings."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, get_args

from casepulse.schemas.codes import (
    AbuseCategory,
    ConferenceKind,
    EnquiryOutcome,
    ProceedingsStage,
)
from casepulse.schemas.events.legal import ChildProceedingsStarted
from casepulse.schemas.events.protection import (
    ConferenceHeld,
    ProtectionPlanEnded,
    ProtectionPlanReviewed,
    ProtectionPlanStarted,
    SectionFortySevenCompleted,
    SectionFortySevenStarted,
    StrategyDiscussionHeld,
)
from casepulse.streams.sources.codes import plain
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.ssd.cells import day, flag, flags, team
from casepulse.streams.sources.ssd.columns import Coded, Column, Need
from casepulse.streams.sources.ssd.reading import (
    Layout,
    Parent,
    Ssd,
    Table,
    Untold,
    needed,
    not_before,
)

#: What was ticked in an enquiry, and what it led to: what stands first counts first.
_OUTCOMES = (
    ("CP_CONFERENCE", EnquiryOutcome.CONFERENCE),
    ("NFA_CONTINUE_SINGLE", EnquiryOutcome.SINGLE_ASSESSMENT),
    ("PROV_OF_SERVICES", EnquiryOutcome.CHILD_IN_NEED),
    ("NFA", EnquiryOutcome.NO_FURTHER_ACTION),
)

_CATEGORIES = {
    "neglect": "NEG",
    "physical": "PHY",
    "sexual": "SAB",
    "emotional": "EMO",
    "multiple": "MUL",
}


def _category(written: str) -> str | None:
    """A category of abuse, in words; two of them are several."""
    words = plain(written)
    found = {code for word, code in _CATEGORIES.items() if word in words}
    return None if not found else next(iter(found)) if len(found) == 1 else "MUL"


def enquiries(ssd: Ssd) -> Iterator[Said]:
    """Section 47 enquiries. The day one began is by definition that of the strategy discussion."""
    layout = Layout(
        "ssd_s47_enquiry",
        (
            Column("s47e_s47_enquiry_id", ssd.key, Need.VALUE),
            Column("s47e_person_id", ssd.person, Need.VALUE),
            Column("s47e_referral_id", ssd.key),
            Column("s47e_s47_start_date", day, Need.VALUE),
            Column("s47e_s47_end_date", day),
            Column("s47e_s47_nfa", flag, Need.NOTHING),
            Column("s47e_s47_outcome_json", flags),
            Column("s47e_s47_completed_by_team", team, Need.NOTHING),
        ),
        (StrategyDiscussionHeld, SectionFortySevenStarted, SectionFortySevenCompleted),
        "s47e_person_id",
        (Parent("s47e_referral_id", "referral"),),
    )
    yield from ssd.tell(layout, _enquiry)


def _enquiry(
    table: Table,
    key: str,
    child: str,
    referral: str | None,
    began: datetime,
    ended: datetime | None,
    none_needed: bool | None,
    ticked: frozenset[str],
    team: str | None,
) -> Sequence[Said]:
    table.ssd.known.child_of.setdefault("enquiry", {})[key] = child
    ended = not_before(began, ended, ("s47e_s47_start_date", "s47e_s47_end_date"))
    head, about = table.ssd.head("s47_enquiry", child, key), f"child:{child}"
    discussion = StrategyDiscussionHeld(discussion=key, referral=referral)
    started = SectionFortySevenStarted(enquiry=key, discussion=key)
    said = [Said(head + each.TYPE, about, began, each) for each in (discussion, started)]
    if ended is not None:
        if none_needed:
            ticked |= {"NFA"}
        outcome = next((outcome for flag, outcome in _OUTCOMES if flag in ticked), None)
        data = SectionFortySevenCompleted(enquiry=key, outcome=outcome, team=team)
        said.append(Said(head + data.TYPE, about, ended, data))
    return said


def conferences(ssd: Ssd) -> Iterator[Said]:
    """Initial conferences, once they were held."""
    layout = Layout(
        "ssd_initial_cp_conference",
        (
            Column("icpc_icpc_id", ssd.key, Need.VALUE),
            Column("icpc_person_id", ssd.person, Need.VALUE),
            Column("icpc_s47_enquiry_id", ssd.key),
            Column("icpc_icpc_transfer_in", flag, Need.NOTHING),
            Column("icpc_icpc_date", day),
        ),
        (ConferenceHeld,),
        "icpc_person_id",
        (Parent("icpc_s47_enquiry_id", "enquiry"), Parent("icpc_referral_id", "referral")),
    )
    yield from ssd.tell(layout, _conference)


def _conference(
    table: Table,
    key: str,
    child: str,
    enquiry: str | None,
    transferred: bool | None,
    held: datetime | None,
) -> Sequence[Said] | Untold:
    if held is None:
        return Untold.HELD_BACK
    data = ConferenceHeld(
        conference=key, kind=ConferenceKind.INITIAL, enquiry=None if transferred else enquiry
    )
    head = table.ssd.head("initial_cp_conference", child, key)
    return [Said(head + data.TYPE, f"child:{child}", held, data)]


def plans(ssd: Ssd) -> Iterator[Said]:
    """Child protection plans. The latest category is the one that holds."""
    layout = Layout(
        "ssd_cp_plans",
        (
            Column("cppl_cp_plan_id", ssd.key, Need.VALUE),
            Column("cppl_person_id", ssd.person, Need.VALUE),
            Column("cppl_icpc_id", ssd.key, Need.NOTHING, ("cppl_initial_cp_conference_id",)),
            Column("cppl_cp_plan_start_date", day, Need.VALUE),
            Column("cppl_cp_plan_end_date", day),
            Column("cppl_cp_plan_latest_category", Coded(get_args(AbuseCategory), guess=_category)),
        ),
        (ProtectionPlanStarted, ProtectionPlanEnded),
        "cppl_person_id",
        (Parent("cppl_referral_id", "referral"),),
    )
    yield from ssd.tell(layout, _plan)


def _plan(
    table: Table,
    key: str,
    child: str,
    conference: str | None,
    began: datetime,
    ended: datetime | None,
    category: Any,
) -> Sequence[Said]:
    table.ssd.known.child_of.setdefault("cp_plan", {})[key] = child
    ended = not_before(began, ended, ("cppl_cp_plan_start_date", "cppl_cp_plan_end_date"))
    head, about = table.ssd.head("cp_plans", child, key), f"child:{child}"
    started = ProtectionPlanStarted(plan=key, category=category, conference=conference)
    said = [Said(head + started.TYPE, about, began, started)]
    if ended is not None:
        data = ProtectionPlanEnded(plan=key)
        said.append(Said(head + data.TYPE, about, ended, data))
    return said


def reviews(ssd: Ssd) -> Iterator[Said]:
    """Review conferences, once they were held, and with them reviews of plans."""
    layout = Layout(
        "ssd_cp_reviews",
        (
            Column("cppr_cp_review_id", ssd.key, Need.VALUE),
            Column("cppr_person_id", ssd.person, Need.VALUE),
            Column("cppr_cp_plan_id", ssd.key),
            Column("cppr_cp_review_date", day),
            Column("cppr_cp_review_meeting_id", ssd.key, Need.NOTHING),
        ),
        (ProtectionPlanReviewed, ConferenceHeld),
        "cppr_person_id",
        (Parent("cppr_cp_plan_id", "cp_plan"),),
    )
    yield from ssd.tell(layout, _review)


def _review(
    table: Table,
    key: str,
    child: str,
    plan: str | None,
    held: datetime | None,
    meeting: str | None,
) -> Sequence[Said] | Untold:
    if held is None:
        return Untold.HELD_BACK
    head, about = table.ssd.head("cp_reviews", child, key), f"child:{child}"
    reviewed = ProtectionPlanReviewed(plan=needed(plan, "cppr_cp_plan_id"))
    conference = ConferenceHeld(conference=meeting or key, kind=ConferenceKind.REVIEW)
    return [Said(head + each.TYPE, about, held, each) for each in (reviewed, conference)]


def proceedings(ssd: Ssd) -> Iterator[Said]:
    """Pre-proceedings, and care proceedings at court. Most systems fill the table with nothing."""
    layout = Layout(
        "ssd_pre_proceedings",
        (
            Column("prep_person_id", ssd.person, Need.VALUE),
            Column("prep_plo_family_id", ssd.key),
            Column("prep_pre_pro_decision_date", day),
            Column("prep_pre_pro_letter_date", day),
            Column("prep_care_pro_letter_date", day),
        ),
        (ChildProceedingsStarted,),
        "prep_person_id",
        identity=5,
        usual=False,
    )
    yield from ssd.tell(layout, _proceedings)


def _proceedings(
    table: Table,
    child: str,
    family: str | None,
    decided: datetime | None,
    letter: datetime | None,
    court: datetime | None,
) -> Sequence[Said] | Untold:
    begun = letter or decided
    first = begun or court
    if first is None:
        return Untold.PASSED_OVER
    key = f"{family or 'family'}-{first:%Y%m%d}"
    key = table.ssd.key(key) or key
    head, about = table.ssd.head("pre_proceedings", child, key), f"child:{child}"
    stages = (
        (ProceedingsStage.PRE_PROCEEDINGS, begun),
        (ProceedingsStage.COURT, court),
    )
    return [
        Said(f"{head}{stage}-{ChildProceedingsStarted.TYPE}", about, when, data)
        for stage, when in stages
        if when is not None
        for data in [ChildProceedingsStarted(proceedings=key, stage=stage)]
    ]
