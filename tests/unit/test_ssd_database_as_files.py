"""A dataset in a real PostgreSQL says the same as its files: as text, and in types of its own."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from casepulse.streams.sources.account import Account
from casepulse.streams.sources.extract import Extract, ExtractError, Request, Said
from casepulse.streams.sources.readers import reader_of
from tests.bench.ssd_county import taken, write_ssd
from tests.postgres import Postgres, postgres

CHILDREN = 60

#: What columns are in a system that has types: by the ends of their names, the last that fits.
TYPES = {
    "": "varchar(4000)",
    "_id": "int",
    "_date": "timestamp(3)",
    "_dob": "timestamp(3)",
    "_score": "smallint",
    "_distance": "numeric(9,1)",
    "_equivalency": "numeric(9,2)",
    "_nfa": "nchar(1)",
    "_seen": "nchar(1)",
    "_alone": "nchar(1)",
    "_json": "jsonb",
    "legacy_id": "nvarchar",
    "parent_id": "nvarchar",
    "staff_id": "nvarchar",
    "team_id": "nvarchar",
    "unique_id": "nvarchar",
    "role_id": "nvarchar",
    "professional_id": "nvarchar",
    "worker_id": "nvarchar",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture
def engine(server: Postgres) -> Iterator[Engine]:
    engine = create_engine(server.url())
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    yield engine
    engine.dispose()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The files of a night, some of whose rows say nothing, or say it twice, or not rightly."""
    folder = tmp_path / "ssd"
    write_ssd(folder, CHILDREN, 0)
    with (folder / "ssd_contacts.csv").open("a", encoding="utf-8") as file:
        file.write(",400001,2024-01-01,6,6: Police,\r\n")  # without an id
        file.write('990,400001,2024-01-02,~,~,"{""NFA_FLAG"": ""Y""}"\r\n')  # no source
        file.write('990,400001,2024-01-02,~,~,"{""NFA_FLAG"": ""Y""}"\r\n')  # the same again
        file.write("991,400001,2031-01-02,6,6: Police,\r\n")  # not yet
    return folder


def load(engine: Engine, folder: Path, *, types: bool) -> None:
    """Put the files into tables; what is blank is NULL where a column has a type."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            names, *rows = csv.reader(file)
        kinds = ["text"] * len(names)
        if types:
            kinds = [_type(name) for name in names]
            kinds = ["text" if kind == "nvarchar" else kind for kind in kinds]
        columns = ", ".join(f"{name} {kind}" for name, kind in zip(names, kinds, strict=True))
        places = ", ".join(f":{name}" for name in names)
        with engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE {path.stem} ({columns})"))
            if rows:
                connection.execute(
                    text(f"INSERT INTO {path.stem} VALUES ({places})"),  # noqa: S608
                    [_cells(names, kinds, row) for row in rows],
                )


def _type(name: str) -> str:
    return [kind for end, kind in TYPES.items() if name.endswith(end)][-1]


def _cells(names: list[str], kinds: list[str], row: list[str]) -> dict[str, Any]:
    def cell(kind: str, written: str) -> Any:
        if kind == "text":
            return written
        if kind == "jsonb" and written:  # whose comments are escaped, then
            head, _, _ = written.partition(', "TOTAL')
            return f'{head.removesuffix("}")}, "COMMENTS": "who said \\"what\\"", "ZZZ_FLAG": "N"}}'
        return written or None

    return {
        name: cell(kind, written) for name, kind, written in zip(names, kinds, row, strict=True)
    }


def whole(place: str) -> tuple[Extract, list[Said]]:
    extract = reader_of("ssd").read(Request(place, taken(0)))
    said = sorted(extract.says, key=lambda each: (each.subject, each.id))
    return extract, said


def counted(account: Account) -> tuple[Any, ...]:
    return (
        account.file.removesuffix(".csv"), account.rows, account.told, account.repeated,
        account.outside, account.held_back, account.passed_over, account.bad, account.facts,
        account.unknown_codes, account.doubtful, account.whole,
        sorted((bad.column, bad.reason) for bad in account.bad_rows),
    )  # fmt: skip


@pytest.mark.parametrize("types", [False, True], ids=["text", "types"])
def test_a_database_says_the_same_as_its_files(
    server: Postgres, engine: Engine, files: Path, types: bool
) -> None:
    load(engine, files, types=types)
    of_files, said_of_files = whole(str(files))
    of_tables, said_of_tables = whole(server.url())
    assert said_of_tables == said_of_files
    assert len(said_of_tables) > 50 * CHILDREN
    assert list(map(counted, of_tables.accounts)) == list(map(counted, of_files.accounts))
    assert {
        name: getattr(of_tables, name) for name in ("windows", "doubtful", "with_the_rest")
    } == {name: getattr(of_files, name) for name in ("windows", "doubtful", "with_the_rest")}
    assert set(of_tables.endings) == set(of_files.endings)
    contacts = next(each for each in of_tables.accounts if each.file == "ssd_contacts")
    assert (contacts.bad, contacts.repeated, contacts.held_back) == (1, 1, 1)


def test_an_extract_of_which_a_table_is_emptied_meanwhile_ends_in_an_error(
    server: Postgres, engine: Engine, files: Path
) -> None:
    load(engine, files, types=False)
    extract = reader_of("ssd").read(Request(server.url(), taken(0)))
    says = iter(extract.says)
    next(says)
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE ssd_cp_visits"))
    with pytest.raises(ExtractError, match=r"ssd_cp_visits: was emptied or made anew"):
        list(says)


def test_tables_that_were_emptied_and_not_filled_yet_are_read_as_empty(
    server: Postgres, engine: Engine, files: Path
) -> None:
    """Which is found by how much would be withdrawn: `guard`."""
    load(engine, files, types=False)
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE ssd_cp_visits"))
    extract = reader_of("ssd").read(Request(server.url(), taken(0) + timedelta(hours=1)))
    list(extract.says)
    assert {each.file: each.rows for each in extract.accounts}["ssd_cp_visits"] == 0
