"""Text in whichever encoding its first bytes name.

Windows' own tools put a mark before a file's first line, and save "Unicode" as UTF-16. Read as
plain UTF-8 the mark would cost the first event, and UTF-16 all of them.
"""

import codecs
import io
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import BinaryIO

#: What a text may begin with, and what it then is in. UTF-32's mark begins as UTF-16's does.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_LONGEST = max(len(mark) for mark, _ in _MARKS)

_BLOCK = 64 * 1024


def _marked(first: bytes) -> tuple[bytes, str]:
    return next((each for each in _MARKS if first.startswith(each[0])), (b"", "utf-8"))


def in_utf8(content: bytes) -> bytes:
    """A text in UTF-8, without a mark. Where it can't be decoded it holds `\\x..`."""
    mark, encoding = _marked(content)
    rest = content.removeprefix(mark)
    return rest if encoding == "utf-8" else rest.decode(encoding, "backslashreplace").encode()


def encoding_of(file: BinaryIO) -> str:
    """What a text is in: what its first bytes name, as those of XML in UTF-16 do without a mark;
    else UTF-8 if all of it is that, else cp1252, which is what Windows' tools wrote before. What
    an XML says of itself is not asked: it is often wrong.

    Args:
        file: at its beginning, and there again afterwards.
    """
    first = file.read(_LONGEST)
    file.seek(0)
    mark, encoding = _marked(first)
    if mark:
        return "utf-8-sig" if encoding == "utf-8" else encoding.rpartition("-")[0]
    if first[:2] in (b"<\0", b"\0<"):
        return "utf-16-le" if first[:1] == b"<" else "utf-16-be"
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in iter(partial(file.read, _BLOCK), b""):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        encoding = "cp1252"
    file.seek(0)
    return encoding


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Each line in UTF-8, its end included, without the mark.

    What can't be decoded is written out as `\\x..`, which is no JSON anywhere: so such a line is
    told as bad by whoever reads it, and the lines around it are read.

    Args:
        file: at its beginning; it need not be one that can be wound back.
    """
    first = file.read(_LONGEST)
    mark, encoding = _marked(first)
    rest = first.removeprefix(mark)
    if encoding == "utf-8":  # as it stands: whoever reads a line says what is wrong in it
        yield from io.BytesIO(rest + file.readline())
        yield from file
        return
    decoder = codecs.getincrementaldecoder(encoding)("backslashreplace")
    unended = ""
    for block in chain((rest,), iter(partial(file.read, _BLOCK), b"")):
        *whole, unended = (unended + decoder.decode(block)).split("\n")
        yield from (f"{line}\n".encode() for line in whole)
    if last := unended + decoder.decode(b"", final=True):
        yield last.encode()
