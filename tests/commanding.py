"""Runs command lines in the test's own process."""

import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from casepulse.commands import _parser, application
from casepulse.streams.settings import PREFIX


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    error: str

    def lines(self) -> list[Any]:
        """The JSON lines that it printed."""
        return [json.loads(line) for line in self.out.splitlines()]

    def said(self) -> str:
        """What it said beside its output, wherever the terminal broke its lines."""
        return " ".join(self.error.replace("│", " ").split())


Run = Callable[..., Ran]


def runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line in this process, with its standard input, as `casepulse` itself does."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str | Path, given: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        capsys.readouterr()
        status = 0
        try:
            application(lambda: _parser([str(each) for each in arguments], prog_name="casepulse"))
        except SystemExit as ended:
            status = int(ended.code or 0)
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    return run
