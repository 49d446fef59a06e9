"""Lists 1 and 3 to 6: contacts, referrals, assessments, enquiries, children in need."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

from casepulse.schemas.codes import ConferenceKind, Pathway, VisitKind, VisitMethod
from casepulse.schemas.events.contact import ContactReceived
from casepulse.schemas.events.protection import (
    ConferenceHeld,
    SectionFortySevenCompleted,
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
from casepulse.streams.sources.annex_a import lists
from casepulse.streams.sources.annex_a.known import Known
from casepulse.streams.sources.annex_a.row import Row, record_of
from casepulse.streams.sources.extract import Said

Facts = Iterator[Said | None]

#: What the code list has for a source that is not known.
_SOURCE_UNKNOWN = "10"

#: How long a referral may wait until list 6 has it, or nobody will: 45 working days.
_PENDING = timedelta(days=63)

_LONGEST_TEAM = 48


def team_of(text: str | None) -> str | None:
    """A team's name as an id: `Assessment North` is assessment-north."""
    team = re.sub(r"[^a-z0-9]+", "-", (text or "").casefold()).strip("-")
    if len(team) > _LONGEST_TEAM:
        team = f"{team[:36].rstrip('-')}-{sha256(team.encode()).hexdigest()[:10]}"
    return team or None


def contacts(row: Row, known: Known) -> Facts:
    """A child in a contact. Several on one day from one source are numbered; rows that are the same
    to the letter are one. Where nobody knows the source, that is what the code list has for it."""
    source = known.meanings.code(row, lists.CONTACT_SOURCE) or _SOURCE_UNKNOWN
    day = row.need(lists.CONTACT)
    known.contacts[row.child, day, source] += 1
    number = known.contacts[row.child, day, source]
    key = known.keys.record(f"{row.child}-{day:%Y%m%d}-{source}-{number}")
    said = row.say(
        ContactReceived,
        lists.CONTACT,
        "contact",
        key,
        about=f"contact:{key}",
        needs=(lists.CONTACT_SOURCE,),
        source=source,
    )
    yield said


def _started(row: Row, column: str, known: Known, source: str | None) -> Said | None:
    return row.say(
        ReferralStarted,
        column,
        "referral",
        referral=record_of(row.need(column)),
        pathway=Pathway.SECTION_17,
        source=source,
        team=team_of(row.text(lists.TEAM)),
        needs=(lists.REFERRAL_SOURCE, lists.TEAM),
    )


def _closed(row: Row, day: date, known: Known, closed: date) -> Said:
    """A referral that list 3 has and list 6 does not: over by a day."""
    referral = record_of(day)
    said = row.on(ReferralClosed, closed, "referral", day, referral=referral)
    return replace(said, by_then=True, in_part=True)


def referrals(row: Row, known: Known) -> Facts:
    """A referral. What became of it stands in list 6, if it is the child's latest there. If a later
    one is, this one is over at the latest when that began. One that led to nothing is closed on its
    own day: one with no further action, or that list 6 has not got when it must have."""
    day = row.need(lists.REFERRAL)
    yield _started(row, lists.REFERRAL, known, known.meanings.code(row, lists.REFERRAL_SOURCE))
    if known.episodes is None or row.child in known.doubtful or known.has_episode(row.child, day):
        return
    later = known.episode_after(row.child, day)
    if later is not None:
        yield _closed(row, day, known, later)
    elif known.meanings.flag(row, lists.REFERRAL_NFA) or day + _PENDING < known.taken.date():
        yield _closed(row, day, known, day)


def assessments(row: Row, known: Known) -> Facts:
    """An assessment. Its referral is the child's latest that began by then: the list names none."""
    day = row.need(lists.ASSESSMENT)
    began = known.referral_of(row.child, day)
    assessment = record_of(day)
    started = row.say(
        AssessmentStarted,
        lists.ASSESSMENT,
        "assessment",
        assessment=assessment,
        referral=began and record_of(began),
    )
    # a referral that is in no list any longer was known better when it was
    sure = began is not None and row.child not in known.doubtful
    yield started and replace(started, in_part=not sure)
    yield row.say(AssessmentAuthorised, lists.AUTHORISED, "assessment", day, assessment=assessment)


def enquiries(row: Row, known: Known) -> Facts:
    """A strategy discussion, the enquiry that it began, and its conference. When the enquiry ended
    the list does not say: on the conference's day, or by when the conference was unnecessary."""
    day = row.need(lists.ENQUIRY)
    key = record_of(day)
    yield row.say(StrategyDiscussionHeld, lists.ENQUIRY, "enquiry", discussion=key)
    yield row.say(SectionFortySevenStarted, lists.ENQUIRY, "enquiry", enquiry=key, discussion=key)
    yield row.say(
        ConferenceHeld,
        lists.CONFERENCE,
        "enquiry",
        day,
        conference=key,
        kind=ConferenceKind.INITIAL,
        enquiry=key,
    )
    if row.day(lists.CONFERENCE) is not None:
        yield row.say(SectionFortySevenCompleted, lists.CONFERENCE, "enquiry", day, enquiry=key)
    elif known.meanings.flag(row, lists.UNNECESSARY):
        said = row.on(SectionFortySevenCompleted, known.taken, "enquiry", day, enquiry=key)
        yield replace(said, by_then=True)


def episodes(row: Row, known: Known) -> Facts:
    """A child in need: the referral that began it, its end, and when the child was last seen."""
    day = row.need(lists.EPISODE)
    started = _started(row, lists.EPISODE, known, None)
    yield started and replace(started, in_part=True)
    yield row.say(
        ReferralClosed,
        lists.EPISODE_CLOSED,
        "referral",
        day,
        needs=(lists.CLOSURE_REASON,),
        referral=record_of(day),
        reason=known.meanings.code(row, lists.CLOSURE_REASON),
    )
    yield row.series(
        VisitRecorded,
        lists.EPISODE_SEEN,
        "visit_child_in_need",
        needs=(lists.TEAM,),
        kind=VisitKind.CHILD_IN_NEED,
        method=VisitMethod.FACE_TO_FACE,
        child_seen=True,
        team=team_of(row.text(lists.TEAM)),
    )
