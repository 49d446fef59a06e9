"""The sources whose extracts can be read, each by its name.

A reader is a function from a `Request` to an `Extract`. It is imported when it is asked for: what
it needs to read workbooks or databases is not there for those who don't.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from casepulse.schemas.errors import FailedError
from casepulse.streams.sources.account import BadRow
from casepulse.streams.sources.extract import Extract, ExtractError, Request


@dataclass(frozen=True, slots=True)
class Reader:
    """Where a source's extracts are read, and what they are, in words."""

    name: str
    module: str
    what: str
    databases: bool = False
    """Whether the place may be a database's URL."""

    def read(self, request: Request) -> Extract:
        """What an extract says.

        Raises:
            casepulse.streams.sources.extract.ExtractError: it is no extract of the source.
        """
        if request.in_database and not self.databases:
            # it may hold a password, and is not said again
            raise ExtractError(f"{self.name}: is read from files, not from a URL; give {self.what}")
        read: Callable[[Request], Extract] = import_module(self.module).read
        return read(request)

    def against(self, schema: Path, place: str) -> list[BadRow]:
        """What a schema, of whoever collects the extracts, finds wrong with one. Nothing is refused
        by it: it names the lines to a person.

        Raises:
            FailedError: the source has no schemas, or one of the two can't be read.
        """
        check = getattr(import_module(self.module), "check", None)
        if check is None:
            raise FailedError(f"{self.name}: its extracts have no schema to be checked against")
        wrong: list[BadRow] = check(Path(place), schema)
        return wrong


_HERE = __name__.rpartition(".")[0]

#: Those that may lie in a database.
_IN_DATABASES = frozenset({"ssd"})

READERS: Mapping[str, Reader] = {
    name: Reader(name, f"{_HERE}.{module}", what, name in _IN_DATABASES)
    for name, module, what in (
        ("ssd", "ssd", "a folder of the CSV files ssd_*.csv of the Standard Safeguarding Dataset"),
        ("annex-a", "annex_a", "a workbook of Ofsted's Annex A, or a folder of its lists"),
        ("dfe-payload", "dfe_payload", "the daily payload to the DfE: a file or folder of JSON"),
        ("ssda903", "ssda903", "a folder of the CSV files of the DfE's SSDA903 return, or its XML"),
        (
            "cin-census",
            "cin_census",
            "the XML file of the DfE's children in need census, or its folder",
        ),
    )
}


def reader_of(source: str) -> Reader:
    """The reader of a source.

    Raises:
        FailedError: there is none.
    """
    try:
        return READERS[source]
    except KeyError:
        known = ", ".join(READERS)
        raise FailedError(f"{source}: extracts of it can't be read; there are: {known}") from None
