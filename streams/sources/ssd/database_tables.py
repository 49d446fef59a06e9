"""The tables of a Standard Safeguarding Dataset, straight from the database it lies in.

All are read as at one instant, in one transaction that only reads, where the server has that. A
table that is emptied while others are read is noticed. Of each table only the columns that are
needed are asked for, and of what is free text only what stands before it: the rest never leaves
the server.
"""

from collections.abc import Hashable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    create_engine,
    inspect,
    make_url,
    select,
)
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.engine.reflection import ObjectKind
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.extract import ExtractError
from casepulse.streams.sources.ssd.database_servers import SERVERS, Server, Trouble
from casepulse.streams.sources.ssd.database_text import taken
from casepulse.streams.sources.ssd.tables import Cell

#: Rows that are fetched at a time.
_AT_A_TIME = 2_000

#: What every table of the dataset is called at its beginning.
_BEGINS = "ssd_"


class DatabaseTables:
    """The tables of one extract. Used in a `with` block, which is the transaction.

    Args:
        place: its URL, as SQLAlchemy writes it; `?schema=` names the schema.
        settings: what the profile says: the schema, and the file with the password.

    Raises:
        ExtractError: it is no URL of a database whose driver is there.
    """

    def __init__(self, place: str, settings: ExtractSettings) -> None:
        url = _url(place)
        query = dict(url.query)
        schema = query.pop("schema", None) or settings.database_schema
        self._schema = schema if isinstance(schema, str) else None
        url = url.set(query=query)
        if settings.password_file is not None:
            url = url.set(password=_password(settings.password_file))
        self._url = url
        self._server = SERVERS.get(url.get_backend_name(), Server)()
        self.notes: list[str] = []
        """What a person should know of how it is read; there once it is open."""
        self._tables: dict[str, Table] = {}
        self._marks: dict[str, Hashable] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Open the transaction.

        Raises:
            ExtractError: there is no way in.
        """
        self._engine = _engine(self._url, self._server)
        try:
            with self._engine.connect() as connection:
                self._look(connection)
                options = self._server.options(connection)
            reading = self._open.enter_context(self._engine.connect())
            self._reading = reading.execution_options(**options)
            self._server.begin(self._reading)
        except SQLAlchemyError as error:
            self._open.close()
            raise ExtractError(f"{self._shown()}: can't be read: {self._said(error)}") from None
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the transaction."""
        try:
            self._open.close()
        except SQLAlchemyError:  # the server is gone, and the transaction with it
            self._reading.invalidate()

    def columns(self, table: str) -> tuple[str, ...] | None:
        """The names of a table's columns, lower-cased, in their order; None: there is none."""
        found = self._tables.get(table)
        return None if found is None else tuple(column.name.lower() for column in found.columns)

    def name(self, table: str) -> str:
        """Its name in the database."""
        found = self._tables.get(table)
        return table if found is None else found.name

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Each row's place in the answer, and its cells.

        Raises:
            ExtractError: the database went away, or the table was emptied meanwhile.
        """
        found = self._tables[table]
        by_name = {column.key.lower(): column for column in found.columns}
        wanted = [taken(by_name[name]).label(None) for name in columns]
        number = 0
        try:
            asked = select(*wanted).select_from(found)
            options = {"yield_per": _AT_A_TIME}  # and with it a cursor that stays on the server
            with self._reading.execute(asked, execution_options=options) as answer:
                for rows in answer.partitions():
                    for row in rows:
                        number += 1
                        yield number, row
            same = self._server.mark(self._reading, found) == self._marks.get(table)
        except SQLAlchemyError as error:
            raise ExtractError(self._trouble(error, found)) from None
        if not same:
            raise ExtractError(self._changed(found))

    def _look(self, connection: Connection) -> None:
        """Which tables there are, and how each lies, before anything of them is read."""
        inspector = inspect(connection)
        schema = self._schema or inspector.default_schema_name
        there = inspector.get_multi_columns(schema=self._schema, kind=ObjectKind.ANY)
        metadata = MetaData()
        for (_, name), columns in sorted(there.items(), key=lambda each: each[0][1]):
            if name.lower().startswith(_BEGINS):
                self._tables.setdefault(
                    name.lower(), Table(name, metadata, *_once(columns), schema=schema)
                )
        if not self._tables:
            raise ExtractError(
                f"{self._shown()}: no table of a Standard Safeguarding Dataset is in the schema "
                f"{schema}, or this user may see none; ?schema= in the URL, or database_schema in "
                "the profile, names another"
            )
        note = self._server.note(connection)
        self.notes = [] if note is None else [note]
        for name, table in self._tables.items():
            try:
                self._marks[name] = self._server.mark(connection, table)
            except DBAPIError as error:  # it may be one that nobody asks for
                if self._server.trouble(error) is not Trouble.FORBIDDEN:
                    raise

    def _trouble(self, error: SQLAlchemyError, table: Table | None) -> str:
        """Why it can't be read, without what the driver says: that may repeat what stands there."""
        where = self._shown() if table is None else f"{self._shown()}, {table.fullname}"
        why = self._server.trouble(error) if isinstance(error, DBAPIError) else Trouble.OTHER
        match why:
            case Trouble.FORBIDDEN:
                return f"{where}: this user may not read it; GRANT SELECT on it"
            case Trouble.LOCKED:
                return f"{where}: is being refilled; nothing was told. Try again when that is over"
            case Trouble.CHANGED:
                return self._changed(table) if table is not None else f"{where}: was changed"
            case Trouble.AWAY:
                return f"{where}: the database went away; nothing was told. Try again"
        code = getattr(getattr(error, "orig", None), "sqlstate", None) or error.code or ""
        return f"{where}: can't be read: {type(error).__name__} {code}".rstrip()

    def _changed(self, table: Table) -> str:
        return (
            f"{self._shown()}, {table.fullname}: was emptied or made anew while the tables were "
            "read; nothing was told. Try again when they have been refilled"
        )

    def _said(self, error: SQLAlchemyError) -> str:
        """What a driver says when it can't connect, in one line and without the password."""
        said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        said = " ".join(said.split())
        for secret in (self._url.password, *self._url.query.values()):
            if secret and isinstance(secret, str):
                said = said.replace(secret, "***")
        return said

    def _shown(self) -> str:
        return shown(self._url)


def shown(url: URL) -> str:
    """A database's URL for people: without the password, and what else is only for the driver."""
    return url.set(query={}).render_as_string(hide_password=True)


def _once(columns: Sequence[ReflectedColumn]) -> Iterator[Column[Any]]:
    """The columns, each name once whatever its case."""
    seen = set()
    for column in columns:
        name = column["name"]
        if name.lower() not in seen:
            seen.add(name.lower())
            yield Column(name, column["type"])


def _url(place: str) -> URL:
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        raise ExtractError(
            "this is no URL of a database: write it as postgresql://user@host/database, "
            "mssql+pyodbc://… or oracle+oracledb://…"
        ) from None
    if "@" in (url.host or ""):  # the end of the password, which would be shown
        raise ExtractError("this is no URL of a database: write an @ in the password as %40")
    return url


def _engine(url: URL, server: Server) -> Engine:
    own = False
    try:
        own = url.get_driver_name() == server.driver
        return create_engine(
            url, poolclass=NullPool, connect_args=dict(server.arguments) if own else {}
        )
    except NoSuchModuleError:
        raise ExtractError(
            f"{shown(url)}: databases that can be read are {', '.join(SERVERS)}"
        ) from None
    except ModuleNotFoundError as error:
        raise ExtractError(f"{shown(url)}: {error.name} is not installed") from None


def _password(file: str) -> str:
    try:
        return Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "is no text in UTF-8"
        raise ExtractError(f"password_file: {file}: {said}") from None
