"""From a contact to a referral, its single assessment, and a plan for a child in need."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, Literal, get_args

from casepulse.schemas.codes import AssessmentOutcome, ClosureReason, Pathway, ReferralSource
from casepulse.schemas.events.children_in_need import ChildInNeedPlanEnded, ChildInNeedPlanStarted
from casepulse.schemas.events.contact import ContactReceived
from casepulse.schemas.events.early_help import EarlyHelpPlanEnded, EarlyHelpPlanStarted
from casepulse.schemas.events.referral import (
    AssessmentAuthorised,
    AssessmentStarted,
    ReferralClosed,
    ReferralStarted,
)
from casepulse.state.calendar import add_working_days, local_date
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.ssd.cells import day, flag, flags, team, text
from casepulse.streams.sources.ssd.columns import Coded, Column, Need, check_codes
from casepulse.streams.sources.ssd.reading import Layout, Parent, Ssd, Table, Untold, not_before

#: What a contact is told to come from where the system says nothing that is known.
_SOURCE_UNKNOWN: Literal["10"] = "10"

#: Working days from a referral within which an enquiry is taken to have come out of it.
_ENQUIRY_WITHIN = 5

#: What was ticked in an assessment, and what it led to: what stands first counts first.
_OUTCOMES = (
    ("STRATEGY_DISCUSSION", AssessmentOutcome.STRATEGY_DISCUSSION),
    ("CLA_REQUEST", AssessmentOutcome.CHILD_IN_CARE),
    ("NFA", AssessmentOutcome.NO_FURTHER_ACTION),
    ("REFERRAL_TO_OTHER_AGENCY", AssessmentOutcome.OTHER_AGENCY),
    ("PROV_OF_SERVICES", AssessmentOutcome.CHILD_IN_NEED),
    ("PROV_OF_SB_CARE", AssessmentOutcome.CHILD_IN_NEED),
)

_SOURCES = get_args(ReferralSource)


def _source_columns(prefix: str) -> tuple[Column, ...]:
    """Where a source stands, for `_source`. In the column of its code some systems have an id of
    their own: the national code stands at the head of the description."""
    return (
        Column(f"{prefix}_source_desc", Coded(_SOURCES), Need.NOTHING),
        Column(f"{prefix}_source_desc", text, Need.NOTHING),
        Column(f"{prefix}_source_code", Coded(_SOURCES, counted=False), Need.NOTHING),
    )


def _source(described: Any, words: str | None, code: Any) -> Any:
    """A number in the column of the code may be such an id, if there is a description beside it."""
    if described is not None or code is None:
        return described
    return code if words is None or not code.isdigit() else None


def contacts(ssd: Ssd) -> Iterator[Said]:
    """Contacts: one row a child, and each is one."""
    layout = Layout(
        "ssd_contacts",
        (
            Column("cont_contact_id", ssd.key, Need.VALUE),
            Column("cont_contact_date", day, Need.VALUE),
            *_source_columns("cont_contact"),
            Column("cont_contact_outcome_json", flags),
        ),
        (ContactReceived,),
        identity=1,
    )
    yield from ssd.tell(layout, _contact)


def _contact(
    table: Table,
    key: str,
    when: datetime,
    described: Any,
    words: str | None,
    code: Any,
    ticked: frozenset[str],
) -> Sequence[Said]:
    source = _source(described, words, code)
    data = ContactReceived(
        source=_SOURCE_UNKNOWN if source is None else source,
        missing_notification="MISSING" in ticked,
    )
    return [Said(f"ssd-contacts-{key}-contact.received", f"contact:{key}", when, data)]


def enquiries(ssd: Ssd) -> bool:
    """Note when the section 47 enquiries of each referral began. False: it is not known."""
    columns = ssd.tables.columns("ssd_s47_enquiry")
    if columns is None:
        return False
    names = [
        Column(name, ssd.key).found_in(columns)
        for name in ("s47e_referral_id", "s47e_s47_start_date")
    ]
    asked = [name for name in names if name is not None]
    if len(asked) != len(names):
        return False
    for _, cells in ssd.tables.rows("ssd_s47_enquiry", asked):
        if isinstance(cells, RefusedError):  # told of when the enquiries themselves are read
            continue
        try:
            key, when = ssd.key(cells[0]), day(cells[1])
        except ValueError:
            continue
        if key is not None and when is not None:
            ssd.known.enquiries.setdefault(key, []).append(local_date(when))
    return True


def referrals(ssd: Ssd) -> Iterator[Said]:
    """Referrals, from start to closure."""
    known = enquiries(ssd)
    layout = Layout(
        "ssd_cin_episodes",
        (
            Column("cine_referral_id", ssd.key, Need.VALUE),
            Column("cine_person_id", ssd.person, Need.VALUE),
            Column("cine_referral_date", day, Need.VALUE),
            *_source_columns("cine_referral"),
            Column("cine_referral_outcome_json", flags),
            Column("cine_close_date", day),
            Column("cine_close_reason", Coded(get_args(ClosureReason))),
            Column("cine_referral_team", team, Need.NOTHING),
        ),
        (ReferralStarted, ReferralClosed),
        "cine_person_id",
    )
    yield from ssd.tell(layout, partial(_referral, known))


def _referral(
    known: bool,
    table: Table,
    key: str,
    child: str,
    began: datetime,
    described: Any,
    words: str | None,
    code: Any,
    ticked: frozenset[str],
    closed: datetime | None,
    reason: Any,
    team: str | None,
) -> Sequence[Said]:
    ssd = table.ssd
    ssd.known.child_of.setdefault("referral", {})[key] = child
    closed = not_before(began, closed, ("cine_referral_date", "cine_close_date"))
    head, about = ssd.head("cin_episodes", child, key), f"child:{child}"
    first, source = local_date(began), _source(described, words, code)

    def started(pathway: Pathway) -> ReferralStarted:
        return ReferralStarted(referral=key, pathway=pathway, source=source, team=team)

    if ticked & {"STRATEGY_DISCUSSION", "CP_CONFERENCE"} or _led_to_enquiry(ssd, key, first):
        said = [Said(head + ReferralStarted.TYPE, about, began, started(Pathway.SECTION_47))]
    else:
        # an enquiry may have left its table, or the table may not be there
        unsure = not known or first < ssd.since
        said = [
            Said(
                head + ReferralStarted.TYPE,
                about,
                began,
                started(Pathway.SECTION_17),
                (started(Pathway.SECTION_47),) if unsure else (),
            )
        ]
    if closed is not None:
        data = ReferralClosed(referral=key, reason=reason)
        said.append(Said(head + data.TYPE, about, closed, data))
    return said


def closed_when_it_left(
    ssd: Ssd, subject: str, name: str, began: datetime, taken: datetime
) -> Said | None:
    """What began before the window leaves the table on the very night on which it is closed. An
    open one that is missing was closed; one that is at another child has moved there."""
    head = ssd.head("cin_episodes", subject.partition(":")[2])
    key = name.removeprefix(head).removesuffix(f"-{ReferralStarted.TYPE}")
    if local_date(began) >= ssd.since or not name.startswith(head):
        return None
    if key in ssd.known.child_of.get("referral", {}):
        return None
    data = ReferralClosed(referral=key)
    return Said(name.removesuffix(ReferralStarted.TYPE) + data.TYPE, subject, taken, data)


def _led_to_enquiry(ssd: Ssd, referral: str, began: date) -> bool:
    days = ssd.known.enquiries.get(referral)
    return days is not None and min(days) <= add_working_days(began, _ENQUIRY_WITHIN)


def assessments(ssd: Ssd) -> Iterator[Said]:
    """Single assessments."""
    layout = Layout(
        "ssd_cin_assessments",
        (
            Column("cina_assessment_id", ssd.key, Need.VALUE),
            Column("cina_person_id", ssd.person, Need.VALUE),
            Column("cina_referral_id", ssd.key),
            Column("cina_assessment_start_date", day, Need.VALUE),
            Column("cina_assessment_auth_date", day),
            Column("cina_assessment_outcome_json", flags),
            Column("cina_assessment_outcome_nfa", flag, Need.NOTHING),
            Column("cina_assessment_team", team, Need.NOTHING),
        ),
        (AssessmentStarted, AssessmentAuthorised),
        "cina_person_id",
        (Parent("cina_referral_id", "referral"),),
    )
    table = ssd.open(layout)
    if table is None:
        return
    own = ssd.settings.codes.get("cina_assessment_outcome_json", {})
    check_codes("cina_assessment_outcome_json", own, [each.value for each in AssessmentOutcome])
    outcomes = (
        *((flag.upper().removesuffix("_FLAG"), AssessmentOutcome(own[flag])) for flag in own),
        *_OUTCOMES,
    )
    yield from table.tell(partial(_assessment, outcomes))


def _assessment(
    outcomes: Sequence[tuple[str, AssessmentOutcome]],
    table: Table,
    key: str,
    child: str,
    referral: str | None,
    began: datetime,
    authorised: datetime | None,
    ticked: frozenset[str],
    none_needed: bool | None,
    team: str | None,
) -> Sequence[Said]:
    ssd = table.ssd
    authorised = not_before(
        began, authorised, ("cina_assessment_start_date", "cina_assessment_auth_date")
    )
    head, about = ssd.head("cin_assessments", child, key), f"child:{child}"
    started = AssessmentStarted(assessment=key, referral=referral, team=team)
    said = [Said(head + started.TYPE, about, began, started)]
    if authorised is not None:
        if none_needed:
            ticked |= {"NFA"}
        outcome = next((outcome for flag, outcome in outcomes if flag in ticked), None)
        data = AssessmentAuthorised(assessment=key, outcome=outcome)
        said.append(Said(head + data.TYPE, about, authorised, data))
        if referral is not None:
            ssd.known.authorised.setdefault(referral, []).append((authorised, key))
    return said


def plans(ssd: Ssd) -> Iterator[Said]:
    """Plans for children in need."""
    layout = Layout(
        "ssd_cin_plans",
        (
            Column("cinp_cin_plan_id", ssd.key, Need.VALUE, ("cin_plan_id",)),
            Column("cinp_person_id", ssd.person, Need.VALUE),
            Column("cinp_referral_id", ssd.key),
            Column("cinp_cin_plan_start_date", day, Need.VALUE),
            Column("cinp_cin_plan_end_date", day),
            Column("cinp_cin_plan_team", team, Need.NOTHING),
        ),
        (ChildInNeedPlanStarted, ChildInNeedPlanEnded),
        "cinp_person_id",
        (Parent("cinp_referral_id", "referral"),),
    )
    yield from ssd.tell(layout, _plan)


def _plan(
    table: Table,
    key: str,
    child: str,
    referral: str | None,
    began: datetime,
    ended: datetime | None,
    team: str | None,
) -> Sequence[Said]:
    ssd = table.ssd
    ssd.known.child_of.setdefault("cin_plan", {})[key] = child
    ended = not_before(began, ended, ("cinp_cin_plan_start_date", "cinp_cin_plan_end_date"))
    before = [each for each in ssd.known.authorised.get(referral or "", ()) if each[0] <= began]
    head, about = ssd.head("cin_plans", child, key), f"child:{child}"
    started = ChildInNeedPlanStarted(
        plan=key, assessment=max(before)[1] if before else None, team=team
    )
    said = [Said(head + started.TYPE, about, began, started)]
    if ended is not None:
        data = ChildInNeedPlanEnded(plan=key)
        said.append(Said(head + data.TYPE, about, ended, data))
    return said


def early_help(ssd: Ssd) -> Iterator[Said]:
    """Episodes of early help, where the profile says of which kind they are."""
    if ssd.settings.early_help is None:
        return
    layout = Layout(
        "ssd_early_help_episodes",
        (
            Column("earl_episode_id", ssd.key, Need.VALUE),
            Column("earl_person_id", ssd.person, Need.VALUE),
            Column("earl_episode_start_date", day, Need.VALUE),
            Column("earl_episode_end_date", day),
        ),
        (EarlyHelpPlanStarted, EarlyHelpPlanEnded),
        "earl_person_id",
    )
    yield from ssd.tell(layout, _early_help)


def _early_help(
    table: Table, key: str, child: str, began: datetime, ended: datetime | None
) -> Sequence[Said] | Untold:
    kind = table.ssd.settings.early_help
    if kind is None:
        return Untold.PASSED_OVER
    ended = not_before(began, ended, ("earl_episode_start_date", "earl_episode_end_date"))
    head, about = table.ssd.head("early_help_episodes", child, key), f"child:{child}"
    started = EarlyHelpPlanStarted(plan=key, kind=kind)
    said = [Said(head + started.TYPE, about, began, started)]
    if ended is not None:
        data = EarlyHelpPlanEnded(plan=key)
        said.append(Said(head + data.TYPE, about, ended, data))
    return said
