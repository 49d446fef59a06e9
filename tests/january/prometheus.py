"""A real Prometheus that scrapes a real worker, with the rules that are deployed."""

import json
import math
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml

from tests import services

DEPLOYED = services.ROOT / "deploy" / "prometheus"

#: Seconds between two scrapes, and between two judgements of the rules.
EVERY = 2
START_SECONDS = 60.0


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
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def now(self, query: str) -> list[Series]:
        """What a query gives at this moment.

        Raises:
            ValueError: Prometheus does not take it; with what it says.
        """
        return [
            Series(each["metric"], [float(each["value"][1])])
            for each in self._result("query", query=query)
        ]

    def lately(self, query: str, seconds: int = 20) -> list[Series]:
        """What a query gave over the last seconds, at each scrape.

        Raises:
            ValueError: Prometheus does not take it; with what it says.
        """
        end = time.time()
        given = {"query": query, "start": end - seconds, "end": end, "step": EVERY}
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

    def _result(self, path: str, **given: object) -> list[dict[str, Any]]:
        return list(self._get(path, **given)["result"])

    def _get(self, path: str, **given: object) -> Any:
        try:
            with urlopen(f"{self.address}/api/v1/{path}?{urlencode(given)}", timeout=30) as answer:
                return json.load(answer)["data"]
        except HTTPError as error:
            raise ValueError(f"{given}: {error.read().decode()}") from None


@contextmanager
def prometheus(targets: Mapping[str, str], folder: Path) -> Iterator[Prometheus]:
    """A Prometheus with the configuration that is deployed, but for what it scrapes and how often.

    Args:
        targets: by job, the host:port of a worker's metrics.
        folder: for its configuration, its data and its log.

    Yields:
        it, when it has scraped each of them twice and every group of rules was judged.

    Raises:
        RuntimeError: it does not come so far in a minute; with its log.
    """
    program = shutil.which("prometheus")
    if program is None:
        services.missing("No prometheus. On Debian and Ubuntu: apt install prometheus")
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "prometheus.yml"
    config.write_text(yaml.safe_dump(_configuration(targets)), encoding="utf-8")
    log = folder / "prometheus.log"
    address = f"{services.HOST}:{services.free_port()}"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [
                program,
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={address}",
                "--log.level=warn",
            ],
            stdout=file,
            stderr=file,
        )
    try:
        asked = Prometheus(f"http://{address}")
        _wait_for(asked, process, list(targets), log)
        yield asked
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _configuration(targets: Mapping[str, str]) -> dict[str, Any]:
    """What is deployed, with other targets. Alerts go nowhere."""
    config: dict[str, Any] = yaml.safe_load((DEPLOYED / "prometheus.yml").read_text("utf-8"))
    config["global"] = {
        "scrape_interval": f"{EVERY}s",
        "scrape_timeout": f"{EVERY}s",
        "evaluation_interval": f"{EVERY}s",
    }
    config["rule_files"] = [str(DEPLOYED / name) for name in config["rule_files"]]
    config.pop("alerting", None)
    [scrape] = config["scrape_configs"]
    config["scrape_configs"] = [
        {**scrape, "job_name": job, "static_configs": [{"targets": [target]}]}
        for job, target in targets.items()
    ]
    return config


def _wait_for(
    asked: Prometheus, process: "subprocess.Popen[bytes]", jobs: list[str], log: Path
) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            scraped = {each.labels["job"] for each in asked.now("count_over_time(up[1m]) >= 2")}
            recorded = asked.now("measure:casepulse_measure:ratio")
        except (ValueError, OSError):
            scraped, recorded = set(), []
        if set(jobs) <= scraped and recorded:
            return
        time.sleep(0.2)
    raise RuntimeError(f"Prometheus is not ready ({process.poll()}):\n{log.read_text()}")
