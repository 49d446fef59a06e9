"""Where a return lies: a folder of CSV files or its XML, each known by what stands in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from casepulse.streams.sources.extract import ExtractError
from casepulse.streams.sources.ssda903.columns import Layouts
from casepulse.streams.sources.ssda903.csv_file import read_csv
from casepulse.streams.sources.ssda903.table import Table

#: Excel saves "Unicode text" under the second name.
_OF_LINES = frozenset({".csv", ".txt", ".tsv"})


@dataclass(slots=True)
class Found:
    """What a place holds of a return."""

    tables: dict[str, Table] = field(default_factory=dict)
    """By kind."""
    notes: list[str] = field(default_factory=list)
    """Files that are missing or are none of a return's, and elements."""


def find_tables(place: Path, layouts: Layouts) -> Found:
    """The files of a return, or the kinds of element of its XML, taken apart.

    Raises:
        ExtractError: there is nothing, or nothing of a return; two files hold the same; or an XML
            can't be read to its end.
    """
    names = ", ".join(f"{kind}.csv" for kind in layouts)
    if not place.exists():
        raise ExtractError(
            f"{place}: is not there; give a folder that holds {names}; or the return as XML"
        )
    found, unknown = Found(), []
    paths = sorted(place.iterdir()) if place.is_dir() else [place]
    for path in (each for each in paths if each.is_file()):
        known = False
        for table in _tables_in(path, layouts, found):
            known = True
            other = found.tables.setdefault(table.kind, table)
            if other is not table:
                raise ExtractError(
                    f"{place}: {other.file} and {table.file} both hold {table.kind}; leave the one "
                    "that is meant"
                )
        if not known:
            unknown.append(path.name)
    if not found.tables:
        raise ExtractError(f"{place}: holds none of the files of an SSDA903 return: {names}")
    missing = [f"{kind}.csv" for kind in layouts if kind not in found.tables]
    lacking = [
        f"{table.file}: {column} is missing, and was read as blank"
        for table in found.tables.values()
        for column in sorted(table.lacks)
        if not table.faults
    ]
    if unknown:
        found.notes.append(f"not read, for it is no file of the return: {', '.join(unknown)}")
    if missing:
        found.notes.append(f"missing: {', '.join(missing)}")
    found.notes += lacking
    return found


def _tables_in(path: Path, layouts: Layouts, found: Found) -> Iterator[Table]:
    suffix = path.suffix.lower()
    try:
        if suffix == ".xml":
            # Who reads CSV alone can do without lxml.
            from casepulse.streams.sources.ssda903.xml_file import read_xml  # noqa: PLC0415

            tables = read_xml(path, layouts)
            if tables is not None:
                found.notes += tables[1]
                yield from tables[0]
        elif suffix in _OF_LINES:
            table = read_csv(path, layouts)
            if table is not None:
                yield table
    except OSError as error:
        raise ExtractError(f"{path}: {error.strerror}") from None
