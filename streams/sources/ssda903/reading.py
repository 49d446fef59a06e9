"""A return, read: its files one after another into facts, and of which days they tell all."""

from collections.abc import Iterator

from casepulse.schemas.envelope import EARLIEST, LATEST
from casepulse.streams.sources.account import Account, RefusedError
from casepulse.streams.sources.extract import Extract, ExtractError, Request, Said
from casepulse.streams.sources.ssda903.columns import Layout, layouts_of
from casepulse.streams.sources.ssda903.episodes import tell_episodes
from casepulse.streams.sources.ssda903.facts import NO_YEAR_END, TELL, UNDATED, Known
from casepulse.streams.sources.ssda903.folder import find_tables
from casepulse.streams.sources.ssda903.row import SOURCE, Row
from casepulse.streams.sources.ssda903.table import Table, each_once
from casepulse.streams.sources.ssda903.year import OF_A_CHILD, untold, windows

#: What is counted of social workers would say that nobody's changed.
NO_WORKERS = "nothing is said of social workers (sw_episodes): what is counted of them is not true"


def read(request: Request) -> Extract:
    """Read a return.

    The same files give the same facts and ids, be they CSV or XML. A fact is stamped at noon in
    London of its day: the return doesn't say when anything was. Rows that cannot be told are in the
    accounts, by file or element, line, column and reason; they stop nothing.

    Args:
        request: its place a folder that holds the collection's CSV files or its XML, or one of
            them. Dates are written dd/mm/yyyy. Its `year_end` dates the yearly outcomes; None: the
            end of the latest year that the episodes begin or end in.

    Raises:
        ExtractError: there is nothing of a return, a file is there twice, an XML can't be read to
            its end, or `year_end` ends no collection year.
        casepulse.schemas.errors.FailedError: the file with the secret for keys can't be read.
    """
    year_end = request.year_end
    if year_end is not None and not (
        (year_end.month, year_end.day) == (3, 31) and EARLIEST.year < year_end.year < LATEST.year
    ):
        raise ExtractError(f"{year_end}: a collection year ends on 31 March; give such a day")
    layouts = layouts_of(request.settings)
    found = find_tables(request.path, layouts)
    known = Known(year_end, request.taken, notes=found.notes)
    tables = {kind: found.tables[kind] for kind in layouts if kind in found.tables}
    told = [fact for kind, table in tables.items() for fact in _tell(table, layouts[kind], known)]
    accounts = {kind: table.account for kind, table in tables.items()}
    if "sw_episodes" not in tables:
        known.notes.append(NO_WORKERS)
    if known.year_end is not None:
        known.notes.append(f"the year of the return ends on {known.year_end}")
    return Extract(
        SOURCE,
        request.taken,
        told,
        windows(known.year_end, accounts),
        {f"child:{child}" for account in accounts.values() for child in account.doubtful},
        with_the_rest=OF_A_CHILD if "header" in accounts else frozenset(),
        kind=f"year={known.year_end.year}" if known.year_end else "full",
        untold=untold(accounts),
        about=known.year_end,
        accounts=list(accounts.values()),
        notes=known.notes,
    )


def _tell(table: Table, layout: Layout, known: Known) -> Iterator[Said]:
    if table.kind in UNDATED and known.year_end is None and table.lines:
        table.faults.append(RefusedError(None, NO_YEAR_END))
    episodes = table.kind == "episodes"
    facts = tell_episodes(table, layout, known) if episodes else _tell_rows(table, layout, known)
    for fact in facts:
        table.account.facts += 1
        yield fact


def _tell_rows(table: Table, layout: Layout, known: Known) -> Iterator[Said]:
    def tell(row: Row) -> list[Said]:
        return list(TELL[table.kind](row, known))

    for row, facts in each_once(table.rows(layout), tell, table.account):
        _count(row, facts, known, table.account)
        yield from facts


def _count(row: Row, facts: list[Said], known: Known, account: Account) -> None:
    account.lose_codes(row.unknown, row.child)
    if not facts:
        account.passed_over += 1
    elif all(fact.time > known.taken for fact in facts):
        account.held_back += 1
    else:
        account.told += 1
