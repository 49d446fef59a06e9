"""Whether an extract lies in a database, and the way in."""

from importlib import import_module

from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.extract import ExtractError
from casepulse.streams.sources.ssd.tables import Tables

#: By the beginning of a URL, the driver that an extra brings. It is imported first: its name leads
#: to the extra, and that brings the rest.
_DRIVERS = {"postgresql": "psycopg", "mssql": "pyodbc", "oracle": "oracledb"}


def in_database(place: str, settings: ExtractSettings) -> Tables:
    """The tables of a database.

    Args:
        place: its URL.
        settings: what the profile says of it.

    Raises:
        ExtractError: it is no URL of a database, or its driver lacks something.
        ModuleNotFoundError: the driver that an extra brings is not installed.
    """
    kind, _, driver = place.partition(":")[0].partition("+")
    needed = _DRIVERS.get(kind)
    if needed is not None and driver in ("", needed):
        try:
            import_module(needed)
        except ModuleNotFoundError:
            raise
        except ImportError as error:  # pyodbc's, where the system has no ODBC
            raise ExtractError(
                f"{needed} can't be used: {error}. It needs a library of the system; for SQL "
                "Server that is its ODBC (Debian: unixodbc), and Microsoft's driver, msodbcsql18"
            ) from None
    from casepulse.streams.sources.ssd.database_tables import (  # noqa: PLC0415  an extra brings it
        DatabaseTables,
    )

    return DatabaseTables(place, settings)
