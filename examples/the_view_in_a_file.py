"""A worker whose view goes into a JSON file, and not into Redis: it is written whole and renamed.

casepulse topics --create
python examples/the_view_in_a_file.py view.json
"""

import asyncio
import os
import sys
from pathlib import Path

from casepulse.agents.view_sink import SinkError
from casepulse.agents.worker import Worker
from casepulse.schemas.view import View
from casepulse.streams.settings import Settings


class JsonFile:
    """A sink: whoever opens the file finds one view, all of it."""

    name = "the file"

    def __init__(self, path: Path) -> None:
        self._path = path

    async def show(self, view: View) -> bool:
        """Write it in the place of the one before, unless that is newer."""
        try:
            return await asyncio.to_thread(self._write, view)
        except (OSError, ValueError) as error:
            raise SinkError(str(error)) from error

    def _write(self, view: View) -> bool:
        if self._path.exists():
            stands = View.model_validate_json(self._path.read_bytes())
            if stands.meta.version > view.meta.version:
                return False
        part = self._path.with_suffix(f".{os.getpid()}")
        part.write_text(view.model_dump_json(), "utf-8")
        part.replace(self._path)
        return True


if __name__ == "__main__":
    sys.exit(Worker(Settings.from_environment(), sink=JsonFile(Path(sys.argv[1]))).run())
