"""The tables of a Standard Safeguarding Dataset in a real PostgreSQL: what comes out, and what is
said when something is in the way."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.extract import ExtractError
from casepulse.streams.sources.ssd import database_servers
from casepulse.streams.sources.ssd.database import in_database
from casepulse.streams.sources.ssd.database_tables import DatabaseTables
from casepulse.terminal.extras import how_to_get
from tests.postgres import Postgres, postgres

#: The password of the user who may only read, and what no error may ever say.
PASSWORD = "not-to-be-told"

#: Who has to give a password.
RULES = ("host all reader 127.0.0.1/32 scram-sha-256",)

#: More than are fetched at a time.
MANY = 5_000


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres(*RULES) as running:
        yield running


@pytest.fixture
def engine(server: Postgres) -> Iterator[Engine]:
    """Of an empty database."""
    with _emptied(server) as engine:
        yield engine


@contextmanager
def _emptied(server: Postgres) -> Iterator[Engine]:
    engine = create_engine(server.url())
    try:
        with engine.begin() as connection:
            for said in ("DROP SCHEMA public CASCADE", "DROP SCHEMA IF EXISTS hdm CASCADE"):
                connection.execute(text(said))
            connection.execute(text("CREATE SCHEMA public"))
            connection.execute(text("DROP ROLE IF EXISTS reader"))
            connection.execute(text(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'"))
            connection.execute(text("GRANT USAGE ON SCHEMA public TO reader"))
        yield engine
    finally:
        engine.dispose()


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for each in statements:
            connection.execute(text(each))


def tables(url: str, **settings: str) -> DatabaseTables:
    return DatabaseTables(url, ExtractSettings(**settings))


def test_a_table_is_found_whatever_the_case_of_its_name_and_its_columns(
    server: Postgres, engine: Engine
) -> None:
    run(
        engine,
        'CREATE TABLE "SSD_Person" ("PERS_Person_ID" int, pers_sex char(1), pers_dob timestamp)',
        "INSERT INTO \"SSD_Person\" VALUES (1, 'F', '2019-05-02'), (2, 'M', NULL)",
        "CREATE TABLE others (n int)",
    )
    with tables(server.url()) as found:
        assert found.columns("ssd_person") == ("pers_person_id", "pers_sex", "pers_dob")
        assert found.columns("others") is None
        assert found.columns("ssd_contacts") is None
        assert found.name("ssd_person") == "SSD_Person"
        assert found.name("ssd_contacts") == "ssd_contacts"
        assert found.notes == []
        rows = [(n, *row) for n, row in found.rows("ssd_person", ("pers_dob", "pers_person_id"))]
    assert sorted(rows) == [(1, datetime.fromisoformat("2019-05-02T00:00"), 1), (2, None, 2)]


@pytest.mark.parametrize("by", ["profile", "url"])
def test_the_tables_may_be_in_a_schema_of_their_own(
    server: Postgres, engine: Engine, by: str
) -> None:
    run(
        engine,
        "CREATE SCHEMA hdm",
        "CREATE TABLE hdm.ssd_person (pers_person_id text)",
        "INSERT INTO hdm.ssd_person VALUES ('a')",
        "CREATE TABLE ssd_person (pers_person_id text)",
    )
    of_url = tables(f"{server.url()}?schema=hdm")
    with of_url if by == "url" else tables(server.url(), database_schema="hdm") as found:
        assert [tuple(row) for _, row in found.rows("ssd_person", ["pers_person_id"])] == [("a",)]


def test_a_database_without_the_tables_says_which_schema_was_looked_at(
    server: Postgres, engine: Engine
) -> None:
    run(engine, "CREATE TABLE others (n int)")
    with (
        pytest.raises(ExtractError, match=r"in the schema public.*\?schema="),
        tables(server.url()),
    ):
        pass
    with (
        pytest.raises(ExtractError, match="in the schema nowhere"),
        tables(server.url(), database_schema="nowhere"),
    ):
        pass


def test_types_come_as_they_are_and_an_offset_as_the_clock_in_london_said(
    server: Postgres, engine: Engine
) -> None:
    run(
        engine,
        "CREATE TABLE ssd_mixed (i int, n numeric(9), t timestamp, d date, c nchar(1), b boolean,"
        " u uuid, z timestamptz)",
        "INSERT INTO ssd_mixed VALUES (7, 8, '2024-01-05 10:30', '2024-02-03', 'Y', true,"
        " '6b1b36cb-1a4a-4c0a-8a36-1d8a1fbe2a6b', '2024-07-01 09:00+00')",
    )
    with tables(server.url()) as found:
        ((_, row),) = found.rows("ssd_mixed", found.columns("ssd_mixed") or ())
    assert tuple(row) == (
        7,
        Decimal(8),
        datetime.fromisoformat("2024-01-05T10:30"),
        date(2024, 2, 3),
        "Y",
        True,
        "6b1b36cb-1a4a-4c0a-8a36-1d8a1fbe2a6b",
        datetime.fromisoformat("2024-07-01T10:00"),
    )


@pytest.mark.parametrize("kind", ["text", "varchar(4000)", "json", "jsonb"])
def test_comments_stay_on_the_server(server: Postgres, engine: Engine, kind: str) -> None:
    run(
        engine,
        f"CREATE TABLE ssd_contacts (cont_contact_outcome_json {kind}, note text)",
        """INSERT INTO ssd_contacts VALUES
           ('{"NFA_FLAG": "Y", "COMMENTS": "who said what", "PRIVATE_FOSTERING_FLAG": "N"}'),
           ('{"NFA_FLAG": "N"}'), (NULL)""",
    )
    seen: list[str] = []
    with tables(server.url()) as found:
        for _, (cell,) in found.rows("ssd_contacts", ["cont_contact_outcome_json"]):
            seen.append(str(cell))
    assert all("who" not in cell for cell in seen)
    assert sum('"NFA_FLAG": "Y"' in cell for cell in seen) == 1
    assert sum('"NFA_FLAG": "N"' in cell for cell in seen) == 1
    if kind == "text":  # and if it is no JSON at all
        run(
            engine,
            "TRUNCATE ssd_contacts",
            """INSERT INTO ssd_contacts VALUES ('{"NFA_FLAG": "Y", "Comments": "she "said" so')""",
        )
        with tables(server.url()) as found:
            ((_, (cell,)),) = found.rows("ssd_contacts", ["cont_contact_outcome_json"])
        assert cell == '{"NFA_FLAG": "Y", '


def _two_tables(engine: Engine) -> None:
    run(
        engine,
        *(
            said
            for name in ("ssd_person", "ssd_contacts")
            for said in (
                f"CREATE TABLE {name} (n int)",
                f"INSERT INTO {name} SELECT * FROM generate_series(1, {MANY})",  # noqa: S608
            )
        ),
    )


def test_all_tables_are_read_as_at_one_instant(server: Postgres, engine: Engine) -> None:
    _two_tables(engine)
    with tables(server.url()) as found:
        first = found.rows("ssd_person", ["n"])
        next(first)
        run(engine, "DELETE FROM ssd_person", "DELETE FROM ssd_contacts")
        assert len(list(first)) == MANY - 1
        assert len(list(found.rows("ssd_contacts", ["n"]))) == MANY


@pytest.mark.parametrize(
    "emptied",
    [
        ["TRUNCATE ssd_contacts"],
        ["TRUNCATE ssd_contacts", "INSERT INTO ssd_contacts SELECT * FROM ssd_person"],
        ["DROP TABLE ssd_contacts", "CREATE TABLE ssd_contacts AS SELECT * FROM ssd_person"],
        ["DROP TABLE ssd_contacts"],
    ],
    ids=["emptied", "refilled", "made anew", "dropped"],
)
def test_a_table_that_is_emptied_in_mid_read_is_noticed(
    server: Postgres, engine: Engine, emptied: list[str]
) -> None:
    """The snapshot was there before. PostgreSQL shows such a table as empty, without an error."""
    _two_tables(engine)
    with tables(server.url()) as found:
        first = found.rows("ssd_person", ["n"])
        next(first)
        run(engine, *emptied)
        list(first)
        with pytest.raises(ExtractError, match=r"public\.ssd_contacts: was emptied or made anew"):
            list(found.rows("ssd_contacts", ["n"]))


@pytest.mark.parametrize("beneath", ["a view", "a view of a view", "partitions"])
def test_so_is_one_that_stands_beneath(server: Postgres, engine: Engine, beneath: str) -> None:
    run(engine, "CREATE TABLE ssd_person (n int)", "INSERT INTO ssd_person VALUES (1)")
    if beneath == "partitions":
        run(
            engine,
            "CREATE TABLE ssd_contacts (n int) PARTITION BY RANGE (n)",
            "CREATE TABLE kept PARTITION OF ssd_contacts FOR VALUES FROM (0) TO (10)",
        )
    else:
        run(
            engine,
            "CREATE TABLE kept (n int)",
            "CREATE VIEW between_both AS SELECT n FROM kept",
            "CREATE VIEW ssd_contacts AS TABLE "
            + ("kept" if beneath == "a view" else "between_both"),
        )
    run(engine, "INSERT INTO kept VALUES (1)")
    with tables(server.url()) as found:
        assert len(list(found.rows("ssd_person", ["n"]))) == 1
        run(engine, "TRUNCATE kept")
        with pytest.raises(ExtractError, match="was emptied or made anew"):
            list(found.rows("ssd_contacts", ["n"]))


def test_a_table_that_is_being_refilled_is_not_waited_for_for_ever(
    server: Postgres, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_servers, "WAITING", 1)
    _two_tables(engine)
    with tables(server.url()) as found, engine.connect() as refilling:
        refilling.execute(text("TRUNCATE ssd_contacts"))
        with pytest.raises(ExtractError, match="ssd_contacts: is being refilled"):
            list(found.rows("ssd_contacts", ["n"]))


def test_nothing_can_be_written(server: Postgres, engine: Engine) -> None:
    _two_tables(engine)
    with tables(server.url()) as found:
        list(found.rows("ssd_person", ["n"]))
        assert found._reading.scalar(text("SHOW transaction_read_only")) == "on"
        assert found._reading.scalar(text("SHOW transaction_isolation")) == "repeatable read"


def _assert_says(error: ExtractError, *words: str) -> None:
    said = f"{error} {error!r} {error.__cause__!r}"
    assert PASSWORD not in said
    assert all(word in said for word in words), said


def test_a_table_that_the_user_may_not_read_is_named(server: Postgres, engine: Engine) -> None:
    _two_tables(engine)
    run(engine, "GRANT SELECT ON ssd_person TO reader")
    with tables(server.url(user="reader", password=PASSWORD)) as found:
        assert len(list(found.rows("ssd_person", ["n"]))) == MANY
        with pytest.raises(ExtractError) as refused:
            list(found.rows("ssd_contacts", ["n"]))
    _assert_says(refused.value, "public.ssd_contacts", "may not read it", "GRANT SELECT")


def test_a_password_may_stand_in_a_file(server: Postgres, engine: Engine, tmp_path: Path) -> None:
    _two_tables(engine)
    run(engine, "GRANT SELECT ON ssd_person TO reader")
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    with tables(server.url(user="reader"), password_file=str(file)) as found:
        assert len(list(found.rows("ssd_person", ["n"]))) == MANY
    with pytest.raises(ExtractError, match=r"password_file: .*: No such file"):
        tables(server.url(user="reader"), password_file=str(tmp_path / "none"))


def test_a_wrong_password_is_not_told(server: Postgres, engine: Engine) -> None:
    run(engine, "ALTER ROLE reader PASSWORD 'another'")
    with (
        pytest.raises(ExtractError) as refused,
        tables(server.url(user="reader", password=PASSWORD)),
    ):
        pass
    _assert_says(refused.value, "reader:***@127.0.0.1", "password authentication failed")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"postgresql://x:{PASSWORD}@127.0.0.1:1/ssd", ["x:***@127.0.0.1:1/ssd", "refused"]),
        (f"postgresql+pg8000://x:{PASSWORD}@127.0.0.1/ssd", ["pg8000 is not installed"]),
        (f"cabinet://x:{PASSWORD}@127.0.0.1/ssd", ["postgresql, mssql, oracle"]),
        (f"x:{PASSWORD}", ["no URL of a database"]),
        (
            f"oracle://x:{PASSWORD}@127.0.0.1:1/?service_name={PASSWORD}",
            ["oracle://x:***@127.0.0.1:1/", "cannot connect"],
        ),
    ],
)
def test_nor_is_it_in_any_other_error(url: str, words: list[str]) -> None:
    with pytest.raises(ExtractError) as refused, tables(url):
        pass
    _assert_says(refused.value, *words)


def test_a_database_that_goes_away_half_way_is_said() -> None:
    with postgres() as server, _emptied(server) as engine:
        run(
            engine,
            "CREATE TABLE ssd_person (n int, c text)",
            "INSERT INTO ssd_person SELECT n, repeat('x', 1000) FROM generate_series(1, 20000) n",
        )
        with tables(server.url()) as found:
            rows = found.rows("ssd_person", ["n", "c"])
            next(rows)
            server.process.send_signal(signal.SIGQUIT)  # as if it crashed
            with pytest.raises(ExtractError) as refused:
                list(rows)
            with pytest.raises(ExtractError):
                list(found.rows("ssd_person", ["n"]))
        _assert_says(refused.value, "public.ssd_person", "went away", "nothing was told")


def test_a_connection_that_the_server_ends_is_said(server: Postgres, engine: Engine) -> None:
    _two_tables(engine)
    with tables(server.url()) as found:
        rows = found.rows("ssd_person", ["n"])
        next(rows)
        run(
            engine,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'",
        )
        with pytest.raises(ExtractError, match="went away"):
            list(rows)


@pytest.mark.parametrize(
    ("url", "module", "extra"),
    [
        ("postgresql://h/ssd", "psycopg", "postgresql"),
        ("postgresql+psycopg://h/ssd", "psycopg", "postgresql"),
        ("mssql+pyodbc://h/ssd", "pyodbc", "sqlserver"),
        ("mssql://h/ssd", "pyodbc", "sqlserver"),
        ("oracle+oracledb://h/ssd", "oracledb", "oracle"),
    ],
)
def test_a_missing_driver_leads_to_its_extra(
    url: str, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)  # it comes with each of them
    with pytest.raises(ModuleNotFoundError) as missing:
        in_database(url, ExtractSettings())
    assert missing.value.name == module
    assert f"'casepulse[{extra}]'" in (how_to_get(module) or "")


def test_a_driver_that_lacks_a_library_of_the_system_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pyodbc.py").write_text("raise ImportError('libodbc.so.2: cannot open it')")
    monkeypatch.delitem(sys.modules, "pyodbc", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ExtractError, match=r"libodbc\.so\.2.*Debian: unixodbc.*msodbcsql18"):
        in_database(f"mssql+pyodbc://x:{PASSWORD}@h/ssd", ExtractSettings())
