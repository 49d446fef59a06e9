"""Visits, each told once: the table of visits to children in need has other visits, too."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, partial

from casepulse.schemas.codes import VisitKind, VisitMethod
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.state.calendar import local_date
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.ssd.cells import day, flag
from casepulse.streams.sources.ssd.columns import Column, Need
from casepulse.streams.sources.ssd.reading import Layout, Parent, Ssd, Table, Untold

#: By table, the columns' beginning, the kind of visit, and where its child may be found.
_TABLES = (
    ("ssd_cp_visits", "cppv_cp_visit", VisitKind.PROTECTION_PLAN, ("cppv_cp_plan_id", "cp_plan")),
    ("ssd_cla_visits", "clav_cla_visit", VisitKind.STATUTORY, ("clav_cla_id", "care_period")),
    ("ssd_cin_visits", "cinv_cin_visit", VisitKind.CHILD_IN_NEED, ("cinv_cin_plan_id", "cin_plan")),
)


def visits(ssd: Ssd) -> Iterator[Said]:
    """Visits under a protection plan and in care; then of the rest those that are none of these."""
    others: list[str] = []
    for name, columns, kind, parent in _TABLES:
        layout = _layout(ssd, name, columns, parent)
        if kind is VisitKind.CHILD_IN_NEED and others:
            ssd.whole[name] = False
            ssd.tell_without(f"{VisitRecorded.TYPE}: kind={kind}")
            ssd.notes.append(
                f"{ssd.tables.name(name)}: not told, for without {' and '.join(others)} it can't "
                "be known which of its visits are told there"
            )
            return
        table = ssd.open(layout)
        if table is None:
            others.append(name)
            ssd.tell_without(f"{VisitRecorded.TYPE}: kind={kind}")
        else:
            yield from table.tell(partial(_visit, kind))


def _layout(ssd: Ssd, name: str, columns: str, parent: tuple[str, str]) -> Layout:
    prefix = columns.partition("_")[0]
    return Layout(
        name,
        (
            Column(f"{columns}_id", ssd.key, Need.VALUE, (f"{prefix}_casenote_id",)),
            Column(f"{prefix}_person_id", ssd.person, Need.VALUE),
            Column(f"{columns}_date", day, Need.VALUE),
            Column(f"{columns}_seen", flag),
            Column(f"{columns}_seen_alone", flag),
        ),
        (VisitRecorded,),
        f"{prefix}_person_id",
        (Parent(*parent),),
    )


def _visit(
    kind: VisitKind,
    table: Table,
    key: str,
    child: str,
    when: datetime,
    seen: bool | None,
    alone: bool | None,
) -> Sequence[Said] | Untold:
    ssd = table.ssd
    known = ssd.known
    if kind is VisitKind.PROTECTION_PLAN:
        known.protection_visits.add(key)
    elif kind is VisitKind.STATUTORY:
        known.care_visits.add((child, local_date(when)))
    elif key in known.protection_visits or (child, local_date(when)) in known.care_visits:
        return Untold.REPEATED
    if alone and seen is False:
        raise RefusedError(
            f"{table.layout.columns[4].name}", "a child who was not seen was not seen alone"
        )
    data = _recorded(kind, ssd.settings.visit_method, bool(seen or alone), bool(alone))
    head = ssd.head(table.layout.table.removeprefix("ssd_"), child, key)
    return [Said(head + VisitRecorded.TYPE, f"child:{child}", when, data)]


@cache
def _recorded(kind: VisitKind, method: VisitMethod, seen: bool, alone: bool) -> VisitRecorded:
    """What a visit says: there are a million, which say one of a few things."""
    return VisitRecorded(kind=kind, method=method, child_seen=seen, seen_alone=alone)
