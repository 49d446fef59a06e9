"""Looks at a file before anybody opens it as a workbook: what it is, and what it would unpack to.

A workbook is a zip archive of XML. Its directory says how large each part will be, so that one
made to fill a memory is refused unopened. No workbook has a document type, which is where an
XML's own entities are defined; so one that has is refused, too.
"""

from pathlib import Path
from typing import IO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from casepulse.streams.sources.extract import ExtractError

#: The most that a workbook may unpack to, in bytes: some thirty times a large county's.
LARGEST = 256 * 1024 * 1024

#: How many times its size a part of some size may unpack to. Rows that are alike reach a hundred.
RATIO, OF_SOME_SIZE = 300, 4 * 1024 * 1024

#: How the names of workbooks end, of those that can't be opened, too.
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb")

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BLOCK = 64 * 1024

_SAVE = "open it in Excel and save it as a workbook (.xlsx)"


def is_workbook(path: Path) -> bool:
    """Whether a file is to be opened as a workbook; if not, it may be a list as CSV.

    Raises:
        ExtractError: it can't be read, or it is one that can't be opened.
    """
    try:
        with path.open("rb") as file:
            begins = file.read(len(_OLE))
    except OSError as error:
        raise ExtractError(f"{path}: {error.strerror}") from None
    if begins == _OLE:
        raise ExtractError(
            f"{path}: is an old workbook (.xls), or one with a password; {_SAVE}, without a "
            "password"
        )
    if not begins.startswith(_ZIP):
        if path.suffix.lower() in WORKBOOKS:
            raise ExtractError(f"{path}: is no workbook, whatever its name says; {_SAVE}")
        return False
    _check(path)
    return True


def _check(path: Path) -> None:
    """See that an archive can be opened.

    Raises:
        ExtractError: it is damaged, no workbook, unpacks to too much, or has a document type.
    """
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
            _check_sizes(path, parts)
            if "xl/workbook.xml" not in archive.namelist():
                raise ExtractError(f"{path}: is no workbook that can be read; {_SAVE}")
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        _check_prolog(path, file)
    except ExtractError:
        raise
    except (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError):
        raise ExtractError(f"{path}: is cut short or damaged; copy it again, or {_SAVE}") from None


def _check_sizes(path: Path, parts: list[ZipInfo]) -> None:
    whole = sum(part.file_size for part in parts)
    too_tight = any(
        part.file_size > OF_SOME_SIZE and part.file_size > RATIO * max(part.compress_size, 1)
        for part in parts
    )
    if whole > LARGEST or too_tight:
        raise ExtractError(
            f"{path}: would unpack to {whole:,} bytes, far more than lists do, and was not opened; "
            "if it is what it says, copy the lists into a new workbook"
        )


class _SeenError(Exception):
    """The beginning of a document is over."""


def _check_prolog(path: Path, file: IO[bytes]) -> None:
    """Look at what stands before a document's first element, and no further."""

    def refuse(*_: object) -> None:
        raise ExtractError(f"{path}: has a document type in it, as no workbook does; {_SAVE}")

    def seen(*_: object) -> None:
        raise _SeenError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, seen
    try:
        while block := file.read(_BLOCK):
            parser.Parse(block)
    except (_SeenError, expat.ExpatError):
        return  # what is no XML, whoever reads it will say
