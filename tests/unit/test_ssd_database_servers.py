"""What the servers differ in of which there is none here: the statements as each would be asked,
and what the errors of their drivers mean."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, String, Table, create_engine, select, text
from sqlalchemy.dialects import mssql, oracle, postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import JSON, DateTime, Uuid

from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.extract import ExtractError
from casepulse.streams.sources.ssd.database_servers import SERVERS, Trouble
from casepulse.streams.sources.ssd.database_tables import DatabaseTables
from casepulse.streams.sources.ssd.database_text import taken

TABLE = Table(
    "ssd_contacts",
    MetaData(),
    Column("cont_contact_id", String(48)),
    Column("cont_contact_outcome_json", String(4000)),
    Column("flags", JSON()),
    Column("guid", Uuid()),
    Column("seen", DateTime(timezone=True)),
    schema="HDM",
)


def compiled(dialect: Dialect, *names: str) -> str:
    asked = select(*(taken(TABLE.c[name]) for name in names)).select_from(TABLE)
    return " ".join(str(asked.compile(dialect=dialect)).split())


@pytest.mark.parametrize(
    ("dialect", "cut"),
    [
        (
            postgresql.dialect(),
            """CASE WHEN strpos(upper({0}), '"COMMENTS"') > 0 THEN """
            """left({0}, strpos(upper({0}), '"COMMENTS"') - 1) ELSE {0} END""",
        ),
        (
            oracle.dialect(),
            """CASE WHEN instr(upper({0}), '"COMMENTS"') > 0 THEN """
            """substr({0}, 1, instr(upper({0}), '"COMMENTS"') - 1) ELSE {0} END""",
        ),
    ],
    ids=["postgresql", "oracle"],
)
def test_comments_are_cut_off_in_the_words_of_the_server(dialect: Dialect, cut: str) -> None:
    asked = compiled(dialect, "cont_contact_id", "cont_contact_outcome_json")
    assert cut.format('"HDM".ssd_contacts.cont_contact_outcome_json') in asked


def test_sql_server_has_words_of_its_own() -> None:
    asked = compiled(mssql.dialect(), "cont_contact_outcome_json")
    whole = "CAST([HDM].ssd_contacts.cont_contact_outcome_json AS NVARCHAR(max))"
    assert f"""CHARINDEX(N'"COMMENTS"', UPPER({whole})) > 0 THEN LEFT({whole}, """ in asked
    assert f"ELSE {whole} END" in asked


@pytest.mark.parametrize(
    ("dialect", "cut"),
    [
        (postgresql.dialect(), "AS JSONB) - 'COMMENTS' AS TEXT)"),
        (oracle.dialect(), "JSON_SERIALIZE(JSON_TRANSFORM("),
        (mssql.dialect(), "JSON_MODIFY(CAST([HDM].ssd_contacts.flags AS NVARCHAR(max))"),
    ],
    ids=["postgresql", "oracle", "mssql"],
)
def test_of_a_type_for_json_the_comments_are_taken_out(dialect: Dialect, cut: str) -> None:
    assert cut in compiled(dialect, "flags")


@pytest.mark.parametrize(
    "dialect", [postgresql.dialect(), oracle.dialect(), mssql.dialect()], ids=lambda d: d.name
)
def test_other_types_are_asked_for_in_a_form_that_every_driver_has(dialect: Dialect) -> None:
    asked = compiled(dialect, "cont_contact_id", "guid", "seen")
    assert asked.count("CAST(") == 2


def test_the_statement_is_a_select_of_those_columns_alone() -> None:
    asked = compiled(sqlite.dialect(), "cont_contact_id")
    assert asked == ('SELECT "HDM".ssd_contacts.cont_contact_id FROM "HDM".ssd_contacts')


class DriverError(Exception):
    """As a driver would raise it."""


@pytest.mark.parametrize(
    ("server", "said", "trouble"),
    [
        (
            "mssql",
            ("42000", "[42000] [Microsoft] The SELECT permission was denied (229)"),
            "FORBIDDEN",
        ),
        ("mssql", (229, b"The SELECT permission was denied on the object"), "FORBIDDEN"),
        ("mssql", ("42000", "[42000] Snapshot isolation transaction failed (3961)"), "CHANGED"),
        ("mssql", ("HYT00", "[HYT00] Lock request time out period exceeded. (1222)"), "LOCKED"),
        ("mssql", ("42000", "[42000] Incorrect syntax (102)"), "OTHER"),
        ("oracle", ("ORA-00942: table or view does not exist",), "FORBIDDEN"),
        ("oracle", ("ORA-01466: unable to read data - table definition has changed",), "CHANGED"),
        ("oracle", ("ORA-08103: object no longer exists",), "CHANGED"),
        ("oracle", ("ORA-01555: snapshot too old",), "CHANGED"),
        ("oracle", ("ORA-00904: invalid identifier",), "OTHER"),
    ],
)
def test_what_the_errors_of_drivers_mean(
    server: str, said: tuple[object, ...], trouble: str
) -> None:
    error = DBAPIError("SELECT", {}, DriverError(*said))
    assert SERVERS[server]().trouble(error) is Trouble[trouble]


def test_a_connection_that_broke_is_a_database_that_went_away() -> None:
    error = DBAPIError("SELECT", {}, DriverError("DPY-4011"), connection_invalidated=True)
    assert SERVERS["oracle"]().trouble(error) is Trouble.AWAY


@pytest.fixture
def without_snapshots(tmp_path: Path) -> Iterator[str]:
    """A database of a kind that is not known here."""
    url = f"sqlite:///{tmp_path}/ssd.db"
    engine = create_engine(url)
    with engine.begin() as connection:
        for name in ("ssd_person", "ssd_contacts"):
            connection.execute(text(f"CREATE TABLE {name} (n int)"))
            connection.execute(text(f"INSERT INTO {name} VALUES (1), (2)"))  # noqa: S608
    yield url
    engine.dispose()


def test_without_a_snapshot_that_is_said_and_the_rows_are_counted(without_snapshots: str) -> None:
    with DatabaseTables(without_snapshots, ExtractSettings()) as found:
        assert "number of rows alone" in found.notes[0]
        assert len(list(found.rows("ssd_person", ["n"]))) == 2
    engine = create_engine(without_snapshots)
    found = DatabaseTables(without_snapshots, ExtractSettings())
    with found:
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM ssd_contacts"))
        with pytest.raises(ExtractError, match="ssd_contacts: was emptied"):
            list(found.rows("ssd_contacts", ["n"]))
    engine.dispose()
