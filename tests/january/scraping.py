"""A real Prometheus that scrapes a real worker, with the rules that are deployed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.prometheus import DEPLOYED, Prometheus, prometheus
from tests.waiting import until

#: Seconds between two scrapes, and between two judgements of the rules; and those that a scrape may
#: take.
EVERY = 5


@contextmanager
def scraping(targets: Mapping[str, str], folder: Path) -> Iterator[Prometheus]:
    """A Prometheus with the configuration that is deployed, but for what it scrapes and how often.

    Args:
        targets: by job, the host:port of a worker's metrics.
        folder: for its configuration, its data and its log.

    Yields:
        it, when it has scraped each of them twice and every group of rules was judged.

    Raises:
        TimeoutError: it does not come so far in a minute.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "prometheus.yml"
    config.write_text(yaml.safe_dump(_configuration(targets)), encoding="utf-8")
    with prometheus(config, folder) as asked:
        _wait_for(asked, list(targets))
        yield asked


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
    scrape, *_ = config["scrape_configs"]
    config["scrape_configs"] = [
        {**scrape, "job_name": job, "static_configs": [{"targets": [target]}]}
        for job, target in targets.items()
    ]
    return config


def _wait_for(asked: Prometheus, jobs: list[str]) -> None:
    def scraped() -> set[str]:
        return {each.labels["job"] for each in asked.now("count_over_time(up[5m]) >= 2")}

    def done() -> bool:
        return set(jobs) <= scraped() and bool(asked.now("measure:casepulse_measure:ratio"))

    until(done, f"Prometheus has scraped {jobs}", scraped)
