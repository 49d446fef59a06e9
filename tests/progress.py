"""Notes for `tests.parts` how far pytest is, in the file that CASEPULSE_PROGRESS names; and
runs each test CASEPULSE_TIMES times, if that is set.

A plugin: `-p tests.progress`. With xdist, what counts is what its controller hears.
"""

import json
import os
from pathlib import Path

import pytest

_FILE = os.environ.get("CASEPULSE_PROGRESS")
_TIMES = int(os.environ.get("CASEPULSE_TIMES", "1"))


class Progress:
    """Counts the tests that are done."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._done = self._count = 0
        self._failed: list[str] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Without xdist."""
        self._count = max(self._count, len(session.items))
        self._note()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: list[str]) -> None:
        """With it: each process collects them all."""
        self._count = max(self._count, len(ids))
        self._note()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test was set up, has run, or was cleared up after."""
        if report.failed:
            self._failed.append(f"{report.nodeid} ({report.when})")
        if report.when == "teardown":
            self._done += 1
        if report.failed or report.when == "teardown":
            self._note()

    def _note(self) -> None:
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps([self._done, self._count, self._failed]), "utf-8")
        part.replace(self._file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Round after round: what a test leaves behind meets all others before it meets itself."""
    items[:] = items * _TIMES


def pytest_configure(config: pytest.Config) -> None:
    """Not in xdist's own processes, which tell their controller."""
    if _FILE and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(Path(_FILE)))
