"""What the servers differ in that a Standard Safeguarding Dataset lies on: how all of it is read as
at one instant, how a table that was emptied meanwhile is noticed, and what their errors mean."""

import re
from collections.abc import Hashable, Mapping
from enum import Enum, auto
from typing import Any, ClassVar

from sqlalchemy import Connection, Table, bindparam, func, select, text
from sqlalchemy.exc import DBAPIError

#: Seconds to wait for an answer to the first call, and for a table that is being refilled.
CALLING, WAITING = 30, 60


class Trouble(Enum):
    """Why a database could not be read to its end."""

    FORBIDDEN = auto()
    LOCKED = auto()
    CHANGED = auto()
    AWAY = auto()
    OTHER = auto()


class Server:
    """A server of no kind that is known here: it is taken to give no snapshot to who reads."""

    driver = ""
    """The one that an extra brings."""
    arguments: ClassVar[Mapping[str, Any]] = {}
    """What that is given to connect."""
    troubles: ClassVar[Mapping[str, Trouble]] = {}
    """By the code of an error, what it means."""

    def options(self, connection: Connection) -> dict[str, Any]:
        """How the transaction is to be, as SQLAlchemy's options of a connection."""
        return {}

    def begin(self, connection: Connection) -> None:
        """What the transaction begins with."""

    def note(self, connection: Connection) -> str | None:
        """What a person should know of how it is read; None: nothing."""
        return (
            "the database gives no snapshot to who reads: that nothing changed meanwhile is known "
            "by each table's number of rows alone"
        )

    def mark(self, connection: Connection, table: Table) -> Hashable:
        """What is another once the table was emptied or filled: here the number of its rows."""
        return connection.scalar(select(func.count()).select_from(table))

    def trouble(self, error: DBAPIError) -> Trouble:
        """What an error means."""
        found = [self.troubles[code] for code in _codes(error) if code in self.troubles]
        if found:
            return found[0]
        return Trouble.AWAY if error.connection_invalidated else Trouble.OTHER


class PostgreSQL(Server):
    """PostgreSQL. Of a table that is truncated its snapshot is empty, without an error: TRUNCATE
    is not of its versions. A table that was truncated, or made anew, lies in another file."""

    driver = "psycopg"
    arguments: ClassVar = {
        "connect_timeout": CALLING,
        "keepalives_idle": CALLING,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
    troubles: ClassVar = {
        "42501": Trouble.FORBIDDEN,
        "55P03": Trouble.LOCKED,
        "42P01": Trouble.CHANGED,
        "57P01": Trouble.AWAY,
        "57P02": Trouble.AWAY,
        "57P03": Trouble.AWAY,
    }

    #: The files of a table, and of all that stands beneath it if it is a view or has partitions.
    _FILES = text(
        """
        WITH RECURSIVE beneath(oid) AS (
            SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = :schema AND c.relname = :name
            UNION
            SELECT next.oid FROM beneath b CROSS JOIN LATERAL (
                SELECT d.refobjid FROM pg_rewrite r JOIN pg_depend d
                ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                AND d.refclassid = 'pg_class'::regclass
                WHERE r.ev_class = b.oid
                UNION ALL SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = b.oid
            ) next(oid)
        )
        SELECT oid, pg_relation_filenode(oid) FROM beneath ORDER BY oid
        """
    ).bindparams(bindparam("schema"), bindparam("name"))

    def options(self, connection: Connection) -> dict[str, Any]:
        """One snapshot, from the first SELECT on."""
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def begin(self, connection: Connection) -> None:
        """Don't wait for ever for who refills a table; what has an offset is told in local time."""
        connection.execute(text(f"SET LOCAL lock_timeout = '{WAITING}s'"))
        connection.execute(text("SET LOCAL TIME ZONE 'Europe/London'"))

    def note(self, connection: Connection) -> str | None:
        """Nothing."""
        return None

    def mark(self, connection: Connection, table: Table) -> Hashable:
        """Its files. The function tells of now, whatever the snapshot is of."""
        named = {"schema": table.schema, "name": table.name}
        return tuple(tuple(row) for row in connection.execute(self._FILES, named))


class SQLServer(Server):
    """SQL Server. In a snapshot it refuses, with an error, a table that was truncated meanwhile."""

    driver = "pyodbc"
    arguments: ClassVar = {"timeout": CALLING}
    troubles: ClassVar = {
        "229": Trouble.FORBIDDEN,
        "1222": Trouble.LOCKED,
        "3961": Trouble.CHANGED,
        "3960": Trouble.CHANGED,
        "208": Trouble.CHANGED,
    }

    def options(self, connection: Connection) -> dict[str, Any]:
        """A snapshot, if the database allows it."""
        return {"isolation_level": "SNAPSHOT"} if self._allowed(connection) else {}

    def begin(self, connection: Connection) -> None:
        """Don't wait for ever for who refills a table."""
        connection.execute(text(f"SET LOCK_TIMEOUT {WAITING * 1000}"))

    def note(self, connection: Connection) -> str | None:
        """What to do where there is no snapshot."""
        if self._allowed(connection):
            return None
        return (
            "the database does not allow snapshots (ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION "
            "ON): that nothing changed meanwhile is known by each table's number of rows alone"
        )

    def mark(self, connection: Connection, table: Table) -> Hashable:
        """The number of its rows; in a snapshot the server itself watches."""
        return None if self._allowed(connection) else super().mark(connection, table)

    def _allowed(self, connection: Connection) -> bool:
        asked = "SELECT snapshot_isolation_state FROM sys.databases WHERE name = DB_NAME()"
        return bool(connection.scalar(text(asked)) == 1)


class Oracle(Server):
    """Oracle. In a transaction that only reads it refuses a table that was truncated meanwhile."""

    driver = "oracledb"
    arguments: ClassVar = {"tcp_connect_timeout": CALLING, "expire_time": 1}
    troubles: ClassVar = {
        "ORA-00942": Trouble.FORBIDDEN,
        "ORA-01031": Trouble.FORBIDDEN,
        "ORA-00054": Trouble.LOCKED,
        "ORA-01466": Trouble.CHANGED,
        "ORA-08103": Trouble.CHANGED,
        "ORA-01410": Trouble.CHANGED,
        "ORA-01555": Trouble.CHANGED,
    }

    def begin(self, connection: Connection) -> None:
        """One snapshot."""
        connection.execute(text("SET TRANSACTION READ ONLY"))

    def note(self, connection: Connection) -> str | None:
        """Nothing."""
        return None

    def mark(self, connection: Connection, table: Table) -> Hashable:
        """Nothing: the server itself watches."""
        return None


#: By the name of SQLAlchemy's dialect. Of a driver that is not the dialect's own nothing is known.
SERVERS: Mapping[str, type[Server]] = {
    "postgresql": PostgreSQL,
    "mssql": SQLServer,
    "oracle": Oracle,
}


def _codes(error: DBAPIError) -> list[str]:
    """The codes of an error: psycopg has one beside it, others have theirs in the words."""
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return [state]
    return [
        each[0].lstrip("(") for each in re.finditer(r"ORA-\d{5}|\(\d+(?=[,)])", str(error.orig))
    ]
