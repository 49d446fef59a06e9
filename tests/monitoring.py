"""Real Prometheus and Alertmanager for tests, on free ports of 127.0.0.1, with the deployed files.

They run on copies in which waits are shortened: half an hour is too long for a test. What the
copies say apart from that is what is deployed.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from tests.prometheus import DEPLOYED, Prometheus, program, prometheus, running
from tests.services import HOST, free_port
from tests.waiting import until

#: The waits of rules, and what they are in the copies.
_WAITS = {r"( (?:keep_firing_)?for): \w+$": r"\1: 2s"}

#: Those of Prometheus. It looks each second.
_LOOKS = {
    r"(scrape_interval|scrape_timeout|evaluation_interval): \d+s$": r"\1: 1s",
}

#: Those of Alertmanager, and the hours: a test runs at night, too.
_TOLD = {
    r"(group_wait|group_interval): \w+$": r"\1: 1s",
    r" +active_time_intervals: .*\n": "",
}


def quickened(text: str, changes: dict[str, str] = _WAITS) -> str:
    """The same with short waits.

    Raises:
        ValueError: one of the changes finds nothing to change.
    """
    for what, other in changes.items():
        text, count = re.subn(what, other, text, flags=re.MULTILINE)
        if not count:
            raise ValueError(f"nothing is like {what}")
    return text


class Receiver:
    """Whoever is told: keeps each notification that Alertmanager sends to a path of it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        """The path, and the message."""
        told = self.told

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """A notification."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told.append((self.path, json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Not on the test's standard error."""

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, path: str, alert: str, status: str) -> dict[str, Any]:
        """The first alert of this name that was told of there as firing, or resolved.

        Raises:
            TimeoutError: none was; with what was told.
        """

        def heard() -> list[tuple[tuple[str, str, str], dict[str, Any]]]:
            return [
                ((where, each["labels"]["alertname"], each["status"]), each)
                for where, message in list(self.told)
                for each in message["alerts"]
            ]

        def wanted() -> list[dict[str, Any]]:
            return [each for named, each in heard() if named == (path, alert, status)]

        until(wanted, f"{alert} {status} at {path}", lambda: {named for named, _ in heard()})
        return wanted()[0]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Somebody who is told."""
    somebody = Receiver()
    try:
        yield somebody
    finally:
        somebody.close()


@contextmanager
def alertmanager(folder: Path, somebody: Receiver) -> Iterator[str]:
    """Alertmanager with the deployed routes; its address, host:port.

    Args:
        folder: for its files.
        somebody: who is told, at /service and at /platform.
    """
    folder.mkdir()
    settings = quickened((DEPLOYED / "alertmanager.yml").read_text(), _TOLD)
    settings = settings.replace("http://notifications.example", somebody.url)
    (folder / "alertmanager.yml").write_text(settings)
    address = f"{HOST}:{free_port()}"
    with running(
        [
            program("prometheus-alertmanager", "alertmanager"),
            f"--config.file={folder / 'alertmanager.yml'}",
            f"--storage.path={folder / 'data'}",
            f"--web.listen-address={address}",
            "--cluster.listen-address=",
        ],
        folder,
        f"http://{address}/-/ready",
    ):
        yield address


@contextmanager
def alerting(folder: Path, worker: int, alertmanager_address: str) -> Iterator[Prometheus]:
    """Prometheus with the deployed rules, to be asked.

    Args:
        folder: for its files.
        worker: the port at which the worker serves its metrics.
        alertmanager_address: whom it tells.
    """
    folder.mkdir()
    for rules in DEPLOYED.glob("*.rules.yml"):
        recording = rules.name == "recording.rules.yml"  # which waits for nothing
        (folder / rules.name).write_text(
            rules.read_text() if recording else quickened(rules.read_text())
        )
    settings = quickened((DEPLOYED / "prometheus.yml").read_text(), _LOOKS)
    settings = settings.replace("worker:9108", f"{HOST}:{worker}")
    settings = settings.replace("alertmanager:9093", alertmanager_address)
    (folder / "prometheus.yml").write_text(settings)
    with prometheus(folder / "prometheus.yml", folder) as asked:
        yield asked
