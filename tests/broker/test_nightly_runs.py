"""Night after night on real Kafka, while a worker runs: `casepulse sources run --publish`."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from casepulse.batch.told_store import FILE, TELLING
from casepulse.streams.settings import Settings
from casepulse.streams.ticks import ticks
from tests.bad_days import BadDay, messages_of
from tests.running import installation, oracle, send_tick, wait_until_read, workers
from tests.unit.test_ssda903 import HEADERS

pytestmark = pytest.mark.broker

#: How many events Kafka has of a run when it is killed.
_KILLED_AFTER = 3

#: The command, in a process that is killed once Kafka has acknowledged so many.
_KILLED = f"""
import os, signal
from casepulse.commands import application
from casepulse.streams.publishing import Publisher

send, left = Publisher.send, {_KILLED_AFTER}

def dying(self, *event):
    global left
    if left == 0:
        self.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    send(self, *event)

Publisher.send = dying
application()
"""


def _return(folder: Path, name: str, left: range, children: int = 24) -> Path:
    """A return of children in care, of whom some have left; of one another code is known now."""
    here = folder / name
    here.mkdir()
    rows = [
        f"{child},01/05/2017,S,C2,N1,U1,PR1,"
        + (f"{child:02}/06/2017,E4A,,,," if child in left else ",,,,,")
        for child in range(1, children + 1)
    ]
    (here / "episodes.csv").write_text("\n".join([HEADERS["episodes"], *rows]) + "\n")
    return here


def _casepulse(settings: Settings, *command: object, program: str | None = None) -> str:
    """What a command says beside its output. Its status is in front."""
    ran = subprocess.run(
        [
            sys.executable,
            *(["-c", program] if program else ["-m", "casepulse"]),
            *map(str, command),
        ],
        env=settings.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == ""
    return f"{ran.returncode} {ran.stderr}"


def test_a_night_that_is_killed_is_told_to_its_end_by_the_next_and_a_lost_state_comes_back(
    kafka_address: str, redis_url: str, tmp_path: Path, bad_day: BadDay
) -> None:
    settings = installation(kafka_address, redis_url, "nights")
    state = tmp_path / "state"
    run = ("sources", "run", "ssda903")
    kept = ("--state", state, "--publish", "--taken")
    first = _return(tmp_path, "1", range(0))
    second = _return(tmp_path, "2", range(1, 11))
    third = _return(tmp_path, "3", range(5, 13))

    with workers(settings, tmp_path):
        told = _casepulse(settings, *run, first, *kept, "2018-07-02")
        assert told.startswith("0 ")
        assert "72 events published and acknowledged" in told

        killed = _casepulse(settings, *run, second, *kept, "2018-07-03", program=_KILLED)
        assert killed.startswith("-9 ")
        assert (state / TELLING).exists()
        assert sum(map(len, messages_of(settings).values())) == 72 + _KILLED_AFTER

        told = _casepulse(settings, *run, third, *kept, "2018-07-04")
        assert told.startswith("0 ")
        assert "the rest of it was told first" in told
        assert "6 events published and acknowledged" in told

        events = [event for each in messages_of(settings).values() for event in each]
        at = datetime(2018, 7, 4, tzinfo=UTC)
        sent = len(events) + send_tick(settings, next(ticks([at], "scheduler", "tick")))
        view = wait_until_read(settings, sent, at)
    # 72 of the first night, 3 and all 10 of the second, and of the third 2 more that left and 4
    # that had not
    assert len(events) == 72 + _KILLED_AFTER + 10 + 6
    bad_day.same("a nightly run killed", view, oracle(events, at), sent)

    again = tmp_path / "again"
    rebuilt = _casepulse(settings, "sources", "rebuild", "ssda903", "--state", again)
    assert rebuilt.startswith("0 ")
    assert "ssda903 has told 84 facts, of which 80 hold" in rebuilt
    assert pq.read_table(again / FILE).equals(pq.read_table(state / FILE))
