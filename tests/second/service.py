"""The front door, foster carers, social workers and what a child says, a second time."""

from collections.abc import Iterator
from datetime import date, timedelta

from tests.second.counting import Standing, measure
from tests.second.days import in_last, month_of, months, past
from tests.second.life import Life


def _decided(life: Life, hours: int, *, red: bool) -> Iterator[Standing]:
    """By real elapsed hours, from receiving a contact to the first decision on it."""
    received = life.of("contact.received")[:1]
    for contact in received:
        if contact.data.get("missing_notification"):
            continue
        if red and contact.data.get("rating") != "red":
            continue
        due = contact.time + timedelta(hours=hours)
        decisions = [r.time for r in life.of("contact.decided")]
        if decisions:
            status = "met" if decisions[0] <= due else "missed"
        else:
            status = "missed" if life.at > due else "pending"
        yield month_of(contact.day), life.where(contact), status


@measure("initial_contact_decision", "contact")
def initial_contact_decision(life: Life) -> Iterator[Standing]:
    yield from _decided(life, 24, red=False)


@measure("red_contact_decision", "contact")
def red_contact_decision(life: Life) -> Iterator[Standing]:
    yield from _decided(life, 4, red=True)


def _household(
    life: Life, kind: str, count: int, *, before_approval: bool = False
) -> Iterator[Standing]:
    """Since the approval; what must be done before it was due as it began."""
    approvals, ends = life.of("household.approved"), life.of("household_approval.ended")
    since: date | None = None
    for record in sorted([*approvals, *ends], key=lambda r: r.time):
        if record.type == "household_approval.ended":
            since = None
        elif since is None:
            since = record.day
    if since is None:
        return
    days = [r.day for r in life.of(kind) if before_approval or r.day >= since]
    if days:
        status = "overdue" if past(months(days[-1], count), life.at) else "met"
    else:
        due = since if before_approval else months(since, count)
        status = "never" if past(due, life.at) else "not_due"
    yield "at", life.locality, status


@measure("fc_annual_review", "household")
def fc_annual_review(life: Life) -> Iterator[Standing]:
    yield from _household(life, "foster_review.held", 12)


@measure("fc_unannounced", "household")
def fc_unannounced(life: Life) -> Iterator[Standing]:
    yield from _household(life, "foster_unannounced_visit.held", 12)


@measure("fc_dbs", "household")
def fc_dbs(life: Life) -> Iterator[Standing]:
    yield from _household(life, "foster_records_check.completed", 36, before_approval=True)


@measure("fc_medical", "household")
def fc_medical(life: Life) -> Iterator[Standing]:
    yield from _household(life, "foster_medical.completed", 36, before_approval=True)


def _workers(life: Life, count: int) -> str:
    """Different social workers in the last so many months, with the one who held the case then."""
    allocations = life.spans("allocation.started", "allocation.ended", "allocation")
    workers = {
        span.start.data["worker"]
        for span in allocations
        if not span.start.data.get("to_manager")
        and (span.end is None or in_last(span.end.time, count, life.at))
    }
    return "yes" if len(workers) < 3 else "no"


@measure("sw_stability_6m")
def sw_stability_6m(life: Life) -> Iterator[Standing]:
    if life.is_open:
        yield "at", life.locality, _workers(life, 6)


@measure("sw_stability_cic_12m")
def sw_stability_cic_12m(life: Life) -> Iterator[Standing]:
    if life.stay:
        yield "at", life.locality, _workers(life, 12)


@measure("mind_of_my_own")
def mind_of_my_own(life: Life) -> Iterator[Standing]:
    if life.is_open:
        sent = [r for r in life.of("mind_of_my_own.received") if in_last(r.time, 1, life.at)]
        yield "at", life.locality, "yes" if sent else "no"
