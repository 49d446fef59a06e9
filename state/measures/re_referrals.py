"""Referrals received, and children who are referred again."""

from collections.abc import Iterator
from itertools import pairwise

from casepulse.schemas.measure import Section, months
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import add_months, due_day
from casepulse.state.measures.forms import share
from casepulse.state.records.referrals import first_visits, referrals
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

REPEAT, FIRST = "repeat", "first"
ANY = frozenset({REPEAT, FIRST})


@MEASURES.measure(
    share(
        id="re_referrals",
        title="Re-referrals",
        section=Section.CONTACT,
        kind="flow",
        better="low",
        statuses=(REPEAT, FIRST),
        numerator=frozenset({REPEAT}),
        denominator=ANY,
        standards={"look_back": months("how long before an earlier referral counts")},
        definition="Referrals started in the month of a child who had another start in the "
        "look-back.",
        source="CIN census re-referrals (D)",
        phrase=Phrase(
            subject="The proportion of referrals that were re-referrals",
            of=("referral", "referrals"),
        ),
    )
)
def re_referrals(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    months = standards["look_back"].count
    earlier = None
    for referral in case.records(referrals):
        again = earlier is not None and earlier > add_months(referral.day, -months)
        yield Sorted(referral.key, REPEAT if again else FIRST, referral.day, referral.team)
        earlier = referral.day


MEASURES.part(
    "re_referrals",
    id="re_referrals_12m",
    title="Re-referrals, last 12 months",
    better="low",
    window="12m",
    definition="re_referrals, summed over the last twelve months.",
    phrase=Phrase(
        subject="The proportion of referrals in the last 12 months that were re-referrals",
        of=("referral", "referrals"),
        localities=True,
    ),
)
MEASURES.part(
    "re_referrals",
    id="re_referrals_fytd",
    title="Re-referrals, financial year to date",
    section=Section.DEMAND,
    better="low",
    window="fytd",
    definition="re_referrals, summed from April.",
    phrase=Phrase(
        subject="The proportion of referrals in the financial year to date that were re-referrals",
        of=("referral", "referrals"),
    ),
)
MEASURES.part(
    "re_referrals",
    id="referrals",
    title="Referrals received",
    section=Section.DEMAND,
    numerator=ANY,
    denominator=None,
    definition="Referrals of a child to social care that started in the month.",
    source="CIN census (D)",
    phrase=Phrase(said="{referral was|referrals were} received"),
)
MEASURES.part(
    "re_referrals",
    id="referral_rate",
    title="Referrals per 10,000 children, financial year to date",
    section=Section.DEMAND,
    scale="rate",
    decimals=1,
    window="fytd",
    numerator=ANY,
    denominator=None,
    definition="referrals, summed from April, for each 10,000 children aged 0 to 17.",
    source="CIN census (D)",
    phrase=Phrase(
        subject="The rate of referrals per 10,000 children in the financial year to date"
    ),
)

UNSEEN_AGAIN, UNSEEN_NOT_AGAIN = "unseen_again", "unseen_not_again"
SEEN_AGAIN, SEEN_NOT_AGAIN = "seen_again", "seen_not_again"


@MEASURES.measure(
    share(
        id="rereferral_after_unseen",
        title="Referred again after a closure without a visit, last 12 months",
        section=Section.CONTACT,
        kind="flow",
        better="low",
        window="12m",
        statuses=(UNSEEN_AGAIN, UNSEEN_NOT_AGAIN, SEEN_AGAIN, SEEN_NOT_AGAIN),
        numerator=frozenset({UNSEEN_AGAIN}),
        denominator=frozenset({UNSEEN_AGAIN, UNSEEN_NOT_AGAIN}),
        standards={"look_ahead": months("how long after closure another referral counts")},
        definition="Of the referrals closed without the child being seen, those followed by "
        "another within the look-ahead. Each counts in the month in which its look-ahead ends, so "
        "that all had the same time: the figure is about closures that lie so far back.",
        source="Local measure (L), its look-ahead customary (A)",
        phrase=Phrase(
            subject="The proportion of children referred again after their referral was closed "
            "without a visit",
            of=("closure", "closures"),
        ),
    )
)
def rereferral_after_unseen(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for first, later in pairwise([*case.records(first_visits), None]):
        assert first is not None
        closed = first.referral.closed_day
        if closed is None:
            continue
        until = due_day(closed, standards["look_ahead"])
        if case.clock.past(until):
            again = later is not None and closed <= later.referral.day <= until
            if first.visit is None:
                status = UNSEEN_AGAIN if again else UNSEEN_NOT_AGAIN
            else:
                status = SEEN_AGAIN if again else SEEN_NOT_AGAIN
            yield Sorted(first.referral.key, status, until, first.referral.closed_team)


MEASURES.part(
    "rereferral_after_unseen",
    id="rereferral_after_seen",
    title="Referred again after a closure with a visit, last 12 months",
    better="low",
    numerator=frozenset({SEEN_AGAIN}),
    denominator=frozenset({SEEN_AGAIN, SEEN_NOT_AGAIN}),
    definition="Of the referrals closed whose child had been seen, those followed by another "
    "within the look-ahead, counted as in rereferral_after_unseen.",
    phrase=Phrase(
        subject="The proportion of children referred again after their referral was closed "
        "with a visit",
        of=("closure", "closures"),
    ),
)
