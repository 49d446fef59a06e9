"""Archives that are the same bytes whenever they are made."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

#: The first instant that a zip archive can tell.
_NO_DAY = (1980, 1, 1, 0, 0, 0)


def undated(archive: bytes, changed: Mapping[str, bytes]) -> bytes:
    """A zip archive without the times at which its files were put in it.

    Args:
        archive: the archive.
        changed: files of it whose content is to be another, by name.
    """
    made = BytesIO()
    with ZipFile(BytesIO(archive)) as old, ZipFile(made, "w") as new:
        for file in old.infolist():
            kept = ZipInfo(file.filename, _NO_DAY)
            # OpenDocument wants its `mimetype` stored as it is, so that it can be told by it.
            stored = file.compress_type == ZIP_STORED
            kept.compress_type = ZIP_STORED if stored else ZIP_DEFLATED
            content = changed.get(file.filename)
            new.writestr(kept, old.read(file) if content is None else content)
    return made.getvalue()
