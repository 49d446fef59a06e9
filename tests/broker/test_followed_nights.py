"""A night told by itself on real Kafka and Redis, while a worker runs: `casepulse follow`. The view
is the batch's, and the page says what has changed."""

import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis

from casepulse.agents.followed_sources import FollowedKeys, read_followed
from casepulse.schemas.followed import Came, Followed
from casepulse.state import open_catalogue
from casepulse.streams.settings import Settings
from casepulse.streams.ticks import ticks
from casepulse.web.application import application
from casepulse.web.live_view import Watch
from casepulse.web.serving import beside
from casepulse.web.settings import WebSettings
from tests import services
from tests.bad_days import messages_of
from tests.running import installation, oracle, send_tick, wait_until_read, workers
from tests.unit.test_ssda903 import HEADERS
from tests.waiting import until
from tests.web.test_pages import words

pytestmark = pytest.mark.broker


def _return(folder: Path, name: str, left: range, children: int = 24) -> Path:
    """A return of children in care, of whom some have left."""
    here = folder / name
    here.mkdir(parents=True)
    rows = [
        f"{child},01/05/2017,S,C2,N1,U1,PR1,"
        + (f"{child:02}/06/2017,E4A,,,," if child in left else ",,,,,")
        for child in range(1, children + 1)
    ]
    (here / "episodes.csv").write_text("\n".join([HEADERS["episodes"], *rows]) + "\n")
    return here


@contextmanager
def _following(settings: Settings, **following: object) -> Iterator[subprocess.Popen[bytes]]:
    """The service, which ends by itself when it is asked to."""
    given = {f"CASEPULSE_FOLLOW_{name.upper()}": str(value) for name, value in following.items()}
    command = [sys.executable, "-m", "casepulse", "follow"]
    process = subprocess.Popen(command, env={**settings.environment(), **given})
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
    finally:
        process.kill()
        process.wait()


def _asked(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        told: str = answer.read().decode()
    return told


def test_a_night_is_told_by_itself_while_a_worker_runs_and_the_page_says_what_changed(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    port = services.free_port()
    settings = installation(kafka_address, redis_url, "followed")
    service = settings.model_copy(update={"metrics_port": port})
    state, extracts = tmp_path / "state", tmp_path / "extracts"
    extracts.mkdir()
    first = _return(tmp_path, "first", range(0))
    run = ["sources", "run", "ssda903", first, "--state", state, "--publish"]

    def shown() -> Followed | None:
        told = read_followed(redis_client.hgetall(FollowedKeys.of(settings).followed))
        return told[0] if told else None

    def came() -> list[Came]:
        followed = shown()
        return [] if followed is None else [each.came for each in followed.nights]

    following = {"source": "ssda903", "place": extracts, "state": state, "every": 1, "quiet": 2}
    with workers(settings, tmp_path):
        subprocess.run(
            [sys.executable, "-m", "casepulse", *map(str, run), "--taken", "2018-07-02"],
            env=settings.environment(),
            check=True,
        )
        with _following(service, **following):
            until(lambda: came() == [Came.BY_HAND], "the service has looked", shown)
            _return(extracts, "2018-07-03", range(1, 11))
            until(lambda: came() == [Came.TOLD, Came.BY_HAND], "the night is told", shown)
            metrics = _asked(f"http://127.0.0.1:{port}/metrics")
            ready = _asked(f"http://127.0.0.1:{port}/health/ready")
        events = [event for each in messages_of(settings).values() for event in each]
        at = datetime(2018, 7, 4, tzinfo=UTC)
        sent = len(events) + send_tick(settings, next(ticks([at], "scheduler", "tick")))
        view = wait_until_read(settings, sent, at)
        assert len(events) == 72 + 10
        assert view.cells() == oracle(events, at)
        catalogue = open_catalogue()
        with beside(application(Watch(settings), catalogue), WebSettings(port=0)) as address:
            until(lambda: "2018-07-03" in _asked(f"{address}/sources"), "the page shows it")
            page = words(_asked(f"{address}/sources"))
    assert "The last extract that was told is 2018-07-03." in page
    assert "of 24 rows 0 were bad. Its facts: 10 new." in page
    assert "care period, ended 10 0 0 0 0" in page
    assert 'casepulse_extract_facts{source="ssda903",word="new"} 10.0' in metrics
    assert 'casepulse_extract_late{source="ssda903"} 0.0' in metrics
    assert '"ready":true' in ready
