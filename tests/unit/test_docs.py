"""What the tutorial and the how-tos say is run, from top to bottom, in an empty folder."""

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests import services
from tests.services import ROOT

DOCS = ROOT / "docs"

#: By page, something that its last commands print.
PAGES = {
    "how-to/another-council.md": "Northshire, made up",
    "how-to/comparators.md": '"basis": "median of 8 of 10 published"',
    "how-to/excel-and-power-bi.md": ".parquet",
    "how-to/restate-a-month.md": "2021-01/2-restated",
    "how-to/an-alert.md": "SUCCESS",
    "how-to/a-later-return.md": '"locality":"county","numerator":1,',
    "how-to/follow.md": '"extract": "2018-07-03"',
    "how-to/every-night.md": '"locality":"county","numerator":1,',
    "how-to/what-feeds-the-county.md": '"not_in_sources": []',
}

#: The same of those that run a worker (tests/embedded/test_tutorial.py).
LIVE_PAGES = {
    "tutorial.md": "the stream says what the batch says",
    "how-to/your-own-measure.md": "Timeliness of writing up visits",
    "how-to/from-your-ssd-to-a-live-page.md": '"locality":"North","numerator":1,"denominator":1',
}


def run_page(page: str, folder: Path) -> str:
    """What the blocks of a page print, each run by `sh` and stopped at the first that fails."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", (DOCS / page).read_text("utf-8"), re.M | re.S)
    assert blocks, page
    commands = folder / "commands"
    commands.mkdir()
    script = f'#!/bin/sh\nexec {sys.executable} -m casepulse "$@"\n'
    (commands / "casepulse").write_text(script)
    (commands / "casepulse").chmod(0o755)
    path = os.pathsep.join([str(commands), os.environ.get("PATH", "/usr/bin")])
    with (folder / "said").open("w+") as said, (folder / "complained").open("w+") as complained:
        shell = subprocess.Popen(
            ["sh", "-e", "-c", "\n".join(blocks)],
            cwd=folder,
            env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "120"},
            stdout=said,
            stderr=complained,
            start_new_session=True,
        )
        try:
            status = shell.wait()
        finally:  # a page that fails half-way has not stopped what it started
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGTERM)
        told = [(said.seek(0), said.read())[1], (complained.seek(0), complained.read())[1]]
    assert status == 0, "\n".join([page, *(each[-2000:] for each in told)])
    return told[0]


def follow(page: str, folder: Path) -> None:
    """Run a page to its end."""
    if "promtool" in (DOCS / page).read_text("utf-8") and not shutil.which("promtool"):
        services.missing("promtool is not here; it comes with Prometheus")
    assert {**PAGES, **LIVE_PAGES}[page] in run_page(page, folder)


@pytest.mark.parametrize("page", PAGES)
def test_a_how_to_can_be_followed(page: str, tmp_path: Path) -> None:
    follow(page, tmp_path)


def test_every_how_to_is_followed() -> None:
    there = {path.relative_to(DOCS).as_posix() for path in (DOCS / "how-to").glob("*.md")}
    assert there | {"tutorial.md"} == PAGES.keys() | LIVE_PAGES.keys()


def test_every_link_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        prose = re.sub(r"`[^`\n]*`", "", page.read_text("utf-8"))
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", prose):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
