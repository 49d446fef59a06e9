"""Another version of casepulse beside this one: its files, taken from the repository's history.

Everything of it runs in processes of its own, from its own files, in this environment.
"""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from casepulse.schemas.envelope import Event
from casepulse.schemas.events import write_event
from casepulse.streams.settings import Settings
from tests import services
from tests.running import WorkerProcess, environment_of, is_tick, program_for
from tests.waiting import PATIENCE

#: The commit that upgrades begin at, and downgrades go back to.
BEFORE = os.environ.get("CASEPULSE_VERSION_BEFORE", "83577dc")

#: Waits for the view that this version makes of so many messages as at an instant; prints its
#: cells. A view that it can't read is another version's.
_LOOK = """
import json, sys, time
from casepulse.agents.redis_view import read_view
from casepulse.state import open_catalogue
from casepulse.state.viewing import definitions_version
from casepulse.streams.settings import Settings

settings = Settings.from_environment()
ours = definitions_version(open_catalogue(settings.profile))
count, at, until = int(sys.argv[1]), sys.argv[2], time.monotonic() + float(sys.argv[3])
said = "no view"
while time.monotonic() < until:
    try:
        view = read_view(settings)
    except ValueError as error:
        view, said = None, f"a view that can't be read: {type(error).__name__}"
    if view is not None:
        said = str(view.meta)
        read = sum(offset + 1 for offset in view.meta.read_to.values())
        whole = view.meta.partitions_counted == settings.partitions
        there = (read, view.meta.as_of.isoformat(), view.meta.definitions)
        if whole and there == (count, at, ours):
            print(json.dumps([cell.model_dump(mode="json") for cell in view.cells()]))
            sys.exit()
    time.sleep(0.1)
sys.exit(f"the last view: {said}")
"""

_Cells = list[dict[str, Any]]


@dataclass(frozen=True)
class Version:
    """A version of casepulse, as the files of a folder."""

    name: str
    tree: Path

    @classmethod
    def of_commit(cls, commit: str, folder: Path) -> "Version":
        """That of a commit. Skipped, or failed, where the history is not there."""
        packed = subprocess.run(
            ["git", "archive", "--format=tar", commit],
            cwd=services.ROOT,
            capture_output=True,
            check=False,
        )
        if packed.returncode:
            services.missing(
                f"Commit {commit} is not in this clone, or there is no git: upgrades are tried "
                "from it. Fetch the whole history: git fetch --unshallow"
            )
        folder.mkdir()
        with tarfile.open(fileobj=BytesIO(packed.stdout)) as files:
            files.extractall(folder, filter="data")
        return cls(commit, folder)

    @classmethod
    def ours(cls) -> "Version":
        """This one."""
        return cls("this version", services.ROOT)

    def worker(self, settings: Settings, log: Path) -> WorkerProcess:
        """A worker of it."""
        return WorkerProcess(settings, log, tree=self.tree)

    def command(self, settings: Settings, *arguments: str) -> str:
        """What a command of it prints.

        Raises:
            RuntimeError: it failed, with what it said.
        """
        return self._run(settings, "-m", "casepulse", *arguments)

    def batch(self, settings: Settings, facts: Iterable[Event[Any]], at: datetime) -> _Cells:
        """Every cell of its own batch."""
        lines = b"\n".join(write_event(event) for event in facts if not is_tick(event))
        told = self._run(
            settings,
            *("-m", "casepulse", "evaluate", "-", "--at", at.isoformat(), "--format", "json"),
            given=lines,
        )
        return [json.loads(line) for line in told.splitlines()]

    def view(self, settings: Settings, count: int, at: datetime) -> _Cells:
        """Every cell of the view that it makes of so many messages.

        Raises:
            RuntimeError: none came in time, with what the last one was.
        """
        look = program_for(self.tree, _LOOK)
        told = self._run(settings, "-c", look, str(count), at.isoformat(), str(PATIENCE))
        found: _Cells = json.loads(told)
        return found

    def _run(self, settings: Settings, *arguments: str, given: bytes = b"") -> str:
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.tree,
            env=environment_of(settings, self.tree),
            input=given,
            capture_output=True,
            check=False,
        )
        if ran.returncode:
            raise RuntimeError(f"{self.name}: {ran.stderr.decode()[-2000:]}")
        return ran.stdout.decode()


class Crew:
    """Workers of any version, which are gone at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._all: list[WorkerProcess] = []

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for worker in self._all:
            with suppress(ProcessLookupError):
                worker.kill()
            if kind is not None:
                sys.stderr.write(f"--- {worker.log.name}\n{worker.log.read_text()[-3000:]}\n")

    def join(self, version: Version, settings: Settings) -> WorkerProcess:
        """Start a worker of a version."""
        number = len(self._all)
        worker = version.worker(settings, self._folder / f"{number}-{version.name}.log")
        self._all.append(worker)
        return worker
