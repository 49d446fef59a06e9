"""Data quality: records that cannot be right, a measure a kind. What each is about is set right in
the case system, and then it is gone from here.

The rules: docs/rules.md, "Records". The ordinary measures leave out what stands here.
"""

from collections.abc import Iterator
from datetime import date

from casepulse.schemas.measure import days
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day
from casepulse.state.measures.forms import contradiction
from casepulse.state.records.as_told import (
    CARE_LEAVER,
    CARE_PERIOD,
    ENDED_BY_DEATH,
    KINDS,
    ONE_AT_A_TIME,
    OPEN_BY,
    PRIVATE_FOSTERING,
    PROTECTION_PLAN,
    backwards,
)
from casepulse.state.records.life import (
    ADULT,
    AND_DISABLED_BELOW,
    LEAVER_BELOW,
    LEAVER_FROM,
    PRIVATELY_FOSTERED_BELOW,
    birthday,
    born,
    died,
    expected,
    is_disabled,
)
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

IN_CARE_AT_18 = "in_care_at_18"
ON_A_PLAN_AT_18 = "on_a_plan_at_18"
PRIVATELY_FOSTERED_TOO_OLD = "privately_fostered_too_old"
CARE_LEAVER_UNDER_16 = "care_leaver_under_16"
CARE_LEAVER_AT_26 = "care_leaver_at_26"


@MEASURES.measure(
    contradiction(
        (
            IN_CARE_AT_18,
            ON_A_PLAN_AT_18,
            PRIVATELY_FOSTERED_TOO_OLD,
            CARE_LEAVER_UNDER_16,
            CARE_LEAVER_AT_26,
        ),
        id="dq_age_and_status",
        title="Records whose age and status contradict each other",
        definition="Periods of care and protection plans that nobody ended of people of 18 and "
        "over; private fostering arrangements from the 16th birthday, or the 18th of a disabled "
        "child; care leavers under 16, and of 26 and over. They count in no other measure. Of "
        "those who have died, see dq_death_with_open_records.",
        source="Children Act 1989, s. 23A-C, 66, 105; Working Together 2018 (S)",
        phrase=Phrase(
            said="{record had|records had} an age and a status that contradict each other"
        ),
    )
)
def dq_age_and_status(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    found = [each for each in _out_of_age(case) if case.clock.begun(each[2])]
    if found and case.records(died) is None:
        for status, key, since in found:
            yield Sorted(key, status, due=since)


def _out_of_age(case: CaseView) -> Iterator[tuple[str, str, date]]:
    """Each record that is open, with the status and the day that an age makes of it."""
    for status, kind, years in (
        (IN_CARE_AT_18, CARE_PERIOD, ADULT),
        (ON_A_PLAN_AT_18, PROTECTION_PLAN, ADULT),
        (CARE_LEAVER_AT_26, CARE_LEAVER, LEAVER_BELOW),
        (PRIVATELY_FOSTERED_TOO_OLD, PRIVATE_FOSTERING, PRIVATELY_FOSTERED_BELOW),
    ):
        for each in kind.open(case):
            disabled = kind is PRIVATE_FOSTERING and case.records(is_disabled)
            since = birthday(case, AND_DISABLED_BELOW if disabled else years)
            if since is not None:
                yield status, each.key, max(since, each.day)
    for each in CARE_LEAVER.open(case):
        sixteenth = birthday(case, LEAVER_FROM)
        if sixteenth is not None and not case.clock.begun(sixteenth):
            yield CARE_LEAVER_UNDER_16, each.key, each.day


NOT_ON_RECORD, BIRTH_NOT_TOLD = "not_on_record", "birth_not_told"


@MEASURES.measure(
    contradiction(
        (NOT_ON_RECORD, BIRTH_NOT_TOLD),
        id="dq_age_unknown",
        title="Open children whose age is unknown",
        standards={
            "birth": days("day on which an unborn child is expected to its birth being told")
        },
        definition="Children with a referral, a protection plan, a period of care or support as a "
        "care leaver that nobody ended, and no date of birth on record. A child who is expected "
        "has until the standard after its day. No measure that asks for an age counts them.",
        source="Births are registered within 42 days: Births and Deaths Registration Act 1953 (S)",
        phrase=Phrase(said="the age of {open child was|open children was} unknown"),
    )
)
def dq_age_unknown(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    opened = [each.day for kind in OPEN_BY for each in kind.open(case)]
    if not opened or case.records(born) or case.records(died):
        return
    day = case.records(expected)
    if day is None:
        yield Sorted(case.key, NOT_ON_RECORD, due=min(opened))
    else:
        told_by = due_day(day, standards["birth"])
        if case.clock.past(told_by):
            yield Sorted(case.key, BIRTH_NOT_TOLD, due=told_by)


@MEASURES.measure(
    contradiction(
        [kind.name for kind in ENDED_BY_DEATH],
        id="dq_death_with_open_records",
        title="Records left open after a death",
        definition="Records that nobody ended of children who died, by why care ended (E2) or a "
        "referral closed (RC2), or by what is recorded of a care leaver (DIED). Nothing is due for "
        "these children, and no measure of who there is counts them.",
        source="SSDA903; CIN census (D)",
        phrase=Phrase(said="{record was|records were} still open after a death"),
    )
)
def dq_death_with_open_records(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    death = case.records(died)
    for kind in ENDED_BY_DEATH if death else ():
        for each in kind.open(case):
            yield Sorted(each.key, kind.name, due=max(death or each.day, each.day))


@MEASURES.measure(
    contradiction(
        [kind.name for kind in KINDS],
        id="dq_end_before_start",
        title="Records that end before they begin",
        definition="Records whose end is told for an earlier day than their start; decisions on "
        "contacts and requests, and MASH enquiries, at an earlier hour. Spells of days that do so "
        "count in no other measure.",
        source="Customary (A)",
        about=("child", "contact", "legal_case"),
        phrase=Phrase(said="{record ended|records ended} before [it|they] began"),
    )
)
def dq_end_before_start(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for kind, each in backwards(case):
        yield Sorted(each.key, kind.name, due=each.day)


@MEASURES.measure(
    contradiction(
        [kind.name for kind in ONE_AT_A_TIME],
        id="dq_two_open",
        title="Records open beside another of their kind",
        definition="Records of which a child can have but one at a time, open beside an earlier "
        "one that is open too. Other measures take them together, as one unbroken spell.",
        source="Customary (A)",
        phrase=Phrase(said="{record was|records were} open beside another of [its|their] kind"),
    )
)
def dq_two_open(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for kind in ONE_AT_A_TIME:
        for each in kind.beside_another(case):
            yield Sorted(each.key, kind.name, due=each.day)
