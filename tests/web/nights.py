"""Nights of made-up sources, in every state that a page shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from casepulse.schemas.followed import (
    BadRowTold,
    Came,
    Facts,
    Followed,
    Night,
    Rows,
    TableRows,
    TypeFacts,
    Unlike,
    with_night,
)
from casepulse.web.followed import SourcesSeen, sources_seen
from casepulse.web.live_view import Seen

#: When they are looked at.
NOW = datetime(2021, 2, 1, 8, tzinfo=UTC)


def told(day: int, **changed: object) -> Night:
    """A night in January on which something was told."""
    rows = {"rows": 1204, "told": 1000, "repeated": 3, "outside": 200, "held_back": 1}
    facts = {"new": 12, "amended": 3, "returned": 1, "withdrawn": 2, "left": 40}
    at = datetime(2021, 1, day, 2, 31, tzinfo=UTC)
    night = Night(
        came=Came.TOLD,
        extract=f"2021-01-{day}",
        taken=at - timedelta(minutes=16),
        at=at,
        seconds=61.5,
        rows=Rows(**rows),
        facts=Facts(**facts),
        tables=[TableRows(table="ssd_cin_visits", **rows), TableRows(table="ssd_person")],
        types=[TypeFacts(type="visit.recorded", **facts), TypeFacts(type="child.registered")],
    )
    return night.model_copy(update=changed)


REFUSED = told(
    31,
    came=Came.REFUSED,
    why="the extract looks cut short, and nothing was told:\nvisit.recorded: 900 before, 0 in the "
    "extract; 900 would be withdrawn\nlook at it; if all of that is truly gone: --accept",
    rows=Rows(rows=204, told=200, bad=4),
    tables=[TableRows(table="ssd_cin_visits", rows=204, told=200, bad=4)],
    bad_rows=[
        BadRowTold(file="ssd_cin_visits.csv", line=7, column="cinv_visit_date", reason="no date"),
        BadRowTold(file="ssd_person.csv", line=1, column=None, reason="there is no such file"),
    ],
    unlike=[Unlike(table="ssd_cin_visits", before=1204, rows=204)],
)
MISSING = Night(came=Came.MISSING, extract="", taken=None, at=NOW - timedelta(hours=6))
BY_HAND = Night(came=Came.BY_HAND, extract="", taken=NOW - timedelta(days=9), at=NOW)


def followed(*nights: Night, source: str = "ssd", **more: object) -> Followed:
    """A source with these nights, oldest first."""
    kept: list[Night] = []
    for each in nights:
        kept = with_night(kept, each)
    last = next((each for each in kept if each.came in (Came.TOLD, Came.BY_HAND)), None)
    made = Followed(
        source=source,
        looked=NOW,
        due=NOW - timedelta(hours=1),
        taken=None if last is None else last.taken,
        nights=kept,
    )
    return made.model_copy(update=more)


def seen_with(seen: Seen, *sources: Followed, now: datetime = NOW) -> Seen:
    """The same view beside these sources."""
    return replace(seen, sources=sources_seen(sources, now))


EVERYTHING: SourcesSeen = sources_seen(
    (
        followed(told(30), REFUSED, MISSING, source="annex-a", late=True, missed=1),
        followed(told(29), told(30), arriving="2021-02-01", late=True),
        followed(BY_HAND, source="ssda903", telling="2021-02-01"),
    ),
    NOW,
)
