"""Facts out of Ofsted's Annex A: eleven lists, as at a day and of the six months before.

Source: Ofsted, "Inspecting local authority children's services: Annex A", the template of August
2019 with its guidance and codes, and the column names of 2024. Its names:

    read    a workbook, or a folder of lists, to an extract

The way of a row: `archive` sees whether a file may be opened, `workbook` and `places` read its
sheets, `sheet` and `lists` say which list each is, `cells` and `table` read it row by row, `words`
says what its codes mean, `referrals`, `care` and `children` turn rows into facts, and `reach` says
how far back each list is whole.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from casepulse.schemas.envelope import local_day
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.annex_a.care import adoptions, care, leavers, plans
from casepulse.streams.sources.annex_a.children import register
from casepulse.streams.sources.annex_a.known import Known, days_by_child, referrals_of
from casepulse.streams.sources.annex_a.lists import EPISODE, TEAM
from casepulse.streams.sources.annex_a.places import lists_of
from casepulse.streams.sources.annex_a.reach import (
    WITH_THE_CHILD,
    Tables,
    endings_of,
    untold,
    windows_of,
)
from casepulse.streams.sources.annex_a.referrals import (
    assessments,
    contacts,
    enquiries,
    episodes,
    referrals,
    team_of,
)
from casepulse.streams.sources.annex_a.row import SOURCE, Row
from casepulse.streams.sources.annex_a.table import Table, read_table
from casepulse.streams.sources.annex_a.words import Meanings
from casepulse.streams.sources.extract import Extract, Request, Said
from casepulse.streams.sources.keys import Keys

#: The teller of each list. Of the others no event is told.
_TELL: Mapping[int, Callable[[Row, Known], Iterator[Said | None]]] = {
    1: contacts,
    3: referrals,
    4: assessments,
    5: enquiries,
    6: episodes,
    7: plans,
    8: care,
    9: leavers,
    10: adoptions,
}


def read(request: Request) -> Extract:
    """Read a workbook, or a folder of workbooks and of lists as CSV.

    The same lists give the same facts, whatever the order of their rows. A fact is stamped at noon
    in London of its day, unless a cell has a time.

    Raises:
        casepulse.streams.sources.extract.ExtractError: there is none of the lists, a file is no
            workbook that can be read, or a list is there twice.
        casepulse.schemas.errors.FailedError: the file with the secret for keys can't be read.
    """
    keys = Keys.of(request.settings)
    found = lists_of(request.path)
    day = local_day(request.taken)
    tables = {number: read_table(each, keys, day) for number, each in sorted(found.found.items())}
    known = _known(tables, request, keys)
    notes = list(found.notes)
    said = list(_told(tables, known, notes))
    notes += [note for table in tables.values() for note in table.notes]
    return Extract(
        SOURCE,
        request.taken,
        said,
        windows_of(tables, day),
        {f"child:{child}" for child in known.doubtful},
        with_the_rest=WITH_THE_CHILD,
        endings=endings_of(tables, known),
        untold=untold(tables),
        teams=_teams(tables),
        accounts=[table.account for table in tables.values()],
        notes=notes,
    )


def _known(tables: Tables, request: Request, keys: Keys) -> Known:
    def rows(number: int) -> list[Row]:
        return tables[number].rows if number in tables else []

    listed = 6 in tables and tables[6].account.whole and bool(rows(6))
    return Known(
        request.taken,
        keys,
        Meanings.of(request.settings),
        referrals_of(rows(3), rows(6)),
        days_by_child(rows(6), EPISODE) if listed else None,
        frozenset(child for table in tables.values() for child in table.account.doubtful),
    )


def _teams(tables: Tables) -> dict[str, str]:
    """The names of teams by their keys."""
    names = sorted(
        {name for each in tables.values() for row in each.rows if (name := row.text(TEAM))}
    )
    return {team: name for name in names if (team := team_of(name))}


def _told(tables: Tables, known: Known, notes: list[str]) -> Iterator[Said]:
    """Each fact once. Of what two lists say the first is told; of what was so by a day, the
    earliest."""
    told: dict[tuple[str, str], Said] = {}

    def once(said: Said) -> bool:
        place = (said.subject, said.id)
        first = told.setdefault(place, said)
        if said.by_then and first.by_then and said.time < first.time:
            told[place] = said
        return first is said

    for number, table in tables.items():
        for row in table.rows:
            _tell_row(number, row, table, known, once)
    rows = [row for table in tables.values() for row in table.rows]
    for said in register(rows, known, notes):
        once(said)
    for (name, column), count in known.meanings.unknown.items():
        account = next(each.account for each in tables.values() if each.found.layout.name == name)
        account.unknown_codes += Counter({column: count})
    yield from told.values()


def _tell_row(
    number: int, row: Row, table: Table, known: Known, once: Callable[[Said], bool]
) -> None:
    try:
        facts = [each for each in _TELL[number](row, known) if each is not None]
    except RefusedError as refused:
        table.refuse(row.line, refused, row.child)
        return
    table.account.told += 1
    table.account.facts += sum(map(once, facts))


__all__ = ["SOURCE", "read"]
