"""A small county whose records contradict themselves, in every way that data quality looks for."""

from collections import Counter
from datetime import UTC, date, datetime

from casepulse.schemas.events.child import ChildRegistered
from casepulse.schemas.events.referral import ReferralClosed
from casepulse.schemas.release import Kind, Release
from casepulse.schemas.view import MeasureView, ViewMeta
from casepulse.state import Catalogue, Fact, Figures, Partition, evaluate
from casepulse.state.release import Cut, make_release
from casepulse.state.viewing import Viewer
from tests.build import (
    entered_care,
    fact,
    left_care,
    legal_status,
    placed,
    plan,
    plan_ended,
    referral,
    visit,
)
from tests.build.care import privately_fostered
from tests.build.view import view_meta

#: What it is as at: the end of January 2021.
AT = datetime(2021, 2, 1, tzinfo=UTC)

_TEAMS = ("stroud-assessment", "gloucester-safeguarding", "fod-permanence", "dcyps-north")


def contradictory_facts() -> list[Fact]:
    """Its facts: some of each kind, in several localities, and since before and after Christmas."""
    told: list[Fact] = []
    for number in range(12):
        child, team = f"child:q{number}", _TEAMS[number % len(_TEAMS)]
        by = {"subject": child, "team": team}
        told.append(_born("2003-01-15" if number % 3 == 0 else "2010-05-03", child))
        told.append(entered_care("2019-03-04", **by))
        told.append(legal_status(f"2019-03-{4 + number % 2:02d}", "C2", subject=child))
        if number % 4 == 0:
            told.append(placed("2018-12-03", subject=child))
        if number % 2 == 0:
            told += [plan("2020-09-07", **by), plan_ended("2020-08-03", **by)]
        if number % 5 == 0:
            told += [referral("2020-11-02", **by), referral("2021-01-11", key="r2", **by)]
    for number in range(3):
        by = {"subject": f"child:d{number}", "team": _TEAMS[number]}
        told += [_born("2012-05-03", by["subject"]), referral("2020-06-01", **by)]
        death = ReferralClosed(referral="r1", reason="RC2")
        told.append(fact(death, "2020-12-07", subject=by["subject"]))
        told += [plan("2020-06-15", **by), visit("2020-12-14", subject=by["subject"])]
    told.append(referral("2021-01-04", subject="child:u1", team="stroud-asessment"))
    told += [
        entered_care("2020-02-03", subject="child:f1"),
        left_care("2020-03-02", subject="child:f1"),
    ]
    told += [
        _born("2011-02-02", "child:f1"),
        entered_care("2020-06-01", key="k2", subject="child:f1"),
    ]
    told.append(privately_fostered("2020-10-05", subject="child:f1"))
    return told


def _born(day: str, subject: str) -> Fact:
    return fact(ChildRegistered(born=date.fromisoformat(day)), f"{day} 12:00", subject=subject)


def contradictory_release(catalogue: Catalogue) -> Release:
    """The release of its January."""
    cut = Cut(date(2021, 1, 1), Kind.FINAL, 1, datetime(2021, 3, 9, tzinfo=UTC))
    facts = contradictory_facts()
    counts = Counter(each.type for each in facts)
    return make_release(cut, evaluate(facts, catalogue, AT), counts, catalogue)


def contradictory_view(catalogue: Catalogue) -> tuple[ViewMeta, dict[str, MeasureView]]:
    """Its live view, with what is awaited."""
    partition = Partition(catalogue, AT)
    for each in contradictory_facts():
        partition.apply(each)
    figures = Figures(partition.tally(), catalogue, AT)
    meta = view_meta(catalogue, AT)
    return meta, Viewer().measure_views(figures, partition.awaited().views(AT))
