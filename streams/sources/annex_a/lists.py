"""The eleven lists: what each holds, and how its columns are called, from 2019 to 2024.

A header is matched without its capitals, blanks, kind of quotation marks, and what follows it in
brackets or as a question mark. Columns that are not read, such as a worker's name or a postcode,
never leave the workbook.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from casepulse.streams.sources.annex_a.cells import Reader, as_day, as_text
from casepulse.streams.sources.codes import plain

CHILD = "Child Unique ID"
BORN = "Date of Birth"
SEX = "Gender"
ETHNICITY = "Ethnicity"
TEAM = "Allocated Team"

CONTACT, CONTACT_SOURCE = "Date of Contact", "Contact Source"

REFERRAL, REFERRAL_SOURCE = "Date of referral", "Referral Source"
REFERRAL_NFA = "Referral NFA?"

ASSESSMENT = "Continuous Assessment Start Date"
AUTHORISED = "Continuous Assessment Date of Authorisation"

ENQUIRY = "Strategy discussion initiating Section 47 Enquiry Start Date"
UNNECESSARY = "Was an Initial Child Protection Conference deemed unnecessary?"
CONFERENCE = "Date of Initial Child Protection Conference"

EPISODE, EPISODE_SEEN = "CIN Start Date", "Date Child Was Last Seen"
EPISODE_CLOSED, CLOSURE_REASON = "CIN Closure Date", "Reason for Closure"

PLAN, PLAN_ENDED = "Child Protection Plan Start Date", "Child Protection Plan End Date"
ABUSE = "Latest Category of Abuse"
PLAN_VISIT, SEEN_ALONE = "Date of the Last Statutory Visit", "Was the Child Seen Alone?"
PLAN_REVIEW = "Date of latest review conference"

CARE, CARE_ENDED = "Date Started to be Looked After", "Date Ceased to be Looked After"
NEED, CARE_END_REASON = "Child's Category of Need", "Reason Ceased to be Looked After"
STATUS_SINCE, STATUS = "Start date of current legal status", "Child's Legal Status"
CARE_REVIEW, CARE_VISIT = "Date of Latest Statutory Review", "Date of Last Social Work Visit"
OFFICER = "Date of Last IRO Visit / Contact to the Child"
HEALTH, DENTAL = "Date of Last Health Assessment", "Date of Last Dental Check"
PLACED, PLACEMENT = "Start Date of Most Recent Placement", "Placement Type"
PROVIDER, PLACE = "Placement Provider", "Placement Location"
ASYLUM = "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)"

ELIGIBILITY, IN_TOUCH = "Eligibility Category", "LA In Touch"
ACCOMMODATION, SUITABLE = "Type of Accommodation", "Suitability of Accommodation"
ACTIVITY = "Activity Status"
PATHWAY_REVIEW, LAST_CONTACT = "Latest Pathway Plan Review Date", "Latest Date of Contact"

DECIDED = "Date of Decision that Child Should be Placed for Adoption"
MATCHED = "Date of Matching Child and Prospective Adopters"
ADOPTION_PLACED = "Date Placed for Adoption"
NO_LONGER = "Date of Decision that Child Should No Longer be Placed for Adoption"
NO_LONGER_REASON = "Reason Why Child No Longer Placed for Adoption"

#: How a column is called besides.
_ALSO: Mapping[str, tuple[str, ...]] = {
    SEX: ("Sex",),
    CHILD: ("Child ID", "Individual adopter identifier"),
}

#: Columns whose name goes on differently from year to year.
_BEGINS: Mapping[str, str] = {"unaccompanied asylum seeking child": ASYLUM}

_AT_THE_END = re.compile(r"\s*(?:\?|\*|:|\(y/n\))$")


@dataclass(frozen=True, slots=True)
class Layout:
    """One list."""

    number: int
    known_by: str
    """The column that no other list has; without it, it is not the list."""
    read: Mapping[str, Reader]
    """The columns that are read of it, if they are there."""
    identity: tuple[str, ...] = ()
    """The columns, besides the child, that say what a row is about."""
    order: tuple[tuple[str, str], ...] = ()
    """Pairs of dates: the second comes no earlier than the first."""

    @property
    def name(self) -> str:
        """As the template calls its sheet."""
        return f"List_{self.number}"


def _layout(
    number: int,
    days: tuple[str, ...],
    texts: tuple[str, ...] = (),
    order: tuple[tuple[str, str], ...] = (),
    *,
    known_by: str | None = None,
    identity: tuple[str, ...] | None = None,
) -> Layout:
    read: dict[str, Reader] = {**dict.fromkeys(days, as_day), **dict.fromkeys(texts, as_text)}
    known_by = known_by or days[0]
    return Layout(number, known_by, read, days[:1] if identity is None else identity, order)


LISTS = (
    _layout(1, (CONTACT,), (CONTACT_SOURCE,), identity=(CONTACT, CONTACT_SOURCE)),
    _layout(2, ("Assessment start date",)),
    _layout(3, (REFERRAL,), (REFERRAL_SOURCE, REFERRAL_NFA, TEAM)),
    _layout(4, (ASSESSMENT, AUTHORISED), (), ((ASSESSMENT, AUTHORISED),)),
    _layout(5, (ENQUIRY, CONFERENCE), (UNNECESSARY,), ((ENQUIRY, CONFERENCE),)),
    _layout(
        6,
        (EPISODE, EPISODE_SEEN, EPISODE_CLOSED),
        (CLOSURE_REASON, TEAM),
        ((EPISODE, EPISODE_CLOSED),),
    ),
    _layout(
        7, (PLAN, PLAN_VISIT, PLAN_REVIEW, PLAN_ENDED), (ABUSE, SEEN_ALONE, TEAM),
        ((PLAN, PLAN_ENDED),),
    ),
    _layout(
        8,
        (CARE, CARE_ENDED, STATUS_SINCE, CARE_REVIEW, CARE_VISIT, OFFICER, HEALTH, DENTAL, PLACED),
        (NEED, CARE_END_REASON, STATUS, PLACEMENT, PROVIDER, PLACE, ASYLUM, TEAM),
        ((CARE, CARE_ENDED),),
    ),
    _layout(
        9,
        (PATHWAY_REVIEW, LAST_CONTACT),
        (ELIGIBILITY, IN_TOUCH, ACCOMMODATION, SUITABLE, ACTIVITY, ASYLUM),
        known_by=ELIGIBILITY,
        identity=(),
    ),
    _layout(
        10,
        (DECIDED, MATCHED, ADOPTION_PLACED, NO_LONGER),
        (NO_LONGER_REASON,),
        ((ADOPTION_PLACED, NO_LONGER),),
    ),
    _layout(11, ("Date enquiry received",)),
)  # fmt: skip

#: Lists of which no event is told.
NOT_TOLD = frozenset({2, 11})

#: Of the child itself, in every list.
OF_THE_CHILD: Mapping[str, Reader] = {BORN: as_day, SEX: as_text, ETHNICITY: as_text}

#: What the lists have besides, as it begins: it is known, and left alone.
_LEFT_ALONE = (
    "age", "does the child have a disability", "allocated ", "assessment completion date",
    "organisation completing assessment", "number of ", "child seen during ",
    "was the child assessed ", "did the ", "primary need code", "case status",
    "initial category of abuse", "subject to emergency protection order", "is this a second ",
    "what is the permanence plan", "placement postcode", "urn of placement", "la of placement",
    "was the child offered ", "family identifier", "date the child ", "date of placement order",
    "date of adoption order", "disability", "is the (prospective)", "date stage ",
    "date application ", "date adopter ", "date child/children ", "no. of children ",
    "date of leaving adoption", "reason for leaving adoption",
)  # fmt: skip


def header_of(text: str) -> str:
    """A column's name, to be compared."""
    bare = re.sub(r"\s*/\s*", "/", plain(text))
    while (shorter := _AT_THE_END.sub("", bare)) != bare:
        bare = shorter
    return bare


_COLUMNS = {
    header_of(name): column
    for column in (CHILD, *OF_THE_CHILD, *(each for layout in LISTS for each in layout.read))
    for name in (column, *_ALSO.get(column, ()))
} | {header_of(layout.known_by): layout.known_by for layout in LISTS}


def column_of(text: str) -> str | None:
    """Which column is called so; None for one that is not read."""
    header = header_of(text)
    return _COLUMNS.get(header) or next(
        (column for begin, column in _BEGINS.items() if header.startswith(begin)), None
    )


def is_left_alone(text: str) -> bool:
    """Whether it is one of Annex A's columns that are not read."""
    return header_of(text).startswith(_LEFT_ALONE)
