"""Rows of the changelog of facts: a fact's, and those that say something of a partition."""

from casepulse.schemas.stored import check_number

#: The row that claims a partition: its offset in the changelog ranks the partition's owners.
CLAIM = b"\x00claim"

#: The row that says how far a partition was read, where the last events left no row of their own.
MARK = b"\x00read"

#: The first row of a partition: where it is missing, so are others, for the changelog was deleted
#: under a worker that had read all before.
BEGUN = b"\x00begun"

#: The row that keeps the latest tick of a partition's clock.
CLOCK = b"\x00clock"

_OFFSET_BYTES = 8

#: The number of the format in which rows are written. No offset needs the first of its eight bytes:
#: it holds the number, less one, so that rows from before there were numbers are in format 1.
ROW_FORMAT = 1


def row_key(subject: str, source: str, event_id: str) -> bytes:
    """The key of a fact's row. None of the three parts can hold a space."""
    return f"{subject} {source} {event_id}".encode()


def row_value(offset: int, event: bytes) -> bytes:
    """The value of a row: where the event stood in its partition, then the event. Never empty,
    for Faust drops a row that is falsy when it follows a deleted one in the same batch."""
    return offset.to_bytes(_OFFSET_BYTES, "big") + event


def read_row(value: bytes) -> tuple[int, bytes]:
    """The offset and the event of a row's value.

    Raises:
        StoredError: a later version has written it.
    """
    check_number("a row of the changelog", value[0] + 1, ROW_FORMAT)
    return int.from_bytes(value[:_OFFSET_BYTES], "big"), value[_OFFSET_BYTES:]
