"""The Standard Safeguarding Dataset: the tables that most English councils have by now.

Source: Data to Insight, Standard Safeguarding Dataset 1.4.5 (July 2026), and its names since 2024.

The way of a row: `tables` says where rows come from (`csv_tables`: a folder of files; `database`: a
database), `columns` and `cells` how what stands in them is read, `reading` reads one table and
accounts for it. What each row tells is in `people`, `front_door`, `protection`, `care`, `wellbeing`
and `visits`; `windows` says how far back each table goes.
"""

from collections.abc import Callable, Iterator
from functools import partial

from casepulse.schemas.events.child import (
    AsylumSeekingRecorded,
    ChildRegistered,
    PreviousPermanenceRecorded,
)
from casepulse.schemas.events.leaving import CareLeaverQualified
from casepulse.schemas.events.referral import ReferralStarted
from casepulse.schemas.events.workforce import WorkerRecorded
from casepulse.streams.sources.extract import Ending, Extract, Request, Said
from casepulse.streams.sources.ssd import care, front_door, people, protection, visits, wellbeing
from casepulse.streams.sources.ssd.csv_tables import CsvTables
from casepulse.streams.sources.ssd.database import in_database
from casepulse.streams.sources.ssd.reading import SOURCE, Ssd
from casepulse.streams.sources.ssd.tables import Tables
from casepulse.streams.sources.ssd.windows import windows

#: In their order: who a record's child is, and what came of it, an earlier table may say.
_TABLES: tuple[Callable[[Ssd], Iterator[Said]], ...] = (
    people.persons,
    front_door.contacts,
    front_door.referrals,
    front_door.assessments,
    front_door.plans,
    front_door.early_help,
    protection.enquiries,
    protection.conferences,
    protection.plans,
    protection.reviews,
    protection.proceedings,
    care.periods,
    care.placements,
    care.legal_statuses,
    care.reviews,
    care.adoption,
    people.asylum,
    people.previous_permanence,
    wellbeing.health,
    wellbeing.questionnaires,
    wellbeing.missing,
    wellbeing.care_leavers,
    visits.visits,
    people.involvements,
    people.professionals,
)

#: What has no day of its own: it is told of whoever is in the dataset.
_OF_A_CHILD = frozenset(
    each.TYPE for each in (ChildRegistered, AsylumSeekingRecorded, PreviousPermanenceRecorded)
)


def _endings(ssd: Ssd) -> Iterator[tuple[str, str, Ending]]:
    """By table and type, what it means that something is in it no longer."""
    yield "ssd_professionals", WorkerRecorded.TYPE, people.worker_left
    yield "ssd_care_leavers", CareLeaverQualified.TYPE, wellbeing.support_ended
    closed = partial(front_door.closed_when_it_left, ssd)
    yield "ssd_cin_episodes", ReferralStarted.TYPE, closed


def read(request: Request) -> Extract:
    """Read a dataset.

    Raises:
        casepulse.streams.sources.extract.ExtractError: there is none.
    """
    ssd = Ssd(_tables(request), request.taken, request.settings)
    extract = Extract(SOURCE, request.taken, (), accounts=ssd.accounts, notes=ssd.notes)
    extract.says = _says(ssd, extract)
    return extract


def _tables(request: Request) -> Tables:
    if request.in_database:
        return in_database(request.place, request.settings)
    return CsvTables(request.path)


def _says(ssd: Ssd, extract: Extract) -> Iterator[Said]:
    """One table after another; what is sure of the whole is known when the last was read."""
    with ssd.tables:
        ssd.notes.extend(ssd.tables.notes)
        for table in _TABLES:
            yield from table(ssd)
        extract.teams.update(people.names_of_teams(ssd))
    extract.untold |= ssd.untold
    for account in ssd.accounts:
        extract.doubtful |= account.doubtful
    extract.windows.update(windows(ssd.since, ssd.whole))
    if ssd.whole.get("ssd_person"):
        extract.with_the_rest = _OF_A_CHILD
    for name, kind, ending in _endings(ssd):
        if ssd.whole.get(name):
            extract.endings[kind] = ending


__all__ = ["SOURCE", "read"]
