"""A real Prometheus, or a server like it, as a process on a free port of 127.0.0.1."""

import json
import math
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.services import HOST, ROOT, free_port, missing
from tests.waiting import until

#: The files that are deployed.
DEPLOYED = ROOT / "deploy" / "prometheus"


@dataclass(frozen=True, slots=True)
class Series:
    """One series that a query gave.

    Args:
        labels: its labels.
        values: its values; of an instant query, one.
    """

    labels: dict[str, str]
    values: list[float]


class Prometheus:
    """Asks a Prometheus.

    Args:
        address: its URL, without a path.
        at: the moment that it is asked of, in seconds since 1970; None: that of each question.
    """

    def __init__(self, address: str, at: float | None = None) -> None:
        self.address = address
        self._at = at

    def now(self, query: str) -> list[Series]:
        """What a query gives at the moment.

        Raises:
            ValueError: Prometheus does not take it; with what it says.
        """
        return [
            Series(each["metric"], [float(each["value"][1])])
            for each in self._result("query", query=query, time=self._moment())
        ]

    def lately(self, query: str, step: float, seconds: int = 20) -> list[Series]:
        """What a query gave over the last seconds, a value each step, in seconds too.

        Raises:
            ValueError: Prometheus does not take it; with what it says.
        """
        end = self._moment()
        given = {"query": query, "start": end - seconds, "end": end, "step": step}
        return [
            Series(each["metric"], [float(value) for _, value in each["values"]])
            for each in self._result("query_range", **given)
        ]

    def label_values(self, selector: str, label: str) -> list[str]:
        """The values of a label among the series of a selector, as Grafana's `label_values`."""
        return list(self._get(f"label/{label}/values", **{"match[]": selector}))

    def one(self, query: str) -> float:
        """The value of a query that gives exactly one series; NaN if it gives none."""
        found = self.now(query)
        return found[0].values[0] if len(found) == 1 else math.nan

    def _moment(self) -> float:
        return time.time() if self._at is None else self._at

    def _result(self, path: str, **given: object) -> list[dict[str, Any]]:
        return list(self._get(path, **given)["result"])

    def _get(self, path: str, **given: object) -> Any:
        try:
            with urlopen(f"{self.address}/api/v1/{path}?{urlencode(given)}") as answer:
                return json.load(answer)["data"]
        except HTTPError as error:
            raise ValueError(f"{given}: {error.read().decode()}") from None


@contextmanager
def prometheus(config: Path, folder: Path) -> Iterator[Prometheus]:
    """A Prometheus that answers, though it may have scraped nothing yet.

    Args:
        config: its configuration.
        folder: for its data and its log.
    """
    address = f"{HOST}:{free_port()}"
    command = [
        program("prometheus"),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--log.level=warn",
    ]
    with running(command, folder, f"http://{address}/-/ready"):
        yield Prometheus(f"http://{address}")


def program(*names: str) -> str:
    """The path of a program that has one of these names; without it, the test can't be run."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        missing(f"No {names[0]}. On Debian and Ubuntu: apt install {names[0]}")
    return found


@contextmanager
def running(command: list[str], folder: Path, ready: str) -> Iterator[None]:
    """A server as a process, once it answers; its log is shown if anything fails.

    Args:
        command: what starts it.
        folder: for its log.
        ready: a URL that answers 200 when it is.
    """
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
    try:
        until(lambda: process.poll() is not None or _answers(ready), f"{command[0]} answers")
        if process.poll() is not None:
            raise RuntimeError(f"{command[0]} does not start:\n{log.read_text()[-3000:]}")
        yield
    except BaseException:
        sys.stderr.write(f"--- {log}\n{log.read_text()[-3000:]}\n")
        raise
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
