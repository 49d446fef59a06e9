"""The last nights of a source, in a file beside its state: Redis shows a copy of it."""

from datetime import datetime

from casepulse.batch.archive_index import place_of
from casepulse.schemas.followed import FOLLOWED, Followed
from casepulse.schemas.stored import StoredError
from casepulse.streams.committed import SourceError
from casepulse.streams.whole_objects import put_whole

FILE = "nights.json"


class KeptNights:
    """Where they lie.

    Args:
        url: the source's state: its directory, or the URL of its folder in an object store.
        source: whose.
    """

    def __init__(self, url: str, source: str) -> None:
        self._system, self._path = place_of(url)
        self._source = source

    def read(self, now: datetime) -> Followed:
        """What is kept; of a source that was never followed, that nothing has come.

        Raises:
            SourceError: it is that of another source, of a later version, or can't be read.
        """
        file = f"{self._path}/{FILE}"
        try:
            kept = FOLLOWED.read(self._system.cat_file(file))
        except FileNotFoundError:
            return Followed(source=self._source, looked=now)
        except StoredError as error:
            raise SourceError(f"{file}: {error}") from None
        if kept.source != self._source:
            raise SourceError(f"{file}: is of {kept.source}, and not of {self._source}")
        return kept

    def keep(self, followed: Followed) -> None:
        """Put this in its place.

        Raises:
            OSError: it can't be written; the error names it.
        """
        self._system.makedirs(self._path, exist_ok=True)
        put_whole(self._system, f"{self._path}/{FILE}", FOLLOWED.write(followed.model_dump_json()))
