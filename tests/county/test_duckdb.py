"""A random county's figures, computed a second time: in SQL, by DuckDB, from its raw events.

`facts.sql` puts the facts of the domain together from lines of JSON; `measures.sql` has a view a
measure. Both were written from the handbook and use nothing of `state`: not its calendar, nor its
corrections, records and rules. The engine is held to them count by count. Only where the handbook
leaves a question open is the engine's answer taken over; `measures.sql` says where.
"""

import gc
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import holidays
import pytest

from casepulse.counties.scenario import scenario
from casepulse.schemas.events import write_event
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.profile import load_profile
from casepulse.state import AT, COUNTY, Catalogue, Fact, Figures, Partition
from casepulse.state.measures import MEASURES as ALL
from tests.running import LONG

HERE = Path(__file__).parent
PROFILE = HERE.parents[1] / "schemas" / "january_2021.toml"
LONDON = ZoneInfo("Europe/London")

#: About how many children come to notice, in a window of one month and the run-in before it.
CHILDREN = 20_000 if LONG else 7_000
SEED = 5
ENDS = date(2021, 3, 1)

#: Instants at which days, months and hours are easily counted wrongly.
MOMENTS = {
    "noon of the leap day": datetime(2020, 2, 29, 12, tzinfo=LONDON),
    "the midnight after a bank holiday": datetime(2020, 5, 9, tzinfo=LONDON),
    "a month's end in which the clocks went back": datetime(2020, 11, 1, tzinfo=LONDON),
    "a working morning, as a plan begins": datetime(2021, 1, 14, 10, 17, tzinfo=LONDON),
    "the last day of February": datetime(2021, 2, 28, 15, 40, tzinfo=LONDON),
    "the final midnight": datetime(2021, 3, 1, tzinfo=LONDON),
}
AS_A_PLAN_BEGINS = "a working morning, as a plan begins"


def test_a_month_is_not_thirty_days() -> None:
    """What the second computation stands on: 2.0.0 gave both the date of whichever stood first."""
    with duckdb.connect() as database:
        [found] = database.sql(
            "SELECT day + INTERVAL 1 MONTH, day + INTERVAL 30 DAY "
            "FROM (VALUES (TIMESTAMP '2021-01-31')) AS days (day)"
        ).fetchall()
    assert [f"{each:%Y-%m-%d}" for each in found] == ["2021-02-28", "2021-03-02"]


class Share(NamedTuple):
    """A measure by its statuses in SQL: which are its numerator, and which else its denominator."""

    numerator: str
    others: str | None = None
    """None: a plain count."""
    parts: dict[str, str] = {}  # noqa: RUF012  never changed
    """Statuses that only the engine tells apart: the status in SQL that each is part of."""


TIMELY = Share("met", "missed")
INITIAL_VISITS = Share(
    "in_time in_time_virtual",
    "late late_virtual not_seen",
    dict.fromkeys(["closed_unseen_slowly", "closed_unseen_later"], "closed_unseen"),
)
OUTCOMES = [
    "social_care", "not_referred", "referred", "referral_closed", "early_help",
    "existing_episode", "advice", "no_further_action",
]  # fmt: skip
BY_OUTCOME = {
    **{f"{outcome}_in_time": "met" for outcome in OUTCOMES},
    **{f"{outcome}_late": "missed" for outcome in OUTCOMES},
    "unknown": "missed",
}
LATE = dict.fromkeys(["overdue", "never", "seen_face_to_face", "seen_virtually"], "late")
BANDS = "up_to_20 21_to_30 31_to_45 46_to_59 60_to_89 90_and_over"

MEASURES = {
    "initial_contact_decision": TIMELY,
    "end_to_end_contact_decision": Share("met", "missed", BY_OUTCOME),
    "red_contact_decision": TIMELY,
    "initial_visits_all": INITIAL_VISITS,
    "initial_visits_s17": INITIAL_VISITS,
    "initial_visits_s47": INITIAL_VISITS,
    "strategy_discussion_timely": TIMELY,
    "s47_timely": TIMELY,
    "icpc_timely": TIMELY,
    "return_interview": Share("met", "refused missed"),
    "cic_missing_12m": Share("yes", "no"),
    "cp_visits": Share("met met_virtually not_due", "overdue never long_overdue long_never"),
    "cp_children": Share("yes"),
    "statutory_visits": Share("met not_due", "late", LATE),
    "cp_visit_recording_delay": Share("delayed", "prompt"),
    "single_assessment": TIMELY,
    "single_assessment_bands": Share(BANDS),
    "assessments_open": Share(BANDS, None, {f"{band}_overdue": band for band in BANDS.split()}),
    "cic_reviews_timely": TIMELY,
    "re_referrals": Share("repeat", "first"),
    "re_referrals_12m": Share("repeat", "first"),
    "repeat_plans_started": Share("second third_or_more", "first"),
    "readmissions": Share("again", "first"),
    "children_in_care": Share("yes"),
    "cic_section20": Share("yes", "no", dict.fromkeys(["pre_proceedings", "court"], "yes")),
    "short_term_stability": Share("yes", "no", {"with_earlier": "yes"}),
    "caseload_18": Share("within", "above stretched high excessive"),
}


class Cell(NamedTuple):
    """Where something is counted: a measure at a moment, in a month or now, in a locality."""

    measure: str
    moment: str
    period: str
    locality: str

    def __str__(self) -> str:
        return f"{self.measure}, {self.moment}, {self.period}, {self.locality}"


class Said(NamedTuple):
    """What is counted in a cell. Statuses that none has are left out."""

    numerator: int
    denominator: int | None
    statuses: dict[str, int]


class Some(Catalogue):
    """The catalogue with the rules of a few measures alone: all of them would take three times as
    long."""

    def __init__(self, measures: Iterable[str]) -> None:
        super().__init__(ALL, load_profile())
        self._kept = {self.measures[measure].base for measure in measures}

    @property
    def rules(self) -> Iterable[str]:
        return [rule for rule in super().rules if rule in self._kept]

    def rules_about(self, subject: str) -> tuple[str, ...]:
        return tuple(rule for rule in super().rules_about(subject) if rule in self._kept)


# --- SQL --------------------------------------------------------------------------------------


def open_database(lines: Path) -> duckdb.DuckDBPyConnection:
    """The events, what the definitions need of the world, and the views on both."""
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
    return with_definitions(database)


def open_archive(url: str) -> duckdb.DuckDBPyConnection:
    """The same of an archive's Parquet."""
    database = duckdb.connect()
    database.execute(
        """
        CREATE TABLE event AS
        SELECT id, source, type, subject, time, recorded AS recordedtime,
            json_extract(decode(event), '$.data') AS data
        FROM read_parquet(?)
        """,
        [f"{url}/events-*.parquet"],
    )
    return with_definitions(database)


def with_definitions(database: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Put what the definitions need of the world, and the views, beside the events."""
    closed = holidays.country_holidays("GB", subdiv="ENG", years=range(2018, 2024))
    teams = tomllib.loads(PROFILE.read_text(encoding="utf-8"))["teams"]
    database.execute("CREATE TABLE bank_holiday (day DATE)")
    database.executemany("INSERT INTO bank_holiday VALUES (?)", [[day] for day in closed])
    database.execute("CREATE TABLE team (team VARCHAR, locality VARCHAR)")
    database.executemany("INSERT INTO team VALUES (?, ?)", list(teams.items()))
    for script in ("facts.sql", "measures.sql"):
        database.execute((HERE / script).read_text(encoding="utf-8"))
    return database


def said_in_sql(
    database: duckdb.DuckDBPyConnection, moments: dict[str, datetime], measures: Iterable[str]
) -> dict[Cell, Said]:
    counts: dict[Cell, Counter[str]] = {}
    for name, moment in moments.items():
        database.execute("SET VARIABLE moment = CAST(? AS TIMESTAMPTZ)", [moment])
        for measure in measures:
            standings = database.view(measure)
            counted = standings.query("standing", "SELECT *, count(*) FROM standing GROUP BY ALL")
            for *month, locality, status, count in counted.fetchall():
                for place in (locality, COUNTY):
                    cell = Cell(measure, name, month[0] if month else AT, place)
                    counts.setdefault(cell, Counter())[status] += count
    return {cell: _share(MEASURES[cell.measure], here) for cell, here in counts.items()}


def _share(share: Share, counts: Counter[str]) -> Said:
    numerator = sum(counts[status] for status in share.numerator.split())
    if share.others is None:
        return Said(numerator, None, dict(counts))
    others = sum(counts[status] for status in share.others.split())
    return Said(numerator, numerator + others, dict(counts))


# --- the engine -------------------------------------------------------------------------------


def said_by_the_engine(
    facts: Iterable[Fact], moments: dict[str, datetime], measures: Iterable[str]
) -> dict[Cell, Said]:
    catalogue = Some(measures)
    partition = Partition(catalogue, min(moments.values()))
    for fact in facts:
        partition.apply(fact)
    said: dict[Cell, Said] = {}
    for name, moment in sorted(moments.items(), key=lambda each: each[1]):
        partition.advance(moment)
        figures = Figures(partition.tally(), catalogue, moment)
        for id_ in measures:
            measure = catalogue.measures[id_]
            periods = [AT] if measure.kind == "stock" else figures.counted(measure)
            for period in periods:
                for locality in figures.localities:
                    figure = figures.figure(id_, period, locality)
                    statuses = Counter[str]()
                    for status, count in figure.statuses.items():
                        statuses[MEASURES[id_].parts.get(status, status)] += count
                    cell = Cell(id_, name, period, locality)
                    said[cell] = Said(figure.numerator, figure.denominator, dict(+statuses))
    return said


# --- both -------------------------------------------------------------------------------------


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Millions of small objects are made that all stay: looking for garbage among them is in vain,
    and costs a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class County(NamedTuple):
    """What both say of the same events."""

    database: duckdb.DuckDBPyConnection
    sql: dict[Cell, Said]
    engine: dict[Cell, Said]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    lines = tmp_path_factory.mktemp("county") / "events.jsonl"
    facts = []
    with _without_collecting():
        with lines.open("wb") as told:
            for event in scenario(seed=SEED, children=CHILDREN, months=1, ends=ENDS):
                told.write(write_event(event) + b"\n")
                if event.type != ClockTicked.TYPE:
                    facts.append(Fact.of(event))
        moments = _moments(facts)
        database = open_database(lines)
        with ThreadPoolExecutor() as pool:  # DuckDB lets go of the interpreter while it counts
            sql = pool.submit(said_in_sql, database, moments, MEASURES)
            engine = said_by_the_engine(facts, moments, MEASURES)
            yield County(database, sql.result(), engine)
    database.close()


def _moments(facts: Iterable[Fact]) -> dict[str, datetime]:
    """Every moment in UTC. One of them is the very instant of the first plan begun after it: a plan
    that has not begun yet."""
    moments = {name: moment.astimezone(UTC) for name, moment in MOMENTS.items()}
    plans = (fact.time for fact in facts if fact.type == "protection_plan.started")
    moments[AS_A_PLAN_BEGINS] = min(time for time in plans if time >= moments[AS_A_PLAN_BEGINS])
    return moments


@pytest.mark.parametrize("measure", list(MEASURES))
def test_the_engine_counts_what_the_handbook_says_in_sql(county: County, measure: str) -> None:
    in_sql = {cell: said for cell, said in county.sql.items() if cell.measure == measure}
    in_engine = {cell: said for cell, said in county.engine.items() if cell.measure == measure}
    nothing = Said(0, None if MEASURES[measure].others is None else 0, {})
    differing = [
        f"{cell}: SQL {sql}, engine {engine}"
        for cell in sorted(in_sql.keys() | in_engine.keys())
        if (sql := in_sql.get(cell, nothing)) != (engine := in_engine.get(cell, nothing))
    ]
    assert not differing, "\n".join([f"{len(differing)} differ", *differing[:20]])


@pytest.mark.parametrize("measure", MEASURES)
def test_the_county_is_varied_enough_to_tell_them_apart(county: County, measure: str) -> None:
    said = [each for cell, each in county.sql.items() if cell.measure == measure]
    assert any(each.numerator for each in said)
    if MEASURES[measure].others is not None:
        assert any(each.numerator < (each.denominator or 0) for each in said)


@pytest.mark.parametrize(
    "exceptions",
    [
        "correction_too_deep",
        "corrections_at_one_instant",
        "fact_without_a_known_team",
        "two_localities_at_one_instant",
        "two_plans_at_once",
        "two_periods_of_care_at_once",
    ],
)
def test_the_county_has_nothing_that_the_sql_takes_no_account_of(
    county: County, exceptions: str
) -> None:
    assert county.database.view(exceptions).fetchall() == []


def test_the_county_has_corrections_and_corrections_of_them(county: County) -> None:
    corrected = county.database.sql(
        "SELECT count(*), count(*) FILTER (of_id IN (SELECT id FROM correction)) FROM correction"
    )
    assert min(corrected.fetchall()[0]) > 50
