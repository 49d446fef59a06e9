"""A random county's figures, computed a second time: in SQL, by DuckDB, from its raw events.

`facts.sql` puts the domain's facts together from lines of JSON, `measures.sql` has a view a
measure. Both were written from the handbook alone and know nothing of `state`: not its calendar,
its corrections, its profile's reading, nor its rules. The engine is held to them count by count.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import holidays
import pytest

from schemas.envelope import Event
from schemas.events import write_event
from schemas.events.clock import ClockTicked
from schemas.profile import load_profile
from state import AT, Catalogue, Fact, Figures, Partition
from state.figures import COUNTY
from streams.sources.scenario import scenario

# What is shared is made once, in well over a minute on a machine that is busy with something else.
pytestmark = pytest.mark.timeout(1200)

HERE = Path(__file__).parent
PROFILE = HERE.parents[1] / "schemas" / "january_2021.toml"

#: About how many children come to notice, in the window of a month and the run-in before it.
CHILDREN = 20_000
SEED = 5
ENDS = date(2021, 3, 1)

LONDON = ZoneInfo("Europe/London")

#: Instants at which days, months and hours are easily counted wrongly.
MOMENTS = {
    "noon of the leap day": datetime(2020, 2, 29, 12, tzinfo=LONDON),
    "after the bank holiday that was moved": datetime(2020, 5, 9, tzinfo=LONDON),
    "a month's end, after the clocks went back": datetime(2020, 11, 1, tzinfo=LONDON),
    "a working morning, at the second of a visit": datetime(2021, 1, 14, 10, 17, tzinfo=LONDON),
    "the last day of February": datetime(2021, 2, 28, 15, 40, tzinfo=LONDON),
    "the final midnight": datetime(2021, 3, 1, tzinfo=LONDON),
}
TO_THE_SECOND = "a working morning, at the second of a visit"


class Share(NamedTuple):
    """A measure by its statuses in SQL: which are its numerator, and which else its denominator."""

    numerator: str
    others: str | None = None
    """None: a plain count."""
    known_as: dict[str, str] = {}
    """Where the engine tells more statuses apart: the status in SQL that each is part of."""


_TIMELY = Share("met", "missed")
_INITIAL_VISITS = Share(
    "in_time in_time_virtual",
    "late late_virtual not_seen",
    {"closed_unseen_slowly": "closed_unseen", "closed_unseen_later": "closed_unseen"},
)
_LATE = dict.fromkeys(["overdue", "never", "seen_face_to_face", "seen_virtually"], "late")
_BANDS = "up_to_20 21_to_30 31_to_45 46_to_59 60_to_89 90_and_over"


def _by_outcome(status: str) -> str:
    """A status of the contacts' final outcomes, which are told apart by what they were."""
    endings = {"_in_time": "met", "_late": "missed", "unknown": "missed", "pending": "pending"}
    return next(plain for ending, plain in endings.items() if status.endswith(ending))


def _shares(catalogue: Catalogue) -> dict[str, Share]:
    outcomes = catalogue.measures["end_to_end_contact_decision"].statuses
    return {
        "initial_contact_decision": _TIMELY,
        "end_to_end_contact_decision": Share(
            "met", "missed", {status: _by_outcome(status) for status in outcomes}
        ),
        "red_contact_decision": _TIMELY,
        "initial_visits_all": _INITIAL_VISITS,
        "initial_visits_s17": _INITIAL_VISITS,
        "initial_visits_s47": _INITIAL_VISITS,
        "strategy_discussion_timely": _TIMELY,
        "s47_timely": _TIMELY,
        "icpc_timely": _TIMELY,
        "return_interview": Share("met", "refused missed"),
        "cic_missing_12m": Share("yes", "no"),
        "cp_visits": Share("met met_virtually not_due", "overdue never long_overdue long_never"),
        "cp_children": Share("yes"),
        "statutory_visits": Share("met not_due", "late", _LATE),
        "cp_visit_recording_delay": Share("delayed", "prompt"),
        "single_assessment": _TIMELY,
        "single_assessment_bands": Share(_BANDS, ""),
        "assessments_open": Share(_BANDS),
        "cic_reviews_timely": _TIMELY,
        "re_referrals": Share("repeat", "first"),
        "re_referrals_12m": Share("repeat", "first"),
        "repeat_plans_started": Share("second third_or_more", "first"),
        "readmissions": Share("again", "first"),
        "children_in_care": Share("yes"),
        "cic_section20": Share("yes", "no", {"pre_proceedings": "yes", "court": "yes"}),
        "short_term_stability": Share("yes", "no", {"with_earlier": "yes"}),
        "caseload_18": Share("within", "above stretched high excessive"),
    }


class Cell(NamedTuple):
    """Where something is counted: a measure at a moment, in a month or now, and a locality."""

    measure: str
    moment: str
    period: str
    locality: str


#: Status → count, in each cell.
Counts = dict[Cell, Counter[str]]


class Some(Catalogue):
    """The catalogue with the rules of a few measures: running all would take three times as long."""

    def keep(self, measures: Iterable[str]) -> None:
        rules = {self.measures[measure].base for measure in measures}
        self._kept = tuple(rule for rule in super().rules if rule in rules)

    @property
    def rules(self) -> Iterable[str]:
        return self._kept

    def rules_about(self, subject: str) -> tuple[str, ...]:
        return tuple(rule for rule in super().rules_about(subject) if rule in self._kept)


def _moments(facts: list[Fact]) -> dict[str, datetime]:
    """Every moment in UTC; one of them is moved to the very instant of a visit that follows it."""
    moments = {name: moment.astimezone(UTC) for name, moment in MOMENTS.items()}
    morning = moments[TO_THE_SECOND]
    visits = (fact.time for fact in facts if fact.type == "visit.recorded" and fact.data.child_seen)
    moments[TO_THE_SECOND] = min(time for time in visits if time >= morning)
    return moments


# --- SQL ---------------------------------------------------------------------------------------


def _database(lines: Path) -> duckdb.DuckDBPyConnection:
    """The events, and what the definitions need of the world: bank holidays, teams."""
    database = duckdb.connect()
    database.execute(
        """
        CREATE TABLE event AS FROM read_json(?, format = 'newline_delimited', columns = {
            id: 'VARCHAR', source: 'VARCHAR', type: 'VARCHAR', subject: 'VARCHAR',
            time: 'TIMESTAMPTZ', recordedtime: 'TIMESTAMPTZ', data: 'JSON'
        })
        """,
        [str(lines)],
    )
    closed = holidays.country_holidays("GB", subdiv="ENG", years=range(2018, 2024))
    teams = tomllib.loads(PROFILE.read_text(encoding="utf-8"))["teams"]
    database.execute("CREATE TABLE bank_holiday (day DATE)")
    database.executemany("INSERT INTO bank_holiday VALUES (?)", [[day] for day in closed])
    database.execute("CREATE TABLE team (team VARCHAR, locality VARCHAR)")
    database.executemany("INSERT INTO team VALUES (?, ?)", list(teams.items()))
    for script in ("facts.sql", "measures.sql"):
        database.execute((HERE / script).read_text(encoding="utf-8"))
    return database


def _in_sql(
    database: duckdb.DuckDBPyConnection, moments: dict[str, datetime], measures: Iterable[str]
) -> Counts:
    counts: Counts = {}
    for name, moment in moments.items():
        database.execute("SET VARIABLE moment = CAST(? AS TIMESTAMPTZ)", [moment])
        for measure in measures:
            rows = database.execute(f"SELECT *, count(*) FROM {measure} GROUP BY ALL").fetchall()
            for *month, locality, status, count in rows:
                for place in (locality, COUNTY):
                    cell = Cell(measure, name, month[0] if month else AT, place)
                    counts.setdefault(cell, Counter())[status] += count
    return counts


# --- The engine --------------------------------------------------------------------------------


def _in_the_engine(
    facts: list[Fact], moments: dict[str, datetime], catalogue: Some, shares: dict[str, Share]
) -> Counts:
    counts: Counts = {}
    partition = Partition(catalogue, min(moments.values()))
    for fact in facts:
        partition.apply(fact)
    for name, moment in sorted(moments.items(), key=lambda each: each[1]):
        partition.advance(moment)
        figures = Figures(partition.tally(), catalogue, moment)
        for measure, share in shares.items():
            for period in figures.counted(catalogue.measures[measure]):
                if (period == AT) != (catalogue.measures[measure].kind == "stock"):
                    continue
                for locality in figures.localities:
                    said = figures.figure(measure, period, locality).statuses
                    here = Counter[str]()
                    for status, count in said.items():
                        here[share.known_as.get(status, status)] += count
                    counts[Cell(measure, name, period, locality)] = here
    return counts
